"""The application object, which figures need too where there is no window."""

from __future__ import annotations

import gc

import pyqtgraph as pg
from PySide6.QtCore import QHashSeed, QLocale
from PySide6.QtWidgets import QApplication

from gui.icons import application_icon

_MANY = 20_000


def collect_garbage_seldom() -> None:
    """Look for garbage, from now on seldom, and no more in what is there; to be called when the window is.

    What the window is made of stays to the end, and what frames leave behind goes without being looked for:
    searching for it would take part of each frame, and make some late.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MANY)


def make_application() -> QApplication:
    """Return the application object, set up as every part of the window expects it."""
    application = QApplication(["InitScope"])
    application.setApplicationName("InitScope")
    application.setOrganizationName("InitScope")
    application.setDesktopFileName("initscope")
    application.setWindowIcon(application_icon())
    # Numbers are read and shown with a point everywhere: in the form, the plots, files and NumPy lines.
    QLocale.setDefault(QLocale.c())
    # Qt writes the fonts of a PDF file in the order of a hash table; two exports are to be the same.
    QHashSeed.setDeterministicGlobalSeed()
    pg.setConfigOptions(antialias=False, useOpenGL=False)
    return application
