"""The training as the session sees it: one at a time, working on one grant at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from engine.config import Experiment
from engine.grant import Grant, Report
from engine.inbox import Inbox
from engine.runner import Runner


class Running(Protocol):
    """What trains one experiment, see `Runner`."""

    def grant(self, grant: Grant, given_at: float) -> None:
        """Let it train."""

    def stop(self) -> None:
        """Ask it to end."""

    def ended(self, timeout: float | None) -> bool:
        """Wait up to `timeout` seconds for it to end, and return whether it has."""


Launch = Callable[[Experiment, Inbox], Running]
"""Begins to train an experiment; the reports go to the inbox."""

IN_THIS_PROCESS: Launch = Runner
"""In a thread; what paints meanwhile waits for it, and it for that."""


class Training:
    """Starts what trains, hands it grants, and takes its reports.

    Attributes:
        busy: whether a report is due.
        granted: what was granted last; None while the networks are built.
    """

    def __init__(self, launch: Launch = IN_THIS_PROCESS) -> None:
        """Train nothing yet.

        Args:
            launch: where experiments are trained; by default in a thread of this process.
        """
        self.busy = False
        self.granted: Grant | None = None
        self._launch = launch
        self._running: Running | None = None
        self._inbox = Inbox()
        self._ending: list[Running] = []

    @property
    def started(self) -> bool:
        """Whether there is something that trains."""
        return self._running is not None

    def start(self, experiment: Experiment) -> None:
        """End what there is, and begin to build the networks of an experiment."""
        self.end()
        self.granted = None
        self.busy = True
        self._inbox = Inbox()
        self._running = self._launch(experiment, self._inbox)

    def give(self, grant: Grant) -> None:
        """Let it work on a grant; it must not be busy."""
        assert self._running is not None
        self.busy = True
        self.granted = grant
        self._running.grant(grant, time.perf_counter())

    def take(self) -> Report | None:
        """Return the report that was due, if it has come."""
        report = self._inbox.take()
        if report is not None:
            self.busy = False
        return report

    def await_report(self, seconds: float) -> None:
        """Wait for the report that is due, but not longer than that."""
        if self.busy:
            self._inbox.await_report(seconds)

    def wait(self) -> Report:
        """Wait for the report that is due, and return it.

        Raises:
            RuntimeError: if no experiment was started, or the training has ended.
        """
        if self._running is None:
            raise RuntimeError("no experiment was started")
        report = self._inbox.wait()
        self.busy = False
        return report

    def end(self) -> None:
        """Ask what trains to end, and return at once."""
        self.busy = False
        # What it still reports is of no use.
        self._inbox = Inbox()
        if self._running is not None:
            self._running.stop()
            self._ending = [running for running in self._ending if not running.ended(0)]
            self._ending.append(self._running)
            self._running = None

    def ended(self, timeout: float | None) -> bool:
        """Wait up to `timeout` seconds for each told to end, and return whether all have."""
        self._ending = [running for running in self._ending if not running.ended(timeout)]
        return not self._ending
