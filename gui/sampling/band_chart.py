"""A chart with the bands in which theory expects a statistic."""

from __future__ import annotations

import numpy as np

from engine.sampling.bands import SIGMAS, Band
from gui.plots.area import Area
from gui.plots.chart import Chart
from gui.plots.legend import Entry
from gui.plots.line import Line
from gui.plots.series import decimate
from gui.style import Dash, Theme

_STRENGTHS = (0.5, 0.3, 0.15)
"""Of the bands of 1, 2 and 3 sigma, against the background."""

_EDGE_STRENGTHS = (1.0, 0.75, 0.55)
_DASHES: tuple[Dash, ...] = ((), (5.0, 3.0), (2.0, 3.0))


class BandChart(Chart):
    """The bands of 1, 2 and 3 sigma, their edges in sight in front of what is drawn between them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.areas = [Area(self.box, z=-sigmas) for sigmas in SIGMAS]
        self.edges = [(Line(self.box, z=20), Line(self.box, z=20)) for _ in SIGMAS]

    def dress(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        color, _ = theme.run(0)
        for area, strength in zip(self.areas, _STRENGTHS, strict=True):
            area.set_color(theme.pale(color, strength))
        for lines, pen in zip(self.edges, self._pens(theme), strict=True):
            for line in lines:
                line.set_pen(*pen)

    def entries(self, theme: Theme, texts: list[str]) -> list[Entry]:
        """Return a legend of the edges with a text each."""
        return [
            Entry(text, color, dash) for text, (color, _, dash) in zip(texts, self._pens(theme), strict=False)
        ]

    def draw_band(self, x: np.ndarray, band: Band) -> None:
        """Draw a band; `x` are the positions of its sizes on the bottom axis."""
        left, right = self.x_range
        for sigmas, area, lines in zip(SIGMAS, self.areas, self.edges, strict=True):
            low, high = band.edges(sigmas)
            area.draw(x, low, high)
            for line, edge in zip(lines, (low, high), strict=True):
                line.draw(*decimate(x, edge, left, right, self.columns))

    @staticmethod
    def _pens(theme: Theme) -> list[tuple[str, float, Dash]]:
        color, _ = theme.run(0)
        return [
            (theme.pale(color, strength), 1.0, dash)
            for strength, dash in zip(_EDGE_STRENGTHS, _DASHES, strict=True)
        ]
