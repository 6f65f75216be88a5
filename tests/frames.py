"""Made-up frames and histories for tests of what draws them: numbers directly, no training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.config import Experiment, RunConfig
from engine.fields import Choice
from engine.frame import LAYER_DTYPE, LAYER_STATISTICS, Divergence, Frame, RunFrame
from engine.histogram import Histograms
from engine.histogram import histograms as histograms_of_runs
from engine.history import History

SAMPLES = 400


def experiment(
    hidden: tuple[int, ...] = (32, 32),
    *,
    runs: int = 1,
    train_fraction: float = 0.8,
    activation: str = "tanh",
) -> Experiment:
    """Return an experiment on the digits."""
    config = RunConfig(hidden=hidden, activation=Choice(activation))
    return Experiment(runs=(config,) * runs, train_fraction=train_fraction)


def histograms(layers: Sequence[np.ndarray]) -> Histograms:
    """Return the histograms of one run, of the values of each layer."""
    return histograms_of_runs([values.reshape(1, -1) for values in layers])[0]


def frame(
    experiment: Experiment,
    step: int = 0,
    *,
    scales: Iterable[float] | float = 1.0,
    loss: float | None = None,
    divergence: Divergence | None = None,
    **statistics: object,
) -> Frame:
    """Return a frame whose pre-activations are normal, with a standard deviation per layer.

    Args:
        experiment: says how many layers and runs there are.
        step: of the frame; the loss falls with it and the accuracy rises.
        scales: the standard deviation, for all layers or for each.
        loss: training loss, instead of the falling one; the validation loss is a little more.
        divergence: of all runs.
        statistics: of LAYER_STATISTICS, for all layers or for each, instead of what follows from the samples.
    """
    runs = tuple(
        _run_frame(experiment, run, step, scales, loss, divergence, statistics)
        for run in range(len(experiment.runs))
    )
    return Frame(step=step, epoch=step / 45, runs=runs)


def history(experiment: Experiment, steps: Iterable[int] = range(0, 60, 3), **given: Any) -> History:
    """Return a history with a frame for each step; `given` as in `frame`."""
    result = History()
    for step in steps:
        result.append(frame(experiment, step, **given))
    return result


def with_seeds(history: History, n_seeds: int, spread: float = 0.1) -> History:
    """Return a history of the same frames, in which every run has several weight seeds around the first."""
    factors = 1 + spread * np.arange(n_seeds)
    seeds = [
        [
            [
                replace(run, train_loss=run.train_loss * factor, layers=_times(run.layers, factor))
                for factor in factors
            ]
            for run in frame.runs
        ]
        for frame in history
    ]
    result = History()
    for frame, of_runs in zip(history, seeds, strict=True):
        result.append(Frame.of_seeds(frame.step, frame.epoch, of_runs))
    return result


def with_histograms(experiment: Experiment, counted: Histograms) -> History:
    """Return a history of frame 0, in which the first run has these histograms, and is alone."""
    seen = frame(experiment, 0)
    result = History()
    result.append(replace(seen, runs=(replace(seen.runs[0], z=counted, activation=counted),)))
    return result


def of_seeds(history: History, run: int, name: str) -> np.ndarray:
    """Return a value of each weight seed of a run, (frames, seeds), or one of each layer (..., layers)."""

    def value(seen: RunFrame) -> np.ndarray | float:
        return seen.layers[name] if name in LAYER_STATISTICS else getattr(seen, name)

    return np.array([[value(seen) for seen in frame.seeds(run)] for frame in history])


def losses(experiment: Experiment, values: Iterable[float]) -> History:
    """Return a history with these training losses at steps 0, 1, 2, ..."""
    result = History()
    plain = frame(experiment, 0)
    for step, value in enumerate(values):
        runs = tuple(
            RunFrame(
                value, value, run.train_accuracy, run.validation_accuracy, run.layers, run.z, run.activation
            )
            for run in plain.runs
        )
        result.append(Frame(step, step / 45, runs))
    return result


def _run_frame(
    experiment: Experiment,
    run: int,
    step: int,
    scales: Iterable[float] | float,
    loss: float | None,
    divergence: Divergence | None,
    statistics: dict[str, object],
) -> RunFrame:
    rng = np.random.default_rng([run, step])
    n_layers = len(experiment.sizes(run)) - 1
    spread = np.broadcast_to(np.asarray(scales, float), n_layers)
    z = [scale * rng.standard_normal(SAMPLES) for scale in spread]
    activations = [np.tanh(values) for values in z]
    layers = np.zeros(n_layers, LAYER_DTYPE)
    plausible: dict[str, object] = {
        "z_mean": [values.mean() for values in z],
        "z_std": [values.std() for values in z],
        "activation_mean": [values.mean() for values in activations],
        "activation_std": [values.std() for values in activations],
        "saturated": [float(np.mean(np.abs(values) > 0.975)) for values in activations],
        "dead": 0.0,
        "weight_rms": 0.18,
        "gradient_rms": 10.0 ** (-3 + 0.2 * np.arange(n_layers) - 0.002 * step),
        "delta_rms": 10.0 ** (-2 + 0.2 * np.arange(n_layers)),
        "activation_gradient_rms": [*10.0 ** (-2.5 + 0.2 * np.arange(n_layers - 1)), np.nan],
        "update_ratio": 1e-3,
    }
    for name in LAYER_STATISTICS:
        layers[name] = statistics.get(name, plausible[name])
    layers.setflags(write=False)
    falling = 2.3 * np.exp(-step / 40) + 0.1 * (1 + run) if loss is None else loss
    has_validation = experiment.train_fraction < 1
    return RunFrame(
        train_loss=falling,
        validation_loss=falling * 1.1 if has_validation else np.nan,
        train_accuracy=1 - 0.9 * np.exp(-step / 40),
        validation_accuracy=0.95 - 0.85 * np.exp(-step / 40) if has_validation else np.nan,
        layers=layers,
        z=histograms(z),
        activation=histograms(activations),
        divergence=divergence,
    )


def _times(layers: np.ndarray, factor: float) -> np.ndarray:
    scaled = layers.copy()
    for name in LAYER_STATISTICS:
        scaled[name] *= factor
    return scaled


def single_value(n_layers: int, value: float = 0.0) -> Histograms:
    """Return histograms of layers in which every value is the same."""
    return histograms([np.full(SAMPLES, value)] * n_layers)


def nothing(n_layers: int) -> Histograms:
    """Return histograms of layers without a single finite value."""
    return histograms([np.full(SAMPLES, np.nan)] * n_layers)


def occupied(histograms: Histograms, layer: int) -> tuple[float, float]:
    """Return the outer edges of the bins that hold anything, or (0, 0) if none does."""
    filled = np.flatnonzero(histograms.shares[layer])
    if not filled.size:
        return 0.0, 0.0
    edges = histograms.edges(layer)
    return float(edges[filled[0]]), float(edges[filled[-1] + 1])
