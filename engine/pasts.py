"""Pasts: what a session has left behind, to be shown as a pale reference."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import Experiment
from engine.history import DEFAULT_LIMIT_BYTES, History

MOST_PASTS = 8
"""Pasts that are kept; the oldest go."""

PAST_FRAMES = 1000
PAST_BYTES = DEFAULT_LIMIT_BYTES // MOST_PASTS
"""What a past keeps at most: hardly more than a curve can show, and all pasts no more than the history."""


@dataclass(frozen=True, slots=True)
class Past:
    """How the training went up to some step, and on from there."""

    experiment: Experiment
    history: History
    """Of its own; nothing changes it any more."""
    step: int
    """Where the paths part, or where it was pinned."""
    first_run: int = 0
    """Which of the runs then its first one was."""
