"""The training thread as the session sees it: one at a time, working on one grant at a time."""

from __future__ import annotations

import threading

from engine.config import Experiment
from engine.grant import Grant, Report
from engine.runner import Runner


class Training:
    """Starts training threads, hands them grants, and takes their reports.

    Attributes:
        busy: whether a report is due.
        granted: what was granted last; None while the networks are built.
    """

    def __init__(self) -> None:
        self.busy = False
        self.granted: Grant | None = None
        self._runner: Runner | None = None
        self._ending: list[threading.Thread] = []

    @property
    def started(self) -> bool:
        """Whether there is a thread."""
        return self._runner is not None

    def start(self, experiment: Experiment) -> None:
        """End the thread there is, and start one that builds the networks."""
        self.end()
        self.granted = None
        self.busy = True
        self._runner = Runner(experiment)

    def give(self, grant: Grant) -> None:
        """Let the thread work on a grant; it must not be busy."""
        assert self._runner is not None
        self.busy = True
        self.granted = grant
        self._runner.grant(grant)

    def take(self) -> Report | None:
        """Return the report that was due, if it has come."""
        report = self._runner.take() if self._runner is not None else None
        if report is not None:
            self.busy = False
        return report

    def await_report(self, seconds: float) -> None:
        """Wait for the report that is due, but not longer than that."""
        if self._runner is not None:
            self._runner.await_report(seconds)

    def wait(self) -> Report:
        """Wait for the report that is due, and return it.

        Raises:
            RuntimeError: if no experiment was started, or the thread has ended.
        """
        if self._runner is None:
            raise RuntimeError("no experiment was started")
        report = self._runner.wait()
        self.busy = False
        return report

    def end(self) -> None:
        """Ask the thread to end, and return at once."""
        self.busy = False
        if self._runner is not None:
            self._runner.stop()
            # Not the runner, which has the networks.
            self._ending = [thread for thread in self._ending if thread.is_alive()]
            self._ending.append(self._runner.thread)
            self._runner = None

    def ended(self, timeout: float | None) -> bool:
        """Wait up to `timeout` seconds for each thread told to end, and return whether all have."""
        for thread in self._ending:
            thread.join(timeout)
        self._ending = [thread for thread in self._ending if thread.is_alive()]
        return not self._ending
