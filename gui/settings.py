"""What the program remembers from one time to the next, in an INI file of the user."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

_VERSION = 2
"""Of the arrangement of the panels: one that was saved for other panels is not restored."""


class Settings:
    """Typed access to the user's settings; whatever cannot be read counts as not set."""

    def __init__(self) -> None:
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "InitScope", "InitScope"
        )

    def bytes(self, key: str) -> QByteArray:
        """Return what was stored by Qt's own saveState and saveGeometry, or nothing."""
        value = self._store.value(f"v{_VERSION}/{key}", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Store what Qt's saveState or saveGeometry returned."""
        self._store.setValue(f"v{_VERSION}/{key}", value)

    def get(self, key: str, default: Any) -> Any:
        """Return a stored value of the same type as `default`, or `default`."""
        text = self._store.value(key, "", type=str)
        try:
            value = json.loads(str(text))
        except ValueError:
            return default
        return value if type(value) is type(default) else default

    def set(self, key: str, value: Any) -> None:
        """Store anything that JSON can hold."""
        self._store.setValue(key, json.dumps(value))
