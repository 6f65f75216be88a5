"""One widget for the tests of a module, one after another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from tests.look import Look, come_to_rest, comes_to_look, look_of

_Kind = TypeVar("_Kind", bound=QWidget)


class Kept(Generic[_Kind]):
    """Lends a widget to one test after another, as new.

    One that then looks other than when it was new is closed, and another one built.
    """

    def __init__(self, build: Callable[[], _Kind], begin_anew: Callable[[_Kind], None]) -> None:
        """Keep none yet.

        Args:
            build: returns one on the screen.
            begin_anew: brings one back to how it was built.
        """
        self._build = build
        self._begin_anew = begin_anew
        self._widget: _Kind | None = None
        self._new: Look = ()

    def lend(self) -> _Kind:
        """Return the widget."""
        if self._widget is not None:
            self._begin_anew(self._widget)
            if comes_to_look(self._new, partial(look_of, self._widget)):
                return self._widget
            self.close()
        self._widget = self._build()
        come_to_rest()
        self._new = look_of(self._widget)
        return self._widget

    def close(self) -> None:
        """Close the widget, if there is one."""
        widget, self._widget = self._widget, None
        if widget is not None:
            widget.close()
            widget.deleteLater()
            QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)
