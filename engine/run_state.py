"""What has become of a run: does it train, has it learnt, does it stand still, has it diverged?

Everything follows from the frames and from how many classes the data have:

* diverged: its numbers stopped being finite.
* learnt: it makes at most a tenth of the mistakes on the training samples that guessing between the classes
  makes, which are 1 - 1 / classes of them.
* stalled: its smallest training loss has not fallen by 1 % in the last 5 epochs, nor in the last 200 steps.
* running: none of these.

A run with several weight seeds has diverged when all of them have; it has learnt when at least half of them
have; it is stalled when the median of the loss is, over those that have not diverged.
"""

from __future__ import annotations

import enum
from collections import Counter

from engine.config import Experiment
from engine.frame import Frame, RunFrame
from engine.history import History
from engine.stop_rules import no_progress_of

MISTAKES_LEFT = 0.1
STALL_EPOCHS = 5
STALL_STEPS = 200
STALL_GAIN = 0.01


class RunState(enum.Enum):
    """What has become of a run at a frame."""

    RUNNING = "running"
    LEARNT = "learnt"
    STALLED = "stalled"
    DIVERGED = "diverged"


def run_state(experiment: Experiment, history: History, run: int, frame: Frame) -> RunState:
    """Return what has become of a run, with all its weight seeds, at a frame of the history."""
    if frame.run_diverged(run):
        return RunState.DIVERGED
    if 2 * seed_counts(experiment, run, frame)[RunState.LEARNT] >= len(frame.seeds(run)):
        return RunState.LEARNT
    per_epoch = frame.step / frame.epoch if frame.epoch else 1.0
    epochs = max(STALL_EPOCHS, STALL_STEPS / per_epoch)
    if no_progress_of(history, run, frame, epochs, STALL_GAIN):
        return RunState.STALLED
    return RunState.RUNNING


def seed_counts(experiment: Experiment, run: int, frame: Frame) -> Counter[RunState]:
    """Count the weight seeds of a run that have diverged, have learnt, and still run, at a frame."""
    return Counter(
        RunState.DIVERGED
        if seen.divergence is not None
        else RunState.LEARNT
        if has_learnt(experiment, seen)
        else RunState.RUNNING
        for seen in frame.seeds(run)
    )


def has_learnt(experiment: Experiment, seen: RunFrame) -> bool:
    """Return whether a network makes at most a tenth of the mistakes of guessing."""
    guessing = 1 - 1 / experiment.n_classes
    return 1 - seen.train_accuracy <= MISTAKES_LEFT * guessing
