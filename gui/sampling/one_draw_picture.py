"""Why is the mean of 100 numbers not zero? One draw number by number, and the means of many draws."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Slot
from PySide6.QtWidgets import QWidget

from engine.fields import ConfigError, Number
from engine.sampling.one_draw import Draw, Means
from engine.sampling.sample_laws import title_of
from engine.table import Table
from gui.plots.area import Area
from gui.plots.chart import Chart
from gui.plots.legend import Entry
from gui.plots.line import Line
from gui.plots.numerals import count, number
from gui.plots.overlay import Dot, Dots
from gui.plots.readout import Reading, Row
from gui.plots.scales import Linear, extent
from gui.plots.series import decimate
from gui.sampling.band_chart import BandChart
from gui.sampling.histogram_chart import HistogramChart, Mark, top_of
from gui.sampling.numerals import wide_percent
from gui.sampling.points import Points
from gui.sampling.questions import OneDraw
from gui.sampling.sample_picture import SamplePicture
from gui.style import Theme

OBSERVED = Number(
    "observed",
    "Your mean",
    "A mean that you have seen: how far out does it lie among all means?",
    0.2245,
    -1e6,
    1e6,
)

_SHARE_OF_STEPS = 0.56
"""Of the width, where the draw stands beside the means of many."""

_BESIDE_FROM_WIDTH, _SHARE_OF_STEPS_BELOW = 520, 0.62
"""In less width it stands above them, with this share of the height."""

_SPACE = 20
_LABEL = 18
_LINE_WIDTH = 1.8
_POINT_PX = 3.5
_TAIL_STRENGTH = 0.6
_LEGEND_PX = 40
"""Above the means, for the legend of what is marked."""

_BAND = 2.2
"""So many sigma of the bands are in view ..."""

_BAND_FROM = 0.05
"""... from this share of the draw on."""

_FARTHEST_Z = 30.0
"""What lies further out would squeeze the means into a line; it is told in words."""


class OneDrawPicture(SamplePicture):
    """On the left the numbers, their running sum and mean; on the right the means of many draws.

    Attributes:
        position: so many numbers of the draw are shown.
        observed: a mean that is marked among the means.
    """

    name = "one_draw"
    title = "One draw, number by number"
    shown: OneDraw | None

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.position: int | None = None
        self.observed = float(OBSERVED.default)
        super().__init__(theme, parent)

    @property
    def heading(self) -> str:
        """The question."""
        if self.shown is None:
            return "Why is a mean of random numbers not zero?"
        mean, n = self.shown.means.predicted.mean, self.shown.means.n
        which = number(mean) if mean else "zero"
        return f"Why is the mean of {n:,} number{'' if n == 1 else 's'} not {which}?"

    @property
    def length(self) -> int:
        """How many numbers the draw has."""
        return 0 if self.shown is None else len(self.shown.draw.numbers)

    @property
    def shown_position(self) -> int:
        """How many of them are shown."""
        return self.length if self.position is None else min(self.position, self.length)

    def show_position(self, position: int | None) -> None:
        """Show so many numbers of the draw, None for all."""
        if position != self.position:
            self.position = position
            self.redraw()

    def show_observed(self, observed: float) -> None:
        """Mark another mean."""
        if observed != self.observed:
            self.observed = observed
            self.redraw()

    def options(self) -> dict[str, Any]:
        """Return what a person looks at, fit for JSON."""
        return {"position": self.position, "observed": self.observed}

    def restore(self, options: Mapping[str, object]) -> None:
        """Look again at what `options` returned; what is unknown or not allowed is left alone."""
        position = options.get("position")
        if position is None or (isinstance(position, int) and position >= 0):
            self.position = position
        with contextlib.suppress(ConfigError):
            self.observed = float(OBSERVED.check(options.get("observed"), "observed"))
        self.redraw()

    def _build_charts(self) -> None:
        self.numbers = Chart(self.theme)
        self.sums, self.running = BandChart(self.theme), BandChart(self.theme)
        self.steps = (self.numbers, self.sums, self.running)
        self.means = HistogramChart(self.theme)
        self.lines: list[Line] = []
        self.dots: list[Dots] = []
        for chart in self.steps:
            self._add_chart(chart)
            self.lines.append(Line(chart.box, z=30))
            self.dots.append(Dots(self.theme, chart.box))
            chart.add_overlay(self.dots[-1])
        self.points = Points(self.numbers.box)
        self._add_chart(self.means)
        self.means.set_label("mean of a draw")
        self.tails = (Area(self.means.box, z=5), Area(self.means.box, z=5))
        self.running.set_label("numbers drawn so far, n")

    def _dress_charts(self) -> None:
        color, _ = self.theme.run(1)
        for chart in (self.sums, self.running):
            chart.dress(self.theme)
        for line in self.lines:
            line.set_pen(color, _LINE_WIDTH)
        self.points.set_pen(color, _POINT_PX)
        self.means.dress(self.theme, self.theme.run(0)[0])
        for tail in self.tails:
            tail.set_color(self.theme.pale(color, _TAIL_STRENGTH))

    def _lay_out_charts(self, area: QRectF) -> None:
        if area.width() < _BESIDE_FROM_WIDTH:
            high = _SHARE_OF_STEPS_BELOW * area.height()
            self._lay_out_steps(QRectF(area.left(), area.top(), area.width(), high))
            self.means.setGeometry(area.adjusted(0, high, 0, 0))
            return
        left = _SHARE_OF_STEPS * (area.width() - _SPACE)
        self._lay_out_steps(QRectF(area.left(), area.top(), left, area.height()))
        self.means.setGeometry(area.adjusted(left + _SPACE, 0, 0, 0))

    def _lay_out_steps(self, area: QRectF) -> None:
        height = (area.height() - _LABEL) / 3
        for i, chart in enumerate(self.steps):
            last = _LABEL if chart is self.running else 0
            chart.setGeometry(QRectF(area.left(), area.top() + i * height, area.width(), height + last))

    def _draw_charts(self) -> None:
        if self.shown is not None:
            self._draw_steps(self.shown.draw)
            self._draw_means(self.shown)

    def _draw_steps(self, draw: Draw) -> None:
        n, k = len(draw.numbers), self.shown_position
        x = np.arange(1.0, n + 1)
        for chart, line, dots, values, title in zip(
            self.steps,
            self.lines,
            self.dots,
            (draw.numbers, draw.sums, draw.means),
            ("number", "running sum", "running mean"),
            strict=True,
        ):
            bands = {self.sums: draw.sum_band, self.running: draw.mean_band}
            y = _around(values)
            if chart in bands:
                low, high = bands[chart].edges(_BAND)
                start = int(_BAND_FROM * n)
                y = _around(np.concatenate([values[start:], low[start:], high[start:]]))
            chart.set_scales(Linear(text=count), Linear())
            chart.show_range((0.0, float(n)), y)
            if chart in bands:
                chart.draw_band(x, bands[chart])
                line.draw(*decimate(x[:k], values[:k], *chart.x_range, chart.columns // 2))
            color, _ = self.theme.run(1)
            dots.draw([Dot(float(k), float(values[k - 1]), "disc", color)] if k else [])
            last = f" {k:,} of {n:,}" if chart is self.numbers else ""
            at = f": {number(float(values[k - 1]), 4)}" if k else ""
            entries = self.sums.entries(self.theme, ["±1σ", "±2σ", "±3σ"]) if chart in bands else []
            chart.caption.write(f"{title}{last}{at}", entries)
        self.points.draw(x[:k], draw.numbers[:k])

    def _draw_means(self, shown: OneDraw) -> None:
        means, bins = shown.means, shown.histogram
        place = means.place(self.observed)
        low, high = float(bins.edges[0]), float(bins.edges[-1])
        if abs(place.z) < _FARTHEST_Z:
            low, high = min(low, self.observed), max(high, self.observed)
        margin = 0.04 * (high - low)
        room = max(self.means.box.height(), 2 * _LEGEND_PX)
        top = top_of(bins, means.predicted) * room / (room - _LEGEND_PX)
        self.means.draw(bins, means.predicted, (low - margin, high + margin), top)
        self._draw_tails(self.observed, means.predicted.mean)
        orange, green = (self.theme.run(run)[0] for run in (1, 2))
        marks = [Mark(self.observed, f"your mean {number(self.observed, 4)}", orange)]
        if self.shown_position == self.length:
            own = float(shown.draw.means[-1])
            marks.append(Mark(own, f"this draw {number(own)}", green))
        self.means.marks.show_marks(marks)
        predicted = Entry(f"normal, std {number(means.predicted.std)}", self.theme.text)
        self.means.caption.write(f"{len(means.values):,} means", [predicted])

    def _draw_tails(self, observed: float, centre: float) -> None:
        """Shade what lies as far out as the observed mean, on both sides, under the curve."""
        x, heights = self.means.curve.getData()
        distance = abs(observed - centre)
        for tail, out in zip(self.tails, (x <= centre - distance, x >= centre + distance), strict=True):
            tail.draw(x[out], np.zeros(int(out.sum())), heights[out])

    def _read(self, chart: Chart, x: float, _y: float) -> Reading | None:
        if self.shown is None:
            return None
        if chart is self.means:
            return self.means.read(x)
        draw, k = self.shown.draw, round(x)
        if not 1 <= k <= self.shown_position:
            return None
        rows = [
            Row(name, number(float(values[k - 1]), 5))
            for name, values in (
                ("number", draw.numbers),
                ("running sum", draw.sums),
                ("running mean", draw.means),
            )
        ]
        return Reading(f"n = {k:,}", rows, float(k))

    def _words(self) -> str:
        if self.shown is None:
            return "Nothing is drawn yet."
        means = self.shown.means
        if not means.predicted.std:
            return f"It is always {number(means.predicted.mean, 4)}: nothing varies in {title_of(means.law)}."
        return f"{self._words_on_means(means)} {self._words_on_steps(self.shown.draw)}".strip()

    def _words_on_means(self, means: Means) -> str:
        place = means.place(self.observed)
        law, sd = title_of(means.law), number(means.predicted.std)
        centre = number(means.predicted.mean)
        return (
            f"The mean of {means.n:,} numbers of {law} is {centre} ± {sd}, another one each time. "
            f"{number(self.observed, 4)} has z = {number(place.z, 2)}: "
            f"{wide_percent(place.predicted)} of all draws lie as far out, both sides together "
            f"(of the {len(means.values):,} drawn here {wide_percent(place.drawn)})."
        )

    def _words_on_steps(self, draw: Draw) -> str:
        k = self.shown_position
        if not k:
            return ""
        sum_, mean = number(float(draw.sums[k - 1])), number(float(draw.means[k - 1]))
        return (
            f"After {k:,} number{'' if k == 1 else 's'} the sum is {sum_} and the mean {mean}: "
            "the sum wanders off like √n, and the next number does not make up for those before."
        )

    def table(self) -> Table:
        """Return a row per number that is shown."""
        columns = ("n", "number", "sum", "mean")
        if self.shown is None:
            return Table(columns, [])
        draw, k = self.shown.draw, self.shown_position
        rows = np.stack([draw.numbers[:k], draw.sums[:k], draw.means[:k]], axis=1).tolist()
        return Table(columns, [(n, *row) for n, row in enumerate(rows, 1)])

    @Slot(object)
    def _on_chart_zoomed(self, chart: Chart) -> None:
        if chart in self.steps:
            for other in self.steps:
                if other is not chart:
                    other.zoom((chart.x_range, other.ranges[1]))
        super()._on_chart_zoomed(chart)


def _around(values: np.ndarray) -> tuple[float, float]:
    """Return a range that holds values, with some room."""
    low, high = extent(values) or (0.0, 0.0)
    if low == high:
        return Linear().round_out(low, high)
    room = 0.05 * (high - low)
    return low - room, high + room
