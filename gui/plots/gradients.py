"""How large the gradients are in each layer, in the frame on show."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF

from engine.config import Experiment
from engine.frame import Frame
from engine.history import History
from engine.table import Table
from gui.plots.chart import Chart
from gui.plots.gradient_quantity import NAMES, QUANTITY, heading, n_layers_with
from gui.plots.layer_choice import layer_name, short_name
from gui.plots.legend import Entry
from gui.plots.line import Line
from gui.plots.magnitudes import EMPTY, Placed, place, say
from gui.plots.numerals import number
from gui.plots.overlay import Dot, Dots
from gui.plots.plot import Plot
from gui.plots.ranges import OwnedRange
from gui.plots.readout import Reading, Row
from gui.plots.scales import Layers, Log

_WIDTH = 1.8
_MOST_DOTS_PX = 9.0
"""Where layers stand closer than that, only the line is drawn, and the zeros."""


class Gradients(Plot):
    """A point per layer, a line per run; hollow triangles at the foot are zeros, crosses not finite."""

    name = "gradients"
    title = "Gradients by layer"
    settings: ClassVar = {"quantity": QUANTITY}

    def _build(self) -> None:
        self.chart = Chart(self.theme)
        self._add_chart(self.chart)
        self.chart.set_label("layer")
        self.lines: list[Line] = []
        self.dots = Dots(self.theme, self.chart.box)
        self.chart.add_overlay(self.dots)
        self._range = OwnedRange()
        self._depth = 1

    def _prepare(self, experiment: Experiment) -> None:
        while len(self.lines) < len(experiment.runs):
            self.lines.append(Line(self.chart.box))
        for run, line in enumerate(self.lines):
            line.setVisible(run < len(experiment.runs))
        depths = {len(experiment.sizes(run)) - 1 for run in range(len(experiment.runs))}
        self._depth = max(depths)
        last = {self._depth} if len(depths) == 1 else set()
        names = tuple(
            short_name(layer, self._depth) if layer + 1 in last else str(layer + 1)
            for layer in range(self._depth)
        )
        self.chart.set_scales(Layers(names), Log())
        self._range.reset()
        entries = [Entry(f"run {run + 1}", *self.theme.run(run)) for run in range(len(experiment.runs))]
        quantity = self.option("quantity")
        n_known = max(n_layers_with(quantity, experiment, run) for run in range(len(experiment.runs)))
        self.chart.caption.write(heading(quantity, n_known), entries if len(entries) > 1 else ())

    def _dress(self) -> None:
        for run, line in enumerate(self.lines):
            color, dash = self.theme.run(run)
            line.set_pen(color, _WIDTH, dash)

    def _lay_out(self, area: QRectF) -> None:
        self.chart.setGeometry(area)

    def _empty(self) -> None:
        for line in self.lines:
            line.setData(np.zeros(0), np.zeros(0))
        self.dots.draw([])
        self.chart.show_range((0.5, self._depth + 0.5), EMPTY)

    def _draw(self, _history: History, frame: Frame) -> None:
        values = [self._values(frame, run) for run in range(len(frame.runs))]
        every = place(np.concatenate(values), self._range)
        self.chart.set_scales(y=every.scale)
        self.chart.show_range((0.5, self._depth + 0.5), (every.low, every.high))
        dots: list[Dot] = []
        start = 0
        for run, of_run in enumerate(values):
            part = slice(start, start + len(of_run))
            start += len(of_run)
            x = np.arange(1.0, len(of_run) + 1)
            self.lines[run].setData(x, every.positions[part])
            dots += self._dots(run, x, every, part)
        self.dots.draw(dots)

    def _dots(self, run: int, x: np.ndarray, placed: Placed, part: slice) -> list[Dot]:
        color, _ = self.theme.run(run)
        roomy = self.chart.columns / max(self._depth, 1) >= _MOST_DOTS_PX
        dots = []
        for i, layer in zip(range(part.start, part.stop), x, strict=True):
            if placed.zero[i]:
                dots.append(Dot(layer, placed.low, "triangle", color))
            elif placed.broken[i]:
                dots.append(Dot(layer, placed.high, "cross", self.theme.error))
            elif roomy:
                dots.append(Dot(layer, placed.positions[i], "disc", color))
        return dots

    def _values(self, frame: Frame, run: int) -> np.ndarray:
        """Return the magnitudes of the layers that have one."""
        quantity = self.option("quantity")
        values: np.ndarray = frame.runs[run].layers[quantity]
        assert self.experiment is not None
        return values[: n_layers_with(quantity, self.experiment, run)]

    def _read(self, _chart: Chart, x: float, _y: float) -> Reading | None:
        layer = round(x) - 1
        if self.frame is None or not 0 <= layer < self._depth:
            return None
        rows = []
        for run in range(len(self.frame.runs)):
            values = self._values(self.frame, run)
            if layer < len(values):
                name = f"run {run + 1}" if len(self.frame.runs) > 1 else ""
                rows.append(Row(name, say(float(values[layer])), self.theme.run(run)[0]))
        if not rows:
            return None
        return Reading(
            f"{layer_name(layer, self._depth)}, {NAMES[self.option('quantity')]}", rows, layer + 1.0
        )

    def _summary(self, frame: Frame) -> str:
        runs = [
            ", ".join(number(float(value)) for value in self._values(frame, run))
            for run in range(len(frame.runs))
        ]
        return (
            f"Step {frame.step:,}. {NAMES[self.option('quantity')]}, first layer to last: {'; '.join(runs)}."
        )

    def table(self) -> Table:
        """Return a row per run and layer."""
        quantity = self.option("quantity")
        columns = ("run", "step", "layer", quantity)
        if self.frame is None:
            return Table(columns, [])
        frame = self.frame
        return Table(
            columns,
            [
                (run + 1, frame.step, layer + 1, float(value))
                for run in range(len(frame.runs))
                for layer, value in enumerate(self._values(frame, run))
            ],
        )
