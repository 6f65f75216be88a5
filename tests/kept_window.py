"""One main window for the tests of a module, one after another, as a person opens experiments."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from functools import partial

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtWidgets import QScrollBar
from pytestqt.qtbot import QtBot

from engine.training import Launch
from gui.main_window import MainWindow
from tests.look import Look, come_to_rest, comes_to_look, look_of
from tests.windows import SMALL, begun, opening


class KeptWindow:
    """Lends a window on the small experiment to one test after another.

    To build and to show one takes four times as long as to begin anew in it. What opening an experiment does
    not bring back to how it was, no other test meets: a window that then looks other than when it was new is
    closed, and another one built.
    """

    def __init__(self, launch: Launch, plots: Collection[str]) -> None:
        """Keep none yet.

        Args:
            launch: where experiments are trained.
            plots: names of those on the screen; the panels of the others are closed.
        """
        self._launch = launch
        self._plots = plots
        self._stack = ExitStack()
        self._window: MainWindow | None = None
        self._size = QSize()
        self._arrangement = QByteArray()
        self._new: Look = ()

    def lend(self, qtbot: QtBot) -> MainWindow:
        """Return a window with frame 0 of the small experiment."""
        if self._window is not None:
            _begin_anew(qtbot, self._window)
            if self._as_arranged(self._window) and self._looks_new(self._window):
                return self._window
            self._arrange_anew(self._window)
            if self._looks_new(self._window):
                return self._window
            self.close()
        window = self._stack.enter_context(opening(qtbot, self._launch))()
        self._close_panels(window)
        come_to_rest()
        self._window, self._size, self._arrangement = window, window.size(), window.saveState()
        self._new = _look(window)
        return window

    def take_back(self) -> None:
        """End what the test had the window do."""
        window = self._window
        if window is None:
            return
        window.files.give_up_changes()
        window.playback.stop()
        window.session.close()
        assert window.session.closed(10)
        _put_away_bench(window)
        if not window.isVisible():
            self.close()

    def close(self) -> None:
        """Close the window, if there is one."""
        self._window = None
        self._stack.close()

    def _as_arranged(self, window: MainWindow) -> bool:
        return window.size() == self._size and window.saveState() == self._arrangement

    def _arrange_anew(self, window: MainWindow) -> None:
        """Bring a window to its first size and arrangement, which takes as long as several frames."""
        window.resize(self._size)
        window.workspace.share_room()
        # To the pixel, to which sharing room does not come back.
        window.workspace.restore(self._arrangement)
        _to_the_top(window)

    def _close_panels(self, window: MainWindow) -> None:
        for name, panel in window.workspace.panels.items():
            if name not in self._plots:
                panel.close()

    def _looks_new(self, window: MainWindow) -> bool:
        return comes_to_look(self._new, partial(_look, window))


def _put_away_bench(window: MainWindow) -> None:
    """Let the next test that asks for the bench have one of its own."""
    view = window.bench_view
    if view.bench is None:
        return
    view.leave()
    view.stop()
    assert view.bench.stopped(5.0)
    window.takeCentralWidget()
    view.bench.deleteLater()
    view.bench = None


def _begin_anew(qtbot: QtBot, window: MainWindow) -> None:
    """Bring a window to frame 0 of the small experiment."""
    window.message_bar._hold.stop()
    window._settings.set("recent", [])
    window.player.set_speed(window.transport.speed)
    _forget_stop_rules(window)
    window.workspace.bring_back()
    window.workspace.restore_enlarged()
    window.begin(SMALL, None)
    begun(qtbot, window)
    _to_the_top(window)


def _forget_stop_rules(window: MainWindow) -> None:
    """Let no rule end a play."""
    stopping = window.stopping
    if "dialog" in vars(stopping):
        stopping.dialog.close()
        stopping.dialog.panel.set_rules(())
    window.session.stop.rules = ()
    window._settings._store.remove("stop_when")
    stopping._show_rules()


def _to_the_top(window: MainWindow) -> None:
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
