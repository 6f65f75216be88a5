"""What gui/preflight.py says, each time in a new process: it reads the environment and loads libraries."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from gui.preflight import LIBRARIES, missing_libraries

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux leaves it to the user"
)

ROOT = Path(__file__).resolve().parent.parent
# These belong to every Linux with glibc.
GLIBC = re.compile(r"(libc|libm|libdl|libpthread|librt|ld-linux-.*)\.so\.\d")


def run(code: str, environment: dict[str, str]) -> str:
    """Run the lines in a child with nothing but the given variables that concern the screen."""
    cleared = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM")
    inherited = {name: value for name, value in os.environ.items() if name not in cleared}
    child = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return child.stdout.strip()


def check(platform: str | None = None, **environment: str) -> str:
    """Return what check says: a line, or "None"."""
    return run(f"from gui.preflight import check; print(check({platform!r}))", environment)


@pytest.fixture(scope="module")
def x_display() -> Iterator[str]:
    """Yield the name of a virtual X screen."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed: sudo apt-get install xvfb")
    # Without -noreset the server starts anew when its last client leaves, and refuses the next one meanwhile.
    command = ["Xvfb", "-noreset", "-displayfd", "1", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


@pytest.fixture
def without(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which libxcb-cursor.so.0 cannot be loaded: an empty file is found first."""
    (tmp_path / "libxcb-cursor.so.0").touch()
    return {"LD_LIBRARY_PATH": str(tmp_path)}


def test_drawing_without_a_window_needs_no_display() -> None:
    assert check("offscreen") == "None"


def test_an_x_server_that_answers_is_enough(x_display: str) -> None:
    assert check(DISPLAY=x_display) == "None"


def test_a_wayland_session_without_its_compositor_falls_back_to_x(x_display: str) -> None:
    assert check(DISPLAY=x_display, WAYLAND_DISPLAY="nowhere", XDG_SESSION_TYPE="wayland") == "None"


def test_the_usual_start_costs_no_child_process(x_display: str) -> None:
    code = """
import sys
sys.addaudithook(lambda event, _: print(event) if event in ("subprocess.Popen", "os.fork") else None)
from gui.preflight import check
print(check())
"""
    assert run(code, {"DISPLAY": x_display}) == "None"


NO_DISPLAY = (
    "there is no display (DISPLAY is not set). "
    "Log in to a desktop, or start with xvfb-run (sudo apt-get install xvfb xauth)."
)


@pytest.mark.parametrize(
    ("environment", "cause"),
    [
        ({}, NO_DISPLAY),
        ({"DISPLAY": ":4242"}, "the display :4242 does not answer"),
        ({"QT_QPA_PLATFORM": "xcb"}, "there is no display"),
        ({"QT_QPA_PLATFORM": "nothing"}, 'Could not find the Qt platform plugin "nothing"'),
    ],
    ids=[
        "no display",
        "dead display",
        "xcb without display",
        "unknown platform",
    ],
)
def test_what_is_wrong_with_the_screen_is_said_in_one_line(environment: dict[str, str], cause: str) -> None:
    line = check(**environment)
    assert cause in line
    assert "--headless" in line
    assert "\n" not in line


def test_a_missing_library_is_named_with_its_package(x_display: str, without: dict[str, str]) -> None:
    line = check(DISPLAY=x_display, **without)
    assert "libxcb-cursor.so.0 is missing" in line
    assert "sudo apt-get install libxcb-cursor0." in line
    assert "Without a window: --headless." in line
    assert "\n" not in line


def test_a_library_of_x_is_not_needed_for_drawing(without: dict[str, str]) -> None:
    assert check("offscreen", **without) == "None"


def test_what_also_drawing_needs_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "libEGL.so.1").touch()
    environment = {"LD_LIBRARY_PATH": str(tmp_path)}
    assert "--headless needs the same" in check(**environment)
    assert check("offscreen", **environment) == (
        "InitScope cannot draw its figures: libEGL.so.1 is missing. Install: sudo apt-get install libegl1."
    )


@pytest.mark.parametrize("platform", ["minimal", "nothing;offscreen", "offscreen:a=b"])
def test_what_qt_can_do_is_not_refused(platform: str) -> None:
    assert check(QT_QPA_PLATFORM=platform) == "None"


@pytest.mark.parametrize("platform", LIBRARIES)
def test_the_table_names_what_the_plugin_needs(platform: str) -> None:
    """The dynamic loader itself tells which file asks for which library that is not loaded yet."""
    spec = find_spec("PySide6")
    assert spec is not None
    assert spec.origin is not None
    qt = Path(spec.origin).parent
    plugin = qt / "Qt" / "plugins" / "platforms" / f"libq{platform}.so"
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import PySide6.QtWidgets, PySide6.QtSvg, ctypes; ctypes.CDLL({str(plugin)!r})",
        ],
        env=os.environ | {"LD_DEBUG": "files"},
        capture_output=True,
        text=True,
        check=not missing_libraries([platform]),
    )
    asked = re.findall(r"file=(.+) \[0\];  needed by (.+) \[0\]", child.stderr)
    libraries = {Path(library).name for library, asking in asked if qt in Path(asking).parents}
    brought_along = {file.name for folder in (qt, qt.parent / "shiboken6") for file in folder.rglob("*.so*")}
    from_outside = {library for library in libraries - brought_along if not GLIBC.fullmatch(library)}
    assert from_outside
    assert from_outside <= set(LIBRARIES[platform])
