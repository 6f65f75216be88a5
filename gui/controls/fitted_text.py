"""Text to read and to copy, as high as it needs to be."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from gui.style import code_font


class FittedText(QTextEdit):
    """Shows plain text to be selected and copied, wrapped.

    A label that wraps asks for its height by its width, and a layout lets nothing shrink that stands beside
    such a one; this has a height of its own at any time.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def set_text(self, text: str) -> None:
        """Show another text."""
        if text != self.toPlainText():
            self.setPlainText(text)

    def sizeHint(self) -> QSize:
        """Ask for the height of the text."""
        return QSize(200, self.height())

    def minimumSizeHint(self) -> QSize:
        """Ask for the height of the text."""
        return QSize(60, self.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what the text lies in."""
        event.ignore()

    @Slot()
    def _fit(self) -> None:
        self.setFixedHeight(math.ceil(self.document().size().height()))


class CodeView(FittedText):
    """Shows lines of code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        font = code_font()
        font.setPointSizeF(font.pointSizeF() - 1)  # the lines are long, and the form is narrow
        self.setFont(font)
