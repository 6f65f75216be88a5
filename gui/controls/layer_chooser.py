"""A row that chooses which layer the form looks at; it is no setting of the experiment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from gui.combo import Combo
from gui.controls.field import Field

_HELP = (
    "The layer whose pre-activations z are shaded under the activation, and whose numbers stand in the line "
    "of NumPy. Training does not depend on it."
)


class LayerChooser(Field):
    """A combo box of the layers, 0 being the first hidden one, and the output the last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Shown layer", _HELP, parent)
        self._combo = Combo()
        self._combo.activated.connect(self._on_combo_activated)
        self.set_editor(self._combo)

    def value(self) -> int:
        """Return the layer, 0 being the first."""
        return self._combo.currentIndex()

    def set_value(self, value: int) -> None:
        """Choose a layer; nothing is emitted."""
        self._combo.setCurrentIndex(value)

    def set_sizes(self, sizes: Sequence[int]) -> None:
        """Offer the layers between these sizes, input first; the chosen one stays, or is the last."""
        kept = max(self.value(), 0)
        self._combo.clear()
        last = len(sizes) - 1
        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
            self._combo.addItem(f"{layer_name(layer, last)}: {fan_in} → {fan_out}")
        self._combo.setCurrentIndex(min(kept, last - 1))

    @Slot()
    def _on_combo_activated(self) -> None:
        self.committed.emit()


def layer_name(layer: int, n_layers: int) -> str:
    """Return what layer number `layer` of 1 to `n_layers` is called."""
    return "Output" if layer == n_layers else f"Layer {layer}"
