"""Where a play or a step shall end, and how far that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.config import Experiment, steps_per_epoch
from engine.frame import Frame

NO_END = 2**31
"""Steps of a grant that only time ends."""


@dataclass(frozen=True)
class Goal:
    """A step, or the end of so many epochs; infinite where it just plays."""

    step: float = math.inf
    epoch: float = math.inf

    def steps_from(self, frame: Frame, experiment: Experiment) -> int:
        """Count the steps from a frame to the goal, or to a logged change that may move the goal."""
        if math.isfinite(self.step):
            return int(self.step) - frame.step
        if not math.isfinite(self.epoch):
            return NO_END
        n, batch = experiment.n_train, experiment.value_at(frame.step, "batch_size")
        whole = math.floor(frame.epoch)
        left = int(self.epoch) - whole
        if left <= 0:
            return 0
        samples_left = n - round((frame.epoch - whole) * n)
        steps = steps_per_epoch(samples_left, batch) + (left - 1) * steps_per_epoch(n, batch)
        resized = [change.step for change in experiment.changes if change.field == "batch_size"]
        return min([steps, *(step - frame.step for step in resized if step > frame.step)])
