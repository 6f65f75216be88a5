"""Histograms of several runs over each other: one chart per layer, with the outline of each run."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from gui.plots.captions import Caption
from gui.plots.chart import Chart
from gui.plots.distributions import Bars, bars, extents_of, top, usual
from gui.plots.histogram_data import Content, LayerData
from gui.plots.histogram_views import (
    AddChart,
    HistogramView,
    Subject,
    bin_rows,
    grid_of,
    groups_of,
    n_bins,
    statistics,
)
from gui.plots.layer_chart import PERCENT
from gui.plots.legend import Entry
from gui.plots.line import Line
from gui.plots.readout import Reading, Row, nearest
from gui.plots.run_looks import Stroke
from gui.plots.scales import Linear
from gui.plots.upright import Upright
from gui.style import Theme

_WIDTH = 1.5

_LEGEND_FROM_HEIGHT = 150
"""A lower picture leaves the legend to the others, and to the table of runs."""

_LOW_CAPTION = 18

_BEYOND = 2
"""Times the height of a chart that outlines rise to: they leave it, and do not seem to end at its edge."""


class _IndentedCaption(Caption):
    """The name of a layer above its view box."""

    indented = True

    def arrange(self, width: float, height: float) -> float:
        """Take less room above a low chart."""
        return super().arrange(width, height) if height >= _LEGEND_FROM_HEIGHT else _LOW_CAPTION


class OutlineChart(Chart):
    """The outlines of the histograms of a layer.

    Attributes:
        outlines: of the runs, in their order.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _IndentedCaption, padding=(2, 2, 0, 4))
        self.zero = Upright(self.box, z=-5)
        self.zero.stand_at(0.0)
        self.outlines: list[Line] = []
        self.box.setMouseEnabled(x=True, y=False)
        self.left.setStyle(hideOverlappingLabels=8)
        self.bottom.setStyle(hideOverlappingLabels=10)

    def dress(self, theme: Theme, looks: list[Stroke]) -> None:
        """Have an outline for each look."""
        self.zero.set_pen(theme.grid)
        while len(self.outlines) < len(looks):
            self.outlines.append(Line(self.box, z=10))
        for i, line in enumerate(self.outlines):
            line.setVisible(i < len(looks))
            if i < len(looks):
                line.set_pen(*looks[i])

    def draw(self, drawn: list[Bars | None], height: float) -> None:
        """Draw the outlines of histograms in a chart up to a share; None has none."""
        for line, of_run in zip(self.outlines, drawn, strict=False):
            if of_run is None:
                line.draw(np.zeros(0), np.zeros(0))
            else:
                line.draw(*outline(of_run, height))


class Outlines(HistogramView[OutlineChart]):
    """One chart per layer; `legend` says which outline is whose."""

    def __init__(self, theme: Theme, add_chart: AddChart, legend: Caption) -> None:
        super().__init__(theme, add_chart)
        self.legend = legend

    def lay_out(self, content: Content, area: QRectF) -> int:
        """Give each layer a chart, and the runs a legend above."""
        self._content = content
        self._write_legend()
        self.legend.setVisible(self.legend.on_paper or area.height() >= _LEGEND_FROM_HEIGHT)
        head = self.legend.arrange(area.width(), area.height()) if self.legend.isVisible() else 0.0
        self.legend.setGeometry(QRectF(area.left(), area.top(), area.width(), max(head, 1.0)))
        self._have_charts(len(content.layers))
        cells = grid_of(content, area.adjusted(0, head, 0, 0)).cells()
        for chart, layer, (cell, axis) in zip(self.charts, content.layers, cells, strict=True):
            chart.dress(self.theme, self._looks())
            title, *shorter = content.titles(layer)
            chart.caption.write(title, shorter=shorter)
            chart.set_axis_width(axis)
            chart.setGeometry(cell)
        self._share_axes(groups_of(content, list(range(len(content.layers)))))
        return 0

    def _write_legend(self) -> None:
        shown = self._content.runs
        entries = [
            Entry(name, *self.theme.run(run), run=run, off=run not in shown)
            for run, name in enumerate(self._content.names)
        ]
        self.legend.write(f"{self._content.what}, share per bin", entries)

    def _looks(self) -> list[Stroke]:
        looks = (self.theme.run(run) for run in self._content.runs)
        return [Stroke(color, _WIDTH, dash) for color, dash in looks]

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        self.legend.set_theme(theme)
        self._write_legend()
        for chart in self.made:
            chart.dress(theme, self._looks())

    def hide(self) -> None:
        """Show nothing."""
        super().hide()
        self.legend.hide()

    def clear(self) -> None:
        """Draw empty charts."""
        for chart in self.made:
            chart.draw([None] * len(chart.outlines), 1.0)

    def draw(self, data: LayerData) -> list[Bars]:
        """Draw the outlines."""
        runs, layers = self._content.runs, self._content.layers
        found = dict(zip(runs, extents_of([data.histograms(run) for run in runs]), strict=True))
        reach = np.full((len(layers), 2), np.nan)
        for place, layer in enumerate(layers):
            own = [(run, at) for run in runs if (at := self._content.layer_of(run, layer)) is not None]
            ends = np.array([found[run][at] for run, at in own])
            ends = usual(ends)
            ends = ends[np.isfinite(ends).all(axis=1)]
            if len(ends):
                reach[place] = ends[:, 0].min(), ends[:, 1].max()
        self._windows.fit(reach, n_bins(self.charts), [chart.owned for chart in self.charts])
        drawn = [self._bars(data, place) for place in range(len(layers))]
        for group, owned in zip(self._windows.groups, self._tops, strict=True):
            known = [each for place in group for each in drawn[place] if each is not None]
            height = owned.fit(0.0, top(known) * 100, PERCENT)[1] / 100
            for place in group:
                window, chart = self._windows.windows[place], self.charts[place]
                chart.set_scales(Linear(window.unit), PERCENT)
                chart.show_range(window.positions, (0.0, height * 100))
                chart.draw(drawn[place], height)
        return [each for of_layer in drawn for each in of_layer if each is not None]

    def subjects(self) -> dict[Subject, Chart]:
        """Return the chart of each layer."""
        return {(None, layer): self.charts[place] for place, layer in enumerate(self._content.layers)}

    def _new_chart(self) -> OutlineChart:
        return OutlineChart(self.theme)

    def _bars(self, data: LayerData, place: int) -> list[Bars | None]:
        window, layer = self._windows.windows[place], self._content.layers[place]
        at = [(run, self._content.layer_of(run, layer)) for run in self._content.runs]
        return [None if own is None else bars(data.histograms(run), own, window) for run, own in at]

    def read(self, data: LayerData, chart: Chart, x: float, y: float) -> Reading | None:
        """Return the share of the bin, mean and std of each run."""
        place = self._place(chart)
        layer, rows, heights = self._content.layers[place], [], []
        window = self._windows.windows[place]
        for run in self._content.runs:
            own = self._content.layer_of(run, layer)
            if own is not None:
                shown = bars(data.histograms(run), own, window)
                at = shown.at(x)
                heights.append(float(shown.heights[at]) * 100 if at is not None else 0.0)
                numbers = statistics(data, run, own, 4)
                share = bin_rows(data, run, own, window, x)[0].value if at is not None else "0 %"
                text = f"{share} · {numbers.mean} ± {numbers.std}"
                rows.append(Row(self._content.names[run], text, self.theme.run(run)[0]))
        shown_rows = nearest(rows, np.array(heights), y, chart.rect().height())
        return Reading(f"{self._content.title(layer)}: share of the bin · mean ± std", shown_rows)


def outline(of_run: Bars, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of a histogram's outline, in positions and percent, cut well above a share."""
    filled = np.flatnonzero(of_run.shares)
    if not filled.size:
        return np.zeros(0), np.zeros(0)
    kept = slice(filled[0], filled[-1] + 1)
    edges = np.arange(of_run.first + filled[0], of_run.first + filled[-1] + 2) * float(of_run.width)
    x, y = np.repeat(edges, 2), np.zeros(2 * len(edges))
    y[1:-1].reshape(-1, 2)[:] = (np.minimum(of_run.heights[kept], _BEYOND * height) * 100)[:, np.newaxis]
    return x, y
