"""One main window for the tests of a module, one after another, as a person opens experiments."""

from __future__ import annotations

from contextlib import ExitStack

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QScrollBar
from pytestqt.qtbot import QtBot

from engine.training import Launch
from gui.main_window import MainWindow
from tests.look import Look, look_of
from tests.windows import MOONS, begun, opening

_TURNS = 5
"""In which layouts within each other come to rest, one after the other."""


class KeptWindow:
    """Lends a window on the small experiment to one test after another.

    To build and to show one takes four times as long as to begin anew in it. What opening an experiment does
    not bring back to how it was, no other test meets: a window that then looks other than when it was new is
    closed, and another one built.
    """

    def __init__(self, launch: Launch) -> None:
        """Keep none yet.

        Args:
            launch: where experiments are trained.
        """
        self._launch = launch
        self._stack = ExitStack()
        self._window: MainWindow | None = None
        self._size = QSize()
        self._new: Look = ()

    def lend(self, qtbot: QtBot) -> MainWindow:
        """Return a window with frame 0 of the small experiment."""
        if self._window is not None:
            _begin_anew(qtbot, self._window, self._size)
            if self._looks_new(self._window):
                return self._window
            self.close()
        self._window = self._stack.enter_context(opening(qtbot, self._launch))()
        self._size, self._new = self._window.size(), _look(self._window)
        return self._window

    def take_back(self) -> None:
        """End what the test had the window do; one that is busy with more than training is closed."""
        window = self._window
        if window is None:
            return
        window.files.give_up_changes()
        window.playback.stop()
        window.session.close()
        assert window.session.closed(10)
        if window.bench_view.bench is not None or not window.isVisible():
            self.close()

    def close(self) -> None:
        """Close the window, if there is one."""
        self._window = None
        self._stack.close()

    def _looks_new(self, window: MainWindow) -> bool:
        for _ in range(_TURNS):
            QApplication.processEvents()
            if _look(window) == self._new:
                return True
        return False


def _begin_anew(qtbot: QtBot, window: MainWindow, size: QSize) -> None:
    """Bring a window to frame 0 of the small experiment, in its first size and arrangement."""
    window.message_bar._hold.stop()
    window._settings.set("recent", [])
    window.player.set_speed(window.transport.speed)
    window.workspace.arrange()
    window.resize(size)
    window.workspace.share_room()
    window.begin(MOONS, None)
    begun(qtbot, window)
    for scroll_bar in window.form.findChildren(QScrollBar):
        scroll_bar.setValue(0)
    window.activateWindow()
    window.setFocus()


def _look(window: MainWindow) -> Look:
    """Return how a window looks, and what it remembers."""
    store, session = window._settings._store, window.session
    return (
        {key: store.value(key) for key in store.allKeys() if (key, store.value(key)) != ("recent", "[]")},
        window.workspace.options(),
        (window._theme, window.transport.speed),
        (session.stop.rules, session.steps_per_frame, session.frame_seconds),
        look_of(window),
    )
