"""What a session is doing."""

from __future__ import annotations

import enum


class State(enum.Enum):
    """What the session is doing."""

    EMPTY = "no experiment"
    BUILDING = "building the network"
    PAUSED = "paused"
    SEEKING = "recomputing a frame"
    STEPPING = "stepping"
    PLAYING = "playing"
    DIVERGED = "diverged"
    FAILED = "failed"


TRAINING = (State.PLAYING, State.STEPPING)
READY = (State.PAUSED, *TRAINING)
"""When training can be asked for."""
