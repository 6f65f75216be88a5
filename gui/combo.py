"""A combo box that leaves the mouse wheel to what it lies in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QWidget

from gui.calm_wheel import CalmWheel

_LEAST_CHARACTERS = 8


_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)


class Combo(CalmWheel, QComboBox):
    """A combo box of names with texts. It may be narrower than the texts; its list is as wide as they are.

    Attributes:
        searched: whether letters look for an item. Whoever came with the mouse has chosen from the list by
            the time that it is closed, and means the keys of the window.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.searched = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_CHARACTERS)
        self.setMaxVisibleItems(20)

    def add(self, name: str, text: str, tooltip: str = "") -> None:
        """Add an item."""
        self.addItem(text, name)
        self.setItemData(self.count() - 1, tooltip, Qt.ItemDataRole.ToolTipRole)
        self._widen_list()

    def set_text(self, name: str, text: str) -> None:
        """Give the item of a name another text."""
        self.setItemText(self.findData(name), text)
        self._widen_list()

    def set_name(self, name: str) -> None:
        """Show the item of a name; nothing is emitted."""
        index = self.findData(name)
        if index < 0:
            raise ValueError(f"{name!r} is not in this combo box.")
        blocked = self.blockSignals(True)
        self.setCurrentIndex(index)
        self.blockSignals(blocked)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let letters look for an item again."""
        if event.reason() in _BY_KEYBOARD:
            self.searched = True
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave letters to the window from here on."""
        self.searched = False
        super().mousePressEvent(event)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Cut a long text with an ellipsis."""
        super().initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room.width() - 2
        )

    def _widen_list(self) -> None:
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + view.verticalScrollBar().sizeHint().width())
