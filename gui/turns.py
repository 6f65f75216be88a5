"""What need not be shown with every frame takes turns, so that no frame carries all of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from engine.frame import Frame

_Part = TypeVar("_Part", bound=Hashable)

_PERIOD = 0.1
"""Seconds from one turn of a part to its next: nobody reads numbers faster."""


class Turns:
    """Parts of the window that show a frame, one of them with each frame."""

    def __init__(self, *parts: Callable[[Frame], None]) -> None:
        """Have parts that take turns."""
        self._due = dict.fromkeys(parts, 0.0)

    def show_all(self, frame: Frame, now: float) -> None:
        """Let every part show a frame, for it may be the last for a while; `now` is in seconds."""
        for part in self._due:
            self._show(part, frame, now)

    def show_next(self, frame: Frame, now: float) -> None:
        """Let the part that has been due longest show a frame; where frames are rare, the others too."""
        for part, due in sorted(self._due.items(), key=lambda turn: turn[1]):
            if now >= due:
                self._show(part, frame, now)
            if now < due + _PERIOD:
                break

    def _show(self, part: Callable[[Frame], None], frame: Frame, now: float) -> None:
        part(frame)
        self._due[part] = now + _PERIOD


_LONGEST_WAIT = 0.2
"""Seconds from one turn in a rotation to the next, about, where frames are slow."""


class Rotation:
    """Parts that take turns by frames: some show each frame, and none misses more than `most_behind`.

    The slower the frames, the fewer are missed; where they are rare, all parts show each.
    """

    def __init__(self, most_behind: int) -> None:
        self._most_behind = most_behind
        self._latest: float | None = -math.inf
        self._turns_taken = 0
        self._turn: dict[Hashable, int] = {}

    def rest(self) -> None:
        """Take note that all parts show the same frame: none is behind, however long it stays."""
        self._latest = None

    def due(self, parts: Sequence[_Part], now: float) -> Sequence[_Part]:
        """Return which of `parts` show the frame that has come: those that have waited longest.

        `now` is in seconds.
        """
        length = self._most_behind + 1
        if self._latest is not None:
            interval = max(now - self._latest, 1e-6)
            length = max(1, min(round(_LONGEST_WAIT / interval), length))
        self._latest = now
        count = math.ceil(len(parts) / length)
        due = sorted(parts, key=lambda part: self._turn.get(part, 0))[:count]
        for part in due:
            self._turns_taken += 1
            self._turn[part] = self._turns_taken
        return due
