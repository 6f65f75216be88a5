"""The loss over the steps."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from engine.fields import Switch
from engine.losses import LOSSES
from gui.plots.curve_options import BAND, CURVES, LOG_X, SMOOTHING
from gui.plots.numerals import number
from gui.plots.ranges import OwnedRange
from gui.plots.scales import LARGEST, Linear, Log, Scale, extent
from gui.plots.training_curves import TrainingCurves

_SPIKE = 10.0
"""A linear axis ends at so many times the greater of the first loss and almost all others: what leaps higher,
in the frames before a run diverges, leaves at the top instead of flattening all that was before."""

_ABOVE_MOST = 2.0
"""Nor does it end higher than so many times where most curves would have it: a run that starts far above the
others comes in from the top."""


class Loss(TrainingCurves):
    """Training and validation loss."""

    name = "loss"
    title = "Loss"
    settings: ClassVar = {
        "log_y": Switch(
            "log_y", "log y", "Show the loss on a logarithmic axis; zeros stand at its foot.", False
        ),
        "log_x": LOG_X,
        "smoothing": SMOOTHING,
        "curves": CURVES,
        "band": BAND,
    }
    scalars = ("train_loss", "validation_loss")

    def _title(self) -> str:
        names = {config.loss.name for config in self.experiment.runs} if self.experiment else set()
        return LOSSES[names.pop()].label if len(names) == 1 else "Loss"

    def _value_text(self, value: float) -> str:
        return number(value, 4)

    def _value_range(
        self, owned: OwnedRange, values: Sequence[np.ndarray]
    ) -> tuple[Scale, tuple[float, float]]:
        if self.option("log_y"):
            return self._log_range(owned, values)
        scale = Linear()
        tops = [top for series in values if (top := _top(scale.positions(series))) is not None]
        tops.append(0.0)
        usual = _ABOVE_MOST * statistics.median(tops[:-1] or tops)
        return scale, owned.fit(0.0, (min(max(tops), usual) if usual > 0 else max(tops)) or 1.0, scale)

    def _log_range(
        self, owned: OwnedRange, values: Sequence[np.ndarray]
    ) -> tuple[Scale, tuple[float, float]]:
        scale = Log()
        places = np.concatenate([scale.positions(series) for series in values] or [np.zeros(0)])
        low, high = extent(places) or (-1.0, 0.0)
        zeros = bool(np.isneginf(places).any())
        low, high = owned.fit(low - 0.5 if zeros else low, high, scale)
        return (Log(zero=low) if zeros else scale), (low, high)


def _top(series: np.ndarray) -> float | None:
    """Return where a linear axis should end for a curve, None if it has no point."""
    known = series[np.isfinite(series)]
    if not known.size:
        return None
    almost = int(0.95 * (len(known) - 1))
    usual = max(float(known[0]), float(np.partition(known, almost)[almost]))
    return min(float(known.max()), _SPIKE * usual if usual > 0 else LARGEST)
