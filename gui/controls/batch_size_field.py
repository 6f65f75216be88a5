"""Rows for the size of the mini-batches."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from engine.config import BATCH_SIZE
from gui.controls.field import SPACING, Field, label_width
from gui.controls.number_box import NumberBox
from gui.controls.number_text import limits, usual_step


class BatchSizeField(Field):
    """A number of samples, or, when the box below it is checked, all training samples in every step: None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(BATCH_SIZE.label, f"{BATCH_SIZE.help} {limits(BATCH_SIZE)}", parent)
        self._number = NumberBox(BATCH_SIZE, usual_step(BATCH_SIZE))
        self.set_editor(self._number, BATCH_SIZE.unit)
        self.follow(self._number)
        self._full = QCheckBox("Full batch")
        self._full.setObjectName("full")
        self._full.setToolTip("Use all training samples in every step.")
        self._full.clicked.connect(self._on_full_clicked)
        line = QHBoxLayout()
        line.setContentsMargins(label_width(self) + SPACING, 0, 0, 0)
        line.addWidget(self._full)
        self.head.insertLayout(1, line)

    def value(self) -> int | None:
        """Return the size, or None for the full batch."""
        return None if self._full.isChecked() else int(self._number.value())

    def set_value(self, value: int | None) -> None:
        """Show a size, or None for the full batch; then the number stays for when it is wanted again."""
        self._full.setChecked(value is None)
        self._number.setEnabled(value is not None)
        self._number.set_value(self._number.value() if value is None else value)
        self.accept_text()

    def limit(self, n_train: int) -> None:
        """Lower the number to the size of the training set where it is larger, in use or not."""
        if self._number.value() > n_train:
            self._number.set_value(n_train)
            self.accept_text()

    @Slot()
    def _on_full_clicked(self) -> None:
        self.set_value(self.value())
        self.committed.emit()
