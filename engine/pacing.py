"""How the window and the training share the time of each frame, and how fast the training gets on."""

from __future__ import annotations

from collections import deque

FASTEST = 1 / 30
"""Seconds per frame where painting and looking are cheap."""

SELDOM = 1 / 5
"""Seconds per frame for who wants to get on and looks up now and then."""

SLOWEST = 0.09
"""Seconds to which painting and looking stretch a frame at most; SELDOM asks for longer ones. With the
step that is under way at the end, and what the clock is late, that is ten frames a second."""

_ROOM = 2.3
"""A frame is at least so many times as long as painting and looking take; the rest of it is for training."""

_LEAST_SHARE = 0.2
"""Of a frame for training, even where painting and looking would fill all of it."""

_INERTIA = 0.8
"""How much of an old estimate of a duration a new measurement leaves."""


class Pacer:
    """Measures what painting and looking cost, and says how long a frame and its slice of training are.

    Attributes:
        least_seconds: a frame is at least so long.
    """

    def __init__(self) -> None:
        self.least_seconds = FASTEST
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
        return max(self.least_seconds, min(_ROOM * (self._painting + self._observing), SLOWEST))

    @property
    def slice_seconds(self) -> float:
        """What painting and looking will probably leave of the next frame, for training.

        What painting the last frame took is no part of it: a frame that took longer is late already, and
        the next one would come too soon after it.
        """
        left = self.frame_seconds - self._painting - self._observing
        return max(left, _LEAST_SHARE * self.frame_seconds)

    @property
    def wait_seconds(self) -> float:
        """From the end of painting to when the next frame is probably there."""
        return self.slice_seconds + self._observing


_RATE_SECONDS = 1.0
"""Steps per second are counted over the last second."""


class Speedometer:
    """Measures the time spent training, and the steps per second, on the caller's clock.

    Attributes:
        elapsed: seconds spent training.
    """

    def __init__(self) -> None:
        self.elapsed = 0.0
        self._last: float | None = None
        self._counts: deque[tuple[float, int]] = deque()

    @property
    def rate(self) -> float:
        """Steps per second, over the last second; 0 while there is nothing to count."""
        if len(self._counts) < 2:
            return 0.0
        (began, first), (ended, last) = self._counts[0], self._counts[-1]
        return (last - first) / (ended - began) if ended > began else 0.0

    def run(self, now: float) -> None:
        """Let the time up to now count, from the last such call on."""
        if self._last is not None:
            self.elapsed += max(0.0, now - self._last)
        self._last = now

    def rest(self) -> None:
        """Let the time from now on not count."""
        self._last = None

    def count(self, step: int, now: float) -> None:
        """Take note of the step that the training has come to; after going back, counting begins anew."""
        if self._counts and step <= self._counts[-1][1]:
            self.forget_rate()
        self._counts.append((now, step))
        while len(self._counts) > 2 and now - self._counts[0][0] > _RATE_SECONDS:
            self._counts.popleft()

    def forget_rate(self) -> None:
        """Begin to count steps anew."""
        self._counts.clear()
