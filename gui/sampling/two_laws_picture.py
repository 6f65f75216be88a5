"""How do two laws differ? Their histograms side by side, with their densities and statistics."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRectF, Slot

from engine.fields import Switch
from engine.sampling.sample_laws import title_of
from engine.table import Table
from gui.plots.chart import Chart
from gui.plots.legend import Entry
from gui.plots.readout import Reading
from gui.sampling.histogram_chart import HistogramChart, top_of
from gui.sampling.numerals import value, wide_percent
from gui.sampling.questions import Side, TwoLaws
from gui.sampling.sample_picture import SamplePicture
from gui.sampling.statistics_item import StatisticsItem

_SPACE = 28
_LEAST_CHART = 130
"""The statistics give way where less than that would be left for the histograms."""

_BESIDE_FROM_WIDTH = 480
"""In less width the histograms stand one above the other, without statistics."""

_MARGIN = 0.03
"""Of the range of the bins, beside them."""


class TwoLawsPicture(SamplePicture):
    """One law, or two beside each other; in the same range, or each in its own."""

    name = "two_laws"
    title = "Two laws side by side"
    settings: ClassVar = {
        "shared_axes": Switch(
            "shared_axes", "shared axes", "Show both laws in the same range, or each one in its own.", True
        )
    }
    shown: TwoLaws | None

    @property
    def heading(self) -> str:
        """The question."""
        names = [] if self.shown is None else [side.law.name for side in self.shown.sides]
        if len(names) == 1:
            return f"How are the numbers of {names[0]} distributed?"
        if len(set(names)) == 1:
            return f"What is the difference between the two {names[0]}?"
        return f"What is the difference between {' and '.join(names) or 'two laws'}?"

    def _build_charts(self) -> None:
        self.histograms = [HistogramChart(self.theme) for _ in range(2)]
        self.statistics = [StatisticsItem(self.theme, self.board) for _ in range(2)]
        for chart, table in zip(self.histograms, self.statistics, strict=True):
            self._add_chart(chart)
            table.hide()

    def _prepare_shown(self) -> None:
        n = 0 if self.shown is None else len(self.shown.sides)
        for i, (chart, table) in enumerate(zip(self.histograms, self.statistics, strict=True)):
            chart.setVisible(i < n)
            table.setVisible(i < n)

    def _dress_charts(self) -> None:
        for run, (chart, table) in enumerate(zip(self.histograms, self.statistics, strict=True)):
            chart.dress(self.theme, self.theme.run(run)[0])
            table.set_theme(self.theme)

    def _lay_out_charts(self, area: QRectF) -> None:
        if self.shown is None:
            return
        n = len(self.shown.sides)
        if n > 1 and area.width() < _BESIDE_FROM_WIDTH:
            self._lay_out_below(area, n)
            return
        width = (area.width() - _SPACE * (n - 1)) / n
        below = StatisticsItem.height_needed()
        if area.height() - below < _LEAST_CHART:
            below = 0.0
        for i, (chart, table) in enumerate(zip(self.histograms, self.statistics, strict=True)):
            left = area.left() + i * (width + _SPACE)
            chart.setGeometry(QRectF(left, area.top(), width, area.height() - below - 6))
            table.setVisible(i < n and below > 0)
            table.setGeometry(QRectF(left + 8, area.bottom() - below, width - 8, max(below, 1.0)))

    def _lay_out_below(self, area: QRectF, n: int) -> None:
        height = area.height() / n
        for i, (chart, table) in enumerate(zip(self.histograms, self.statistics, strict=True)):
            chart.setGeometry(QRectF(area.left(), area.top() + i * height, area.width(), height))
            table.hide()

    def _draw_charts(self) -> None:
        if self.shown is None:
            return
        sides, shared = self.shown.sides, self.option("shared_axes")
        ranges = [_range(side) for side in sides]
        tops = [top_of(side.histogram, side.distribution) for side in sides]
        if shared:
            lows, highs = zip(*ranges, strict=True)
            ranges, tops = [(min(lows), max(highs))] * len(sides), [max(tops)] * len(sides)
        for chart, table, side, x, top in zip(
            self.histograms, self.statistics, sides, ranges, tops, strict=False
        ):
            chart.draw(side.histogram, side.distribution, x, top)
            chart.caption.write(title_of(side.law), [Entry("density expected", self.theme.text)])
            table.write(side.statistics, side.expected)

    def _read(self, chart: Chart, x: float, _y: float) -> Reading | None:
        return chart.read(x) if isinstance(chart, HistogramChart) else None

    def _words(self) -> str:
        if self.shown is None:
            return "Nothing is drawn yet."
        return "\n".join(_describe(side) for side in self.shown.sides)

    def table(self) -> Table:
        """Return the statistics, drawn and expected."""
        return Table(("statistic",), []) if self.shown is None else self.shown.table

    @Slot(object)
    def _on_chart_zoomed(self, chart: Chart) -> None:
        if self.option("shared_axes"):
            for other in self.histograms:
                if other is not chart:
                    other.zoom(chart.ranges)
        super()._on_chart_zoomed(chart)


def _range(side: Side) -> tuple[float, float]:
    """Return the range of the bins, with a margin."""
    low, high = float(side.histogram.edges[0]), float(side.histogram.edges[-1])
    margin = _MARGIN * (high - low)
    return low - margin, high + margin


def _describe(side: Side) -> str:
    """Return a sentence on a law: where its numbers lie, how far they scatter, and their sign."""
    name, seen, law = title_of(side.law), side.statistics, side.distribution
    if not law.std:
        return f"{name}: {value(law.mean)} and nothing else."
    sign = {0.0: "none negative", 1.0: "all negative"}.get(
        side.negative, f"{wide_percent(side.negative)} negative"
    )
    return (
        f"{name}: around {value(law.mean, 3)}, std {value(law.std, 3)}, from {value(seen.minimum, 3)} to "
        f"{value(seen.maximum, 3)}; {sign}, {wide_percent(seen.outside[0])} beyond 1 sigma, "
        f"{wide_percent(seen.outside[2])} beyond 3."
    )
