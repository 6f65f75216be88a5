"""The line above a chart: what it shows, a legend, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.still import Still
from gui.style import Dash, Theme, label_font, tick_font

HEIGHT = 28

_SWATCH = 20
_SMALL_SWATCH = 10
_GAP = 6
_BETWEEN = 14

_SHORT_BELOW = 330
"""In a narrower caption the legend says things in short: the same in plots of the same size."""

_LEAST_TITLE = 0.25
"""The share of the width that the title keeps where the legend wants it all."""


@dataclass(frozen=True)
class Entry:
    """A line of the legend."""

    text: str
    color: str
    dash: Dash = ()
    small: bool = False
    """A short swatch, where the entries are many."""
    short: str = ""
    """What it says in a narrow caption, if that is something else."""

    @property
    def swatch(self) -> int:
        """The length of the swatch in pixels."""
        return _SMALL_SWATCH if self.small else _SWATCH


class Caption(Still, pg.GraphicsWidget):
    """Title on the left, a note in the colour of errors after it, the legend on the right.

    Where there is not room for all, the note stays: first the title goes, then the legend.

    Attributes:
        indented: whether it begins where the view box begins, and not where the axis does.
    """

    indented: ClassVar[bool] = False

    def __init__(self, theme: Theme, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = ""
        self.note = ""
        self.entries: tuple[Entry, ...] = ()
        self.stand_still()

    def arrange(self, _width: float, _height: float) -> float:
        """Get ready for a chart of this size, and return the height needed above it."""
        return HEIGHT

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def write(self, title: str, entries: Sequence[Entry] = (), note: str = "") -> None:
        """Show a title, a legend and a note."""
        if (title, tuple(entries), note) != (self.title, self.entries, self.note):
            self.title, self.entries, self.note = title, tuple(entries), note
            self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the line."""
        rect = self.rect()
        metrics = QFontMetricsF(tick_font())
        title, shown = self._that_fit(rect.width(), metrics)
        x = rect.right() - _width(shown, metrics) + _BETWEEN
        self._paint_texts(painter, title, rect.adjusted(0, 0, -_width(shown, metrics), 0))
        painter.setFont(tick_font())
        for entry in shown:
            pen = QPen(QColor(entry.color), 2.5 if entry.small else 2, c=Qt.PenCapStyle.FlatCap)
            if entry.dash:
                pen.setDashPattern(list(entry.dash))
            painter.setPen(pen)
            y = rect.center().y()
            painter.drawLine(QPointF(x, y), QPointF(x + entry.swatch, y))
            x += entry.swatch + _GAP
            painter.setPen(QColor(self._theme.muted))
            advance = metrics.horizontalAdvance(entry.text)
            painter.drawText(
                QRectF(x, rect.top(), advance + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, entry.text
            )
            x += advance + _BETWEEN

    def _that_fit(self, width: float, metrics: QFontMetricsF) -> tuple[str, Sequence[Entry]]:
        """Return title and legend as far as there is room for them."""
        words = QFontMetricsF(label_font())
        title = words.horizontalAdvance(self.title) + _BETWEEN if self.title else 0.0
        if not self.note:
            entries: Sequence[Entry] = self.entries
            if width < _SHORT_BELOW:
                entries = [replace(entry, text=entry.short or entry.text) for entry in entries]
            return self.title, _some_of(entries, width - min(title, _LEAST_TITLE * width), metrics)
        room = width - words.horizontalAdvance(self.note) - _BETWEEN
        shown = self.entries if _width(self.entries, metrics) <= room else ()
        return self.title if title + _width(shown, metrics) <= room else "", shown

    def _paint_texts(self, painter: QPainter, title: str, rect: QRectF) -> None:
        """Paint title and note, cut where they have to be."""
        end = rect.left()
        for text, color in ((title, self._theme.muted), (self.note, self._theme.error)):
            if not text:
                continue
            metrics = QFontMetricsF(label_font())
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.right() - end)
            painter.setFont(label_font())
            painter.setPen(QColor(color))
            area = QRectF(end, rect.top(), rect.right() - end, rect.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
            end += metrics.horizontalAdvance(text) + _BETWEEN


def _width(entries: Sequence[Entry], metrics: QFontMetricsF) -> float:
    return sum(entry.swatch + _GAP + metrics.horizontalAdvance(entry.text) + _BETWEEN for entry in entries)


def _some_of(entries: Sequence[Entry], room: float, metrics: QFontMetricsF) -> Sequence[Entry]:
    """Return all entries if they fit, else every k-th and the last, else none."""
    for stride in range(1, len(entries) + 1):
        some = [entry for i, entry in enumerate(entries[:-1]) if i % stride == 0] + list(entries[-1:])
        if _width(some, metrics) <= room:
            return some
    return ()
