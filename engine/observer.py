"""One look at a stack of runs: what a frame shows, computed on fixed samples, changing nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from engine.activations import largest_slope
from engine.blocks import blocks
from engine.config import Experiment
from engine.evaluation import Evaluation, Samples, evaluation_values, probe_samples
from engine.frame import LAYER_DTYPE, RunFrame
from engine.histogram import Histograms, histograms, read_only
from engine.layers import parameter_count
from engine.losses import LOSSES
from engine.network import Array, forward_calls, layer_views, perform, training_pass, transposed
from engine.stack import Stack

SATURATED_SLOPE = 0.05
DEAD_SLOPE = 1e-6


class Observer:
    """Looks at one stack. A run reads as it does alone."""

    def __init__(
        self,
        stack: Stack,
        samples: Samples,
        largest_slopes: Sequence[float],
        check: Callable[[], None] | None,
    ) -> None:
        self._stack = stack
        self._samples = samples
        self._check = check
        self._largest_slopes = largest_slopes
        runs, sizes, dtype = len(stack.rows), stack.sizes, stack.dtype
        self._probe = training_pass(runs, sizes, samples.n_probe, dtype)
        self._probe.read(samples.x[: samples.n_probe])
        np.copyto(self._probe.targets, samples.targets[: samples.n_probe])
        self._forward = forward_calls(stack.w, self._probe, stack.phi)
        self._outputs = np.empty_like(self._probe.z[-1])
        self._output_slope = np.empty_like(self._outputs)
        self._copies = [np.empty_like(array) for array in (stack.parameters, *stack.states)]
        self._evaluation = Evaluation(stack, samples, check)

    def look(self, step: int) -> list[RunFrame]:
        """Return what each row of the stack shows after `step` steps."""
        p, stack = self._probe, self._stack
        perform(self._forward, self._check)
        losses, right = self._evaluation.evaluate(p.z[-1])
        train, validation = slice(self._samples.n_train), slice(self._samples.n_train, None)
        stack.loss.output(p.z[-1], self._outputs)
        layers = np.zeros((len(stack.rows), len(stack.w)), LAYER_DTYPE)
        counted = self._describe_values(layers)
        self._describe_gradients(layers, step)
        n_layers = len(stack.w)
        seen = zip(
            _means(losses[:, train]).tolist(),
            _means(losses[:, validation]).tolist(),
            _shares(right[:, train]),
            _shares(right[:, validation]),
            map(read_only, layers),
            [of_run.of_layers(slice(n_layers)) for of_run in counted],
            [of_run.of_layers(slice(n_layers, None)) for of_run in counted],
            strict=True,
        )
        return [RunFrame(*of_run) for of_run in seen]

    def _describe_values(self, layers: Array) -> list[Histograms]:
        """Fill in means and standard deviations; return the histograms of all z, then of the activations."""
        p = self._probe
        z = [_flat(values) for values in p.z]
        activations = [_flat(values) for values in (*p.values[1:], self._outputs)]
        for name, of_name in (("z", z), ("activation", activations)):
            layers[f"{name}_mean"], layers[f"{name}_std"] = _means_stds(of_name)
        return histograms(z + activations)

    def _describe_gradients(self, layers: Array, step: int) -> None:
        """Go backward as `network.backward` does, with deltas per example, and look at what passes."""
        p, stack = self._probe, self._stack
        n_layers, batch = len(stack.w), len(p.inputs)
        # Those of the last step are of no use any more.
        gradients = stack.gradients
        stack.loss.delta(p.z[-1], p.targets, p.delta[-1])
        slope = self._output_slope
        stack.loss.output_slope(self._outputs, slope)
        above: Array | None = None
        for layer in range(n_layers - 1, -1, -1):
            if self._check is not None:
                self._check()
            delta, seen = p.delta[layer], layers[:, layer]
            if above is not None:
                slope = p.slope[layer]
                np.matmul(above, stack.w_transposed[layer + 1], delta)
                seen["activation_gradient_rms"] = _rms(_flat(delta))
                stack.phi[layer].derivative(p.z[layer], p.values[layer + 1], slope)
                np.multiply(delta, slope, delta)
            np.matmul(p.a_transposed[layer], delta, gradients[layer])
            gradients[layer] *= 1 / batch
            self._describe_slopes(seen, layer, slope)
            seen["delta_rms"] = _rms(_flat(delta))
            seen["gradient_rms"] = _rms(_weights(gradients[layer]))
            seen["weight_rms"] = _rms(_weights(stack.w[layer]))
            above = delta
        layers["activation_gradient_rms"][:, -1] = np.nan
        unknown = np.isnan(layers["z_mean"])
        layers["saturated"][unknown] = layers["dead"][unknown] = np.nan
        self._describe_updates(layers, step)

    def _describe_slopes(self, seen: Array, layer: int, slope: Array) -> None:
        stored = transposed(slope)
        limit = SATURATED_SLOPE * self._largest_slopes[layer]
        steepest = np.empty(stored.shape[:2], stored.dtype)
        for rows in blocks(len(stored), stored[0].size):
            steepness = np.abs(stored[rows])
            seen["saturated"][rows] = _shares(steepness < limit)
            np.maximum.reduce(steepness, 2, out=steepest[rows])
        seen["dead"] = _means(steepest < DEAD_SLOPE)

    def _describe_updates(self, layers: Array, step: int) -> None:
        """Take the optimizer's next step on the probe batch, on copies, with the last one's settings."""
        stack = self._stack
        stack.add_l2()
        for copy, array in zip(self._copies, (stack.parameters, *stack.states), strict=True):
            np.copyto(copy, array)
        updated, *states = self._copies
        rate, t = stack.learning_rate, step + 1 - stack.since
        stack.update(updated, stack.gradient, states, stack.scratch, rate, t)
        updated -= stack.parameters
        for layer, update in enumerate(layer_views(updated, stack.sizes)):
            layers["update_ratio"][:, layer] = _rms(_weights(update)) / layers["weight_rms"][:, layer]


def largest_slopes(experiment: Experiment, run: int) -> list[float]:
    """Return max |phi'| per layer; at the output that of the function which the loss implies."""
    config = experiment.runs[run]
    # Every output function that a loss implies is steepest where its value is 1/2, or equally steep
    # everywhere.
    output = np.full(1, 0.5)
    LOSSES[config.loss.name].output_slope(np.full(1, 0.5), output)
    return [*(largest_slope(activation) for activation in config.activations), float(output[0])]


def observation_values(sizes: Sequence[int], n_train: int) -> int:
    """Count the numbers that looking at one run keeps in memory, for the estimate of what a network takes."""
    # z, activation and delta of each layer; slopes of one hidden layer, and of the outputs.
    probe = probe_samples(sizes, n_train) * (3 * sum(sizes[1:]) + max(sizes[1:]) + sizes[-1])
    # A copy of the parameters, and for a while the weights in float64, to be squared.
    return probe + 3 * parameter_count(sizes) + evaluation_values(sizes)


def _flat(values: Array) -> Array:
    """Return (runs, batch, units) as (runs, values), in the order of the memory."""
    return transposed(values).reshape(len(values), -1)


def _weights(parameters: Array) -> Array:
    """Return a layer's parameters (runs, fan_in + 1, fan_out) without the biases, (runs, weights)."""
    return parameters[:, :-1].reshape(len(parameters), -1)


def _means(values: Array) -> Array:
    """Return the mean of each run, (runs,); nan if there is nothing."""
    means: Array = np.add.reduce(values, axis=1) / values.shape[1]
    return means


def _shares(true: Array) -> list[float]:
    """Return for each run which share of its values is true; nan if there is nothing."""
    size = true[0].size
    return [int(np.count_nonzero(run)) / size if size else math.nan for run in true]


def _means_stds(layers: Sequence[Array]) -> tuple[Array, Array]:
    """Return means and standard deviations of the values (runs, values) of each layer, (runs, layers)."""
    means, squares = np.empty((2, len(layers[0]), len(layers)))
    for layer, values in enumerate(layers):
        for rows in blocks(*values.shape):
            exact = values[rows].astype(np.float64)
            means[rows, layer] = mean = _means(exact)
            exact -= mean[:, np.newaxis]
            squares[rows, layer] = np.vecdot(exact, exact)
    return means, np.sqrt(squares / [values.shape[1] for values in layers])


def _rms(values: Array) -> Array:
    """Return the root mean square of each run, (runs,)."""
    squares = np.empty(len(values))
    for rows in blocks(*values.shape):
        # In float64, where the squares of small numbers do not underflow.
        exact = values[rows].astype(np.float64)
        # Of each run what np.dot gives of it alone.
        squares[rows] = np.vecdot(exact, exact)
    rms: Array = np.sqrt(squares / values.shape[1])
    return rms
