"""Histograms made fit to be looked at: which range to show, how wide the bins, how high the axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.histogram import MAX_BINS, Histograms
from gui.plots.scales import TINY

TAIL = 0.005
"""The share of the values that may lie outside of the range, at each end."""

_WHOLE = 1.6
"""All values are shown where they span less than so many times what all but the tails span."""

_NARROW = 1e-3
"""Values that differ by less than that share of their size count as one value."""

_N_SPIKES = 2
"""So many bins may stand out: the two flat ends of an activation, or zero."""

_SPIKE = 5.0
"""A bin so many times as high as those below the spikes is cut."""

_ROOM = 1.35
"""The axis ends so many times as high as the bins that are not cut: room to say how high the others are."""

_LEAST_TOP = 0.01

_EXPLODED = 50.0
_FARTHER = 10.0
"""A shared axis leaves out what reaches beyond that, and so many times farther than all that is left."""

_HUGE = 1 / TINY

_COARSEST = MAX_BINS.bit_length() + 1
"""Where a layer was counted in bins more than 2**8 times as wide as those of the window, one of its bins is
wider than the window, and the share of one of the window's would be next to nothing."""


def extents(histograms: Histograms) -> np.ndarray:
    """Return the range of values worth showing for each layer, (n_layers, 2); nan where a layer has none.

    It leaves out at most TAIL of the values at each end, and that only where they lie far outside, and the
    others in several bins. Where all values are the same, both ends are that value.
    """
    shares = histograms.shares.astype(float)
    total = shares.sum(axis=1)
    filled = shares > 0
    below = np.cumsum(shares, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        below /= total[:, np.newaxis]
    low = np.stack([np.argmax(filled, axis=1), np.argmax(below > TAIL, axis=1)])
    high = MAX_BINS - np.stack([np.argmax(filled[:, ::-1], axis=1), np.zeros(len(total), int)])
    high[1] = np.argmax(below >= 1 - TAIL, axis=1) + 1
    whole, most = high - low
    # One bin alone would fill the axis, and say nothing of what is in it.
    chosen = np.where((whole <= _WHOLE * most) | (most == 1), 0, 1)
    layers = np.arange(len(total))
    ends = np.stack([low[chosen, layers], np.where(whole == 1, low[0], high[chosen, layers])], axis=1)
    bins = ends + histograms.first[:, np.newaxis]
    with np.errstate(over="ignore"):
        result = np.ldexp(bins.astype(float), histograms.exponent[:, np.newaxis].astype(int))
    result[np.abs(result) < TINY] = 0.0
    result[(total == 0) | (np.abs(result) > _HUGE).any(axis=1)] = np.nan
    return result


def extents_of(several: Sequence[Histograms]) -> list[np.ndarray]:
    """Return what `extents` returns, for several at once."""
    exponents, firsts, shares = zip(
        *((each.exponent, each.first, each.shares) for each in several), strict=True
    )
    every = Histograms(np.concatenate(exponents), np.concatenate(firsts), np.concatenate(shares))
    return np.split(extents(every), np.cumsum([len(each) for each in exponents])[:-1])


def usual(ends: np.ndarray) -> np.ndarray:
    """Return ranges that are to share an axis, nan in place of those that would leave the others nothing.

    A run that explodes reaches many powers of ten farther than the next one.

    Args:
        ends: (n, 2), nan where there are no values.
    """
    sizes = np.abs(ends).max(axis=1)
    limit = np.inf
    ordered = np.sort(sizes[np.isfinite(sizes)])[::-1]
    for size, following in pairwise(ordered):
        if size > _EXPLODED and size > _FARTHER * following:
            limit = following
    return np.where((sizes > limit)[:, np.newaxis], np.nan, ends)


def widened(low: float, high: float) -> tuple[float, float]:
    """Return a range around `low` to `high` that can be looked at, even if they are the same."""
    size = max(abs(low), abs(high))
    if high - low > _NARROW * size:
        return low, high
    margin = 0.5 * size or 1.0
    return low - margin, high + margin


@dataclass(frozen=True)
class Window:
    """The part of the axis of values that is shown, cut into bins of width 2**exponent.

    Bins start at multiples of their width, so they merge exactly. On the screen, positions count bins:
    whatever the size of the values, those are small numbers that a view can hold.
    """

    low: float
    high: float
    exponent: int

    @classmethod
    def around(cls, low: float, high: float, n_bins: int) -> Window:
        """Return the window from `low` to `high` with the finest bins of which about `n_bins` fit in."""
        mantissa, exponent = math.frexp((high - low) / n_bins)
        return cls(low, high, exponent - 1 if mantissa == 0.5 else exponent)

    @property
    def unit(self) -> float:
        """The width of a bin."""
        return math.ldexp(1.0, self.exponent)

    @property
    def positions(self) -> tuple[float, float]:
        """The ends, counted in bins."""
        return math.ldexp(self.low, -self.exponent), math.ldexp(self.high, -self.exponent)

    @property
    def bins(self) -> range:
        """The indexes of the bins: bin i covers [i, i + 1) * unit."""
        low, high = self.positions
        return range(math.floor(low), math.ceil(high))

    def shares(self, histograms: Histograms, layer: int) -> np.ndarray:
        """Return the share of a layer's values in each bin; values outside of the window are left out."""
        bins = self.bins
        result = np.zeros(len(bins))
        if int(histograms.exponent[layer]) - self.exponent > _COARSEST:
            return result
        start, stored = _merged(histograms, layer, self.exponent)
        low, high = max(start, bins.start), min(start + len(stored), bins.stop)
        if low < high:
            result[low - bins.start : high - bins.start] = stored[low - start : high - start]
        return result


@dataclass(frozen=True)
class Bars:
    """A layer's histogram in a window, not finer than it was counted.

    Bar i covers `width` bins of the window, from (first + i) * width on; `shares` is what each holds.
    """

    first: int
    width: int
    shares: np.ndarray

    @property
    def positions(self) -> np.ndarray:
        """Where the bars begin, counted in bins of the window."""
        return (self.first + np.arange(len(self.shares))) * float(self.width)

    @property
    def heights(self) -> np.ndarray:
        """The share per bin of the window, so that wide bars and narrow ones can be compared."""
        return self.shares / self.width

    def at(self, position: float) -> int | None:
        """Return which bar stands at a position, None if none does."""
        index = math.floor(position / self.width) - self.first
        return index if 0 <= index < len(self.shares) else None


def bars(histograms: Histograms, layer: int, window: Window) -> Bars:
    """Return the bars to draw for a layer."""
    single = np.count_nonzero(histograms.shares[layer]) == 1
    coarser = 0 if single else max(0, int(histograms.exponent[layer]) - window.exponent)
    if coarser > _COARSEST:
        return Bars(0, 1, np.zeros(0))
    counted = Window(window.low, window.high, window.exponent + coarser)
    return Bars(counted.bins.start, 1 << coarser, counted.shares(histograms, layer))


def top(several: Sequence[Bars]) -> float:
    """Return how high the axis should be for these histograms.

    A few bars far above the others (the dead half of ReLU, the flat ends of tanh) would flatten these; the
    axis ends above the others, and what is higher is cut and marked.
    """
    heights = [np.sort(bars.heights) for bars in several if bars.shares.size]
    highest = max((float(ordered[-1]) for ordered in heights), default=0.0)
    others = max((float(each[-1 - _N_SPIKES]) for each in heights if len(each) > _N_SPIKES), default=0.0)
    if others == 0 or highest <= _SPIKE * others:
        return max(highest, _LEAST_TOP)
    return max(_ROOM * others, _LEAST_TOP)


def _merged(histograms: Histograms, layer: int, exponent: int) -> tuple[int, np.ndarray]:
    """Return what `Histograms.merged` returns, but a single value in one bin, not spread over several."""
    filled = np.flatnonzero(histograms.shares[layer])
    finer = exponent - int(histograms.exponent[layer])
    if len(filled) == 1 and finer < 0:
        return (int(histograms.first[layer]) + int(filled[0])) << -finer, histograms.share(layer)[filled]
    return histograms.merged(layer, exponent)
