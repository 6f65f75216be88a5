"""What becomes of errors that nobody expected: logged whole, shown once in a sentence."""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QStandardPaths,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

_log = logging.getLogger(__name__)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_path() -> Path:
    """Return the file that the program logs to."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(folder) / "initscope.log"


class Failures(QObject):
    """Catches every unhandled exception of the process, of all threads.

    Signals:
        happened(str): a sentence for the person; once per place in the code: a paint error comes each frame.
    """

    happened = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: set[tuple[str, ...]] = set()
        self._crash_file: TextIO | None = None

    def install(self) -> None:
        """Take over the hooks of Python and Qt, and log to a file."""
        self._log_to_file()
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(_log_qt_message)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()

    def report(self, error: BaseException) -> None:
        """Log an error with its traceback, and tell the person about it unless they know."""
        _log.error("unexpected error", exc_info=error)
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{frame.filename}:{frame.lineno}" for frame in frames]
        # What has come from another process has its place in a note.
        signature = (type(error).__name__, *places, *getattr(error, "__notes__", ()))
        if signature not in self._known:
            self._known.add(signature)
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.happened.emit(
                f"Something went wrong in the program ({reason}). Details are in {log_path()}."
            )

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_value)

    def _log_to_file(self) -> None:
        path = log_path()
        root = logging.getLogger()
        root.setLevel(logging.INFO)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = logging.handlers.RotatingFileHandler(
                path, maxBytes=1_000_000, backupCount=1, delay=True
            )
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
            root.addHandler(handler)
            self._crash_file = path.with_suffix(".crash").open("a")
            faulthandler.enable(self._crash_file)
        except OSError:
            # A program that cannot keep a log still works; errors then go where Python sends them.
            root.addHandler(logging.StreamHandler())


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    logging.getLogger(context.category or "qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)
