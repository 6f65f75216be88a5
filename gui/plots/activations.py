"""How the activations, or the pre-activations, of each layer are distributed, in the frame on show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF, Slot

from engine.config import Experiment
from engine.fields import OneOf, Switch
from engine.frame import Frame
from engine.histogram import Histograms
from engine.history import History
from engine.table import Table
from gui.plots.captions import Caption
from gui.plots.chart import AXIS_WIDTH, Chart
from gui.plots.distributions import Bars, bars, extents, top
from gui.plots.grid import Grid
from gui.plots.heat_map import COLOR_BAR_WIDTH, ColorBar, HeatMap
from gui.plots.layer_chart import PERCENT, LayerChart, Statistics
from gui.plots.layer_choice import MOST_SINGLE, LayersSetting, layer_name, layers_on_show, short_name
from gui.plots.layer_windows import LayerWindows
from gui.plots.numerals import number, percent
from gui.plots.plot import Plot
from gui.plots.ranges import OwnedRange
from gui.plots.readout import Reading, Row
from gui.plots.scales import DARKEST_SHARE, SHARES, Layers, Linear

RUN = 0
"""The run whose layers are shown."""

MOST_BINS = 64
"""Bins side by side; where they would be narrower than _LEAST_BIN_PX there are fewer."""

_LEAST_BIN_PX = 3.0

_OUTSIDE = 1e-4
"""Shares are rounded to 1/65535; from here on it is worth saying that some values are out of view."""

_FOOT = 18
_FOOT_FROM_HEIGHT = 190

_MOST_IN_A_ROW = 6
_TWO_ROWS = 1.7
"""On paper, histograms of more layers than that stand in two rows, which need so many times the height."""

_DARKEST = math.sqrt(DARKEST_SHARE)


class Activations(Plot):
    """One histogram per layer, side by side; more than twelve layers share one heat map.

    Attributes:
        layers: the indexes of the layers on show.
        crowded: whether they share the heat map.
    """

    name = "activations"
    title = "Activations"
    settings: ClassVar = {
        "layers": LayersSetting(
            "layers",
            "layers",
            "Which layers to show, for example 1-6, 50, output. More than 12 share one heat map.",
        ),
        "shared_axes": Switch(
            "shared_axes", "shared axes", "Show all layers in the same range, or each one in its own.", True
        ),
        "quantity": OneOf(
            "quantity",
            "quantity",
            "Activations are what a layer hands on; pre-activations are what its activation function gets.",
            "activation",
            {"activation": "activations", "z": "pre-activations"},
        ),
    }

    def _build(self) -> None:
        self.heat_map = HeatMap(self.theme)
        self._add_chart(self.heat_map)
        self.heat_map.set_label("layer")
        self.color_bar = ColorBar(self.theme)
        self.color_bar.setParentItem(self.board)
        self.color_bar.show_scale(SHARES, 0.0, _DARKEST)
        self.foot = Caption(self.theme, self.board)
        self.layer_charts: list[LayerChart] = []
        self.layers: list[int] = []
        self._options.controls["layers"].hide()
        self.crowded = False
        self._sizes: tuple[int, ...] = ()
        self._windows = LayerWindows([], MOST_BINS)
        self._tops: list[OwnedRange] = []

    def _prepare(self, experiment: Experiment) -> None:
        self._sizes = experiment.sizes(RUN)[1:]
        n_layers = len(self._sizes)
        self.layers = layers_on_show(self.option("layers"), n_layers)
        self._options.controls["layers"].setVisible(n_layers > MOST_SINGLE)
        while len(self.layer_charts) < len(self.layers) <= MOST_SINGLE:
            self.layer_charts.append(LayerChart(self.theme))
            self._add_chart(self.layer_charts[-1])
        for chart, layer in zip(self.layer_charts, self.layers, strict=False):
            chart.caption.write_statistics(self._layer_title(layer), short_name(layer, n_layers), None)
        self._windows = LayerWindows([], MOST_BINS)
        self._tops = []
        what = self._what()
        self._write_foot([])
        own = "" if self.option("shared_axes") else ", each layer in its own range"
        self.heat_map.caption.write(f"{what}s{own}")
        self.heat_map.set_scales(Layers(tuple(short_name(layer, n_layers) for layer in self.layers)))

    @classmethod
    def figure_height(cls, experiment: Experiment) -> float:
        """Return more where the histograms stand in two rows."""
        return _TWO_ROWS if _MOST_IN_A_ROW < len(experiment.sizes(RUN)) - 1 <= MOST_SINGLE else 1.0

    def _what(self) -> str:
        return "activation" if self.option("quantity") == "activation" else "pre-activation"

    def _write_foot(self, drawn: Sequence[Bars]) -> None:
        wide = any(bars.width > 1 for bars in drawn)
        exception = "; of a wider bin, per width of a narrow one" if wide else ""
        self.foot.write(f"{self._what()}  ·  height: share of the layer's values in each bin{exception}")

    def _output_is_apart(self) -> bool:
        """Whether the output has axes of its own: its activations are another thing, often probabilities."""
        last = self.layers[-1:] == [len(self._sizes) - 1]
        return last and len(self.layers) > 1 and self.option("quantity") == "activation"

    def _groups(self) -> list[list[int]]:
        """Return which of the layers on show share axes."""
        places = list(range(len(self.layers)))
        if not self.option("shared_axes"):
            return [[place] for place in places]
        if self._output_is_apart() and not self.crowded:
            return [places[:-1], places[-1:]]
        return [places]

    def _dress(self) -> None:
        color, _ = self.theme.run(RUN)
        for chart in self.layer_charts:
            chart.dress(self.theme, color)
        self.foot.set_theme(self.theme)
        self.color_bar.set_theme(self.theme)

    def _lay_out(self, area: QRectF) -> None:
        n, shared = len(self.layers), bool(self.option("shared_axes"))
        foot = _FOOT if area.height() > _FOOT_FROM_HEIGHT else 0
        grid = Grid(area.adjusted(0, 0, 0, -foot), n, shared, self._output_is_apart())
        self.crowded = n > MOST_SINGLE or not grid.readable
        for i, chart in enumerate(self.layer_charts):
            chart.setVisible(not self.crowded and i < n)
        self.heat_map.setVisible(self.crowded)
        side = COLOR_BAR_WIDTH if self.crowded and area.width() > 5 * COLOR_BAR_WIDTH else 0
        self.color_bar.setVisible(side > 0)
        self.foot.setVisible(foot > 0 and not self.crowded)
        self.foot.setGeometry(QRectF(area.left(), area.bottom() - foot, area.width(), max(foot, 1)))
        if self.crowded:
            self.heat_map.set_axis_width(AXIS_WIDTH if shared else 0)
            self.heat_map.setGeometry(area.adjusted(0, 0, -side, 0))
            self.color_bar.stand_beside(self.heat_map)
        else:
            for chart, (cell, axis) in zip(self.layer_charts, grid.cells(), strict=False):
                chart.set_axis_width(axis)
                chart.setGeometry(cell)
        if self._groups() != self._windows.groups:
            self._windows = LayerWindows(self._groups(), MOST_BINS)
            self._tops = [OwnedRange() for _ in self._windows.groups]

    def _empty(self) -> None:
        self.heat_map.clear()
        for chart, layer in zip(self.layer_charts, self.layers, strict=False):
            chart.draw(chart.window, Bars(0, 1, np.zeros(0)), 1.0)
            chart.caption.write_statistics(
                self._layer_title(layer), short_name(layer, len(self._sizes)), None
            )

    def _draw(self, _history: History, frame: Frame) -> None:
        histograms = self._histograms(frame)
        n = len(self.layers)
        charts = [self.heat_map] * n if self.crowded else self.layer_charts[:n]
        room = charts[0].box.height() if self.crowded else charts[0].box.width()
        n_bins = int(np.clip(room / _LEAST_BIN_PX, 8, MOST_BINS))
        self._windows.fit(extents(histograms)[self.layers], n_bins, [chart.owned for chart in charts])
        if self.crowded:
            self._draw_heat_map(histograms)
        else:
            self._draw_charts(histograms, frame)

    def _draw_charts(self, histograms: Histograms, frame: Frame) -> None:
        windows = self._windows.windows
        drawn = [bars(histograms, layer, window) for layer, window in zip(self.layers, windows, strict=True)]
        self._write_foot(drawn)
        for group, owned in zip(self._windows.groups, self._tops, strict=True):
            height = owned.fit(0.0, top([drawn[place] for place in group]) * 100, PERCENT)[1] / 100
            for place in group:
                chart, layer = self.layer_charts[place], self.layers[place]
                chart.draw(windows[place], drawn[place], height)
                chart.caption.write_statistics(
                    self._layer_title(layer),
                    short_name(layer, len(self._sizes)),
                    self._statistics(frame, layer),
                )

    def _draw_heat_map(self, histograms: Histograms) -> None:
        windows = self._windows.windows
        columns = [
            window.shares(histograms, layer) for window, layer in zip(windows, self.layers, strict=True)
        ]
        n_rows = max(map(len, columns))
        cells = np.zeros((n_rows, len(columns)))
        for column, shares in enumerate(columns):
            cells[: len(shares), column] = shares
        # In ranges of their own, the layers have no axis in common: rows count from the bottom.
        first = windows[0].bins.start if self.option("shared_axes") else 0
        low, high = windows[0].positions if self.option("shared_axes") else (0.0, float(n_rows))
        self.heat_map.set_scales(y=Linear(windows[0].unit))
        self.heat_map.show_range((0.5, len(columns) + 0.5), (low, high))
        area = QRectF(0.5, first, len(columns), n_rows)
        self.heat_map.draw(SHARES.positions(cells), 0.0, _DARKEST, area)

    def _histograms(self, frame: Frame) -> Histograms:
        run = frame.runs[RUN]
        return run.activation if self.option("quantity") == "activation" else run.z

    def _layer_title(self, layer: int) -> str:
        return f"{layer_name(layer, len(self._sizes))} · {_units(self._sizes[layer])}"

    def _statistics(self, frame: Frame, layer: int, digits: int = 3) -> Statistics:
        values = frame.runs[RUN].layers[layer]
        prefix = self.option("quantity")
        return Statistics(
            mean=number(float(values[f"{prefix}_mean"]), digits),
            std=number(float(values[f"{prefix}_std"]), digits),
            saturated=percent(float(values["saturated"])),
            dead=percent(float(values["dead"])),
        )

    def _read(self, chart: Chart, x: float, y: float) -> Reading | None:
        if self.frame is None:
            return None
        if chart is self.heat_map:
            place, position = round(x) - 1, y
            if not 0 <= place < len(self.layers):
                return None
            position += 0 if self.option("shared_axes") else self._windows.windows[place].bins.start
        else:
            place, position = self.layer_charts.index(chart), x
        window, layer = self._windows.windows[place], self.layers[place]
        shown = bars(self._histograms(self.frame), layer, window)
        at = shown.at(position)
        rows = []
        if at is not None:
            width = shown.width * window.unit
            low = (shown.first + at) * width
            rows.append(Row(f"{number(low)} to {number(low + width)}", percent(float(shown.shares[at]))))
        outside = 1 - float(shown.shares.sum())
        if outside > _OUTSIDE:
            rows.append(Row("out of view", percent(outside)))
        rows += [Row(name, value) for name, value in self._statistics(self.frame, layer, 5).named()]
        return Reading(self._layer_title(layer), rows)

    def _summary(self, frame: Frame) -> str:
        words = [
            f"{layer_name(layer, len(self._sizes))}: "
            + ", ".join(f"{name} {value}" for name, value in self._statistics(frame, layer).named())
            for layer in self.layers[:MOST_SINGLE]
        ]
        return f"Step {frame.step:,}. {'; '.join(words)}."

    def table(self) -> Table:
        """Return a row per bin that holds anything, as it was counted, with the statistics of its layer."""
        columns = ("run", "step", "layer", "mean", "std", "saturated", "dead", "bin_low", "bin_high", "share")
        rows: list[tuple[float | int | str, ...]] = []
        if self.frame is not None:
            histograms, prefix = self._histograms(self.frame), self.option("quantity")
            for layer in self.layers:
                values = self.frame.runs[RUN].layers[layer]
                statistics = [
                    float(values[name]) for name in (f"{prefix}_mean", f"{prefix}_std", "saturated", "dead")
                ]
                head = (RUN + 1, self.frame.step, layer + 1, *statistics)
                edges, shares = histograms.edges(layer), histograms.share(layer)
                filled = np.flatnonzero(shares)
                rows += [(*head, float(edges[i]), float(edges[i + 1]), float(shares[i])) for i in filled]
                if not filled.size:
                    rows.append((*head, math.nan, math.nan, math.nan))
        return Table(columns, rows)

    @Slot(object)
    def _on_chart_zoomed(self, chart: Chart) -> None:
        if chart in self.layer_charts:
            for place in self._windows.sharing(self.layer_charts.index(chart)):
                if self.layer_charts[place] is not chart:
                    self.layer_charts[place].zoom(chart.ranges)
        super()._on_chart_zoomed(chart)


def _units(n: int) -> str:
    return f"{n:,} unit{'' if n == 1 else 's'}"
