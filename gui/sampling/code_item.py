"""Lines of code and what they print, written beside a chart."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.still import Still
from gui.style import TICK_POINTS, Theme, code_font

_LEAST_POINTS, _STEP = 5.0, 0.5
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
            if area.bottom() > self.rect().bottom() + 1:
                break
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _fitting_font(self) -> QFont:
        font, points = code_font(), float(TICK_POINTS)
        font.setPointSizeF(points)
        # Letters come in whole pixels: what fits has to be tried.
        while points > _LEAST_POINTS and not self._fits(QFontMetricsF(font)):
            points -= _STEP
            font.setPointSizeF(points)
        return font

    def _fits(self, metrics: QFontMetricsF) -> bool:
        wide = max((metrics.horizontalAdvance(text) for text, _ in self.lines), default=0.0)
        high = metrics.height() * _LINE * len(self.lines)
        return wide <= self.rect().width() and high <= self.rect().height()
