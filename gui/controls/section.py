"""A part of the form under a heading that folds it away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget


class Section(QWidget):
    """A heading, and below it what belongs to it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = QToolButton()
        self._heading.setText(title)
        self._heading.setAutoRaise(True)
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._heading.setAccessibleDescription("Folds this part of the form away.")
        font = self._heading.font()
        font.setBold(True)
        self._heading.setFont(font)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setForegroundRole(self.palette().ColorRole.Mid)
        self._note = QLabel()
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._note.hide()
        head = QHBoxLayout()
        head.addWidget(self._heading)
        head.addWidget(line, 1)
        head.addWidget(self._note)
        self._content = QWidget()
        self._rows = QVBoxLayout(self._content)
        self._rows.setContentsMargins(0, 0, 0, 6)
        self._rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._content)
        self._heading.clicked.connect(self._on_heading_clicked)
        self._fold(False)

    def add(self, widget: QWidget) -> None:
        """Add a widget below the others."""
        self._rows.addWidget(widget)

    def set_note(self, text: str) -> None:
        """Say something about the whole part beside its heading; empty says nothing."""
        self._note.setText(text)
        self._note.setVisible(bool(text))
        self._heading.setAccessibleName(f"{self._heading.text()}, {text}" if text else "")

    def unfold(self) -> None:
        """Show what belongs to the heading."""
        self._fold(False)

    @Slot()
    def _on_heading_clicked(self) -> None:
        self._fold(not self._content.isHidden())

    def _fold(self, folded: bool) -> None:
        self._heading.setArrowType(Qt.ArrowType.RightArrow if folded else Qt.ArrowType.DownArrow)
        self._content.setHidden(folded)
