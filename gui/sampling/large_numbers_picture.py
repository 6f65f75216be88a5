"""How fast does a mean settle? Means and standard deviations of samples of every size."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF, Slot

from engine.fields import Switch
from engine.sampling.bands import Band, Share
from engine.sampling.large_numbers import LargeNumbers
from engine.sampling.sample_laws import title_of
from engine.table import Table
from gui.plots.chart import Chart
from gui.plots.numerals import count, number
from gui.plots.readout import Reading, Row
from gui.plots.scales import Linear, Log, Scale
from gui.sampling.band_chart import BandChart
from gui.sampling.numerals import wide_percent
from gui.sampling.points import Points
from gui.sampling.sample_picture import SamplePicture

_WHOLE_LEGEND_FROM = 820
"""In fewer pixels the legend leaves it to the reader which of its numbers is the one expected."""

_POINT_PX = 1.6
_REACH = 3.3
"""The left axis shows so many sigma ..."""

_FROM_SHARE, _FROM_SIZE = 0.02, 3
"""... at the sample size that is this share of the largest, or that size where the axis of sizes is
logarithmic: what lies left of it may leave the view."""


class LargeNumbersPicture(SamplePicture):
    """Mean and standard deviation against the sample size, with the bands of 1, 2 and 3 sigma."""

    name = "large_numbers"
    title = "Law of large numbers"
    settings: ClassVar = {
        "log_n": Switch(
            "log_n",
            "log n",
            "Show the sample sizes on a logarithmic axis, which spreads the small ones out.",
            False,
        )
    }
    shown: LargeNumbers | None

    @property
    def heading(self) -> str:
        """The question."""
        return "How fast does a mean settle?"

    def _build_charts(self) -> None:
        self.means, self.stds = BandChart(self.theme), BandChart(self.theme)
        self.points: list[Points] = []
        for chart in (self.means, self.stds):
            self._add_chart(chart)
            self.points.append(Points(chart.box))
        self.stds.set_label("sample size n")
        self._sizes: Scale = Linear(text=count)

    def _prepare_shown(self) -> None:
        super()._prepare_shown()
        self._sizes = Log() if self.option("log_n") else Linear(text=count)

    def _dress_charts(self) -> None:
        for chart, points in zip((self.means, self.stds), self.points, strict=True):
            chart.dress(self.theme)
            points.set_pen(self.theme.run(1)[0], _POINT_PX)

    def _lay_out_charts(self, area: QRectF) -> None:
        # The lower chart has the label of the axis.
        half = (area.height() - 18) / 2
        self.means.setGeometry(QRectF(area.left(), area.top(), area.width(), half))
        self.stds.setGeometry(QRectF(area.left(), area.top() + half, area.width(), area.height() - half))

    def _draw_charts(self) -> None:
        if self.shown is None:
            return
        numbers = self.shown
        x = self._sizes.positions(numbers.sizes.astype(float))
        for chart, points, values, band, shares, title in (
            (self.means, self.points[0], numbers.means, numbers.mean_band, numbers.mean_shares, "mean"),
            (self.stds, self.points[1], numbers.stds, numbers.std_band, numbers.std_shares, "std"),
        ):
            chart.set_scales(self._sizes, Linear())
            chart.show_range((float(x[0]), float(x[-1])), self._value_range(numbers.sizes, band))
            chart.draw_band(x, band)
            points.draw(x[: len(values)], values)
            texts = [_legend(share, chart.columns >= _WHOLE_LEGEND_FROM) for share in shares]
            chart.caption.write(f"{title} of n numbers", chart.entries(self.theme, texts))

    def _value_range(self, sizes: np.ndarray, band: Band) -> tuple[float, float]:
        size = _FROM_SIZE if self.option("log_n") else max(_FROM_SHARE * sizes[-1], _FROM_SIZE)
        at = min(int(np.searchsorted(sizes, size)), len(sizes) - 1)
        low, high = band.edges(_REACH)
        if band.sd[at]:
            return float(low[at]), float(high[at])
        return Linear().round_out(float(low[at]), float(high[at]))

    def _read(self, chart: Chart, x: float, _y: float) -> Reading | None:
        if self.shown is None:
            return None
        numbers = self.shown
        places = self._sizes.positions(numbers.sizes.astype(float))
        at = int(np.argmin(np.abs(places - x)))
        values, band = (
            (numbers.means, numbers.mean_band) if chart is self.means else (numbers.stds, numbers.std_band)
        )
        rows = [Row("expected", f"{number(float(band.centre[at]), 4)} ± {number(float(band.sd[at]))}")]
        if at < len(values):
            name = "mean" if chart is self.means else "standard deviation"
            rows.insert(0, Row(name, number(float(values[at]), 5), self.theme.run(1)[0]))
        return Reading(f"n = {numbers.sizes[at]:,}", rows, float(places[at]))

    def _words(self) -> str:
        if self.shown is None:
            return "Nothing is drawn yet."
        numbers = self.shown
        band, last, law = numbers.mean_band, int(numbers.sizes[-1]), title_of(numbers.law)
        if not band.sd[-1]:
            return f"At once: nothing varies in {law}, so every mean is {number(float(band.centre[-1]))}."
        few = min(100, last)
        words = (
            f"Like 1/√n: four times as many numbers halve the error. A mean of {few:,} numbers of {law} is "
            f"off by about {number(float(band.sd[0]) / few**0.5)}"
            + (f", one of {last:,} by {number(float(band.sd[-1]))}. " if last > few else ". ")
        )
        if not numbers.complete:
            done = int(numbers.sizes[len(numbers.means) - 1]) if len(numbers.means) else 0
            return f"{words}Drawing: samples of {done:,} numbers so far."
        one, *_ = numbers.mean_shares
        return (
            f"{words}Of the {len(numbers.sizes):,} means, {wide_percent(one.inside)} lie within 1 sigma; "
            f"theory expects {wide_percent(one.expected)}."
        )

    def table(self) -> Table:
        """Return a row per sample size."""
        columns = ("n", "mean", "mean_expected", "mean_sd", "std", "std_expected", "std_sd")
        if self.shown is None:
            return Table(columns, [])
        numbers = self.shown
        done = len(numbers.means)
        series = (
            numbers.means,
            numbers.mean_band.centre[:done],
            numbers.mean_band.sd[:done],
            numbers.stds,
            numbers.std_band.centre[:done],
            numbers.std_band.sd[:done],
        )
        return Table(
            columns,
            [
                (int(n), *row)
                for n, row in zip(numbers.sizes[:done], np.stack(series, axis=1).tolist(), strict=True)
            ],
        )

    @Slot(object)
    def _on_chart_zoomed(self, chart: Chart) -> None:
        other = self.stds if chart is self.means else self.means
        other.zoom((chart.x_range, other.ranges[1]))
        super()._on_chart_zoomed(chart)


def _legend(share: Share, whole: bool) -> str:
    inside, expected = wide_percent(share.inside), wide_percent(share.expected)
    return f"±{share.sigmas}σ: {inside} ({expected}{' expected' if whole else ''})"
