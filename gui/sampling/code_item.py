"""Lines of code and what they print, written beside a chart."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.still import Still
from gui.style import TICK_POINTS, Theme, code_font

_LEAST_POINTS = 5.0
_LINE = 1.3


class CodeItem(Still, pg.GraphicsWidget):
    """Text in a font of even width, as large as fits.

    Attributes:
        lines: what it says, each with whether it steps back.
    """

    def __init__(self, theme: Theme, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: Sequence[tuple[str, bool]] = ()
        self.stand_still()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def write(self, lines: Sequence[tuple[str, bool]]) -> None:
        """Show other lines."""
        self.lines = tuple(lines)
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the lines."""
        font = self._fitting_font()
        height = QFontMetricsF(font).height() * _LINE
        painter.setFont(font)
        for i, (text, quiet) in enumerate(self.lines):
            painter.setPen(QColor(self._theme.muted if quiet else self._theme.text))
            area = QRectF(0, i * height, self.rect().width(), height)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _fitting_font(self) -> QFont:
        font = code_font()
        font.setPointSizeF(TICK_POINTS)
        metrics, room = QFontMetricsF(font), self.rect()
        wide = max((metrics.horizontalAdvance(text) for text, _ in self.lines), default=1.0)
        high = metrics.height() * _LINE * max(len(self.lines), 1)
        shrink = min(1.0, room.width() / (wide + 2), room.height() / high)
        font.setPointSizeF(max(TICK_POINTS * shrink, _LEAST_POINTS))
        return font
