"""The program with a window: everything that the process needs for one."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from engine.config import Experiment
from engine.training import Launch
from gui.application import collect_garbage_seldom, make_application
from gui.failures import Failures
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.typing_guard import TypingGuard

_SIGNAL_MS = 200
_FIRST_MS = 2500
"""Until then there is time to see frame 0."""


def run_window(launch: Launch, experiment: Experiment | None = None, path: Path | None = None) -> int:
    """Open the window and return the exit code when it is closed.

    Args:
        launch: where experiments are trained.
        experiment: what to begin with; None is the experiment that the program opens with.
        path: the file that it came from, if any.
    """
    application = make_application()
    failures = Failures(application)
    failures.install()
    # Until there is a window that can show them, messages go to the terminal.
    failures.happened.connect(_write_to_terminal)
    window = MainWindow(Settings(), failures, launch)
    failures.happened.disconnect(_write_to_terminal)
    # Python runs its signal handlers only between its own instructions: a timer brings some. These look
    # whether the process that trains is still there, which nothing tells while it rests.
    timer = QTimer(application)
    timer.start(_SIGNAL_MS)
    timer.timeout.connect(window.playback.listen)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _close(window))
    TypingGuard(application)
    window.show()
    # Where no window manager does it, the keyboard would go nowhere.
    window.activateWindow()
    window.begin(experiment or Experiment(), path)
    if experiment is None:
        QTimer.singleShot(_FIRST_MS, window.play_first)
    QTimer.singleShot(_FIRST_MS, collect_garbage_seldom)
    code = application.exec()
    failures.uninstall()
    return code


def _close(window: MainWindow) -> None:
    """Close a window without a question: a terminal or the system ends the program, and no person."""
    window.files.give_up_changes()
    window.close()


def _write_to_terminal(message: str) -> None:
    sys.stderr.write(f"{message}\n")
