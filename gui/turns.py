"""What need not be written with every frame takes turns, so that no frame carries all of it."""

from __future__ import annotations

from collections.abc import Callable

from engine.frame import Frame

_PERIOD = 0.1
"""Seconds from one turn of a part to its next: nobody reads numbers faster."""


class Turns:
    """Parts of the window that show a frame, one of them with each frame."""

    def __init__(self, *parts: Callable[[Frame], None]) -> None:
        self._shown = dict.fromkeys(parts, 0.0)

    def show_all(self, frame: Frame, now: float) -> None:
        """Let every part show a frame, for it may be the last for a while; `now` is in seconds."""
        for part in self._shown:
            part(frame)
            self._shown[part] = now

    def show_next(self, frame: Frame, now: float) -> None:
        """Let the part that has waited longest show a frame; where frames are rare, the others too."""
        for part, shown in sorted(self._shown.items(), key=lambda turn: turn[1]):
            waited = now - shown
            if waited >= _PERIOD:
                part(frame)
                self._shown[part] = now
            if waited < 2 * _PERIOD:
                break
