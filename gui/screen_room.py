"""How much room the screen has for a window."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication

_FRAME = QSize(16, 48)
"""What a window manager may put around a window, which must not push the message line off the screen."""


def on_screen(size: QSize) -> QSize:
    """Return a size of the window, made smaller where the screen has no room for it."""
    screen = QGuiApplication.primaryScreen()
    if screen is not None:
        size = size.boundedTo(screen.availableSize() - _FRAME)
    return size
