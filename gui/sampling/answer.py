"""The answer to a question, written above the charts: sentences with the numbers that are seen below."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.still import Still
from gui.style import Theme, label_font

_POINTS, _NARROW_POINTS = 11, 9
_NARROW = 480
"""In fewer pixels of width, the text is smaller."""

_BELOW = 8
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


class Answer(Still, pg.GraphicsWidget):
    """A paragraph."""

    def __init__(self, theme: Theme, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.text = ""
        self.stand_still()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def write(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.text = text
            self.update()

    def height_for(self, width: float) -> float:
        """Return how high the text is in a width, with some room below."""
        room = QRectF(0, 0, max(width, 1.0), 1e6)
        return math.ceil(QFontMetricsF(_font(width)).boundingRect(room, _FLAGS, self.text).height()) + _BELOW

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the text."""
        painter.setFont(_font(self.rect().width()))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(self.rect(), int(_FLAGS), self.text)


def _font(width: float) -> QFont:
    font = label_font()
    font.setPointSize(_POINTS if width >= _NARROW else _NARROW_POINTS)
    return font
