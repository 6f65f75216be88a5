"""The histogram of many numbers, with the density of their distribution drawn over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from engine.distributions import Distribution
from engine.sampling.comparison import Histogram
from gui.plots.bar_items import BarItem
from gui.plots.chart import Chart
from gui.plots.line import Line
from gui.plots.overlay import Overlay
from gui.plots.readout import Reading, Row
from gui.plots.scales import Linear
from gui.sampling.numerals import value, wide_percent
from gui.style import Theme, tick_font

_STRENGTH = 0.45
"""Of the colour of the bars, against the background."""

_CURVE_WIDTH = 2.0
_GRID = 400
"""Places at which the density is drawn; between them it is straight."""

_SWATCH = 18
_GAPS_FROM_PX = 5
"""Bars of so many pixels have gaps between them."""

_NEAR = 5.0
"""So many standard deviations around the mean the density is drawn finely, however wide the range is."""

_ROOM = 1.1
_STEEP = 1.5
"""A density that grows without limit is drawn up to so many times the highest bar."""


class Mark(NamedTuple):
    """A value that stands out, and what is written beside it."""

    value: float
    text: str
    color: str


class HistogramChart(Chart):
    """Bars whose areas are the shares of the numbers, and the density that is expected as a line.

    Attributes:
        bars: as wide as the bins.
        curve: the density.
        spikes: each single value that has a probability, as high as the bar that it makes.
        marks: values that stand out.
    """

    def __init__(self, theme: Theme) -> None:
        self._gap = pg.mkPen(theme.base)
        self._filled: tuple[Histogram, Distribution] | None = None
        super().__init__(theme)
        self.bars = BarItem(self.box)
        self.curve = Line(self.box, z=10)
        self.spikes = Line(self.box, z=11)
        self.marks = _Marks(theme, self.box)
        self.add_overlay(self.marks)
        self.set_label("value")

    def dress(self, theme: Theme, color: str) -> None:
        """Draw the bars in a colour, and the line in that of text."""
        self._gap = pg.mkPen(theme.base)
        self.bars.setOpts(brush=pg.mkBrush(theme.pale(color, _STRENGTH)))
        self.curve.set_pen(theme.text, _CURVE_WIDTH)
        self.spikes.set_pen(theme.text, _CURVE_WIDTH, (3.0, 2.0))

    def draw(
        self, histogram: Histogram, distribution: Distribution, x: tuple[float, float], top: float
    ) -> None:
        """Draw a histogram between two values, and up to a density."""
        self._filled = histogram, distribution
        edges, atoms = histogram.edges, distribution.atoms
        width = float(edges[1] - edges[0])
        roomy = width / (x[1] - x[0]) * self.columns >= _GAPS_FROM_PX
        self.bars.setOpts(
            x0=edges[:-1], width=width, height=histogram.density, pen=self._gap if roomy else None
        )
        places, heights = curve(distribution, x)
        self.curve.draw(places, np.minimum(heights, top))
        self.spikes.draw(
            np.repeat([atom.value for atom in atoms], 3).astype(float),
            np.array([height for atom in atoms for height in (0.0, atom.probability / width, np.nan)]),
        )
        self.set_scales(Linear(), Linear())
        self.show_range(x, (0.0, top))

    def read(self, x: float) -> Reading | None:
        """Return what is in the bin at a value."""
        if self._filled is None:
            return None
        histogram, _ = self._filled
        at = int(np.searchsorted(histogram.edges, x, "right")) - 1
        if not 0 <= at < len(histogram.counts):
            return None
        counted, expected = int(histogram.counts[at]), float(histogram.expected[at])
        return Reading(
            f"{value(histogram.edges[at])} to {value(histogram.edges[at + 1])}",
            [
                Row("numbers", f"{counted:,} ({wide_percent(counted / histogram.n)})"),
                Row("expected", f"{expected:,.1f} ({wide_percent(expected / histogram.n)})"),
            ],
        )


def curve(distribution: Distribution, x: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return values and their densities, with the jumps at the ends of the distribution."""
    ends = [end for end in (distribution.low, distribution.high) if np.isfinite(end)]
    jumps = [np.nextafter(end, far) for end in ends for far in (-np.inf, np.inf)]
    near = distribution.mean + distribution.std * np.linspace(-_NEAR, _NEAR, _GRID)
    near = near[(near >= x[0]) & (near <= x[1])]
    places = np.sort(np.concatenate([np.linspace(*x, _GRID), near, ends, jumps]))
    with np.errstate(divide="ignore"):
        density = distribution.density(places)
    return places, np.nan_to_num(density, nan=0.0, posinf=np.finfo(float).max)


def top_of(histogram: Histogram, distribution: Distribution) -> float:
    """Return the density at which the axis ends."""
    bars = float(histogram.density.max())
    _, heights = curve(distribution, (float(histogram.edges[0]), float(histogram.edges[-1])))
    width = float(histogram.edges[1] - histogram.edges[0])
    atoms = max((atom.probability / width for atom in distribution.atoms), default=0.0)
    return _ROOM * max(bars, min(float(heights.max()), _STEEP * bars), atoms)


class _Marks(Overlay):
    """A line across the chart at each mark, and a legend of them in the corner that is farthest from them."""

    marks: Sequence[Mark] = ()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        self.marks = tuple(marks)
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        width, height = self.rect().width(), self.rect().height()
        metrics = QFontMetricsF(tick_font())
        places = [self._box.mapFromView(QPointF(mark.value, 0)).x() for mark in self.marks]
        for x, mark in zip(places, self.marks, strict=True):
            if 0 <= x <= width:
                painter.setPen(QPen(QColor(mark.color), 2))
                painter.drawLine(QPointF(x, 0), QPointF(x, height))
        advance = max((metrics.horizontalAdvance(mark.text) for mark in self.marks), default=0.0) + 2
        left = width - advance - _SWATCH if sum(places) < len(places) * width / 2 else 0.0
        area = QRectF(left, 0, _SWATCH + advance, metrics.height() + 3)
        painter.setFont(tick_font())
        for mark in self.marks:
            painter.fillRect(area, QColor(self._theme.base))
            painter.setPen(QPen(QColor(mark.color), 3))
            y = area.center().y()
            painter.drawLine(QPointF(area.left() + 2, y), QPointF(area.left() + _SWATCH - 5, y))
            painter.setPen(QColor(self._theme.text))
            painter.drawText(area.adjusted(_SWATCH, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, mark.text)
            area.translate(0, area.height())
