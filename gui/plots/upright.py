"""An upright line across a view box, such as the mark of the step on show."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.in_box import BoxItem
from gui.style import Dash


class Upright(BoxItem):
    """A thin line at a position of the bottom axis.

    Attributes:
        position: where it stands, None while it is hidden.
    """

    def __init__(self, box: pg.ViewBox, z: float = 0.0) -> None:
        super().__init__(box, z)
        self.position: float | None = None
        self._pen = QPen()
        self.hide()

    def set_pen(self, color: str, dash: Dash = ()) -> None:
        """Set colour, and dash in pixels."""
        self._pen = QPen(QColor(color), 1)
        self._pen.setCosmetic(True)
        if dash:
            self._pen.setDashPattern(dash)

    def stand_at(self, position: float | None) -> None:
        """Show the line at a position; None hides it."""
        if position != self.position:
            self.position = position
            self.setVisible(position is not None)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the line where it is in view."""
        view = self._box.viewRect()
        if self.position is not None and view.left() <= self.position <= view.right():
            painter.setPen(self._pen)
            painter.drawLine(QPointF(self.position, view.top()), QPointF(self.position, view.bottom()))
