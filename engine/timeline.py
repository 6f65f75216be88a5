"""A trainer that can go back: it leaves checkpoints on its way, and recomputes what lies between them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from engine.changes import parting_step
from engine.checkpoints import DEFAULT_LIMIT_BYTES, Checkpoints
from engine.config import Experiment
from engine.joining import Joining
from engine.trainer import Trainer

_SPACING = 0.05
"""Seconds of training from one checkpoint to the next: what going back has to repeat at most, until memory is
used up."""

_SPACING_PER_COST = 20
"""Where copying is slow, checkpoints are so many times as far apart as one takes: 5 % of the training."""


class Timeline:
    """Trains an experiment, and goes to any of its steps.

    Attributes:
        trainer: which stands at some step.
        checkpoints: the places to return to.
    """

    def __init__(
        self, experiment: Experiment, stopped: Callable[[], bool], check: Callable[[], None] | None = None
    ) -> None:
        """Build the networks.

        Args:
            experiment: what to train.
            stopped: asked after each step; if true, training and going back end early.
            check: called between layers; may raise to give up.
        """
        self.trainer = Trainer(experiment, check)
        self.checkpoints = Checkpoints(DEFAULT_LIMIT_BYTES)
        self._stopped = stopped
        self._spacing = _SPACING
        self._until_due = self._spacing
        self._leave_checkpoint()

    def follow(self, experiment: Experiment) -> None:
        """Take over another log of changes, going back to where they part if that was passed already."""
        if experiment == self.trainer.experiment:
            return
        parting = parting_step(self.trainer.experiment.changes, experiment.changes)
        if parting is not None:
            self.checkpoints.drop_after(parting)
            if self.trainer.step_index > parting:
                self._go_back(parting)
        self.trainer.follow(experiment)

    def go_to(self, step: int, deadline: float = math.inf) -> bool:
        """Go to a step, back or ahead; return whether it was reached before the deadline.

        A training that diverges altogether on its way goes no further, and is where it can be.

        Args:
            step: where to.
            deadline: on the clock of time.perf_counter.
        """
        nearest = self.checkpoints.before(step)
        here = self.trainer.step_index
        if here > step:
            self._leave_checkpoint()
            self._go_back(step)
        elif nearest is not None and nearest.step > here:
            self.trainer.go_back(nearest)
        if self.trainer.step_index < step:
            self.train(step - self.trainer.step_index, deadline)
        return self.trainer.step_index == step or self.trainer.diverged

    def keep(self, runs: Sequence[int]) -> None:
        """Go on with some of the runs only, in this order."""
        rows = self.trainer.experiment.rows_of(runs)
        self.trainer.exchange(self.trainer.experiment.of_runs(runs), self.trainer.checkpoint().of_rows(rows))
        self.checkpoints.exchange(lambda checkpoint: checkpoint.of_rows(rows))

    def join(self, joining: Joining) -> None:
        """Take in runs that have caught up."""
        trainer, others = self.trainer, joining.checkpoints
        first = len(trainer.experiment.rows)
        here = trainer.checkpoint().with_rows(joining.trainer.checkpoint(), first)
        trainer.exchange(trainer.experiment.with_added(joining.trainer.experiment), here)
        self.checkpoints.exchange(
            lambda checkpoint: (
                checkpoint.with_rows(other, first)
                if (other := others.at(checkpoint.step)) is not None
                else None
            )
        )

    def train(self, steps: int, deadline: float = math.inf) -> int:
        """Do up to `steps` steps until the deadline, at least one, and return how many were done."""
        done = 0
        while done < steps and not self.trainer.diverged:
            began = time.perf_counter()
            done += self.trainer.train(steps - done, self._until(min(deadline, began + self._until_due)))
            ended = time.perf_counter()
            self._until_due -= ended - began
            if self._until_due <= 0:
                self._leave_checkpoint()
            if ended >= deadline or self._stopped():
                break
        return done

    def _until(self, deadline: float) -> Callable[[], bool]:
        return lambda: time.perf_counter() < deadline and not self._stopped()

    def _go_back(self, step: int) -> None:
        """Stand at the nearest place before a step that needs no training."""
        nearest = self.checkpoints.before(step)
        if nearest is None:
            self.trainer.restart()
        else:
            self.trainer.go_back(nearest)

    def _leave_checkpoint(self) -> None:
        if self.checkpoints.has_room_for(self.trainer.checkpoint_bytes):
            began = time.perf_counter()
            self.checkpoints.add(self.trainer.checkpoint())
            self._spacing = max(_SPACING, _SPACING_PER_COST * (time.perf_counter() - began))
        self._until_due = self._spacing
