"""The rules of the house: imports point one way, and the versions that all rests on are the right ones."""

import ast
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from functools import cache
from importlib import metadata
from pathlib import Path

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


@pytest.mark.parametrize("module", FILES)
def test_imports_point_one_way(module: str) -> None:
    packages = {name.partition(".")[0] for name in imports_of(module)}
    assert packages - sys.stdlib_module_names <= ALLOWED[module.partition(".")[0]]


@pytest.mark.parametrize("names", KNOWN_TO, ids=lambda names: names[0])
def test_only_the_session_knows_what_trains(names: tuple[str, str]) -> None:
    knowing = {module for module in FILES if imports_of(module) & set(names)}
    assert knowing <= KNOWN_TO[names]


@pytest.mark.parametrize("module", [module for module in FILES if module.startswith("gui")])
def test_the_window_stays_out_of_the_training(module: str) -> None:
    assert not imports_of(module) & INSIDE_THE_ENGINE


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
curve = plot.plot(range(200))
plot.show()
def redraw(times):
    for shift in range(times):
        curve.setData([float(shift + x) for x in range(200)])
        application.processEvents()
redraw(20)
before = sys.getrefcount(None)
redraw(300)
print(sys.getrefcount(None) - before)
"""
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    if sys.version_info < (3, 12):
        assert int(child.stdout) > -50


def test_what_only_unused_parts_of_qt_and_pyqtgraph_need_is_not_imported() -> None:
    """Nor is `import` another than before; and what was left out can be imported later."""
    code = """
import builtins, sys
ordinary = builtins.__import__
import gui.lean_qt
gui.lean_qt.load()
print(builtins.__import__ is ordinary)
print(*sorted({"multiprocessing", "pydoc", "pyqtgraph.parametertree", "socket"} & sys.modules.keys()))
from pyqtgraph.widgets.ColorMapWidget import ColorMapWidget
from pyqtgraph.exporters import SVGExporter
print(ColorMapWidget.__name__, SVGExporter.__name__)
"""
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert child.stdout.splitlines() == ["True", "", "ColorMapWidget SVGExporter"]


def test_pyqtgraph_gets_the_classes_of_qt_as_they_are_needed() -> None:
    """The window and all its plots can be made of what is there then, and hardly anything else was made."""
    code = """
import gui.lean_qt
gui.lean_qt.load()
import gui.app, gui.sampling.bench, gui.export_dialog
import PySide6.QtWidgets
import pyqtgraph
print(pyqtgraph.Qt.QtWidgets is PySide6.QtWidgets, "QWidget" in dir(PySide6.QtWidgets), end=" ")
print("QColumnView" in vars(PySide6.QtWidgets))
"""
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["True", "True", "False"]


def test_the_first_window_is_dressed_about_once() -> None:
    """With a style sheet from the beginning, each would be for every widget that it is put into: 4 times."""
    code = """
import gui.lean_qt
gui.lean_qt.load()
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
print(len(dressed) / len(QApplication.allWidgets()), "QToolTip" in application.styleSheet())
window.session.close()
"""
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    times, sheet = child.stdout.split()
    assert float(times) < 2
    assert sheet == "True"
