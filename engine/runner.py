"""The training thread. It computes only what it is granted, so the window and the training take turns."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.config import Change, Experiment
from engine.frame import Frame
from engine.trainer import Trainer

THREAD_NAME = "InitScope training"


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to train: so many steps, or for so long, whichever ends first; at least one step."""

    steps: int
    seconds: float = math.inf
    """Of steps; the look after them comes on top."""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a grant, or of building the networks: a frame, or the reason why there is none."""

    frame: Frame | None
    steps: int = 0
    training_seconds: float = 0.0
    observing_seconds: float = 0.0
    failure: BaseException | None = None


class StopRequested(Exception):  # noqa: N818 - a request, no error
    """Raised inside the training thread to leave a long computation when nobody waits for it any more."""


class Runner:
    """Owns the training thread of one experiment, from building the networks to the last grant.

    The first report is frame 0. After it, each grant is answered by one report; a grant must not be given
    before the answer to the one before was taken.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._stop = threading.Event()
        self._wake = threading.Condition()
        self._grant: Grant | None = None
        self._report: Report | None = None
        # A daemon, so that one layer that takes minutes cannot keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self._thread.start()

    def grant(self, grant: Grant) -> None:
        """Let the thread train."""
        with self._wake:
            self._grant = grant
            self._wake.notify_all()

    def take(self) -> Report | None:
        """Return the report that has come since the last call, if any."""
        with self._wake:
            report, self._report = self._report, None
            return report

    def wait(self) -> Report:
        """Wait for the next report and return it.

        Raises:
            RuntimeError: if the thread ended without one.
        """
        with self._wake:
            self._wake.wait_for(lambda: self._report is not None or not self._thread.is_alive())
            report, self._report = self._report, None
        if report is None:
            raise RuntimeError("the training thread has ended")
        return report

    def stop(self) -> None:
        """Ask the thread to end; it looks between steps, and between the layers of a long one."""
        self._stop.set()
        with self._wake:
            self._wake.notify_all()

    def join(self, timeout: float | None = None) -> bool:
        """Wait until the thread has ended, and return whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._serve()
        except StopRequested:
            self._publish(None)
        except BaseException as failure:  # noqa: BLE001 - the session shows it: nothing ends this thread silently
            self._publish(Report(None, failure=failure))

    def _serve(self) -> None:
        trainer = Trainer(self._experiment, self._check)
        self._observe(trainer, 0, 0.0)
        while True:
            grant = self._next_grant()
            began = time.perf_counter()
            for change in grant.changes:
                trainer.change(change)
            steps = trainer.train(grant.steps, self._until(began + grant.seconds))
            self._observe(trainer, steps, time.perf_counter() - began)

    def _observe(self, trainer: Trainer, steps: int, training_seconds: float) -> None:
        began = time.perf_counter()
        frame = trainer.observe()
        self._publish(Report(frame, steps, training_seconds, time.perf_counter() - began))

    def _until(self, deadline: float) -> Callable[[], bool]:
        return lambda: time.perf_counter() < deadline and not self._stop.is_set()

    def _next_grant(self) -> Grant:
        with self._wake:
            self._wake.wait_for(lambda: self._grant is not None or self._stop.is_set())
            self._check()
            grant, self._grant = self._grant, None
            assert grant is not None
            return grant

    def _publish(self, report: Report | None) -> None:
        with self._wake:
            self._report = report
            self._wake.notify_all()

    def _check(self) -> None:
        if self._stop.is_set():
            raise StopRequested
