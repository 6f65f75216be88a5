"""What do frames take in memory, and how soon is an earlier one on show?

Ten thousand frames of seven runs are made from a few that were observed, by copying: observing them all would
take many minutes, and tell no more about either.
"""

from __future__ import annotations

import gc
import os
import random
import time
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEventLoop, QSettings, QStandardPaths

from engine.config import Experiment
from engine.frame import Frame, RunFrame
from engine.histogram import Histograms
from engine.history import History
from engine.session import Session
from tests.benchmarks.aims import COLUMNS, Aim
from tests.benchmarks.memory import resident_mb
from tests.benchmarks.report import Report, options
from tests.benchmarks.window import Bench, process_events
from tests.benchmarks.workloads import WORKLOADS, with_runs

_OBSERVED = 20
"""Frames that the copies are made of."""


def copied(frame: Frame, step: int) -> Frame:
    """Return a frame of another step that shares no array with this one."""
    return replace(frame, step=step, epoch=step / 12, runs=tuple(map(_copied_run, frame.runs)))


def _copied_run(run: RunFrame) -> RunFrame:
    return replace(
        run, layers=run.layers.copy(), z=_copied_shapes(run.z), activation=_copied_shapes(run.activation)
    )


def _copied_shapes(shapes: Histograms) -> Histograms:
    return Histograms(shapes.exponent.copy(), shapes.first.copy(), shapes.shares.copy())


def filled(frames: Sequence[Frame], count: int) -> History:
    """Return a history of so many frames."""
    history = History()
    for step in range(count):
        history.append(copied(frames[step % len(frames)], step))
    return history


def drag(bench: Bench, steps: Sequence[int]) -> tuple[list[float], list[float]]:
    """Show the frames of these steps one after the other.

    Returns:
        the milliseconds from asking to painted, and how many of them the processor has worked.
    """
    waits, worked = [], []
    for step in steps:
        loop = QEventLoop()
        painted = bench.window.workspace.painted.connect(loop.quit)
        began, idle = time.perf_counter(), time.process_time()
        bench.window.navigator.seek(step, step)
        loop.exec()
        waits.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - idle))
        bench.window.workspace.painted.disconnect(painted)
    return waits, worked


def go_back(session: Session, steps: Sequence[int]) -> list[float]:
    """Go to frames that have to be recomputed; return milliseconds until each is there."""
    waits = []
    for step in steps:
        began = time.perf_counter()
        session.seek(step)
        while session.active:
            session.grant(time.perf_counter())
            session.settle()
        waits.append(1000 * (time.perf_counter() - began))
    return waits


def main(arguments: Sequence[str]) -> int:
    """Print a table, and write the figures."""
    parser = options("history", __doc__, 100)
    parser.add_argument("--frames", type=int, default=10_000, help="how many frames (10,000)")
    parser.add_argument("--steps", type=int, default=10_000, help="training steps to go back over (10,000)")
    chosen = parser.parse_args(arguments)
    QStandardPaths.setTestModeEnabled(True)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.devnull)
    report = Report(chosen, COLUMNS)
    draw = random.Random(0)

    session = Session()
    session.start(Experiment())
    for _ in range(100):
        session.advance(chosen.steps // 100)
    places = [draw.randrange(chosen.steps) for _ in range(chosen.rounds)]
    gone = Aim.of("going back to any of the steps, digits", go_back(session, places), 200, "ms")
    report.row(gone.cells, gone)
    session.close()

    bench = Bench()
    bench.begin(with_runs(WORKLOADS["784-100x5-10 ReLU, batch 128"], 7))
    session = bench.window.session
    for _ in range(_OBSERVED - len(session.history)):
        session.advance(1)
    frames = list(session.history)
    gc.collect()
    before = resident_mb()
    history = filled(frames, chosen.frames)
    taken = Aim.of("frames of seven runs of 784-100x5-10 in memory", [resident_mb() - before], 400, "MB")
    report.row(taken.cells, taken)
    # The window has them as if it had played that long.
    session._course.history = history
    session.end()
    bench.window.playback.wake()
    process_events(lambda: not session.active, 2)
    places = [draw.randrange(chosen.frames) for _ in range(chosen.rounds)]
    drag(bench, places[:3])
    waits, worked = drag(bench, places)
    for figure, values in (("", waits), (", processor alone", worked)):
        dragged = Aim.of(f"dragging the time line over them, all plots{figure}", values, 33, "ms")
        report.row(dragged.cells, dragged)
    bench.close()
    report.write(f"{chosen.steps:,} steps, {chosen.frames:,} frames; from asking to the frame on the screen.")
    return 0
