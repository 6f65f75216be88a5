"""The training engine of InitScope: NumPy, no Qt, usable alone.

    from engine import Experiment, RunConfig, Session

Importing the package loads nothing heavy before it is used, so that a program can still choose BLAS settings
first.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "ConfigError": "engine.fields",
    "Experiment": "engine.config",
    "Frame": "engine.frame",
    "RunConfig": "engine.config",
    "Session": "engine.session",
    "Trainer": "engine.trainer",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'engine' has no attribute {name!r}")
