"""Histograms of several runs as a grid: a row per run, and a column per layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from gui.fitted_text import elided_apart
from gui.plots.captions import Caption
from gui.plots.chart import Chart
from gui.plots.distributions import Bars, bars, extents_of, top, usual
from gui.plots.histogram_data import Content, LayerData
from gui.plots.histogram_views import AddChart, HistogramView, Subject, bin_rows, n_bins, statistics
from gui.plots.layer_chart import PERCENT, CellChart
from gui.plots.legend import BETWEEN, Entry, width_of
from gui.plots.readout import Reading, Row
from gui.style import Theme, tick_font

_HEAD = 20
"""Pixels for the names of the layers."""
_FOOT = 18
"""Pixels for the numbers below the last row, or below each where the axes are not shared."""
_SIDE = 118
_NARROW_SIDE = 76
"""Pixels for the names of the runs, and more where they are longer."""
_NARROW = 560
_WIDEST_SIDE = 0.25
"""The share of the width that they get at most."""
_SPACE_X, _SPACE_Y = 14, 5
LEAST_ROW = 34
"""Pixels that a row takes at least, without numbers below it."""


@dataclass(frozen=True)
class _Cell:
    """A chart of the grid: the run, the layer of that run, and the column."""

    run: int
    layer: int
    column: int


class RunGrid(HistogramView[CellChart]):
    """A row per run, as many as there is room for; layers stand in columns, the outputs in the last one."""

    def __init__(self, theme: Theme, add_chart: AddChart, new_caption: Callable[[], Caption]) -> None:
        super().__init__(theme, add_chart)
        self._new_caption = new_caption
        self.cells: list[_Cell] = []
        self._captions: list[Caption] = []

    @staticmethod
    def n_rows(content: Content, height: float) -> int:
        """Return for how many rows there is room."""
        foot = 0 if content.shared else _FOOT
        room = height - _HEAD - (_FOOT if content.shared else 0) + _SPACE_Y
        return max(1, int(room // (LEAST_ROW + foot + _SPACE_Y)))

    def lay_out(self, content: Content, area: QRectF) -> int:
        """Give each run that has room a row, if it has any of the layers."""
        self._content = content
        having = content.runs_on_show
        n_rows = min(self.n_rows(content, area.height()), len(having))
        runs = having[:n_rows]
        self._make_cells(runs)
        side = self._side(runs, area.width())
        width = (area.width() - side - _SPACE_X * (len(content.layers) - 1)) / len(content.layers)
        rows_height = area.height() - _HEAD - (_FOOT if content.shared else 0)
        height = (rows_height - _SPACE_Y * (n_rows - 1)) / n_rows
        last_of_column = {cell.column: i for i, cell in enumerate(self.cells)}
        for i, (cell, chart) in enumerate(zip(self.cells, self.charts, strict=True)):
            row = runs.index(cell.run)
            x = area.left() + side + cell.column * (width + _SPACE_X)
            y = area.top() + _HEAD + row * (height + _SPACE_Y)
            numbers = not content.shared or last_of_column[cell.column] == i
            extra = _FOOT if content.shared and numbers else 0
            chart.show_numbers_below(numbers)
            chart.set_axis_width(0)
            chart.setGeometry(QRectF(x, y, width, height + extra))
            chart.dress(self.theme, self.theme.run(cell.run)[0])
        self._write(runs, area, side, width, height)
        columns = range(len(content.layers))
        in_columns = [[i for i, cell in enumerate(self.cells) if cell.column == at] for at in columns]
        alone = [[i] for i in range(len(self.cells))]
        self._share_axes([group for group in in_columns if group] if content.shared else alone)
        return len(having) - n_rows

    def _side(self, runs: Sequence[int], width: float) -> float:
        """Return how much of the width the names of the runs get."""
        metrics = QFontMetricsF(tick_font())
        longest = max(width_of([self._entry(run)], metrics) for run in runs) + 1
        least = _SIDE if width > _NARROW else _NARROW_SIDE
        return max(least, min(longest, _WIDEST_SIDE * width))

    def _entry(self, run: int) -> Entry:
        return Entry(self._content.names[run], *self.theme.run(run), run=run)

    def _make_cells(self, runs: Sequence[int]) -> None:
        self.cells = [
            _Cell(run, layer, column)
            for run in runs
            for column, at in enumerate(self._content.layers)
            if (layer := self._content.layer_of(run, at)) is not None
        ]
        self._have_charts(len(self.cells))

    def _new_chart(self) -> CellChart:
        return CellChart(self.theme)

    def _write(self, runs: Sequence[int], area: QRectF, side: float, width: float, height: float) -> None:
        """Write the names of the layers above the columns, and of the runs beside the rows."""
        metrics = QFontMetricsF(tick_font())
        while len(self._captions) < len(self._content.layers) + len(runs):
            self._captions.append(self._new_caption())
        captions = iter(self._captions)
        for column, layer in enumerate(self._content.layers):
            caption = next(captions)
            title, *shorter = self._content.titles(layer)
            caption.write(title, shorter=shorter)
            caption.setGeometry(
                QRectF(area.left() + side + column * (width + _SPACE_X), area.top(), width, _HEAD)
            )
            caption.show()
        entries = [self._entry(run) for run in runs]
        room = side - max(width_of([replace(entry, text="")], metrics) for entry in entries)
        names = elided_apart([entry.text for entry in entries], metrics, room)
        for row, (entry, name) in enumerate(zip(entries, names, strict=True)):
            caption = next(captions)
            entry = replace(entry, text=name)
            caption.write("", [entry])
            y = area.top() + _HEAD + row * (height + _SPACE_Y)
            own_width = width_of([entry], metrics) + 1
            caption.setGeometry(QRectF(area.left() - BETWEEN, y, own_width, max(height, 1.0)))
            caption.show()
        for caption in captions:
            caption.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        for caption in self._captions:
            caption.set_theme(theme)
        for cell, chart in zip(self.cells, self.charts, strict=True):
            chart.dress(theme, theme.run(cell.run)[0])

    def hide(self) -> None:
        """Show nothing."""
        super().hide()
        for caption in self._captions:
            caption.hide()

    def clear(self) -> None:
        """Draw empty charts."""
        for chart in self.charts:
            chart.draw(chart.window, Bars(0, 1, np.zeros(0)), 1.0)
            chart.caption.write_statistics([""], None)

    def draw(self, data: LayerData) -> list[Bars]:
        """Draw the bars, and the statistics where there is room."""
        runs = sorted({cell.run for cell in self.cells})
        found = dict(zip(runs, extents_of([data.histograms(run) for run in runs]), strict=True))
        reach = np.array([found[cell.run][cell.layer] for cell in self.cells]).reshape(-1, 2)
        for group in self._windows.groups:
            reach[group] = usual(reach[group])
        self._windows.fit(reach, n_bins(self.charts), [chart.owned for chart in self.charts])
        windows = self._windows.windows
        drawn = [
            bars(data.histograms(cell.run), cell.layer, window)
            for cell, window in zip(self.cells, windows, strict=True)
        ]
        for group, owned in zip(self._windows.groups, self._tops, strict=True):
            height = owned.fit(0.0, top([drawn[place] for place in group]) * 100, PERCENT)[1] / 100
            for place in group:
                self.charts[place].draw(windows[place], drawn[place], height)
        for cell, chart in zip(self.cells, self.charts, strict=True):
            chart.caption.write_statistics([""], statistics(data, cell.run, cell.layer))
        return drawn

    def subjects(self) -> dict[Subject, Chart]:
        """Return the chart of each layer of each run."""
        return {(cell.run, cell.layer): chart for cell, chart in zip(self.cells, self.charts, strict=True)}

    def read(self, data: LayerData, chart: Chart, x: float, _y: float) -> Reading | None:
        """Return the share of the bin, and the statistics of the layer."""
        place = self._place(chart)
        cell = self.cells[place]
        rows = bin_rows(data, cell.run, cell.layer, self._windows.windows[place], x)
        rows += [Row(name, value) for name, value in statistics(data, cell.run, cell.layer, 5).named()]
        title = self._content.title(self._content.layers[cell.column])
        return Reading(f"{self._content.names[cell.run]}, {title}", rows)
