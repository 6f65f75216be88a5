"""How the lines of runs look, and what a legend says of them: the same in every plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.changes import Change, changes_of_runs
from engine.config import Experiment
from engine.pasts import Past
from engine.run_names import run_names
from gui.plots.legend import Entry
from gui.plots.runs_view import RunsView
from gui.style import VALIDATION_DASH, Dash, Theme

WIDTH = 1.8

BAND_OPACITY = 0.16
"""Of the area between the least and the greatest seeds: where several overlap, all of them are seen."""

_VALIDATION_WIDTH = 1.0
_VALIDATION_STRENGTH = 0.62
_PER_LEGEND_LINE = 4
_PER_LINE = 0.06
"""A line of a legend has about so many runs, and takes that share of the height of a plot."""

_PAST_WIDTH = 1.2
_PAST_STRENGTH = 0.4


class Stroke(NamedTuple):
    """How a line is drawn."""

    color: str
    width: float
    dash: Dash = ()


def stroke(theme: Theme, run: int) -> Stroke:
    """Return how the line of a run is drawn."""
    color, dash = theme.run(run)
    return Stroke(color, WIDTH, dash)


def validation_stroke(theme: Theme, run: int, compares: bool) -> Stroke:
    """Return how a run's line of validation is drawn: dashed, or among several runs thin and pale.

    There the dashes say which run it is.
    """
    color, dash = theme.run(run)
    if not compares:
        return Stroke(color, WIDTH, VALIDATION_DASH)
    return Stroke(theme.pale(color, _VALIDATION_STRENGTH), _VALIDATION_WIDTH, dash)


def run_entries(theme: Theme, names: Sequence[str], view: RunsView) -> list[Entry]:
    """Return a legend of several runs; nothing for a single one."""
    if len(names) == 1:
        return []
    return [Entry(name, *theme.run(run), run=run, off=run in view.hidden) for run, name in enumerate(names)]


def height_with_legend(n_runs: int) -> float:
    """Return how high a plot with a legend of so many runs should be on paper, 1 for one without."""
    return 1.0 if n_runs == 1 else 1.0 + _PER_LINE * math.ceil(n_runs / _PER_LEGEND_LINE)


@dataclass(frozen=True, eq=False)
class PastRun:
    """A run as it was trained before something was changed, or as it was pinned."""

    past: Past
    run: int
    name: str
    drawn_as: int
    """The number of the run of now whose colour and dash it has, paler."""


def past_stroke(theme: Theme, past: PastRun) -> Stroke:
    """Return how the line of a pale reference is drawn."""
    color, dash = theme.run(past.drawn_as)
    return Stroke(theme.pale(color, _PAST_STRENGTH), _PAST_WIDTH, dash)


def past_runs(view: RunsView, experiment: Experiment) -> list[PastRun]:
    """Return the pale references to draw: of hidden runs there are none."""
    result = []
    for past, name in view.pasts:
        names = run_names(past.experiment)
        same_runs = past.experiment.unnamed_runs == experiment.unnamed_runs
        for run, of in enumerate(names):
            if not (same_runs and run in view.hidden):
                own_name = f"{of}, {name}" if len(names) > 1 else name
                result.append(PastRun(past, run, own_name, _drawn_as(past, run, experiment)))
    return result


def _drawn_as(past: Past, run: int, experiment: Experiment) -> int:
    """Return which number a run of a past has by now, or which it had, if it is no longer there.

    It may be called otherwise by now. Of twins it is the one that was changed alike up to where the past was
    left, then the one of its name, then the one in its place.
    """
    before, of = past.first_run + run, past.experiment
    log = _log_before(past.step, of, run)
    twins = [i for i, twin in enumerate(experiment.unnamed_runs) if twin == of.unnamed_runs[run]]
    return max(
        twins,
        key=lambda i: (
            _log_before(past.step, experiment, i) == log,
            experiment.runs[i].name == of.runs[run].name,
            i == before,
        ),
        default=before,
    )


def _log_before(step: int, experiment: Experiment, run: int) -> list[Change]:
    """Return what was changed of a run before a step, as if it were the only one."""
    return [change for change in changes_of_runs(experiment.changes, [run]) if change.step < step]
