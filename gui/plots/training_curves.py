"""Training and validation curves over the steps: what the plots of loss and accuracy share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from PySide6.QtCore import QRectF

from engine.config import Experiment
from engine.datasets import DATASETS
from engine.frame import Frame
from engine.history import History
from engine.table import Table
from gui.plots.chart import Chart
from gui.plots.curve_options import FEWEST_STEPS
from gui.plots.curves import Curve, PastCurve, Positions, band_names, band_of
from gui.plots.divergences import divergence_note, divergence_of
from gui.plots.legend import Entry
from gui.plots.line import Line
from gui.plots.numerals import number
from gui.plots.overlay import Dot, Dots
from gui.plots.plot import Plot
from gui.plots.ranges import OwnedRange
from gui.plots.readout import Reading, Row, nearest
from gui.plots.run_looks import (
    past_runs,
    past_stroke,
    run_entries,
    stroke,
    validation_stroke,
)
from gui.plots.scales import STEPS, LogSteps, Scale
from gui.plots.series import last_known
from gui.plots.upright import Upright


class TrainingCurves(Plot):
    """Training solid, validation dashed; of several runs each has colour and dash, and validation is thin.

    Attributes:
        curves: of the runs on show.
        pasts: the pale references.
    """

    scalars: ClassVar[tuple[str, str]]
    """Of training and of validation, see engine.history.SCALARS."""
    over_time = True
    factor: ClassVar[float] = 1.0
    """The plot shows values times that."""

    def _build(self) -> None:
        self.chart = Chart(self.theme)
        self._add_chart(self.chart)
        self.chart.set_label("step")
        self.chart.caption.picked.connect(self.run_toggled)
        self.curves: list[Curve] = []
        self.pasts: list[PastCurve] = []
        self._past_lines: list[Line] = []
        self._made: dict[tuple[int, str], Curve] = {}
        self.divergence = Upright(self.chart.box)
        self.marker = Upright(self.chart.box, z=30)
        self.dots = Dots(self.theme, self.chart.box)
        self.chart.add_overlay(self.dots)
        self._x_range, self._y_range = OwnedRange(), OwnedRange()
        self._steps: Scale = STEPS
        self._values: Scale = STEPS
        self._drawn_in: tuple[object, ...] = ()
        for name in ("curves", "band"):
            self._options.controls[name].hide()

    def _prepare(self, experiment: Experiment) -> None:
        self._options.controls["curves"].setVisible(self.compares and _has_validation(experiment))
        self._options.controls["band"].setVisible(any(run.n_seeds > 1 for run in experiment.runs))
        shown = self._scalars_shown(experiment)
        for curve in self._made.values():
            curve.set_visible(False)
        self.curves = [self._curve(run, scalar) for run in self.visible for scalar in shown]
        pasts = past_runs(self.runs, experiment)
        # Lines stay: a scene takes it ill when items go that change what they cover.
        while len(self._past_lines) < len(pasts):
            self._past_lines.append(Line(self.chart.box, z=2))
        for i, line in enumerate(self._past_lines):
            line.setVisible(i < len(pasts))
        self.pasts = [PastCurve(past, line) for past, line in zip(pasts, self._past_lines, strict=False)]
        self._steps = LogSteps() if self.option("log_x") else STEPS
        self._x_range.reset()
        self._y_range.reset()

    def _scalars_shown(self, experiment: Experiment) -> tuple[str, ...]:
        if not _has_validation(experiment):
            return self.scalars[:1]
        # A choice made for several runs can neither be seen nor changed where there is one.
        chosen = self.option("curves") if self.compares else "both"
        return tuple(scalar for scalar in self.scalars if chosen == "both" or scalar.startswith(chosen))

    def _curve(self, run: int, scalar: str) -> Curve:
        if (run, scalar) not in self._made:
            self._made[run, scalar] = Curve(run, scalar, self.chart.box)
        curve = self._made[run, scalar]
        curve.set_visible(True)
        return curve

    def _dress(self) -> None:
        both = len({curve.validation for curve in self.curves}) > 1
        for curve in self.curves:
            if curve.validation and (both or not self.compares):
                curve.dress(self.theme, validation_stroke(self.theme, curve.run, self.compares))
            else:
                curve.dress(self.theme, stroke(self.theme, curve.run))
        for past in self.pasts:
            past.line.set_pen(*past_stroke(self.theme, past.of))
        self.marker.set_pen(self.theme.text)
        self.divergence.set_pen(self.theme.error, (4.0, 4.0))

    def _lay_out(self, area: QRectF) -> None:
        self.chart.setGeometry(area)

    def _empty(self) -> None:
        for curve in self._made.values():
            curve.points = Positions.nowhere()
            curve.draw((0.0, 1.0), 1)
        for past in self.pasts:
            past.line.draw(np.zeros(0), np.zeros(0))
        self.dots.draw([])
        self.marker.stand_at(None)
        self.divergence.stand_at(None)
        self._show_ranges(0.0, [])
        self._x_range.reset()
        self._y_range.reset()
        self._write_caption(None)

    # Drawing: the curves only when something has changed, the marks with each frame.

    def _draw(self, history: History, frame: Frame) -> None:
        if self._take_news():
            self._read_curves(history)
        self._write_caption(history)
        view = (self.chart.x_range, self.chart.columns)
        if view != self._drawn_in:
            self._drawn_in = view
            for curve in self.curves:
                curve.draw(*view)
            for past in self.pasts:
                past.draw(*view)
        self._draw_marks(history, frame)

    def _read_curves(self, history: History) -> None:
        """Read the values of all curves, fit the ranges to them, and find where they stand."""
        self._drawn_in = ()
        reduce, weight = self.option("band"), self.option("smoothing")
        for curve in self.curves:
            curve.read(history, reduce, self.factor)
        for past in self.pasts:
            past.read(self.scalars[0], reduce, self.factor)
        # The history writes others into its own while this plot is hidden, or waits for its turn.
        self._known_steps = history.scalars(0, self.scalars[0])[0].copy()
        ends = [float(history.last.step), *(float(past.steps[-1]) for past in self.pasts)]
        values = [edge for curve in self.curves for edge in curve.edges]
        self._show_ranges(max(ends), [*values, *(past.band.middle for past in self.pasts)])
        self._x = self._steps.positions(self._known_steps)
        for curve in self.curves:
            curve.points = Positions.of(self._x, curve.band, weight, self._values, self._y[0])
        for past in self.pasts:
            x = self._steps.positions(past.steps)
            past.points = Positions.of(x, past.band, weight, self._values, self._y[0])

    def _draw_marks(self, history: History, frame: Frame) -> None:
        """Mark the values of the frame on show, and where runs diverged and pasts part."""
        at = int(np.searchsorted(self._known_steps, frame.step))
        dots: list[Dot] = []
        for past in self.pasts:
            dots += past.mark(self.theme, self._y[1])
        for curve in self.curves:
            end = last_known(curve.points.middle, at)
            if end is not None and not (self.compares and curve.thin):
                shape: Literal["ring", "disc"] = "ring" if curve.thin or curve.validation else "disc"
                height = min(float(curve.points.middle[end]), self._y[1])
                dots.append(Dot(float(self._x[end]), height, shape, self.theme.run(curve.run)[0]))
        self.marker.stand_at(None if frame is history.last else float(self._x[at]))
        self._mark_divergences(history.last, dots)
        self.dots.draw(dots)

    def _mark_divergences(self, newest: Frame, dots: list[Dot]) -> None:
        """Mark where a run diverged by a cross as high as each of its curves was last.

        A single run has a line there too; of several, each cross has the colour of its run.
        """
        self.divergence.stand_at(None)
        for curve in self.curves:
            divergence = divergence_of(newest, curve.run)
            if divergence is None or (self.compares and curve.thin):
                continue
            place = float(self._steps.positions(np.array(float(divergence.step))))
            middle, top = curve.points.middle, self._y[1]
            end = last_known(middle, len(middle) - 1)
            color = self.theme.run(curve.run)[0] if self.compares else self.theme.error
            dots.append(Dot(place, top if end is None else min(float(middle[end]), top), "cross", color))
            if not self.compares:
                self.divergence.stand_at(place)

    def _show_ranges(self, last_step: float, values: Sequence[np.ndarray]) -> None:
        """Show the ranges for curves with these values up to a step."""
        end = float(self._steps.positions(np.array(max(last_step, FEWEST_STEPS))))
        x_range = self._x_range.fit(0.0, end, self._steps)
        self._values, self._y = self._value_range(self._y_range, values)
        self.chart.set_scales(self._steps, self._values)
        self.chart.show_range(x_range, self._y)

    def _write_caption(self, history: History | None) -> None:
        entries = run_entries(self.theme, self.names, self.runs)
        color = self.theme.muted if self.compares else self.theme.run(0)[0]
        shown = dict.fromkeys(curve.validation for curve in self.curves)
        if False in shown and not self.compares:
            entries.append(Entry("training", color, short="train"))
        if True in shown:
            _, line_width, dash = validation_stroke(self.theme, 0, self.compares)
            thin = len(shown) > 1 or not self.compares
            entries.append(
                Entry(
                    "validation",
                    color,
                    dash if thin else (),
                    short="val.",
                    line_width=line_width if thin else 2.0,
                )
            )
        note = divergence_note(history.last, self.names, self.visible) if history is not None else ""
        self.chart.caption.write(self._title(), entries, note)

    # Reading.

    def _read(self, chart: Chart, x: float, y: float) -> Reading | None:
        if self.history is None or self.experiment is None:
            return None
        # Those that are drawn: while frames follow each other, the history is ahead of them.
        at = int(np.argmin(np.abs(self._x - x)))
        frame = self.history.at(int(self._known_steps[at]))
        title = f"step {frame.step:,} · epoch {number(frame.epoch)}"
        rows = self._rows_of_runs(at) if self.compares else self._rows_of_curves(at)
        for past in self.pasts:
            value = past.value_at(frame.step)
            if value is not None:
                color = past_stroke(self.theme, past.of).color
                rows.append((value, Row(past.of.name, self._value_text(value), color)))
        if self.compares:
            shown = dict.fromkeys("validation" if curve.validation else "training" for curve in self.curves)
            title = f"{title} · {' / '.join(shown)}"
        heights = self._values.positions(np.array([value for value, _ in rows]))
        return Reading(
            title, nearest([row for _, row in rows], heights, y, chart.rect().height()), float(self._x[at])
        )

    def _rows_of_runs(self, at: int) -> list[tuple[float, Row]]:
        """Return a row per run with the values of all its curves, and the value of the first one."""
        rows = []
        for run in self.visible:
            curves = [curve for curve in self.curves if curve.run == run]
            text = " / ".join(self._curve_text(curve, at) for curve in curves)
            rows.append(
                (float(curves[0].band.middle[at]), Row(self.names[run], text, self.theme.run(run)[0]))
            )
        return rows

    def _rows_of_curves(self, at: int) -> list[tuple[float, Row]]:
        rows = []
        for curve in self.curves:
            name = "validation" if curve.validation else "training"
            row = Row(name, self._curve_text(curve, at), self.theme.run(curve.run)[0], curve.validation)
            rows.append((float(curve.band.middle[at]), row))
        return rows

    def _curve_text(self, curve: Curve, at: int) -> str:
        text = self._value_text(float(curve.band.middle[at]))
        if not curve.has_band or not np.isfinite(curve.band.middle[at]):
            return text
        low, high = (number(float(edge[at])) for edge in (curve.band.low, curve.band.high))
        return f"{text} ({low} to {high})"

    def _summary(self, frame: Frame) -> str:
        at = int(np.searchsorted(self._known_steps, frame.step))
        runs = []
        for run in self.visible:
            values = [
                f"{'validation' if curve.validation else 'training'} {self._curve_text(curve, at)}"
                for curve in self.curves
                if curve.run == run
            ]
            runs.append(f"{self.names[run]}: {', '.join(values)}" if self.compares else ", ".join(values))
        note = divergence_note(self.history.last, self.names, self.visible) if self.history else ""
        n_hidden = len(self.names) - len(runs)
        parts = [f"Step {frame.step:,}: {self._title()}, {'; '.join(runs)}", note]
        parts.append(f"{n_hidden} of {len(self.names)} runs hidden" if n_hidden else "")
        return ". ".join(filter(None, parts)) + "."

    def table(self) -> Table:
        """Return a row per frame and run on show; with several weight seeds, the edges of the bands too."""
        seeds = self.experiment is not None and any(run.n_seeds > 1 for run in self.experiment.runs)
        names = band_names(self.option("band")) if seeds else ("",)
        values = [f"{scalar}{name}" for scalar in self.scalars for name in names]
        columns = ("run", "name", "step", "epoch", *values)
        if self.history is None:
            return Table(columns, [])
        edges = {
            run: [
                edge
                for scalar in self.scalars
                for edge in band_of(self.history, run, scalar, self.option("band"))[1][: len(names)]
            ]
            for run in self.visible
        }
        rows: list[tuple[float | int | str, ...]] = [
            (run + 1, self.names[run], frame.step, frame.epoch, *(float(edge[i]) for edge in edges[run]))
            for i, frame in enumerate(self.history)
            for run in self.visible
        ]
        return Table(columns, rows)

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
