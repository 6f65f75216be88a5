"""The row that suits a declared setting."""

from __future__ import annotations

from engine.fields import Number, OneOf, Switch
from gui.controls.field import Field
from gui.controls.number_field import NumberField
from gui.controls.one_of_field import OneOfField
from gui.controls.switch_field import SwitchField


def setting_field(setting: Number | OneOf | Switch) -> Field:
    """Return a row for a setting, which shows its default."""
    if isinstance(setting, Number):
        return NumberField(setting)
    return OneOfField(setting) if isinstance(setting, OneOf) else SwitchField(setting)
