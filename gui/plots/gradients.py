"""How large the gradients are in each layer, in the frame on show."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF

from engine.config import Experiment
from engine.frame import Frame
from engine.history import History
from engine.pooling import Band, median_band
from engine.table import Table
from gui.plots.area import Area
from gui.plots.chart import Chart
from gui.plots.curves import band_names
from gui.plots.gradient_quantity import NAMES, QUANTITY, heading, n_layers_with
from gui.plots.layer_choice import layer_name, short_name
from gui.plots.line import Line
from gui.plots.magnitudes import EMPTY, Placed, parts_of, place, say
from gui.plots.numerals import number
from gui.plots.overlay import Dot, Dots
from gui.plots.plot import Plot
from gui.plots.ranges import OwnedRange
from gui.plots.readout import Reading, Row, nearest
from gui.plots.run_looks import (
    BAND_OPACITY,
    PastRun,
    past_runs,
    past_stroke,
    run_entries,
    stroke,
)
from gui.plots.scales import Layers, Log

_MOST_DOTS_PX = 9.0
"""Where layers stand closer than that, only the line is drawn, and the zeros."""


class Gradients(Plot):
    """A point per layer, a line per run, with a band over its seeds.

    Hollow triangles at the foot are zeros, crosses are not finite.
    """

    name = "gradients"
    title = "Gradients by layer"
    settings: ClassVar = {"quantity": QUANTITY}

    def _build(self) -> None:
        self.chart = Chart(self.theme)
        self._add_chart(self.chart)
        self.chart.set_label("layer")
        self.chart.caption.picked.connect(self.run_toggled)
        self.lines: list[Line] = []
        self.areas: list[Area] = []
        self.past_lines: list[Line] = []
        self.pasts: list[PastRun] = []
        self.dots = Dots(self.theme, self.chart.box)
        self.chart.add_overlay(self.dots)
        self._range = OwnedRange()
        self._depth = 1

    def _prepare(self, experiment: Experiment) -> None:
        box = self.chart.box
        while len(self.lines) < len(experiment.runs):
            self.lines.append(Line(box, z=20))
            self.areas.append(Area(box, z=5))
        for run, items in enumerate(zip(self.lines, self.areas, strict=True)):
            for item in items:
                item.setVisible(run in self.visible)
        for area in self.areas:
            area.draw(np.zeros(0), np.zeros(0), np.zeros(0))
        self.pasts = past_runs(self.runs, experiment)
        while len(self.past_lines) < len(self.pasts):
            self.past_lines.append(Line(box, z=2))
        for i, line in enumerate(self.past_lines):
            line.setVisible(i < len(self.pasts))
        self._range.reset()
        self._write_axis(experiment)

    def _write_axis(self, experiment: Experiment) -> None:
        """Write the names of the layers; the last one is the output only if it is that in every run."""
        depths = {len(experiment.sizes(run)) - 1 for run in range(len(experiment.runs))}
        depths |= {len(past.past.experiment.sizes(past.run)) - 1 for past in self.pasts}
        self._depth = max(depths)
        last = {self._depth} if len(depths) == 1 else set()
        names = tuple(
            short_name(layer, self._depth) if layer + 1 in last else str(layer + 1)
            for layer in range(self._depth)
        )
        self.chart.set_scales(Layers(names), Log())

    def _dress(self) -> None:
        for run, (line, area) in enumerate(zip(self.lines, self.areas, strict=True)):
            look = stroke(self.theme, run)
            line.set_pen(*look)
            area.set_color(look.color, BAND_OPACITY)
        for past, line in zip(self.pasts, self.past_lines, strict=False):
            line.set_pen(*past_stroke(self.theme, past))
        if self.experiment is not None:
            quantity = self.option("quantity")
            runs = range(len(self.experiment.runs))
            n_known = max(n_layers_with(quantity, self.experiment, run) for run in runs)
            entries = run_entries(self.theme, self.names, self.runs)
            self.chart.caption.write(heading(quantity, n_known), entries)

    def _lay_out(self, area: QRectF) -> None:
        self.chart.setGeometry(area)

    def _empty(self) -> None:
        nothing = np.zeros(0)
        for line in (*self.lines, *self.past_lines):
            line.draw(nothing, nothing)
        for area in self.areas:
            area.draw(nothing, nothing, nothing)
        self.dots.draw([])
        self.chart.show_range((0.5, self._depth + 0.5), EMPTY)

    def _draw(self, _history: History, frame: Frame) -> None:
        bands = {run: self._band(frame, run) for run in self.visible}
        pasts = [self._past_values(past, frame.step) for past in self.pasts]
        series = [edge for band in bands.values() for edge in band] + pasts
        placed = place(np.concatenate([np.zeros(0), *series]), self._range)
        self.chart.set_scales(y=placed.scale)
        self.chart.show_range((0.5, self._depth + 0.5), (placed.low, placed.high))
        parts = iter(parts_of(placed, [len(values) for values in series]))
        dots: list[Dot] = []
        for run, band in bands.items():
            middle, low, high = next(parts), next(parts), next(parts)
            x = np.arange(1.0, len(band.middle) + 1)
            self.lines[run].draw(x, middle.positions)
            if self._n_seeds(run) > 1:
                self.areas[run].draw(x, low.positions, high.positions)
            dots += self._dots(run, middle)
        for line, values in zip(self.past_lines, parts, strict=False):
            line.draw(np.arange(1.0, len(values.positions) + 1), values.positions)
        self.dots.draw(dots)

    def _dots(self, run: int, placed: Placed) -> list[Dot]:
        color, _ = self.theme.run(run)
        roomy = self.chart.columns / max(self._depth, 1) >= _MOST_DOTS_PX
        dots = []
        for i, position in enumerate(placed.positions):
            if placed.zero[i]:
                dots.append(Dot(i + 1.0, placed.low, "triangle", color))
            elif placed.broken[i]:
                color_of_cross = color if self.compares else self.theme.error
                dots.append(Dot(i + 1.0, placed.high, "cross", color_of_cross))
            elif roomy:
                dots.append(Dot(i + 1.0, float(position), "disc", color))
        return dots

    def _n_seeds(self, run: int) -> int:
        assert self.experiment is not None
        return self.experiment.runs[run].n_seeds

    def _band(self, frame: Frame, run: int) -> Band:
        """Return the magnitudes of the layers that have one: the median over the seeds, and its band."""
        quantity = self.option("quantity")
        assert self.experiment is not None
        n_layers = n_layers_with(quantity, self.experiment, run)
        seeds = frame.seeds(run)
        if len(seeds) == 1:
            values = seeds[0].layers[quantity][:n_layers]
            return Band(values, values, values)
        values = np.array([[seen.layers[quantity][:n_layers] for seen in seeds]])
        return Band(*(edge[0] for edge in median_band(values)))

    def _past_values(self, past: PastRun, step: int) -> np.ndarray:
        """Return the magnitudes of a pale reference in its frame of a step, or the newest before it."""
        quantity, frame = self.option("quantity"), past.past.history.at(step)
        n_layers = n_layers_with(quantity, past.past.experiment, past.run)
        values: np.ndarray = np.array([seen.layers[quantity][:n_layers] for seen in frame.seeds(past.run)])
        return median_band(values[np.newaxis]).middle[0]

    def _read(self, chart: Chart, x: float, y: float) -> Reading | None:
        layer = round(x) - 1
        if self.frame is None or not 0 <= layer < self._depth:
            return None
        found: list[tuple[float, Row]] = []
        for run in self.visible:
            band = self._band(self.frame, run)
            if layer < len(band.middle):
                name = self.names[run] if self.compares else ""
                value = float(band.middle[layer])
                text = say(value)
                if self._n_seeds(run) > 1 and np.isfinite(value):
                    text += f" ({say(float(band.low[layer]))} to {say(float(band.high[layer]))})"
                found.append((value, Row(name, text, self.theme.run(run)[0])))
        for past in self.pasts:
            values = self._past_values(past, self.frame.step)
            if layer < len(values):
                color = past_stroke(self.theme, past).color
                found.append((float(values[layer]), Row(past.name, say(float(values[layer])), color)))
        if not found:
            return None
        title = f"{layer_name(layer, self._depth)}, {NAMES[self.option('quantity')]}"
        heights = Log().positions(np.array([value for value, _ in found]))
        return Reading(
            title, nearest([row for _, row in found], heights, y, chart.rect().height()), layer + 1.0
        )

    def _summary(self, frame: Frame) -> str:
        quantity, runs = self.option("quantity"), []
        for run in self.visible:
            values = ", ".join(number(float(value)) for value in self._band(frame, run).middle)
            if values:
                runs.append(f"{self.names[run]}: {values}" if self.compares else values)
        if not runs:
            return f"Step {frame.step:,}. {heading(quantity, 0)}."
        return f"Step {frame.step:,}. {NAMES[quantity]}, first layer to last: {'; '.join(runs)}."

    def table(self) -> Table:
        """Return a row per run on show and layer; with several weight seeds, the edges of the bands too."""
        seeds = self.experiment is not None and any(run.n_seeds > 1 for run in self.experiment.runs)
        quantity, names = self.option("quantity"), band_names("median") if seeds else ("",)
        columns = ("run", "name", "step", "layer", *(f"{quantity}{name}" for name in names))
        rows: list[tuple[float | int | str, ...]] = []
        if self.frame is not None:
            for run in self.visible:
                edges = self._band(self.frame, run)[: len(names)]
                for layer, values in enumerate(zip(*edges, strict=True)):
                    rows.append((run + 1, self.names[run], self.frame.step, layer + 1, *map(float, values)))
        return Table(columns, rows)
