"""How often frames come, how long the training works for each, and how fast it gets on."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Collection

FASTEST = 0.03
"""Seconds per frame where painting and looking are cheap: so that even what is a little late comes some 30
times a second."""

SELDOM = 1 / 5
"""Seconds per frame for who wants to get on and looks up now and then."""

SLOWEST = 0.095
"""Seconds to which painting and looking stretch a frame at most; SELDOM asks for longer ones. With the
step that is under way at the end, and what the clock is late, that is ten frames a second."""

_ROOM_TO_TRAIN = 4
"""A frame is at least so many times as long as looking takes; the rest of it is for training."""

_ROOM_TO_PAINT = 1.25
"""And as painting takes; the rest of it is for answering the person."""

_LEAST_SHARE = 0.2
"""Of a frame for training, even where painting and looking would fill all of it."""

_REMEMBERED = 6
"""So many frames say what painting and looking take: whole rounds of what takes turns by two and by three."""


class Pacer:
    """Measures what painting and looking cost, and says how long a frame and its slice of training are.

    Attributes:
        least_seconds: a frame is at least so long.
        due: when the next frame is to come, on the caller's clock.
    """

    def __init__(self) -> None:
        self.least_seconds = FASTEST
        self.due = self._drawn = -math.inf
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
        """From one frame to the next: longer where painting or looking would take much of it."""
        needed = max(_ROOM_TO_PAINT * _usual(self._paintings), _ROOM_TO_TRAIN * _usual(self._looks))
        return max(self.least_seconds, min(needed, SLOWEST))

    def begin_frame(self, now: float) -> None:
        """Let the next frame be drawn a frame after this one, so that an accident delays no more than one."""
        seconds = self.frame_seconds
        # Plots take turns by two: every second frame takes about as long to paint.
        this, following = (statistics.median(list(self._paintings)[last::-2]) for last in (-2, -1))
        if abs(now + this - self._drawn) > seconds / 2:
            self._drawn = now + this
        self._drawn += seconds
        self.due = max(self._drawn - following, now + _LEAST_SHARE * seconds)

    def slice_seconds(self, now: float) -> float:
        """Return what looking will probably leave for training, until the next frame is due."""
        return max(self.due - now - _usual(self._looks), _LEAST_SHARE * self.frame_seconds)


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
