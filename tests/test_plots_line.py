"""The lines of curves: as wide as they should be, however they are painted."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem
from pytestqt.qtbot import QtBot

from gui.plots import PLOTS
from gui.plots.line import side_by_side
from gui.plots.loss import Loss
from gui.style import DARK
from tests import frames
from tests.plots_on_screen import made, shown

SIZE = 60


def ink(width: float, angle: float, *, thin: bool) -> float:
    """Return how much black a line through a square is made of, in pixels per pixel of its length."""
    image = QImage(SIZE, SIZE, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(SIZE / 2, SIZE / 2)
    painter.rotate(angle)
    painter.setPen(QPen(QColor("black"), 1.0 if thin else width))
    path = QPainterPath()
    path.moveTo(-20, 0)
    path.lineTo(20, 0)
    transform = painter.worldTransform()
    for shift in side_by_side(width, 1.0) if thin else [side_by_side(1.0, 1.0)[0]]:
        painter.setWorldTransform(transform * shift)
        painter.drawPath(path)
    painter.end()
    stride = image.bytesPerLine()
    pixels = np.array(image.constBits()).reshape(SIZE, stride)[:, :SIZE]
    return float((255.0 - pixels).sum()) / 255 / 40


@pytest.mark.parametrize("angle", [0, 30, 45, 90, 135])
@pytest.mark.parametrize("width", [1.0, 1.2, 1.5, 1.8, 2.7, 3.6, 5.4])
def test_thin_lines_side_by_side_are_as_wide_as_one(width: float, angle: float) -> None:
    # Half a pixel is not seen, nor a fifth of a wide line.
    seen = pytest.approx(ink(width, angle, thin=False), abs=max(0.5, width / 5))
    assert ink(width, angle, thin=True) == seen


@pytest.mark.parametrize("width", [2.7, 3.6, 5.4])
def test_a_wide_line_has_no_gap_in_its_middle(width: float) -> None:
    image = QImage(40, 40, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("black"), 1.0))
    for shift in side_by_side(width, 1.0):
        painter.setWorldTransform(shift)
        painter.drawLine(5, 20, 35, 20)
    painter.end()
    column = [255 - QColor(image.pixel(20, y)).lightness() for y in range(40)]
    darkest = [value for value in column if value > 128]
    assert len(darkest) >= round(width) - 1
    assert min(darkest[1:-1], default=255) > 240


def test_gaps_stay_gaps_in_lines_of_many_points(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    values = np.full(101, 1.0)
    values[40:61] = np.nan
    plot = shown(qtbot, "loss", experiment, frames.losses(experiment, values))
    chart, image = plot.charts[0], plot.grab().toImage()
    color = QColor(plot.theme.run(0)[0])

    def place(step: float) -> QPoint:
        on_view = plot.view.mapFromScene(chart.box.mapViewToScene(QPointF(step, 1.0)))
        return plot.view.mapTo(plot, on_view)

    def painted(step: float) -> bool:
        x, y = place(step).toTuple()
        return any(abs(image.pixelColor(x, y + dy).red() - color.red()) < 60 for dy in (-1, 0, 1))

    assert all(painted(step) for step in (5, 20, 35, 65, 80, 95))
    assert not any(painted(step) for step in (45, 50, 55))


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_line_of_many_points_is_as_wide_on_a_fine_screen(qtbot: QtBot, ratio: float) -> None:
    experiment = frames.experiment()
    plot = shown(qtbot, "loss", experiment, frames.history(experiment))
    assert isinstance(plot, Loss)
    line = plot.curves[0].line
    line.set_pen("#000000", 1.8)
    line.draw(np.arange(60.0), np.full(60, 30.0))
    image = QImage(round(60 * ratio), round(60 * ratio), QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    line.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    column = [1 - QColor(image.pixel(image.width() // 2, y)).lightnessF() for y in range(image.height())]
    assert sum(column) / ratio == pytest.approx(1.8, rel=0.25)


@pytest.mark.parametrize("n_seeds", [1, 4])
@pytest.mark.parametrize("name", PLOTS)
def test_another_frame_looks_as_if_it_were_the_first(qtbot: QtBot, name: str, n_seeds: int) -> None:
    """What is kept from one painting to the next is what would be made anew."""
    experiment = frames.experiment()
    before, history = frames.history(experiment, range(45)), frames.history(experiment, range(50))
    if n_seeds > 1:
        experiment = experiment.with_runs([replace(run, n_seeds=n_seeds) for run in experiment.runs])
        before, history = (frames.with_seeds(each, n_seeds) for each in (before, history))
    used = shown(qtbot, name, experiment, before)
    used.show_frame(history, 20)
    used.grab()
    used.resize(700, 300)
    used.set_theme(DARK)
    used.grab()
    used.show_frame(history, history.last.step)
    fresh = made(qtbot, name, DARK)
    fresh.resize(700, 300)
    fresh.show()
    fresh.reset(experiment)
    # Not painted, but its ranges have the same past.
    fresh.show_frame(before, before.last.step)
    for plot in (used, fresh):
        plot.show_frame(history, history.last.step)
        plot.redraw()
    assert used.grab().toImage() == fresh.grab().toImage()


@pytest.mark.parametrize("name", PLOTS)
def test_the_scene_keeps_no_index_of_what_moves_with_the_range(qtbot: QtBot, name: str):
    """A line that is removed after its bounds changed without a word would be left in it, and crash Qt.

    The scene does not index what lies in an item that clips its children, or is said to contain them.
    """
    experiment = frames.experiment()
    plot = shown(qtbot, name, experiment, frames.history(experiment))
    flag = QGraphicsItem.GraphicsItemFlag
    for chart in plot.charts:
        for item in chart.box.contents:
            flags = [parent.flags() for parent in ancestors(item)]
            assert any(f & (flag.ItemContainsChildrenInShape | flag.ItemClipsChildrenToShape) for f in flags)


def ancestors(item: QGraphicsItem) -> Iterator[QGraphicsItem]:
    while (item := item.parentItem()) is not None:
        yield item
