"""The panel of the runs: a dock around their table, with the commands in its title bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QToolButton, QWidget

from gui.controls.runs_table import RunsTable
from gui.icons import icon
from gui.panel import TitleBar
from gui.style import Theme


class RunsPanel(QDockWidget):
    """Shows the table of runs.

    Attributes:
        table: what it shows.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Runs", parent)
        self.table = RunsTable()
        self.setObjectName("panel-runs")
        self.setWidget(self.table)
        self._close = _button("Hide this panel; the View menu brings it back")
        self._close.clicked.connect(self.close)

    def offer(self, actions: Sequence[QAction], menu: QAction) -> None:
        """Put commands into the title bar, and a menu that opens from there."""
        buttons = []
        for action in (*actions, menu):
            button = _button(action.toolTip())
            button.setDefaultAction(action)
            button.setAccessibleName(f"Runs: {action.toolTip()}")
            buttons.append(button)
        buttons[-1].setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        bar = TitleBar("Runs", buttons, self._on_title_double_clicked)
        bar.add(self._close)
        self.setTitleBarWidget(bar)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._close.setIcon(icon("close", theme.muted))
        self.table.set_theme(theme)

    def height_wanted(self) -> int:
        """Return how high the panel is with its rows in sight."""
        return self.titleBarWidget().sizeHint().height() + self.table.sizeHint().height()

    @Slot()
    def _on_title_double_clicked(self) -> None:
        """Do nothing: the table fills its panel already, and would be lost beside the window."""


def _button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(14, 14))
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(f"Runs: {tip}")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
