"""Does the window stay alive while training, and how much of its windowless speed does the training get?

The window is 1400x900 with every plot showing. Each workload plays in it, as fast as possible with up to 30
frames a second, then with the speed "throughput", which draws 5, and before, between and after them the same
training goes on alone, while the window does nothing at all: a machine that is now faster and now slower
treats all alike. Each time in the window is held against the mean of the times alone just before and after.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QSettings, QStandardPaths, QTimer

from engine.config import Experiment
from engine.pacing import Pacer
from engine.session import State
from engine.training_process import TrainingProcess
from gui.application import collect_garbage_seldom, make_application
from gui.controls.transport import THROUGHPUT
from gui.failures import Failures
from gui.main_window import MainWindow
from gui.settings import Settings
from tests.benchmarks.report import Measured, Report, options
from tests.benchmarks.workloads import WORKLOADS

_CLICK = QEvent.Type(QEvent.registerEventType())
_CLICK_SECONDS = 0.05
_WARM_UP_SECONDS = 1.0


@dataclass
class Result:
    """What one workload showed: times in milliseconds, rates in steps per second, medians over the rounds."""

    workload: str
    interval_median_ms: float
    interval_p99_ms: float
    interval_max_ms: float
    answer_p99_ms: float
    answer_max_ms: float
    window_rate: float
    windowless_rate: float
    share: Measured
    share_of_rest: Measured
    """Of the speed alone, in the time that observing left."""
    throughput_share: Measured


@dataclass
class Played:
    """What one play in the window showed."""

    rate: float
    """Steps per second."""
    intervals: list[float]
    """Seconds between frames."""
    answers: list[float]
    """Seconds that events waited."""
    rest: float
    """The share of the time that observing left."""


class Accountant(Pacer):
    """Adds up what observing takes."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def observed(self, seconds: float) -> None:
        self.seconds += seconds
        super().observed(seconds)


class Answering(QObject):
    """Notes how long an event that was posted to the window's thread waited for its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._posted = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._post, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _post(self) -> None:
        while not self._stop.wait(_CLICK_SECONDS):
            self._posted = time.perf_counter()
            QCoreApplication.postEvent(self, QEvent(_CLICK))

    def event(self, event: QEvent) -> bool:
        if event.type() == _CLICK:
            self.waits.append(time.perf_counter() - self._posted)
            return True
        return super().event(event)


def process_events(until: Callable[[], bool], seconds: float) -> None:
    """Let the window's own event loop run until a condition holds or the time is over."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    looking = QTimer()
    looking.timeout.connect(lambda: loop.quit() if until() else None)
    looking.start(50)
    if not until():
        loop.exec()


class Bench:
    """One window, through which the workloads go."""

    def __init__(self) -> None:
        self.application = make_application()
        self._process = TrainingProcess()
        self.window = MainWindow(Settings(), Failures(), self._process.launch)
        self.window.resize(1400, 900)
        self.window.workspace.arrange()
        self.window.show()
        collect_garbage_seldom()

    def begin(self, experiment: Experiment) -> None:
        """Start an experiment and play it for a moment."""
        self.window.begin(experiment, None)
        process_events(lambda: len(self.window.session.history) > 0, 60)
        self._accountant = self.window.session._granting.pacer = Accountant()
        self.play(_WARM_UP_SECONDS)

    def play(self, seconds: float, speed: int | None = None) -> Played:
        """Train in the window.

        Args:
            seconds: how long.
            speed: as on the transport bar; None is as fast as possible.
        """
        window, drawn = self.window, []
        window.transport.set_speed(speed)
        note = window.workspace.painted.connect(lambda: drawn.append(time.perf_counter()))
        answering = Answering()
        answering.start()
        first, spent, began = window.session.step_index, self._accountant.seconds, time.perf_counter()
        window.player.play()
        process_events(lambda: window.session.state is not State.PLAYING, seconds)
        n_playing = len(drawn)
        window.player.pause()
        answering.stop()
        process_events(lambda: not window.session.active, 10)
        window.workspace.painted.disconnect(note)
        # With the slice that was under way when the time was over: at five frames a second it counts.
        ended = drawn[-1] if drawn else time.perf_counter()
        rate = (window.session.step_index - first) / (ended - began)
        rest = 1 - (self._accountant.seconds - spent) / (ended - began)
        # The frame at which it comes to rest, on which every part is drawn, is not of the play.
        return Played(rate, list(np.diff(drawn[:n_playing])), answering.waits, rest)

    def train_alone(self, steps: int) -> float:
        """Train so many steps while the window waits; return steps per second."""
        began = time.perf_counter()
        self.window.session.advance(steps)
        return steps / (time.perf_counter() - began)

    def close(self) -> None:
        """Close the window, and end its training."""
        self.window.files.give_up_changes()
        self.window.close()
        process_events(lambda: not self.window.isVisible(), 10)
        self._process.close()


def measure(bench: Bench, name: str, experiment: Experiment, rounds: int, seconds: float) -> Result:
    """Measure one workload."""
    bench.begin(experiment)
    plays: list[Played] = []
    alone = [bench.train_alone(round(bench.play(seconds).rate * seconds) + 1)]
    fair, throughputs, throughputs_fair = [], [], []
    for _ in range(rounds):
        plays.append(bench.play(seconds))
        alone.append(bench.train_alone(round(alone[-1] * seconds) + 1))
        fair.append(statistics.mean(alone[-2:]))
        throughputs.append(bench.play(seconds, THROUGHPUT).rate)
        alone.append(bench.train_alone(round(alone[-1] * seconds) + 1))
        throughputs_fair.append(statistics.mean(alone[-2:]))
    rates = [play.rate for play in plays]
    intervals = [interval for play in plays for interval in play.intervals]
    answers = [wait for play in plays for wait in play.answers]
    milliseconds = 1000 * np.percentile(intervals or [np.nan], [50, 99, 100])
    answer = 1000 * np.percentile(answers or [np.nan], [99, 100])
    return Result(
        workload=name,
        interval_median_ms=float(milliseconds[0]),
        interval_p99_ms=float(milliseconds[1]),
        interval_max_ms=float(milliseconds[2]),
        answer_p99_ms=float(answer[0]),
        answer_max_ms=float(answer[1]),
        window_rate=statistics.median(rates),
        windowless_rate=statistics.median(alone),
        share=Measured.ratio(rates, fair),
        share_of_rest=Measured.ratio(
            rates, [rate * play.rest for rate, play in zip(fair, plays, strict=True)]
        ),
        throughput_share=Measured.ratio(throughputs, throughputs_fair),
    )


_COLUMNS = {
    "workload": 30,
    "frame ms": 10,
    "p99": 7,
    "longest": 9,
    "answer p99": 12,
    "longest ": 9,
    "steps/s": 10,
    "alone": 10,
    "share": 12,
    "of the rest": 13,
    "throughput": 12,
}


def _cells(result: Result) -> list[str]:
    shares = (result.share, result.share_of_rest, result.throughput_share)
    return [
        result.workload,
        f"{result.interval_median_ms:.1f}",
        f"{result.interval_p99_ms:.1f}",
        f"{result.interval_max_ms:.1f}",
        f"{result.answer_p99_ms:.1f}",
        f"{result.answer_max_ms:.1f}",
        f"{result.window_rate:,.0f}",
        f"{result.windowless_rate:,.0f}",
        *(f"{share.median:.0%} ±{share.spread:.0%}" for share in shares),
    ]


def main(arguments: Sequence[str]) -> int:
    """Print a table, and write the figures."""
    parser = options("window", __doc__, 20)
    parser.add_argument("--seconds", type=float, default=2.5, help="seconds of each measurement (2.5)")
    chosen = parser.parse_args(arguments)
    QStandardPaths.setTestModeEnabled(True)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.devnull)
    bench = Bench()
    report = Report(chosen, _COLUMNS)
    for name, experiment in WORKLOADS.items():
        result = measure(bench, name, experiment, chosen.rounds, chosen.seconds)
        report.row(_cells(result), result)
    bench.close()
    report.write(
        "Times in milliseconds. Shares of the speed alone: at full speed, of what it would be in the time "
        "that observing leaves, and with the speed throughput; "
        "± is half the width of the middle half of the rounds."
    )
    return 0
