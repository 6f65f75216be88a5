"""Rows for a choice from a registry: which variant, and below it the parameters of that variant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from engine.fields import Choice, Variant
from gui.combo import Combo
from gui.controls.field import Field, tooltip
from gui.controls.setting_field import setting_field


class ChoiceField(Field):
    """A combo box of the variants of a registry, and the parameters of the chosen one.

    The rows of a variant are made when it is first chosen: there are many, and few are ever seen.
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
        self._parameters: dict[str, dict[str, Field]] = {}
        for name, variant in registry.items():
            self._combo.add(name, variant.label, tooltip(variant.explanation, variant.formula))
        self.set_value(Choice(self._name))

    def value(self) -> Choice:
        """Return the chosen variant with its parameters."""
        rows = self._parameters[self._name]
        return Choice(self._name, {name: row.value() for name, row in rows.items()})

    def set_value(self, value: Choice) -> None:
        """Show a choice; parameters that it does not give get their defaults."""
        self._name = value.name
        variant = self._registry[value.name]
        if value.name not in self._parameters:
            self._parameters[value.name] = self._made(variant)
        for name, rows in self._parameters.items():
            for row in rows.values():
                row.setVisible(name == value.name)
        for parameter in variant.parameters:
            row = self._parameters[value.name][parameter.name]
            row.set_value(value.parameters.get(parameter.name, parameter.default))
        self._combo.set_name(value.name)
        self.set_help(self._what, variant.explanation, variant.formula, variant.reference)

    def parameter(self, name: str) -> Field:
        """Return the row of a parameter of the chosen variant.

        Raises:
            KeyError: if the variant has no such parameter.
        """
        return self._parameters[self._name][name]

    def _made(self, variant: Variant) -> dict[str, Field]:
        """Make a row per parameter, where the tab key comes by on its way from top to bottom."""
        rows: dict[str, Field] = {}
        above = self.editor
        for parameter in variant.parameters:
            rows[parameter.name] = row = setting_field(parameter)
            row.indent(self.label)
            row.committed.connect(self.committed)
            row.given_up.connect(self.given_up)
            self.column.addWidget(row)
            QWidget.setTabOrder(above, row.editor)
            above = row.editor
        return rows

    def _chosen(self, name: str) -> Any:
        """Return the value of an item of the combo box."""
        return Choice(name)

    @Slot()
    def _on_combo_activated(self) -> None:
        if self._combo.currentData() != self._name:
            self.set_value(self._chosen(self._combo.currentData()))
            self.committed.emit()
