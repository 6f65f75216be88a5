"""Axes: numbers that have room, and none over another."""

import itertools

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pytestqt.qtbot import QtBot

from gui.plots.chart import Chart
from gui.plots.picture import PlotView
from gui.plots.scales import Log
from gui.style import LIGHT, tick_font
from tests import frames
from tests.plots_on_screen import shown, shown_activations


class _Written(QPainter):
    """A painter that remembers where it wrote what on the left axis, and where the lines of the grid are."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.texts: list[tuple[float, str]] = []
        self.lines: list[float] = []

    def drawText(self, area, _flags, text):
        self.texts.append((area.center().y(), text))

    def drawLine(self, start, _end):
        self.lines.append(start.y())


def written(chart: Chart) -> _Written:
    """Return what was painted of the left axis of a chart."""
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    painter = _Written(image)
    chart.left.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    return painter


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    home = QWidget()
    qtbot.addWidget(home)
    view = PlotView(home)
    chart = Chart(LIGHT)
    view.addItem(chart)
    # Its home goes with the last who knows it.
    chart.home = home
    return chart


@pytest.mark.parametrize("height", [70, 90, 120, 400])
def test_numbers_of_a_low_axis_stay_apart(chart: Chart, height: int) -> None:
    chart.resize(300, height)
    chart.set_scales(y=Log(zero=-9.0))
    chart.show_range((0.0, 1.0), (-9.0, 1.0))
    painter = written(chart)
    assert painter.texts[0][1] == "0", "the zero at the foot in any case"
    line = QFontMetricsF(tick_font()).height()
    for (below, _), (above, _) in itertools.pairwise(painter.texts):
        assert below - above >= 0.75 * line
    assert painter.lines == [y for y, _ in painter.texts], "no line of the grid without a number"


def test_histograms_number_the_ends_of_their_axis(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    none = frames.with_histograms(experiment, frames.single_value(3))
    plot = shown_activations(qtbot, experiment, none, size=(600, 200))
    painter = written(plot.arrangement.charts[0])
    assert [text for _, text in painter.texts] == ["0 %", "50 %", "100 %"]
    assert painter.lines == [y for y, _ in painter.texts]


class _WrittenLevel(QPainter):
    """A painter that remembers where it wrote what on the bottom axis."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.texts: list[tuple[float, str]] = []

    def drawText(self, place, text):
        self.texts.append((place.x(), text))


def test_numbers_of_a_narrow_axis_stay_apart(chart: Chart) -> None:
    """Two are asked for at least, and may be long: 0.1 and 0.1025."""
    metrics = QFontMetricsF(tick_font())
    for width in range(60, 400, 10):
        chart.resize(width, 200)
        for low, high in ((0.0993, 0.1037), (-0.02, 0.01), (0.0, 1.0)):
            chart.show_range((low, high), (0.0, 1.0))
            image = QImage(10, 10, QImage.Format.Format_RGB32)
            painter = _WrittenLevel(image)
            chart.bottom.paint(painter, QStyleOptionGraphicsItem())
            painter.end()
            assert painter.texts, (width, low)
            for (left, text), (right, _) in itertools.pairwise(painter.texts):
                assert right - left - metrics.horizontalAdvance(text) >= 3 - 1e-6, (width, painter.texts)


def test_what_is_painted_anew_holds_numbers_that_stick_out_of_the_axis(qtbot: QtBot) -> None:
    """Else a strip of an old number would stay in the background above the axis."""
    experiment = frames.experiment()
    plot = shown(qtbot, "loss", experiment, frames.history(experiment))
    chart: Chart = plot.charts[0]
    line, height = QFontMetricsF(tick_font()).height(), chart.box.geometry().height()
    # The number at 100 stands so near to the upper end that it sticks out as far as it may.
    inset = line / 2 - chart.left.style["hideOverlappingLabels"]
    chart.zoom(((0.0, 150.0), (0.0, 100 * height / (height - inset))))
    top, text = min(written(chart).texts)
    assert text == "100"
    above = chart.left.mapRectToScene(QRectF(0, top - line / 2, 1, line))
    assert above.top() < chart.left.sceneBoundingRect().top()
    assert chart.left.painted_area().contains(above)
