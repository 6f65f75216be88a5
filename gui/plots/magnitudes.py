"""Magnitudes on a logarithmic axis that hides nothing: zeros at the foot, what is not finite at the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from gui.plots.numerals import ZERO_HINT, number
from gui.plots.ranges import OwnedRange
from gui.plots.scales import Log, extent

EMPTY = (-6.0, 0.0)
"""The decades shown where there is no magnitude above zero."""

_LEAST_SPAN = 2.01
"""Decades: layers that differ by less than that look as alike as they are."""

_ROOM_FOR_ZEROS = 0.6
"""Decades between the smallest magnitude and the foot where zeros stand."""


@dataclass(frozen=True)
class Placed:
    """Magnitudes as positions: drawn from `low` to `high`."""

    positions: np.ndarray
    """Zeros at `low`; nan where the magnitude is not finite."""
    zero: np.ndarray
    """Where the magnitude is zero."""
    broken: np.ndarray
    """Where it is not finite."""
    low: float
    high: float
    scale: Log


def place(values: np.ndarray, owned: OwnedRange) -> Placed:
    """Return where magnitudes stand on an axis whose range is `owned`."""
    positions = Log().positions(values)
    zero, broken = np.isneginf(positions), np.isnan(positions)
    least, greatest = extent(positions) or EMPTY
    margin = max(0.0, _LEAST_SPAN - (greatest - least)) / 2
    has_zeros = bool(zero.any())
    low, high = owned.fit(least - margin - (_ROOM_FOR_ZEROS if has_zeros else 0.0), greatest + margin, Log())
    return Placed(
        positions=np.where(zero, low, positions),
        zero=zero,
        broken=broken,
        low=low,
        high=high,
        scale=Log(zero=low if has_zeros else None),
    )


def parts_of(placed: Placed, lengths: Sequence[int]) -> list[Placed]:
    """Return the parts of magnitudes that were placed together, one after the other."""
    ends = np.cumsum([0, *lengths])
    return [
        replace(
            placed,
            positions=placed.positions[start:stop],
            zero=placed.zero[start:stop],
            broken=placed.broken[start:stop],
        )
        for start, stop in pairwise(ends)
    ]


def say(value: float, digits: int = 4) -> str:
    """Write a magnitude, and of a zero what it means."""
    if value == 0:
        return ZERO_HINT
    return number(value, digits) if np.isfinite(value) else "not finite"
