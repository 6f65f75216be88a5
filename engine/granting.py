"""What the training thread may do next: so many steps, a recomputation, or a while for runs that catch up."""

from __future__ import annotations

import math

from engine.config import Experiment
from engine.course import Course
from engine.grant import Grant
from engine.pacing import SLOWEST, Pacer
from engine.state import State

_SEEKING_SECONDS = SLOWEST
"""Of a slice of recomputation: nothing is painted meanwhile but how far it has come."""

_JOINING_SECONDS = 0.05
"""Of a slice for runs that catch up: meanwhile the others stand still."""


class Granting:
    """Makes grants from the course of a session.

    Attributes:
        pacer: measures what painting and looking cost.
        due: when the report on the last grant is to come, on the caller's clock.
    """

    def __init__(self, course: Course) -> None:
        self.pacer = Pacer()
        self.due = -math.inf
        self._course = course

    def next(self, now: float, speed: int | None) -> Grant | None:
        """Return what to do now, or None for nothing.

        Args:
            now: the time in seconds, on the caller's clock.
            speed: of a play, in steps per frame; None is as fast as possible.
        """
        course = self._course
        if course.state is State.SEEKING:
            return self.recomputation(_SEEKING_SECONDS)
        if self.may_join and not (course.heading_on and course.roster.allowance):
            self.due = now + _JOINING_SECONDS
            return self.joining(_JOINING_SECONDS)
        return self._training(now, speed) if course.heading_on else None

    def painted(self, seconds: float) -> None:
        """Take note of what painting a frame took, if others follow it.

        The last one is painted with all that these leave out.
        """
        if self._course.state is State.PLAYING:
            self.pacer.painted(seconds)

    @property
    def may_join(self) -> bool:
        """Whether there are runs that catch up with others."""
        return self._course.alive and len(self._course.history) > 0 and bool(self._course.roster.joining)

    def recomputation(self, seconds: float) -> Grant:
        """Return the grant for the frame that is sought."""
        assert self._course.cursor is not None
        return self._grant(self._course.cursor, 0, seconds)

    def joining(self, seconds: float) -> Grant:
        """Return the grant for the runs that catch up."""
        course = self._course
        return self._grant(course.step_index, 0, seconds, course.roster.next_joining(), tuple(course.looks()))

    def steps(self, steps: int, seconds: float = math.inf) -> Grant:
        """Return the grant for some steps on from the newest frame."""
        return self._grant(self._course.step_index, steps, seconds)

    def _training(self, now: float, speed: int | None) -> Grant:
        course = self._course
        self.pacer.begin_frame(now)
        self.due = self.pacer.due
        steps, seconds = course.steps_to_goal, self.pacer.slice_seconds(now)
        if course.state is State.PLAYING:
            steps = int(min(steps, course.stop.steps_from(course.step_index)))
        if course.roster.joining:
            steps = min(steps, course.roster.allowance)
            course.roster.use_allowance()
        if course.state is State.PLAYING and speed is not None:
            # So many steps are meant, not as many as fit: rather a later frame than one with fewer steps.
            steps, seconds = min(steps, speed), max(seconds, SLOWEST)
        return self.steps(steps, seconds)

    def _grant(
        self,
        start: int,
        steps: int,
        seconds: float,
        join: Experiment | None = None,
        observed: tuple[int, ...] = (),
    ) -> Grant:
        course, roster = self._course, self._course.roster
        kept, awaited = roster.take_kept(), bool(roster.joining)
        return Grant(course.experiment, start, steps, seconds, kept, join, observed, awaited)
