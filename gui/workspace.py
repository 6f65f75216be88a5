"""The arrangement of the window: the form and one panel per plot, as docks to be moved, hidden, enlarged."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from engine.config import Experiment
from engine.history import History
from gui.panel import PlotPanel
from gui.plots import FIGURES, PLOTS
from gui.plots.chart import Zooms
from gui.plots.runs_view import RunsView
from gui.runs_panel import RunsPanel
from gui.style import Theme
from gui.turns import Rotation

FORM_WIDTH = 330

_WORDS_AFTER = 500
"""Milliseconds from a frame to its description in words: none is read out while others follow at once."""


class Workspace(QObject):
    """Owns the docks of the main window and draws frames on those plots that can be seen.

    Attributes:
        panels: plot name -> panel, in the order of PLOTS.
        form_dock: the dock of the form.
        runs_panel: the dock of the table of runs; it stays folded away while there is nothing to compare.

    Signals:
        export_requested(str): export one plot, by its name.
        run_toggled(int): hide a run of the frames, or show it again.
        painted(): a frame is on the screen.
        brought_back(): form and plots are where they were, after they had been set aside.
    """

    export_requested = Signal(str)
    run_toggled = Signal(int)
    painted = Signal()
    brought_back = Signal()

    def __init__(self, window: QMainWindow, form: QWidget, runs_panel: RunsPanel, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self.runs_panel = runs_panel
        self._n_rows = 1
        self._runs_due = False
        self._enlarged: PlotPanel | None = None
        self._aside = False
        self._arrangement = QByteArray()
        self._arranged_width = 0
        self._stale: set[str] = set()
        self._latest: tuple[History, int] | None = None
        self._of_one_frame, self._over_time = Rotation(most_behind=1), Rotation(most_behind=2)
        self._form_width = FORM_WIDTH
        self._window_width = 0
        self._words = QTimer(self, singleShot=True, interval=_WORDS_AFTER)
        self._words.timeout.connect(self._describe)
        window.setDockNestingEnabled(True)
        self.form_dock = QDockWidget("Settings", window)
        self.form_dock.setObjectName("panel-settings")
        self.form_dock.setTitleBarWidget(QWidget())
        self.form_dock.setWidget(form)
        self.panels = {name: PlotPanel(plot_class(theme), window) for name, plot_class in PLOTS.items()}
        for name, panel in self.panels.items():
            panel.enlarge_requested.connect(self.toggle_enlarged)
            panel.export_requested.connect(self.export_requested)
            panel.plot.run_toggled.connect(self.run_toggled)
            panel.visibilityChanged.connect(self._catch_up(name))
        self.arrange()
        for watched in (window, self.form_dock):
            watched.installEventFilter(self)

    def arrange(self) -> None:
        """Put every panel in its usual place."""
        self.bring_back()
        self.restore_enlarged()
        window = self._window
        for dock in self._docks:
            dock.setFloating(False)
            window.removeDockWidget(dock)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.form_dock)
        panels, rows = self.panels, self._rows()
        for above, (first, *_) in zip([None, *rows], rows, strict=False):
            window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, panels[first])
            if above is not None:
                window.splitDockWidget(panels[above[0]], panels[first], Qt.Orientation.Vertical)
        window.splitDockWidget(panels[rows[-1][0]], self.runs_panel, Qt.Orientation.Vertical)
        for row in rows:
            for left, right in pairwise(row):
                window.splitDockWidget(panels[left], panels[right], Qt.Orientation.Horizontal)
        for dock in (self.form_dock, *panels.values()):
            dock.show()
        self._show_runs_panel()
        self.share_room()

    def share_room(self) -> None:
        """Give the form its width and the plots equal parts of the rest."""
        window, panels = self._window, self.panels
        self._form_width = FORM_WIDTH
        rest = max(window.width() - FORM_WIDTH, 600)
        rows = self._rows()
        window.resizeDocks(
            [self.form_dock, panels[rows[0][0]]], [FORM_WIDTH, rest], Qt.Orientation.Horizontal
        )
        for row in rows:
            widths = [rest // len(row)] * len(row)
            window.resizeDocks([panels[name] for name in row], widths, Qt.Orientation.Horizontal)
        firsts = [panels[first] for first, *_ in rows]
        window.resizeDocks(firsts, [100] * len(firsts), Qt.Orientation.Vertical)
        self._fit_runs_panel()

    def offer_runs(self, n_rows: int) -> None:
        """Unfold the table of runs when it comes to have several rows, and fold it away when it has one.

        In between it is as a person left it.
        """
        before, self._n_rows = self._n_rows, n_rows
        if (before > 1) != (n_rows > 1):
            self._runs_due = True
            self._show_runs_panel_if_due()
        elif before != n_rows:
            self._fit_runs_panel()

    def save(self) -> QByteArray:
        """Return the arrangement, to be restored by `restore`; that of all panels if not all are shown."""
        whole = self._enlarged is None and not self._aside
        return self._window.saveState() if whole else self._arrangement

    def restore(self, arrangement: QByteArray) -> bool:
        """Bring back a saved arrangement, and return whether that was possible."""
        restored = self._window.restoreState(arrangement)
        self._show_runs_panel()
        return restored

    @Slot(object)
    def toggle_enlarged(self, panel: PlotPanel) -> None:
        """Fill the window with one panel, or show the others again."""
        self.bring_back()
        before = self._enlarged
        self.restore_enlarged()
        if before is panel:
            return
        self._keep_arrangement()
        self._enlarged = panel
        panel.setFloating(False)
        for dock in self._docks:
            dock.setVisible(dock is panel)
        panel.show_enlarged(True)
        for action in self.toggle_actions():
            action.setEnabled(False)

    def restore_enlarged(self) -> None:
        """Show the other panels again, if one fills the window."""
        if self._enlarged is not None:
            self._enlarged.show_enlarged(False)
            self._enlarged = None
            for action in self.toggle_actions():
                action.setEnabled(True)
            self._restore_arrangement()

    def set_aside(self) -> None:
        """Hide form, plots and tool bars: something else takes their place."""
        if self._aside:
            return
        self.restore_enlarged()
        self._keep_arrangement()
        self._aside = True
        for part in (*self._docks, *self._window.findChildren(QToolBar)):
            part.hide()
        for action in self.toggle_actions():
            action.setEnabled(False)

    @Slot()
    def bring_back(self) -> None:
        """Show again what was set aside."""
        if not self._aside:
            return
        self._aside = False
        self.brought_back.emit()
        for action in self.toggle_actions():
            action.setEnabled(True)
        self._restore_arrangement()

    def reveal(self, dock: QDockWidget) -> None:
        """Show a panel, with the others, whatever had taken their place."""
        self.bring_back()
        self.restore_enlarged()
        dock.show()

    def toggle_actions(self) -> list[QAction]:
        """Return an action per dock that shows or hides it."""
        return [dock.toggleViewAction() for dock in self._docks]

    def reset(self, experiment: Experiment, runs: RunsView) -> None:
        """Prepare every plot for the runs of an experiment."""
        self._latest = None
        self._stale.clear()
        for panel in self.panels.values():
            panel.plot.reset(experiment, runs)

    def show_runs(self, runs: RunsView) -> None:
        """Show other ones of the runs that there are."""
        for panel in self.panels.values():
            panel.plot.show_runs(runs)

    def show_frame(self, history: History, step: int) -> None:
        """Draw a frame on the plots that can be seen; the others do it when they come to light."""
        self._show_latest(history, step)
        for rotation in (self._of_one_frame, self._over_time):
            rotation.rest()
        for name, panel in self.panels.items():
            if _can_be_seen(panel):
                panel.plot.follow(history, step)
                self._stale.discard(name)
            else:
                self._stale.add(name)

    def follow(self, history: History, step: int, now: float) -> None:
        """Draw a frame that the next one follows at once; `now` is in seconds.

        Plots take turns, so that no frame carries all of them; those of what was seen over time, which hardly
        change with one frame, wait a little longer.
        """
        self._show_latest(history, step)
        seen = [panel.plot for panel in self.panels.values() if _can_be_seen(panel)]
        self._stale = {name for name, panel in self.panels.items() if panel.plot not in seen}
        of_one_frame = self._of_one_frame.due([plot for plot in seen if not plot.over_time], now)
        over_time = self._over_time.due([plot for plot in seen if plot.over_time], now)
        for plot in (*of_one_frame, *over_time):
            plot.follow(history, step)

    def paint(self) -> None:
        """Bring what was drawn to the screen now, and once.

        Each window paints all its plots in one go. What their scenes have posted to themselves about changes
        is delivered too, and then finds nothing left to paint.
        """
        seen = [panel for panel in self.panels.values() if _can_be_seen(panel)]
        for window in {panel.window() for panel in seen} | {self._window}:
            QCoreApplication.sendPostedEvents(window, QEvent.Type.UpdateRequest)
        for panel in seen:
            QCoreApplication.sendPostedEvents(panel.plot.view.scene(), QEvent.Type.MetaCall)
        self.painted.emit()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for panel in self.panels.values():
            panel.set_theme(theme)
        self.runs_panel.set_theme(theme)

    def options(self) -> dict[str, dict[str, object]]:
        """Return what a person chose on each plot: plot name -> options."""
        return {name: panel.plot.options() for name, panel in self.panels.items()}

    def zooms(self) -> dict[str, Zooms]:
        """Return what a person zoomed to: plot name -> what is chosen there."""
        return {name: panel.plot.zooms() for name, panel in self.panels.items()}

    def restore_zooms(self, zooms: dict[str, Zooms]) -> None:
        """Show again what `zooms` returned."""
        for name, chosen in zooms.items():
            self.panels[name].plot.restore_zooms(chosen)

    def restore_options(self, options: dict[str, object]) -> None:
        """Choose again what `options` returned."""
        for name, panel in self.panels.items():
            chosen = options.get(name)
            if isinstance(chosen, dict):
                panel.plot.restore(chosen)

    def reset_zoom(self) -> None:
        """Bring every plot back to ranges of its own."""
        for panel in self.panels.values():
            panel.plot.zoom_reset()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give what the window wins or loses in width to the plots, not to the form; leave by Escape."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self._window:
            # What has the keyboard had no use for it.
            return event.key() == Qt.Key.Key_Escape and self._go_back()
        if isinstance(event, QResizeEvent):
            if watched is self._window:
                self._keep_form_width(event)
            elif self._window.width() == self._window_width and (
                QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton
            ):
                # A person drags its edge.
                self._form_width = self.form_dock.width()
        return super().eventFilter(watched, event)

    def _go_back(self) -> bool:
        """Show all panels again; return whether something else had taken their place."""
        went = self._aside or self._enlarged is not None
        self.bring_back()
        self.restore_enlarged()
        return went

    def _keep_form_width(self, event: QResizeEvent) -> None:
        # Qt has shared the width evenly between the form and the rest when this is called.
        self._window_width = self._window.width()
        if not event.oldSize().isValid():
            self._form_width = self.form_dock.width()
        else:
            self._give_form_its_width()

    def _give_form_its_width(self) -> None:
        if self.form_dock.isVisible() and not self.form_dock.isFloating():
            width = self._window.width()
            scale = (width - self._form_width) / max(width - self.form_dock.width(), 1)
            docks = [panel for panel in self.panels.values() if panel.isVisible() and not panel.isFloating()]
            widths = [round(panel.width() * scale) for panel in docks]
            self._window.resizeDocks(
                [self.form_dock, *docks], [self._form_width, *widths], Qt.Orientation.Horizontal
            )
            QCoreApplication.sendPostedEvents(self._window, QEvent.Type.LayoutRequest)

    def _keep_arrangement(self) -> None:
        self._arrangement, self._arranged_width = self._window.saveState(), self._window.width()

    def _restore_arrangement(self) -> None:
        """Show the panels where they were; what the window has won or lost meanwhile is not the form's."""
        width = self._form_width
        self._window.restoreState(self._arrangement)
        self._show_runs_panel_if_due()
        # With the button down, as in a double click, that looked like a drag of the form's edge.
        self._form_width = width
        if self._window.width() != self._arranged_width:
            self._give_form_its_width()

    @property
    def _docks(self) -> list[QDockWidget]:
        return [self.form_dock, *self.panels.values(), self.runs_panel]

    def _show_runs_panel_if_due(self) -> None:
        if self._runs_due and self._enlarged is None and not self._aside:
            self._show_runs_panel()

    def _show_runs_panel(self) -> None:
        self._runs_due = False
        self.runs_panel.setVisible(self._n_rows > 1)
        self._fit_runs_panel()

    def _fit_runs_panel(self) -> None:
        """Give the table of runs the height of its rows, and the plots above it equal parts of the rest."""
        panel = self.runs_panel
        if not panel.isVisible() or panel.isFloating():
            return
        wanted = panel.height_wanted()
        QCoreApplication.sendPostedEvents(self._window, QEvent.Type.LayoutRequest)
        firsts = [self.panels[first] for first, *_ in self._rows()]
        above = [plot for plot in firsts if plot.isVisible() and plot.geometry().bottom() < panel.y()]
        if above:
            rest = sum(plot.height() for plot in above) + panel.height() - wanted
            heights = [*[rest // len(above)] * len(above), wanted]
            self._window.resizeDocks([*above, panel], heights, Qt.Orientation.Vertical)

    @staticmethod
    def _rows() -> list[tuple[str, ...]]:
        """Return the names of the plots, row by row, as in the figures on paper."""
        return list(FIGURES.values())

    def _show_latest(self, history: History, step: int) -> None:
        """Take note of what is on show, and let it be described."""
        self._latest = (history, step)
        if not self._words.isActive():
            self._words.start()

    @Slot()
    def _describe(self) -> None:
        """Say in words what is on show, for who cannot see it."""
        for panel in self.panels.values():
            if _can_be_seen(panel):
                panel.plot.describe()

    def _catch_up(self, name: str) -> Callable[[bool], None]:
        def on_visibility_changed(visible: bool) -> None:
            if visible and name in self._stale and self._latest is not None:
                self._stale.discard(name)
                self.panels[name].plot.show_frame(*self._latest)

        return on_visibility_changed


def _can_be_seen(panel: PlotPanel) -> bool:
    return panel.isVisible() and not panel.visibleRegion().isEmpty()
