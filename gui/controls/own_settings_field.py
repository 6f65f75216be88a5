"""A row for what single layers do differently from their network: it is about one layer, the shown one."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QToolButton, QWidget

from engine.run_config import LAYER_REGISTRIES, LayerOverride, RunConfig
from engine.run_names import override_text
from gui.controls import notes
from gui.controls.field import MARGIN, Field, tooltip
from gui.controls.layer_chooser import layer_name
from gui.controls.own_choice_field import OwnChoiceField
from gui.icons import icon
from gui.style import Theme

_HELP = (
    "Gives the shown layer an activation or an initializer of its own; turned off, the layer does as the "
    "network. A layer that is removed takes its own settings along; those of the output stay with the output."
)
_CHOICES = {
    "activation": ("Own activation", "What the shown layer makes of its pre-activations z."),
    "initializer": ("Own initializer", "How the first weights of the shown layer are drawn."),
}


class OwnSettingsField(Field):
    """A check box, and below it the settings of the shown layer's own.

    They are on show where there are some, and where a person asks for them.

    Attributes:
        action: what the check box does, for a button elsewhere.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Own settings", _HELP, parent)
        self._run = RunConfig()
        self._shown_layer = 1
        self._asked_for = False
        self._gone = ""
        self.action = QAction("Own settings", self)
        self.action.setCheckable(True)
        self._box = QCheckBox("Own settings")
        self.set_editor(self._box)
        self._choices = {
            field: OwnChoiceField(*_CHOICES[field], registry) for field, registry in LAYER_REGISTRIES.items()
        }
        for choice in self._choices.values():
            choice.committed.connect(self._on_choice_committed)
            self.column.addWidget(choice)
        self._none = QToolButton()
        self._none.setText("All layers as the network")
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN, 2, MARGIN, 4)
        row.addStretch(1)
        row.addWidget(self._none)
        self.column.addWidget(self._note)
        self.column.addLayout(row)
        self._box.clicked.connect(self.action.trigger)
        self.action.triggered.connect(self._on_action_triggered)
        self._none.clicked.connect(self._on_none_clicked)
        self._show_run()

    def value(self) -> tuple[LayerOverride, ...]:
        """Return what layers override."""
        return self._run.layers

    def set_value(self, value: tuple[LayerOverride, ...]) -> None:
        """Show what layers override; nothing is emitted."""
        self._run = replace(self._run, layers=value)
        self._show_run()
        for field, choice in self._choices.items():
            choice.set_value(getattr(self._override(), field))

    def set_run(self, run: RunConfig) -> None:
        """Show what layers of a run override; nothing half typed is lost where that stays the same."""
        if (run.hidden, run.layers) != (self._run.hidden, self._run.layers):
            self._gone = ""
        self._run = run
        self._show_run()

    def set_hidden(self, hidden: tuple[int, ...]) -> None:
        """Fit to other hidden layers, and say what went with those that are removed; nothing is emitted."""
        before, self._run = self._run, self._run.with_hidden(hidden)
        self._gone = notes.gone_with_layers(before, self._run)
        self._show_run()

    def choice(self, field: str) -> OwnChoiceField:
        """Return the row of the shown layer's own activation or initializer."""
        return self._choices[field]

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon of the action in the colours of a theme."""
        self.action.setIcon(icon("own-settings", theme.text))

    @Slot(int)
    def show_layer(self, layer: int) -> None:
        """Be about another layer, 0 being the first hidden one; what was half typed is lost."""
        if layer + 1 != self._shown_layer:
            self._shown_layer = layer + 1
            self._asked_for = False
            self.set_value(self._run.layers)

    @Slot(object)
    def drop(self, layers: Container[int]) -> None:
        """Let layers, 1 being the first hidden one, do as the network."""
        self._give(tuple(override for override in self._run.layers if override.layer not in layers))

    @property
    def _layer(self) -> int:
        """The layer that the row is about. While a shorter network is refused, a longer one is on show."""
        return min(self._shown_layer, len(self._run.hidden) + 1)

    def _override(self) -> LayerOverride:
        own = {override.layer: override for override in self._run.layers}
        return own.get(self._layer, LayerOverride(self._layer))

    def _give(self, layers: tuple[LayerOverride, ...]) -> None:
        """Take what layers override from the person."""
        changed = layers != self._run.layers
        self._gone = ""
        self._run = replace(self._run, layers=layers)
        self._show_run()
        if changed:
            self.committed.emit()

    def _show_run(self) -> None:
        override, output = self._override(), len(self._run.hidden) + 1
        name = layer_name(self._layer, output)
        on = self._asked_for or override in self._run.layers
        self._label.setText(name)
        self._box.setAccessibleName(f"Own settings of {name}")
        self.action.setToolTip(tooltip(_hint(name, override, on)))
        for box in (self._box, self.action):
            box.setChecked(on)
        for field, choice in self._choices.items():
            choice.set_network(getattr(self._run, field))
            if choice.value() != getattr(override, field):
                choice.set_value(getattr(override, field))
            # What the output layer makes of its pre-activations comes with the loss.
            choice.setVisible(on and (field != "activation" or self._layer < output))
        self._none.setVisible(bool(self._run.layers))
        self.set_note("\n".join(filter(None, (self._gone, notes.own_settings(self._run)))))

    @Slot(bool)
    def _on_action_triggered(self, on: bool) -> None:
        self._asked_for = on
        if on:
            self._show_run()
        else:
            self.drop({self._layer})

    @Slot()
    def _on_choice_committed(self) -> None:
        self._asked_for = True
        values = {field: choice.value() for field, choice in self._choices.items()}
        self._give(self._run.with_layer(LayerOverride(self._layer, **values)).layers)

    @Slot()
    def _on_none_clicked(self) -> None:
        self._asked_for = False
        self._give(())


def _hint(name: str, override: LayerOverride, on: bool) -> str:
    """Say how a layer, called `name`, stands to its network, and what a click does."""
    if own := override_text(override):
        return f"{name} has settings of its own: {own}. Click to let it do as the network."
    if on:
        return f"{name} does as the network, until you choose something of its own above."
    return f"{name} does as the network. Click to give it settings of its own."
