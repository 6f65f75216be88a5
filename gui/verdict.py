"""What the window says of the frame on show in one line."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from engine.config import Experiment
from engine.frame import Frame, RunFrame
from engine.run_names import run_name
from engine.run_state import RunState, run_state
from engine.session import Session, State
from gui.message_bar import Level
from gui.plots.numerals import loss_number, percent

_VERBS = {State.PLAYING: "Training", State.STEPPING: "Stepping"}


def verdict(session: Session, frame: Frame, run: int = 0) -> tuple[str, Level]:
    """Return what there is to say of a run of the frame on show, and how it is meant.

    Where there are several runs, it is named, and a sentence on all of them follows.
    """
    text, level = _of_run(session, frame, run)
    if len(frame.runs) > 1:
        text = f"{run_name(session.experiment, run)} – {text} {_of_all(session, frame)}"
    return text, level


def _of_run(session: Session, frame: Frame, run: int) -> tuple[str, Level]:
    experiment, seeds = session.experiment, frame.seeds(run)
    alive = [seen for seen in seeds if seen.divergence is None]
    if not alive:
        return _diverged(seeds), Level.ERROR
    for seen in alive:
        overflow = _first_not_finite(seen)
        if overflow is not None:
            return (
                f"The signal overflows {experiment.dtype} in {_layer(overflow, seen)} already at step "
                f"{frame.step:,}; smaller weights keep it finite.",
                Level.ERROR,
            )
    loss = _loss(frame.median(run, "train_loss"))
    of_seeds = f"median of {len(seeds)} seeds " if len(seeds) > 1 else ""
    if frame.step == 0:
        lead = "Frame 0" if session.following else _lead(session, frame)
        loss = f"Loss {of_seeds}{loss}{_chance(experiment, run)}."
        return f"{lead}: the network as initialized, before any step. {loss}", Level.INFO
    text = f"{_lead(session, frame)}: training loss {of_seeds}{loss}"
    text += f", accuracy {_share(frame.median(run, 'train_accuracy'))}"
    validation = frame.median(run, "validation_loss")
    if len(frame.runs) == 1 and not math.isnan(validation):
        accuracy = frame.median(run, "validation_accuracy")
        text += f"; validation loss {_loss(validation)}, accuracy {_share(accuracy)}"
    if len(alive) < len(seeds):
        text += f"; diverged with {len(seeds) - len(alive)} of them"
    return f"{text}.", Level.INFO


def _diverged(seeds: Sequence[RunFrame]) -> str:
    """Say where a run diverged that has no seed left; of several, where the first did."""
    where, seen = min(
        ((seen.divergence, seen) for seen in seeds if seen.divergence is not None),
        key=lambda diverged: diverged[0].step,
    )
    lead = f"Diverged with all {len(seeds)} seeds, first" if len(seeds) > 1 else "Diverged"
    return (
        f"{lead} at step {where.step:,}: {where.quantity} of {_layer(where.layer, seen)} are not finite. "
        "The layers on show are those before that step."
    )


def _of_all(session: Session, frame: Frame) -> str:
    """Say what has become of all runs, and which is the best."""
    experiment, runs = session.experiment, range(len(frame.runs))
    medians = {run: frame.median(run, "train_loss") for run in runs}
    losses = {run: loss for run, loss in medians.items() if math.isfinite(loss)}
    if frame.step == 0 and losses:
        low, high = _loss(min(losses.values())), _loss(max(losses.values()))
        return f"{len(runs)} runs: loss {low}." if low == high else f"{len(runs)} runs: loss {low} to {high}."
    states = Counter(run_state(experiment, session.history, run, frame) for run in runs)
    counted = ", ".join(f"{states[state]} {state.value}" for state in RunState if states[state])
    text = f"{len(runs)} runs: {counted}"
    if losses:
        best = min(losses, key=losses.__getitem__)
        text += f"; best: {run_name(experiment, best)}, loss {_loss(losses[best])}"
    return f"{text}."


def _lead(session: Session, frame: Frame) -> str:
    """Say what is being done, and where the frame on show lies if newer ones were seen."""
    if session.following:
        return _VERBS.get(session.state, "Paused")
    then = "training goes on" if session.state in _VERBS else "Play goes on from here"
    return f"Looking at step {frame.step:,} of {session.step_index:,} ({then})"


def _chance(experiment: Experiment, run: int) -> str:
    if "cross_entropy" not in experiment.runs[run].loss.name:
        return ""
    n_classes = experiment.n_classes
    return f"; guessing evenly between {n_classes} classes gives {math.log(n_classes):.3f}"


def _first_not_finite(run: RunFrame) -> int | None:
    """Return the first layer (from 1) whose pre-activations have no finite mean or spread."""
    for layer, record in enumerate(run.layers, 1):
        if not (math.isfinite(record["z_mean"]) and math.isfinite(record["z_std"])):
            return layer
    return None


def _layer(layer: int, run: RunFrame) -> str:
    return "the output layer" if layer == len(run.layers) else f"layer {layer}"


def _share(value: float) -> str:
    """Write a share with a decimal; what is neither none nor all never looks so."""
    if min(value, 1 - value) < 0.001:
        return percent(value)
    return f"{100 * value:.1f} %"


def _loss(value: float) -> str:
    """Write a loss as the table of runs does."""
    return loss_number(value) if math.isfinite(value) else "not finite"
