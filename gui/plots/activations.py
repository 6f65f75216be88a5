"""How the activations, or the pre-activations, of each layer are distributed, in the frame on show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QRectF, Slot

from engine.config import Experiment
from engine.fields import OneOf, Switch
from engine.frame import Frame
from engine.history import History
from engine.table import Table
from gui.plots.captions import Caption
from gui.plots.chart import Chart, Ranges, Zooms
from gui.plots.distributions import Bars
from gui.plots.heat_map import ColorBar
from gui.plots.histogram_data import NOTHING, Content, LayerData
from gui.plots.histogram_grid import RunGrid
from gui.plots.histogram_heat_maps import HeatMaps
from gui.plots.histogram_outlines import Outlines
from gui.plots.histogram_views import HistogramView, SideBySide, Subject, grid_of, statistics
from gui.plots.layer_choice import LAYERS, MOST_SINGLE, layer_name, layers_on_show
from gui.plots.numerals import number
from gui.plots.plot import Plot
from gui.plots.readout import Reading
from gui.plots.runs_view import RunsView

_FOOT = 18
_FOOT_FROM_HEIGHT = 190

_MOST_IN_A_ROW = 6
_TWO_ROWS = 1.7
"""On paper, histograms of more layers than that stand in two rows, which need so many times the height."""

_PER_ROW = 0.2
_GRID_BASE = 0.35
"""On paper, a grid takes so much of a usual height for each run, and above and below them."""

_PER_HEAT_MAPS = 0.6
"""And heat maps, three beside each other."""

_HIGHEST = 3.0


class Activations(Plot):
    """The histograms of the layers: of one run side by side, of several as a grid or over each other.

    More than twelve layers share one heat map for each run.

    Attributes:
        arrangement: the charts on show.
    """

    name = "activations"
    title = "Activations"
    settings: ClassVar = {
        "layers": LAYERS,
        "arrange": OneOf(
            "arrange",
            "several runs",
            "Of several runs, show a grid with a row per run and a column per layer, or the outlines of all "
            "runs over each other; automatic is a grid where there is room for all runs.",
            "automatic",
            {"automatic": "automatic", "grid": "grid", "overlaid": "overlaid"},
        ),
        "shared_axes": Switch(
            "shared_axes",
            "shared axes",
            "Show all layers in the same range, in a grid all runs of a layer; or each histogram in its own.",
            True,
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
        self.color_bar = ColorBar(self.theme)
        self.color_bar.setParentItem(self.board)
        self.foot = Caption(self.theme, self.board)
        self._heat_maps = HeatMaps(self.theme, self._add_chart, self.color_bar)
        self._side_by_side = SideBySide(self.theme, self._add_chart)
        self._grid = RunGrid(self.theme, self._add_chart, self._new_caption)
        self._outlines = Outlines(self.theme, self._add_chart, self._new_caption())
        self._views = (self._heat_maps, self._side_by_side, self._grid, self._outlines)
        self.arrangement: HistogramView = self._side_by_side
        self._content = NOTHING
        self._missing = ""
        self._data: LayerData | None = None
        for name in ("layers", "arrange"):
            self._options.controls[name].hide()

    def _new_caption(self) -> Caption:
        caption = Caption(self.theme, self.board)
        caption.on_paper = self._on_paper
        caption.picked.connect(self.run_toggled)
        return caption

    def _add_chart(self, chart: Chart) -> None:
        super()._add_chart(chart)
        chart.caption.picked.connect(self.run_toggled)

    @property
    def crowded(self) -> bool:
        """Whether the layers share heat maps."""
        return self.arrangement is self._heat_maps

    @classmethod
    def figure_height(cls, experiment: Experiment, runs: RunsView, options: Mapping[str, Any]) -> float:
        """Return more where the histograms stand in several rows."""
        visible = runs.visible(len(experiment.runs))
        depth = max((len(experiment.sizes(run)) - 1 for run in visible), default=1)
        n_layers = len(layers_on_show(options.get("layers", ""), depth))
        if len(visible) > 1 and n_layers <= MOST_SINGLE and options.get("arrange") != "overlaid":
            return min(max(1.0, _GRID_BASE + _PER_ROW * len(visible)), _HIGHEST)
        if len(visible) > 1 and n_layers > MOST_SINGLE:
            return min(max(1.0, _PER_HEAT_MAPS * math.ceil(len(visible) / 3)), _HIGHEST)
        return _TWO_ROWS if _MOST_IN_A_ROW < n_layers <= MOST_SINGLE else 1.0

    # Preparing.

    def _prepare(self, experiment: Experiment) -> None:
        runs = tuple(self.visible)
        sizes = tuple(experiment.sizes(run)[1:] for run in range(len(experiment.runs)))
        depth = max((len(sizes[run]) for run in runs), default=1)
        self._options.controls["layers"].setVisible(depth > MOST_SINGLE)
        self._options.controls["arrange"].setVisible(self.compares)
        self._content = Content(
            runs,
            tuple(self.names),
            sizes,
            tuple(layers_on_show(self.option("layers"), depth)),
            self.option("quantity"),
            bool(self.option("shared_axes")),
        )
        self._heat_maps.selected = self.runs.selected
        self._data = None
        for view in self._views:
            view.forget()

    def _dress(self) -> None:
        self.foot.set_theme(self.theme)
        for view in self._views:
            view.set_theme(self.theme)

    def _lay_out(self, area: QRectF) -> None:
        inside = area.adjusted(0, 0, 0, -_FOOT if area.height() > _FOOT_FROM_HEIGHT else 0)
        before, self.arrangement = self.arrangement, self._fitting(inside)
        if self.arrangement is not before:
            self._redraw_later()
        for view in self._views:
            if view is not self.arrangement or not self._content.runs:
                view.hide()
        self._missing = ""
        whole = area if self.crowded else inside
        if self._content.runs and self.arrangement.lay_out(self._content, whole):
            n_more = self.arrangement.lay_out(self._content, area.adjusted(0, 0, 0, -_FOOT))
            hint = "" if self._on_paper else ": hide some runs or enlarge"
            self._missing = f"{n_more} more{hint}"
        self.foot.setGeometry(QRectF(area.left(), area.bottom() - _FOOT, area.width(), _FOOT))
        self._write_foot([])

    def _fitting(self, area: QRectF) -> HistogramView:
        """Return the charts that suit the runs and layers in an area."""
        content, arrange = self._content, self.option("arrange")
        if len(content.layers) > MOST_SINGLE:
            return self._heat_maps
        if len(content.runs) > 1:
            all_fit = RunGrid.n_rows(content, area.height()) >= len(content.runs_on_show)
            if arrange == "grid" or (arrange == "automatic" and all_fit):
                return self._grid
        if not grid_of(content, area).readable:
            return self._heat_maps
        return self._side_by_side if len(content.runs) < 2 else self._outlines

    def _write_foot(self, drawn: Sequence[Bars]) -> None:
        if self.experiment is not None and not self._content.runs:
            self.foot.write("every run is hidden")
        elif self.crowded:
            self.foot.write(self._missing)
        else:
            wide = any(bars.width > 1 for bars in drawn)
            exception = "; wide bins scaled to a narrow one" if wide else ""
            what = f"{self._content.what}  ·  height: share of values per bin{exception}"
            self.foot.write(f"{self._missing}  ·  {what}" if self._missing else what)
        must = bool(self._missing) or not self._content.runs
        self.foot.setVisible(must or (not self.crowded and self.board.rect().height() > _FOOT_FROM_HEIGHT))

    # Drawing.

    def _empty(self) -> None:
        self._data = None
        for view in self._views:
            view.clear()

    def _draw(self, _history: History, frame: Frame) -> None:
        if not self._content.runs:
            return
        if self._data is None or self._data.frame is not frame:
            self._data = LayerData(frame, self._content.quantity)
        self._write_foot(self.arrangement.draw(self._data))

    # Reading.

    def _read(self, chart: Chart, x: float, y: float) -> Reading | None:
        if self._data is None or chart not in self.arrangement.charts:
            return None
        return self.arrangement.read(self._data, chart, x, y)

    def _summary(self, frame: Frame) -> str:
        data = self._data if self._data is not None else LayerData(frame, self._content.quantity)
        if self.compares:
            runs = [f"{self.names[run]}: {self._deviations(data, run)}" for run in self._content.runs]
            return f"Step {frame.step:,}. Standard deviation of each layer. {'; '.join(runs)}."
        words = [
            f"{layer_name(layer, self._content.n_layers)}: "
            + ", ".join(f"{name} {value}" for name, value in statistics(data, 0, layer).named())
            for layer in self._content.layers_of(0)[:MOST_SINGLE]
        ]
        return f"Step {frame.step:,}. {'; '.join(words)}."

    def _deviations(self, data: LayerData, run: int) -> str:
        layers = self._content.layers_of(run)[:MOST_SINGLE]
        return ", ".join(number(data.numbers(run, layer).std) for layer in layers)

    def table(self) -> Table:
        """Return a row per bin that holds anything, as it was counted, with the statistics of its layer."""
        statistics_columns = ("mean", "std", "saturated", "dead")
        columns = ("run", "name", "step", "layer", *statistics_columns, "bin_low", "bin_high", "share")
        rows: list[tuple[float | int | str, ...]] = []
        if self.frame is not None:
            data = LayerData(self.frame, self._content.quantity)
            for run in self._content.runs:
                for layer in self._content.layers_of(run):
                    rows += self._table_rows(data, run, layer)
        return Table(columns, rows)

    def _table_rows(self, data: LayerData, run: int, layer: int) -> list[tuple[float | int | str, ...]]:
        histograms = data.histograms(run)
        head = (run + 1, self.names[run], data.frame.step, layer + 1, *data.numbers(run, layer))
        edges, shares = histograms.edges(layer), histograms.share(layer)
        filled = np.flatnonzero(shares)
        if not filled.size:
            return [(*head, math.nan, math.nan, math.nan)]
        return [(*head, float(edges[i]), float(edges[i + 1]), float(shares[i])) for i in filled]

    # Zooming: in values, since the positions of other charts may count bins of another width.

    def zooms(self) -> Zooms:
        """Return what a person chose to see, by run and layer, in values."""
        return {
            subject: _times(chart.ranges, *self.arrangement.units(chart))
            for subject, chart in self._subjects().items()
            if not chart.owned
        }

    def _zoom_to(self, zooms: Zooms) -> None:
        """Zoom in where that is on show, and in what shares its axes."""
        for subject, chart in self._subjects().items():
            if subject in zooms:
                ranges = _times(zooms[subject], *(1 / unit for unit in self.arrangement.units(chart)))
                for linked in self.arrangement.linked(chart):
                    linked.zoom(ranges)

    def _subjects(self) -> dict[Subject, Chart]:
        """Return what the charts on show are of; there are none where every run is hidden."""
        return self.arrangement.subjects() if self._content.runs else {}

    @Slot(object)
    def _on_chart_zoomed(self, chart: Chart) -> None:
        if chart in self.arrangement.charts:
            for other in self.arrangement.linked(chart):
                if other is not chart:
                    other.zoom(chart.ranges)
        super()._on_chart_zoomed(chart)


def _times(ranges: Ranges, x_unit: float, y_unit: float) -> Ranges:
    """Return ranges with other units on the axes."""
    (left, right), (below, above) = ranges
    return (left * x_unit, right * x_unit), (below * y_unit, above * y_unit)
