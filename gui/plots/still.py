"""What stands still from frame to frame: axes, titles, legends.

To paint these costs more than to paint what moves. So they are no contents of the scene: the view paints them
into its background, which Qt keeps as a picture until they change, and a figure paints them first.
"""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem


def only_holds(item: QGraphicsItem) -> None:
    """Tell the scene that an item has nothing to paint but its children: it asks no more each time."""
    item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)


class Still(pg.GraphicsItem):
    """A mixin for items whose painting is left to the background."""

    def stand_still(self) -> None:
        """Be no contents of the scene, with all that belongs to the item."""
        for item in (self, *self.childItems()):
            only_holds(item)

    def painted_area(self) -> QRectF:
        """Return where in the scene the item paints, which may be beyond its bounds."""
        area: QRectF = self.sceneBoundingRect()
        return area

    def update(self, *_area: Any) -> None:
        """Have the background painted anew where this item paints."""
        scene = self.scene()
        if scene is not None:
            scene.invalidate(self.painted_area(), QGraphicsScene.SceneLayer.BackgroundLayer)

    def paint_still(self, painter: QPainter) -> None:
        """Paint the item, and what belongs to it, with a painter whose unit is that of the scene."""
        option = QStyleOptionGraphicsItem()
        for item in (self, *self.childItems()):
            if item.isVisible():
                painter.save()
                painter.setTransform(item.sceneTransform(), True)
                item.paint(painter, option, None)
                painter.restore()
