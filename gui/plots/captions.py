"""The lines above a chart: what it shows, a legend, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import HoverEvent, MouseClickEvent
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.fitted_text import fitting
from gui.plots import legend
from gui.plots.legend import BETWEEN, Entry, Place
from gui.plots.still import Still
from gui.style import Theme, label_font, tick_font

HEIGHT = 28

_SHORT_BELOW = 330
"""In a narrower caption the legend says things in short: the same in plots of the same size."""

_LEAST_TITLE = 0.25
"""The share of the width that the title keeps where the legend wants it all."""

_LIFT = 3
"""Pixels that the lines of runs stand nearer to the first line."""


class Caption(Still, pg.GraphicsWidget):
    """Title on the left, a note in the colour of errors after it, the legend on the right.

    Runs that have no room beside the title stand in lines of their own below it, as many as the chart has
    room for; on paper any legend that fits in such a line does. Where there is not room for all of the first
    line, the note stays: first the title goes, then the legend.

    Attributes:
        indented: whether it begins where the view box begins, and not where the axis does.
        on_paper: whether it takes as many lines as it needs, without runs that are hidden.

    Signals:
        picked(int): a person clicked on the entry of a run.
        outgrown(): it needs another height.
    """

    picked = Signal(int)
    outgrown = Signal()

    indented: ClassVar[bool] = False

    def __init__(self, theme: Theme, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines = 0
        self.on_paper = False
        self.title = ""
        self.shorter: Sequence[str] = ()
        self.note = ""
        self.entries: tuple[Entry, ...] = ()
        self.stand_still()

    def arrange(self, width: float, height: float) -> float:
        """Get ready for a chart of this size, and return the height needed above it."""
        self._lines = legend.most_lines(height) if self.on_paper else legend.n_lines(height)
        return self._needed(width)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def write(
        self, title: str, entries: Sequence[Entry] = (), note: str = "", shorter: Sequence[str] = ()
    ) -> None:
        """Show a title, one of `shorter` ones where it has no room, a legend and a note."""
        if (title, tuple(entries), note) != (self.title, self.entries, self.note):
            self.title, self.entries, self.note = title, tuple(entries), note
            self.shorter = shorter
            if self.size().height() and self._needed(self.size().width()) != self.size().height():
                self.outgrown.emit()
            self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the lines."""
        title, places, _ = self._laid_out(self.rect().width())
        first = [place.area.left() for place in places if place.area.top() == self._first_line]
        end = min(first, default=self.rect().right() + BETWEEN) - BETWEEN
        self._paint_texts(painter, title, QRectF(0, 0, end, self._first_height))
        legend.paint(painter, places, self._theme)

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Say which run was clicked on."""
        run = self._run_at(event.pos())
        if run is not None and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.picked.emit(run)

    def hoverEvent(self, event: HoverEvent) -> None:
        """Show by the cursor what can be clicked on."""
        if not event.isExit() and self._run_at(event.pos()) is not None:
            event.acceptClicks(Qt.MouseButton.LeftButton)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def places(self) -> list[Place]:
        """Return what is shown of the legend, and where, in pixels of the caption."""
        return self._laid_out(self.rect().width())[1]

    @property
    def _first_height(self) -> float:
        """The height of the first line: a caption may be lower than usual."""
        return min(HEIGHT, self.rect().height() or HEIGHT)

    @property
    def _first_line(self) -> float:
        return (self._first_height - legend.LINE_HEIGHT) / 2

    def _run_at(self, pos: QPointF) -> int | None:
        at = (place.entry.run for place in self.places() if place.area.contains(pos))
        return next(at, None)

    def _needed(self, width: float) -> float:
        *_, lines = self._laid_out(width)
        return HEIGHT + lines * legend.LINE_HEIGHT

    def _laid_out(self, width: float) -> tuple[str, list[Place], int]:
        """Return the title, the places of the legend, and how many lines it has below the first."""
        metrics = QFontMetricsF(tick_font())
        # On paper nobody can bring a hidden run back.
        entries = [entry for entry in self.entries if not (entry.off and self.on_paper)]
        runs = [entry for entry in entries if entry.run is not None]
        in_one_line = self._one_line_is_enough(entries, width, metrics)
        if not runs and not in_one_line and self._has_line_below_for(entries, width, metrics):
            line = QRectF(0, HEIGHT - _LIFT, width, legend.LINE_HEIGHT)
            return self.title, legend.in_a_row(entries, line, metrics), 1
        if not runs or in_one_line:
            title, shown = self._that_fit(entries, width, metrics)
            return title, self._at_right(shown, width, metrics), 0
        # In a low chart the runs come first.
        others = [entry for entry in entries if entry.run is None] if self._lines else []
        title, shown = self._that_fit(others, width, metrics)
        used = self._title_width() if self._lines else min(self._title_width(), _LEAST_TITLE * width)
        if self.note and used < self._title_width():
            title, used = "", 0.0
        used += self._note_width()
        room = max(width - used - legend.width_of(shown, metrics), 0.0)
        first = QRectF(used, self._first_line, room, legend.LINE_HEIGHT)
        below = [
            QRectF(0, HEIGHT - _LIFT + line * legend.LINE_HEIGHT, width, legend.LINE_HEIGHT)
            for line in range(self._lines)
        ]
        places, lines = legend.in_lines(runs, [first, *below], metrics)
        return title, [*places, *self._at_right(shown, width, metrics)], max(lines - 1, 0)

    def _one_line_is_enough(self, entries: Sequence[Entry], width: float, metrics: QFontMetricsF) -> bool:
        return self._title_width() + self._note_width() + legend.width_of(entries, metrics) <= width

    def _has_line_below_for(self, entries: Sequence[Entry], width: float, metrics: QFontMetricsF) -> bool:
        """Whether on paper, where nobody can make room, a line of its own holds the whole legend."""
        has_line = self.on_paper and self._lines > 0
        return bool(entries) and has_line and legend.width_of(entries, metrics) - BETWEEN <= width

    def _title_width(self) -> float:
        return QFontMetricsF(label_font()).horizontalAdvance(self.title) + BETWEEN if self.title else 0.0

    def _note_width(self) -> float:
        return QFontMetricsF(label_font()).horizontalAdvance(self.note) + BETWEEN if self.note else 0.0

    def _that_fit(
        self, entries: Sequence[Entry], width: float, metrics: QFontMetricsF
    ) -> tuple[str, Sequence[Entry]]:
        """Return title and legend as far as there is room for them in the first line."""
        title = self._title_width()
        if not self.note:
            if width < _SHORT_BELOW:
                entries = [replace(entry, text=entry.short or entry.text) for entry in entries]
            return self.title, legend.some_of(entries, width - min(title, _LEAST_TITLE * width), metrics)
        room = width - self._note_width()
        shown = entries if legend.width_of(entries, metrics) <= room else ()
        return self.title if title + legend.width_of(shown, metrics) <= room else "", shown

    def _paint_texts(self, painter: QPainter, title: str, rect: QRectF) -> None:
        """Paint title and note, cut where they have to be."""
        end = rect.left()
        titles, notes = (title, *self.shorter), (self.note,)
        for texts, color in ((titles, self._theme.muted), (notes, self._theme.error)):
            if not texts[0]:
                continue
            metrics = QFontMetricsF(label_font())
            text = fitting(texts, metrics, rect.right() - end)
            painter.setFont(label_font())
            painter.setPen(QColor(color))
            area = QRectF(end, rect.top(), rect.right() - end, rect.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
            end += metrics.horizontalAdvance(text) + BETWEEN

    def _at_right(self, entries: Sequence[Entry], width: float, metrics: QFontMetricsF) -> list[Place]:
        start = width - legend.width_of(entries, metrics) + BETWEEN
        area = QRectF(start, self._first_line, width - start, legend.LINE_HEIGHT)
        return legend.in_a_row(entries, area, metrics)
