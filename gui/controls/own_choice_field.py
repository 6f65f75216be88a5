"""Rows for a choice that a single layer may make for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from engine.fields import Choice, Variant
from gui.controls.choice_field import ChoiceField

_NETWORK = ""
"""What the combo box holds for the first item: no choice of the layer's own."""


class OwnChoiceField(ChoiceField):
    """A combo box whose first item is to do as the network does, and the parameters of another choice."""

    def __init__(
        self, label: str, help_text: str, registry: Mapping[str, Variant], parent: QWidget | None = None
    ) -> None:
        super().__init__(label, help_text, registry, parent)
        self._network = Choice(self._name)
        self._combo.insertItem(0, "", _NETWORK)
        self.set_network(self._network)
        self.set_value(None)

    def value(self) -> Any:
        """Return the layer's own Choice, or None if it does as the network."""
        return None if self._name == _NETWORK else super().value()

    def set_value(self, value: Choice | None) -> None:
        """Show a choice, or with None that the layer does as the network; nothing is emitted."""
        if value is not None:
            super().set_value(value)
            return
        self._name = _NETWORK
        for rows in self._parameters.values():
            for row in rows.values():
                row.setVisible(False)
        self._combo.set_name(_NETWORK)
        self.set_help(self._what)

    def set_network(self, choice: Choice) -> None:
        """Say what the network does."""
        self._network = choice
        self._combo.set_text(_NETWORK, f"As the network: {self._registry[choice.name].label}")

    def _chosen(self, name: str) -> Any:
        """Return None, the network's choice to begin from, or another variant at its defaults."""
        if name == _NETWORK:
            return None
        return self._network if name == self._network.name else super()._chosen(name)
