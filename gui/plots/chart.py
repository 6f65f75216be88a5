"""One set of axes: a view box with a left and a bottom axis, a caption above, and a readout over it.

Everything is placed by hand, at once, when the chart gets its size: a figure can be painted without waiting
for Qt's layouts.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneResizeEvent, QStyleOptionGraphicsItem, QWidget

from gui.plots.axis import Axis
from gui.plots.captions import Caption
from gui.plots.overlay import Overlay
from gui.plots.readout import Reading, Readout
from gui.plots.scales import Scale
from gui.plots.still import Still, only_holds
from gui.style import Theme

AXIS_WIDTH = 48

_LABEL_FROM_HEIGHT = 130
"""Lower charts leave the label of the bottom axis out."""

_LINE = 1.0
"""Pixels of a bottom axis without numbers."""

PADDING = (6, 6, 6, 6)
"""Pixels that stay free left, right, below and above: dots at the ends of the ranges are seen whole."""

Ranges = tuple[tuple[float, float], tuple[float, float]]
"""Positions on the bottom axis, from and to, and on the left axis."""

Zooms = Mapping[Hashable, Ranges]
"""What a person chose to see, by what the chart shows, however a picture says that."""


class Box(pg.ViewBox):
    """A view box: the left button moves, the wheel zooms, a double click goes back.

    Signals:
        double_clicked(): the person wants the plot's own ranges back.
    """

    double_clicked = Signal()

    def __init__(self, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent, enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()
        # It clips its children, as pyqtgraph has it, though the chart paints them. So the scene keeps no
        # index of where they are: they move with the range without a word, and one that is removed after that
        # would be left in the index, to be asked when it is gone.
        for item in (self, self.borderRect):
            only_holds(item)

    @property
    def contents(self) -> list[QGraphicsItem]:
        """What was added, from the lowest to the uppermost."""
        items: list[QGraphicsItem] = self.childGroup.childItems()
        return items

    def addItem(self, item: QGraphicsItem, ignoreBounds: bool = True) -> None:
        """Add an item that the chart paints. It is not asked for its bounds before, as by a scene."""
        only_holds(item)
        super().addItem(item, ignoreBounds)

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """Move with the left button; leave the others to the context menu."""
        if event.button() == Qt.MouseButton.LeftButton:
            super().mouseDragEvent(event, axis)

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Go back on a double click."""
        if event.double() and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.double_clicked.emit()


class Chart(pg.GraphicsWidget):
    """A view box with its axes.

    To the scene it is one item. It paints by itself all that may change with each frame: the scene would ask
    every item for its bounds, and keep account of each change, which takes longer than to paint them.

    Attributes:
        owned: whether the plot decides what range is shown; False once a person has zoomed or moved.

    Signals:
        resized(): the view box has another size.
        zoomed(Chart): a person chose the range of this chart.
        reset_requested(): a person wants the plot's own ranges back.
    """

    resized = Signal()
    zoomed = Signal(object)
    reset_requested = Signal()

    def __init__(
        self, theme: Theme, caption: type[Caption] = Caption, padding: tuple[int, int, int, int] = PADDING
    ) -> None:
        super().__init__()
        self._padding = padding
        self.box = Box(self)
        self.left = Axis("left", self.box, self)
        self.bottom = Axis("bottom", self.box, self)
        self.caption = caption(theme, self)
        self.readout = Readout(theme, self)
        self._overlays: list[Overlay] = []
        self.owned = True
        self._x: tuple[float, float] = (0.0, 1.0)
        self._y: tuple[float, float] = (0.0, 1.0)
        self._axis_width = AXIS_WIDTH
        self._label = ""
        # An axis that is hidden with its chart has no size.
        self.visibleChanged.connect(self._place)
        self.box.sigRangeChangedManually.connect(self._on_range_changed_by_hand)
        self.box.double_clicked.connect(self.reset_requested)
        self.caption.outgrown.connect(self._place)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        parts: list[Axis | Caption | Readout | Overlay] = [self.left, self.bottom, self.caption, self.readout]
        for part in (*parts, *self._overlays):
            part.set_theme(theme)

    def add_overlay(self, overlay: Overlay) -> None:
        """Keep an overlay over the view box."""
        self._overlays.append(overlay)
        overlay.setGeometry(self.box.geometry())

    def set_scales(self, x: Scale | None = None, y: Scale | None = None) -> None:
        """Take the ticks from these scales."""
        if x is not None:
            self.bottom.set_measure(x)
        if y is not None:
            self.left.set_measure(y)

    def set_label(self, text: str) -> None:
        """Write under the bottom axis what it shows, where there is room."""
        self._label = text
        self._place()

    def set_axis_width(self, width: int) -> None:
        """Give the left axis so many pixels; with 0 it keeps the grid and loses the numbers."""
        if width != self._axis_width:
            self._axis_width = width
            self._place()

    def show_numbers_below(self, shown: bool) -> None:
        """Write numbers below the bottom axis, or leave only its line."""
        if shown != self.bottom.style["showValues"]:
            self.bottom.setStyle(showValues=shown)
            self._place()

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show these positions, unless a person has chosen others."""
        self._x, self._y = x, y
        if self.owned:
            self._apply_range()

    def zoom_reset(self) -> None:
        """Take back what a person chose."""
        self.owned = True
        self._apply_range()

    def zoom(self, ranges: Ranges) -> None:
        """Show what a person chose."""
        self.owned = False
        x, y = ranges
        self.box.setRange(xRange=x, yRange=y, padding=0)

    @property
    def ranges(self) -> Ranges:
        """The positions between the left and the right edge, and between the lower and the upper one."""
        (left, right), (below, above) = self.box.viewRange()
        return (float(left), float(right)), (float(below), float(above))

    @property
    def x_range(self) -> tuple[float, float]:
        """The positions between the left and the right edge."""
        return self.ranges[0]

    @property
    def columns(self) -> int:
        """The width of the view box in pixels."""
        return max(1, round(self.box.width()))

    def show_reading(self, reading: Reading | None, mouse: QPointF) -> None:
        """Show what is under the mouse (in pixels of the chart); None hides it."""
        line = None
        if reading is not None and reading.x is not None:
            area = self.box.geometry()
            x = area.left() + self.box.mapFromView(QPointF(reading.x, 0)).x()
            line = QLineF(x, area.top(), x, area.bottom()) if area.left() <= x <= area.right() else None
        self.readout.show_reading(reading, mouse, line)
        # Over other charts, which are painted later.
        self.setZValue(0 if reading is None else 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint what is in the view box, and what lies over it; what stands still is in the background."""
        from_scene = self.sceneTransform().inverted()[0] * painter.worldTransform()
        painter.save()
        painter.setClipRect(self.box.geometry(), Qt.ClipOperation.IntersectClip)
        for item in self.box.contents:
            if item.isVisible():
                _paint(item, from_scene, painter, option, widget)
        painter.restore()
        for item in self.childItems():
            if item is not self.box and not isinstance(item, Still) and item.isVisible():
                _paint(item, from_scene, painter, option, widget)

    def resizeEvent(self, _event: QGraphicsSceneResizeEvent) -> None:
        """Place the parts."""
        self._place()

    @Slot()
    def _place(self) -> None:
        width, height = self.rect().width(), self.rect().height()
        self.bottom.write(self._label if height >= _LABEL_FROM_HEIGHT else "")
        foot = self.bottom.maximumHeight() if self.bottom.style["showValues"] else _LINE
        side = self._axis_width
        top = self.caption.arrange(width - (side if self.caption.indented else 0), height)
        box = QRectF(side, top, max(width - side, 1.0), max(height - top - foot, 1.0))
        before = side if self.caption.indented else 0
        self.caption.setGeometry(QRectF(before, 0, max(width - before, 1.0), top))
        self.left.setWidth(max(side, 1))
        self.left.setStyle(showValues=side > 0)
        self.left.setGeometry(QRectF(box.left() - max(side, 1), box.top(), max(side, 1), box.height()))
        self.bottom.setGeometry(QRectF(box.left(), box.bottom(), box.width(), foot))
        self.box.setGeometry(box)
        self.readout.setGeometry(QRectF(0, 0, width, height))
        for overlay in self._overlays:
            overlay.setGeometry(box)
        if self.owned:
            self._apply_range()
        self.resized.emit()

    def _apply_range(self) -> None:
        left, right, below, above = self._padding
        x = _padded(self._x, self.box.width(), left, right)
        y = _padded(self._y, self.box.height(), below, above)
        if [x, y] != self.box.viewRange():
            self.box.setRange(xRange=x, yRange=y, padding=0)

    @Slot(object)
    def _on_range_changed_by_hand(self, _axes: object) -> None:
        self.owned = False
        self.zoomed.emit(self)


def _paint(
    item: QGraphicsItem,
    from_scene: QTransform,
    painter: QPainter,
    option: QStyleOptionGraphicsItem,
    widget: QWidget | None,
) -> None:
    painter.save()
    painter.setWorldTransform(item.sceneTransform() * from_scene)
    item.paint(painter, option, widget)
    painter.restore()


def _padded(span: tuple[float, float], size: float, before: int, after: int) -> list[float]:
    """Return a range wide enough for `span` to leave so many of `size` pixels free before and after it."""
    per_px = (span[1] - span[0]) / max(size - before - after, 1.0)
    return [span[0] - before * per_px, span[1] + after * per_px]
