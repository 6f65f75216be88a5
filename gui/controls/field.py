"""A row of the form: label, editor, unit, what is wrong with the value, and a note."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.controls.number_box import NumberBox
from gui.controls.value_edit import ValueEdit

_LABEL_MODEL = "Training fraction"
"""The label column is as wide as this text; longer labels wrap."""

MARGIN = 2
"""Room around an editor for the frame that marks it."""

SPACING = 8
_PADDING = 8
"""What an editor is higher than its text: the same for boxes, lines and combo boxes."""

_INDENT = 12
"""How far the labels of a choice's parameters move in, in pixels."""


class Field(QWidget):
    """One setting. What kind of editor it has, and how that gives and takes a value, is up to the subclass.

    Attributes:
        label: what the person knows the setting by.
        row: label, editor and unit.
        head: the row, and below it the error and the note.
        column: the head, and below it whatever belongs to the setting.

    Signals:
        committed(): the person gave another, good value.
        confirmed(): the person typed the value that is there already.
        given_up(): the person does not insist on a value that cannot be used.
    """

    committed = Signal()
    confirmed = Signal()
    given_up = Signal()

    def __init__(self, label: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = sentence(label)
        self._help = ""
        self._editor: QWidget | None = None
        self._unreadable = ""
        self._unusable = ""
        self._label = QLabel(self.label, self)
        self._label.setWordWrap(True)
        self._label.setFixedWidth(label_width(self))
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._note.setIndent(label_width(self) + SPACING)
        self._error = QLabel(self)
        self._error.setWordWrap(True)
        self._error.setForegroundRole(QPalette.ColorRole.BrightText)
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for message in (self._note, self._error):
            message.setTextFormat(Qt.TextFormat.PlainText)
            message.hide()
        self.row = QHBoxLayout()
        self.row.setSpacing(SPACING)
        self.row.addWidget(self._label)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2)
        self.head = QVBoxLayout()
        self.head.setContentsMargins(MARGIN, 2, MARGIN, 2)
        self.head.setSpacing(3)
        self.head.addLayout(self.row)
        self.head.addWidget(self._error)
        self.head.addWidget(self._note)
        self.column.addLayout(self.head)
        self.set_help(help_text)

    def value(self) -> Any:
        """Return the last value that was good."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value and take any error away; nothing is emitted."""
        raise NotImplementedError

    @property
    def editor(self) -> QWidget:
        """What the person types or clicks in."""
        assert self._editor is not None
        return self._editor

    def set_help(self, *paragraphs: str) -> None:
        """Explain the setting, in a tooltip and to a screen reader."""
        self._help = " ".join(paragraphs)
        self.setToolTip(tooltip(*paragraphs))
        if self._editor is not None:
            self._describe_editor()

    def set_editor(self, editor: QWidget, unit: str = "") -> None:
        """Put the editor into the row, with a unit behind it where there is one."""
        self._editor = editor
        self._label.setBuddy(editor)
        editor.setAccessibleName(f"{self.label} in {unit}" if unit else self.label)
        self._describe_editor()
        editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        editor.setMinimumHeight(self.fontMetrics().height() + _PADDING)
        self.row.addWidget(editor, 1)
        if unit:
            self.row.addWidget(QLabel(unit, self))

    def follow(self, text: NumberBox | ValueEdit) -> None:
        """Pass on what the editor's text says of itself: that it is taken, or that it cannot be read."""
        text.committed.connect(self.committed)
        text.confirmed.connect(self.confirmed)
        text.refused.connect(self.refuse_text)
        text.mended.connect(self.accept_text)

    def indent(self, owner: str) -> None:
        """Mark the row as belonging to the row above, which is called `owner`."""
        self._label.setContentsMargins(_INDENT, 0, 0, 0)
        self.editor.setAccessibleName(f"{owner}: {self.editor.accessibleName()}")

    def set_note(self, text: str) -> None:
        """Say something about the value below it, quietly; nothing takes the note away."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    @property
    def error(self) -> str:
        """What is wrong, as the person reads it; empty if nothing is."""
        return self._error.text()

    @Slot(str)
    def refuse_text(self, message: str) -> None:
        """Mark the editor and say below it why its text cannot be read."""
        self._unreadable = message
        self._show_error()

    @Slot()
    def accept_text(self) -> None:
        """Take back that the text cannot be read."""
        self._unreadable = ""
        self._show_error()

    def show_error(self, message: str) -> None:
        """Mark the editor and say below it why its value cannot be used; empty text takes that back."""
        self._unusable = message
        self._show_error()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give a value that cannot be used up on Escape; the editor has given up what was half typed."""
        if event.key() == Qt.Key.Key_Escape and self._unusable:
            self.given_up.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a frame around an editor whose value is refused."""
        super().paintEvent(event)
        if not self.error:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.BrightText), 1.5))
        painter.drawRoundedRect(QRectF(self.editor.geometry()).adjusted(-1, -1, 1, 1), 3, 3)
        painter.end()

    def _show_error(self) -> None:
        message = sentence(self._unreadable or self._unusable)
        if message == self.error:
            return
        self._error.setText(message)
        self._error.setVisible(bool(message))
        self._describe_editor()
        self.update()

    def _describe_editor(self) -> None:
        self.editor.setAccessibleDescription(self.error or self._help)


def sentence(text: str) -> str:
    """Return the text with a capital at its start."""
    return text[:1].upper() + text[1:]


def tooltip(*paragraphs: str) -> str:
    """Return a tooltip that wraps its lines, one paragraph each."""
    return "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def label_width(widget: QWidget) -> int:
    """Return how wide the column of labels is, the same everywhere in the form."""
    return widget.fontMetrics().horizontalAdvance(_LABEL_MODEL) + 2
