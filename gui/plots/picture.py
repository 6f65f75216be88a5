"""What everything drawn obeys: charts in a scene, with a theme, options, a zoom and a readout of values.

What a picture shows, and where that comes from, is up to the subclasses.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QMouseEvent, QPainter
from PySide6.QtWidgets import QGraphicsSceneResizeEvent, QVBoxLayout, QWidget

from engine.table import Table
from gui.plots.captions import Caption
from gui.plots.chart import Chart, Zooms
from gui.plots.options import Options, Setting
from gui.plots.readout import Reading
from gui.plots.still import Still, only_holds
from gui.style import Theme

_MARGINS = (10, 4, 14, 8)
"""Left, top, right, bottom, in pixels."""


class Picture(QWidget):
    """Charts in a scene, and the person's options.

    A kind of picture declares name, title and settings, and says how it is laid out, drawn and read.

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
        self._mouse: QPointF | None = None
        self._on_paper = False
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

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.theme = theme
        self.view.setBackground(theme.base)
        for chart in self.charts:
            chart.set_theme(theme)
        self._dress()
        self.redraw()

    def put_on_paper(self) -> None:
        """Be a figure: legends are complete, and say nothing that only a person at the window could use."""
        self._on_paper = True
        for item in self.view.scene().items():
            if isinstance(item, Caption):
                item.on_paper = True

    def options(self) -> dict[str, Any]:
        """Return what a person chose, fit for JSON."""
        return dict(self._options.values)

    def restore(self, options: Mapping[str, object]) -> None:
        """Choose again what `options` returned; what is unknown or not allowed is left alone."""
        before = self.options()
        self._options.restore(options)
        if self.options() != before:
            self._apply_options()

    def zooms(self) -> Zooms:
        """Return what a person chose to see; here each chart always shows the same."""
        return {i: chart.ranges for i, chart in enumerate(self.charts) if not chart.owned}

    def restore_zooms(self, zooms: Zooms) -> None:
        """Show again what `zooms` returned."""
        if zooms:
            self._zoom_to(zooms)
            self.redraw()

    def option_widgets(self) -> list[QWidget]:
        """Return the controls, for a title bar."""
        return list(self._options.controls.values())

    @Slot()
    def zoom_reset(self) -> None:
        """Go back to the ranges that the picture owns."""
        for chart in self.charts:
            chart.zoom_reset()
        self.redraw()

    @abstractmethod
    def table(self) -> Table:
        """Return the numbers that are shown."""

    # What a kind of picture says.

    @property
    def heading(self) -> str:
        """What stands above the picture in a figure."""
        return self.title

    @abstractmethod
    def _build(self) -> None:
        """Make the charts that are always needed, by `_add_chart`."""

    @abstractmethod
    def _dress(self) -> None:
        """Set pens and brushes from the theme."""

    @abstractmethod
    def _lay_out(self, area: QRectF) -> None:
        """Give the charts their places, in pixels of the board."""

    @abstractmethod
    def _read(self, chart: Chart, x: float, y: float) -> Reading | None:
        """Return what stands at a position of a chart; it is asked only while there is something to show."""

    @abstractmethod
    def _shows_something(self) -> bool:
        """Return whether there is anything to draw."""

    @abstractmethod
    def _prepare_shown(self) -> None:
        """Make what the content and the options need: lines, scales, texts; forget ranges."""

    @abstractmethod
    def _draw_shown(self) -> None:
        """Draw what there is; it is asked only while there is something to show."""

    @abstractmethod
    def _words(self) -> str:
        """Return what is seen in words, for who cannot see it."""

    # How it works.

    def option(self, name: str) -> Any:
        """Return the value of a setting."""
        return self._options.values[name]

    @Slot()
    def redraw(self) -> None:
        """Draw what is on show once more."""
        if self._shows_something():
            self.draw()
            self.describe()

    def draw(self) -> None:
        """Draw what there is on show, and leave the words that say it as they are."""
        self._later.stop()
        # The scene lays out when it gets to it; a figure is painted before that.
        self.view.ci.layout.activate()
        self._draw_shown()
        if self._mouse is not None:
            self._point_at(self._mouse)
        self.view.viewport().update()

    def _renew(self) -> None:
        """Start over with ranges of the picture's own, for other content or other options."""
        for chart in self.charts:
            chart.owned = True
        self._prepare_shown()
        self._dress()
        self._lay_out(self.board.rect())
        self.view.forget_still()

    def _zoom_to(self, zooms: Zooms) -> None:
        for i, chart in enumerate(self.charts):
            if i in zooms:
                chart.zoom(zooms[i])

    @abstractmethod
    def _apply_options(self) -> None:
        """Show the content with other options."""

    def _add_chart(self, chart: Chart) -> None:
        chart.setParentItem(self.board)
        chart.caption.on_paper = self._on_paper
        chart.resized.connect(self._redraw_later)
        chart.resized.connect(self.view.forget_still)
        chart.zoomed.connect(self._on_chart_zoomed)
        chart.reset_requested.connect(self.zoom_reset)
        self.charts.append(chart)

    def describe(self) -> None:
        """Say in words what is on show."""
        words = self._words()
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
        self.view.viewport().update()

    @Slot(QPointF)
    def _point_at(self, mouse: QPointF) -> None:
        self._mouse = mouse
        filled = self._shows_something()
        for chart in self.charts:
            reading = None
            if filled and chart.isVisible() and chart.box.sceneBoundingRect().contains(mouse):
                at = chart.box.mapSceneToView(mouse)
                reading = self._read(chart, at.x(), at.y())
            chart.show_reading(reading, chart.mapFromScene(mouse))
        self.view.viewport().update()

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
        # A picture repaints as a whole, once, when all in it is drawn: no account is kept of parts.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
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

    def event(self, event: QEvent) -> bool:
        """Paint the background for the screen that the window has come to: Qt would show the old picture."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.forget_still()
        return super().event(event)

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
