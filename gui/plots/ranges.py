"""The range of an axis that a plot owns: it grows at once, to round numbers, and shrinks slowly.

Letting pyqtgraph find the ranges doubles the number of repaints and triples their cost, and an axis that
follows every frame cannot be read.
"""

from __future__ import annotations

from gui.plots.scales import Scale

PATIENCE = 30
"""Frames for which a range stays too wide before it shrinks: a second of playing."""

_TOO_WIDE = 2.0


class OwnedRange:
    """The positions that an axis shows."""

    def __init__(self) -> None:
        self._range: tuple[float, float] | None = None
        self._spare: tuple[float, float] | None = None
        self._patience = PATIENCE

    def reset(self) -> None:
        """Forget the range; the next one fits exactly."""
        self._range = self._spare = None
        self._patience = PATIENCE

    def fit(self, low: float, high: float, scale: Scale) -> tuple[float, float]:
        """Return the range for positions from `low` to `high`."""
        wanted = scale.round_out(low, high)
        if self._range is None:
            self._range = wanted
        elif wanted[0] < self._range[0] or wanted[1] > self._range[1]:
            self._range = min(wanted[0], self._range[0]), max(wanted[1], self._range[1])
            self._wait_again()
        elif (wanted[1] - wanted[0]) * _TOO_WIDE > self._range[1] - self._range[0]:
            self._wait_again()
        else:
            spare = self._spare or wanted
            self._spare = min(wanted[0], spare[0]), max(wanted[1], spare[1])
            self._patience -= 1
            if self._patience == 0:
                self._range = self._spare
                self._wait_again()
        return self._range

    def _wait_again(self) -> None:
        self._spare = None
        self._patience = PATIENCE
