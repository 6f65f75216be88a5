"""The rules of the house: imports point one way, and the versions that all rests on are the right ones."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CORE = [Requirement(text) for text in PROJECT["dependencies"]]

# What each part may import beside the standard library; main -> gui -> engine, never back.
ALLOWED = {
    "engine": {"engine", "numpy", "scipy", "sklearn", "threadpoolctl"},
    "gui": {"gui", "engine", "numpy", "PySide6", "pyqtgraph"},
    "main": {"gui", "engine", "numpy", "PySide6"},
}
# What trains, by module and by short cut, and the only ones that may know it: all others ask the session.
KNOWN_TO = {
    ("engine.trainer", "engine.Trainer"): {"engine.timeline", "engine.joining"},
    ("engine.timeline", "engine.Timeline"): {"engine.runner"},
    ("engine.runner", "engine.Runner"): {"engine.training", "engine.training_host"},
}
# What the window has no business with.
INSIDE_THE_ENGINE = {"engine.trainer", "engine.runner", "engine.network", "engine.stack", "engine.observer"}
# Parts of the window that stand alone, and what they stand in.
WIDGETS = {"gui.controls", "gui.plots"}
WINDOW = {"gui.app", "gui.main_window", "engine.session.Session", "engine.Session"}


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {
    name_of(file): file
    for file in (
        *sorted((ROOT / "engine").rglob("*.py")),
        *sorted((ROOT / "gui").rglob("*.py")),
        *ROOT.glob("main.py"),
    )
}


@cache
def imports_of(module: str) -> set[str]:
    """Return the dotted names that a module imports anywhere in it; "from a import b" counts as a and a.b."""
    file = FILES[module]
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{file}: relative import"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_imports_point_one_way() -> None:
    forbidden = {}
    for module in FILES:
        packages = {name.partition(".")[0] for name in imports_of(module)} - sys.stdlib_module_names
        forbidden[module] = packages - ALLOWED[module.partition(".")[0]]
    assert {module: names for module, names in forbidden.items() if names} == {}


@pytest.mark.parametrize("names", KNOWN_TO, ids=lambda names: names[0])
def test_only_the_session_knows_what_trains(names: tuple[str, str]) -> None:
    knowing = {module for module in FILES if imports_of(module) & set(names)}
    assert knowing <= KNOWN_TO[names]


def test_the_window_stays_out_of_the_training() -> None:
    known = {module: imports_of(module) & INSIDE_THE_ENGINE for module in FILES if module.startswith("gui")}
    assert {module: names for module, names in known.items() if names} == {}


@pytest.mark.parametrize("part", sorted(WIDGETS))
def test_a_widget_knows_nothing_of_its_surroundings(part: str) -> None:
    """Controls and plots know neither each other nor window and session: they emit, the window connects."""
    inside = {module: imports_of(module) for module in FILES if module.startswith(f"{part}.")}
    assert inside
    foreign = tuple(f"{name}." for name in (WIDGETS - {part}) | WINDOW)
    for module, names in inside.items():
        known = {name for name in names if f"{name}.".startswith(foreign)}
        assert not known, f"{module} imports {known}"


def test_resources_hold_no_code() -> None:
    assert not list((ROOT / "resources").rglob("*.py"))


def test_the_page_on_the_architecture_names_every_module_and_no_other() -> None:
    """Modules in folders of their own may go without: the page says what the folder is for."""
    page = (ROOT / "ARCHITECTURE.md").read_text()
    named = {name.rpartition("/")[2] for name in re.findall(r"`([\w/*]+\.py)`", page)}
    there = {file.name for file in (*FILES.values(), *(ROOT / "tests").rglob("*.py"))}
    wanted = {file.name for part in ("engine", "gui") for file in (ROOT / part).glob("[!_]*.py")}
    assert {module for module in wanted if not any(fnmatch(module, name) for name in named)} == set()
    assert {name for name in named if not any(fnmatch(module, name) for module in there)} == set()


def test_the_engine_needs_no_qt_and_starts_light() -> None:
    """Every module of the engine is imported in a fresh process; the slow libraries stay out."""
    modules = [module for module in FILES if module.partition(".")[0] == "engine"]
    code = f"""
import importlib, sys
for module in {modules!r}:
    importlib.import_module(module)
print(*sorted({{"PySide6", "pyqtgraph", "shiboken6", "sklearn", "scipy"}} & sys.modules.keys()))
"""
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert child.stdout.split() == []


@pytest.mark.parametrize("requirement", CORE, ids=lambda requirement: requirement.name)
def test_what_is_installed_is_in_the_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(metadata.version(requirement.name))


def test_the_qt_that_destroys_none_is_out_of_range() -> None:
    """PySide6 6.12.0 aborts Python 3.11 after some hundred redraws: https://bugreports.qt.io/browse/PYSIDE-3474."""
    (qt,) = [requirement for requirement in CORE if requirement.name == "PySide6-Essentials"]
    assert not qt.specifier.contains("6.12.0")
    assert qt.specifier.contains("6.11.3")


def test_redrawing_keeps_the_references_to_none() -> None:
    """A Qt call that gives one reference to None away too many ends the process when none is left.

    From Python 3.12 on None is immortal and its count means nothing: there it is enough to get through.
    """
    code = """
import sys
import pyqtgraph
application = pyqtgraph.mkQApp()
plot = pyqtgraph.PlotWidget()
plot.resize(200, 100)
curve = plot.plot(range(9))
plot.show()
def redraw(times):
    for shift in range(times):
        curve.setData([float(shift + x) for x in range(9)])
        application.processEvents()
redraw(20)
before = sys.getrefcount(None)
redraw(100)
print(sys.getrefcount(None) - before)
"""
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    if sys.version_info < (3, 12):
        assert int(child.stdout) > -15


# From the first line of the program to its first window, and what is true on the way.
START = """
import builtins, json, sys
facts = {}
ordinary = builtins.__import__
import gui.lean_qt
gui.lean_qt.load()
facts["import is the ordinary one"] = builtins.__import__ is ordinary
unused = {"multiprocessing", "pydoc", "pyqtgraph.parametertree", "socket"}
facts["imported though unused"] = sorted(unused & sys.modules.keys())

import gui.app, gui.sampling.bench, gui.export_dialog
import PySide6.QtWidgets
import pyqtgraph
facts["pyqtgraph has the module of Qt"] = pyqtgraph.Qt.QtWidgets is PySide6.QtWidgets
facts["classes can be listed"] = "QWidget" in dir(PySide6.QtWidgets)
facts["classes made"] = [name for name in ("QWidget", "QColumnView") if name in vars(PySide6.QtWidgets)]

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from gui.application import make_application
from gui.failures import Failures
from gui.main_window import MainWindow
from gui.settings import Settings
from engine.training import IN_THIS_PROCESS
dressed = []
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.StyleChange:
            dressed.append(1)
        return False
application = make_application()
watch = Watch()
application.installEventFilter(watch)
window = MainWindow(Settings(), Failures(application), IN_THIS_PROCESS)
facts["dressed"] = len(dressed) / len(QApplication.allWidgets())
facts["a style sheet"] = "QToolTip" in application.styleSheet()
window.session.close()

from pyqtgraph.widgets.ColorMapWidget import ColorMapWidget
from pyqtgraph.exporters import SVGExporter
facts["imported later"] = [ColorMapWidget.__name__, SVGExporter.__name__]
print(json.dumps(facts))
"""


@pytest.fixture(scope="module")
def start() -> dict[str, Any]:
    """Return the facts about the start of the program."""
    child = subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, check=True
    )
    facts: dict[str, Any] = json.loads(child.stdout)
    return facts


def test_what_only_unused_parts_of_qt_and_pyqtgraph_need_is_not_imported(start: dict[str, Any]) -> None:
    """Nor is `import` another than before; and what was left out can be imported later."""
    assert start["import is the ordinary one"]
    assert start["imported though unused"] == []
    assert start["imported later"] == ["ColorMapWidget", "SVGExporter"]


def test_pyqtgraph_gets_the_classes_of_qt_as_they_are_needed(start: dict[str, Any]) -> None:
    """The window and all its plots can be made of what is there then, and hardly anything else was made."""
    assert start["pyqtgraph has the module of Qt"]
    assert start["classes can be listed"]
    assert start["classes made"] == ["QWidget"]


def test_the_first_window_is_dressed_about_once(start: dict[str, Any]) -> None:
    """With a style sheet from the beginning, each would be for every widget that it is put into: 4 times."""
    assert start["dressed"] < 2
    assert start["a style sheet"]
