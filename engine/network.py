"""Forward and backward passes through a stack of runs, as plain functions on arrays.

Runs alike in structure are one stack. Names: x inputs, z pre-activations, a activations, w a layer's
parameters (runs, fan_in + 1, fan_out) whose last row is the bias: every activation carries a last column of
ones, so that the bias costs no operation of its own. delta is dL/dz. A stacked product gives each run the
bits that it gets alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np

Array = np.ndarray


class ActivationFunction(Protocol):
    """A resolved activation: phi and phi' with their parameters bound."""

    @property
    def forward(self) -> Callable[[Array, Array], None]:
        """phi(z) written into the second array."""

    @property
    def derivative(self) -> Callable[[Array, Array, Array], None]:
        """phi'(z), given z and phi(z), written into the third array."""


def layer_views(flat: Array, sizes: Sequence[int]) -> list[Array]:
    """Cut a flat buffer (runs, parameters) into views (runs, fan_in + 1, fan_out), one per layer."""
    shapes = [(fan_in + 1, fan_out) for fan_in, fan_out in pairwise(sizes)]
    ends = list(accumulate(rows * columns for rows, columns in shapes))
    starts = [0, *ends[:-1]]
    return [
        flat[:, start:end].reshape(len(flat), *shape)
        for start, end, shape in zip(starts, ends, shapes, strict=True)
    ]


def with_ones(x: Array, dtype: str) -> Array:
    """Return inputs (samples, features) with a last column of ones, in the precision of the training."""
    widened = np.ones((len(x), x.shape[1] + 1), dtype)
    widened[:, :-1] = x
    return widened


class Pass:
    """The buffers of a pass over one mini-batch, and the views on them that a step needs, made once.

    Attributes:
        inputs: (batch, features + 1), shared by all runs; the caller fills it, ones included.
        targets: (batch, outputs), likewise.
        a: per layer its input with the column of ones; a[0] is `inputs`, the others (runs, batch, units + 1).
        values: a without the column of ones.
        z: per layer (runs, batch, units).
        delta: per layer like z, or empty for a pass that only goes forward.
        slope: per hidden layer like z: room for phi'(z), shared by all layers.
    """

    def __init__(self, inputs: Array, targets: Array, hidden: Sequence[Array], z: Sequence[Array]) -> None:
        self.inputs = inputs
        self.targets = targets
        self.a = [inputs, *hidden]
        self.values = [a[..., :-1] for a in self.a]
        self.a_transposed = [a.swapaxes(-1, -2) for a in self.a]
        self.z = list(z)
        self.delta: list[Array] = []
        self.slope: list[Array] = []


class Buffers:
    """Memory for passes of at most `batch` samples; a smaller pass is cut from the same."""

    def __init__(self, runs: int, sizes: Sequence[int], batch: int, dtype: str) -> None:
        self._runs, self._sizes, self.batch = runs, tuple(sizes), batch
        hidden, outputs = sizes[1:-1], sizes[1:]
        self._inputs = np.empty((batch, sizes[0] + 1), dtype)
        self._targets = np.empty((batch, sizes[-1]), dtype)
        self._a = [np.ones(runs * batch * (units + 1), dtype) for units in hidden]
        self._z = [np.empty(runs * batch * units, dtype) for units in outputs]
        self._delta = [np.empty(runs * batch * units, dtype) for units in outputs]
        self._slope = np.empty(runs * batch * max(hidden, default=0), dtype)

    def cut(self, batch: int) -> Pass:
        """Return the pass over `batch` samples; passes of one memory must not be used at once."""
        hidden, outputs = self._sizes[1:-1], self._sizes[1:]
        cut = Pass(
            self._inputs[:batch],
            self._targets[:batch],
            # The ones stand at every (units + 1)th place of the memory, whatever the batch, so they are in
            # place.
            [self._shaped(flat, batch, units + 1) for flat, units in zip(self._a, hidden, strict=True)],
            [self._shaped(flat, batch, units) for flat, units in zip(self._z, outputs, strict=True)],
        )
        cut.delta = [
            self._shaped(flat, batch, units) for flat, units in zip(self._delta, outputs, strict=True)
        ]
        cut.slope = [self._shaped(self._slope, batch, units) for units in hidden]
        return cut

    def _shaped(self, flat: Array, batch: int, units: int) -> Array:
        return flat[: self._runs * batch * units].reshape(self._runs, batch, units)


def forward_only(runs: int, sizes: Sequence[int], batch: int, dtype: str) -> Pass:
    """Return a pass that keeps no layer but the last: one buffer per width serves all such layers."""
    hidden = sizes[1:-1]
    z = np.empty(runs * batch * max(sizes[1:]), dtype)
    # Not one for all widths, because the ones stand at other places in each.
    a = {units: np.ones((runs, batch, units + 1), dtype) for units in hidden}
    return Pass(
        np.empty((batch, sizes[0] + 1), dtype),
        np.empty((batch, sizes[-1]), dtype),
        [a[units] for units in hidden],
        [z[: runs * batch * units].reshape(runs, batch, units) for units in sizes[1:]],
    )


def forward(
    w: Sequence[Array],
    p: Pass,
    phi: Sequence[ActivationFunction],
    check: Callable[[], None] | None = None,
) -> None:
    """Fill p.z and p.a from p.inputs; what the output function makes of the last z is left to the loss.

    `phi` holds the function of each hidden layer.
    `check`, if given, is called before each layer and may raise to give up: one layer can take long.
    """
    last = len(w) - 1
    for layer, weights in enumerate(w):
        if check is not None:
            check()
        np.matmul(p.a[layer], weights, p.z[layer])
        if layer < last:
            phi[layer].forward(p.z[layer], p.values[layer + 1])


def backward(
    w_transposed: Sequence[Array],
    gradient: Sequence[Array],
    p: Pass,
    phi: Sequence[ActivationFunction],
    check: Callable[[], None] | None = None,
) -> None:
    """Fill `gradient` (like w) and p.delta, given p.delta[-1] = dL/dz of the output layer after `forward`.

    `w_transposed` holds per layer the weights without bias, (runs, fan_out, fan_in); `check` is as there.
    """
    for layer in range(len(gradient) - 1, -1, -1):
        if check is not None:
            check()
        delta = p.delta[layer]
        np.matmul(p.a_transposed[layer], delta, gradient[layer])
        if layer:
            below, slope = p.delta[layer - 1], p.slope[layer - 1]
            np.matmul(delta, w_transposed[layer], below)
            phi[layer - 1].derivative(p.z[layer - 1], p.values[layer], slope)
            np.multiply(below, slope, below)
