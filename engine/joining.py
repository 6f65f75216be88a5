"""Runs that are added while others stand at a later step: they catch up from their own frame 0, in slices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.changes import parting_step
from engine.checkpoints import DEFAULT_LIMIT_BYTES, Checkpoints
from engine.config import Experiment
from engine.frame import Frame
from engine.trainer import Trainer

MOST_LOOKS = 1000
"""Frames in which runs that join are to be seen: hardly more than a curve can show, and soon looked at."""


class Joining:
    """Trains added runs up to the step at which the others stand, with a look where those were looked at.

    Attributes:
        trainer: of the added runs alone, with the log of what concerns them and of what all runs share.
        frames: step -> what was seen of them.
        checkpoints: where they can be returned to, at steps at which the others can.
    """

    def __init__(
        self, experiment: Experiment, others: Trainer, check: Callable[[], None] | None = None
    ) -> None:
        """Build the networks, beside the others."""
        self.trainer = Trainer(experiment, check, others)
        self.frames: dict[int, Frame] = {}
        self.checkpoints = Checkpoints(DEFAULT_LIMIT_BYTES)

    def follow(self, experiment: Experiment, step: int) -> bool:
        """Take over what has been logged since, and return whether this still is the way to a step.

        It is not if the runs are others, if the others have gone back behind where these are already, or if
        the logs part there.
        """
        here = self.trainer
        if here.experiment.runs != experiment.runs or here.step_index > step:
            return False
        parting = parting_step(here.experiment.changes, experiment.changes)
        if parting is not None:
            if parting < here.step_index:
                return False
            self.frames = {at: frame for at, frame in self.frames.items() if at <= parting}
            self.checkpoints.drop_after(parting)
        here.follow(experiment)
        return True

    def catch_up(
        self,
        step: int,
        observed: Iterable[int],
        kept: Iterable[int],
        deadline: float,
        stopped: Callable[[], bool],
    ) -> bool:
        """Go on towards a step until the deadline, and return whether it was reached.

        Args:
            step: where the others stand.
            observed: steps to look at, `step` among them.
            kept: steps at which the others have a checkpoint.
            deadline: on the clock of time.perf_counter.
            stopped: asked after each step; if true, this ends early.
        """
        trainer = self.trainer
        looks, places = set(observed) - self.frames.keys(), set(kept).difference(self.checkpoints.steps)
        self._go_back_for(looks)
        stops = {stop for stop in looks | places if trainer.step_index <= stop <= step}
        for stop in sorted(stops | {step}):
            trainer.train(stop - trainer.step_index, lambda: time.perf_counter() < deadline and not stopped())
            if trainer.step_index < stop and not trainer.diverged:
                return False
            # Of runs that have diverged nothing changes any more, whatever the step.
            if stop in places and self.checkpoints.has_room_for(trainer.checkpoint_bytes):
                self.checkpoints.add(replace(trainer.checkpoint(), step=stop))
            if stop in looks:
                self.frames[stop] = trainer.observe()
            if time.perf_counter() >= deadline or stopped():
                return stop == step
        return True

    def _go_back_for(self, looks: Iterable[int]) -> None:
        """Stand before those of the steps that are passed already; the others were looked at there since."""
        passed = min((look for look in looks if look < self.trainer.step_index), default=None)
        if passed is None:
            return
        nearest = self.checkpoints.before(passed)
        if nearest is None:
            self.trainer.restart()
        else:
            self.trainer.go_back(nearest)
