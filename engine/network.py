"""Forward and backward passes through a stack of runs, as lists of calls that are bound to their arrays.

Runs alike in structure are one stack. Names: x inputs, z pre-activations, a activations, w a layer's
parameters (runs, fan_in + 1, fan_out) whose last row is the bias: every activation carries a last column of
ones, so that the bias costs no operation of its own. delta is dL/dz. A stacked product gives each run the
bits that it gets alone.

Each step makes the same NumPy calls on the same arrays, so functions here return the calls and whoever trains
keeps them: on small layers most of the time would else go into looking up and slicing.

Arrays are shown as (runs, batch, units) and stored unit by unit, (runs, units, batch): so the ones are the
last row of each run, what stands before them has no gaps, and operations on it take half the time. A run in a
stack has the strides that it has alone, because a product may round otherwise where they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np

Array = np.ndarray
Call = Callable[[], object]


class ActivationFunction(Protocol):
    """A resolved activation: phi and phi' with their parameters bound."""

    @property
    def forward(self) -> Callable[[Array, Array], None]:
        """phi(z) written into the second array."""

    @property
    def derivative(self) -> Callable[[Array, Array, Array], None]:
        """phi'(z), given z and phi(z), written into the third array."""

    @property
    def needs_z(self) -> bool:
        """Whether the derivative reads z, and not phi(z) alone."""


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


def transposed(x: Array) -> Array:
    """Return the view with the last two axes exchanged: what is shown as it is stored, or the other way."""
    return x.swapaxes(-1, -2)


class Pass:
    """The arrays of a pass over one mini-batch.

    Attributes:
        inputs: (batch, features + 1), shared by all runs; the caller fills it, ones included. It alone is
            stored as it is shown, because rows of the data are copied into it.
        targets: (1, batch, outputs), likewise shared.
        stored_targets: (outputs, batch), the same memory.
        a: per layer its input with the column of ones, (runs, batch, units + 1); a[0] is `inputs`, with one
            run for all.
        values: a without the column of ones.
        z: per layer (runs, batch, units).
        delta: per layer like z, or empty for a pass that only goes forward.
        slope: per hidden layer like z: room for phi'(z), shared by all layers.
    """

    def __init__(self, inputs: Array, targets: Array, hidden: Sequence[Array], z: Sequence[Array]) -> None:
        self.inputs = inputs
        self.targets = targets
        self.stored_targets = targets[0].T
        self.a = [inputs[None], *hidden]
        self.values = [a[..., :-1] for a in self.a]
        self.a_transposed = [transposed(a) for a in self.a]
        self.z = list(z)
        self.delta: list[Array] = []
        self.slope: list[Array] = []

    def read(self, inputs: Array) -> None:
        """Take other inputs, of the same shape, without a copy; calls that are bound keep the ones before."""
        self.inputs = inputs
        self.a[0] = inputs[None]
        self.values[0] = self.a[0][..., :-1]
        self.a_transposed[0] = transposed(self.a[0])


def training_pass(runs: int, sizes: Sequence[int], batch: int, dtype: str) -> Pass:
    """Return a pass that goes forward and backward and keeps what it computes, to be looked at."""
    hidden, outputs = sizes[1:-1], sizes[1:]
    p = Pass(
        np.empty((batch, sizes[0] + 1), dtype),
        transposed(np.empty((1, sizes[-1], batch), dtype)),
        [transposed(np.ones((runs, units + 1, batch), dtype)) for units in hidden],
        [transposed(np.empty((runs, units, batch), dtype)) for units in outputs],
    )
    p.delta = [transposed(np.empty((runs, units, batch), dtype)) for units in outputs]
    p.slope = _sharing(runs, hidden, batch, dtype)
    return p


def lean_pass(
    runs: int, sizes: Sequence[int], batch: int, dtype: str, phi: Sequence[ActivationFunction]
) -> Pass:
    """Return a pass that goes forward and backward and keeps only what it reads again.

    Deltas take turns in two memories, and z that the backward pass does not read share one: what is written
    is more often in the processor's cache then, which saves 5 to 10 % of a step of larger networks.
    """
    p = training_pass(runs, sizes, batch, dtype)
    shared = _sharing(runs, sizes[1:], batch, dtype)
    kept = [function.needs_z for function in phi]
    p.z = [own if keeps else z for own, z, keeps in zip(p.z, shared, [*kept, False], strict=True)]
    turns = [_sharing(runs, sizes[1:], batch, dtype) for _ in range(2)]
    p.delta = [turns[layer % 2][layer] for layer in range(len(sizes) - 1)]
    return p


def forward_only(runs: int, sizes: Sequence[int], batch: int, dtype: str) -> Pass:
    """Return a pass that keeps no layer but the last: one buffer per width serves all such layers."""
    hidden = sizes[1:-1]
    # Not one for all widths, because the ones stand at other places in each.
    a = {units: transposed(np.ones((runs, units + 1, batch), dtype)) for units in hidden}
    return Pass(
        np.empty((batch, sizes[0] + 1), dtype),
        transposed(np.empty((1, sizes[-1], batch), dtype)),
        [a[units] for units in hidden],
        _sharing(runs, sizes[1:], batch, dtype),
    )


def _sharing(runs: int, widths: Sequence[int], batch: int, dtype: str) -> list[Array]:
    """Return arrays (runs, batch, units) in one memory."""
    flat = np.empty(runs * batch * max(widths, default=0), dtype)
    return [transposed(flat[: runs * batch * units].reshape(runs, units, batch)) for units in widths]


def product(a: Array, b: Array, out: Array) -> Call:
    """Return the call that writes the product a b of each run into `out`, which has no gaps.

    For one run it is the two-dimensional product, which gives the same bits with half the overhead.
    """
    if len(out) == 1:
        return partial(a[0].dot, b[0], out[0])
    return partial(np.matmul, a, b, out)


def forward_calls(w: Sequence[Array], p: Pass, phi: Sequence[ActivationFunction]) -> list[Call]:
    """Return the calls that fill p.z and p.a; what the loss makes of the last z is not among them.

    `phi` holds the function of each hidden layer.
    """
    calls: list[Call] = []
    for layer, weights in enumerate(w):
        z = transposed(p.z[layer])
        calls.append(product(transposed(weights), p.a_transposed[layer], z))
        if layer < len(w) - 1:
            calls.append(partial(phi[layer].forward, z, transposed(p.values[layer + 1])))
    return calls


def backward_calls(
    w: Sequence[Array], gradient: Sequence[Array], p: Pass, phi: Sequence[ActivationFunction]
) -> list[Call]:
    """Return the calls that fill `gradient` (like w) and p.delta.

    They are to be made after those of `forward_calls`, and after p.delta[-1] was set to dL/dz of the output
    layer.
    """
    calls: list[Call] = []
    for layer in range(len(w) - 1, -1, -1):
        calls.append(product(p.a_transposed[layer], p.delta[layer], gradient[layer]))
        if layer:
            z, a = transposed(p.z[layer - 1]), transposed(p.values[layer])
            below, slope = transposed(p.delta[layer - 1]), transposed(p.slope[layer - 1])
            calls += [
                product(w[layer][:, :-1], transposed(p.delta[layer]), below),
                partial(phi[layer - 1].derivative, z, a, slope),
                partial(np.multiply, below, slope, below),
            ]
    return calls


def perform(calls: Iterable[Call], check: Call | None = None) -> None:
    """Make the calls in their order.

    `check`, if given, is called before each and may raise to give up: one layer can take long.
    """
    if check is None:
        for call in calls:
            call()
    else:
        for call in calls:
            check()
            call()


def forward(
    w: Sequence[Array], p: Pass, phi: Sequence[ActivationFunction], check: Call | None = None
) -> None:
    """Go forward once, as `forward_calls` says."""
    perform(forward_calls(w, p, phi), check)
