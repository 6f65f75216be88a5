"""The size of a figure as a person gives it: a usual one, or millimetres or pixels with dots per inch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.fields import ConfigError, Number
from gui.combo import Combo
from gui.controls.number_box import NumberBox
from gui.controls.number_text import by_leading_digits
from gui.figure import MM_PER_INCH, Rows, n_lines
from gui.logical_device import LOGICAL_DPI

NUMBERS = {
    number.name: number
    for number in (
        Number("width", "width", "Width of the figure.", 180, 5, 20_000),
        Number("height", "height", "Height of the figure.", 200, 5, 20_000),
        Number(
            "dpi",
            "dots per inch",
            "Text and lines keep their size in inches: with more dots, an image given in millimetres gets "
            "finer, and in one given in pixels text gets larger.",
            300,
            36,
            2400,
            unit="dpi",
        ),
    )
}
_UNITS = {"mm": "mm", "px": "pixels"}
_CUSTOM = "custom"


Stretch = Callable[[Rows, float], float]
"""How high a line of such plots should be in a figure of a width in logical pixels, 1 for usual plots."""


def _even(_rows: Rows, _width: float) -> float:
    return 1.0


@dataclass(frozen=True)
class FigureSize:
    """A size of a figure; `unit` is "mm" or "px"."""

    width: float
    height: float
    unit: str
    dpi: float

    def pixels(self) -> tuple[int, int]:
        """Return width and height in dots."""
        per_unit = self.dpi / MM_PER_INCH if self.unit == "mm" else 1.0
        return round(self.width * per_unit), round(self.height * per_unit)

    def in_unit(self, unit: str) -> FigureSize:
        """Return the same size in another unit: in whole pixels, or in tenths of a millimetre."""
        if unit == self.unit:
            return self
        width, height = self.pixels()
        if unit == "mm":
            mm = MM_PER_INCH / self.dpi
            return FigureSize(round(width * mm, 1), round(height * mm, 1), unit, self.dpi)
        return FigureSize(width, height, unit, self.dpi)


@dataclass(frozen=True)
class Preset:
    """A usual size: a width, and either a height or a height per line of plots."""

    label: str
    width: float
    unit: str
    dpi: float
    height: float = 0.0
    line_height: float = 0.0

    def size(self, rows: Rows, stretch: Stretch = _even) -> FigureSize:
        """Return the size for plots in `rows`."""
        inches = self.width / (MM_PER_INCH if self.unit == "mm" else self.dpi)
        width = inches * LOGICAL_DPI
        height = self.height or self.line_height * n_lines(rows, width) * stretch(rows, width)
        return FigureSize(self.width, height, self.unit, self.dpi)


class FigureSizeField(QWidget):
    """Edits a FigureSize.

    Signals:
        changed(): the person gave another size.
        refused(str): what was typed cannot be used, and why.
        mended(): what was refused reads well again, or is taken back.
    """

    changed = Signal()
    refused = Signal(str)
    mended = Signal()

    def __init__(self, rows: Rows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._stretch: Stretch = _even
        self._vector = False
        self.presets = Combo()
        for name, preset in PRESETS.items():
            self.presets.addItem(preset.label, name)
        self.presets.addItem("Other", _CUSTOM)
        self.units = Combo()
        for name, label in _UNITS.items():
            self.units.addItem(label, name)
        self.boxes = {name: NumberBox(number, by_leading_digits) for name, number in NUMBERS.items()}
        self._problems: dict[str, str] = {}
        self._lay_out()
        self._show_preset()
        self.presets.activated.connect(self._on_preset_activated)
        self.units.activated.connect(self._on_unit_activated)
        for name, box in self.boxes.items():
            box.committed.connect(self._on_box_committed)
            box.refused.connect(partial(self._refuse, name))
            box.mended.connect(partial(self._mend, name))

    @property
    def problem(self) -> str:
        """What is wrong with a number as it stands there; empty if nothing is."""
        return next(iter(self._problems.values()), "")

    def size_chosen(self) -> FigureSize:
        """Return the size on show."""
        numbers = {name: float(box.value()) for name, box in self.boxes.items()}
        return FigureSize(unit=self.units.currentData(), **numbers)

    def set_rows(self, rows: Rows, stretch: Stretch) -> None:
        """Say which plots the figure has: the height of a usual size follows from it."""
        self._rows, self._stretch = rows, stretch
        self._show_preset()

    def state(self) -> dict[str, Any]:
        """Return what is chosen, for `restore`."""
        return {"preset": self.presets.currentData(), **vars(self.size_chosen())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Choose again what `state` returned; what cannot be used is left as it is."""
        preset, unit = str(state.get("preset")), str(state.get("unit"))
        if preset in PRESETS:
            self.presets.set_name(preset)
            self._show_preset()
        elif preset == _CUSTOM and unit in _UNITS:
            try:
                numbers = {
                    name: float(number.check(state.get(name), name)) for name, number in NUMBERS.items()
                }
            except ConfigError:
                return
            self.presets.set_name(_CUSTOM)
            self._show(FigureSize(unit=unit, **numbers))

    def set_vector(self, vector: bool) -> None:
        """Offer no resolution where it has no effect: of a format without pixels, in millimetres."""
        self._vector = vector
        self._offer_resolution()

    def _offer_resolution(self) -> None:
        self.boxes["dpi"].setEnabled(not self._vector or self._unit != "mm")

    @Slot()
    def _on_preset_activated(self) -> None:
        self._show_preset()
        self.changed.emit()

    @Slot()
    def _on_unit_activated(self) -> None:
        unit = self.units.currentData()
        before = replace(self.size_chosen(), unit=self._unit)
        self.presets.set_name(_CUSTOM)
        self._show(before.in_unit(unit))
        self.changed.emit()

    @Slot()
    def _on_box_committed(self) -> None:
        self.presets.set_name(_CUSTOM)
        self.changed.emit()

    def _refuse(self, name: str, message: str) -> None:
        self._problems[name] = message
        self.refused.emit(message)

    def _mend(self, name: str) -> None:
        self._problems.pop(name, None)
        self.mended.emit()

    def _show_preset(self) -> None:
        preset = PRESETS.get(self.presets.currentData())
        if preset is not None:
            self._show(preset.size(self._rows, self._stretch))

    def _show(self, size: FigureSize) -> None:
        self._problems.clear()
        self._unit = size.unit
        self.units.set_name(size.unit)
        for name, box in self.boxes.items():
            box.set_value(getattr(size, name))
        self._offer_resolution()

    def _lay_out(self) -> None:
        self.presets.setAccessibleName("Usual sizes")
        self.units.setAccessibleName("Unit of width and height")
        for name, box in self.boxes.items():
            box.setAccessibleName(NUMBERS[name].label)
            box.setToolTip(NUMBERS[name].help)
        numbers = QHBoxLayout()
        for widget in (
            self.boxes["width"],
            QLabel("×"),
            self.boxes["height"],
            self.units,
            self.boxes["dpi"],
            QLabel(NUMBERS["dpi"].unit),
        ):
            numbers.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.presets)
        column.addLayout(numbers)


PRESETS: dict[str, Preset] = {
    "two_columns": Preset("Two columns of a paper, 180 mm", 180, "mm", 300, line_height=66),
    "one_column": Preset("One column of a paper, 85 mm", 85, "mm", 300, line_height=48),
    "slide": Preset("Slide 16:9, 1920 × 1080", 1920, "px", 144, height=1080),
    "screen": Preset("Screen, 1200 pixels wide", 1200, "px", 96, line_height=320),
}
