"""How large the gradients of each layer are over the steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from PySide6.QtCore import QRectF

from engine.config import Experiment
from engine.frame import Frame
from engine.history import History
from engine.pooling import median_band
from engine.table import Table
from gui.plots.chart import Chart
from gui.plots.curve_options import FEWEST_STEPS, LOG_X
from gui.plots.gradient_quantity import NAMES, QUANTITY, heading, n_layers_with
from gui.plots.heat_map import ColorBar, HeatMap, color_bar_width
from gui.plots.layer_choice import LAYERS, MOST_SINGLE, layer_name, layers_on_show, short_name
from gui.plots.legend import Entry
from gui.plots.line import Line
from gui.plots.magnitudes import EMPTY, Placed, place, say
from gui.plots.numerals import number
from gui.plots.overlay import Dot, Dots
from gui.plots.plot import Plot
from gui.plots.ranges import OwnedRange
from gui.plots.readout import Reading, Row
from gui.plots.runs_view import RunsView
from gui.plots.scales import STEPS, Layers, Log, LogSteps, Scale
from gui.plots.series import decimate, last_known
from gui.plots.upright import Upright

_WIDTH = 1.5
_MOST_COLUMNS = 300


class GradientsOverTime(Plot):
    """Of the selected run, a line per layer; more than twelve layers share one heat map.

    If that run is hidden, there are none, and the caption says so.

    Attributes:
        layers: the indexes of the layers on show.
        crowded: whether they share the heat map.
    """

    name = "gradients_over_time"
    title = "Gradients over time"
    over_time = True
    settings: ClassVar = {
        "layers": LAYERS,
        "log_x": LOG_X,
        "quantity": QUANTITY,
    }

    @classmethod
    def figure_height(cls, _experiment: Experiment, _runs: RunsView, _options: Mapping[str, Any]) -> float:
        """Return the height of one chart: of one run, there is no legend of several."""
        return 1.0

    def _build(self) -> None:
        self.chart = Chart(self.theme)
        self.heat_map = HeatMap(self.theme)
        self.color_bar = ColorBar(self.theme)
        self.color_bar.setParentItem(self.board)
        self.lines: list[Line] = []
        self.dots = Dots(self.theme, self.chart.box)
        self.chart.add_overlay(self.dots)
        self.markers: dict[Chart, Upright] = {}
        for chart in (self.chart, self.heat_map):
            self._add_chart(chart)
            chart.set_label("step")
            self.markers[chart] = Upright(chart.box)
        self._x_range, self._y_range = OwnedRange(), OwnedRange()
        self._steps: Scale = STEPS
        self.layers: list[int] = []
        self._options.controls["layers"].hide()
        self._n_layers = 1
        self._drawn_in: tuple[object, ...] = ()

    @property
    def crowded(self) -> bool:
        """Whether there are so many layers that they share a heat map."""
        return len(self.layers) > MOST_SINGLE

    @property
    def run(self) -> int:
        """The run whose layers are shown."""
        return min(self.runs.selected, len(self.names) - 1)

    @property
    def _hidden_note(self) -> str:
        """Say that the run is hidden; empty if it is not."""
        return f"{self.names[self.run]} is hidden" if self.run in self.runs.hidden else ""

    def _titled(self, text: str) -> str:
        """Say of which run, and of how many of its seeds, the values are, where that is not plain."""
        n_seeds = self.experiment.runs[self.run].n_seeds if self.experiment is not None else 1
        name = f"{self.names[self.run]}: " if self.compares else ""
        return f"{name}{text}, median of {n_seeds} seeds" if n_seeds > 1 else f"{name}{text}"

    def _values(self, history: History) -> tuple[np.ndarray, np.ndarray]:
        """Return (steps, magnitudes) of all layers, (frames,) and (frames, layers); medians over seeds."""
        if len(history.first.seeds(self.run)) == 1:
            return history.layers(self.run, self.option("quantity"))
        steps, band = history.bands(self.run, self.option("quantity"), median_band)
        return steps, band.middle

    def _prepare(self, experiment: Experiment) -> None:
        quantity = self.option("quantity")
        self._n_layers = len(experiment.sizes(self.run)) - 1
        n_known = n_layers_with(quantity, experiment, self.run)
        on_show = [] if self._hidden_note else layers_on_show(self.option("layers"), self._n_layers)
        self.layers = [layer for layer in on_show if layer < n_known]
        self._options.controls["layers"].setVisible(self._n_layers > MOST_SINGLE)
        while len(self.lines) < len(self.layers) <= MOST_SINGLE:
            self.lines.append(Line(self.chart.box))
        self._steps = LogSteps() if self.option("log_x") else STEPS
        self._x_range.reset()
        self._y_range.reset()
        names = tuple(short_name(layer, self._n_layers) for layer in self.layers)
        self.chart.set_scales(x=self._steps)
        self.heat_map.set_scales(x=self._steps, y=Layers(names))
        self.heat_map.caption.write(self._titled(f"layer  ·  shade: {NAMES[quantity]}"))

    def _dress(self) -> None:
        colors = self.theme.layer_colors(len(self.layers))
        for i, line in enumerate(self.lines):
            line.setVisible(i < len(self.layers) and not self.crowded)
            if i < len(colors):
                line.set_pen(colors[i], _WIDTH)
        for marker in self.markers.values():
            marker.set_pen(self.theme.text)
        self.color_bar.set_theme(self.theme)
        few = self.layers if not self.crowded else []
        entries = [
            Entry(
                layer_name(layer, self._n_layers) if layer == few[0] else short_name(layer, self._n_layers),
                color,
                small=True,
            )
            for layer, color in zip(few, colors, strict=False)
        ]
        title = self._hidden_note or self._titled(heading(self.option("quantity"), len(self.layers)))
        self.chart.caption.write(title, entries)

    def _lay_out(self, area: QRectF) -> None:
        side = color_bar_width(area.width())
        self.chart.setVisible(not self.crowded)
        self.heat_map.setVisible(self.crowded)
        self.color_bar.setVisible(self.crowded and side > 0)
        self.chart.setGeometry(area)
        self.heat_map.setGeometry(area.adjusted(0, 0, -side, 0))
        self.color_bar.stand_beside(self.heat_map)

    def _empty(self) -> None:
        for line in self.lines:
            line.draw(np.zeros(0), np.zeros(0))
        self.dots.draw([])
        self.heat_map.clear()
        for marker in self.markers.values():
            marker.stand_at(None)
        fewest = float(self._steps.positions(np.array(FEWEST_STEPS)))
        x_range = self._x_range.fit(0.0, fewest, self._steps)
        self.chart.set_scales(y=Log())
        self.chart.show_range(x_range, EMPTY)
        self.heat_map.show_range(x_range, (0.5, len(self.layers) + 0.5))
        self.color_bar.show_scale(Log(), *EMPTY)

    def _draw(self, history: History, frame: Frame) -> None:
        if self._take_news():
            self._read_values(history)
        chart = self.heat_map if self.crowded else self.chart
        view = (chart.x_range, chart.columns)
        if view != self._drawn_in:
            self._drawn_in = view
            if self.crowded:
                self._draw_heat_map(self._x, self._placed)
            else:
                self._draw_lines(self._x, self._placed)
        at = int(np.searchsorted(self._known_steps, frame.step))
        self._mark(self._x, self._placed, at)
        for marker in self.markers.values():
            marker.stand_at(None if frame is history.last else float(self._x[at]))

    def _read_values(self, history: History) -> None:
        """Read the values, fit the ranges to them, and find where they stand."""
        self._drawn_in = ()
        steps, values = self._values(history)
        # The history writes others into its own while this plot is hidden, or waits for its turn.
        self._known_steps = steps.copy()
        self._x = self._steps.positions(steps)
        fewest = float(self._steps.positions(np.array(FEWEST_STEPS)))
        x_range = self._x_range.fit(0.0, max(float(self._x[-1]), fewest), self._steps)
        placed = self._placed = place(values[:, self.layers], self._y_range)
        if self.crowded:
            self.heat_map.show_range(x_range, (0.5, len(self.layers) + 0.5))
        else:
            self.chart.set_scales(y=placed.scale)
            self.chart.show_range(x_range, (placed.low, placed.high))

    def _draw_lines(self, x: np.ndarray, placed: Placed) -> None:
        low, high = self.chart.x_range
        seen_x, seen = decimate(x, placed.positions, low, high, self.chart.columns // 2)
        for i in range(len(self.layers)):
            self.lines[i].draw(seen_x, np.ascontiguousarray(seen[:, i]))

    def _mark(self, x: np.ndarray, placed: Placed, at: int) -> None:
        """Mark the values of a frame, or the last ones before it."""
        dots = []
        layers = [] if self.crowded else self.layers
        for i, color in enumerate(self.theme.layer_colors(len(layers))):
            if placed.broken[at, i]:
                dots.append(Dot(x[at], placed.high, "cross", self.theme.error))
            end = last_known(placed.positions[:, i], at)
            if end is not None:
                shape: Literal["triangle", "disc"] = "triangle" if placed.zero[end, i] else "disc"
                dots.append(Dot(x[end], placed.positions[end, i], shape, color))
        self.dots.draw(dots)

    def _draw_heat_map(self, x: np.ndarray, placed: Placed) -> None:
        """Draw in each column the last frame that it holds, or the last one before it."""
        low, high = self.heat_map.x_range
        start, end = max(low, float(x[0])), min(high, float(x[-1]))
        if low > end:
            self.heat_map.clear()
            return
        n_columns = min(self.heat_map.columns, _MOST_COLUMNS)
        width = (high - low) / n_columns
        n_columns = max(1, round((end - start) / width)) if end > start else 1
        width = (end - start) / n_columns if end > start else width
        ends = start + width * np.arange(1, n_columns + 1)
        frames = np.clip(np.searchsorted(x, ends + 1e-9 * width, "right") - 1, 0, len(x) - 1)
        cells = np.where(placed.zero, -np.inf, placed.positions)[frames].T
        bottom = placed.low if placed.scale.zero is None else float(np.ceil(placed.low + 0.3))
        area = QRectF(start, 0.5, width * n_columns, len(self.layers))
        self.heat_map.draw(cells, bottom, placed.high, area)
        has_zeros = placed.scale.zero is not None
        self.color_bar.show_scale(Log(), bottom, placed.high, "0" if has_zeros else "")

    def _read(self, chart: Chart, x: float, y: float) -> Reading | None:
        if self.history is None or not self.layers:
            return None
        steps, values = self._values(self.history)
        places = self._steps.positions(steps)
        nearest = int(np.argmin(np.abs(places - x)))
        title = f"step {int(steps[nearest]):,}"
        if chart is self.heat_map:
            layer = self.layers[min(max(round(y) - 1, 0), len(self.layers) - 1)]
            rows = [Row(layer_name(layer, self._n_layers), say(float(values[nearest, layer])))]
        else:
            rows = [
                Row(layer_name(layer, self._n_layers), say(float(values[nearest, layer])), color)
                for layer, color in zip(self.layers, self.theme.layer_colors(len(self.layers)), strict=True)
            ]
        return Reading(title, rows, float(places[nearest]))

    def _summary(self, frame: Frame) -> str:
        if not self.layers:
            return f"Step {frame.step:,}. {self.chart.caption.title}."
        values = np.zeros(self._n_layers)
        if self.history is not None:
            # The frame may have been dropped since it was drawn.
            steps, of_frames = self._values(self.history)
            values = of_frames[int(np.searchsorted(steps, frame.step, "right")) - 1]
        words = [
            f"{layer_name(layer, self._n_layers)} {number(float(values[layer]))}" for layer in self.layers
        ]
        whose = f" of {self.names[self.run]}" if self.compares else ""
        return f"Step {frame.step:,}. {NAMES[self.option('quantity')]}{whose}: {', '.join(words)}."

    def table(self) -> Table:
        """Return a row per frame, with a column per layer on show."""
        quantity = self.option("quantity")
        layers = (f"layer{layer + 1}_{quantity}" for layer in self.layers)
        columns = ("run", "name", "step", "epoch", *layers)
        if self.history is None or self._hidden_note:
            return Table(columns, [])
        _, values = self._values(self.history)
        head = (self.run + 1, self.names[self.run])
        return Table(
            columns,
            [
                (*head, frame.step, frame.epoch, *(float(value) for value in row[self.layers]))
                for frame, row in zip(self.history, values, strict=True)
            ],
        )
