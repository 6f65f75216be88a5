"""What lies between two curves, painted in a fraction of a frame."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.in_box import BoxItem


class Area(BoxItem):
    """What lies between two curves."""

    def __init__(self, box: pg.ViewBox, z: float = 0.0) -> None:
        super().__init__(box, z)
        self._color = QColor()
        self.x = self.low = self.high = np.zeros(0)
        self._shape: QPolygonF | None = None
        self._shape_of: tuple[QRectF, float] | None = None

    def set_color(self, color: str, opacity: float = 1.0) -> None:
        """Fill it with a colour; where areas overlap, both are seen if they are not opaque."""
        self._color = QColor(color)
        self._color.setAlphaF(opacity)
        self.update()

    def draw(self, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Show another area: x is growing, and where a curve is nan there is none."""
        known = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
        self.x, self.low, self.high = x[known], low[known], high[known]
        self._shape_of = None
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint as much of it as can be seen, with a corner for each pixel."""
        if not len(self.x):
            return
        # The shape is kept, for an area often stays while the marks over it move.
        seen = (self._box.viewRect(), self._box.width())
        if seen != self._shape_of:
            self._shape, self._shape_of = self._seen_in(*seen), seen
        if self._shape is None:
            return
        # On the screen the lines at its edges are smooth, and smooth areas take three times as long.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(self._exportOpts))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        painter.drawPolygon(self._shape)

    def _seen_in(self, view: QRectF, width: float) -> QPolygonF | None:
        """Return what can be seen in a view of so many pixels, None if that is nothing."""
        chosen = self._corners(view, max(width, 1.0))
        if len(chosen) < 2:
            return None
        x, low, high = self.x[chosen], self.low[chosen], self.high[chosen]
        shape: QPolygonF = pg.functions.arrayToQPolygonF(
            np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])
        )
        return shape

    def _corners(self, view: QRectF, columns: float) -> np.ndarray:
        """Return the index of the first place in each column of pixels, and of those next to the view."""
        start = max(int(np.searchsorted(self.x, view.left())) - 1, 0)
        stop = min(int(np.searchsorted(self.x, view.right(), "right")) + 1, len(self.x))
        column = np.floor((self.x[start:stop] - view.left()) * (columns / view.width()))
        first = np.flatnonzero(np.diff(column, prepend=-np.inf))
        return np.unique(np.append(first, max(stop - start - 1, 0))) + start if stop > start else first
