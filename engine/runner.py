"""The training thread. It computes only what it is granted: a slice, and a look at what has come of it."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from engine.config import Experiment
from engine.grant import Grant, Report
from engine.joining import Joining
from engine.timeline import Timeline

THREAD_NAME = "InitScope training"


class StopRequested(Exception):  # noqa: N818 - a request, no error
    """Raised inside the training thread to leave a long computation when nobody waits for it any more."""


class Outbox(Protocol):
    """Takes reports to the session."""

    def put(self, report: Report) -> None:
        """Pass a report on."""

    def close(self) -> None:
        """Pass on that there will be no more."""


class Runner:
    """Owns the training thread of one experiment, from building the networks to the last grant.

    The first report is frame 0. After it, each grant is answered by one report; a grant must not be given
    before the answer to the one before was taken. Once the thread has ended, it keeps nothing of what was
    trained.
    """

    def __init__(self, experiment: Experiment, outbox: Outbox) -> None:
        """Begin to build the networks.

        Args:
            experiment: what to train.
            outbox: gets the reports, from the thread; it is closed when the thread ends.
        """
        self._experiment = experiment
        self._outbox = outbox
        self._stop = threading.Event()
        self._wake = threading.Condition()
        self._grant: Grant | None = None
        self._given_at = 0.0
        self._joining: Joining | None = None
        # A daemon, so that one layer that takes minutes cannot keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self._thread.start()

    def grant(self, grant: Grant, given_at: float) -> None:
        """Let the thread train.

        Args:
            grant: what it may do.
            given_at: from when on its seconds count, on the clock of time.perf_counter, which all processes
                share; and not from when the thread is awake.
        """
        with self._wake:
            self._grant, self._given_at = grant, given_at
            self._wake.notify_all()

    def stop(self) -> None:
        """Ask the thread to end; it looks between steps, and between the layers of a long one."""
        self._stop.set()
        with self._wake:
            self._wake.notify_all()

    def ended(self, timeout: float | None) -> bool:
        """Wait up to `timeout` seconds for the thread to end, and return whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._serve()
        except StopRequested:
            pass
        except BaseException as failure:  # noqa: BLE001 - the session shows it: nothing ends this thread silently
            self._outbox.put(Report(None, failure=failure))
        finally:
            self._joining = None
            self._outbox.close()

    def _serve(self) -> None:
        timeline = Timeline(self._experiment, self._stop.is_set, self._check)
        self._observe(timeline)
        while True:
            grant = self._next_grant()
            deadline = self._given_at + grant.seconds
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
                self._outbox.put(Report(None, here, checkpoint_bytes=kept_bytes))

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
        self._outbox.put(Report(None, here, caught_up=caught_up, joined=frames, checkpoint_bytes=kept_bytes))

    def _observe(self, timeline: Timeline) -> None:
        began = time.perf_counter()
        frame = timeline.trainer.observe()
        seconds = time.perf_counter() - began
        self._outbox.put(Report(frame, frame.step, seconds, checkpoint_bytes=timeline.checkpoints.nbytes))

    def _next_grant(self) -> Grant:
        with self._wake:
            self._wake.wait_for(lambda: self._grant is not None or self._stop.is_set())
            self._check()
            grant, self._grant = self._grant, None
            assert grant is not None
            return grant

    def _check(self) -> None:
        if self._stop.is_set():
            raise StopRequested
