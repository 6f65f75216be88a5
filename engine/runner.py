"""The training thread. It computes only what it is granted, so the window and the training take turns."""

from __future__ import annotations

import threading
import time

from engine.config import Experiment
from engine.grant import Grant, Report
from engine.joining import Joining
from engine.timeline import Timeline

THREAD_NAME = "InitScope training"


class StopRequested(Exception):  # noqa: N818 - a request, no error
    """Raised inside the training thread to leave a long computation when nobody waits for it any more."""


class Runner:
    """Owns the training thread of one experiment, from building the networks to the last grant.

    The first report is frame 0. After it, each grant is answered by one report; a grant must not be given
    before the answer to the one before was taken.

    Attributes:
        thread: where it works; once that has ended, it keeps nothing of what was trained.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._stop = threading.Event()
        self._wake = threading.Condition()
        self._grant: Grant | None = None
        self._granted_at = 0.0
        self._report: Report | None = None
        self._joining: Joining | None = None
        # A daemon, so that one layer that takes minutes cannot keep the program from ending.
        self.thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self.thread.start()

    def grant(self, grant: Grant) -> None:
        """Let the thread train."""
        with self._wake:
            self._grant = grant
            # From here on its seconds count, and not from when the thread is awake.
            self._granted_at = time.perf_counter()
            self._wake.notify_all()

    def await_report(self, seconds: float) -> None:
        """Wait for the next report, but not longer than that."""
        with self._wake:
            self._wake.wait_for(lambda: self._report is not None, seconds)

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
            self._wake.wait_for(lambda: self._report is not None or not self.thread.is_alive())
            report, self._report = self._report, None
        if report is None:
            raise RuntimeError("the training thread has ended")
        return report

    def stop(self) -> None:
        """Ask the thread to end; it looks between steps, and between the layers of a long one."""
        self._stop.set()
        with self._wake:
            self._wake.notify_all()

    def _run(self) -> None:
        try:
            self._serve()
        except StopRequested:
            self._publish(None)
        except BaseException as failure:  # noqa: BLE001 - the session shows it: nothing ends this thread silently
            self._publish(Report(None, failure=failure))

    def _serve(self) -> None:
        timeline = Timeline(self._experiment, self._stop.is_set, self._check)
        self._observe(timeline)
        while True:
            grant = self._next_grant()
            deadline = self._granted_at + grant.seconds
            if not grant.awaited:
                self._joining = None
            if grant.kept is not None:
                timeline.keep(grant.kept)
            timeline.follow(grant.experiment)
            arrived = timeline.go_to(grant.start, deadline)
            if arrived and grant.join is not None:
                self._catch_up(timeline, grant, grant.join, deadline)
            elif arrived:
                timeline.train(grant.steps, deadline)
                self._observe(timeline)
            else:
                self._check()
                here, kept_bytes = timeline.trainer.step_index, timeline.checkpoints.nbytes
                self._publish(Report(None, here, checkpoint_bytes=kept_bytes))

    def _catch_up(self, timeline: Timeline, grant: Grant, added: Experiment, deadline: float) -> None:
        if self._joining is None or not self._joining.follow(added, grant.start):
            self._joining = Joining(added, timeline.trainer, self._check)
        joining, kept = self._joining, timeline.checkpoints.steps
        frames = None
        if joining.catch_up(grant.start, grant.observed, kept, deadline, self._stop.is_set):
            timeline.join(joining)
            self._joining, frames = None, joining.frames
        here, caught_up = timeline.trainer.step_index, joining.trainer.step_index
        kept_bytes = timeline.checkpoints.nbytes
        self._publish(Report(None, here, caught_up=caught_up, joined=frames, checkpoint_bytes=kept_bytes))

    def _observe(self, timeline: Timeline) -> None:
        began = time.perf_counter()
        frame = timeline.trainer.observe()
        seconds = time.perf_counter() - began
        self._publish(Report(frame, frame.step, seconds, checkpoint_bytes=timeline.checkpoints.nbytes))

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
