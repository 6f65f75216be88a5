"""The histogram of one layer: its statistics are written above, and bars that are cut show their height."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.fitted_text import fitting
from gui.plots.axis import TICK_HEIGHT
from gui.plots.bar_items import TouchingBars
from gui.plots.bar_marks import BarMarks, Skyline, TallBar
from gui.plots.captions import Caption
from gui.plots.chart import Chart
from gui.plots.distributions import Bars, Window
from gui.plots.scales import Linear
from gui.plots.still import only_holds
from gui.plots.upright import Upright
from gui.style import Theme, label_font, tick_font

_TITLE_GAP = 3
_NAME_GAP = 6
_COLUMN_GAP = 14

_LEAST_BOX = 36
"""Statistics give way where less than that many pixels are left for the bars."""

_LEAST_BAR_PX = 1.5
"""A bar with anything in it is at least so high."""

_MOST = 0.5
"""A bar that holds more than that share of the values says so."""

_STRENGTH = 0.78
"""Of the colour of the bars, against the background."""


class Statistics(NamedTuple):
    """What is written above a histogram."""

    mean: str
    std: str
    saturated: str
    dead: str

    def named(self) -> list[tuple[str, str]]:
        """Return names and values."""
        return list(zip(self._fields, self, strict=True))


_WIDEST = Statistics("−0.00123", "0.00123", "99 %", "99 %")
"""The room for values is measured with these, so that lines do not jump as the values change."""

_Cell = tuple[str, str]
_Form = Callable[[Statistics], list[list[_Cell]]]

_FORMS: tuple[_Form, ...] = (
    lambda s: [[("mean", s.mean), ("saturated", s.saturated)], [("std", s.std), ("dead", s.dead)]],
    lambda s: [[("", f"{s.mean} ± {s.std}")], [("", f"sat. {s.saturated}  dead {s.dead}")]],
    lambda s: [[("mean", s.mean)], [("std", s.std)], [("sat.", s.saturated)], [("dead", s.dead)]],
    lambda s: [
        [("", f"μ {s.mean}")],
        [("", f"σ {s.std}")],
        [("", f"sat. {s.saturated}")],
        [("", f"dead {s.dead}")],
    ],
)
"""The same statistics in ever less width: lines of names and values."""

_CELL_FORMS: tuple[_Form, ...] = (
    lambda s: [[("", f"{s.mean} ± {s.std}  ·  saturated {s.saturated}  dead {s.dead}")]],
    lambda s: [[("", f"{s.mean} ± {s.std}  sat. {s.saturated}  dead {s.dead}")]],
    lambda s: [[("", f"{s.mean} ± {s.std}")]],
    lambda s: [[("", f"σ {s.std}")]],
)
"""And in a single line, for a cell of a grid."""

_LEAST_CELL = 32
"""Lower cells are all bars."""


class LayerCaption(Caption):
    """The name of a layer, and the names of its statistics in the widest form that fits, or none.

    Attributes:
        statistics: what `values`, which lies over the caption, shows.
    """

    indented = True

    def __init__(self, theme: Theme, parent: pg.GraphicsWidget) -> None:
        self.statistics: Statistics | None = None
        self._form: _Form | None = None
        self._columns: Sequence[tuple[float, float]] = ()
        super().__init__(theme, parent)
        self._values = _Values(self, parent)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        super().set_theme(theme)
        self._values.color = QColor(theme.text)

    def write_statistics(self, titles: Sequence[str], statistics: Statistics | None) -> None:
        """Show a layer's name, the longest for which there is room, and the statistics."""
        if titles[0] != self.title or (statistics is None) != (self.statistics is None):
            self.title, *self.shorter = titles
            self.update()
        self.statistics = statistics

    def arrange(self, width: float, height: float) -> float:
        """Choose the form for a chart of this size; return the height of title and statistics."""
        self._title_metrics, self._metrics = QFontMetricsF(label_font()), QFontMetricsF(tick_font())
        line = self._metrics.height()
        room = height - self._title_height() - _TITLE_GAP - TICK_HEIGHT - _LEAST_BOX
        for form in _FORMS:
            lines = form(_WIDEST)
            columns = _columns(lines, self._metrics)
            wide = sum(map(sum, columns)) + _COLUMN_GAP * (len(columns) - 1)
            if wide <= width and len(lines) * line <= room:
                self._form, self._columns = form, columns
                return round(self._title_height() + len(lines) * line + _TITLE_GAP)
        self._form = None
        return round(self._title_height() + _TITLE_GAP)

    def cells(self) -> Iterator[tuple[QPointF, str, QPointF, str]]:
        """Return where each statistic's name and value begin, in pixels, and what they say."""
        if self._form is None or self.statistics is None:
            return
        baseline = self._title_height() + self._metrics.ascent()
        for row, cells in enumerate(self._form(self.statistics)):
            x, y = 0.0, baseline + row * self._metrics.height()
            for (name, value), (name_width, value_width) in zip(cells, self._columns, strict=False):
                yield QPointF(x, y), name, QPointF(x + name_width, y), value
                x += name_width + value_width + _COLUMN_GAP

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the title and the names of the statistics."""
        width = self.rect().width()
        title = fitting([self.title, *self.shorter], self._title_metrics, width)
        painter.setFont(label_font())
        painter.setPen(QColor(self._theme.text))
        area = QRectF(0, 0, width, self._title_height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(tick_font())
        painter.setPen(QColor(self._theme.muted))
        for place, name, _, _ in self.cells():
            painter.drawText(place, name)

    def _title_height(self) -> float:
        return self._title_metrics.height() + 2


class _Values(pg.GraphicsWidget):
    """The values of a layer's statistics, which change with every frame."""

    def __init__(self, caption: LayerCaption, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent)
        only_holds(self)
        self.color = QColor()
        self._caption = caption
        caption.geometryChanged.connect(self._follow)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the values."""
        painter.setFont(tick_font())
        painter.setPen(self.color)
        for _, _, place, value in self._caption.cells():
            painter.drawText(place, value)

    @Slot()
    def _follow(self) -> None:
        self.setGeometry(self._caption.geometry())


class CellCaption(LayerCaption):
    """The statistics of a layer in one line, as many as there is room for; the name stands elsewhere."""

    indented = False

    def arrange(self, width: float, height: float) -> float:
        """Choose the form for a chart of this size; return the height of the statistics."""
        self._title_metrics, self._metrics = QFontMetricsF(label_font()), QFontMetricsF(tick_font())
        for form in _CELL_FORMS if height >= _LEAST_CELL else ():
            columns = _columns(form(_WIDEST), self._metrics)
            if sum(map(sum, columns)) <= width:
                self._form, self._columns = form, columns
                return round(self._metrics.height())
        self._form = None
        return 0.0

    def _title_height(self) -> float:
        return 0.0


class LayerChart(Chart):
    """The histogram of one layer.

    Attributes:
        window: what part of the axis of values is shown; positions on the bottom axis count its bins.
        bars: what is drawn: heights in percent, cut at the top of the axis.
        marks: the bars whose share is written beside them.
    """

    caption_type: ClassVar[type[LayerCaption]] = LayerCaption
    most_marks: ClassVar[int] = 2

    def __init__(self, theme: Theme) -> None:
        self.window = Window.around(-1.0, 1.0, 32)
        super().__init__(theme, self.caption_type, padding=(2, 2, 0, 2))
        self.zero = Upright(self.box, z=-5)
        self.zero.stand_at(0.0)
        self.bars = TouchingBars(self.box)
        # Bars that do not stand on zero say nothing, so the mouse changes the range of values only.
        self.box.setMouseEnabled(x=True, y=False)
        # The first and the last number stand at the very ends: nothing is above them, and little below.
        self.left.setStyle(hideOverlappingLabels=8)
        # Charts stand close together: numbers at the ends of their axes may stick out but little.
        self.bottom.setStyle(hideOverlappingLabels=10)
        self.marks = BarMarks(theme, self.box)
        self.add_overlay(self.marks)

    def dress(self, theme: Theme, color: str) -> None:
        """Draw the bars in a colour."""
        self.bars.setOpts(brush=pg.mkBrush(theme.pale(color, _STRENGTH)))
        self.zero.set_pen(theme.grid)

    def draw(self, window: Window, bars: Bars, top: float) -> None:
        """Draw a window's bars below `top`, the share per bin at which the axis ends."""
        self.window = window
        least = _LEAST_BAR_PX * top / max(self.box.height(), 1.0)
        heights = np.where(bars.shares > 0, np.clip(bars.heights, least, top), 0.0)
        self.bars.draw(bars.positions, float(bars.width), heights * 100)
        self.set_scales(Linear(window.unit), PERCENT)
        self.show_range(window.positions, (0.0, top * 100))
        cut = bars.heights > top
        tall = sorted(np.flatnonzero(cut | (bars.shares > _MOST)), key=lambda i: -bars.shares[i])
        self.marks.show_tall(
            [
                TallBar(bars.positions[i] + bars.width / 2, bars.width, float(bars.shares[i]), bool(cut[i]))
                for i in tall[: self.most_marks]
            ],
            Skyline(bars.positions, float(bars.width), heights * 100),
        )


class CellChart(LayerChart):
    """The histogram of a layer in a grid of small ones."""

    caption_type = CellCaption
    most_marks = 1


def _percent_tick(value: float) -> str:
    return f"{value:g} %"


PERCENT = Linear(text=_percent_tick)


def _columns(lines: list[list[_Cell]], metrics: QFontMetricsF) -> list[tuple[float, float]]:
    """Return the room that the names and the values of each column take."""
    columns = []
    for column in range(max(map(len, lines))):
        cells = [cells[column] for cells in lines if len(cells) > column]
        names = max(metrics.horizontalAdvance(name) for name, _ in cells)
        values = max(metrics.horizontalAdvance(value) for _, value in cells)
        columns.append((names + _NAME_GAP if names else 0.0, values))
    return columns
