"""Figures with an aim: how long something takes at the median and at the worst, and how long it may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

COLUMNS = {"figure": 62, "median": 11, "worst": 11, "aim": 13}


@dataclass
class Aim:
    """What was measured of one thing, over all times that it was done."""

    figure: str
    median: float
    worst: float
    aim: float
    unit: str

    @classmethod
    def of(cls, figure: str, values: Sequence[float], aim: float, unit: str) -> Aim:
        """Return the figure of these values, none of which should be over the aim."""
        return cls(figure, float(np.median(values)), max(values), aim, unit)

    @property
    def cells(self) -> list[str]:
        """What stands in the table."""
        numbers = [f"{value:,.0f} {self.unit}" for value in (self.median, self.worst)]
        return [self.figure, *numbers, f"<= {self.aim:,.0f} {self.unit}"]
