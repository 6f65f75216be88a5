"""What the window says of a frame in one line."""

from __future__ import annotations

import math

from engine.config import Experiment
from engine.frame import Frame, RunFrame
from engine.run_names import run_name
from engine.session import State
from gui.message_bar import Level


def verdict(frame: Frame, experiment: Experiment, state: State, number: int = 0) -> tuple[str, Level]:
    """Return a sentence on a run of `frame`, named where there are several, and how it is meant."""
    text, level = _on_run(frame, experiment, state, number)
    return (f"{run_name(experiment, number)} – {text}" if len(frame.runs) > 1 else text), level


def _on_run(frame: Frame, experiment: Experiment, state: State, number: int) -> tuple[str, Level]:
    run = frame.runs[number]
    if run.divergence is not None:
        where = run.divergence
        return (
            f"Diverged at step {where.step:,}: {where.quantity} of {_layer(where.layer, run)} "
            "are not finite. The layers on show are those before that step.",
            Level.ERROR,
        )
    overflow = _first_not_finite(run)
    if overflow is not None:
        return (
            f"The signal overflows {experiment.dtype} in {_layer(overflow, run)} already at step "
            f"{frame.step:,}; smaller weights keep it finite.",
            Level.ERROR,
        )
    if frame.step == 0:
        chance = math.log(experiment.n_classes)
        text = f"Frame 0: the network as initialized, before any step. Loss {_number(run.train_loss)}"
        if "cross_entropy" in experiment.runs[number].loss.name:
            text += f"; guessing evenly between {experiment.n_classes} classes gives {chance:.3f}"
        return f"{text}.", Level.INFO
    verb = {State.PLAYING: "Training", State.STEPPING: "Stepping"}.get(state, "Paused")
    text = f"{verb}: training loss {_number(run.train_loss)}, accuracy {run.train_accuracy:.1%}"
    if not math.isnan(run.validation_loss):
        text += f"; validation loss {_number(run.validation_loss)}, accuracy {run.validation_accuracy:.1%}"
    return f"{text}.", Level.INFO


def _first_not_finite(run: RunFrame) -> int | None:
    """Return the first layer (from 1) whose pre-activations have no finite mean or spread."""
    for layer, record in enumerate(run.layers, 1):
        if not (math.isfinite(record["z_mean"]) and math.isfinite(record["z_std"])):
            return layer
    return None


def _layer(layer: int, run: RunFrame) -> str:
    return "the output layer" if layer == len(run.layers) else f"layer {layer}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "not finite"
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 or value == 0 else f"{value:.2e}"
