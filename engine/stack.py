"""A stack: runs alike in structure; parameters, gradients and optimizer state are one flat buffer each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from engine import activations
from engine.changes import OPTIMIZER, Redraw
from engine.config import Experiment, RunConfig
from engine.fields import Choice
from engine.frame import Divergence
from engine.initializers import BIAS_INITIALIZERS, INITIALIZERS
from engine.layers import parameter_count
from engine.losses import LOSSES
from engine.network import (
    Array,
    Call,
    Pass,
    backward_calls,
    forward_calls,
    layer_views,
    lean_pass,
    perform,
    training_pass,
    transposed,
)
from engine.optimizers import OPTIMIZERS
from engine.scalars import scalar

_LARGE = 8192
"""From so many values on in a layer, runs are faster one after the other than at once: their arrays stay in
the processor's cache, and what a NumPy call takes to begin matters no more."""

_LONG = 1 << 24
"""So many multiplications in a pass, about 1 ms of them: from there on a step asks `check` on its way."""


def structure(experiment: Experiment, row: int, step: int) -> tuple[object, ...]:
    """Return what rows of an experiment must share at a step to be one stack.

    Learning rate, L2, seed and initializers may differ.
    """
    run = experiment.rows[row].run
    config = experiment.runs[run]
    optimizer = experiment.value_at(step, OPTIMIZER, run)
    since = experiment.optimizer_since(step, run)
    return (experiment.sizes(run), config.activations, config.loss, optimizer, since)


class _StepCalls(NamedTuple):
    """The calls of a step of some rows on mini-batches of one size, bound to their arrays."""

    forward: list[Call]
    backward: list[Call]
    update: Callable[[int], None]
    """Takes the number of the step, from 1 on."""
    check: Call | None
    """To be made between the others, where a step is long."""


class Stack:
    """The parameters of some rows of an experiment, and the step that trains them.

    Attributes:
        rows: which rows of the experiment, in the order of the leading axis.
        parameters: (runs, parameters); w and w_transposed are views on it, layer by layer.
        states: the optimizer's buffers, each like parameters.
        since: the step at which the optimizer took over; it counts its own steps from there.
        structure: what the rows have in common.
        learning_rate, l2: in the precision of the training; () if all runs have the same, else (runs, 1) and
            (runs, 1, 1).
    """

    def __init__(
        self,
        experiment: Experiment,
        rows: Sequence[int],
        step: int = -1,
        check: Callable[[], None] | None = None,
    ) -> None:
        """Make room for the rows, alike at `step`; `draw` or `put` fills it."""
        self._check = check
        self.rows = tuple(rows)
        self.structure = structure(experiment, self.rows[0], step)
        first = experiment.rows[self.rows[0]].run
        self.sizes = experiment.sizes(first)
        self.dtype = experiment.dtype
        config = experiment.runs[first]
        self.phi = [activations.resolve(choice) for choice in config.activations]
        self.loss_name = config.loss.name
        self.loss = LOSSES[self.loss_name]
        chosen = experiment.value_at(step, OPTIMIZER, first)
        optimizer = OPTIMIZERS[chosen.name]
        self.update = partial(optimizer.update, **chosen.parameters)
        self.since = experiment.optimizer_since(step, first)
        shape = (len(self.rows), parameter_count(self.sizes))
        self._adopt(
            np.empty(shape, self.dtype), [np.zeros(shape, self.dtype) for _ in range(optimizer.n_states)]
        )
        self.set_live_values(experiment, step)

    def _adopt(self, parameters: Array, states: list[Array]) -> None:
        self.parameters = parameters
        self.states = states
        self.gradient = np.zeros_like(parameters)
        self.scratch = np.empty_like(parameters)
        self.w = layer_views(parameters, self.sizes)
        self.w_transposed = [transposed(w[:, :-1]) for w in self.w]
        self.gradients = layer_views(self.gradient, self.sizes)
        self._saved = [np.empty_like(array) for array in (parameters, *states)]
        self._passes: dict[int, Pass] = {}
        self._calls: dict[int, list[_StepCalls]] = {}

    def draw(self, experiment: Experiment) -> None:
        """Draw the initial weights of all rows, and forget what the optimizer has gathered."""
        for index, row in enumerate(self.rows):
            run, seed = experiment.rows[row]
            initialize([w[index] for w in self.w], experiment.runs[run], seed, self._check)
        for state in self.states:
            state.fill(0)

    def redraw(self, index: int, redraw: Redraw, seed: int, bias_initializer: Choice) -> None:
        """Draw one layer of one row anew, and forget what the optimizer has gathered there."""
        layer = redraw.layer - 1
        draw_layer(self.w[layer][index], redraw.layer, seed, redraw.initializer, bias_initializer)
        for state in self.states:
            layer_views(state, self.sizes)[layer][index] = 0

    def put(self, index: int, arrays: Sequence[Array]) -> None:
        """Set the parameters and the optimizer's buffers of one row, as `taken` returned them."""
        for own, array in zip((self.parameters, *self.states), arrays, strict=True):
            np.copyto(own[index], array)

    def taken(self, index: int) -> tuple[Array, ...]:
        """Return copies of the parameters and the optimizer's buffers of one row, (parameters,) each."""
        return tuple(array[index].copy() for array in (self.parameters, *self.states))

    def set_live_values(self, experiment: Experiment, step: int) -> None:
        """Take the learning rates and L2 that are in force at `step`; -1 is before any change."""
        runs = [experiment.rows[row].run for row in self.rows]
        self._take_values(
            [experiment.value_at(step, "learning_rate", run) for run in runs],
            [experiment.value_at(step, "l2", run) for run in runs],
        )

    def _take_values(self, rates: list[float], decays: list[float]) -> None:
        self._rates, self._decays = rates, decays
        self.learning_rate = self._per_run(rates, (-1, 1))
        self.l2 = self._per_run(decays, (-1, 1, 1))
        self._calls = {}

    def _per_run(self, values: list[float], shape: tuple[int, ...]) -> Array:
        """Return one number where all have the same, which spares NumPy to spread an axis of runs."""
        if len(set(values)) == 1:
            return scalar(values[0], np.dtype(self.dtype))
        return np.array(values, self.dtype).reshape(shape)

    def step(self, x: Array, targets: Array, samples: Array, t: int) -> None:
        """Do one optimizer step on the mini-batch of these samples.

        Args:
            x: (n_train, features + 1), the last column ones.
            targets: (outputs, n_train).
            samples: indices into both, (batch,).
            t: the number of the step, 1 for the first.
        """
        batch = len(samples)
        parts = self._calls.get(batch)
        if parts is None:
            parts = self._calls[batch] = self._prepared(batch)
        _fill(self._passes[batch], x, targets, samples)
        for calls in parts:
            perform(calls.forward, calls.check)
            perform(calls.backward, calls.check)
            calls.update(t - self.since)

    def _prepared(self, batch: int) -> list[_StepCalls]:
        """Return the calls of a step: of all runs at once, or of one after the other if they are large."""
        n = len(self.rows)
        at_once = 1 if batch * max(self.sizes[1:]) > _LARGE else n
        if batch not in self._passes:
            if len(self._passes) == 2:
                # An epoch has mini-batches of two sizes: these are from before the batch size was changed.
                self._passes, self._calls = {}, {}
            self._passes[batch] = lean_pass(at_once, self.sizes, batch, self.dtype, self.phi)
        return [
            self._bound(self._passes[batch], slice(start, start + at_once)) for start in range(0, n, at_once)
        ]

    def _bound(self, p: Pass, rows: slice) -> _StepCalls:
        """Return the calls of a step of some rows on what p.inputs and p.targets hold."""
        batch, delta, w = len(p.inputs), transposed(p.delta[-1]), [w[rows] for w in self.w]
        parameters, states = self.parameters[rows], [state[rows] for state in self.states]
        # One after the other they use the same memory, which stays in the processor's cache.
        gradient, room = self.gradient[: len(parameters)], self.scratch[: len(parameters)]
        gradients = layer_views(gradient, self.sizes)
        rate, l2 = (value[rows] if value.ndim else value for value in (self.learning_rate, self.l2))
        backward: list[Call] = [
            partial(self.loss.delta, p.z[-1], p.targets, p.delta[-1]),
            partial(np.multiply, delta, scalar(1 / batch, delta.dtype), delta),
            *backward_calls(w, gradients, p, self.phi),
        ]
        if any(self._decays[rows]):
            backward += _l2_calls(w, gradients, layer_views(room, self.sizes), l2)
        update = partial(self.update, parameters, gradient, states, room, rate)
        check = self._check if parameters.size * batch > _LONG else None
        return _StepCalls(forward_calls(w, p, self.phi), backward, update, check)

    def add_l2(self) -> None:
        """Add the gradient of l2/2 * sum(W**2) to the gradients of the weights; biases have none."""
        if any(self._decays):
            perform(_l2_calls(self.w, self.gradients, layer_views(self.scratch, self.sizes), self.l2))

    def save(self) -> None:
        """Remember parameters and optimizer state, to go back to them by `restore`."""
        for saved, array in zip(self._saved, (self.parameters, *self.states), strict=True):
            np.copyto(saved, array)

    def restore(self) -> None:
        """Go back to what `save` remembered."""
        for saved, array in zip(self._saved, (self.parameters, *self.states), strict=True):
            np.copyto(array, saved)

    def finite(self) -> Array:
        """Return for each row whether all its parameters are finite, (runs,)."""
        finite: Array = np.isfinite(self.parameters).all(axis=1)
        return finite

    def locate(self, index: int, x: Array, targets: Array, samples: Array, step: int) -> Divergence:
        """Say where step number `step` on these samples stops being finite, for the row at `index`.

        To be called with the parameters from before that step; they stay as they are.
        """
        p = training_pass(len(self.rows), self.sizes, len(samples), self.dtype)
        calls = self._bound(p, slice(None))
        _fill(p, x, targets, samples)
        perform(calls.forward, calls.check)
        for layer, z in enumerate(p.z, 1):
            if not np.isfinite(z[index]).all():
                return Divergence(step, layer, "pre-activations")
        perform(calls.backward, calls.check)
        for layer in range(len(self.w), 0, -1):
            if not np.isfinite(p.delta[layer - 1][index]).all():
                return Divergence(step, layer, "dL/dz")
            if not np.isfinite(self.gradients[layer - 1][index]).all():
                return Divergence(step, layer, "dL/dW")
        self.save()
        calls.update(step - self.since)
        bad = [not np.isfinite(w[index]).all() for w in self.w]
        self.restore()
        return Divergence(step, bad.index(True) + 1 if any(bad) else len(bad), "weights")

    def without(self, indices: Sequence[int]) -> Stack | None:
        """Return a stack of the other rows as they stand, or None if none is left."""
        kept = [index for index in range(len(self.rows)) if index not in indices]
        if not kept:
            return None
        other = object.__new__(Stack)
        other.__dict__.update(self.__dict__)
        other.rows = tuple(self.rows[index] for index in kept)
        other._adopt(self.parameters[kept], [state[kept] for state in self.states])
        other._take_values([self._rates[index] for index in kept], [self._decays[index] for index in kept])
        return other


def _l2_calls(w: Sequence[Array], gradients: Sequence[Array], room: Sequence[Array], l2: Array) -> list[Call]:
    """Return the calls that add l2 times the weights to their gradients, by way of `room`."""
    calls: list[Call] = []
    for weights, gradient, decay in zip(
        *([layer[:, :-1] for layer in x] for x in (w, gradients, room)), strict=True
    ):
        calls += [partial(np.multiply, weights, l2, decay), partial(np.add, gradient, decay, gradient)]
    return calls


def _fill(p: Pass, x: Array, targets: Array, samples: Array) -> None:
    """Put the inputs and targets of these samples in their places."""
    # mode="clip" writes into `out` directly; the default checks the indices by way of a copy.
    x.take(samples, 0, p.inputs, "clip")
    targets.take(samples, 1, p.stored_targets, "clip")


def initialize(
    w: Sequence[Array], config: RunConfig, seed: int, check: Callable[[], None] | None = None
) -> None:
    """Draw the weights and biases of one network, layer by layer (fan_in + 1, fan_out)."""
    for layer, (parameters, initializer) in enumerate(zip(w, config.initializers, strict=True), 1):
        if check is not None:
            check()
        draw_layer(parameters, layer, seed, initializer, config.bias_initializer)


def draw_layer(
    parameters: Array, layer: int, seed: int, initializer: Choice, bias_initializer: Choice
) -> None:
    """Draw the weights and biases of layer l, (fan_in + 1, fan_out), from (seed, l) and (seed, l, 1).

    So another initializer, or another width elsewhere, changes neither the other layers' numbers nor the
    data.
    """
    fan_in, fan_out = parameters.shape[0] - 1, parameters.shape[1]
    rng = np.random.default_rng([seed, layer])
    weights = INITIALIZERS[initializer.name]
    parameters[:-1] = weights.draw(rng, fan_in, fan_out, **initializer.parameters)
    rng = np.random.default_rng([seed, layer, 1])
    biases = BIAS_INITIALIZERS[bias_initializer.name]
    parameters[-1] = biases.draw(rng, fan_in, fan_out, **bias_initializer.parameters)
