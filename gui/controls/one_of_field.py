"""A row for a choice between a few names."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from engine.fields import OneOf
from gui.combo import Combo
from gui.controls.field import Field


class OneOfField(Field):
    """A row whose combo box offers the names of a declared choice."""

    def __init__(self, one_of: OneOf, parent: QWidget | None = None) -> None:
        super().__init__(one_of.label, one_of.help, parent)
        self._value = one_of.default
        self._combo = Combo()
        for name, text in one_of.choices.items():
            self._combo.add(name, text)
        self._combo.set_name(one_of.default)
        self._combo.activated.connect(self._on_combo_activated)
        self.set_editor(self._combo)

    def value(self) -> str:
        """Return the chosen name."""
        return self._value

    def set_value(self, value: str) -> None:
        """Show a name; nothing is emitted."""
        self._value = value
        self._combo.set_name(value)

    @Slot()
    def _on_combo_activated(self) -> None:
        if self._combo.currentData() != self._value:
            self.set_value(self._combo.currentData())
            self.committed.emit()
