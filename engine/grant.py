"""The messages between session and training thread: a grant, and the report that answers it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.config import Experiment
from engine.frame import Frame


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to train from a step on: so many steps, or for so long, whichever ends first; at least one.

    A training that stands elsewhere goes there first. Where that takes all the time there is no step and no
    frame, and the same grant again goes on with it.
    """

    experiment: Experiment
    """With the log of changes as it is now."""
    start: int
    steps: int
    seconds: float = math.inf
    """Of going there and of steps; the look after them comes on top."""
    kept: tuple[int, ...] | None = None
    """Which of the runs there were so far are left, in the order of `experiment`; None means all."""
    join: Experiment | None = None
    """Runs to be added: instead of steps they are trained up to `start`, part by part by the same grant."""
    observed: tuple[int, ...] = ()
    """The steps at which they are to be looked at."""
    awaited: bool = False
    """Whether runs catch up, by this grant or by others; if not, what was trained of any is of no use."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a grant, or of building the networks."""

    frame: Frame | None
    """None after a failure, and as long as the training is on its way to where it shall start."""
    step: int = 0
    """Where the training stands."""
    observing_seconds: float = 0.0
    caught_up: int | None = None
    """Where the runs to be added stand, if the grant was for them."""
    joined: Mapping[int, Frame] | None = None
    """Step -> what was seen of the runs that have caught up, when they have."""
    checkpoint_bytes: int = 0
    """What all checkpoints take."""
    failure: BaseException | None = None
