"""The statistics of many numbers beside those expected, written under their histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from engine.sampling.comparison import Statistics
from gui.plots.still import Still
from gui.sampling.numerals import value, wide_percent
from gui.style import Theme, tick_font

_NAMES = (
    "mean",
    "variance",
    "skewness",
    "kurtosis (normal: 3)",
    "smallest",
    "largest",
    "beyond 1 sigma",
    "beyond 2 sigma",
    "beyond 3 sigma",
)
_LINE = 1.25
_COLUMN_SHARE = 0.3
"""Of the width, for the column of what was drawn and that of what is expected."""

_MAX_COLUMN = 120.0


class Row(NamedTuple):
    """A line of the table."""

    name: str
    drawn: str
    expected: str


class StatisticsItem(Still, pg.GraphicsWidget):
    """A table: name, drawn, expected.

    Attributes:
        rows: what it says.
    """

    def __init__(self, theme: Theme, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: Sequence[Row] = ()
        self.stand_still()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def write(self, drawn: Statistics, expected: Statistics) -> None:
        """Show other statistics."""
        self.rows = [
            Row(name, *(_text(i, side) for side in sides))
            for i, (name, *sides) in enumerate(
                zip(
                    _NAMES,
                    (number for _, number in drawn.rows()),
                    (number for _, number in expected.rows()),
                    strict=True,
                )
            )
        ]
        self.update()

    @staticmethod
    def height_needed() -> float:
        """Return how high the table is."""
        return round(QFontMetricsF(tick_font()).height() * _LINE * (len(_NAMES) + 1)) + 4

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the table."""
        line = QFontMetricsF(tick_font()).height() * _LINE
        width = self.rect().width()
        column = min(_COLUMN_SHARE * width, _MAX_COLUMN)
        painter.setFont(tick_font())
        for i, row in enumerate([Row("", "drawn", "expected"), *self.rows]):
            y = i * line
            for text, right, color in (
                (row.drawn, width - column, self._theme.text if i else self._theme.muted),
                (row.expected, width, self._theme.muted),
            ):
                painter.setPen(QColor(color))
                painter.drawText(QRectF(right - column, y, column, line), int(_RIGHT), text)
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QRectF(0, y, width - 2 * column, line), int(_LEFT), row.name)
            painter.setPen(QPen(QColor(self._theme.grid), 1))
            painter.drawLine(QPointF(0, y + line), QPointF(width, y + line))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _text(row: int, number: float | None) -> str:
    if number is not None and _NAMES[row].startswith("beyond"):
        return wide_percent(number)
    return value(number)
