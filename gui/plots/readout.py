"""What the mouse points at: a hairline, and a label with values read from the data, not from the pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.still import only_holds
from gui.style import Theme, tick_font

_PADDING = 8
_OFFSET = 14
_DOT = 5
_FEWEST_ROWS = 4


@dataclass(frozen=True)
class Row:
    """A value beside its name; its dot has the colour of the line, and is hollow where the chart's is."""

    name: str
    value: str
    color: str | None = None
    hollow: bool = False


@dataclass(frozen=True)
class Reading:
    """What stands at a place of a chart.

    Args:
        title: the first line.
        rows: the values.
        x: where the hairline stands, as a position on the chart's axis; None for none.
    """

    title: str
    rows: list[Row] = field(default_factory=list)
    x: float | None = None

    def lines(self) -> list[str]:
        """Return the label as text."""
        return [self.title, *(f"{row.name} {row.value}".strip() for row in self.rows)]


def nearest(rows: list[Row], heights: np.ndarray, y: float, height: float) -> list[Row]:
    """Return rows from the highest to the lowest value, as many of those nearest to a height as fit.

    Args:
        rows: what could be shown.
        heights: where their values stand on the axis; nan for a value that has no place.
        y: where the mouse is.
        height: of the chart in pixels.
    """
    room = max(_FEWEST_ROWS, int((height - 2 * _PADDING) / QFontMetricsF(tick_font()).height()) - 1)
    order = np.argsort(-heights, kind="stable")  # nan comes last
    if len(rows) > room:
        far = np.nan_to_num(np.abs(heights - y), nan=np.inf)
        kept = set(np.argsort(far, kind="stable")[: room - 1])
        shown = [rows[i] for i in order if i in kept]
        return [*shown, Row(f"{len(rows) - len(shown)} more", "")]
    return [rows[i] for i in order]


class Readout(pg.GraphicsWidget):
    """Lies over a chart, which paints it, and is hidden until there is something to read."""

    def __init__(self, theme: Theme, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mouse = QPointF()
        self._line: QLineF | None = None
        self.reading: Reading | None = None
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(1000)
        only_holds(self)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme

    def show_reading(self, reading: Reading | None, mouse: QPointF, line: QLineF | None) -> None:
        """Show a reading beside the mouse, and a hairline, both in pixels; None hides them."""
        self.reading, self._mouse, self._line = reading, mouse, line
        self.setVisible(reading is not None)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint hairline and label."""
        if self.reading is None:
            return
        if self._line is not None:
            painter.setPen(QPen(QColor(self._theme.muted), 1))
            painter.drawLine(self._line)
        self._paint_label(painter, self.reading)

    def _paint_label(self, painter: QPainter, reading: Reading) -> None:
        metrics = QFontMetricsF(tick_font())
        height = metrics.height()
        names = max((metrics.horizontalAdvance(row.name) for row in reading.rows), default=0)
        values = max((metrics.horizontalAdvance(row.value) for row in reading.rows), default=0)
        dots = 3 * _DOT if any(row.color for row in reading.rows) else 0
        width = max(metrics.horizontalAdvance(reading.title), dots + names + (12 if names else 0) + values)
        box = self._place(width + 2 * _PADDING, (1 + len(reading.rows)) * height + 2 * _PADDING - 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.setBrush(QColor(self._theme.tooltip))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(tick_font())
        line = QRectF(box.left() + _PADDING, box.top() + _PADDING - 2, box.width() - 2 * _PADDING, height)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, reading.title)
        for row in reading.rows:
            line.translate(0, height)
            if row.color:
                painter.setPen(QPen(QColor(row.color), 1.5))
                painter.setBrush(QColor(self._theme.tooltip if row.hollow else row.color))
                painter.drawEllipse(QPointF(line.left() + _DOT, line.center().y()), _DOT - 1.75, _DOT - 1.75)
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(line.adjusted(dots, 0, 0, 0), Qt.AlignmentFlag.AlignLeft, row.name)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, row.value)

    def _place(self, width: float, height: float) -> QRectF:
        """Return a place for the label beside the mouse, inside of the chart where that is possible."""
        x = self._mouse.x() + _OFFSET
        if x + width > self.rect().right():
            x = self._mouse.x() - _OFFSET - width
        x = max(x, 0.0)
        y = min(max(self._mouse.y() - height - _OFFSET, 0.0), self.rect().height() - height)
        return QRectF(round(x) + 0.5, round(max(y, 0.0)) + 0.5, width, height)
