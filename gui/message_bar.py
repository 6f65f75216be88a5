"""One line at the foot of the window: what it has to say, with an icon that says how bad it is."""

from __future__ import annotations

import enum

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QWidget

from gui.icons import icon
from gui.quiet_label import QuietLabel
from gui.style import Theme

_HOLD_MS = 8000


class Level(enum.Enum):
    """How a message is meant; the value is the name of its icon."""

    INFO = "info"
    DONE = "check"
    WARNING = "warning"
    ERROR = "error"


class MessageBar(QStatusBar):
    """Shows what the window says of the frame, and for some seconds messages that a person must not miss.

    The whole text is in the tooltip where the window is narrow.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level = Level.INFO
        self._text = ""
        self._resting = ("", Level.INFO)
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.timeout.connect(self._rest)
        self._icon = QLabel()
        self._label = QuietLabel()
        self._label.setAccessibleName("Message")
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.addWidget(self._icon)
        layout.addWidget(self._label, 1)
        self.addWidget(row, 1)

    @property
    def text(self) -> str:
        """The message on show, whole."""
        return self._text

    @property
    def level(self) -> Level:
        """How the message on show is meant."""
        return self._level

    @Slot(str, object)
    def say(self, text: str, level: Level) -> None:
        """Show a message for some seconds, whatever frames have to say meanwhile."""
        self._hold.start(_HOLD_MS)
        self._show(text, level)

    @Slot(str)
    def take_back(self, text: str) -> None:
        """Show a message no longer that is no longer so, if it is on show."""
        if self._hold.isActive() and self._text == text:
            self._hold.stop()
            self._rest()

    def rest_on(self, text: str, level: Level = Level.INFO) -> None:
        """Show a text whenever there is no message."""
        self._resting = (text, level)
        if not self._hold.isActive():
            self._rest()

    def interrupt(self, text: str, level: Level) -> None:
        """Show a text at once, whatever message there is, and from then on as `rest_on` does."""
        self._hold.stop()
        self.rest_on(text, level)

    @Slot()
    def _rest(self) -> None:
        self._show(*self._resting)

    def _show(self, text: str, level: Level) -> None:
        self._text = text
        self._label.set_text(text)
        if level is not self._level:
            self._level = level
            self._draw_icon()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self._draw_icon()

    def _draw_icon(self) -> None:
        theme = self._theme
        colors = {Level.ERROR: theme.error, Level.WARNING: theme.error, Level.DONE: theme.accent}
        ink = colors.get(self._level, theme.muted)
        self._icon.setPixmap(icon(self._level.value, ink).pixmap(QSize(16, 16), self.devicePixelRatioF()))
