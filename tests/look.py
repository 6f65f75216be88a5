"""How widgets look to a person: equal for those that nobody can tell apart."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget

Look = tuple[object, ...]

_TURNS = 5
"""In which layouts within each other come to rest, one after the other."""


def come_to_rest() -> None:
    """Let the layouts come to rest."""
    for _ in range(_TURNS):
        QApplication.processEvents()


def comes_to_look(wanted: Look, look: Callable[[], Look]) -> bool:
    """Return whether something looks as wanted by the time that the layouts have come to rest."""
    for _ in range(_TURNS):
        QApplication.processEvents()
        if look() == wanted:
            return True
    return False


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
