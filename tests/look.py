"""How widgets look to a person: equal for those that nobody can tell apart."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

Look = tuple[object, ...]


def look_of(top: QWidget) -> Look:
    """Return how a widget, all that can be seen in it, and its actions look."""
    widgets = [widget for widget in (top, *top.findChildren(QWidget)) if widget.isVisible()]
    actions = [
        (action.text(), action.isEnabled(), action.isChecked()) for action in top.findChildren(QAction)
    ]
    return [(*_place_of(widget), _content_of(widget)) for widget in widgets], actions


def _place_of(widget: QWidget) -> Look:
    return type(widget), widget.isEnabled(), widget.geometry().getRect()


def _content_of(widget: QWidget) -> object:
    if isinstance(widget, QLineEdit | QLabel):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentIndex()
    if isinstance(widget, QAbstractButton):
        return widget.isChecked()
    return None
