"""The main window on the (offscreen) screen, and a person's hands on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.config import Experiment, RunConfig
from engine.training import Launch
from gui.failures import Failures
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.typing_guard import TypingGuard
from tests.small import small

SMALL = small()
"""Small enough for many steps in no time."""

HUGE = Experiment((RunConfig((4096,) * 100),), SMALL.dataset, batch_size=10)
"""Larger than the memory of any machine that runs the tests."""

Open = Callable[..., MainWindow]
"""open_window(experiment, launch): opens a window with frame 0 of an experiment, by default of the small one,
which is trained where `launch` says, by default in another process, as for a person."""


@contextmanager
def opening(qtbot: QtBot, launch: Launch) -> Iterator[Open]:
    """Give a function that opens a window with frame 0 of an experiment; close all of them at the end.

    Args:
        qtbot: of the test.
        launch: where experiments are trained.
    """
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    guard = TypingGuard(application)
    opened = []

    def open_window(experiment: Experiment = SMALL, launch: Launch = launch) -> MainWindow:
        window = MainWindow(Settings(), Failures(), launch)
        # Not left to qtbot, which would delete it before it has closed.
        opened.append(window)
        window.show()
        qtbot.waitExposed(window)
        window.begin(experiment, None)
        begun(qtbot, window)
        return window

    yield open_window
    for window in opened:
        # Nobody is there to be asked what is to become of it.
        window.files.give_up_changes()
        window.close()
        qtbot.waitUntil(window.isHidden, timeout=20_000)
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    guard.deleteLater()
    QCoreApplication.sendPostedEvents(guard, QEvent.Type.DeferredDelete)
    # The program builds its window without one: with it, a widget is dressed anew in all that it is put into.
    application.setStyleSheet("")


def begun(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the networks of another experiment are there, with frame 0 and no other."""
    qtbot.waitUntil(lambda: len(window.session.history) == 1, timeout=20_000)


def idle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until what was asked for is done, and drawn."""
    (clock,) = window.playback.findChildren(QTimer)
    qtbot.waitUntil(lambda: not (window.session.active or clock.isActive()), timeout=20_000)


def press(
    qtbot: QtBot,
    window: MainWindow,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press a key where the keyboard leads."""
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)
