"""A small drawing of an activation and its slope, with the pre-activations of a layer shaded under them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.activations import largest_slope, resolve
from engine.fields import Choice
from gui.controls.field import MARGIN
from gui.controls.number_text import format_number
from gui.style import LIGHT, Theme, tick_font

FLAT_SHARE = 0.05
"""Where the slope is below this share of its maximum, the activation counts as flat, as in engine.frame."""

_LEAST_RANGE = 4.0
_LARGEST_RANGE = _LEAST_RANGE * 2**20
_LEFT_OUT = 0.005
"""At most this share of the pre-activations may lie outside what is drawn."""

_POINTS = 257
_LEAST_PLOT_HEIGHT, _PLOT_HEIGHT = 56, 84
_LEAST_BAR = 4.0
_HIGHEST_BAR = 0.7
_NOTHING = np.empty(0)


@dataclass(frozen=True, eq=False)
class Curves:
    """An activation sampled for drawing, `value` and `slope` each scaled to between 0 and 1."""

    z: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    flat: np.ndarray
    """Whether the slope counts as flat."""


def sample(choice: Choice, half_range: float) -> Curves:
    """Return the curves of an activation from -half_range to half_range."""
    bound = resolve(choice)
    z = np.linspace(-half_range, half_range, _POINTS)
    value, slope = np.empty_like(z), np.empty_like(z)
    with np.errstate(over="ignore", under="ignore"):  # e^-z far out: its reciprocal is the right 0
        bound.forward(z, value)
        bound.derivative(z.copy(), value.copy(), slope)
    flat = np.abs(slope) < FLAT_SHARE * largest_slope(choice)
    return Curves(z, _scaled(value), _scaled(slope), flat)


def half_range(edges: np.ndarray, share: np.ndarray, current: float) -> float:
    """Return how far to draw to both sides so that the histogram is seen.

    The range is a power of two times 4. It grows at once, and shrinks only when a quarter of it is enough, so
    that it is calm while a network trains.
    """
    needed = _LEAST_RANGE
    reach = np.maximum(np.abs(edges[:-1]), np.abs(edges[1:]))
    while needed < _LARGEST_RANGE and share[reach > needed].sum() > _LEFT_OUT:
        needed *= 2
    return needed if needed > current or needed <= current / 4 else current


class _Inks:
    """The colours of a theme, mixed once and not for each bar."""

    def __init__(self, theme: Theme) -> None:
        self.base, self.grid, self.border = QColor(theme.base), QColor(theme.grid), QColor(theme.border)
        self.caption = QColor(theme.muted)
        self.bar = QColor(theme.pale(theme.accent, 0.55))
        self.flat_bar = QColor(theme.pale(theme.error, 0.55))
        self.flat_ground = QColor(theme.pale(theme.error, 0.1))
        self.value = QPen(QColor(theme.text), 1.6)
        self.slope = QPen(QColor(theme.text), 1.2)
        self.slope.setDashPattern([4.0, 3.0])


@dataclass(frozen=True, eq=False)
class _Still:
    """What stands still while a network trains, as pictures, and what it was painted for."""

    curves: Curves
    inks: _Inks
    plot: QRectF
    ratio: float
    below: QPixmap
    """What the bars stand on."""
    above: QPixmap
    """What they stand behind."""
    end: QPointF
    """Of the legend, where the share on the flat part is written."""


class ActivationCurve(QWidget):
    """Draws phi (solid) and phi' (dashed), each to its own scale, and marks where the slope is flat."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inks = _Inks(LIGHT)
        self._choice = Choice("identity")
        self._edges, self._share, self._on_flat = np.zeros(1), _NOTHING, math.nan
        self._range = _LEAST_RANGE
        self._curves: Curves | None = None
        self._still: _Still | None = None
        self._legend = self.fontMetrics().height() + 2
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName("Activation, its slope, and the pre-activations of the shown layer")

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._inks = _Inks(theme)
        self.update()

    def set_activation(self, choice: Choice) -> None:
        """Draw another activation, without pre-activations, which were those of the old one."""
        if choice != self._choice:
            self._choice = choice
            self._curves = None
            self.clear_pre_activations()

    def set_pre_activations(self, edges: np.ndarray, share: np.ndarray, on_flat: float) -> None:
        """Shade a histogram: n + 1 edges and n shares; and say what share of all lies where phi is flat."""
        self._edges, self._share, self._on_flat = edges, share, on_flat
        self.update()

    def clear_pre_activations(self) -> None:
        """Shade nothing."""
        self.set_pre_activations(np.zeros(1), _NOTHING, math.nan)

    def sizeHint(self) -> QSize:
        """Ask for the height of the drawing."""
        return QSize(240, _PLOT_HEIGHT + 2 * self._legend)

    def minimumSizeHint(self) -> QSize:
        """Ask for the least height of the drawing."""
        return QSize(120, _LEAST_PLOT_HEIGHT + 2 * self._legend)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars between what stands still, and what share of them is on the flat part."""
        wanted = half_range(self._edges, self._share, self._range)
        if self._curves is None or wanted != self._range:
            self._range = wanted
            self._curves = sample(self._choice, wanted)
        still = self._still_for(self._curves)
        painter = QPainter(self)
        try:
            painter.drawPixmap(0, 0, still.below)
            self._paint_bars(painter, still.plot, still.curves)
            painter.drawPixmap(0, 0, still.above)
            if not math.isnan(self._on_flat):
                painter.setFont(tick_font())
                painter.setPen(self._inks.caption)
                painter.drawText(still.end, f": {100 * self._on_flat:.0f} %")
        finally:
            painter.end()

    def _still_for(self, curves: Curves) -> _Still:
        """Return what stands still, painted anew where it is another."""
        plot = QRectF(self.rect()).adjusted(
            MARGIN + 0.5, self._legend + 0.5, -MARGIN - 0.5, -self._legend - 0.5
        )
        still, wanted = self._still, (curves, self._inks, plot, self.devicePixelRatioF())
        if still is None or (still.curves, still.inks, still.plot, still.ratio) != wanted:
            below, painter = self._picture()
            end = self._paint_legend(painter)
            self._paint_ticks(painter, plot)
            painter.fillRect(plot, self._inks.base)
            self._paint_flat(painter, plot, curves)
            painter.end()
            above, painter = self._picture()
            self._paint_curves(painter, plot, curves)
            painter.end()
            still = self._still = _Still(*wanted, below, above, end)
        return still

    def _picture(self) -> tuple[QPixmap, QPainter]:
        """Return an empty picture of the size of the widget, and who paints it."""
        picture = QPixmap(self.size() * self.devicePixelRatioF())
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setFont(tick_font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return picture, painter

    def _paint_curves(self, painter: QPainter, plot: QRectF, curves: Curves) -> None:
        inks, inner = self._inks, plot.adjusted(0, 6, 0, -3)
        painter.setPen(QPen(inks.grid, 1))
        painter.drawLine(QPointF(plot.center().x(), plot.top()), QPointF(plot.center().x(), plot.bottom()))
        x = self._across(plot, curves.z)
        for pen, heights in ((inks.slope, curves.slope), (inks.value, curves.value)):
            painter.setPen(pen)
            painter.drawPolyline(_polygon(x, heights, inner))
        painter.setPen(QPen(inks.border, 1))
        painter.drawRect(plot)

    def _across(self, plot: QRectF, z: np.ndarray) -> np.ndarray:
        """Return where pre-activations stand in the plot, in pixels."""
        return plot.left() + (z / self._range + 1) / 2 * plot.width()

    def _paint_flat(self, painter: QPainter, plot: QRectF, curves: Curves) -> None:
        x = self._across(plot, curves.z)
        changes = np.flatnonzero(np.diff(np.concatenate([[False], curves.flat, [False]]).astype(np.int8)))
        for start, stop in changes.reshape(-1, 2):
            left, right = x[start], x[min(stop, len(x) - 1)]
            painter.fillRect(QRectF(left, plot.top(), right - left, plot.height()), self._inks.flat_ground)

    def _paint_bars(self, painter: QPainter, plot: QRectF, curves: Curves) -> None:
        if not self._share.any():
            return
        edges = np.clip(self._edges, -self._range, self._range)
        centres = (edges[:-1] + edges[1:]) / 2
        # A bin is judged by its middle; where every value is on the flat part, no rounding may say otherwise.
        flat = curves.flat[np.searchsorted(curves.z, centres).clip(0, _POINTS - 1)] | (self._on_flat == 1)
        x = self._across(plot, edges)
        heights = self._share / self._share.max() * _HIGHEST_BAR * plot.height()
        seen = np.flatnonzero((self._share > 0) & (x[1:] > x[:-1]))
        # A narrower bar would vanish behind the curves: all values can be one and the same.
        widths = np.maximum(x[seen + 1] - x[seen], _LEAST_BAR)
        lefts = (x[seen] + x[seen + 1] - widths) / 2
        bars = zip(lefts.tolist(), widths.tolist(), heights[seen].tolist(), flat[seen].tolist(), strict=True)
        for left, width, height, on_flat in bars:
            bar = QRectF(left, plot.bottom() - height, width, height)
            painter.fillRect(bar, self._inks.flat_bar if on_flat else self._inks.bar)

    def _paint_legend(self, painter: QPainter) -> QPointF:
        """Paint the legend, and return where it ends."""
        metrics = painter.fontMetrics()
        middle, left, end = self._legend / 2 - 1, float(MARGIN), QPointF()
        for mark, text in (
            (self._inks.value, "φ"),
            (self._inks.slope, "φ′"),
            (self._inks.bar, "z"),
            (self._inks.flat_bar, "z where φ is flat"),
        ):
            if isinstance(mark, QPen):
                painter.setPen(mark)
                painter.drawLine(QPointF(left, middle), QPointF(left + 18, middle))
                left += 22
            else:
                painter.fillRect(QRectF(left, middle - 4, 9, 9), mark)
                left += 13
            painter.setPen(self._inks.caption)
            painter.drawText(QPointF(left, middle + metrics.ascent() / 2 - 1), text)
            end = QPointF(left + metrics.horizontalAdvance(text), middle + metrics.ascent() / 2 - 1)
            left = end.x() + 12
        return end

    def _paint_ticks(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(self._inks.caption)
        line = QRectF(plot.left(), plot.bottom() + 1, plot.width(), self._legend)
        # The range is a power of two, which has too many digits to read where it is large.
        limit = format_number(float(f"{self._range:.3g}"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, f"\N{MINUS SIGN}{limit}")
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, "0")
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, limit)


def _scaled(values: np.ndarray) -> np.ndarray:
    """Return the values scaled so that 0 and the extremes lie within 0 and 1."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    return (values - low) / (high - low or 1.0)


def _polygon(x: np.ndarray, heights: np.ndarray, frame: QRectF) -> QPolygonF:
    y = frame.bottom() - heights * frame.height()
    return QPolygonF([QPointF(left, top) for left, top in zip(x.tolist(), y.tolist(), strict=True)])
