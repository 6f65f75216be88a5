"""Heat maps of deep networks, one per run: layers side by side, the share of their values as shade."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF

from gui.plots.chart import AXIS_WIDTH, Chart
from gui.plots.distributions import Bars, extents
from gui.plots.heat_map import ColorBar, HeatMap, color_bar_width
from gui.plots.histogram_data import Content, LayerData, units
from gui.plots.histogram_views import (
    MOST_BINS,
    AddChart,
    HistogramView,
    Subject,
    bin_rows,
    bins_in,
    statistics,
)
from gui.plots.layer_choice import layer_name, short_name
from gui.plots.layer_windows import LayerWindows
from gui.plots.legend import Entry
from gui.plots.readout import Reading, Row
from gui.plots.scales import DARKEST_SHARE, SHARES, Layers, Linear
from gui.style import Theme

_DARKEST = math.sqrt(DARKEST_SHARE)

_SMALLEST = (160.0, 100.0)
"""Width and height from which on a heat map can be read."""
_GOOD_SHAPE = 2.0
"""Width to height that reads best."""
_SPACE = 14


class HeatMaps(HistogramView[HeatMap]):
    """A heat map per run; where there is not room for all, some, and the selected one among them.

    Attributes:
        selected: the run that is shown in any case.
        color_bar: what the shades mean.
    """

    def __init__(self, theme: Theme, add_chart: AddChart, color_bar: ColorBar) -> None:
        super().__init__(theme, add_chart)
        self.selected = 0
        self.color_bar = color_bar
        self.color_bar.show_scale(SHARES, 0.0, _DARKEST)
        self._of_runs: list[LayerWindows] = []
        self.runs: list[int] = []

    def _new_chart(self) -> HeatMap:
        chart = HeatMap(self.theme)
        chart.set_label("layer")
        return chart

    def forget(self) -> None:
        """Forget the ranges."""
        self._of_runs = []

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        self.color_bar.set_theme(theme)

    def lay_out(self, content: Content, area: QRectF) -> int:
        """Give as many runs as there is room for a heat map, if they have any of the layers."""
        self._content = content
        side = color_bar_width(area.width())
        runs = content.runs_on_show
        cells = _cells(area.adjusted(0, 0, -side, 0), len(runs))
        self.runs = _first(runs, len(cells), self.selected)
        self._have_charts(len(cells))
        for chart, cell in zip(self.charts, cells, strict=True):
            chart.set_axis_width(AXIS_WIDTH if content.shared else 0)
            chart.setGeometry(cell)
        self.color_bar.setVisible(side > 0 and bool(cells))
        if self.charts:
            self.color_bar.stand_beside(self.charts[0])
            bar = self.color_bar.geometry()
            self.color_bar.setGeometry(QRectF(area.right() - side, bar.top(), bar.width(), bar.height()))
        self._write()
        return len(runs) - len(cells)

    def _write(self) -> None:
        content = self._content
        own = "" if content.shared else ", each layer in its own range"
        if len(self._of_runs) != len(self.runs):
            self._of_runs = []
        if not self._of_runs:
            self._of_runs = [LayerWindows(_groups(content, run), MOST_BINS) for run in self.runs]
            for chart in self.charts:
                chart.owned = True
        for run, chart in zip(self.runs, self.charts, strict=True):
            layers = self._content.layers_of(run)
            n = len(content.sizes[run])
            chart.set_scales(Layers(tuple(short_name(layer, n) for layer in layers)))
            if len(content.names) > 1:
                entry = Entry(content.names[run], *self.theme.run(run), run=run)
                chart.caption.write(f"{content.what}s{own}" if run == self.runs[0] else "", [entry])
            else:
                chart.caption.write(f"{content.what}s{own}")

    def hide(self) -> None:
        """Show nothing."""
        super().hide()
        self.color_bar.hide()

    def clear(self) -> None:
        """Draw no cells."""
        for chart in self.made:
            chart.clear()

    def draw(self, data: LayerData) -> list[Bars]:
        """Draw the cells."""
        for run, chart, windows in zip(self.runs, self.charts, self._of_runs, strict=True):
            self._draw(data, run, chart, windows)
        return []

    def _draw(self, data: LayerData, run: int, chart: HeatMap, ranges: LayerWindows) -> None:
        layers, histograms = self._content.layers_of(run), data.histograms(run)
        n_bins = bins_in(chart.box.height())
        ranges.fit(extents(histograms)[layers], n_bins, [chart.owned] * len(layers))
        windows = ranges.windows
        columns = [window.shares(histograms, layer) for window, layer in zip(windows, layers, strict=True)]
        n_rows = max(map(len, columns))
        cells = np.zeros((n_rows, len(columns)))
        for column, shares in enumerate(columns):
            cells[: len(shares), column] = shares
        # In ranges of their own, the layers have no axis in common: rows count from the bottom.
        shared = self._content.shared
        first = windows[0].bins.start if shared else 0
        low, high = windows[0].positions if shared else (0.0, float(n_rows))
        chart.set_scales(y=Linear(windows[0].unit))
        chart.show_range((0.5, len(columns) + 0.5), (low, high))
        chart.draw(SHARES.positions(cells), 0.0, _DARKEST, QRectF(0.5, first, len(columns), n_rows))

    def read(self, data: LayerData, chart: Chart, x: float, y: float) -> Reading | None:
        """Return the share of the cell, and the statistics of the layer."""
        at = self._place(chart)
        run, place = self.runs[at], round(x) - 1
        layers = self._content.layers_of(run)
        if not 0 <= place < len(layers):
            return None
        layer, window = layers[place], self._of_runs[at].windows[place]
        position = y + (0 if self._content.shared else window.bins.start)
        rows = bin_rows(data, run, layer, window, position)
        rows += [Row(name, value) for name, value in statistics(data, run, layer, 5).named()]
        name = f"{self._content.names[run]}, " if len(self._content.names) > 1 else ""
        sizes = self._content.sizes[run]
        return Reading(f"{name}{layer_name(layer, len(sizes))} · {units(sizes[layer])}", rows)

    def subjects(self) -> dict[Subject, Chart]:
        """Return the chart of each run that has one."""
        return {(run, None): chart for run, chart in zip(self.runs, self.charts, strict=True)}

    def units(self, chart: Chart) -> tuple[float, float]:
        """Return 1 and the width of a bin; in ranges of their own the layers have none in common."""
        windows = self._of_runs[self._place(chart)].windows
        return 1.0, windows[0].unit if self._content.shared else 1.0

    def linked(self, chart: Chart) -> list[Chart]:
        """Return the chart alone: each run has its own range."""
        return [chart]


def _groups(content: Content, run: int) -> list[list[int]]:
    places = list(range(len(content.layers_of(run))))
    return [places] if content.shared else [[place] for place in places]


def _first(runs: list[int], n: int, selected: int) -> list[int]:
    """Return the first runs, the selected one among them."""
    shown = runs[:n]
    if shown and selected in runs and selected not in shown:
        shown[-1] = selected
    return shown


def _cells(area: QRectF, n: int) -> list[QRectF]:
    """Return equal places for `n` heat maps, or for as many as can be read; one always has its place."""
    if n == 0:
        return []
    most = max(1, int((area.height() + _SPACE) // (_SMALLEST[1] + _SPACE)))
    widest = max(1, int((area.width() + _SPACE) // (_SMALLEST[0] + _SPACE)))
    n = min(n, most * widest)

    def size(rows: int) -> tuple[float, float]:
        columns = math.ceil(n / rows)
        width = (area.width() - _SPACE * (columns - 1)) / columns
        return width, (area.height() - _SPACE * (rows - 1)) / rows

    def fitness(rows: int) -> float:
        width, height = size(rows)
        return -abs(math.log(max(width, 1.0) / max(height, 1.0) / _GOOD_SHAPE))

    possible = [rows for rows in range(1, most + 1) if math.ceil(n / rows) <= widest] or [1]
    rows = max(possible, key=fitness)
    columns = math.ceil(n / rows)
    width, height = size(rows)
    return [
        QRectF(
            area.left() + (i % columns) * (width + _SPACE),
            area.top() + (i // columns) * (height + _SPACE),
            width,
            height,
        )
        for i in range(n)
    ]
