"""What several weight seeds of a run have in common: a band for their curves, one histogram for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.histogram import FULL, MAX_BINS, Histograms

LOW, HIGH = 10, 90
"""Percentiles of a band."""


class Band(NamedTuple):
    """A curve with what it varies between, each like one seed's values."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


def median_band(values: np.ndarray) -> Band:
    """Return the median over the seeds (axis 1), and the 10th and 90th percentile.

    Seeds that have diverged (nan) are left out; where all have, there is nan. Between two seeds, percentiles
    are interpolated linearly, as np.percentile does it, which takes ten times as long for a few seeds.
    """
    ordered = np.sort(values, axis=1)  # nan comes last
    most = (~np.isnan(values)).sum(axis=1, keepdims=True) - 1
    shares = np.array([LOW, 50, HIGH]).reshape(1, 3, *(1,) * (values.ndim - 2)) / 100
    place = np.maximum(most, 0) * shares  # (frames, 3, ...)
    below = place.astype(int)
    first = np.take_along_axis(ordered, below, axis=1)
    next_one = np.take_along_axis(ordered, np.minimum(below + 1, values.shape[1] - 1), axis=1)
    with np.errstate(invalid="ignore", over="ignore"):
        between = np.where(place > below, first + (place - below) * (next_one - first), first)
    return Band(between[:, 1], between[:, 0], between[:, 2])


def mean_band(values: np.ndarray) -> Band:
    """Return the mean over the seeds (axis 1), and one standard deviation (of n - 1) below and above it.

    Seeds that have diverged (nan) are left out; where all have, there is nan. One seed has no deviation.
    """
    known = ~np.isnan(values)
    n = known.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=1, keepdims=True) / n
        squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=1, keepdims=True)
        std = np.sqrt(squares / np.maximum(n - 1, 1))
    mean, std = mean[:, 0], std[:, 0]
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
