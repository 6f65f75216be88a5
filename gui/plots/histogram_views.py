"""Ways to arrange histograms of layers: what they share, and the charts of one run side by side."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
from PySide6.QtCore import QRectF

from gui.plots.chart import Chart
from gui.plots.distributions import Bars, Window, bars, extents, top
from gui.plots.grid import Grid
from gui.plots.histogram_data import NOTHING, Content, LayerData
from gui.plots.layer_chart import PERCENT, LayerChart, Statistics
from gui.plots.layer_windows import LayerWindows
from gui.plots.numerals import number, percent
from gui.plots.ranges import OwnedRange
from gui.plots.readout import Reading, Row
from gui.style import Theme

MOST_BINS = 64
"""Bins side by side; where they would be narrower than _LEAST_BIN_PX there are fewer."""

_LEAST_BIN_PX = 3.0

OUTSIDE = 1e-4
"""Shares are rounded to 1/65535; from here on it is worth saying that some values are out of view."""

AddChart = Callable[[Chart], None]

_Kind = TypeVar("_Kind", bound=Chart)

Subject = tuple[int | None, int | None]
"""The run and the layer that a chart is of; None for all."""


class HistogramView(ABC, Generic[_Kind]):
    """Charts of the layers of some runs.

    Attributes:
        made: all charts there are; they stay, for there will be as many again.
        charts: those on show, the first ones.
    """

    def __init__(self, theme: Theme, add_chart: AddChart) -> None:
        self.theme = theme
        self.made: list[_Kind] = []
        self.charts: list[_Kind] = []
        self._content = NOTHING
        self._add_chart = add_chart
        self._windows = LayerWindows([], MOST_BINS)
        self._tops: list[OwnedRange] = []

    def forget(self) -> None:
        """Forget the ranges: they fit what comes next."""
        self._windows = LayerWindows([], MOST_BINS)
        self._tops = []

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.theme = theme

    @abstractmethod
    def lay_out(self, content: Content, area: QRectF) -> int:
        """Give the charts of a content their places; return how many runs have no room."""

    def hide(self) -> None:
        """Show nothing."""
        for chart in self.made:
            chart.hide()

    @abstractmethod
    def clear(self) -> None:
        """Draw that there is no frame yet."""

    @abstractmethod
    def draw(self, data: LayerData) -> list[Bars]:
        """Draw a frame, and return the histograms that were drawn as bars."""

    @abstractmethod
    def read(self, data: LayerData, chart: Chart, x: float, y: float) -> Reading | None:
        """Return what stands at a position of a chart."""

    @abstractmethod
    def subjects(self) -> dict[Subject, Chart]:
        """Return what the charts on show are of."""

    def units(self, chart: Chart) -> tuple[float, float]:
        """Return what stands at position 1 of a chart's bottom and left axis: the width of a bin, and 1 %."""
        return self._windows.windows[self._place(chart)].unit, 1.0

    def linked(self, chart: Chart) -> Sequence[Chart]:
        """Return the charts that show the same range as one, itself included."""
        return [self.charts[other] for other in self._windows.sharing(self._place(chart))]

    @abstractmethod
    def _new_chart(self) -> _Kind:
        """Make a chart."""

    def _place(self, chart: Chart) -> int:
        """Return which one of those on show a chart is."""
        return next(place for place, other in enumerate(self.charts) if other is chart)

    def _have_charts(self, n: int) -> None:
        """Show so many charts."""
        while len(self.made) < n:
            self.made.append(self._new_chart())
            self._add_chart(self.made[-1])
        self.charts = self.made[:n]
        for i, chart in enumerate(self.made):
            chart.setVisible(i < n)

    def _share_axes(self, groups: list[list[int]]) -> None:
        """Let the charts of each group share their axes; the ranges stay if nothing changes."""
        if groups != self._windows.groups:
            for chart in self.charts:
                chart.owned = True
            self._windows = LayerWindows(groups, MOST_BINS)
            self._tops = [OwnedRange() for _ in groups]


class SideBySide(HistogramView[LayerChart]):
    """The layers of one run, each with its name and its statistics."""

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        for chart in self.made:
            chart.dress(theme, theme.run(self._run)[0])

    @property
    def _run(self) -> int:
        return self._content.runs[0] if self._content.runs else 0

    def lay_out(self, content: Content, area: QRectF) -> int:
        """Give each layer a chart."""
        self._content = content
        self._have_charts(len(content.layers))
        for chart, (cell, axis) in zip(self.charts, grid_of(content, area).cells(), strict=True):
            chart.dress(self.theme, self.theme.run(self._run)[0])
            chart.set_axis_width(axis)
            chart.setGeometry(cell)
        places = list(range(len(content.layers)))
        self._share_axes(groups_of(content, places))
        self._write(None)
        return 0

    def clear(self) -> None:
        """Draw empty charts."""
        for chart in self.charts:
            chart.draw(chart.window, Bars(0, 1, np.zeros(0)), 1.0)
        self._write(None)

    def draw(self, data: LayerData) -> list[Bars]:
        """Draw the bars and the statistics."""
        run, layers = self._run, self._content.layers
        histograms = data.histograms(run)
        movable = [chart.owned for chart in self.charts]
        self._windows.fit(extents(histograms)[list(layers)], n_bins(self.charts), movable)
        windows = self._windows.windows
        drawn = [bars(histograms, layer, window) for layer, window in zip(layers, windows, strict=True)]
        for group, owned in zip(self._windows.groups, self._tops, strict=True):
            height = owned.fit(0.0, top([drawn[place] for place in group]) * 100, PERCENT)[1] / 100
            for place in group:
                self.charts[place].draw(windows[place], drawn[place], height)
        self._write(data)
        return drawn

    def read(self, data: LayerData, chart: Chart, x: float, _y: float) -> Reading | None:
        """Return the share of the bin, and the statistics of the layer."""
        place = self._place(chart)
        layer = self._content.layers[place]
        rows = bin_rows(data, self._run, layer, self._windows.windows[place], x)
        rows += [Row(name, value) for name, value in statistics(data, self._run, layer, 5).named()]
        return Reading(self._content.title(layer), rows)

    def subjects(self) -> dict[Subject, Chart]:
        """Return the chart of each layer of the run."""
        return {(self._run, layer): self.charts[i] for i, layer in enumerate(self._content.layers)}

    def _new_chart(self) -> LayerChart:
        return LayerChart(self.theme)

    def _write(self, data: LayerData | None) -> None:
        for chart, layer in zip(self.charts, self._content.layers, strict=True):
            chart.caption.write_statistics(
                self._content.titles(layer),
                statistics(data, self._run, layer) if data is not None else None,
            )


def grid_of(content: Content, area: QRectF) -> Grid:
    """Return places for a chart per layer."""
    return Grid(area, len(content.layers), content.shared, content.output_is_apart)


def groups_of(content: Content, places: list[int]) -> list[list[int]]:
    """Return which of the layers on show share axes."""
    if not content.shared:
        return [[place] for place in places]
    if content.output_is_apart:
        return [places[:-1], places[-1:]]
    return [places]


def bins_in(pixels: float) -> int:
    """Return how many bins side by side have room in so many pixels."""
    return int(np.clip(pixels / _LEAST_BIN_PX, 8, MOST_BINS))


def n_bins(charts: Sequence[Chart]) -> int:
    """Return how many bins side by side have room in charts."""
    return bins_in(charts[0].box.width()) if charts else MOST_BINS


def statistics(data: LayerData, run: int, layer: int, digits: int = 3) -> Statistics:
    """Return the statistics of a layer as they are written."""
    numbers = data.numbers(run, layer)
    return Statistics(
        mean=number(numbers.mean, digits),
        std=number(numbers.std, digits),
        saturated=percent(numbers.saturated),
        dead=percent(numbers.dead),
    )


def bin_rows(data: LayerData, run: int, layer: int, window: Window, position: float) -> list[Row]:
    """Return the share of the bin at a position, and of what is out of view."""
    shown = bars(data.histograms(run), layer, window)
    at, rows = shown.at(position), []
    if at is not None:
        width = shown.width * window.unit
        low = (shown.first + at) * width
        rows.append(Row(f"{number(low)} to {number(low + width)}", percent(float(shown.shares[at]))))
    outside = 1 - math.fsum(shown.shares)
    if outside > OUTSIDE:
        rows.append(Row("out of view", percent(outside)))
    return rows
