"""How the window and the training share the time of each frame, and how fast the training gets on."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

FASTEST = 1 / 30
"""Seconds per frame where painting and looking are cheap."""

SELDOM = 1 / 5
"""Seconds per frame for who wants to get on and looks up now and then."""

SLOWEST = 0.09
"""Seconds to which painting and looking stretch a frame at most; SELDOM asks for longer ones. With the
step that is under way at the end, and what the clock is late, that is ten frames a second."""

_ROOM = 2.5
"""A frame is at least so many times as long as painting and looking take; the rest of it is for training."""

_LEAST_SHARE = 0.2
"""Of a frame for training, even where painting and looking would fill all of it."""

_REMEMBERED = 6
"""So many frames say what painting and looking take: whole rounds of what takes turns by two and by three."""


class Pacer:
    """Measures what painting and looking cost, and says how long a frame and its slice of training are.

    Attributes:
        least_seconds: a frame is at least so long.
    """

    def __init__(self) -> None:
        self.least_seconds = FASTEST
        self._paintings = deque([0.008, 0.008], _REMEMBERED)
        self._looks = deque([0.001], _REMEMBERED)

    def painted(self, seconds: float) -> None:
        """Take note of what painting one frame took."""
        self._paintings.append(min(seconds, SLOWEST))

    def observed(self, seconds: float) -> None:
        """Take note of what one look took."""
        self._looks.append(min(seconds, SLOWEST))

    @property
    def frame_seconds(self) -> float:
        """From one frame to the next: longer where painting and looking would take much of it."""
        usual = _usual(self._paintings) + _usual(self._looks)
        return max(self.least_seconds, min(_ROOM * usual, SLOWEST))

    @property
    def slice_seconds(self) -> float:
        """What looking and painting will probably leave of the next frame, for training.

        What painting the last frame took is no part of it: a frame that took longer is late already, and
        the next one would come too soon after it.
        """
        # Plots take turns by two, so the next frame will take what those before the last one took.
        alike = list(self._paintings)[-2::-2]
        left = self.frame_seconds - sum(alike) / len(alike) - _usual(self._looks)
        return max(left, _LEAST_SHARE * self.frame_seconds)

    @property
    def wait_seconds(self) -> float:
        """From the end of painting to when the next frame is probably there."""
        return self.slice_seconds + _usual(self._looks)


def _usual(durations: Collection[float]) -> float:
    """Return the mean without the longest, which may be an accident: the frame after it shall not suffer."""
    counted = sorted(durations)[: max(len(durations) - 1, 1)]
    return sum(counted) / len(counted)


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
