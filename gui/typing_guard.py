"""Keeps the transport's keys from being stolen from where a person types or presses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from gui.combo import Combo

_TEXT = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit)
_CURSOR_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space)


class TypingGuard(QObject):
    """An event filter of each widget that gets the focus; one of the application would slow every event down.

    Qt asks the widget with the focus whether it wants a key before a shortcut gets it. Text fields of Qt do
    not answer for every key that means something in them, and buttons not at all for the space bar.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        application.focusChanged.connect(self._on_focus_changed)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None:
            # Where it is already, it is not there twice.
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the key for the widget with the focus, where it means something there."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        in_text = isinstance(watched, _TEXT) or (isinstance(watched, QComboBox) and watched.isEditable())
        searching = _is_searched(watched) and event.key() != Qt.Key.Key_Space
        plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if searching and plain and event.text().isprintable() and event.text():
            event.accept()
            return True
        if in_text and (
            (plain and event.text().isprintable() and event.text()) or event.key() in _CURSOR_KEYS
        ):
            event.accept()
            return True
        if isinstance(watched, QAbstractButton) and event.key() == Qt.Key.Key_Space and plain:
            event.accept()
            return True
        return False


def _is_searched(widget: QObject) -> bool:
    """Return whether letters look for an item of a widget."""
    return widget.searched if isinstance(widget, Combo) else isinstance(widget, QAbstractItemView)
