"""The accuracy over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from gui.plots.curve_options import BAND, CURVES, LOG_X, SMOOTHING
from gui.plots.numerals import number
from gui.plots.ranges import OwnedRange
from gui.plots.scales import Linear, Scale
from gui.plots.training_curves import TrainingCurves


class Accuracy(TrainingCurves):
    """Share of samples that training and validation get right, in percent. The axis always shows 0 to 100."""

    name = "accuracy"
    title = "Accuracy"
    settings: ClassVar = {"log_x": LOG_X, "smoothing": SMOOTHING, "curves": CURVES, "band": BAND}
    scalars = ("train_accuracy", "validation_accuracy")
    factor = 100.0

    def _title(self) -> str:
        return "% correct"

    def _value_text(self, value: float) -> str:
        return f"{number(value)} %"

    def _value_range(
        self, _owned: OwnedRange, _values: Sequence[np.ndarray]
    ) -> tuple[Scale, tuple[float, float]]:
        return Linear(), (0.0, 100.0)
