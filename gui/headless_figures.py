"""The figures of a job without a window, drawn as the window's export draws them, on no screen."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from gui.application import make_application
from gui.export import figure_file
from gui.figure import FigureSpec, Subject
from gui.figure_size import PRESETS
from gui.headless_interruption import interruption_held
from gui.style import PRINT

_log = logging.getLogger(__name__)

_SIZE = PRESETS["slide"]
"""Roomy enough for a dozen layers side by side."""


def file_names(figures: Iterable[str], formats: Sequence[str]) -> list[str]:
    """Return the names of the files that `render` makes."""
    return [f"{name}.{suffix}" for name in figures for suffix in formats]


@interruption_held()
def render(
    subject: Subject, figures: Mapping[str, tuple[str, ...]], formats: Sequence[str]
) -> dict[str, bytes]:
    """Return the files of figures, by their names; to be called once in a process.

    Args:
        subject: what they show.
        figures: name -> pictures, side by side.
        formats: png, svg or pdf.

    Raises:
        ExportError: if a figure cannot be made.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_log_message)
    application = make_application()
    files: dict[str, bytes] = {}
    for name, plots in figures.items():
        size = _SIZE.size((plots,))
        spec = FigureSpec((plots,), *size.pixels(), size.dpi, PRINT, caption=True)
        for suffix in formats:
            files[f"{name}.{suffix}"] = figure_file(suffix, subject, spec)
    application.shutdown()
    return files


def _log_message(_kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    # What Qt has to say about a platform without a screen is of no use to the person.
    _log.info("%s", message)
