"""A paint device that hands on plain shapes in logical pixels, for figures of any resolution and format.

pyqtgraph draws its lines with cosmetic pens, under a transform from data to pixels. Such a pen keeps its
width in device pixels, so lines thin out as the resolution grows; and in an SVG the width of every line, in
the units of the data, hangs on an attribute that many programs ignore. Here every shape arrives with its
transform applied and with a pen of plain width, so one picture comes out at any resolution and in any format.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QImage,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTextItem,
    QTransform,
)

LOGICAL_DPI = 96
"""Logical pixels per inch, as on the web: a text of 9 points is 12 of them high."""


@contextmanager
def logical_painter(target: QPainter, size: QSize, font_dpi: int) -> Iterator[QPainter]:
    """Give a painter whose work another painter repeats with plain shapes.

    Args:
        target: an active painter. What is painted at (0, 0) appears at (0, 0) of its coordinates.
        size: how large the device says it is, in logical pixels.
        font_dpi: the resolution of fonts on the screen: LOGICAL_DPI, but 72 on macOS. What Qt recorded there
            comes back in its size only on a device that agrees.
    """
    # Qt crashes on a painter that outlives its device, which Python would let go if nothing held it.
    device = _LogicalDevice(target, size, font_dpi)
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


class _LogicalDevice(QPaintDevice):
    """What the engine hides behind."""

    def __init__(self, target: QPainter, size: QSize, font_dpi: int) -> None:
        super().__init__()
        self._engine = _LogicalEngine(target, font_dpi / LOGICAL_DPI)
        metric, per_mm = QPaintDevice.PaintDeviceMetric, LOGICAL_DPI / 25.4
        self._metrics = {
            metric.PdmWidth: size.width(),
            metric.PdmHeight: size.height(),
            metric.PdmWidthMM: round(size.width() / per_mm),
            metric.PdmHeightMM: round(size.height() / per_mm),
            metric.PdmNumColors: 2**24,
            metric.PdmDepth: 24,
            metric.PdmDevicePixelRatio: 1,
            metric.PdmDpiX: font_dpi,
            metric.PdmDpiY: font_dpi,
            metric.PdmPhysicalDpiX: font_dpi,
            metric.PdmPhysicalDpiY: font_dpi,
        }

    def paintEngine(self) -> QPaintEngine:
        return self._engine

    def metric(self, which: QPaintDevice.PaintDeviceMetric) -> int:
        return self._metrics[which] if which in self._metrics else super().metric(which)


class _LogicalEngine(QPaintEngine):
    """Applies transforms to shapes and pens. Qt turns lines and ellipses into polygons and paths."""

    def __init__(self, target: QPainter, font_scale: float) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self._target = target
        self._font_scale = font_scale
        self._transform = QTransform()

    def begin(self, _device: QPaintDevice) -> bool:
        self._target.save()
        return True

    def end(self) -> bool:
        self._target.restore()
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        changed, flag, target = state.state(), QPaintEngine.DirtyFlag, self._target
        self._transform = state.transform()
        if changed & flag.DirtyClipRegion:
            with self._transformed():
                target.setClipRegion(state.clipRegion(), state.clipOperation())
        if changed & flag.DirtyClipPath:
            target.setClipPath(self._transform.map(state.clipPath()), state.clipOperation())
        if changed & flag.DirtyClipEnabled:
            target.setClipping(state.isClipEnabled())
        if changed & (flag.DirtyPen | flag.DirtyTransform):
            target.setPen(self._plain_pen(state.pen()))
        if changed & (flag.DirtyBrush | flag.DirtyTransform):
            target.setBrush(self._plain_brush(state.brush()))
        if changed & flag.DirtyHints:
            target.setRenderHints(target.renderHints(), False)
            target.setRenderHints(state.renderHints())
        if changed & flag.DirtyOpacity:
            target.setOpacity(state.opacity())
        if changed & flag.DirtyCompositionMode:
            target.setCompositionMode(state.compositionMode())

    def drawPath(self, path: QPainterPath) -> None:
        self._target.drawPath(self._transform.map(path))

    def drawRects(self, rects: Iterable[QRectF | QRect]) -> None:
        # As one shape: where edges are smoothed, the background would shine through between bars that touch.
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        for rect in rects:
            path.addRect(QRectF(rect))
        self.drawPath(path)

    def drawPolygon(self, points: Iterable[QPointF], mode: QPaintEngine.PolygonDrawMode) -> None:
        polygon = self._transform.map(QPolygonF(list(points)))
        if mode == QPaintEngine.PolygonDrawMode.PolylineMode:
            self._target.drawPolyline(polygon)
        else:
            winding = mode == QPaintEngine.PolygonDrawMode.WindingMode
            self._target.drawPolygon(polygon, Qt.FillRule.WindingFill if winding else Qt.FillRule.OddEvenFill)

    def drawTextItem(self, position: QPointF, item: QTextItem) -> None:  # type: ignore[override]
        font = item.font()
        scale = self._font_scale if font.pixelSize() == -1 else 1.0
        with self._transformed():
            self._target.scale(scale, scale)
            self._target.setFont(font)
            self._target.drawText(position / scale, item.text())

    def drawPixmap(self, rect: QRectF | QRect, pixmap: QPixmap | QImage, source: QRectF | QRect) -> None:
        with self._transformed():
            self._target.drawPixmap(rect, pixmap, source)

    def drawImage(
        self,
        rect: QRectF | QRect,
        image: QImage,
        source: QRectF | QRect,
        flags: Qt.ImageConversionFlag = Qt.ImageConversionFlag.AutoColor,
    ) -> None:
        with self._transformed():
            self._target.drawImage(rect, image, source, flags)

    @contextmanager
    def _transformed(self) -> Iterator[None]:
        base = self._target.transform()
        self._target.setTransform(self._transform, True)
        try:
            yield
        finally:
            self._target.setTransform(base)

    def _plain_pen(self, pen: QPen) -> QPen:
        plain = QPen(pen)
        if pen.isCosmetic():
            plain.setWidthF(pen.widthF() or 1.0)
        else:
            plain.setWidthF(pen.widthF() * math.sqrt(abs(self._transform.determinant())))
        plain.setCosmetic(False)
        return plain

    def _plain_brush(self, brush: QBrush) -> QBrush:
        plain = QBrush(brush)
        plain.setTransform(brush.transform() * self._transform)
        return plain
