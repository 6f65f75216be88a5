"""What is written beside the bars of a histogram that stand out: how much each of them holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.numerals import percent
from gui.plots.overlay import Overlay
from gui.style import Theme, tick_font

_GAP = 4.0
"""Pixels between a text and the bars on either side, or another text."""

_BREAK = 3.0
"""Pixels that the break across a bar rises, and reaches beyond the bar."""

Span = tuple[float, float]
"""From and to, in pixels."""


class TallBar(NamedTuple):
    """A bar that stands out: the position of its middle, its width, what it holds, and whether it is cut."""

    position: float
    width: float
    share: float
    cut: bool


class Skyline(NamedTuple):
    """The bars of a histogram: where each begins, in positions, how wide all are, how high each is, (n,)."""

    starts: np.ndarray
    width: float
    heights: np.ndarray


class BarMarks(Overlay):
    """Beside a bar that holds most of the values or is cut, its share; across one that is cut, a break.

    Attributes:
        tall: the bars that are marked, the one that holds most first.
    """

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(theme, box)
        self.tall: Sequence[TallBar] = ()
        self._skyline = Skyline(np.zeros(0), 1.0, np.zeros(0))

    def show_tall(self, tall: Sequence[TallBar], skyline: Skyline) -> None:
        """Mark some bars of a histogram."""
        self.tall, self._skyline = tall, skyline

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the breaks, and the shares that have room."""
        if not self.tall:
            return
        metrics = QFontMetricsF(tick_font())
        y = min(metrics.height() + _GAP, self.rect().height() / 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.base), 2.5))
        for bar, (left, right) in self._seen():
            if bar.cut:
                painter.drawLine(QPointF(left - _BREAK, y + _BREAK), QPointF(right + _BREAK, y - _BREAK))
        painter.setFont(tick_font())
        painter.setPen(QColor(self._theme.text))
        for area, text in self.texts(metrics):
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft, text)

    def texts(self, metrics: QFontMetricsF) -> Iterator[tuple[QRectF, str]]:
        """Yield where the shares are written, in pixels; those that have no room beside their bars are not.

        Each stands in the uppermost line in which it meets neither bars nor another text, and is not farther
        from its bar than it is long.
        """
        height, size = metrics.height(), self.rect().size()
        # What is taken in each line, by the bars that reach into it, and by other texts.
        taken: list[list[Span]] = []
        for bar, span in self._seen():
            text = percent(bar.share)
            advance = metrics.horizontalAdvance(text)
            for line in range(min(len(self.tall), int(size.height() / height))):
                if line == len(taken):
                    taken.append(self._reaching((line + 1) * height))
                start = _nearest(_gaps(taken[line], size.width()), span, advance)
                if start is not None:
                    taken[line].append((start, start + advance))
                    yield QRectF(start, line * height, advance + 2, height), text
                    break

    def _seen(self) -> Iterator[tuple[TallBar, Span]]:
        """Yield the marked bars whose middle is in view, and where they stand."""
        to_pixels, width = self._box.childTransform(), self.rect().width()
        for bar in self.tall:
            middle = bar.position * to_pixels.m11() + to_pixels.dx()
            half = bar.width * to_pixels.m11() / 2
            if 0 <= middle <= width:
                yield bar, (middle - half, middle + half)

    def _reaching(self, y: float) -> list[Span]:
        """Return where bars stand that reach beyond `y` pixels from the upper edge."""
        to_pixels, (starts, width, heights) = self._box.childTransform(), self._skyline
        reaching = starts[heights * to_pixels.m22() + to_pixels.dy() < y]
        lefts = reaching * to_pixels.m11() + to_pixels.dx()
        return [(left, left + width * to_pixels.m11()) for left in lefts.tolist()]


def _gaps(taken: Sequence[Span], width: float) -> list[Span]:
    """Return what is free from 0 to a width, with some space kept from what is taken."""
    spans = sorted((left - _GAP, right + _GAP) for left, right in taken)
    edges, end = [], 0.0
    for left, right in spans:
        edges.append((end, left))
        end = max(end, right)
    return [(left, right) for left, right in [*edges, (end, width)] if left < right]


def _nearest(gaps: Sequence[Span], bar: Span, advance: float) -> float | None:
    """Return where a text begins in that gap which is nearest to its bar; on the right rather than left.

    None is returned where it would be farther from the bar than it is long.
    """
    starts = [
        min(max(bar[1] + _GAP, left), right - advance) for left, right in gaps if right - left >= advance
    ]
    # To whole pixels, else round-off would decide between left and right.
    distances = [(round(max(start - bar[1], bar[0] - start - advance)), -start) for start in starts]
    distance, negative = min(distances, default=(math.inf, 0.0))
    return -negative if distance <= advance else None
