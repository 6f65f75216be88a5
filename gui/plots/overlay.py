"""What lies over a view box and is drawn in pixels, such as the dots that mark values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.still import only_holds
from gui.style import Theme

_RADIUS = 3.5
_TICK = 6.0


class Overlay(pg.GraphicsWidget):
    """Lies over a view box; the chart places it, and paints it with the rest."""

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(box.parentItem())
        self._theme = theme
        self._box = box
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(100)
        only_holds(self)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme

    def pixels(self, places: Iterable[tuple[float, float]]) -> Iterator[QPointF | None]:
        """Return where positions of the axes are, None for those out of view."""
        to_pixels, area = self._box.childTransform(), self.rect()
        for place in places:
            point = to_pixels.map(QPointF(*place))
            yield point if area.contains(point) else None


class Dot(NamedTuple):
    """A mark at a position: disc is a value, ring one of validation, triangle zero, cross not finite.

    A tick is where a pale reference parts from what was made of it.
    """

    x: float
    y: float
    shape: Literal["disc", "ring", "triangle", "cross", "tick"]
    color: str


class Dots(Overlay):
    """Dots over the lines of a chart.

    pyqtgraph's scatter plot costs ten times as much for a handful of points, and prints them as bitmaps.
    """

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(theme, box)
        self.dots: Sequence[Dot] = ()

    def draw(self, dots: Sequence[Dot]) -> None:
        """Show these dots instead of the ones before."""
        self.dots = dots

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the dots that are in view."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for dot, at in zip(self.dots, self.pixels((dot.x, dot.y) for dot in self.dots), strict=True):
            if at is None:
                continue
            painter.setPen(_ink(dot.color, 2.2 if dot.shape == "cross" else 1.5))
            painter.setBrush(_fill(dot.color if dot.shape == "disc" else self._theme.base))
            if dot.shape == "cross":
                for side in (-1, 1):
                    painter.drawLine(
                        at + QPointF(-_RADIUS, -_RADIUS * side), at + QPointF(_RADIUS, _RADIUS * side)
                    )
            elif dot.shape == "tick":
                painter.drawLine(at - QPointF(0, _TICK), at + QPointF(0, _TICK))
            elif dot.shape == "triangle":
                corners = ((-4.5, -3.5), (4.5, -3.5), (0.0, 4.5))
                painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in corners]))
            else:
                painter.drawEllipse(at, _RADIUS - 0.75, _RADIUS - 0.75)


# Of a few colours there are many dots in each frame.


@lru_cache
def _ink(color: str, width: float) -> QPen:
    return QPen(QColor(color), width)


@lru_cache
def _fill(color: str) -> QBrush:
    return QBrush(QColor(color))
