"""Rows of a stack a few at a time, so that what is computed of them stays in the processor's cache."""

from __future__ import annotations

from functools import lru_cache

CACHED = 1 << 16
"""So many values of a layer stay in the processor's cache from one operation to the next."""


@lru_cache(maxsize=256)
def blocks(runs: int, values: int) -> tuple[slice, ...]:
    """Cut the runs into parts that stay in the cache, where one run has so many values in a layer."""
    size = max(1, CACHED // values)
    return tuple(slice(start, min(start + size, runs)) for start in range(0, runs, size))
