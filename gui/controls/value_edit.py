"""A line of text that stands for a value, and keeps what cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.fields import ConfigError


class ValueEdit(QLineEdit):
    """A line edit whose text is taken as a value on Enter, or when it is left.

    Text that cannot be read stays as it was typed, and the value stays what it was before. Escape brings the
    text of the value back. Undo and redo, where there is no typing to undo, are left to the window.

    Signals:
        committed(): the person gave another value.
        confirmed(): the person typed the value that is there already.
        refused(str): the text cannot be read, and why.
        mended(): the refused text reads well again; it is not taken yet.
    """

    committed = Signal()
    confirmed = Signal()
    refused = Signal(str)
    mended = Signal()

    def __init__(
        self,
        value: Any,
        parse: Callable[[str], Any],
        write: Callable[[Any], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._parse = parse
        self._write = write
        self._refused = False
        self.set_value(value)
        self.editingFinished.connect(self.commit)
        self.textEdited.connect(self._on_text_edited)

    def value(self) -> Any:
        """Return the last value that was good."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        self._value = value
        self._shown = self._write(value)
        self._refused = False
        # Not isModified(): a spin box writes its text anew on Enter.
        self._typed = False
        self.setText(self._shown)
        self.setCursorPosition(0)

    def typed_value(self) -> Any:
        """Return the value that the text stands for at the moment, or the last good one."""
        try:
            return self._value if self.text() == self._shown else self._parse(self.text())
        except ConfigError:
            return self._value

    def give(self, value: Any) -> None:
        """Take a value from the person in another way than typing, such as a step of an arrow."""
        changed = value != self._value
        mended = self._refused
        self.set_value(value)
        if mended:
            self.mended.emit()
        if changed:
            self.committed.emit()

    @Slot()
    def commit(self) -> bool:
        """Take the text as the value; return whether it could be read."""
        typed, before = self._typed, self._value
        if self.text() == self._shown and not (self._refused or typed):
            return True
        try:
            value = before if self.text() == self._shown else self._parse(self.text())
        except ConfigError as error:
            self._refused = True
            self.refused.emit(error.message)
            return False
        self.give(value)
        if typed and value == before:
            self.confirmed.emit()
        return True

    @Slot()
    def _on_text_edited(self) -> None:
        self._typed = True
        if not self._refused:
            return
        try:
            self._parse(self.text())
        except ConfigError:
            return
        self.mended.emit()

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window where no typing can be undone; claim Escape where some can."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undoes = event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()
            redoes = event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            if undoes or redoes:
                event.ignore()
                return False
            if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Bring the text of the value back on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            mended = self._refused
            self.set_value(self._value)
            if mended:
                self.mended.emit()
            return
        super().keyPressEvent(event)
