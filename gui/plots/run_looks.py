"""How the lines of runs look, and what a legend says of them: the same in every plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.config import Experiment
from engine.run_config import RunConfig
from engine.run_names import run_names
from engine.state import Past
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
                result.append(PastRun(past, run, own_name, _drawn_as(past, run, experiment.runs)))
    return result


def _drawn_as(past: Past, run: int, runs: Sequence[RunConfig]) -> int:
    """Return which number a run of a past has by now, or which it had, if it is no longer there."""
    config, before = past.experiment.runs[run], past.first_run + run
    if config not in runs or runs[before : before + 1] == (config,):
        return before
    return runs.index(config)
