"""What every test gets: no screen, settings of its own, and no thread left behind.

The variables are set here because Qt and NumPy read them when they are loaded, and this file is read before
any test.
"""

from __future__ import annotations

import gc
import itertools
import os
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.blas import set_up

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from engine.session import Session
    from engine.training_process import TrainingProcess
    from gui.controls.form import ExperimentForm
    from gui.main_window import MainWindow
    from tests.clock import Clock
    from tests.kept import Kept
    from tests.kept_window import KeptWindow
    from tests.windows import Open

# Held here until the process ends, when the folder is removed.
_HOME = tempfile.TemporaryDirectory(prefix="initscope-tests-")
_NUMBERS = itertools.count()
_NOBODY = 65534
"""The user of Unix who has no rights."""

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# A slot without @Slot is only reported when this category is on; like every Qt warning, it fails the test.
os.environ["QT_LOGGING_RULES"] = "qt.pyside.libpyside.warning=true"
for _variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
    os.environ[_variable] = str(Path(_HOME.name) / _variable.lower())
# Looking for garbage as often as Python does by itself took a tenth of the time of all tests.
gc.set_threshold(100_000, 50, 50)
# As in the program, so that the tests compute the same bits.
assert "numpy" not in sys.modules
set_up()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what opens windows of its own last in its module: the kept window is closed for it."""
    places = {item.path: place for place, item in enumerate(items)}

    def place(item: pytest.Item) -> tuple[int, bool]:
        return places[item.path], isinstance(item, pytest.Function) and "open_window" in item.fixturenames

    items.sort(key=place)


@pytest.fixture(autouse=True)
def own_settings() -> None:
    """Give each test settings of its own, empty at the start. Costs nothing where Qt is not loaded."""
    if "PySide6.QtCore" not in sys.modules:
        return
    from PySide6.QtCore import QSettings

    # Made only when something is written. For a folder, pytest would look through those of all tests before.
    folder = str(Path(_HOME.name) / f"settings-{next(_NUMBERS)}")
    for settings_format in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(settings_format, QSettings.Scope.UserScope, folder)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a Python thread alive: what a test starts, it closes.

    Being automatic, it is set up before and torn down after what the test asks for. A thread that has been
    told to end gets a second to do so.
    """
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(timeout=1.0)
    alive = [thread.name for thread in left if thread.is_alive()]
    if alive:
        pytest.fail(f"the test left threads alive: {', '.join(alive)}; close the session that started them")


@pytest.fixture
def bound_folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in which the rights of files bind the test, also where root runs it: as somebody else."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    # Not in the one for tests, which nobody else may enter.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        try:
            os.chown(folder, _NOBODY, _NOBODY)
            # Not only the effective one: what asks whether it may write asks for the real one.
            os.setresuid(_NOBODY, _NOBODY, 0)
        except (AttributeError, OSError):  # macOS cannot, nor a container with one user
            pytest.skip("root may read and write everything, and nobody else can be had")
        yield Path(folder)
        os.setresuid(0, 0, 0)


@pytest.fixture
def session() -> Iterator[Session]:
    """Give a session, and close it at the end."""
    from engine.session import Session

    session = Session()
    yield session
    session.close()
    assert session.closed(10)


@pytest.fixture
def pair(session: Session) -> Session:
    """Train two runs for 21 steps, seen at every seventh."""
    from tests.small import PAIR

    session.start(PAIR)
    for _ in range(3):
        session.advance(7)
    return session


@pytest.fixture
def pair_clock(pair: Session) -> Clock:
    """Give the clock of a window around them."""
    from tests.clock import Clock

    return Clock(pair)


@pytest.fixture(scope="session")
def training_process() -> Iterator[TrainingProcess]:
    """Start the process that trains for all windows, as for those that a person opens."""
    from engine.training_process import TrainingProcess

    with TrainingProcess() as process:
        yield process


@pytest.fixture(scope="module")
def plots_on_screen() -> Collection[str]:
    """Name the plots in the kept window: all. A module that is not about pictures has fewer painted."""
    from gui.plots import PLOTS

    return PLOTS


@pytest.fixture(scope="module")
def kept_window(
    qapp: QApplication,  # noqa: ARG001  (it must be there)
    training_process: TrainingProcess,
    plots_on_screen: Collection[str],
) -> Iterator[KeptWindow]:
    """Keep a main window for the tests of a module, see `tests.kept_window`."""
    from tests.kept_window import KeptWindow

    kept = KeptWindow(training_process.launch, plots_on_screen)
    yield kept
    kept.close()


@pytest.fixture
def open_window(qtbot: QtBot, kept_window: KeptWindow, training_process: TrainingProcess) -> Iterator[Open]:
    """Give a function that opens a main window of the test's own, see `tests.windows.opening`."""
    from tests.windows import opening

    # So that the keyboard is with the new one.
    kept_window.close()
    with opening(qtbot, training_process.launch) as open_one:
        yield open_one


@pytest.fixture
def window(qtbot: QtBot, kept_window: KeptWindow) -> Iterator[MainWindow]:
    """Lend a main window on a small experiment; a test that connects to its signals opens one of its own."""
    yield kept_window.lend(qtbot)
    kept_window.take_back()


@pytest.fixture
def compared(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """Open a main window on seven runs, at frame 0."""
    from tests.windows import begun

    window.run_commands.compare("initializers")
    begun(qtbot, window)
    return window


@pytest.fixture(scope="module")
def lent_form(qapp: QApplication) -> Iterator[Kept[ExperimentForm]]:  # noqa: ARG001  (it must be there)
    """Keep a form for the tests of a module, see `tests.kept_form`."""
    from tests.kept_form import kept_form

    kept = kept_form()
    yield kept
    kept.close()


@pytest.fixture
def form(lent_form: Kept[ExperimentForm]) -> ExperimentForm:
    """Show the form of the usual experiment by itself."""
    return lent_form.lend()


@pytest.fixture(scope="module")
def kept_form(qapp: QApplication) -> Iterator[ExperimentForm]:
    """Show a form that tests of a module hand one experiment after another, as a person opens them.

    To build one takes ten times as long as to show it another experiment.
    """
    from PySide6.QtCore import QEvent

    from tests.form_keys import shown_form

    form = shown_form()
    yield form
    form.close()
    form.deleteLater()
    qapp.sendPostedEvents(form, QEvent.Type.DeferredDelete)


@pytest.fixture
def emitted(form: ExperimentForm) -> list[Any]:
    """Keep what the form emits."""
    from tests.form_keys import emissions

    return emissions(form)
