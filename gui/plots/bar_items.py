"""Bars in a view box."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.in_box import InBox


class BarItem(InBox, pg.BarGraphItem):
    """Bars, none at first."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__(box, x0=np.zeros(0), height=np.zeros(0), width=1.0, pen=None)


class TouchingBars(BarItem):
    """Bars that touch, painted as one shape."""

    def draw(self, x0: np.ndarray, width: float, height: np.ndarray) -> None:
        """Show other bars: where each begins, (n,), how wide all are, and how high each is, (n,)."""
        self.opts |= {"x0": x0, "width": width, "height": height}

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint all bars at once; one by one, pyqtgraph would prepare them longer than that takes."""
        x0, heights = self.opts["x0"], self.opts["height"]
        if not len(x0):
            return
        corners = np.zeros((2, 2 * len(x0) + 2))
        corners[0, :-2].reshape(-1, 2)[:] = x0[:, np.newaxis]
        corners[0, -2:] = x0[-1] + self.opts["width"]
        corners[1, 1:-1].reshape(-1, 2)[:] = heights[:, np.newaxis]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.opts["brush"])
        painter.drawPolygon(pg.functions.arrayToQPolygonF(*corners))
