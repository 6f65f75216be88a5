"""Tells what the program runs on, and what is missing; nothing here needs more than Python itself."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata

from engine import blas
from engine.version import VERSION
from gui import preflight

_PACKAGES = {
    "NumPy": "numpy",
    "PySide6": "PySide6-Essentials",
    "pyqtgraph": "pyqtgraph",
    "SciPy": "scipy",
    "scikit-learn": "scikit-learn",
    "threadpoolctl": "threadpoolctl",
}
"""What the program needs, by the names that people know, and by those under which it is installed."""

EXIT_MISSING = 1


def examine() -> int:
    """Print what there is, and return 0, or 1 if something that the program needs is missing."""
    _say("InitScope", VERSION)
    _say("Python", f"{platform.python_version()}, {sys.executable}")
    checks = [*(_package_is_there(name) for name in _PACKAGES), _blas_works(), _libraries_are_there()]
    checks += [_qt_works("window", None), _qt_works("figures", "offscreen")]
    return 0 if all(checks) else EXIT_MISSING


def _package_is_there(name: str) -> bool:
    try:
        _say(name, metadata.version(_PACKAGES[name]))
    except metadata.PackageNotFoundError:
        _say(name, "is not installed; scripts/setup installs it.")
        return False
    return True


def _blas_works() -> bool:
    variables = [name for name in (*blas.THREAD_VARIABLES, blas.KERNEL_VARIABLE) if name in os.environ]
    set_to = ", ".join(f"{name}={os.environ[name]}" for name in variables)
    try:
        _say("BLAS", f"{blas.describe()} ({set_to})")
    except ImportError as error:
        _say("BLAS", f"NumPy cannot be loaded: {error}")
        return False
    return True


def _libraries_are_there() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    missing = preflight.missing_libraries(preflight.candidates(None))
    _say("libraries", "of the system are all there" if not missing else f"missing: {', '.join(missing)}")
    if missing:
        _say("", f"Install: sudo apt-get install {' '.join(sorted(set(missing.values())))}")
    return not missing


def _qt_works(what: str, qt_platform: str | None) -> bool:
    """Say whether Qt can start on a platform, None being the one that it chooses."""
    complaint = preflight.check(qt_platform)
    names = " or ".join(preflight.candidates(qt_platform))
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    where = f"{names}, display {display}" if display and qt_platform is None else names
    _say(what, complaint or f"can be shown ({where})")
    return complaint is None


def _say(name: str, text: str) -> None:
    print(f"{name:15}{text}")
