"""One look at a stack of runs: what a frame shows, computed on fixed samples, changing nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from engine.activations import largest_slope
from engine.config import Experiment
from engine.evaluation import Evaluation, Samples, evaluation_values, probe_samples
from engine.frame import LAYER_DTYPE, RunFrame
from engine.histogram import Histograms, histograms
from engine.layers import parameter_count
from engine.losses import LOSSES
from engine.network import Array, forward, layer_views, training_pass
from engine.stack import Stack

SATURATED_SLOPE = 0.05
DEAD_SLOPE = 1e-6


class Observer:
    """Looks at one stack. Scalars are reduced run by run, so that a run reads as it does alone."""

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
        x, targets = samples.probe
        self._probe = training_pass(runs, sizes, len(x), dtype)
        self._probe.read(x)
        np.copyto(self._probe.targets, targets)
        self._outputs = np.empty_like(self._probe.z[-1])
        self._evaluation = Evaluation(stack, samples, check)

    def look(self, step: int) -> list[RunFrame]:
        """Return what each row of the stack shows after `step` steps."""
        losses, right = self._evaluation.evaluate()
        train, validation = slice(self._samples.n_train), slice(self._samples.n_train, None)
        p, stack = self._probe, self._stack
        forward(stack.w, p, stack.phi, self._check)
        stack.loss.output(p.z[-1], self._outputs)
        runs = range(len(stack.rows))
        layers = [np.zeros(len(stack.w), LAYER_DTYPE) for _ in runs]
        shapes = [self._describe_activations(row, statistics) for row, statistics in enumerate(layers)]
        self._describe_gradients(layers, step)
        for statistics in layers:
            statistics.setflags(write=False)
        return [
            RunFrame(
                train_loss=_mean(losses[row, train]),
                validation_loss=_mean(losses[row, validation]),
                train_accuracy=_share(right[row, train]),
                validation_accuracy=_share(right[row, validation]),
                layers=layers[row],
                z=shapes[row][0],
                activation=shapes[row][1],
            )
            for row in runs
        ]

    def _describe_activations(self, row: int, statistics: Array) -> tuple[Histograms, Histograms]:
        """Fill in means and standard deviations, and return the histograms of z and of the activations."""
        z = [_exact(z[row]) for z in self._probe.z]
        activations = [_exact(a[row]) for a in (*self._probe.values[1:], self._outputs)]
        for name, layers in (("z", z), ("activation", activations)):
            moments = [_mean_std(layer) for layer in layers]
            statistics[f"{name}_mean"], statistics[f"{name}_std"] = zip(*moments, strict=True)
        return histograms(z), histograms(activations)

    def _describe_gradients(self, layers: list[Array], step: int) -> None:
        """Go backward as `network.backward` does, with deltas per example, and look at what passes."""
        p, stack = self._probe, self._stack
        n_layers, batch = len(stack.w), len(p.inputs)
        flat = np.empty_like(stack.parameters)
        gradients = layer_views(flat, stack.sizes)
        stack.loss.delta(p.z[-1], p.targets, p.delta[-1])
        slope = np.empty_like(self._outputs)
        stack.loss.output_slope(self._outputs, slope)
        above: Array | None = None
        for layer in range(n_layers - 1, -1, -1):
            if self._check is not None:
                self._check()
            delta = p.delta[layer]
            if above is not None:
                slope = p.slope[layer]
                np.matmul(above, stack.w_transposed[layer + 1], delta)
                for row, statistics in enumerate(layers):
                    statistics[layer]["activation_gradient_rms"] = _rms(_exact(delta[row]))
                stack.phi[layer].derivative(p.z[layer], p.values[layer + 1], slope)
                np.multiply(delta, slope, delta)
            np.matmul(p.a_transposed[layer], delta, gradients[layer])
            gradients[layer] *= 1 / batch
            self._describe_slopes(layers, layer, slope)
            for row, statistics in enumerate(layers):
                record = statistics[layer]
                record["delta_rms"] = _rms(_exact(delta[row]))
                record["gradient_rms"] = _rms(_exact(gradients[layer][row, :-1]))
                record["weight_rms"] = _rms(_exact(stack.w[layer][row, :-1]))
            above = delta
        for statistics in layers:
            statistics[-1]["activation_gradient_rms"] = np.nan
        self._describe_updates(layers, flat, gradients, step)

    def _describe_slopes(self, layers: list[Array], layer: int, slope: Array) -> None:
        steepness = np.abs(slope)
        saturated = steepness < SATURATED_SLOPE * self._largest_slopes[layer]
        dead = steepness.max(axis=1) < DEAD_SLOPE
        for row, statistics in enumerate(layers):
            record = statistics[layer]
            known = not math.isnan(record["z_mean"])
            record["saturated"] = _share(saturated[row]) if known else np.nan
            record["dead"] = _share(dead[row]) if known else np.nan

    def _describe_updates(
        self, layers: list[Array], flat: Array, gradients: Sequence[Array], step: int
    ) -> None:
        """Take the optimizer's next step on the probe batch, on copies, with the last one's settings."""
        stack = self._stack
        stack.add_l2(gradients)
        updated, states = stack.parameters.copy(), [state.copy() for state in stack.states]
        stack.update(updated, flat, states, stack.scratch, stack.learning_rate, step + 1 - stack.since)
        updated -= stack.parameters
        for layer, update in enumerate(layer_views(updated, stack.sizes)):
            for row, statistics in enumerate(layers):
                with np.errstate(divide="ignore", invalid="ignore"):
                    ratio = np.float64(_rms(_exact(update[row, :-1]))) / statistics[layer]["weight_rms"]
                statistics[layer]["update_ratio"] = ratio


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
    probe = 3 * probe_samples(sizes, n_train) * sum(sizes[1:])
    return probe + 4 * parameter_count(sizes) + evaluation_values(sizes)


def _exact(values: Array) -> Array:
    """Return all values in a row, in float64, where the squares of small numbers do not underflow."""
    return values.astype(np.float64).ravel("K")


def _mean(exact: Array) -> float:
    """Return the mean; nan if there is nothing."""
    return float(np.add.reduce(exact)) / exact.size if exact.size else math.nan


def _share(true: Array) -> float:
    """Return the share of the values that are true; nan if there is nothing."""
    return int(np.count_nonzero(true)) / true.size if true.size else math.nan


def _mean_std(exact: Array) -> tuple[float, float]:
    """Return mean and standard deviation."""
    mean = _mean(exact)
    return mean, _rms(exact - mean)


def _rms(exact: Array) -> float:
    """Return the root mean square."""
    return math.sqrt(np.dot(exact, exact) / exact.size)
