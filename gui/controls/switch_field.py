"""A row for something that is turned on or off."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from engine.fields import Switch
from gui.controls.field import Field, sentence


class SwitchField(Field):
    """A row with a check box, which carries the label."""

    def __init__(self, switch: Switch, parent: QWidget | None = None) -> None:
        super().__init__("", switch.help, parent)
        self.label = sentence(switch.label)
        self._box = QCheckBox(self.label)
        self._box.setChecked(switch.default)
        self._box.clicked.connect(self.committed)
        self.set_editor(self._box)

    def value(self) -> bool:
        """Return whether it is on."""
        return self._box.isChecked()

    def set_value(self, value: bool) -> None:
        """Show whether it is on; nothing is emitted."""
        self._box.setChecked(value)
