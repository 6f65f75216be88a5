"""Items of a view box that cover all of it."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF


class InBox(pg.GraphicsItem):
    """To be inherited from before an item of pyqtgraph: it covers all that can be seen of its view box.

    Finding what a line or bars really cover costs more than painting them.
    """

    def __init__(self, box: pg.ViewBox, z: float = 0.0, **given: Any) -> None:
        self._box = box
        super().__init__(**given)
        self.setZValue(z)
        box.addItem(self, ignoreBounds=True)

    def boundingRect(self) -> QRectF:
        """Return all that can be seen."""
        return self._box.viewRect()


class BoxItem(InBox, pg.GraphicsObject):
    """Something in a view box that it paints itself."""
