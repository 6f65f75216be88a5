"""What the time line marks: changes of settings, divergences, and where earlier courses were left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from engine.changes import Change, Redraw
from engine.comparisons import named_at
from engine.config import Experiment
from engine.fields import Choice
from engine.frame import Frame
from engine.initializers import INITIALIZERS
from engine.optimizers import OPTIMIZERS
from engine.pasts import Past
from engine.run_names import run_name
from gui.controls.number_text import format_number
from gui.controls.time_scale import Kind, Mark
from gui.plots.divergences import divergences


def time_marks(experiment: Experiment, newest: Frame, pasts: Sequence[Past]) -> list[Mark]:
    """Return the marks of a run up to its newest frame, the most important last."""
    partings = [
        Mark(past.step, Kind.PARTING, f"Step {past.step:,}: an earlier course was left here.")
        for past in pasts
        if past.step < past.history.last.step and _same_networks(past.experiment, experiment)
    ]
    changes = [mark for mark in _changes(experiment) if mark.step <= newest.step]
    diverged = [mark for run in range(len(newest.runs)) for mark in _divergences(experiment, newest, run)]
    return [*partings, *changes, *diverged]


# The log is another seldom, the frame on show with each call.
@lru_cache(maxsize=1)
def _changes(experiment: Experiment) -> tuple[Mark, ...]:
    """Return a mark for each change of the log, with what its run was called before."""
    return tuple(
        Mark(
            change.step,
            Kind.CHANGE,
            f"Step {change.step:,}: {describe_changes(named_at(experiment, change.step - 1), [change])}.",
        )
        for change in experiment.changes
    )


def describe_changes(experiment: Experiment, changes: Sequence[Change]) -> str:
    """Say what changes of the log have set: "He – learning rate is now 0.5, L2 is now 0"."""
    groups = (
        (run, ", ".join(_describe(change) for change in alike))
        for run, alike in groupby(changes, key=lambda change: change.run)
    )
    return "; ".join(
        text if run is None or not _several(experiment) else f"{run_name(experiment, run)} – {text}"
        for run, text in groups
    )


def _describe(change: Change) -> str:
    value = change.value
    if isinstance(value, Redraw):
        law = INITIALIZERS[value.initializer.name].label
        return f"layer {value.layer} drawn anew ({law}, seed {value.seed})"
    name = "L2" if change.field == "l2" else change.field.replace("_", " ")
    return f"{name} is now {_written(value)}"


def _same_networks(one: Experiment, other: Experiment) -> bool:
    return one.unnamed_runs == other.unnamed_runs and one.dataset == other.dataset


def _written(value: float | int | Choice | None) -> str:
    if value is None:
        return "the full batch"
    return OPTIMIZERS[value.name].label if isinstance(value, Choice) else format_number(value)


def _divergences(experiment: Experiment, newest: Frame, run: int) -> list[Mark]:
    """Return a mark for each step at which seeds of a run diverged."""
    at = Counter(each.step for each in divergences(newest, run))
    if not at:
        return []
    who = f"{run_name(experiment, run)} diverged" if _several(experiment) else "the run diverged"
    n_seeds = len(newest.seeds(run))
    return [
        Mark(step, Kind.DIVERGENCE, f"Step {step:,}: {who}{f' with {n} of {n_seeds} seeds' * (n_seeds > 1)}.")
        for step, n in sorted(at.items())
    ]


def _several(experiment: Experiment) -> bool:
    return len(experiment.runs) > 1
