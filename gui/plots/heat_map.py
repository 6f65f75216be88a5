"""A heat map, and the bar beside it that says what its shades mean."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.chart import Chart
from gui.plots.scales import Linear, Scale
from gui.style import Theme, tick_font

_COLOR_BAR_WIDTH = 66
_COLOR_BAR_FROM_WIDTH = 264
"""Narrower areas leave the bar out: half of a figure as wide as a page has it still."""

_NO_DATA, _ZERO, _FIRST_SHADE = 0, 1, 2
_BAR = 10
_MARGIN = 9
"""Above and below the bar: room for half a line of text."""


class HeatMap(Chart):
    """Cells whose shade is a number.

    Attributes:
        image: the cells, row 0 at the bottom, as indexes of the color table: 0 where there is nothing,
            1 for a zero that has no logarithm, from 2 on the shades.
    """

    def __init__(self, theme: Theme) -> None:
        self.image = pg.ImageItem(axisOrder="row-major")
        super().__init__(theme, padding=(0, 0, 0, 0))
        self.left.setGrid(False)
        # Its cells begin and end at the numbers.
        self.left.setStyle(hideOverlappingLabels=10)
        self.box.addItem(self.image, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        table = np.zeros((256, 4), np.uint8)
        shades = theme.heat_table()
        table[_FIRST_SHADE:, :3] = shades[np.linspace(0, 255, 256 - _FIRST_SHADE).round().astype(int)]
        nothing = QColor(theme.nothing)
        table[_ZERO, :3] = nothing.red(), nothing.green(), nothing.blue()
        table[_ZERO:, 3] = 255
        self.image.setLookupTable(table)

    def draw(self, positions: np.ndarray, low: float, high: float, area: QRectF) -> None:
        """Draw cells.

        Args:
            positions: (rows, columns) on the scale of the shades: nan where there is nothing, -inf for zero.
            low: the position of the first shade.
            high: the position of the last shade.
            area: where the cells lie, in positions of the axes.
        """
        n_shades = 256 - _FIRST_SHADE
        with np.errstate(invalid="ignore"):
            shades = np.clip((positions - low) * ((n_shades - 1) / max(high - low, 1e-9)), 0, n_shades - 1)
        cells = np.where(np.isnan(shades), 0, shades).round().astype(np.uint8) + np.uint8(_FIRST_SHADE)
        cells[np.isneginf(positions)] = _ZERO
        cells[np.isnan(positions)] = _NO_DATA
        self.image.setImage(cells, autoLevels=False, levels=(0, 255))
        self.image.setRect(area)

    def clear(self) -> None:
        """Draw nothing."""
        self.image.clear()


class ColorBar(pg.GraphicsWidget):
    """The shades from least to most, with ticks."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._scale: Scale = Linear()
        self._low, self._high = 0.0, 1.0
        self._zero = ""

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def show_scale(self, scale: Scale, low: float, high: float, zero: str = "") -> None:
        """Show the shades from `low` to `high`, and below them, if it has a text, that of zero."""
        if (scale, low, high, zero) != (self._scale, self._low, self._high, self._zero):
            self._scale, self._low, self._high, self._zero = scale, low, high, zero
            self.update()

    def stand_beside(self, chart: Chart) -> None:
        """Take the place to the right of a chart."""
        place, box = chart.geometry(), chart.box.geometry()
        along = QRectF(place.right(), place.top() + box.top(), _COLOR_BAR_WIDTH, box.height())
        self.setGeometry(along.adjusted(0, -_MARGIN, 0, _MARGIN))

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint bar and ticks."""
        metrics = QFontMetricsF(tick_font())
        foot = _BAR + 6 if self._zero else 0
        bar = QRectF(10, _MARGIN, _BAR, max(self.rect().height() - 2 * _MARGIN - foot, 1))
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for place, color in zip(np.linspace(0, 1, len(self._theme.heat)), self._theme.heat, strict=True):
            gradient.setColorAt(float(place), QColor(color))
        painter.setPen(QColor(self._theme.border))
        painter.setBrush(gradient)
        painter.drawRect(bar)
        painter.setFont(tick_font())
        labels = []
        if self._zero:
            box = QRectF(bar.left(), bar.bottom() + 6, _BAR, _BAR)
            painter.setBrush(QColor(self._theme.nothing))
            painter.drawRect(box)
            labels.append((box.center().y(), self._zero))
        ticks = self._scale.ticks(self._low, self._high, max(2, int(bar.height() / 30)))
        for position, text in sorted(ticks, reverse=True):
            share = (position - self._low) / (self._high - self._low)
            labels.append((bar.bottom() - share * bar.height(), text))
        painter.setPen(QColor(self._theme.muted))
        line = metrics.height()
        for y, text in with_room(labels, line):
            area = QRectF(10 + _BAR + 6, y - line / 2, self.rect().width(), line)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)


def with_room(labels: Iterable[tuple[float, str]], line: float) -> list[tuple[float, str]]:
    """Return those of the labels (y, text) that are at least a line away from each one before them."""
    placed: list[tuple[float, str]] = []
    for y, text in labels:
        if all(abs(y - other) >= line for other, _ in placed):
            placed.append((y, text))
    return placed


def color_bar_width(width: float) -> float:
    """Return how much of the width of an area is for a bar beside the maps; 0 leaves it out."""
    return _COLOR_BAR_WIDTH if width >= _COLOR_BAR_FROM_WIDTH else 0.0
