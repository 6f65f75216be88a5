"""Shares written beside the bars that stand out: over no other bar, over no other share, and inside."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.plots.distributions import Bars, Window
from gui.plots.layer_chart import CellChart, LayerChart
from gui.plots.picture import PlotView
from gui.style import LIGHT, tick_font


@pytest.fixture(params=[LayerChart, CellChart])
def chart(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[LayerChart]:
    home = QWidget()
    qtbot.addWidget(home)
    view = PlotView(home)
    chart = request.param(LIGHT)
    chart.set_axis_width(0)
    view.addItem(chart)
    yield chart
    view.removeItem(chart)


def pixels(chart: LayerChart) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the left and right edges of the bars, and their tops, in pixels of the box."""
    to_pixels, bars = chart.box.childTransform(), chart.bars.opts
    lefts, tops = np.array(
        [to_pixels.map(*corner) for corner in zip(bars["x0"], bars["height"], strict=True)]
    ).T
    return lefts, lefts + bars["width"] * to_pixels.m11(), tops


def free(chart: LayerChart, left: float, right: float, bottom: float, keep: float) -> bool:
    """Whether no bar that reaches above `bottom` is so near to an area."""
    lefts, rights, tops = pixels(chart)
    near = (lefts < right + keep) & (rights > left - keep)
    inside = left >= -1e-6 and right <= chart.box.width() + 1e-6
    return inside and not (near & (tops < bottom - 1e-6)).any()


def test_shares_stand_where_there_is_room_and_only_there(chart: LayerChart) -> None:
    metrics = QFontMetricsF(tick_font())
    line, n_left_out = metrics.height(), 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        n_bars = int(rng.integers(2, 40))
        chart.resize(int(rng.integers(45, 260)), int(rng.integers(70, 160)))
        shares = rng.random(n_bars) ** rng.integers(1, 9)
        shares[rng.integers(n_bars, size=2)] += rng.integers(0, 9, size=2)
        shares /= shares.sum()
        window = Window(0.0, float(n_bars), 0)
        chart.draw(window, Bars(0, 1, shares), float(np.sort(shares)[-2] * rng.uniform(0.5, 1.5)))
        found = list(chart.marks.texts(metrics))
        areas = [area.adjusted(0, 0, -2, 0) for area, _ in found]
        for area in areas:
            assert free(chart, area.left(), area.right(), area.bottom(), 3.9), seed
            assert area.bottom() <= chart.box.height(), seed
            assert sum(area.intersects(other) for other in areas) == 1, seed
        n_left_out += len(chart.marks.tall) - len(found)
        if not found and chart.marks.tall and chart.box.height() >= line:
            # No start at all would do, found pixel by pixel.
            left, advance = chart.marks.tall[0], metrics.horizontalAdvance("0.1 %")
            middle = chart.box.childTransform().map(left.position, 0.0)[0]
            for start in np.arange(middle - advance, middle):
                assert not free(chart, start, start + advance + 12, line, 4.1), seed
    assert n_left_out


@pytest.mark.parametrize(("at", "side"), [(0, "right"), (20, "right"), (39, "left")])
def test_a_share_stands_on_the_right_of_its_bar_or_else_on_the_left(
    chart: LayerChart, at: int, side: str
) -> None:
    chart.resize(200, 120)
    shares = np.full(40, 0.005)
    shares[at] = 1 - shares.sum()
    chart.draw(Window(0.0, 40.0, 0), Bars(0, 1, shares), 0.05)
    ((area, text),) = chart.marks.texts(QFontMetricsF(tick_font()))
    lefts, rights, _ = pixels(chart)
    assert text == "80 %"
    assert area.top() == 0
    gap = area.left() - rights[at] if side == "right" else lefts[at] - area.right() + 2
    assert gap == pytest.approx(4, abs=0.01)
