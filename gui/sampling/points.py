"""Many points, painted in a fraction of a frame."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.in_box import BoxItem

_DOT_LENGTH = 0.01

_PER_SHAPE = 200
"""Points in one shape: Qt takes 14 times as long for 10,000 in one."""

_MOST_PIXELS = 100_000_000
"""No screen is larger."""

_CELLS_PER_PX = 2
"""Of points in the same cell of a grid so fine, one is painted."""


class Points(BoxItem):
    """Small round points.

    pyqtgraph's scatter plot prints them as bitmaps, and takes four times as long.

    Attributes:
        x, y: where they are, those out of view and hidden behind others too.
    """

    def __init__(self, box: pg.ViewBox, z: float = 10.0) -> None:
        super().__init__(box, z)
        self.x = self.y = np.zeros(0)
        self._color, self._size = QColor(), 2.0

    def set_pen(self, color: str, size: float) -> None:
        """Set colour and size in logical pixels."""
        self._color, self._size = QColor(color), size
        self.update()

    def draw(self, x: np.ndarray, y: np.ndarray) -> None:
        """Show points at these positions; nan is none."""
        self.x, self.y = x, y
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the points that are in view and not behind others."""
        x, y = self._visible()
        if not len(x):
            return
        # In pixels: under the transform of the axes, points would be as long as the axes are.
        to_pixels = painter.worldTransform()
        x = x * to_pixels.m11() + to_pixels.dx()
        y = y * to_pixels.m22() + to_pixels.dy()
        painter.setWorldTransform(QTransform())
        if self._exportOpts:
            self._paint_path(painter, x, y)
        else:
            self._paint_image(painter, x, y, to_pixels.mapRect(self._box.viewRect()))
        painter.setWorldTransform(to_pixels)

    def _paint_path(self, painter: QPainter, x: np.ndarray, y: np.ndarray) -> None:
        """Paint lines next to nothing in length: a file of some shapes, and not of thousands."""
        pen = QPen(self._color, self._size)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = np.repeat(x, 2), np.repeat(y, 2)
        ends[0][1::2] += _DOT_LENGTH
        for start in range(0, 2 * len(x), 2 * _PER_SHAPE):
            shape = slice(start, start + 2 * _PER_SHAPE)
            painter.drawPath(pg.arrayToQPath(ends[0][shape], ends[1][shape], connect="pairs"))

    def _paint_image(self, painter: QPainter, x: np.ndarray, y: np.ndarray, area: QRectF) -> None:
        """Paint an image of the points: Qt takes twenty times as long for them one by one."""
        ratio = painter.device().devicePixelRatioF()
        size = max(1, round(self._size * ratio))
        width, height = math.ceil(area.width() * ratio) + size, math.ceil(area.height() * ratio) + size
        if width * height > _MOST_PIXELS:
            return
        pixels = np.zeros((height, width), np.uint32)
        columns = np.clip(np.rint((x - area.left()) * ratio - size / 2).astype(int), 0, width - size)
        rows = np.clip(np.rint((y - area.top()) * ratio - size / 2).astype(int), 0, height - size)
        for down in range(size):
            for right in range(size):
                pixels[rows + down, columns + right] = self._color.rgba()
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(area.topLeft(), image)

    def _visible(self) -> tuple[np.ndarray, np.ndarray]:
        view, box = self._box.viewRect(), self._box.rect()
        inside = (self.x >= view.left()) & (self.x <= view.right())
        inside &= (self.y >= view.top()) & (self.y <= view.bottom())
        x, y = self.x[inside], self.y[inside]
        columns, rows = _CELLS_PER_PX * max(box.width(), 1.0), _CELLS_PER_PX * max(box.height(), 1.0)
        cells = np.floor((x - view.left()) * (columns / view.width())) * np.ceil(rows + 1)
        cells += np.floor((y - view.top()) * (rows / view.height()))
        _, first = np.unique(cells, return_index=True)
        return x[first], y[first]
