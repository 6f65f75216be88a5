"""Curves over the steps: a value of a run, with a band where it has several weight seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg

from engine.history import History
from engine.pooling import HIGH, LOW, Band, mean_band, median_band
from gui.plots.area import Area
from gui.plots.line import Line
from gui.plots.overlay import Dot
from gui.plots.run_looks import BAND_OPACITY, WIDTH, PastRun, Stroke, past_stroke
from gui.plots.scales import Scale
from gui.plots.series import decimate, smooth
from gui.style import Theme

_BANDS = {"median": median_band, "mean": mean_band}

_RAW_WIDTH = 1.0
_RAW_STRENGTH = 0.38


def band_of(history: History, run: int, scalar: str, reduce: str) -> tuple[np.ndarray, Band]:
    """Return (steps, values) of a run; of a single seed, the band is as thin as its curve."""
    if len(history.first.seeds(run)) > 1:
        return history.bands(run, scalar, _BANDS[reduce])
    steps, values = history.scalars(run, scalar)
    return steps, Band(values, values, values)


def band_names(reduce: str) -> tuple[str, str, str]:
    """Return what the middle and the edges of a band are called in a table, after the name of the value."""
    if reduce == "mean":
        return "_mean", "_mean_minus_std", "_mean_plus_std"
    return "_median", f"_p{LOW}", f"_p{HIGH}"


@dataclass(frozen=True)
class Positions:
    """A curve as positions on its axes, ready to be thinned to what can be seen."""

    x: np.ndarray
    middle: np.ndarray
    raw: np.ndarray | None = None
    """The curve as measured, where `middle` is smoothed."""
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    """The edges of the band, where there is one."""

    @classmethod
    def nowhere(cls) -> Positions:
        """Return a curve without a point."""
        return cls(np.zeros(0), np.zeros(0))

    @classmethod
    def of(cls, x: np.ndarray, band: Band, weight: float, scale: Scale, floor: float) -> Positions:
        """Return where values stand.

        Args:
            x: positions of the steps.
            band: the values.
            weight: of the smoothing; 0 for none.
            scale: of the values.
            floor: the position below which nothing is drawn.
        """

        def places(values: np.ndarray) -> np.ndarray:
            return np.maximum(scale.positions(smooth(values, weight) if weight else values), floor)

        raw = np.maximum(scale.positions(band.middle), floor) if weight else None
        if band.low is band.middle:
            return cls(x, places(band.middle), raw)
        return cls(x, places(band.middle), raw, places(band.low), places(band.high))


class Curve:
    """One value of one run: its line, the same as measured where the line is smoothed, and its band.

    Attributes:
        thin: whether it steps back behind the curve of training.
        band: the values.
        points: where they stand.
    """

    def __init__(self, run: int, scalar: str, box: pg.ViewBox) -> None:
        self.run = run
        self.scalar = scalar
        self.line = Line(box, z=20)
        self.raw = Line(box, z=10)
        self.area = Area(box, z=5)
        self.thin = False
        self.band = Band(np.zeros(0), np.zeros(0), np.zeros(0))
        self.points = Positions.nowhere()

    @property
    def validation(self) -> bool:
        """Whether it belongs to the validation samples."""
        return self.scalar.startswith("validation")

    @property
    def has_band(self) -> bool:
        """Whether it stands for several weight seeds."""
        return self.band.low is not self.band.middle

    @property
    def edges(self) -> Sequence[np.ndarray]:
        """The series that the axes should hold."""
        return (self.band.middle, self.band.high) if self.has_band else (self.band.middle,)

    def dress(self, theme: Theme, stroke: Stroke) -> None:
        """Take a colour, a width and a dash."""
        self.thin = stroke.width < WIDTH
        self.line.set_pen(*stroke)
        self.raw.set_pen(theme.pale(stroke.color, _RAW_STRENGTH), _RAW_WIDTH)
        self.area.set_color(stroke.color, BAND_OPACITY)

    def set_visible(self, visible: bool) -> None:
        """Show it, or hide it."""
        for item in (self.line, self.raw, self.area):
            item.setVisible(visible)

    def read(self, history: History, reduce: str, factor: float) -> None:
        """Read the values, times a factor; a curve that steps back has no band."""
        _, band = band_of(history, self.run, self.scalar, reduce)
        middle = band.middle * factor
        one = band.low is band.middle or self.thin
        self.band = Band(middle, middle, middle) if one else Band(*(edge * factor for edge in band))

    def draw(self, view: tuple[float, float], columns: int) -> None:
        """Draw what can be seen between two positions, in so many columns of pixels."""
        points = self.points
        self.line.draw(*decimate(points.x, points.middle, *view, columns // 2))
        self.raw.setVisible(points.raw is not None)
        if points.raw is not None:
            self.raw.draw(*decimate(points.x, points.raw, *view, columns // 2))
        self.area.setVisible(points.low is not None)
        if points.low is not None and points.high is not None:
            self.area.draw(points.x, points.low, points.high)


class PastCurve:
    """The pale line of a reference, up to its last frame.

    Attributes:
        of: what it shows.
        steps, band: the values.
        points: where they stand.
    """

    def __init__(self, of: PastRun, line: Line) -> None:
        self.of = of
        self.line = line
        self.steps = np.zeros(1)
        self.band = Band(np.zeros(1), np.zeros(1), np.zeros(1))
        self.points = Positions.nowhere()

    def read(self, scalar: str, reduce: str, factor: float) -> None:
        """Read the values, times a factor."""
        self.steps, band = band_of(self.of.past.history, self.of.run, scalar, reduce)
        middle = band.middle * factor
        self.band = Band(middle, middle, middle)

    def draw(self, view: tuple[float, float], columns: int) -> None:
        """Draw what can be seen between two positions, in so many columns of pixels."""
        self.line.draw(*decimate(self.points.x, self.points.middle, *view, columns // 2))

    def mark(self, theme: Theme, top: float) -> list[Dot]:
        """Return a mark where it parts from what was made of it, if that is before its end."""
        at = int(np.searchsorted(self.steps, self.of.past.step, "right")) - 1
        if at < 0 or at >= len(self.steps) - 1 or not np.isfinite(self.points.middle[at]):
            return []
        color = past_stroke(theme, self.of).color
        return [Dot(float(self.points.x[at]), min(float(self.points.middle[at]), top), "tick", color)]

    def value_at(self, step: int) -> float | None:
        """Return the value of the frame of a step, or of the newest before it; None after the last frame."""
        if step > self.steps[-1]:
            return None
        return float(self.band.middle[int(np.searchsorted(self.steps, step, "right")) - 1])
