"""What several weight seeds of a run have in common: a band for their curves, one histogram for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from engine.histogram import FULL, MAX_BINS, Histograms

LOW, HIGH = 10, 90
"""Percentiles of a band."""


Reduce = Callable[[np.ndarray], np.ndarray]


class Band(NamedTuple):
    """A curve with what it varies between, each like one seed's values."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


def median_band(values: np.ndarray) -> Band:
    """Return the median over the seeds (axis 1), and the 10th and 90th percentile.

    Seeds that have diverged (nan) are left out; where all have, there is nan.
    """
    low, middle, high = _over_seeds(values, lambda some: np.percentile(some, [LOW, 50, HIGH], axis=1))
    return Band(middle, low, high)


def mean_band(values: np.ndarray) -> Band:
    """Return the mean over the seeds (axis 1), and one standard deviation (of n - 1) below and above it.

    Seeds that have diverged (nan) are left out; where all have, there is nan. One seed has no deviation.
    """

    def mean_and_std(some: np.ndarray) -> np.ndarray:
        n = some.shape[1]
        std = some.std(axis=1, ddof=1) if n > 1 else np.zeros_like(some[:, 0])
        return np.stack([some.mean(axis=1), std])

    mean, std = _over_seeds(values, mean_and_std, n_results=2)
    return Band(mean, mean - std, mean + std)


def pooled(seeds: Sequence[Histograms]) -> Histograms:
    """Return the histograms of all seeds together, each seed with the same weight."""
    n_layers = len(seeds[0].exponent)
    exponent, first = np.zeros(n_layers, np.int16), np.zeros(n_layers, np.int64)
    shares = np.zeros((n_layers, MAX_BINS), np.uint16)
    for layer in range(n_layers):
        exponent[layer], first[layer], shares[layer] = _pooled_layer(seeds, layer)
    for array in (exponent, first, shares):
        array.setflags(write=False)
    return Histograms(exponent, first, shares)


def _pooled_layer(seeds: Sequence[Histograms], layer: int) -> tuple[int, int, np.ndarray]:
    filled = [histograms for histograms in seeds if histograms.shares[layer].any()]
    if not filled:
        return 0, 0, np.zeros(MAX_BINS, np.uint16)
    exponent = max(int(histograms.exponent[layer]) for histograms in filled)
    while True:
        parts = [histograms.merged(layer, exponent) for histograms in filled]
        used = [start + np.flatnonzero(part) for start, part in parts]
        low, high = min(bins[0] for bins in used), max(bins[-1] for bins in used)
        if high - low < MAX_BINS:
            break
        exponent += 1
    total = np.zeros(MAX_BINS)
    for (_, part), bins in zip(parts, used, strict=True):
        total[bins - low] += part[part > 0]
    shares = np.rint(total * (FULL / len(seeds)))
    return exponent, int(low), np.where(total > 0, np.clip(shares, 1, FULL), 0).astype(np.uint16)


def _over_seeds(values: np.ndarray, reduce: Reduce, n_results: int = 3) -> np.ndarray:
    """Reduce (frames, seeds, ...) over the seeds that are no nan, frames with as many of them at once."""
    valid = ~np.isnan(values)
    valid = valid.reshape(*valid.shape[:2], -1).any(axis=2)
    result = np.full((n_results, len(values), *values.shape[2:]), np.nan)
    for pattern in np.unique(valid, axis=0):
        if pattern.any():
            frames = (valid == pattern).all(axis=1)
            result[:, frames] = reduce(values[frames][:, pattern])
    return result
