"""Widgets that leave the mouse wheel to what they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

    _Widget = QWidget
else:
    _Widget = object


class CalmWheel(_Widget):
    """To be inherited from before a widget of Qt: the wheel turns it only where it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what lies around, or turn."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
