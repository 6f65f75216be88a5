"""A panel: the dock around a plot, with a title bar that holds the plot's own controls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from gui.icons import icon
from gui.plots.plot import Plot
from gui.style import Theme


class PlotPanel(QDockWidget):
    """Shows one plot; can be moved, hidden, floated and enlarged.

    Attributes:
        plot: what it shows.

    Signals:
        enlarge_requested(PlotPanel): fill the window with this panel, or go back.
        export_requested(str): export this plot, by its name.
    """

    enlarge_requested = Signal(object)
    export_requested = Signal(str)

    def __init__(self, plot: Plot, parent: QWidget | None = None) -> None:
        super().__init__(plot.title, parent)
        self.plot = plot
        self.setObjectName(f"panel-{plot.name}")
        self.setWidget(plot)
        self._buttons: dict[str, QToolButton] = {}
        self._enlarged = False
        self._title = _TitleBar(self._double_clicked)
        label = QLabel(plot.title)
        label.setObjectName("panel-title")
        self._title.add(label)
        self._title.add_space()
        for widget in plot.option_widgets():
            self._title.add(widget)
        self._add_button("zoom-reset", "Reset the zoom", plot.zoom_reset)
        self._add_button("export", "Export this plot", lambda: self.export_requested.emit(plot.name))
        self._add_button(
            "enlarge", "Fill the window with this plot", lambda: self.enlarge_requested.emit(self)
        )
        self._add_button("close", "Hide this panel; the View menu brings it back", self.close)
        self.setTitleBarWidget(self._title)

    def show_enlarged(self, enlarged: bool) -> None:
        """Show on the button whether the panel fills the window."""
        self._enlarged = enlarged
        button = self._buttons["enlarge"]
        button.setIcon(icon("restore" if enlarged else "enlarge", self._ink))
        button.setToolTip("Show the other panels again" if enlarged else "Fill the window with this plot")
        self._buttons["close"].setVisible(not enlarged)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._ink = theme.muted
        for name, button in self._buttons.items():
            button.setIcon(icon(name, self._ink))
        self.show_enlarged(self._enlarged)
        self.plot.set_theme(theme)

    _ink = "#808080"

    def _add_button(self, name: str, tip: str, action: object) -> None:
        button = QToolButton()
        button.setIcon(icon(name, self._ink))
        button.setIconSize(QSize(14, 14))
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(f"{self.plot.title}: {tip}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action)
        self._title.add(button)
        self._buttons[name] = button

    def _double_clicked(self) -> None:
        self.enlarge_requested.emit(self)


class _TitleBar(QWidget):
    """A row of widgets; a double click on it enlarges instead of floating the dock."""

    def __init__(self, double_clicked: object) -> None:
        super().__init__()
        self.setObjectName("panel-title-bar")
        self._double_clicked = double_clicked
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(10, 2, 4, 2)
        self._layout.setSpacing(4)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget) -> None:
        self._layout.addWidget(widget)

    def add_space(self) -> None:
        self._layout.addStretch(1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if callable(self._double_clicked):
            self._double_clicked()
        event.accept()
