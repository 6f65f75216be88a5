"""The line of a curve: as wide on a fine screen as on a coarse one, and cheap to paint again and again."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.in_box import InBox
from gui.style import Dash

_FEW_POINTS = 30


class Line(InBox, pg.PlotCurveItem):
    """A line whose gaps are nan.

    On the screen, a smoothed line of many points that is wider than a pixel costs up to a hundred times as
    much as one that is not. Such a line is painted as a few thin ones, side by side.
    """

    def __init__(self, box: pg.ViewBox, z: float = 0.0) -> None:
        super().__init__(box, z, x=np.zeros(0), y=np.zeros(0), connect="finite", antialias=True)
        self._color, self._width = QColor(), 1.0
        self._dash: Dash = ()
        self._pens: dict[tuple[float, float], QPen] = {}
        # Kept, for a line often stays while the marks over it move.
        self._shape: QPolygonF | QPainterPath | None = None

    def set_pen(self, color: str, width: float, dash: Dash = ()) -> None:
        """Set colour, width in logical pixels, and dash in widths."""
        self._color, self._width, self._dash = QColor(color), width, dash
        self._pens.clear()
        self.setPen(self._pen(width, width))

    def draw(self, x: np.ndarray, y: np.ndarray) -> None:
        """Show another line of places (n,) and values (n,); the picture repaints it with the rest."""
        self.xData, self.yData = x, y
        self.path = self._shape = None

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint with pens made for this device: cosmetic ones count its pixels, and not logical ones."""
        if not len(self.xData):
            return
        ratio = painter.device().devicePixelRatioF()
        width = self._width * ratio
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._exportOpts or len(self.xData) <= _FEW_POINTS:
            painter.setPen(self._pen(width, width))
            painter.drawPath(self.getPath())
            return
        painter.setPen(self._pen(1.0, width))
        transform = painter.worldTransform()
        if self._shape is None:
            self._shape = self._new_shape()
        for shift in side_by_side(width, ratio):
            painter.setWorldTransform(transform * shift)
            if isinstance(self._shape, QPolygonF):
                painter.drawPolyline(self._shape)
            else:
                painter.drawPath(self._shape)

    def _new_shape(self) -> QPolygonF | QPainterPath:
        shape: QPolygonF | QPainterPath
        if np.isfinite(self.yData).all():
            shape = pg.functions.arrayToQPolygonF(self.xData, self.yData)
        else:
            shape = self.getPath()
        return shape

    def _pen(self, width: float, line_width: float) -> QPen:
        """Return a pen so many pixels wide, with the dashes of a line of another width."""
        pen = self._pens.get((width, line_width))
        if pen is None:
            pen = self._pens[width, line_width] = self._new_pen(width, line_width)
        return pen

    def _new_pen(self, width: float, line_width: float) -> QPen:
        pen = QPen(self._color, width)
        pen.setCosmetic(True)
        if self._dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([length * line_width / width for length in self._dash])
        return pen


@lru_cache
def side_by_side(width: float, ratio: float) -> list[QTransform]:
    """Return where to paint a line one pixel wide, so that all together look like one of this width.

    The places lie on circles, hardly a pixel apart, so that the line is as wide in every direction.

    Args:
        width: in pixels of the device.
        ratio: of these to the painter's, in which the places are.
    """
    outer = max((width - 1) / 2, 0.0)
    inner = [outer - ring for ring in range(1, math.ceil(outer)) if outer - ring > 0.5]
    places = []
    for radius in (outer, *inner):
        n = max(4, math.ceil(2 * math.pi * radius))
        angles = [2 * math.pi * (i + 0.5) / n for i in range(n)]
        reach = radius / ratio
        places += [QTransform.fromTranslate(reach * math.cos(a), reach * math.sin(a)) for a in angles]
    if outer < 0.2:
        return [QTransform()]
    return [*places, QTransform()] if outer > 0.75 else places
