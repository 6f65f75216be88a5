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
    exponents = np.array([histograms.exponent for histograms in seeds], np.int64)  # (seeds, layers)
    firsts = np.array([histograms.first for histograms in seeds])
    shares = np.array([histograms.shares for histograms in seeds])
    filled = shares > 0
    known: np.ndarray = shares.max(axis=2) > 0
    exponent, low = _common_bins(exponents, firsts, filled, known)
    finer = np.maximum(exponent - exponents, 0)
    # As in Histograms.merged, of all seeds and layers at once.
    places = ((firsts[:, :, np.newaxis] + np.arange(MAX_BINS)) >> finer[:, :, np.newaxis]) - low[
        :, np.newaxis
    ]
    cells = places + MAX_BINS * np.arange(known.size).reshape(*known.shape, 1)
    parts = np.bincount(cells[filled], shares[filled] / FULL, shares.size).reshape(shares.shape)
    total = parts.sum(axis=0)
    whole = np.rint(total * (FULL / len(seeds)))
    merged = np.where(total > 0, np.clip(whole, 1, FULL), 0).astype(np.uint16)
    narrow = exponent.astype(np.int16)
    for array in (narrow, low, merged):
        array.setflags(write=False)
    return Histograms(narrow, low, merged)


def _common_bins(
    exponents: np.ndarray, firsts: np.ndarray, filled: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each layer the exponent of the finest bins that hold all seeds, and the first such bin.

    Args:
        exponents: (seeds, layers).
        firsts: (seeds, layers).
        filled: (seeds, layers, MAX_BINS); which bins hold anything.
        known: (seeds, layers); whether any does. Layers in which no seed has any get (0, 0).
    """
    lowest = firsts + filled.argmax(axis=2)
    highest = firsts + MAX_BINS - 1 - filled[:, :, ::-1].argmax(axis=2)
    some = known.any(axis=0)
    exponent = np.where(some, np.where(known, exponents, exponents.min()).max(axis=0), 0)
    while True:
        finer = np.maximum(exponent - exponents, 0)
        low = np.where(known, lowest >> finer, np.iinfo(np.int64).max).min(axis=0)
        high = np.where(known, highest >> finer, np.iinfo(np.int64).min).max(axis=0)
        too_wide = some & (high - np.where(some, low, 0) >= MAX_BINS)
        if not too_wide.any():
            return exponent, np.where(some, low, 0)
        exponent = exponent + too_wide
