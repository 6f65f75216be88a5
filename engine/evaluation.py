"""Loss and accuracy of a stack of runs, over fixed samples of the training and the validation set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from engine.blocks import CACHED, blocks
from engine.config import Experiment
from engine.datasets import Data
from engine.layers import parameter_count
from engine.losses import LOSSES
from engine.network import Array, Call, Pass, forward_calls, forward_only, perform, transposed, with_ones
from engine.stack import Stack

_MOST_SAMPLES, _LEAST_SAMPLES = 2048, 256
_MULTIPLICATIONS = 1 << 26
"""Of passing one set or the probe batch forward, about 2 ms of them: a frame of a large network shall not
wait for what is looked at."""

_LEAST_CHUNK = 256
_MOST_PROBED, _LEAST_PROBED = 256, 32
_PROBED_VALUES = 300_000
"""The probe batch is smaller where it would have more values than this over all layers."""


def evaluation_samples(sizes: Sequence[int]) -> int:
    """Return over how many samples of each set the loss is: the whole set up to so many, else the first ones.

    2048, and for networks of more than 32,000 parameters fewer, down to 256.
    """
    return max(_LEAST_SAMPLES, min(_MOST_SAMPLES, _MULTIPLICATIONS // parameter_count(sizes)))


def probe_samples(sizes: Sequence[int], n_train: int) -> int:
    """Return how many samples the probe batch of a network with these layer sizes has.

    256, and fewer where that would be many values or many multiplications, down to 32.
    """
    affordable = min(_PROBED_VALUES // sum(sizes[1:]), _MULTIPLICATIONS // parameter_count(sizes))
    return min(n_train, max(_LEAST_PROBED, min(_MOST_PROBED, affordable)))


def evaluation_values(sizes: Sequence[int]) -> int:
    """Count the numbers that evaluating one run keeps in memory."""
    # One buffer per width, and one for all; for full parts and for the last one. And the outputs.
    passes = 2 * _chunk(sizes) * (max(sizes[1:]) + sum(set(sizes[1:-1])))
    return passes + 2 * evaluation_samples(sizes) * sizes[-1]


class Kind(NamedTuple):
    """All that decides which samples are looked at of a run: whatever runs there are beside it."""

    loss: str
    """It says what the targets are."""
    probe: int
    evaluated: int

    @classmethod
    def of(cls, experiment: Experiment, run: int) -> Kind:
        """Return the kind of a run."""
        sizes = experiment.sizes(run)
        probe = probe_samples(sizes, experiment.n_train)
        return cls(experiment.runs[run].loss.name, probe, evaluation_samples(sizes))


class Samples:
    """The fixed samples that frames look at; runs of one kind have them in common.

    Attributes:
        x, targets, classes: what losses and accuracies are taken over, the training samples first.
        n_train: how many of them are for training; the others are for validation.
        n_probe: how many of the first ones are the probe batch.
    """

    def __init__(self, kind: Kind, data: Data, dtype: str) -> None:
        loss, count = LOSSES[kind.loss], kind.evaluated
        x = [with_ones(x[:count], dtype) for x in (data.x_train, data.x_validation)]
        labels = np.concatenate((data.labels_train[:count], data.labels_validation[:count]))
        # Stored as the layers are, unit by unit: products with it take a tenth less time.
        self.x = np.asfortranarray(np.concatenate(x))
        self.targets = loss.targets(labels, data.n_classes, dtype)
        self.classes = loss.classes(self.targets)
        self.n_train = len(x[0])
        self.n_probe = kind.probe


class Evaluation:
    """Evaluates the runs of one stack, a few at a time."""

    def __init__(self, stack: Stack, samples: Samples, check: Callable[[], None] | None) -> None:
        self._stack = stack
        self._samples = samples
        self._check = check
        runs, n, sizes = len(stack.rows), len(samples.x), stack.sizes
        chunk = _chunk(sizes)
        parts = [slice(start, min(start + chunk, n)) for start in range(samples.n_probe, n, chunk)]
        self._passes: dict[tuple[int, int], Pass] = {}
        # There are fewer outputs than units in a layer, so the loss takes more runs at once.
        self._blocks = blocks(runs, n * sizes[-1])
        at_once = self._blocks[0].stop
        self._pieces = [
            [
                self._piece(rows, few, part)
                for few in blocks(rows.stop - rows.start, min(chunk, n) * max(sizes[1:]))
                for part in parts
            ]
            for rows in self._blocks
        ]
        self._z = transposed(np.empty((at_once, sizes[-1], n), stack.dtype))
        self._losses, self._right = np.empty((runs, n)), np.empty((runs, n), bool)

    def _piece(self, rows: slice, few: slice, part: slice) -> tuple[tuple[slice, slice], Array, list[Call]]:
        """Return a few of the rows and a part of the samples, the last z of these, and the calls for it."""
        w = [layer[rows][few] for layer in self._stack.w]
        shape = len(w[0]), part.stop - part.start
        if shape not in self._passes:
            self._passes[shape] = forward_only(shape[0], self._stack.sizes, shape[1], self._stack.dtype)
        p = self._passes[shape]
        p.read(self._samples.x[part])
        return (few, part), p.z[-1], forward_calls(w, p, self._stack.phi)

    def evaluate(self, probe: Array) -> tuple[Array, Array]:
        """Return the loss of each sample in float64, and whether the answer to it is right, (runs, samples).

        Both hold until the next call.

        Args:
            probe: the last z of the probe batch, (runs, batch, outputs), which need not be computed again.
        """
        loss, samples = self._stack.loss, self._samples
        for rows, pieces in zip(self._blocks, self._pieces, strict=True):
            z = self._z[: rows.stop - rows.start]
            z[:, : samples.n_probe] = probe[rows]
            for piece, of_piece, calls in pieces:
                perform(calls, self._check)
                z[piece] = of_piece
            self._losses[rows] = loss.per_sample(z, samples.targets, samples.classes)
            np.equal(loss.classes(z), samples.classes, self._right[rows])
        return self._losses, self._right


def _chunk(sizes: Sequence[int]) -> int:
    """Return how many samples are evaluated at once."""
    return max(_LEAST_CHUNK, CACHED // max(sizes[1:]))
