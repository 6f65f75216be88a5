"""A legend: what its entries say, and where they stand in the lines that there is room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gui.fitted_text import elided_apart
from gui.style import Dash, Theme, tick_font

LINE_HEIGHT = 17

_SWATCH = 20
_RUN_SWATCH = 24
"""Long enough to show any dash."""
_SMALL_SWATCH = 10
_GAP = 6
BETWEEN = 14

_LONGEST_TEXT = 170.0
"""Longer names of runs are cut."""

_LINES_SHARE = 0.2
_CHART_AT_LEAST = 60
"""Lines of the legend take at most that share of the height of a chart, above so many pixels of it."""

_SMALLEST_CHART = 110

_OFF_STRENGTH = 0.35


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
    run: int | None = None
    """The run that it stands for: a click on it hides the run, or shows it again."""
    off: bool = False
    """Whether that run is hidden: the entry stays, so that it can be brought back."""
    line_width: float = 2.0

    @property
    def swatch(self) -> int:
        """The length of the swatch in pixels."""
        if self.run is not None:
            return _RUN_SWATCH
        return _SMALL_SWATCH if self.small else _SWATCH


@dataclass(frozen=True)
class Place:
    """An entry, and its area in pixels, from the swatch to the end of the text."""

    entry: Entry
    area: QRectF


def n_lines(height: float) -> int:
    """Return how many lines of runs may stand above a chart of a height in pixels, with what is around it."""
    return max(0, int((height - _CHART_AT_LEAST) * _LINES_SHARE / LINE_HEIGHT))


def most_lines(height: float) -> int:
    """Return how many lines may stand there at the most, so that the chart below is still seen."""
    return max(0, int((height - _SMALLEST_CHART) / LINE_HEIGHT))


def width_of(entries: Iterable[Entry], metrics: QFontMetricsF) -> float:
    """Return the width of entries side by side, with the space after the last one."""
    return sum(entry.swatch + _GAP + metrics.horizontalAdvance(entry.text) + BETWEEN for entry in entries)


def some_of(entries: Sequence[Entry], room: float, metrics: QFontMetricsF) -> Sequence[Entry]:
    """Return all entries if they fit, else every k-th and the last, else none."""
    for stride in range(1, len(entries) + 1):
        some = [entry for i, entry in enumerate(entries[:-1]) if i % stride == 0] + list(entries[-1:])
        if width_of(some, metrics) <= room:
            return some
    return ()


def in_a_row(entries: Sequence[Entry], area: QRectF, metrics: QFontMetricsF) -> list[Place]:
    """Return places side by side, from the left edge of an area on, as high as the area."""
    places = []
    x = area.left()
    for entry in entries:
        width = width_of([entry], metrics)
        places.append(Place(entry, QRectF(x, area.top(), width - BETWEEN, area.height())))
        x += width
    return places


def in_lines(
    entries: Sequence[Entry], lines: Sequence[QRectF], metrics: QFontMetricsF
) -> tuple[list[Place], int]:
    """Return places one after the other in lines, and how many of these they take.

    Where not all fit, the last entry says how many more there are.
    """
    texts = elided_apart([entry.text for entry in entries], metrics, _LONGEST_TEXT)
    entries = [replace(entry, text=text) for entry, text in zip(entries, texts, strict=True)]
    for n_shown in range(len(entries), 0, -1):
        shown = entries[:n_shown]
        if n_shown < len(entries):
            shown = [*shown, Entry(f"+{len(entries) - n_shown} more", "")]
        flowed = _flowed(shown, lines, metrics)
        if flowed is not None:
            return flowed
    return [], 0


def paint(painter: QPainter, places: Iterable[Place], theme: Theme) -> None:
    """Paint entries in their places."""
    usual, struck = tick_font(), QFont(tick_font())
    struck.setStrikeOut(True)
    for place in places:
        entry, area = place.entry, place.area
        x = area.left()
        if entry.color:
            color = theme.pale(entry.color, _OFF_STRENGTH) if entry.off else entry.color
            pen = QPen(QColor(color), 2.5 if entry.small else entry.line_width, c=Qt.PenCapStyle.FlatCap)
            if entry.dash:
                pen.setDashPattern(list(entry.dash))
            painter.setPen(pen)
            y = area.center().y()
            painter.drawLine(QPointF(x, y), QPointF(x + entry.swatch, y))
            x += entry.swatch + _GAP
        painter.setFont(struck if entry.off else usual)
        painter.setPen(QColor(theme.disabled if entry.off else theme.muted))
        text = QRectF(x, area.top(), area.right() - x + 2, area.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, entry.text)


def _flowed(
    entries: Sequence[Entry], lines: Sequence[QRectF], metrics: QFontMetricsF
) -> tuple[list[Place], int] | None:
    """Return places for all entries, and the number of lines; None if the lines are too short for them."""
    places: list[Place] = []
    line, x = 0, lines[0].left()
    for entry in entries:
        width = width_of([entry], metrics) - BETWEEN - (0 if entry.color else entry.swatch + _GAP)
        while x + width > lines[line].right():
            line += 1
            if line == len(lines):
                return None
            x = lines[line].left()
        places.append(Place(entry, QRectF(x, lines[line].top(), width, lines[line].height())))
        x += width + BETWEEN
    return places, line + 1
