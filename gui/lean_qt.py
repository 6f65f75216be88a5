"""Imports Qt and pyqtgraph without what nobody here needs of them, for an earlier first picture."""

from __future__ import annotations

import builtins
import sys
from importlib import import_module
from types import ModuleType

_COPIED = ("QtCore", "QtGui", "QtWidgets")
_UNUSED = (
    "graphicsItems.HistogramLUTItem",
    "imageview",
    "widgets.ColorMapWidget",
    "widgets.DataFilterWidget",
    "widgets.DataTreeWidget",
    "widgets.DiffTreeWidget",
    "widgets.HistogramLUTWidget",
    "widgets.RemoteGraphicsView",
    "widgets.ScatterPlotWidget",
    "widgets.TableWidget",
    "widgets.TreeWidget",
)
"""Of pyqtgraph: trees and tables of parameters, and views of images and of other processes."""


def load() -> None:
    """Import both; to be called before anything else does."""
    _load_qt()
    _load_pyqtgraph()


def _load_qt() -> None:
    """Import Qt, and let `import` be what it is.

    WORKAROUND: PySide6 puts an `import` of its own in its place, which from then on reads the source of every
    module, after it was imported, to see whether it might ask for methods with other names (`from __feature__
    import snake_case`; shibokensupport/feature.py): a tenth of the time to the first picture.
    """
    ordinary = builtins.__import__
    try:
        import_module("PySide6.QtCore")
    finally:
        builtins.__import__ = ordinary


def _load_pyqtgraph() -> None:
    """Import pyqtgraph.

    WORKAROUND: pyqtgraph/Qt/__init__.py copies every name of three modules of PySide6 into modules of its
    own, and PySide6 makes a class when its name is first looked at: 1,500 of them, in 0.15 seconds. Here it
    gets the modules of PySide6 in place of its copies, and these name nothing that is to be copied.

    WORKAROUND: pyqtgraph/__init__.py imports all its modules, and with some of them multiprocessing, pydoc
    and sockets. It finds these empty; whoever imports them later gets the real ones.
    """
    modules = {name: import_module(f"PySide6.{name}") for name in _COPIED}
    naming = {name: vars(module)["__dir__"] for name, module in modules.items()}
    empty = {f"pyqtgraph.{name}": ModuleType(name) for name in _UNUSED}
    # The one that is imported by its name.
    vars(empty["pyqtgraph.widgets.RemoteGraphicsView"])["RemoteGraphicsView"] = None
    try:
        for name, module in modules.items():
            sys.modules[f"pyqtgraph.Qt.{name}"] = module
            vars(module)["__dir__"] = list
        sys.modules.update(empty)
        import_module("pyqtgraph")
    finally:
        for name in empty:
            del sys.modules[name]
        for name, module in modules.items():
            vars(module)["__dir__"] = naming[name]
