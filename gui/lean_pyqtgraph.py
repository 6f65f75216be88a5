"""Imports pyqtgraph without all the classes of Qt that nobody uses, for an earlier first picture."""

from __future__ import annotations

import sys
from importlib import import_module

_COPIED = ("QtCore", "QtGui", "QtWidgets")


def load() -> None:
    """Import pyqtgraph; to be called before anything else does.

    WORKAROUND: pyqtgraph/Qt/__init__.py copies every name of three modules of PySide6 into modules of its
    own, and PySide6 makes a class when its name is first looked at: 1,500 of them, in 0.15 seconds. Here it
    gets the modules of PySide6 in place of its copies, and these name nothing that is to be copied.
    """
    modules = {name: import_module(f"PySide6.{name}") for name in _COPIED}
    naming = {name: vars(module)["__dir__"] for name, module in modules.items()}
    try:
        for name, module in modules.items():
            sys.modules[f"pyqtgraph.Qt.{name}"] = module
            vars(module)["__dir__"] = list
        import_module("pyqtgraph")
    finally:
        for name, module in modules.items():
            vars(module)["__dir__"] = naming[name]
