"""Stop when: the dialog with the rules that end a play, and what is said when one of them has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from engine.fields import Choice, ConfigError
from engine.session import Session, State
from engine.state import TRAINING
from engine.stop_rules import describe_rule
from gui.controls.stop_rules import StopRules
from gui.controls.transport import TransportBar
from gui.message_bar import Level
from gui.playback import Playback
from gui.settings import Settings

_HINT = (
    "Playing stops at the first frame at which one of these begins to hold. Between two frames nobody looks, "
    "but a step is met exactly."
)

_WIDTH = 300
"""Of the rows, in pixels: enough for the longest choice."""


class Stopping(QObject):
    """Keeps the rules of the session, the dialog and the transport bar of one mind, and remembers them.

    Signals:
        said(str, Level): which rule has ended a play.
        taken_back(str): that is over; what was said.
    """

    said = Signal(str, object)
    taken_back = Signal(str)

    def __init__(
        self,
        window: QWidget,
        session: Session,
        playback: Playback,
        transport: TransportBar,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._transport = transport
        self._settings = settings
        self._playing = False
        self._news = ""
        self._take(settings.get("stop_when", []))
        transport.stop_requested.connect(self.open)
        playback.state_changed.connect(self._on_state_changed)
        self._show_rules()

    @cached_property
    def dialog(self) -> StopDialog:
        """The dialog, beside which the window goes on working; made when it is first asked for."""
        dialog = StopDialog(self._window)
        dialog.panel.set_rules(self._session.stop.rules)
        dialog.panel.rules_changed.connect(self._on_rules_changed)
        return dialog

    @Slot()
    def open(self) -> None:
        """Show the dialog."""
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot()
    def _on_rules_changed(self) -> None:
        rules = self.dialog.panel.rules()
        self._session.stop.rules = rules
        # Where training goes on, it is not to end before the person has typed a value.
        self._session.stop.begin(self._session.history)
        self._settings.set("stop_when", [[rule.name, dict(rule.parameters)] for rule in rules])
        self._show_rules()

    @Slot(object)
    def _on_state_changed(self, state: State) -> None:
        # There may be more runs now, or only one.
        self._show_rules()
        was_playing, self._playing = self._playing, state is State.PLAYING
        rule = self._session.stop.by
        if was_playing and rule is not None:
            step = self._session.step_index
            self._news = f"Stopped at step {step:,} by your rule: {self._described(rule)}."
            self.said.emit(self._news, Level.DONE)
        elif self._news and state in (State.BUILDING, *TRAINING):
            self.taken_back.emit(self._news)
            self._news = ""

    def _take(self, stored: Sequence[Any]) -> None:
        """Obey the rules of the last time; those of another version are forgotten."""
        try:
            self._session.stop.rules = [Choice(name, parameters) for name, parameters in stored]
        except (ConfigError, TypeError, ValueError):
            self._session.stop.rules = ()

    def _described(self, rule: Choice) -> str:
        return describe_rule(rule, len(self._session.runs))

    def _show_rules(self) -> None:
        self._transport.show_stop_rules([self._described(rule) for rule in self._session.stop.rules])


class StopDialog(QDialog):
    """Offers the rules; what is chosen counts at once.

    Attributes:
        panel: the rules.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Stop when")
        self.panel = StopRules()
        self.panel.setMinimumWidth(_WIDTH)
        hint = QLabel(_HINT)
        hint.setWordWrap(True)
        hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(hint)
        column.addWidget(self.panel)
        column.addWidget(buttons)
        # It is as high as what is unfolded.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move up where its end would leave the screen, as more is unfolded."""
        super().resizeEvent(event)
        screen = self.screen().availableGeometry()
        too_low = self.frameGeometry().bottom() - screen.bottom()
        if too_low > 0:
            self.move(self.x(), max(self.y() - too_low, screen.top()))
