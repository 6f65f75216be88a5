"""The real program on a virtual X screen, through its front door."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Runs the program in a process of its own, and looks at its window again and again until it does something.
PERSON = """
import os, signal, sys
import main
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
import gui.app

def watched(make=gui.app.make_application):
    application = make()
    timer = QTimer(application)
    timer.timeout.connect(lambda: look(application, timer))
    timer.start(50)
    return application

def look(application, timer):
    window = next((w for w in application.topLevelWidgets() if w.objectName() == "main-window"), None)
    if window is not None:
        act(application, timer, window)

gui.app.make_application = watched
"""

# Presses Space when frame 0 is there, looks at the screen later, and closes.
WATCHING = """
def act(application, timer, window):
    steps = window.session.step_index
    if len(window.session.history) == 1 and window.isActiveWindow() and not window.session.active:
        QTest.keyClick(window, Qt.Key.Key_Space)
    elif steps > 50:
        timer.stop()
        image = window.screen().grabWindow(0).toImage()
        colors = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
        print(application.platformName(), window.isVisible(), len(colors) > 20, flush=True)
        window.close()

sys.exit(main.main([]))
"""

# Tells what is loaded when frame 0 is drawn, leaves something unsaved, and has a signal end the program.
ENDING = """
from gui.workspace import Workspace

def tell(workspace, history, step, show=Workspace.show_frame):
    print(step, *sorted({"numpy.ma", "scipy", "sklearn"} & sys.modules.keys()), flush=True)
    Workspace.show_frame = show
    show(workspace, history, step)

Workspace.show_frame = tell

def act(application, timer, window):
    if len(window.session.history):
        timer.stop()
        window.run_commands.compare("initializers")
        assert window.files.modified
        os.kill(os.getpid(), signal.{name})

sys.exit(main.main([]))
"""

# Ends the process that trains while nothing is trained, and tells what the window says of it.
KILLING = """
def act(application, timer, window):
    if "signal 9" in window.message_bar.text:
        timer.stop()
        print(window.message_bar.text, flush=True)
        window.close()
    elif len(window.session.history) and not window.session.active:
        window.session._training._running._process.kill()

sys.exit(main.main(["--seed", "1"]))
"""


@pytest.fixture
def x_display():
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    read, write = os.pipe()
    # With a reset the server starts anew when its last client, the probe, leaves, and refuses the next one.
    options = ["-noreset", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]
    command = ["Xvfb", "-displayfd", str(write), *options]
    server = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def test_the_program_opens_trains_and_closes_on_a_real_screen(x_display, tmp_path):
    environment = os.environ | {
        "DISPLAY": x_display,
        "QT_QPA_PLATFORM": "xcb",
        "QT_LOGGING_RULES": "",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    command = [sys.executable, "-c", PERSON + WATCHING]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50, check=False
    )
    assert done.stderr == ""
    assert done.stdout == "xcb True True\n"
    assert done.returncode == 0
    log = tmp_path / "data" / "InitScope" / "InitScope" / "initscope.log"
    assert not log.exists() or "ERROR" not in log.read_text()


@pytest.fixture(scope="module", params=["SIGINT", "SIGTERM"])
def told_to_end(request, tmp_path_factory):
    """Return what became of a window that got a signal."""
    command = [sys.executable, "-c", PERSON + ENDING.replace("{name}", request.param)]
    folder = tmp_path_factory.mktemp("config")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=100
    )


def test_a_window_that_is_told_to_end_asks_nobody(told_to_end):
    assert (told_to_end.returncode, told_to_end.stderr) == (0, "")


def test_frame_0_needs_nothing_slow(told_to_end):
    assert told_to_end.stdout == "0\n"


def test_a_window_at_rest_notices_that_the_training_was_ended(tmp_path):
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-c", PERSON + KILLING]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The process that trains was ended by signal 9")
