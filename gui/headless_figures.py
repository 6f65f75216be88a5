"""The figures of a job without a window, drawn as the window's export draws them, on no screen."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QHashSeed, QMessageLogContext, QtMsgType, qInstallMessageHandler

from engine.config import Experiment
from engine.history import History
from gui.app import make_application
from gui.export import export_figure
from gui.figure import FigureSpec, Shot
from gui.figure_size import PRESETS
from gui.plots import FIGURES
from gui.style import PRINT

_log = logging.getLogger(__name__)

_SIZE = PRESETS["slide"]
"""Roomy enough for a dozen layers side by side."""


def file_names(formats: Sequence[str]) -> list[str]:
    """Return the names of the files that `render` makes."""
    return [f"{name}.{suffix}" for name in FIGURES for suffix in formats]


def render(experiment: Experiment, history: History, formats: Sequence[str]) -> dict[str, bytes]:
    """Return the files of all figures of the newest frame, by their names; to be called once in a process.

    Raises:
        ExportError: if a figure cannot be made.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Qt writes the fonts of a PDF file in the order of a hash table.
    QHashSeed.setDeterministicGlobalSeed()
    qInstallMessageHandler(_log_message)
    application = make_application()
    shot = Shot(experiment, history, history.last.step)
    files: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, plots in FIGURES.items():
            size = _SIZE.size((plots,))
            spec = FigureSpec((plots,), *size.pixels(), size.dpi, PRINT, caption=True)
            for suffix in formats:
                path = Path(folder, f"{name}.{suffix}")
                export_figure(path, shot, spec)
                files[path.name] = _timeless(path.read_bytes()) if suffix == "pdf" else path.read_bytes()
    application.shutdown()
    return files


def _timeless(pdf: bytes) -> bytes:
    """Return a PDF file without its time of creation, and with an identity that follows from its contents.

    Every length stays as it is, for a PDF file is full of offsets into itself.
    """
    dates = rb'/(?:Creation|Mod)Date \(D:[^)]*\)| xmp:\w*Date="[^"]*"'
    pdf = re.sub(dates, lambda date: b" " * len(date[0]), pdf)
    identity = re.search(rb'DocumentID="uuid:([0-9a-f-]{36})"', pdf)
    if identity is None:
        return pdf
    # It stands there once more as hexadecimal digits.
    given, given_hex = identity[1], identity[1].hex().encode()
    contents = pdf.replace(given, b"").replace(given_hex, b"")
    lasting = str(uuid.UUID(bytes=hashlib.sha256(contents).digest()[:16])).encode()
    return pdf.replace(given, lasting).replace(given_hex, lasting.hex().encode())


def _log_message(_kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    # What Qt has to say about a platform without a screen is of no use to the person.
    _log.info("%s", message)
