"""Says in one line why Qt cannot start, before it tries: Qt itself would abort the process.

The usual start is cheap. The dynamic loader is asked whether Qt's platform plugin can be loaded (it loads
what Qt is about to load anyway), and the X server or the Wayland compositor whether it answers. Only when
that looks bad does a child process try Qt for real: what Qt can do after all is never refused here.

No Qt is imported. Run as a program, this module prints the Debian packages that the window lacks, one per
line; scripts/setup installs those.
"""

import ctypes
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

# Shared library -> Debian and Ubuntu package, for each platform of Qt: what its plugin and the Qt libraries
# below it need and do not bring along. Since Debian 13 and Ubuntu 24.04 libglib2.0-0 is called
# libglib2.0-0t64; apt-get takes the old name there too.
_EVERYWHERE = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
LIBRARIES = {
    "offscreen": _EVERYWHERE,
    "xcb": _EVERYWHERE
    | {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxcb.so.1": "libxcb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": _EVERYWHERE
    | {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}

_PROBE = """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from PySide6.QtGui import QGuiApplication
QGuiApplication(["initscope"])
"""
_PROBE_SECONDS = 30


def check(platform: str | None = None) -> str | None:
    """Return None when Qt can start, else one line with the cause, the remedy and the way without a window.

    Args:
        platform: The platform of Qt that will be used: "offscreen" for drawing figures without a window,
            None for the one that Qt chooses itself.
    """
    if not sys.platform.startswith("linux"):
        return None
    if importlib.util.find_spec("PySide6") is None:
        return f"PySide6 is not installed for {sys.executable}: start with scripts/run, which sets it up."
    names = candidates(platform)
    if any(_usable(name) for name in names):
        return None
    complaint = _probe(platform)
    return None if complaint is None else _explain(names, complaint)


def missing_libraries(names: Iterable[str]) -> dict[str, str]:
    """Return the libraries that the named platforms of Qt need and cannot load, each with its package."""
    needed = {
        library: package for name in names for library, package in LIBRARIES.get(name, _EVERYWHERE).items()
    }
    return {library: package for library, package in needed.items() if not _loads(library)}


def candidates(platform: str | None) -> list[str]:
    """Return the platforms that Qt tries, in its order (createPlatformIntegration in qguiapplication.cpp)."""
    chosen = platform or os.environ.get("QT_QPA_PLATFORM")
    if chosen:
        return [name.partition(":")[0] for name in chosen.split(";")]
    wayland = "WAYLAND_DISPLAY" in os.environ or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    return ["wayland", "xcb"] if wayland else ["xcb"]


def _usable(name: str) -> bool:
    """Say whether Qt's plugin for the platform can be loaded and its display answers."""
    spec = importlib.util.find_spec("PySide6")
    assert spec is not None
    folders = spec.submodule_search_locations or []
    plugins = [Path(folder, "Qt", "plugins", "platforms", f"libq{name}.so") for folder in folders]
    if not any(_loads(str(plugin)) for plugin in plugins):
        return False
    answers = {"xcb": _x_server_answers, "wayland": _wayland_answers}.get(name)
    return answers is None or answers()


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x_server_answers() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland_answers() -> bool:
    wayland = ctypes.CDLL("libwayland-client.so.0")
    wayland.wl_display_connect.restype = ctypes.c_void_p
    display: int | None = wayland.wl_display_connect(None)
    if display is None:
        return False
    wayland.wl_display_disconnect(ctypes.c_void_p(display))
    return True


def _probe(platform: str | None) -> str | None:
    """Start Qt in a child process; return None when it runs, else the line in which it complains."""
    environment = os.environ | ({"QT_QPA_PLATFORM": platform} if platform else {})
    try:
        child = subprocess.run(
            [sys.executable, "-c", _PROBE],
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"Qt does not answer within {_PROBE_SECONDS} seconds"
    if child.returncode == 0:
        return None
    lines = [line.strip() for line in child.stderr.splitlines() if line.strip()]
    if not lines:
        return f"Qt ends with code {child.returncode} and says nothing"
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def _explain(names: list[str], complaint: str) -> str:
    """Put cause, remedy and the way without a window into one line."""
    drawing_only = names == ["offscreen"]
    headless = "" if drawing_only else " Without a window: --headless."
    missing = missing_libraries(names)
    unknown = re.search(r"([\w.+-]+\.so[.\d]*): cannot open shared object file", complaint)
    if missing:
        if not drawing_only and missing_libraries(["offscreen"]):
            headless = " Without a window, --headless needs the same for its figures."
        cause = f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        remedy = f"Install: sudo apt-get install {' '.join(sorted(set(missing.values())))}."
    elif unknown:
        cause = f"{unknown[1]} is missing"
        remedy = "Install the package of your system that holds it."
    elif set(names) <= {"xcb", "wayland"}:
        display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        cause = (
            f"the display {display} does not answer"
            if display
            else "there is no display (DISPLAY is not set)"
        )
        remedy = "Log in to a desktop, or start with xvfb-run (sudo apt-get install xvfb xauth)."
    else:
        cause = complaint.rstrip(".")
        remedy = "Check QT_QPA_PLATFORM."
    task = "draw its figures" if drawing_only else "open its window"
    return f"InitScope cannot {task}: {cause}. {remedy}{headless}"


def _listed(libraries: Iterable[str]) -> str:
    """Name up to three libraries; the command that installs them names all packages."""
    names = list(libraries)
    return (
        ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more libraries"
    )


if __name__ == "__main__":
    for package in sorted(set(missing_libraries(["xcb", *candidates(None)]).values())):
        print(package)
