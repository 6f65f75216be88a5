"""Loss and accuracy of a stack of runs, over fixed samples of the training and the validation set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from engine.config import Experiment
from engine.datasets import Data
from engine.layers import parameter_count
from engine.losses import LOSSES
from engine.network import Array, Pass, forward, forward_only, with_ones
from engine.stack import Stack

_MOST_SAMPLES, _LEAST_SAMPLES = 2048, 256
_MULTIPLICATIONS = 1 << 26
"""Of evaluating one set, about 2 ms of them: a frame of a large network shall not wait for its loss."""

_CACHED = 1 << 16
"""So many values of a layer stay in the processor's cache from one operation to the next."""

_LEAST_CHUNK = 256
_PROBE_SAMPLES = 256
_PROBE_VALUES = 500_000
"""Where 256 samples would have more values than this over all layers, the probe is smaller, at least 32."""


def evaluation_samples(sizes: Sequence[int]) -> int:
    """Return over how many samples of each set the loss is: the whole set up to so many, else the first ones.

    2048, and for networks of more than 32,000 parameters fewer, down to 256.
    """
    return max(_LEAST_SAMPLES, min(_MOST_SAMPLES, _MULTIPLICATIONS // parameter_count(sizes)))


def probe_samples(sizes: Sequence[int], n_train: int) -> int:
    """Return how many samples the probe batch of a network with these layer sizes has."""
    return min(n_train, _PROBE_SAMPLES, max(32, _PROBE_VALUES // sum(sizes[1:])))


def evaluation_values(sizes: Sequence[int]) -> int:
    """Count the numbers that evaluating one run keeps in memory."""
    # One buffer per width, and one for all; for full parts and for the last one.
    return 2 * _chunk(sizes) * (max(sizes[1:]) + sum(set(sizes[1:-1])))


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
        probe: inputs and targets of the probe batch.
        x, targets, classes: what losses and accuracies are taken over, the training samples first.
        n_train: how many of them are for training; the others are for validation.
    """

    def __init__(self, kind: Kind, data: Data, dtype: str) -> None:
        loss = LOSSES[kind.loss]

        def prepared(x: Array, labels: Array, count: int) -> tuple[Array, Array]:
            return with_ones(x[:count], dtype), loss.targets(labels[:count], data.n_classes, dtype)

        self.probe = prepared(data.x_train, data.labels_train, kind.probe)
        train = prepared(data.x_train, data.labels_train, kind.evaluated)
        validation = prepared(data.x_validation, data.labels_validation, kind.evaluated)
        self.x, self.targets = map(np.concatenate, zip(train, validation, strict=True))
        self.classes = loss.classes(self.targets)
        self.n_train = len(train[0])


class Evaluation:
    """Evaluates the runs of one stack, a few at a time."""

    def __init__(self, stack: Stack, samples: Samples, check: Callable[[], None] | None) -> None:
        self._stack = stack
        self._samples = samples
        self._check = check
        runs, n, sizes = len(stack.rows), len(samples.x), stack.sizes
        chunk = _chunk(sizes)
        self._parts = [slice(start, min(start + chunk, n)) for start in range(0, n, chunk)]
        self._groups = _groups(runs, min(chunk, n) * max(sizes[1:]))
        self._passes: dict[tuple[int, int], Pass] = {}
        self._losses, self._right = np.empty((runs, n)), np.empty((runs, n), bool)

    def evaluate(self) -> tuple[Array, Array]:
        """Return the loss of each sample in float64, and whether the answer to it is right, (runs, samples).

        Both hold until the next call.
        """
        stack, samples = self._stack, self._samples
        for rows in self._groups:
            w = [layer[rows] for layer in stack.w]
            for part in self._parts:
                p = self._pass(len(w[0]), part.stop - part.start)
                p.read(samples.x[part])
                forward(w, p, stack.phi, self._check)
                z = p.z[-1]
                self._losses[rows, part] = stack.loss.per_sample(z, samples.targets[part])
                np.equal(stack.loss.classes(z), samples.classes[part], self._right[rows, part])
        return self._losses, self._right

    def _pass(self, runs: int, batch: int) -> Pass:
        if (runs, batch) not in self._passes:
            self._passes[runs, batch] = forward_only(runs, self._stack.sizes, batch, self._stack.dtype)
        return self._passes[runs, batch]


def _groups(runs: int, values: int) -> list[slice]:
    """Cut the runs into parts that stay in the cache, where one run has so many values in a layer."""
    size = max(1, _CACHED // values)
    return [slice(start, min(start + size, runs)) for start in range(0, runs, size)]


def _chunk(sizes: Sequence[int]) -> int:
    """Return how many samples are evaluated at once."""
    return max(_LEAST_CHUNK, _CACHED // max(sizes[1:]))
