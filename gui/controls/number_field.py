"""A row for one declared number."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.fields import Number
from gui.controls.field import Field
from gui.controls.number_box import NumberBox
from gui.controls.number_text import limits, usual_step


class NumberField(Field):
    """A row whose box takes a number within the declared limits."""

    def __init__(self, number: Number, parent: QWidget | None = None) -> None:
        super().__init__(number.label, f"{number.help} {limits(number)}", parent)
        self._box = NumberBox(number, usual_step(number))
        self.set_editor(self._box, number.unit)
        self.follow(self._box)

    def value(self) -> float | int:
        """Return the last number that was good."""
        return self._box.value()

    def set_value(self, value: float) -> None:
        """Show a number; nothing is emitted."""
        self._box.set_value(value)
        self.accept_text()
