"""A panel: the dock around a plot, with a title bar that holds the plot's own controls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget, QWidgetItem

from gui.icons import icon
from gui.plots.plot import Plot
from gui.style import Theme

_SPACING = 4
"""Between the parts of a title bar."""


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
        self._title = TitleBar(plot.title, plot.option_widgets(), self._double_clicked)
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
        button.setToolTip(
            "Show the other panels again (Esc)" if enlarged else "Fill the window with this plot"
        )
        self._buttons["close"].setVisible(not enlarged)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._ink = theme.muted
        for name, button in self._buttons.items():
            button.setIcon(icon(name, self._ink))
        self.show_enlarged(self._enlarged)
        # It was made in the theme of its window.
        if self.plot.theme != theme:
            self.plot.set_theme(theme)

    def _add_button(self, name: str, tip: str, action: object) -> None:
        button = QToolButton()
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


class TitleBar(QWidget):
    """A title, the controls of a plot, and buttons; a double click enlarges instead of floating the dock.

    Controls for which there is no room step aside, the last ones first, so that nothing overlaps or is cut.
    """

    def __init__(self, title: str, controls: Sequence[QWidget], double_clicked: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("panel-title-bar")
        self._double_clicked = double_clicked
        label = QLabel(title)
        label.setObjectName("panel-title")
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(10, 2, 4, 2)
        self._layout.setSpacing(_SPACING)
        self._layout.addWidget(label)
        self._layout.addStretch(1)
        self._places = [_Place(control) for control in controls]
        for place in self._places:
            self._layout.addWidget(place)
            place.control_toggled.connect(self._make_room)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget) -> None:
        """Add a widget at the right."""
        self._layout.addWidget(widget)

    def minimumSizeHint(self) -> QSize:
        """Ask for no room for the controls: they can step aside."""
        hint = super().minimumSizeHint()
        shown = [place for place in self._places if not place.isHidden()]
        return QSize(
            hint.width() - sum(place.minimumSizeHint().width() + _SPACING for place in shown), hint.height()
        )

    def event(self, event: QEvent) -> bool:
        """See which controls have room, when that or they have changed."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._make_room()
        return done

    @Slot()
    def _make_room(self) -> None:
        room = self.width() - self.minimumSizeHint().width()
        for place in self._places:
            room -= place.wanted
            place.setVisible(place.wanted > 0 and room >= 0)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Pass on a double click."""
        self._double_clicked()
        event.accept()


class _Place(QWidget):
    """The place of a control, hidden for lack of room, as the control is where it has no meaning.

    Signals:
        control_toggled(): the control was hidden or shown.
    """

    control_toggled = Signal()

    def __init__(self, control: QWidget) -> None:
        super().__init__()
        self._control = control
        control.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(control)

    @property
    def wanted(self) -> int:
        """The width that it wants, with the space beside it."""
        width = QWidgetItem(self._control).sizeHint().width()
        return width + _SPACING if width else 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say when the control comes or goes: in a hidden place, no layout hears of it."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.control_toggled.emit()
        return super().eventFilter(watched, event)
