"""What does a seed do? NumPy's first numbers for a seed, for the same seed once more, and for another one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from engine.sampling.seeds import Stream
from engine.table import Table
from gui.plots.chart import Chart
from gui.plots.legend import Entry
from gui.plots.line import Line
from gui.plots.numerals import number
from gui.plots.overlay import Dot, Dots
from gui.plots.readout import Reading, Row
from gui.plots.scales import Layers, Linear, extent
from gui.sampling.code_item import CodeItem
from gui.sampling.questions import Seeds
from gui.sampling.sample_picture import SamplePicture
from gui.style import VALIDATION_DASH

_SHARE_OF_CHART = 0.46
"""Of the width, or of the height; the rest is for the code."""

_BESIDE_FROM_WIDTH = 560
"""In less width, the code stands below the chart."""

_SPACE = 24
_ABOVE_CODE = 28
_WIDTH = 1.8


class SeedsPicture(SamplePicture):
    """A row per generator: the numbers as a curve, and beside it the code and what NumPy prints."""

    name = "seeds"
    title = "Seeds"
    shown: Seeds | None

    @property
    def heading(self) -> str:
        """The question."""
        return "What does a seed do?"

    def _build_charts(self) -> None:
        self.generators = [Chart(self.theme) for _ in range(2)]
        self.codes = [CodeItem(self.theme, self.board) for _ in range(2)]
        self.lines: list[tuple[Line, Line]] = []
        self.dots: list[Dots] = []
        for chart in self.generators:
            self._add_chart(chart)
            self.lines.append((Line(chart.box, z=10), Line(chart.box, z=5)))
            self.dots.append(Dots(self.theme, chart.box))
            chart.add_overlay(self.dots[-1])
            chart.set_label("which number")

    def _dress_charts(self) -> None:
        for (line, other), code in zip(self.lines, self.codes, strict=True):
            line.set_pen(self.theme.run(0)[0], _WIDTH)
            other.set_pen(self.theme.run(1)[0], _WIDTH, VALIDATION_DASH)
            code.set_theme(self.theme)

    def _lay_out_charts(self, area: QRectF) -> None:
        height = (area.height() - _SPACE) / 2
        for i, (chart, code) in enumerate(zip(self.generators, self.codes, strict=True)):
            row = QRectF(area.left(), area.top() + i * (height + _SPACE), area.width(), height)
            if area.width() >= _BESIDE_FROM_WIDTH:
                left = _SHARE_OF_CHART * row.width()
                chart.setGeometry(QRectF(row.left(), row.top(), left, row.height()))
                code.setGeometry(row.adjusted(left + _SPACE, _ABOVE_CODE, 0, 0))
            else:
                middle = _SHARE_OF_CHART * row.height()
                chart.setGeometry(QRectF(row.left(), row.top(), row.width(), middle))
                code.setGeometry(row.adjusted(0, middle, 0, 0))

    def _draw_charts(self) -> None:
        if self.shown is None:
            return
        seeds = self.shown
        streams = zip(seeds.first, seeds.again, seeds.others, strict=True)
        for chart, code, lines, dots, (first, again, other) in zip(
            self.generators, self.codes, self.lines, self.dots, streams, strict=True
        ):
            blue, orange = (self.theme.run(run)[0] for run in (0, 1))
            x = np.arange(1.0, len(first.numbers) + 1)
            low, high = extent(np.array([*first.numbers, *other.numbers])) or (0.0, 0.0)
            room = 0.08 * (high - low)
            chart.set_scales(Layers(tuple(map(str, range(1, len(x) + 1)))), Linear())
            chart.show_range((float(x[0]), float(x[-1])), (low - room, high + room))
            for line, stream in zip(lines, (first, other), strict=True):
                line.draw(x, np.array(stream.numbers))
            dots.draw(
                [
                    *(Dot(n, y, "ring", orange) for n, y in zip(x, other.numbers, strict=True)),
                    *(Dot(n, y, "disc", blue) for n, y in zip(x, first.numbers, strict=True)),
                ]
            )
            entries = [
                Entry(f"seed {seeds.seed}, twice", blue, short=f"seed {seeds.seed}"),
                Entry(f"seed {seeds.other}", orange, VALIDATION_DASH),
            ]
            chart.caption.write(first.name, entries)
            code.write(_lines(seeds, first, again, other))

    def _read(self, chart: Chart, x: float, _y: float) -> Reading | None:
        if self.shown is None:
            return None
        at, which = round(x) - 1, self.generators.index(chart)
        first, other = self.shown.first[which], self.shown.others[which]
        if not 0 <= at < len(first.numbers):
            return None
        rows = [
            Row(f"seed {seed}", number(stream.numbers[at], 9), self.theme.run(run)[0])
            for run, (seed, stream) in enumerate(((self.shown.seed, first), (self.shown.other, other)))
        ]
        return Reading(f"number {at + 1}", rows, float(at + 1))

    def _words(self) -> str:
        if self.shown is None:
            return "Nothing is drawn yet."
        seeds = self.shown
        same = all(
            first.numbers == again.numbers for first, again in zip(seeds.first, seeds.again, strict=True)
        )
        one, legacy = (number(stream.numbers[0], 4) for stream in seeds.first)
        again = (
            f"seed {seeds.seed} drawn twice gives {'the same' if same else 'NOT the same'} numbers both times"
        )
        if seeds.seed == seeds.other:
            return f"It decides which numbers come: {again}. Set another seed beside it to see others."
        return (
            f"It decides which numbers come: {again}, and seed {seeds.other} gives others. Each generator "
            f"has its own: with seed {seeds.seed}, default_rng begins with {one}, the legacy one with "
            f"{legacy}."
        )

    def table(self) -> Table:
        """Return a row per generator, seed and number."""
        columns = ("generator", "seed", "draw", "which", "number")
        if self.shown is None:
            return Table(columns, [])
        seeds = self.shown
        drawn = (
            (seeds.seed, 1, seeds.first),
            (seeds.seed, 2, seeds.again),
            (seeds.other, 1, seeds.others),
        )
        return Table(
            columns,
            [
                (stream.name, seed, draw, which, value)
                for seed, draw, streams in drawn
                for stream in streams
                for which, value in enumerate(stream.numbers, 1)
            ],
        )


def _lines(seeds: Seeds, first: Stream, again: Stream, other: Stream) -> list[tuple[str, bool]]:
    """Return the code and what it prints for each seed."""
    return [
        *((line, False) for line in first.code.splitlines()),
        ("", True),
        (f"seed {seeds.seed}", True),
        *((line, False) for line in first.printed.splitlines()),
        (f"seed {seeds.seed}, once more", True),
        *((line, False) for line in again.printed.splitlines()),
        (f"seed {seeds.other}", True),
        *((line, False) for line in other.printed.splitlines()),
    ]
