"""The small controls of a plot: declared once as settings, and from there shown, checked and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QSlider, QToolTip, QWidget

from engine.fields import ConfigError, Number, OneOf, Switch
from gui.calm_wheel import CalmWheel
from gui.combo import Combo
from gui.plots.layer_choice import LayersSetting

Setting = Switch | OneOf | Number | LayersSetting

_SLIDER_STEPS = 100


class Options(QObject):
    """The values of a plot's settings, and a control for each.

    Attributes:
        values: setting -> value.
        controls: setting -> control.

    Signals:
        chosen(str, object): a person gave a setting this value.
    """

    chosen = Signal(str, object)

    def __init__(self, settings: Mapping[str, Setting], home: QWidget) -> None:
        super().__init__(home)
        self._settings = settings
        self.values: dict[str, Any] = {name: setting.default for name, setting in settings.items()}
        self.controls: dict[str, Any] = {}
        for name, setting in settings.items():
            control = _CONTROLS[type(setting)](setting, home)
            control.setToolTip(setting.help)
            control.edited.connect(self._on_control_edited)
            self.controls[name] = control

    def restore(self, values: Mapping[str, object]) -> None:
        """Take over those values that are known and allowed.

        The others come from another version of the program; what they would set keeps its value.
        """
        for name in self._settings.keys() & values.keys():
            try:
                self.values[name] = self._settings[name].check(values[name], name)
            except ConfigError:
                continue
            self.controls[name].show_value(self.values[name])

    @Slot(str, object)
    def _on_control_edited(self, name: str, value: object) -> None:
        if value != self.values[name]:
            self.values[name] = value
            self.chosen.emit(name, value)


class _SwitchControl(QCheckBox):
    """A check box."""

    edited = Signal(str, object)

    def __init__(self, setting: Switch, home: QWidget) -> None:
        super().__init__(setting.label, home)
        self._name = setting.name
        self.setChecked(setting.default)
        self.clicked.connect(self._on_clicked)

    def show_value(self, value: bool) -> None:
        """Show a value; nothing is emitted."""
        self.setChecked(value)

    @Slot(bool)
    def _on_clicked(self, checked: bool) -> None:
        self.edited.emit(self._name, checked)


class _OneOfControl(Combo):
    """A combo box as wide as its longest text."""

    edited = Signal(str, object)

    def __init__(self, setting: OneOf, home: QWidget) -> None:
        super().__init__(home)
        self._name = setting.name
        self.setAccessibleName(setting.label)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for key, text in setting.choices.items():
            self.addItem(text, key)
        self.set_name(setting.default)
        self.activated.connect(self._on_activated)

    def show_value(self, value: str) -> None:
        """Show a value; nothing is emitted."""
        self.set_name(value)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.edited.emit(self._name, self.itemData(index))


class _Slider(CalmWheel, QSlider):
    """A slider that the wheel moves only when it has the focus."""


class _NumberControl(QWidget):
    """A slider with its name."""

    edited = Signal(str, object)

    def __init__(self, setting: Number, home: QWidget) -> None:
        super().__init__(home)
        self._setting = setting
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _SLIDER_STEPS)
        self.slider.setFixedWidth(64)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setAccessibleName(setting.label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(QLabel(setting.label, self))
        layout.addWidget(self.slider)
        self.show_value(setting.default)
        self.slider.valueChanged.connect(self._on_value_changed)

    def show_value(self, value: float) -> None:
        """Show a value; nothing is emitted."""
        span = self._setting.maximum - self._setting.minimum
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round((value - self._setting.minimum) / span * _SLIDER_STEPS))
        self.slider.blockSignals(blocked)
        self._say(value)

    @Slot(int)
    def _on_value_changed(self, position: int) -> None:
        span = self._setting.maximum - self._setting.minimum
        value = self._setting.minimum + position / _SLIDER_STEPS * span
        self._say(value)
        self.edited.emit(self._setting.name, value)

    def _say(self, value: float) -> None:
        self.slider.setToolTip(f"{self._setting.help}\n{self._setting.label}: {value:.2g}")


class _LayersControl(QLineEdit):
    """A line that takes "1-6, 50, output"; of what it cannot read it says why, and goes back."""

    edited = Signal(str, object)

    def __init__(self, setting: LayersSetting, home: QWidget) -> None:
        super().__init__(home)
        self._setting = setting
        self._last = setting.default
        self.setAccessibleName(setting.label)
        self.setPlaceholderText("all layers")
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(60)
        self.setMaximumWidth(130)
        self.editingFinished.connect(self._on_editing_finished)

    def show_value(self, value: str) -> None:
        """Show a value; nothing is emitted."""
        self._last = value
        self.setText(value)

    @Slot()
    def _on_editing_finished(self) -> None:
        try:
            self._last = self._setting.check(self.text().strip(), self._setting.name)
        except ConfigError as error:
            self.setText(self._last)
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), error.message, self)
            return
        self.edited.emit(self._setting.name, self._last)


_CONTROLS: dict[type, Any] = {
    Switch: _SwitchControl,
    OneOf: _OneOfControl,
    Number: _NumberControl,
    LayersSetting: _LayersControl,
}
