"""Rows for the rules that end a play: which of them hold, and their parameters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from engine.fields import Choice
from engine.stop_rules import STOP_RULES, StopRule
from gui.controls.field import MARGIN, Field, tooltip
from gui.controls.setting_field import setting_field


class StopRules(QWidget):
    """A check box per rule, and below those that are checked their parameters.

    Signals:
        rules_changed(): a person wants other rules.
    """

    rules_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = {name: _Row(rule) for name, rule in STOP_RULES.items()}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for row in self._rows.values():
            column.addWidget(row)
            row.changed.connect(self.rules_changed)

    def rules(self) -> tuple[Choice, ...]:
        """Return the rules that are checked."""
        return tuple(Choice(name, row.parameters()) for name, row in self._rows.items() if row.on)

    def set_rules(self, rules: Sequence[Choice]) -> None:
        """Check some rules, each once; nothing is emitted."""
        chosen = {rule.name: rule for rule in rules}
        for name, row in self._rows.items():
            row.set_rule(chosen.get(name))

    def box(self, name: str) -> QCheckBox:
        """Return the check box of a rule."""
        return self._rows[name].box

    def field(self, name: str, parameter: str) -> Field:
        """Return the row of a parameter of a rule."""
        return self._rows[name].fields[parameter]


class _Row(QWidget):
    """One rule.

    Signals:
        changed(): it is on or off now, or has other parameters.
    """

    changed = Signal()

    def __init__(self, rule: StopRule) -> None:
        super().__init__()
        self.box = QCheckBox(rule.label)
        self.box.setToolTip(tooltip(rule.explanation, rule.formula))
        self.box.setAccessibleDescription(rule.explanation)
        self.fields: dict[str, Field] = {}
        self._parameters = QWidget()
        rows = QVBoxLayout(self._parameters)
        rows.setContentsMargins(MARGIN, 0, 0, 4)
        rows.setSpacing(0)
        for parameter in rule.parameters:
            row = setting_field(parameter)
            row.indent(rule.label)
            row.committed.connect(self.changed)
            rows.addWidget(row)
            self.fields[parameter.name] = row
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.box)
        column.addWidget(self._parameters)
        self._parameters.hide()
        self.box.clicked.connect(self._on_box_clicked)

    @property
    def on(self) -> bool:
        """Whether the rule is to be obeyed."""
        return self.box.isChecked()

    def parameters(self) -> dict[str, object]:
        """Return what the fields hold."""
        return {name: field.value() for name, field in self.fields.items()}

    def set_rule(self, rule: Choice | None) -> None:
        """Show a rule, or that it is off."""
        self.box.setChecked(rule is not None)
        self._parameters.setVisible(rule is not None)
        if rule is not None:
            for name, field in self.fields.items():
                field.set_value(rule.parameters[name])

    @Slot()
    def _on_box_clicked(self) -> None:
        self._parameters.setVisible(self.on)
        self.changed.emit()
