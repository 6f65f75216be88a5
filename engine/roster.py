"""Runs that come and go while a session stands at some step: who is added, and who is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.config import Experiment
from engine.run_config import RunConfig


class Roster:
    """What the training thread has yet to learn about the runs.

    Attributes:
        join: runs to be added, with the log of what all share; another object means to begin anew.
        kept: which of the runs that the thread has are left, in their order, or None for all.
        allowance: steps that the others may train before those to be added go on: half of what these have
            just done, so that they catch up however slow they are.
    """

    def __init__(self) -> None:
        self.join: Experiment | None = None
        self.kept: tuple[int, ...] | None = None
        self.allowance = 0
        self._reached = 0

    @property
    def joining(self) -> tuple[RunConfig, ...]:
        """The runs that are to be added."""
        return self.join.runs if self.join is not None else ()

    def set_joining(self, runs: Sequence[RunConfig], experiment: Experiment) -> None:
        """Have these runs be added to an experiment, from their frame 0 on."""
        shared = tuple(change for change in experiment.changes if change.run is None)
        self.join = replace(experiment, runs=tuple(runs), changes=shared) if runs else None
        self.allowance = self._reached = 0

    def begin_anew(self, experiment: Experiment) -> None:
        """Have the runs that are on their way begin again, because the log is another now."""
        self.set_joining(self.joining, experiment)

    def come_to(self, step: int) -> None:
        """Take note of how far the runs to be added have come."""
        self.allowance, self._reached = (step - self._reached) // 2, step

    def keep(self, runs: Sequence[int], count: int) -> None:
        """Keep some of so many runs, in this order."""
        there = self.kept if self.kept is not None else tuple(range(count))
        self.kept = tuple(there[run] for run in runs)
