"""An axis whose ticks come from a scale: few, round, muted, with a hairline grid where it helps."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.scales import Linear, Scale, Tick
from gui.plots.still import Still
from gui.style import LABEL_POINTS, LIGHT, Theme, tick_font

TICK_HEIGHT = 18
LABEL_HEIGHT = 18

_PX_PER_TICK_UPRIGHT = 30
_MOST_TICKS = 9
"""On a large chart more would only be noise."""

_LEAST_LINE = 0.8
_GAP_UPRIGHT = 6
_GAP = 3
"""Pixels between an axis and its numbers, and between the numbers of a level one at the least."""


class Axis(Still, pg.AxisItem):
    """The left or bottom axis of a chart.

    It paints itself: pyqtgraph takes four times as long to paint the same, and while a network begins to
    train, axes change often.

    Args:
        side: "left" (with a grid, without a line) or "bottom" (with a line, without a grid).
        box: the view box beside it.
        parent: the chart.
    """

    def __init__(self, side: str, box: pg.ViewBox, parent: pg.GraphicsWidget) -> None:
        self._measure: Scale = Linear()
        self._theme = LIGHT
        self._laid_out = ""
        super().__init__(side, linkView=box, parent=parent, maxTickLength=0)
        self._upright = side == "left"
        self.setZValue(-1000)
        # Pixels that numbers may stick out at the ends: below the left axis are the numbers of the other one.
        self.setStyle(hideOverlappingLabels=3 if self._upright else 30)
        self.enableAutoSIPrefix(False)
        if self._upright:
            self.setGrid(255)
        else:
            self.setHeight(TICK_HEIGHT)
        self.stand_still()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.setLabel(self.labelText, **{"color": theme.muted, "font-size": f"{LABEL_POINTS}pt"})
        self.update()

    def set_measure(self, scale: Scale) -> None:
        """Take the ticks from another scale."""
        if scale != self._measure:
            self._measure = scale
            self.update()

    def write(self, text: str) -> None:
        """Write along the axis what it shows; nothing takes no room."""
        if text != self.labelText:
            self.setLabel(text)
            self.update()
        if not self._upright:
            self.setHeight(TICK_HEIGHT + (LABEL_HEIGHT if text else 0))

    def _updateLabel(self) -> None:
        """Lay the label out only where it changes: pyqtgraph does so with each pen and each setting.

        That is ten times until an axis is seen, though most have no label, and a fifth of making a plot.
        """
        text = self.labelString() if self.labelText else ""
        if text != self._laid_out:
            self._laid_out = text
            super()._updateLabel()

    def painted_area(self) -> QRectF:
        """Return where it paints: numbers at its ends stick out."""
        out = self.style["hideOverlappingLabels"]
        x, y = (0, out) if self._upright else (out, 0)
        return super().painted_area().adjusted(-x, -y, x, y)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the line or the grid, and the numbers."""
        rect: QRectF = self.mapRectFromParent(self.geometry())
        metrics = QFontMetricsF(tick_font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(tick_font())
        if self._upright:
            self._paint_upright(painter, rect, metrics)
        else:
            self._paint_level(painter, rect, metrics)

    def _paint_upright(self, painter: QPainter, rect: QRectF, metrics: QFontMetricsF) -> None:
        ticks = list(self._upright_ticks(rect, metrics.height()))
        if self.grid:
            painter.setPen(QPen(QColor(self._theme.grid), 1))
            end = rect.right() + self.linkedView().width()
            for y, _ in ticks:
                painter.drawLine(QPointF(rect.right(), y), QPointF(end, y))
        if not self.style["showValues"]:
            return
        painter.setPen(QColor(self._theme.muted))
        height = metrics.height()
        for y, text in ticks:
            area = QRectF(rect.left(), y - height / 2, rect.width() - _GAP_UPRIGHT, height)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextDontClip, text)

    def _upright_ticks(self, rect: QRectF, line: float) -> Iterator[Tick]:
        """Yield where the ticks are, in pixels, whose numbers have room above each other, and the numbers."""
        low, high = self.range
        last = math.inf
        for position, text in self._measure.ticks(low, high, self._room_upright(rect.height())):
            y = rect.bottom() - (position - low) / (high - low) * rect.height()
            # On a low logarithmic axis the zero at its foot stands close to the first decade.
            if self._keeps_inside(rect, y - line / 2, y + line / 2) and last - y >= _LEAST_LINE * line:
                yield y, text
                last = y

    def _paint_level(self, painter: QPainter, rect: QRectF, metrics: QFontMetricsF) -> None:
        painter.setPen(QPen(QColor(self._theme.axis), 1))
        painter.drawLine(rect.topLeft(), rect.topRight())
        if not self.style["showValues"]:
            return
        painter.setPen(QColor(self._theme.muted))
        low, high = self.range
        end = -math.inf
        for position, text in self._level_ticks(rect.width(), metrics):
            width = metrics.horizontalAdvance(text)
            left = rect.left() + (position - low) / (high - low) * rect.width() - width / 2
            # Of a narrow axis, two numbers may be longer than what is between their ticks.
            if self._keeps_inside(rect, left, left + width) and left >= end + _GAP:
                painter.drawText(QPointF(left, rect.top() + _GAP + metrics.ascent()), text)
                end = left + width

    def _level_ticks(self, size: float, metrics: QFontMetricsF) -> list[Tick]:
        """Return as many ticks as have room side by side."""
        low, high = self.range
        first = self._measure.ticks(low, high, 5)
        widest = max((metrics.horizontalAdvance(text) for _, text in first), default=20.0)
        return self._measure.ticks(low, high, min(max(2, int(size / (widest + 14))), 2 * _MOST_TICKS))

    @staticmethod
    def _room_upright(size: float) -> int:
        return min(max(2, int(size / _PX_PER_TICK_UPRIGHT)), _MOST_TICKS)

    def _keeps_inside(self, rect: QRectF, start: float, end: float) -> bool:
        """Whether a number sticks out of the axis by no more than it may."""
        out = self.style["hideOverlappingLabels"]
        first, last = (rect.top(), rect.bottom()) if self._upright else (rect.left(), rect.right())
        return bool(first - out <= start and end <= last + out)
