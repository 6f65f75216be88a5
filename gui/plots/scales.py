"""Where a value stands on an axis, which round numbers stand beside it, and where an axis ought to end.

This is the one gate between the numbers of a network, which may be anything, and the plots: what is not
finite becomes nan, which is not drawn, and what is too large for a view to hold is cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gui.plots.numerals import count, number, percent, power_of_ten

LARGEST = 1e12
"""Beyond about 1e18 pyqtgraph's views break down; a loss of 1e12 is as good as infinite."""

Tick = tuple[float, str]
"""Position, text."""

TINY = 1e-290
"""What is nearer to zero leaves no room to calculate a range with."""

_SAME = 1e-9
"""Values that differ by less than that share of their size count as one."""

DARKEST_SHARE = 0.3
"""From that share of a layer's values in one cell on, a heat map has its last shade."""

STEP_ZERO = math.log10(0.5)
"""Where step 0 stands on a logarithmic axis: left of step 1, so that the first frame is seen."""

_FEWEST_DECADES = 2
"""From so many decades on, they alone have ticks."""

_MOST_DIGITS = 11
"""Of a number of steps. The wheel leads beyond it, to numbers that no float holds."""

_ABOVE_ZERO = 0.3
"""The foot of a logarithmic axis, where zeros stand, keeps that much clear of other ticks."""


class Scale(Protocol):
    """How values become positions on an axis."""

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return where values stand: nan for what is not drawn, -inf for a zero that has no place."""

    def round_out(self, low: float, high: float) -> tuple[float, float]:
        """Return round positions just outside of `low` and `high`."""

    def ticks(self, low: float, high: float, n: int) -> list[Tick]:
        """Return about `n` ticks between two positions."""


@dataclass(frozen=True)
class Linear:
    """Positions are values in units of `unit`.

    Args:
        unit: the value at position 1.
        text: writes the value of a tick.
        n_steps: a range is rounded to about so many round steps.
    """

    unit: float = 1.0
    text: Callable[[float], str] = number
    n_steps: int = 5

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return the values, nan where they are not finite, cut where they are huge."""
        values = np.where(np.isfinite(values), values, np.nan)
        return np.clip(values, -LARGEST, LARGEST) / self.unit

    def round_out(self, low: float, high: float) -> tuple[float, float]:
        """Return multiples of a round step outside of `low` and `high`."""
        size = max(abs(low), abs(high))
        if size < TINY:
            low, high = -1.0, 1.0
        elif high - low < _SAME * size:
            low, high = low - 0.5 * size, high + 0.5 * size
        step = _round_step((high - low) / self.n_steps)
        # What lies on a multiple but for rounding needs no further step.
        return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step

    def ticks(self, low: float, high: float, n: int) -> list[Tick]:
        """Return the multiples of a round step, two of them at least."""
        low, high = low * self.unit, high * self.unit
        step = _round_step((high - low) / max(n, 1))
        if not (math.isfinite(step) and step > 0):
            return []
        first, last = _multiples(step, low, high)
        if first >= last:
            # One number alone does not say how large anything is.
            step = _round_step(step / 2)
            first, last = _multiples(step, low, high)
        digits = max(3, 2 + math.ceil(math.log10(max(abs(first), abs(last), 1) + 1)))
        write = self.text if self.text is not number else lambda value: number(value, digits)
        return [(k * step / self.unit, write(k * step)) for k in range(first, last + 1)]


@dataclass(frozen=True)
class Log:
    """Positions are logarithms to base 10.

    Args:
        zero: where zeros are drawn and marked "0"; None if there are none. Ticks end above it.
    """

    zero: float | None = None

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return the logarithms: -inf for zero, nan for what is negative or not finite."""
        values = np.where(np.isfinite(values) & (values >= 0), values, np.nan)
        with np.errstate(divide="ignore"):
            return np.log10(values)

    def round_out(self, low: float, high: float) -> tuple[float, float]:
        """Return decades outside of `low` and `high`, or 1, 2 or 5 times one where they lie close."""
        if high - low > 2:
            return math.floor(low + 1e-9), math.ceil(high - 1e-9)
        low, high = _round_log(low, math.floor), _round_log(high, math.ceil)
        return (low, high) if high > low else (low - 0.5, high + 0.5)

    def ticks(self, low: float, high: float, n: int) -> list[Tick]:
        """Return decades, every k-th where they are many, with 2 and 5 between them where they are few."""
        bottom = low if self.zero is None else self.zero + _ABOVE_ZERO
        first, last = math.ceil(bottom - 1e-9), math.floor(high + 1e-9)
        ticks = _between_decades(bottom, high) if last - first < _FEWEST_DECADES else []
        if not ticks or len(ticks) > max(n, 3):
            # Between n numbers, and before and after them, there are n + 1 gaps.
            stride = max(1, math.ceil((high - low) / (n + 1) - 1e-9))
            write = _plain_decade if first >= -2 and last <= 4 else power_of_ten
            ticks = [(float(k), write(k)) for k in range(-(-first // stride) * stride, last + 1, stride)]
        return ticks if self.zero is None else [(self.zero, "0"), *ticks]


@dataclass(frozen=True)
class Layers:
    """Positions are the numbers of layers, 1 the first; the last name is written wherever there is room."""

    names: Sequence[str]

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return the numbers of the layers."""
        return values

    def round_out(self, low: float, high: float) -> tuple[float, float]:
        """Return half a layer more at each end."""
        return low - 0.5, high + 0.5

    def ticks(self, low: float, high: float, n: int) -> list[Tick]:
        """Return every k-th layer, and the last one."""
        first, last = max(1, math.ceil(low)), min(len(self.names), math.floor(high))
        stride = _round_stride((last - first + 1) / max(n, 1))
        # 1, 3, 5 and 1, 10, 20: numbers that a reader counts in.
        numbers = [k for k in range(first, last + 1) if (k % 2 if stride == 2 else k == 1 or k % stride == 0)]
        if last == len(self.names):
            numbers = [k for k in numbers if last - k >= stride or k == last]
            numbers += [] if numbers and numbers[-1] == last else [last]
        return [(float(k), self.names[k - 1]) for k in numbers]


@dataclass(frozen=True)
class Shares:
    """Positions are the roots of shares, so that the shade of a heat map shows the tails beside the peak."""

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return the roots; nan where there is nothing."""
        return np.where(values > 0, np.sqrt(values), np.nan)

    def round_out(self, low: float, high: float) -> tuple[float, float]:
        """Return the ends as they are."""
        return low, high

    def ticks(self, low: float, high: float, n: int) -> list[Tick]:
        """Return some shares."""
        shares = (0.0, 0.01, 0.05, 0.1, 0.2) if n > 4 else (0.0, 0.05)
        ticks = [(math.sqrt(share), percent(share)) for share in shares]
        ticks.append((math.sqrt(DARKEST_SHARE), f"≥ {percent(DARKEST_SHARE)}"))
        return [tick for tick in ticks if low <= tick[0] <= high + 1e-9]


@dataclass(frozen=True)
class Steps(Linear):
    """Steps of a training, written in one unit along an axis."""

    def ticks(self, low: float, high: float, n: int) -> list[Tick]:
        """Return the multiples of a round step, as far as there are such steps."""
        places = [place for place, _ in super().ticks(low, high, n) if place == round(place)]
        largest = max(map(abs, places), default=0.0)
        return [(place, count(place, largest)) for place in places]


STEPS = Steps()
SHARES = Shares()


@dataclass(frozen=True)
class LogSteps(Log):
    """Steps on a logarithmic axis."""

    zero: float | None = STEP_ZERO

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return the logarithms; zero has a place of its own."""
        return np.maximum(super().positions(values), STEP_ZERO)

    def round_out(self, _low: float, high: float) -> tuple[float, float]:
        """Return the place of step 0, and a round number of steps."""
        return STEP_ZERO, max(_round_log(high, math.ceil), 1.0)

    def ticks(self, low: float, high: float, n: int) -> list[Tick]:
        """Return decades, and step 0 where it is in view."""
        ticks = [
            (place, count(round(10.0**place)) if 0 <= place <= _MOST_DIGITS else text)
            # Side by side, each needs the whole room that is meant for it.
            for place, text in super().ticks(low, high, n - 1)
        ]
        return [tick for tick in ticks if low <= tick[0] <= high]


def extent(positions: np.ndarray) -> tuple[float, float] | None:
    """Return the least and the greatest of the finite positions, None if there are none."""
    finite = positions[np.isfinite(positions)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def _round_step(step: float) -> float:
    """Return 1, 2, 2.5 or 5 times a power of ten, at least `step`."""
    if not (math.isfinite(step) and step > 0):
        return step
    power = 10.0 ** math.floor(math.log10(step))
    return next((m * power for m in (1, 2, 2.5, 5) if m * power >= step * (1 - 1e-9)), 10 * power)


def _multiples(step: float, low: float, high: float) -> tuple[int, int]:
    """Return which multiples of a step are the first and the last in a range."""
    return math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)


def _round_stride(stride: float) -> int:
    """Return 1, 2, 5, 10, 20, ..., at least `stride`."""
    power = 10 ** max(0, math.floor(math.log10(max(stride, 1))))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= stride)


def _round_log(position: float, direction: Callable[[float], int]) -> float:
    """Return the position of 1, 2 or 5 times a power of ten that is next in a direction, floor or ceil."""
    decade = math.floor(position + 1e-9)
    places = [decade + math.log10(m) for m in (1, 2, 5, 10)]
    if direction is math.ceil:
        return next(place for place in places if place >= position - 1e-9)
    return next(place for place in reversed(places) if place <= position + 1e-9)


def _between_decades(low: float, high: float) -> list[Tick]:
    """Return 1, 2 and 5 times each power of ten between two positions."""
    return [
        (place, number(m * 10.0**k) if abs(k) < 6 else f"{m}e{k}".replace("-", "−"))
        for k in range(math.floor(low), math.floor(high + 1e-9) + 1)
        for m in (1, 2, 5)
        if low - 1e-9 <= (place := k + math.log10(m)) <= high + 1e-9
    ]


def _plain_decade(exponent: int) -> str:
    return f"{10.0**exponent:,.10g}"
