"""Does the window keep up with many runs, and do they play on while another one joins them?"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QSettings, QStandardPaths

from engine.comparisons import COMPARISONS
from engine.config import Experiment
from tests.benchmarks.aims import Aim
from tests.benchmarks.window import Bench, measure, process_events
from tests.benchmarks.workloads import WORKLOADS, with_runs

_JOINING = ("64-32-32-10 ReLU, batch 32", "784-100x5-10 ReLU, batch 128")

_PATIENCE_SECONDS = 300.0
"""For a frame, or for a run that joins: however slow the machine is, the figure is of something."""


def with_seeds(experiment: Experiment, n_seeds: int) -> Experiment:
    """Return the experiment with so many weight seeds in each run."""
    return experiment.with_runs([replace(run, n_seeds=n_seeds) for run in experiment.runs])


def join(bench: Bench, seconds: float) -> tuple[list[float], list[float]]:
    """Play, and add a run after a while.

    Returns:
        the milliseconds from each newest frame to the next, before that and while the run catches up.
    """
    window, session = bench.window, bench.window.session
    arrivals: list[tuple[float, int]] = []

    def note() -> None:
        if not arrivals or session.step_index > arrivals[-1][1]:
            arrivals.append((time.perf_counter(), session.step_index))

    noting = window.workspace.painted.connect(note)
    window.player.play()
    process_events(lambda: False, seconds)
    process_events(lambda: len(arrivals) > 1, _PATIENCE_SECONDS)
    alone = len(arrivals)
    window.run_commands.duplicate()
    process_events(lambda: not session.joining and len(arrivals) > alone, _PATIENCE_SECONDS)
    window.workspace.painted.disconnect(noting)
    window.player.pause()
    process_events(lambda: not session.active, 10)
    gaps = [1000 * (after[0] - before[0]) for before, after in pairwise(arrivals)]
    return gaps[: alone - 1], gaps[alone - 1 :]


def figures(rounds: int, seconds: float) -> Iterator[Aim]:
    """Open a window, and yield what it shows, figure by figure.

    Args:
        rounds: how many there are.
        seconds: of each measurement.
    """
    QStandardPaths.setTestModeEnabled(True)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.devnull)
    bench = Bench()
    many = with_seeds(COMPARISONS["initializers"].apply(Experiment()), 8)
    result = measure(bench, "", many, rounds, seconds)
    frame = Aim("a frame of 7 initializers x 8 seeds, digits", result.interval_median_ms, 0, 100, "ms")
    frame.worst = result.interval_max_ms
    yield frame
    lost = 100 * (1 - result.share.median)
    yield Aim("what training loses of its windowless speed meanwhile", lost, lost, 40, "%")
    for name in _JOINING:
        bench.begin(with_runs(WORKLOADS[name], 7))
        alone, joining = join(bench, seconds)
        short = name.partition(" ")[0]
        for figure, gaps in (("from frame to frame", alone), ("while a run joins", joining)):
            yield Aim.of(f"seven runs of {short}, {figure}", gaps, 200, "ms")
    bench.close()
