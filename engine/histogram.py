"""Histograms whose bins nest: edges are whole multiples of a power of two, so two of them merge exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.blocks import blocks

MAX_BINS = 64
FULL = 65535
"""The share 1, as it is stored."""
_SMALLEST_EXPONENT = -149
"""2**-149 is the smallest number above zero that float32 holds."""

_PLACES = MAX_BINS + 2
"""Where values are counted: in the bins, on the upper edge of the last one, and nowhere."""
_NOWHERE = MAX_BINS + 1
_WHOLE = 2.0**52
"""From here on float64 holds the whole numbers, each one bit above the one before it; so the difference of
the bits is a conversion to integers, in a third of the time."""
_WHOLE_BITS = np.float64(_WHOLE).view(np.int64)


@dataclass(frozen=True, slots=True)
class Histograms:
    """One histogram per layer, each with bins of its own: 2**exponent wide, from first * 2**exponent on.

    `shares` (n_layers, 64) holds 65535 times the share of the values in each bin, rounded, but at least 1
    where a bin has any: what is there stays visible. Values that are not finite are in no bin. Arrays are
    read-only.
    """

    exponent: np.ndarray
    first: np.ndarray
    shares: np.ndarray

    def of_layers(self, layers: slice) -> Histograms:
        """Return the histograms of some of the layers."""
        return Histograms(self.exponent[layers], self.first[layers], self.shares[layers])

    def edges(self, layer: int) -> np.ndarray:
        """Return the 65 bin edges of a layer (0 is the first hidden layer), in the values' unit."""
        width = math.ldexp(1.0, int(self.exponent[layer]))
        return (float(self.first[layer]) + np.arange(MAX_BINS + 1)) * width

    def share(self, layer: int) -> np.ndarray:
        """Return the share of the values in each of the 64 bins of a layer, in [0, 1]."""
        share: np.ndarray = self.shares[layer] / FULL
        return share

    def merged(self, layer: int, exponent: int) -> tuple[int, np.ndarray]:
        """Return a layer's histogram in bins of width 2**exponent: the first bin's index, and the shares.

        Bin i covers [i, i + 1) * 2**exponent. Stored bins that are wider than that are split evenly, since
        nothing is known of the inside of a bin.
        """
        finer = exponent - int(self.exponent[layer])
        first = int(self.first[layer])
        shares = self.share(layer)
        if finer <= 0:
            return first << -finer, np.repeat(shares / (1 << -finer), 1 << -finer)
        start = first >> finer
        counts = np.bincount((np.arange(first, first + MAX_BINS) >> finer) - start, weights=shares)
        return start, counts


def histograms(layers: Sequence[np.ndarray]) -> list[Histograms]:
    """Count the values of each layer in at most 64 bins, the finest of width 2**k that cover them.

    Args:
        layers: one array (runs, values) per layer.

    Returns:
        The histograms of each run, which are those it would have alone.
    """
    finite: list[np.ndarray | bool] = [True] * len(layers)
    low, high = _ends(layers, finite)
    if not (np.isfinite(low) & np.isfinite(high)).all():
        finite = [np.isfinite(values) for values in layers]
        low, high = _ends(layers, finite)
        low, high = np.where(low <= high, (low, high), 0.0)
    exponent, first, last = _finest_bins(low, high)
    scale = np.ldexp(1.0, -exponent)
    # What brings the numbers of a run's bins to the places where the run is counted.
    shift = (_WHOLE + _PLACES * np.arange(len(first)))[:, np.newaxis] - first
    counts = np.empty((*first.shape, _PLACES), np.int64)
    for layer, values in enumerate(layers):
        column = slice(layer, layer + 1)
        _count(values, finite[layer], scale[:, column], shift[:, column], counts[:, layer])
    _take_in_upper_edge(counts, np.maximum(last - first, 0).astype(np.intp))
    counts = counts[..., :MAX_BINS]
    total = np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    shares = np.maximum(np.rint(counts * (FULL / total)), counts > 0).astype(np.uint16)
    of_runs = zip(exponent.astype(np.int16), first.astype(np.int64), shares, strict=True)
    return [Histograms(*map(read_only, arrays)) for arrays in of_runs]


def _ends(
    layers: Sequence[np.ndarray], counted: Sequence[np.ndarray | bool]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest value that counts, (runs, layers) each; inf and -inf if none does."""
    both = list(zip(layers, counted, strict=True))
    low = [np.minimum.reduce(values, 1, initial=np.inf, where=where) for values, where in both]
    high = [np.maximum.reduce(values, 1, initial=-np.inf, where=where) for values, where in both]
    return np.array(low, np.float64).T, np.array(high, np.float64).T


def _count(
    values: np.ndarray, finite: np.ndarray | bool, scale: np.ndarray, shift: np.ndarray, counts: np.ndarray
) -> None:
    """Count how many values of each run lie in each place.

    Args:
        values: (runs, values).
        finite: which of them are.
        scale: bins per unit of the values, (runs, 1).
        shift: what is to be added to the number of a bin, likewise.
        counts: where it is written, (runs, _PLACES).
    """
    for rows in blocks(*values.shape):
        # In float32 a small negative number would underflow here and land in the bin to the right of zero.
        places = values[rows].astype(np.float64)
        places *= scale[rows]
        np.floor(places, out=places)
        places += shift[rows]
        if isinstance(finite, np.ndarray):
            nowhere = _WHOLE + _PLACES * np.arange(rows.start, rows.stop) + _NOWHERE
            np.copyto(places, nowhere[:, np.newaxis], where=~finite[rows])
        index = places.view(np.int64)
        index -= _WHOLE_BITS + _PLACES * rows.start
        counts[rows] = np.bincount(index.ravel(), minlength=counts[rows].size).reshape(-1, _PLACES)


def _take_in_upper_edge(counts: np.ndarray, last: np.ndarray) -> None:
    """Count what lies on the upper edge of the last bin in it: a saturated unit is at 1, not beyond."""
    flat = counts.reshape(-1)
    edge = np.arange(1, flat.size, _PLACES) + last.reshape(-1)
    flat[edge - 1] += flat[edge]
    flat[edge] = 0


def _finest_bins(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the smallest k such that bins of width 2**k, at multiples of it, cover low to high with 64.

    Then the numbers of the bins that low and high lie in; high may lie on the upper edge of its bin.
    """
    # A bin is never finer than what the values themselves can tell apart.
    largest = np.maximum(high, -low)
    exponent = np.maximum(np.frexp(largest)[1] - 24, _SMALLEST_EXPONENT)
    for_width = np.maximum(exponent, np.frexp(high - low)[1] - MAX_BINS.bit_length())
    exponent = np.where((low < high) | (largest == 0), for_width, exponent)
    while True:
        first, last = np.floor(np.ldexp(low, -exponent)), np.ceil(np.ldexp(high, -exponent)) - 1
        too_many = last - first >= MAX_BINS
        if not too_many.any():
            return exponent, first, last
        exponent += too_many


def read_only(array: np.ndarray) -> np.ndarray:
    """Return a copy, which does not keep what there is of the other runs in memory."""
    copy = array.copy()
    copy.setflags(write=False)
    return copy
