"""A spin box for numbers of any magnitude that shows 1e-3 and reads comma and point."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from engine.fields import Number
from gui.calm_wheel import CalmWheel
from gui.controls.number_text import Step, format_number, parse_number
from gui.controls.value_edit import ValueEdit

_WIDTH_CHARACTERS = 7


class NumberBox(CalmWheel, QAbstractSpinBox):
    """A box for one declared number. Its arrows keep within the limits; what is typed may be wrong.

    Signals:
        committed(): the person gave another value.
        confirmed(), refused(str), mended(): see ValueEdit.
    """

    committed = Signal()
    confirmed = Signal()
    refused = Signal(str)
    mended = Signal()

    def __init__(self, number: Number, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._step = step
        self._edit = ValueEdit(number.default, partial(parse_number, number), format_number)
        self.setLineEdit(self._edit)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.editingFinished.connect(self._edit.commit)
        for signal in ("committed", "confirmed", "refused", "mended"):
            getattr(self._edit, signal).connect(getattr(self, signal))

    def value(self) -> float | int:
        """Return the last value that was good."""
        return self._edit.value()

    def set_value(self, value: float) -> None:
        """Show a value; nothing is emitted."""
        self._edit.set_value(value)

    def stepBy(self, steps: int) -> None:
        """Step through the values, within the limits, from what is typed."""
        value = float(self._edit.typed_value())
        for _ in range(abs(steps)):
            value = self._step(value, 1 if steps > 0 else -1)
        value = min(max(value, self._number.minimum), self._number.maximum)
        self._edit.give(int(value) if self._number.integer else value)
        self.selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Enable the arrows within the limits."""
        enabled = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self.value() > self._number.minimum:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        if self.value() < self._number.maximum:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return enabled

    def sizeHint(self) -> QSize:
        """Ask for room for some digits."""
        hint = super().sizeHint()
        text = self.fontMetrics().horizontalAdvance("0" * _WIDTH_CHARACTERS)
        return QSize(text + 2 * hint.height(), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Ask for room for some digits."""
        return self.sizeHint()
