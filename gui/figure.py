"""A figure of one or more pictures, composed and painted by one routine for every format.

The pictures of a figure are made for it and never shown, so those on the screen are left alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QGuiApplication, QPainter

from engine.config import Experiment
from engine.history import History
from engine.table import Table
from gui import provenance
from gui.fitted_text import elided, in_lines
from gui.logical_device import LOGICAL_DPI, logical_painter
from gui.plots import FIGURES, PLOTS
from gui.plots.chart import Zooms
from gui.plots.picture import Picture, PlotView
from gui.plots.plot import Plot
from gui.plots.runs_view import RunsView
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
"""Names of pictures, row by row."""


class Subject(ABC):
    """What figures are made of: pictures by their names, what they show, and where that comes from.

    Attributes:
        caption_label: what the words under a figure tell.
    """

    caption_label: ClassVar[str]

    @property
    @abstractmethod
    def kinds(self) -> Mapping[str, type[Picture]]:
        """The kinds of pictures there are, by their names."""

    @property
    @abstractmethod
    def rows(self) -> Rows:
        """All pictures, as they stand in one figure."""

    @abstractmethod
    def fill(self, picture: Picture) -> None:
        """Show on an empty picture what this is of, as the person sees it."""

    @abstractmethod
    def caption(self, names: Sequence[str]) -> str:
        """Return what is written under a figure of these pictures."""

    @abstractmethod
    def metadata(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is stamped into a file; Title, Software and Configuration, which is JSON, among it."""

    @abstractmethod
    def file_stem(self, names: Sequence[str]) -> str:
        """Return a name for a file of these pictures, without suffix."""

    @property
    def smallest(self) -> QSize:
        """The size in logical pixels below which a picture, its heading included, cannot be drawn."""
        return _SMALLEST_PANEL

    def stretch(self, _rows: Rows, _width: float) -> float:
        """Return how high a line of pictures should be in a figure of this width, 1 for a usual plot."""
        return 1.0

    def height(self, _name: str) -> float:
        """Return how high a picture should be in a figure, 1 for one chart."""
        return 1.0


@dataclass(frozen=True)
class Shot(Subject):
    """What is on show of a training: the step looked at, and how a person sees each plot.

    Args:
        experiment: what was trained.
        history: its frames.
        step: of the frame looked at.
        options: by the name of the plot.
        zooms: by the name of the plot; only what a person zoomed or moved is there.
        runs: which runs are shown.
    """

    experiment: Experiment
    history: History
    step: int
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    zooms: Mapping[str, Zooms] = field(default_factory=dict)
    runs: RunsView = RunsView()

    caption_label = "Caption: configuration, step and seeds"

    @property
    def kinds(self) -> Mapping[str, type[Plot]]:
        """The plots of the window."""
        return PLOTS

    @property
    def rows(self) -> Rows:
        """The plots as in the window."""
        return tuple(FIGURES.values())

    def fill(self, picture: Picture) -> None:
        """Show the frame on a plot."""
        assert isinstance(picture, Plot)
        picture.reset(self.experiment, self.runs)
        picture.restore(self.options.get(picture.name, {}))
        picture.show_frame(self.history, self.step)
        picture.restore_zooms(self.zooms.get(picture.name, {}))

    def caption(self, _names: Sequence[str]) -> str:
        """Return the network, the step and the seeds."""
        return provenance.caption(self.experiment, self.step, self.runs.visible(len(self.experiment.runs)))

    def metadata(self, _names: Sequence[str]) -> dict[str, str]:
        """Return the configuration, the step and the seeds."""
        return provenance.metadata(self.experiment, self.step)

    def file_stem(self, names: Sequence[str]) -> str:
        """Return the network and the step, and the plot if it is one."""
        stem = provenance.file_stem(self.experiment, self.step)
        return f"{stem}-{names[0]}" if len(names) == 1 else stem

    def stretch(self, rows: Rows, width: float) -> float:
        """Return the mean of what the lines of plots want."""
        lines = _lines(rows, int(width) - 2 * _MARGIN)
        return sum(max(self.height(name) for name in line) for line in lines) / len(lines)

    def height(self, name: str) -> float:
        """Return what the plot wants."""
        return PLOTS[name].figure_height(self.experiment, self.runs, self.options.get(name, {}))


@dataclass(frozen=True)
class FigureSpec:
    """What a figure looks like.

    Args:
        rows: the pictures.
        width_px: of an image; SVG and PDF have the size in inches that follows from `dpi`.
        height_px: of an image.
        dpi: dots per inch. Text and lines keep their size in inches.
        theme: the colours.
        caption: whether it stands under the pictures where they come from.
    """

    rows: Rows
    width_px: int
    height_px: int
    dpi: float
    theme: Theme
    caption: bool

    @property
    def names(self) -> list[str]:
        """The names of the pictures."""
        return [name for row in self.rows for name in row]

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
    """A picture of a figure, and its area with the heading in logical pixels."""

    area: QRect
    plot: Picture


class Figure:
    """Pictures laid out beside and under each other, ready to be painted. Made by `composed`.

    Attributes:
        area: of the figure, in logical pixels.
        panels: row by row.

    Raises:
        ExportError: if a picture would be too small to draw.
    """

    def __init__(self, subject: Subject, spec: FigureSpec) -> None:
        self._theme = spec.theme
        self.area = QRectF(QPointF(0, 0), spec.logical_size)
        inside = self.area.toRect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        caption_area = inside.adjusted(_TEXT_INSET, 0, -_TEXT_INSET, -_TEXT_INSET)
        caption = subject.caption(spec.names) if spec.caption else ""
        metrics = QFontMetricsF(_font(_CAPTION_SIZE))
        self._caption = in_lines(caption, provenance.BETWEEN, metrics, caption_area.width() - 1)
        self._caption_area = _at_bottom(caption_area, self._caption)
        if spec.caption:
            inside.setBottom(self._caption_area.top() - _GAP)
        self.panels = [
            Panel(area, _hidden(subject, name, spec.theme, area.size() - QSize(0, _TITLE_HEIGHT)))
            for name, area in _cells(spec.rows, inside, subject)
        ]

    def paint(self, painter: QPainter) -> None:
        """Paint with a painter whose unit is the logical pixel. The background is opaque."""
        painter.fillRect(self.area, QColor(self._theme.base))
        for panel in self.panels:
            painter.setPen(QColor(self._theme.text))
            painter.setFont(_font(_TITLE_SIZE, QFont.Weight.DemiBold))
            title_area = panel.area.adjusted(_TEXT_INSET, 0, 0, 0)
            heading = elided(panel.plot.heading, QFontMetricsF(painter.font()), title_area.width())
            painter.drawText(title_area, Qt.TextFlag.TextSingleLine, heading)
            painter.save()
            painter.translate(panel.area.topLeft() + QPoint(0, _TITLE_HEIGHT))
            _paint_scene(painter, panel.plot.view)
            painter.restore()
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(_font(_CAPTION_SIZE))
        painter.drawText(self._caption_area, Qt.TextFlag.TextWordWrap, self._caption)

    def tables(self) -> dict[str, Table]:
        """Return the numbers that each picture shows, by its name."""
        return {panel.plot.name: panel.plot.table() for panel in self.panels}

    def close(self) -> None:
        """Delete the pictures."""
        for panel in self.panels:
            panel.plot.deleteLater()
            QCoreApplication.sendPostedEvents(panel.plot, QEvent.Type.DeferredDelete)
        self.panels.clear()


@contextmanager
def composed(subject: Subject, spec: FigureSpec) -> Iterator[Figure]:
    """Make a figure, and delete its pictures in the end.

    Raises:
        ExportError: if a picture would be too small to draw.
    """
    figure = Figure(subject, spec)
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


def _cells(rows: Rows, area: QRect, subject: Subject) -> Iterator[tuple[str, QRect]]:
    """Share an area out among pictures."""
    lines = _lines(rows, area.width())
    wanted = [max(subject.height(name) for name in line) for line in lines]
    per_wanted = (area.height() - _GAP * (len(lines) - 1)) / sum(wanted)
    top = area.top()
    for line, share in zip(lines, wanted, strict=True):
        height = int(share * per_wanted)
        width = (area.width() - _GAP * (len(line) - 1)) // len(line)
        if width < subject.smallest.width() or height < subject.smallest.height():
            raise ExportError(
                f"This size leaves {_mm(width)} x {_mm(height)} mm to a plot, too little to draw in; "
                "make the figure larger, lower the dots per inch, or choose fewer plots."
            )
        for j, name in enumerate(line):
            yield name, QRect(area.left() + j * (width + _GAP), top, width, height)
        top += height + _GAP


def _mm(logical_pixels: float) -> str:
    return f"{max(logical_pixels, 0) / LOGICAL_DPI * MM_PER_INCH:.3g}"


def _hidden(subject: Subject, name: str, theme: Theme, size: QSize) -> Picture:
    """Make a picture of what is on show, laid out without a window and without an event loop."""
    plot = subject.kinds[name](theme)
    plot.put_on_paper()
    plot.resize(size)
    plot.grab()  # a hidden widget learns its size when it is painted
    subject.fill(plot)
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
