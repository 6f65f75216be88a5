"""A run that is added while others stand at a later step: it catches up from its own frame 0, in slices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from engine.checkpoints import Checkpoint
from engine.config import Experiment
from engine.frame import Frame
from engine.trainer import Trainer


class Joining:
    """Trains added runs up to the step at which the others stand, with a look where those were looked at.

    Attributes:
        experiment: of the added runs alone, with the log of what all runs share.
        trainer: of them.
        frames: step -> what was seen of them.
        checkpoints: step -> where they can be returned to.
    """

    def __init__(
        self, experiment: Experiment, others: Trainer, check: Callable[[], None] | None = None
    ) -> None:
        """Build the networks, beside the others."""
        self.experiment = experiment
        self.trainer = Trainer(experiment, check, others)
        self.frames: dict[int, Frame] = {}
        self.checkpoints: dict[int, Checkpoint] = {}

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
        looks, places = set(observed), set(kept)
        trainer = self.trainer
        stops = sorted(stop for stop in looks | places if trainer.step_index <= stop <= step)
        for stop in stops:
            trainer.train(stop - trainer.step_index, lambda: time.perf_counter() < deadline and not stopped())
            if trainer.step_index < stop and not trainer.diverged:
                return False
            # Of runs that have diverged nothing changes any more, whatever the step.
            if stop in places and stop not in self.checkpoints:
                self.checkpoints[stop] = trainer.checkpoint()
            if stop in looks and stop not in self.frames:
                self.frames[stop] = trainer.observe()
            if time.perf_counter() >= deadline or stopped():
                return stop == step
        return True
