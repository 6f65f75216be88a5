"""Rows for a choice from a registry: which variant, and below it the parameters of that variant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from engine.fields import Choice, Parameter, Variant
from gui.combo import Combo
from gui.controls.field import Field, tooltip
from gui.controls.setting_field import setting_field


class ChoiceField(Field):
    """A combo box of the variants of a registry, and the parameters of the chosen one.

    The rows of all variants exist from the start, hidden, so the tab key goes from top to bottom.
    """

    def __init__(
        self, label: str, help_text: str, registry: Mapping[str, Variant], parent: QWidget | None = None
    ) -> None:
        super().__init__(label, help_text, parent)
        self._what = help_text
        self._registry = registry
        self._name = next(iter(registry))
        self._combo = Combo()
        self._combo.activated.connect(self._on_combo_activated)
        self.set_editor(self._combo)
        self._parameters = {
            name: {parameter.name: self._add_parameter(parameter) for parameter in variant.parameters}
            for name, variant in registry.items()
        }
        for name, variant in registry.items():
            self._combo.add(name, variant.label, tooltip(variant.explanation, variant.formula))
        self.set_value(Choice(self._name))

    def value(self) -> Choice:
        """Return the chosen variant with its parameters."""
        rows = self._parameters[self._name]
        return Choice(self._name, {name: row.value() for name, row in rows.items()})

    def set_value(self, value: Choice) -> None:
        """Show a choice; what it does not give, and the parameters of other variants, get their defaults."""
        self._name = value.name
        for name, variant in self._registry.items():
            given = value.parameters if name == value.name else {}
            for parameter in variant.parameters:
                row = self._parameters[name][parameter.name]
                row.set_value(given.get(parameter.name, parameter.default))
                row.setVisible(name == value.name)
        self._combo.set_name(value.name)
        variant = self._registry[value.name]
        self.set_help(self._what, variant.explanation, variant.formula, variant.reference)

    def parameter(self, name: str) -> Field:
        """Return the row of a parameter of the chosen variant.

        Raises:
            KeyError: if the variant has no such parameter.
        """
        return self._parameters[self._name][name]

    def _add_parameter(self, parameter: Parameter) -> Field:
        row = setting_field(parameter)
        row.indent(self.label)
        row.committed.connect(self.committed)
        self.column.addWidget(row)
        return row

    def _chosen(self, name: str) -> Any:
        """Return the value of an item of the combo box."""
        return Choice(name)

    @Slot()
    def _on_combo_activated(self) -> None:
        if self._combo.currentData() != self._name:
            self.set_value(self._chosen(self._combo.currentData()))
            self.committed.emit()
