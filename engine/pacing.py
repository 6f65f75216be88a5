"""How the window and the training share the time of each frame."""

from __future__ import annotations

FASTEST = 1 / 30
"""Seconds per frame where painting and looking are cheap."""

SLOWEST = 1 / 10
"""Seconds per frame that are never exceeded for the sake of training."""

_ROOM = 2.3
"""A frame is at least so many times as long as painting and looking take; the rest of it is for training."""

_LEAST_SHARE = 0.2
"""Of a frame for training, even where painting and looking would fill all of it."""

_INERTIA = 0.8
"""How much of an old estimate of a duration a new measurement leaves."""


class Pacer:
    """Measures what painting and looking cost, and says how long a frame and its slice of training are."""

    def __init__(self) -> None:
        self._painting = 0.008
        self._observing = 0.001

    def painted(self, seconds: float) -> None:
        """Take note of what painting one frame took."""
        self._painting += (1 - _INERTIA) * (min(seconds, SLOWEST) - self._painting)

    def observed(self, seconds: float) -> None:
        """Take note of what one look took."""
        self._observing += (1 - _INERTIA) * (min(seconds, SLOWEST) - self._observing)

    @property
    def frame_seconds(self) -> float:
        """From one frame to the next: longer where painting and looking would take much of it."""
        return min(max(FASTEST, _ROOM * (self._painting + self._observing)), SLOWEST)

    def slice_seconds(self, painting: float) -> float:
        """Return what is left of a frame for training when painting it took `painting` seconds."""
        left = self.frame_seconds - painting - self._observing
        return max(left, _LEAST_SHARE * self.frame_seconds)
