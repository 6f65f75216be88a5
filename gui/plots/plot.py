"""What every plot obeys: it draws frames from the history, and answers what it shows as numbers too."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QMouseEvent, QPainter
from PySide6.QtWidgets import QGraphicsSceneResizeEvent, QVBoxLayout, QWidget

from engine.config import Experiment
from engine.frame import Frame
from engine.history import History
from engine.table import Table
from gui.plots.chart import Chart, Ranges
from gui.plots.options import Options, Setting
from gui.plots.readout import Reading
from gui.plots.still import Still, only_holds
from gui.style import Theme

_MARGINS = (10, 4, 14, 8)
"""Left, top, right, bottom, in pixels."""


class Plot(QWidget):
    """One plot: charts in a scene, the frame on show, and the person's options.

    A kind of plot declares name, title and settings, and says how it is laid out, drawn and read.

    Attributes:
        name: stable; in settings and in the names of files.
        title: what a person reads.
        view: everything drawn is in its scene.

    Signals:
        options_changed(): a person changed an option.
    """

    options_changed = Signal()

    name: ClassVar[str]
    title: ClassVar[str]
    settings: ClassVar[Mapping[str, Setting]] = {}

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.charts: list[Chart] = []
        self.experiment: Experiment | None = None
        self.history: History | None = None
        self.frame: Frame | None = None
        self._newest: Frame | None = None
        self._mouse: QPointF | None = None
        self.view = PlotView(self)
        self.board = _Board()
        self.view.addItem(self.board)
        only_holds(self.board)
        only_holds(self.view.ci)
        self.view.ci.layout.setContentsMargins(*_MARGINS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        # Controls live here until a panel takes them into its title bar.
        home = QWidget(self)
        home.hide()
        self._options = Options(self.settings, home)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.redraw)
        self._build()
        self._offer_zoom_reset()
        self._connect()
        self.set_theme(theme)

    # What the window calls.

    def reset(self, experiment: Experiment) -> None:
        """Prepare for a new experiment; the plot is empty until it is shown a frame."""
        self.experiment = experiment
        self.history = self.frame = self._newest = None
        for chart in self.charts:
            chart.owned = True
        self._prepare(experiment)
        self._dress()
        self._lay_out(self.board.rect())
        self.view.forget_still()
        self._empty()
        self._hide_reading()
        self._describe()

    def show_frame(self, history: History, step: int) -> None:
        """Draw the frame at `step`, and over time everything there is, with a mark at the step."""
        if self.experiment is None or not len(history):
            return
        frame = history.at(step)
        if history is self.history and frame is self.frame and history.last is self._newest:
            return
        self.history, self.frame, self._newest = history, frame, history.last
        self.redraw()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.theme = theme
        self.view.setBackground(theme.base)
        for chart in self.charts:
            chart.set_theme(theme)
        self._dress()
        self.redraw()

    def options(self) -> dict[str, Any]:
        """Return what a person chose, fit for JSON."""
        return dict(self._options.values)

    def restore(self, options: Mapping[str, object]) -> None:
        """Choose again what `options` returned; what is unknown or not allowed is left alone."""
        before = self.options()
        self._options.restore(options)
        if self.options() != before:
            self._apply_options()

    def zooms(self) -> dict[int, Ranges]:
        """Return what a person chose to see: index of the chart -> ranges."""
        return {i: chart.ranges for i, chart in enumerate(self.charts) if not chart.owned}

    def restore_zooms(self, zooms: Mapping[int, Ranges]) -> None:
        """Show again what `zooms` returned."""
        for i, ranges in zooms.items():
            self.charts[i].zoom(ranges)
        self.redraw()

    def option_widgets(self) -> list[QWidget]:
        """Return the controls, for a title bar."""
        return list(self._options.controls.values())

    @Slot()
    def zoom_reset(self) -> None:
        """Go back to the ranges that the plot owns."""
        for chart in self.charts:
            chart.zoom_reset()
        self.redraw()

    @abstractmethod
    def table(self) -> Table:
        """Return the numbers that are shown."""

    # What a kind of plot says.

    @classmethod
    def figure_height(cls, _experiment: Experiment) -> float:
        """Return how high the plot should be in a figure, 1 for one chart."""
        return 1.0

    @abstractmethod
    def _build(self) -> None:
        """Make the charts that every experiment needs, by `_add_chart`."""

    @abstractmethod
    def _prepare(self, experiment: Experiment) -> None:
        """Make what an experiment and the options need: lines, scales, texts; forget ranges."""

    @abstractmethod
    def _dress(self) -> None:
        """Set pens and brushes from the theme."""

    @abstractmethod
    def _lay_out(self, area: QRectF) -> None:
        """Give the charts their places, in pixels of the board."""

    @abstractmethod
    def _empty(self) -> None:
        """Draw that there is no frame yet."""

    @abstractmethod
    def _draw(self, history: History, frame: Frame) -> None:
        """Draw a frame."""

    @abstractmethod
    def _read(self, chart: Chart, x: float, y: float) -> Reading | None:
        """Return what stands at a position of a chart."""

    @abstractmethod
    def _summary(self, frame: Frame) -> str:
        """Return the last values in words, for who cannot see the plot."""

    # How it works.

    def option(self, name: str) -> Any:
        """Return the value of a setting."""
        return self._options.values[name]

    @Slot()
    def redraw(self) -> None:
        """Draw the frame on show once more."""
        self._later.stop()
        if self.history is None or self.frame is None:
            return
        # The scene lays out when it gets to it; a figure is painted before that.
        self.view.ci.layout.activate()
        self._draw(self.history, self.frame)
        self._describe()
        if self._mouse is not None:
            self._point_at(self._mouse)

    def _add_chart(self, chart: Chart) -> None:
        chart.setParentItem(self.board)
        chart.resized.connect(self._redraw_later)
        chart.resized.connect(self.view.forget_still)
        chart.zoomed.connect(self._on_chart_zoomed)
        chart.reset_requested.connect(self.zoom_reset)
        self.charts.append(chart)

    def _apply_options(self) -> None:
        if self.experiment is not None:
            for chart in self.charts:
                chart.owned = True
            self._prepare(self.experiment)
            self._dress()
            self._lay_out(self.board.rect())
            self.view.forget_still()
            self.redraw()

    def _describe(self) -> None:
        words = self._summary(self.frame) if self.frame is not None else "no frame yet"
        self.setAccessibleDescription(words)
        self.view.setAccessibleDescription(words)

    def _offer_zoom_reset(self) -> None:
        action = QAction("Reset the zoom", self)
        action.triggered.connect(self.zoom_reset)
        self.addAction(action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _connect(self) -> None:
        self.setAccessibleName(self.title)
        self.view.setAccessibleName(self.title)
        self._options.chosen.connect(self._on_option_chosen)
        self.view.pointed.connect(self._point_at)
        self.view.left.connect(self._hide_reading)
        self.board.resized.connect(self._on_board_resized)

    @Slot()
    def _hide_reading(self) -> None:
        self._mouse = None
        for chart in self.charts:
            chart.show_reading(None, QPointF())

    @Slot(QPointF)
    def _point_at(self, mouse: QPointF) -> None:
        self._mouse = mouse
        for chart in self.charts:
            reading = None
            if self.frame is not None and chart.isVisible() and chart.box.sceneBoundingRect().contains(mouse):
                at = chart.box.mapSceneToView(mouse)
                reading = self._read(chart, at.x(), at.y())
            chart.show_reading(reading, chart.mapFromScene(mouse))

    @Slot()
    def _redraw_later(self) -> None:
        self._later.start()

    @Slot(object)
    def _on_chart_zoomed(self, _chart: Chart) -> None:
        self._later.start()

    @Slot()
    def _on_board_resized(self) -> None:
        self._lay_out(self.board.rect())
        self.view.forget_still()

    @Slot(str, object)
    def _on_option_chosen(self, _name: str, _value: object) -> None:
        self._apply_options()
        self.options_changed.emit()


class PlotView(pg.GraphicsLayoutWidget):
    """The view of a plot's scene.

    Signals:
        pointed(QPointF): the mouse is at this place of the scene.
        left(): the mouse is gone.
    """

    pointed = Signal(QPointF)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(120, 80)
        # It paints its whole background, so nothing behind it has to be painted first.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        """Paint what stands still in an area of the scene, with a painter whose unit is that of the scene."""
        for item in self.scene().items(area):
            if isinstance(item, Still):
                item.paint_still(painter)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the background, which Qt keeps as a picture, with what stands still."""
        super().drawBackground(painter, rect)
        self.paint_still(painter, rect)

    @Slot()
    def forget_still(self) -> None:
        """Paint the background anew: something in it has another place, is gone, or is back."""
        self.resetCachedContent()
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where the mouse is."""
        super().mouseMoveEvent(event)
        self.pointed.emit(self.mapToScene(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the mouse is gone."""
        super().leaveEvent(event)
        self.left.emit()


class _Board(pg.GraphicsWidget):
    """Where the charts lie.

    Signals:
        resized(): it has another size.
    """

    resized = Signal()

    def resizeEvent(self, event: QGraphicsSceneResizeEvent) -> None:
        """Say so."""
        super().resizeEvent(event)
        self.resized.emit()
