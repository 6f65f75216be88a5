"""The texts of the Help menu."""

from __future__ import annotations

import platform
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
import PySide6
from PySide6.QtGui import QAction, QKeySequence

from engine import blas
from engine.version import VERSION
from gui.failures import log_path

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def about_text() -> str:
    """Return what the program is, and what it runs on."""
    return (
        f"<h3>InitScope {VERSION}</h3>"
        "<p>An oscilloscope for the initialization of neural networks.</p>"
        f"<p>Python {platform.python_version()}, NumPy {np.__version__}, PySide6 {PySide6.__version__}, "
        f"pyqtgraph {pg.__version__}<br>{blas.describe()}</p>"
        f"<p>Log: {log_path()}</p>"
    )


def shortcuts_text(window: MainWindow) -> str:
    """Return a table of all keys, read off the actions that have one, in two columns: a screen may be low."""
    cells = [
        f"<td style='padding-right: 24px; white-space: nowrap'><b>{_keys(action)}</b></td>"
        f"<td style='padding-right: 36px; white-space: nowrap'>{_plain(action)}</td>"
        for action in window.findChildren(QAction)
        if not action.shortcut().isEmpty() and action.text()
    ]
    half = (len(cells) + 1) // 2
    rows = [
        f"<tr>{left}{right}</tr>" for left, right in zip_longest(cells[:half], cells[half:], fillvalue="")
    ]
    return f"<table cellspacing='4'>{''.join(rows)}</table>"


def _keys(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def _plain(action: QAction) -> str:
    """Say what an action does; one whose text is about what is chosen at the moment says it in general."""
    return action.whatsThis() or action.text().replace("&", "").replace(" …", "")
