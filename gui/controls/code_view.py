"""Lines of code to read and to copy."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from gui.style import code_font


class CodeView(QTextEdit):
    """Shows code to be selected and copied, wrapped, and as high as it needs to be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        font = code_font()
        font.setPointSizeF(font.pointSizeF() - 1)  # the lines are long, and the form is narrow
        self.setFont(font)
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
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def set_code(self, code: str) -> None:
        """Show other code."""
        if code != self.toPlainText():
            self.setPlainText(code)

    def sizeHint(self) -> QSize:
        """Ask for the height of the code."""
        return QSize(200, self.height())

    def minimumSizeHint(self) -> QSize:
        """Ask for the height of the code."""
        return QSize(60, self.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what the code lies in."""
        event.ignore()

    @Slot()
    def _fit(self) -> None:
        self.setFixedHeight(math.ceil(self.document().size().height()))
