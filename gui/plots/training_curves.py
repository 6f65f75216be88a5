"""Training and validation curves over the steps: what the plots of loss and accuracy share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from PySide6.QtCore import QRectF

from engine.config import Experiment
from engine.datasets import DATASETS
from engine.fields import Number, Switch
from engine.frame import Frame
from engine.history import History
from engine.table import Table
from gui.plots.chart import Chart
from gui.plots.legend import Entry
from gui.plots.line import Line
from gui.plots.numerals import number
from gui.plots.overlay import Dot, Dots
from gui.plots.plot import Plot
from gui.plots.ranges import OwnedRange
from gui.plots.readout import Reading, Row
from gui.plots.scales import STEPS, LogSteps, Scale
from gui.plots.series import decimate, last_known, smooth
from gui.plots.upright import Upright
from gui.style import VALIDATION_DASH

LOG_X = Switch(
    "log_x", "log x", "Show the steps on a logarithmic axis, which spreads the first ones out.", False
)
SMOOTHING = Number(
    "smoothing",
    "smooth",
    "Exponential moving average, debiased as in TensorBoard; the curves as measured stay visible, paler.",
    0.0,
    0.0,
    0.99,
)

FEWEST_STEPS = 10.0
"""The axis of steps is at least so long."""

_WIDTH = 1.8
_RAW_WIDTH = 1.0
_RAW_STRENGTH = 0.38


@dataclass(frozen=True)
class Curve:
    """One series of one run: its line, and the same as measured where the line is smoothed."""

    run: int
    scalar: str
    line: Line
    raw: Line

    @property
    def validation(self) -> bool:
        """Whether it belongs to the validation samples."""
        return self.scalar.startswith("validation")


class TrainingCurves(Plot):
    """Training solid, validation dashed; the colour says which run."""

    scalars: ClassVar[tuple[str, str]]
    """Of training and of validation, see engine.history.SCALARS."""
    over_time = True
    factor: ClassVar[float] = 1.0
    """The plot shows values times that."""

    def _build(self) -> None:
        self.chart = Chart(self.theme)
        self._add_chart(self.chart)
        self.chart.set_label("step")
        self.curves: list[Curve] = []
        self.divergences: list[Upright] = []
        self.marker = Upright(self.chart.box)
        self.dots = Dots(self.theme, self.chart.box)
        self.chart.add_overlay(self.dots)
        self._x_range, self._y_range = OwnedRange(), OwnedRange()
        self._steps: Scale = STEPS

    def _prepare(self, experiment: Experiment) -> None:
        shown = self.scalars if _has_validation(experiment) else self.scalars[:1]
        wanted = [(run, scalar) for run in range(len(experiment.runs)) for scalar in shown]
        if wanted != [(curve.run, curve.scalar) for curve in self.curves]:
            self._make_items(wanted, len(experiment.runs))
        self._forget_ranges()
        self._steps = LogSteps() if self.option("log_x") else STEPS

    def _make_items(self, wanted: Sequence[tuple[int, str]], n_runs: int) -> None:
        for item in (*(line for curve in self.curves for line in (curve.line, curve.raw)), *self.divergences):
            self.chart.box.removeItem(item)
        box = self.chart.box
        self.curves = [Curve(run, scalar, Line(box, z=20), Line(box, z=10)) for run, scalar in wanted]
        self.divergences = [Upright(box) for _ in range(n_runs)]

    def _dress(self) -> None:
        for curve in self.curves:
            color, _ = self.theme.run(curve.run)
            dash = VALIDATION_DASH if curve.validation else ()
            curve.line.set_pen(color, _WIDTH, dash)
            curve.raw.set_pen(self.theme.pale(color, _RAW_STRENGTH), _RAW_WIDTH)
        self.marker.set_pen(self.theme.muted)
        for line in self.divergences:
            line.set_pen(self.theme.error, (4.0, 4.0))

    def _lay_out(self, area: QRectF) -> None:
        self.chart.setGeometry(area)

    def _empty(self) -> None:
        for curve in self.curves:
            curve.line.setData(np.zeros(0), np.zeros(0))
            curve.raw.setData(np.zeros(0), np.zeros(0))
        self.dots.draw([])
        for line in (self.marker, *self.divergences):
            line.stand_at(None)
        self._show_ranges(np.zeros(0), [])
        self._forget_ranges()
        self._write_caption(None)

    def _draw(self, history: History, frame: Frame) -> None:
        weight = self.option("smoothing")
        steps = np.zeros(0)
        values: list[np.ndarray] = []
        for curve in self.curves:
            steps, series = history.scalars(curve.run, curve.scalar)
            values.append(series * self.factor)
        x = self._steps.positions(steps)
        scale, (floor, top) = self._show_ranges(x, values)
        low, high = self.chart.x_range
        at = int(np.searchsorted(steps, frame.step))
        dots: list[Dot] = []
        for curve, series in zip(self.curves, values, strict=True):
            raw = np.maximum(scale.positions(series), floor)
            smoothed = np.maximum(scale.positions(smooth(series, weight)), floor) if weight else raw
            curve.line.setData(*decimate(x, smoothed, low, high, self.chart.columns // 2))
            curve.raw.setVisible(weight > 0)
            if weight:
                curve.raw.setData(*decimate(x, raw, low, high, self.chart.columns // 2))
            end = last_known(smoothed, at)
            if end is not None:
                shape: Literal["ring", "disc"] = "ring" if curve.validation else "disc"
                dots.append(Dot(x[end], min(smoothed[end], top), shape, self.theme.run(curve.run)[0]))
        self.marker.stand_at(None if frame is history.last else float(x[at]))
        self._mark_divergences(history, values, scale, top, dots)
        self.dots.draw(dots)
        self._write_caption(history)

    def _mark_divergences(
        self,
        history: History,
        values: Sequence[np.ndarray],
        scale: Scale,
        top: float,
        dots: list[Dot],
    ) -> None:
        """Draw a line where a run diverged, and on it a cross as high as each of its curves was last."""
        for run, line in enumerate(self.divergences):
            divergence = history.last.runs[run].divergence
            if divergence is None:
                line.stand_at(None)
                continue
            place = float(self._steps.positions(np.array(float(divergence.step))))
            line.stand_at(place)
            for curve, series in zip(self.curves, values, strict=True):
                if curve.run == run:
                    y = scale.positions(series)
                    end = last_known(y, len(y) - 1)
                    height = top if end is None else min(y[end], top)
                    dots.append(Dot(place, height, "cross", self.theme.error))

    def _show_ranges(self, x: np.ndarray, values: Sequence[np.ndarray]) -> tuple[Scale, tuple[float, float]]:
        """Show the ranges for these curves; return the scale of the values and the range of positions."""
        fewest = float(self._steps.positions(np.array(FEWEST_STEPS)))
        x_range = self._x_range.fit(0.0, max(float(x.max(initial=0.0)), fewest), self._steps)
        scale, y_range = self._value_range(self._y_range, values)
        self.chart.set_scales(self._steps, scale)
        self.chart.show_range(x_range, y_range)
        return scale, y_range

    def _forget_ranges(self) -> None:
        self._x_range.reset()
        self._y_range.reset()

    def _write_caption(self, history: History | None) -> None:
        muted, n_runs = self.theme.muted, len(self.divergences)
        entries: list[Entry] = []
        if n_runs > 1:
            entries = [Entry(f"run {run + 1}", self.theme.run(run)[0]) for run in range(n_runs)]
        color = muted if n_runs > 1 else self.theme.run(0)[0]
        entries.append(Entry("training", color, short="train"))
        if any(curve.validation for curve in self.curves):
            entries.append(Entry("validation", color, VALIDATION_DASH, short="val."))
        self.chart.caption.write(self._title(), entries, _divergence_note(history))

    def _read(self, _chart: Chart, x: float, _y: float) -> Reading | None:
        if self.history is None or not self.curves:
            return None
        steps, _ = self.history.scalars(0, self.scalars[0])
        places = self._steps.positions(steps)
        nearest = int(np.argmin(np.abs(places - x)))
        frame = self.history.at(int(steps[nearest]))
        rows = []
        for curve in self.curves:
            name = "validation" if curve.validation else "training"
            if len(self.divergences) > 1:
                name = f"run {curve.run + 1}, {name}"
            value = getattr(frame.runs[curve.run], curve.scalar) * self.factor
            rows.append(Row(name, self._value_text(value), self.theme.run(curve.run)[0], curve.validation))
        return Reading(f"step {frame.step:,} · epoch {number(frame.epoch)}", rows, float(places[nearest]))

    def _summary(self, frame: Frame) -> str:
        values = [
            f"{'validation' if curve.validation else 'training'} "
            f"{self._value_text(getattr(frame.runs[curve.run], curve.scalar) * self.factor)}"
            for curve in self.curves
        ]
        note = _divergence_note(self.history)
        return f"Step {frame.step:,}: {self._title()}, {', '.join(values)}.{f' {note}.' if note else ''}"

    def table(self) -> Table:
        """Return a row per frame and run."""
        columns = ("run", "step", "epoch", *self.scalars)
        if self.history is None:
            return Table(columns, [])
        return Table(
            columns,
            [
                (run + 1, frame.step, frame.epoch, *(getattr(values, scalar) for scalar in self.scalars))
                for frame in self.history
                for run, values in enumerate(frame.runs)
            ],
        )

    @abstractmethod
    def _title(self) -> str:
        """Return what the values are."""

    @abstractmethod
    def _value_text(self, value: float) -> str:
        """Write a value as shown, times the factor."""

    @abstractmethod
    def _value_range(
        self, owned: OwnedRange, values: Sequence[np.ndarray]
    ) -> tuple[Scale, tuple[float, float]]:
        """Return the scale of the values, and the range of positions to show."""


def _has_validation(experiment: Experiment) -> bool:
    shape = DATASETS[experiment.dataset.name].shape(**experiment.dataset.parameters)
    return shape.n_samples > experiment.n_train


def _divergence_note(history: History | None) -> str:
    """Say which runs diverged, and where."""
    if history is None or not len(history):
        return ""
    runs = history.last.runs
    notes = [
        f"{f'run {run + 1} ' if len(runs) > 1 else ''}diverged at {values.divergence}"
        for run, values in enumerate(runs)
        if values.divergence is not None
    ]
    return "; ".join(notes)
