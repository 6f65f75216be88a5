"""A figure of one or more plots, composed and painted by one routine for every format.

The plots of a figure are made for it and never shown, so the plots on the screen are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPainter

from engine.config import Experiment
from engine.history import History
from engine.table import Table
from gui.logical_device import LOGICAL_DPI, logical_painter
from gui.plots import PLOTS
from gui.plots.chart import Ranges
from gui.plots.picture import PlotView
from gui.plots.plot import Plot
from gui.provenance import caption
from gui.style import Theme

MM_PER_INCH = 25.4

# In logical pixels.
_MARGIN = 4
_GAP = 6
_TEXT_INSET = 10
_TITLE_HEIGHT = 17
_TITLE_SIZE = 13
_CAPTION_SIZE = 10
_NARROWEST_PANEL = 230
_SMALLEST_PANEL = QSize(120, 80 + _TITLE_HEIGHT)  # a plot takes no less

Rows = tuple[tuple[str, ...], ...]
"""Names of plots, row by row."""


@dataclass(frozen=True)
class Shot:
    """What is on show: an experiment, its frames so far, the step looked at, and how a person sees each plot.

    Args:
        experiment: what was trained.
        history: its frames.
        step: of the frame looked at.
        options: by the name of the plot.
        zooms: by the name of the plot; only what a person zoomed or moved is there.
    """

    experiment: Experiment
    history: History
    step: int
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    zooms: Mapping[str, Mapping[int, Ranges]] = field(default_factory=dict)


@dataclass(frozen=True)
class FigureSpec:
    """What a figure looks like.

    Args:
        rows: the plots.
        width_px: of an image; SVG and PDF have the size in inches that follows from `dpi`.
        height_px: of an image.
        dpi: dots per inch. Text and lines keep their size in inches.
        theme: the colours.
        caption: whether the configuration stands under the plots.
    """

    rows: Rows
    width_px: int
    height_px: int
    dpi: float
    theme: Theme
    caption: bool

    @property
    def scale(self) -> float:
        """Dots of an image per logical pixel."""
        return self.dpi / LOGICAL_DPI

    @property
    def logical_size(self) -> QSizeF:
        """The size in logical pixels."""
        return QSizeF(self.width_px, self.height_px) / self.scale


class ExportError(Exception):
    """A figure that cannot be made or written, in one sentence for the person who asked for it."""


@dataclass(frozen=True)
class Panel:
    """A plot of a figure, and its area with the title in logical pixels."""

    area: QRect
    plot: Plot


class Figure:
    """Plots laid out beside and under each other, ready to be painted. Made by `composed`.

    Attributes:
        area: of the figure, in logical pixels.
        panels: row by row.

    Raises:
        ExportError: if a plot would be too small to draw.
    """

    def __init__(self, shot: Shot, spec: FigureSpec) -> None:
        self._theme = spec.theme
        self.area = QRectF(QPointF(0, 0), spec.logical_size)
        inside = self.area.toRect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        self._caption = caption(shot.experiment, shot.step) if spec.caption else ""
        self._caption_area = _at_bottom(
            inside.adjusted(_TEXT_INSET, 0, -_TEXT_INSET, -_TEXT_INSET), self._caption
        )
        if spec.caption:
            inside.setBottom(self._caption_area.top() - _GAP)
        self.panels = [
            Panel(area, _hidden_plot(PLOTS[name], shot, spec.theme, area.size() - QSize(0, _TITLE_HEIGHT)))
            for name, area in _cells(spec.rows, inside, shot.experiment)
        ]

    def paint(self, painter: QPainter) -> None:
        """Paint with a painter whose unit is the logical pixel. The background is opaque."""
        painter.fillRect(self.area, QColor(self._theme.base))
        for panel in self.panels:
            painter.setPen(QColor(self._theme.text))
            painter.setFont(_font(_TITLE_SIZE, QFont.Weight.DemiBold))
            title_area = panel.area.adjusted(_TEXT_INSET, 0, 0, 0)
            painter.drawText(title_area, Qt.TextFlag.TextSingleLine, panel.plot.title)
            painter.save()
            painter.translate(panel.area.topLeft() + QPoint(0, _TITLE_HEIGHT))
            _paint_scene(painter, panel.plot.view)
            painter.restore()
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(_font(_CAPTION_SIZE))
        painter.drawText(self._caption_area, Qt.TextFlag.TextWordWrap, self._caption)

    def tables(self) -> dict[str, Table]:
        """Return the numbers that each plot shows, by the plot's name."""
        return {panel.plot.name: panel.plot.table() for panel in self.panels}

    def close(self) -> None:
        """Delete the plots."""
        for panel in self.panels:
            panel.plot.deleteLater()
            QCoreApplication.sendPostedEvents(panel.plot, QEvent.Type.DeferredDelete)
        self.panels.clear()


@contextmanager
def composed(shot: Shot, spec: FigureSpec) -> Iterator[Figure]:
    """Make a figure, and delete its plots in the end.

    Raises:
        ExportError: if a plot would be too small to draw.
    """
    figure = Figure(shot, spec)
    try:
        yield figure
    finally:
        figure.close()


def n_lines(rows: Rows, width: float) -> int:
    """Return how many lines of plots a figure of a width in logical pixels has: a crowded row is broken."""
    return len(_lines(rows, int(width) - 2 * _MARGIN))


def _lines(rows: Rows, width: int) -> Rows:
    per_line = max(1, (width + _GAP) // (_NARROWEST_PANEL + _GAP))
    return tuple(row[start : start + per_line] for row in rows for start in range(0, len(row), per_line))


def _cells(rows: Rows, area: QRect, experiment: Experiment) -> Iterator[tuple[str, QRect]]:
    """Share an area out among plots."""
    lines = _lines(rows, area.width())
    wanted = [max(PLOTS[name].figure_height(experiment) for name in line) for line in lines]
    per_wanted = (area.height() - _GAP * (len(lines) - 1)) / sum(wanted)
    top = area.top()
    for line, share in zip(lines, wanted, strict=True):
        height = int(share * per_wanted)
        width = (area.width() - _GAP * (len(line) - 1)) // len(line)
        if width < _SMALLEST_PANEL.width() or height < _SMALLEST_PANEL.height():
            raise ExportError(
                f"This size leaves {_mm(width)} x {_mm(height)} mm to a plot, too little to draw in; "
                "make the figure larger, lower the dots per inch, or choose fewer plots."
            )
        for j, name in enumerate(line):
            yield name, QRect(area.left() + j * (width + _GAP), top, width, height)
        top += height + _GAP


def _mm(logical_pixels: float) -> str:
    return f"{max(logical_pixels, 0) / LOGICAL_DPI * MM_PER_INCH:.3g}"


def _hidden_plot(kind: type[Plot], shot: Shot, theme: Theme, size: QSize) -> Plot:
    """Make a plot of what is on show, laid out without a window and without an event loop."""
    plot = kind(theme)
    plot.resize(size)
    plot.grab()  # a hidden widget learns its size when it is painted
    plot.reset(shot.experiment)
    plot.restore(shot.options.get(plot.name, {}))
    plot.show_frame(shot.history, shot.step)
    plot.restore_zooms(shot.zooms.get(plot.name, {}))
    for item in plot.view.scene().items():
        if isinstance(item, pg.GraphicsItem):
            # Smooth curves, and symbols drawn as shapes, not copied from small pictures.
            item.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
        if isinstance(item, pg.PlotCurveItem):
            # One line, not hundreds of short ones: smaller files, and dashes that run on.
            item.setSegmentedLineMode("off")
    return plot


def _paint_scene(target: QPainter, view: PlotView) -> None:
    area = QRectF(view.rect())
    with logical_painter(target, view.size(), view.logicalDpiX()) as painter:
        view.scene().prepareForPaint()
        view.paint_still(painter, area)
        view.scene().render(painter, area, area)


def _at_bottom(area: QRect, text: str) -> QRect:
    """Return the lowest part of an area, just high enough for a caption."""
    metrics = QFontMetrics(_font(_CAPTION_SIZE))
    height = metrics.boundingRect(area, Qt.TextFlag.TextWordWrap, text).height()
    return area.adjusted(0, area.height() - height, 0, 0)


def _font(pixel_size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QGuiApplication.font()
    font.setPixelSize(pixel_size)
    font.setWeight(weight)
    return font
