"""Histograms whose bins nest: edges are whole multiples of a power of two, so two of them merge exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MAX_BINS = 64
FULL = 65535
"""The share 1, as it is stored."""
_SMALLEST_EXPONENT = -149
"""2**-149 is the smallest number above zero that float32 holds."""


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


def histograms(layers: Sequence[np.ndarray]) -> Histograms:
    """Count the values of each layer in at most 64 bins, the finest of width 2**k that cover them.

    Args:
        layers: one array of any shape per layer.
    """
    n_layers = len(layers)
    exponent = np.zeros(n_layers, np.int16)
    first = np.zeros(n_layers, np.int64)
    counts = np.zeros((n_layers, MAX_BINS), np.int64)
    for layer, values in enumerate(layers):
        exponent[layer], first[layer], counts[layer] = _count(values)
    scale = FULL / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = np.maximum(np.rint(counts * scale), counts > 0).astype(np.uint16)
    for array in (exponent, first, shares):
        array.setflags(write=False)
    return Histograms(exponent, first, shares)


def _count(values: np.ndarray) -> tuple[int, int, np.ndarray]:
    values = values.reshape(-1)
    low, high = float(values.min()), float(values.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        values = values[np.isfinite(values)]
        if not values.size:
            return 0, 0, np.zeros(MAX_BINS, np.int64)
        low, high = float(values.min()), float(values.max())
    exponent = _finest_exponent(low, high)
    first = math.floor(math.ldexp(low, -exponent))
    # In float32 a small negative number would underflow here and land in the bin to the right of zero.
    bins = np.multiply(values, math.ldexp(1.0, -exponent), dtype=np.float64)
    np.floor(bins, out=bins)
    bins -= first
    last = max(_last(high, exponent), first)
    if math.floor(math.ldexp(high, -exponent)) > last:
        # The top edge belongs to the last bin: a saturated unit is at 1, not beyond.
        np.minimum(bins, last - first, out=bins)
    return exponent, first, np.bincount(bins.astype(np.intp), minlength=MAX_BINS)


def _finest_exponent(low: float, high: float) -> int:
    """Return the smallest k such that bins of width 2**k, at multiples of it, cover low to high with 64."""
    largest = max(abs(low), abs(high))
    # A bin is never finer than what the values themselves can tell apart.
    exponent = max(_SMALLEST_EXPONENT, math.frexp(largest)[1] - 24) if largest else -MAX_BINS.bit_length()
    if high > low:
        exponent = max(exponent, math.frexp(high - low)[1] - MAX_BINS.bit_length())
    while _last(high, exponent) - math.floor(math.ldexp(low, -exponent)) >= MAX_BINS:
        exponent += 1
    return exponent


def _last(high: float, exponent: int) -> int:
    """Return the index of the bin that the largest value lies in, or at the upper edge of."""
    return math.ceil(math.ldexp(high, -exponent)) - 1
