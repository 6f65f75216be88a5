"""An axis whose ticks come from a scale: few, round, muted, with a hairline grid where it helps."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from gui.plots.scales import Linear, Scale, Tick
from gui.plots.still import Still
from gui.style import LABEL_POINTS, Theme, tick_font

TICK_HEIGHT = 18
LABEL_HEIGHT = 18

_PX_PER_TICK_UPRIGHT = 30
_MOST_TICKS = 9
"""On a large chart more would only be noise."""


class Axis(Still, pg.AxisItem):
    """The left or bottom axis of a chart.

    Args:
        side: "left" (with a grid, without a line) or "bottom" (with a line, without a grid).
        box: the view box beside it.
        parent: the chart.
    """

    def __init__(self, side: str, box: pg.ViewBox, parent: pg.GraphicsWidget) -> None:
        self._measure: Scale = Linear()
        self._labels: list[str] = []
        super().__init__(side, linkView=box, parent=parent, maxTickLength=0)
        self._upright = side == "left"
        self.setZValue(-1000)
        self.setStyle(
            tickFont=tick_font(),
            tickAlpha=255,
            autoExpandTextSpace=False,
            autoReduceTextSpace=False,
            tickTextOffset=6 if self._upright else 3,
            hideOverlappingLabels=15
            if self._upright
            else 30,  # pixels that numbers may stick out at the ends
        )
        self.enableAutoSIPrefix(False)
        if self._upright:
            self.setGrid(255)
        else:
            self.setHeight(TICK_HEIGHT)
        self.stand_still()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setPen(None if self._upright else pg.mkPen(theme.axis))
        self.setTickPen(pg.mkPen(theme.grid))
        self.setTextPen(pg.mkPen(theme.muted))
        self.setLabel(self.labelText, **{"color": theme.muted, "font-size": f"{LABEL_POINTS}pt"})

    def set_measure(self, scale: Scale) -> None:
        """Take the ticks from another scale."""
        if scale != self._measure:
            self._measure = scale
            self.picture = None
            self.update()

    def write(self, text: str) -> None:
        """Write along the axis what it shows; nothing takes no room."""
        if text != self.labelText:
            self.setLabel(text)
            self.update()
        if not self._upright:
            self.setHeight(TICK_HEIGHT + (LABEL_HEIGHT if text else 0))

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[None, list[float]]]:  # noqa: N803
        """Return the positions of the ticks; pyqtgraph asks for them, and then for `tickStrings`."""
        ticks = self._measure.ticks(minVal, maxVal, self._room(minVal, maxVal, size))
        self._labels = [text for _, text in ticks]
        return [(None, [position for position, _ in ticks])]

    def tickStrings(self, _values: Sequence[float], _scale: float, _spacing: float | None) -> list[str]:
        """Return the texts of the ticks that `tickValues` returned."""
        return list(self._labels)

    def _room(self, low: float, high: float, size: float) -> int:
        """Return how many ticks fit."""
        if self._upright:
            return min(max(2, int(size / _PX_PER_TICK_UPRIGHT)), _MOST_TICKS)
        first: list[Tick] = self._measure.ticks(low, high, 5)
        metrics = QFontMetricsF(tick_font())
        widest = max((metrics.horizontalAdvance(text) for _, text in first), default=20.0)
        return min(max(2, int(size / (widest + 14))), 2 * _MOST_TICKS)
