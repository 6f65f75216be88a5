"""The legend: where its entries stand, and that none covers another or the chart."""

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.plots.chart import Chart
from gui.plots.legend import Entry
from gui.plots.picture import PlotView
from gui.style import LIGHT, label_font, tick_font


def runs(n: int, text: str = "run {}") -> list[Entry]:
    return [Entry(text.format(i), "#0072B2", run=i) for i in range(n)]


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    home = QWidget()
    qtbot.addWidget(home)
    view = PlotView(home)
    chart = Chart(LIGHT)
    view.addItem(chart)
    chart.home = home  # the scene lives as long as it
    return chart


@pytest.mark.parametrize("n", [2, 7, 32])
@pytest.mark.parametrize("size", [(300, 90), (460, 180), (460, 400), (1500, 800)], ids=str)
@pytest.mark.parametrize("note", ["", "He diverged at step 7"])
def test_entries_are_beside_each_other_and_above_the_box(
    chart: Chart, n: int, size: tuple[int, int], note: str
) -> None:
    chart.resize(*size)
    chart.caption.write("Softmax cross-entropy", [*runs(n), Entry("validation", "#000000")], note)
    places = chart.caption.places()
    for i, place in enumerate(places):
        assert 0 <= place.area.left() < place.area.right() <= chart.caption.rect().right() + 0.5
        assert place.area.bottom() <= chart.box.geometry().top()
        assert not any(place.area.intersects(other.area) for other in places[:i])
    named = [place.entry for place in places if place.entry.run is not None]
    more = [place.entry.text for place in places if place.entry.text.startswith("+")]
    assert more == ([f"+{n - len(named)} more"] if 0 < len(named) < n else [])


def test_lines_for_runs_come_and_go_with_them(chart: Chart) -> None:
    chart.resize(400, 260)
    chart.caption.write("title", [])
    without = chart.box.geometry().top()
    chart.caption.write("title", runs(7))
    assert chart.box.geometry().top() > without
    chart.caption.write("title", runs(2))
    assert chart.box.geometry().top() == without


def test_long_names_are_cut(chart: Chart) -> None:
    chart.resize(800, 300)
    chart.caption.write(
        "title", runs(4, "a very long name that nobody can be expected to read to its end {}")
    )
    metrics = QFontMetricsF(tick_font())
    texts = [place.entry.text for place in chart.caption.places()]
    for text in texts:
        assert metrics.horizontalAdvance(text) < 200
        assert "…" in text
    assert len(set(texts)) == 4, "all begin alike, and are to be told apart"


def test_on_paper_a_legend_that_has_no_room_beside_the_title_stands_below(chart: Chart) -> None:
    entries = [Entry("seed 0, twice", "#0072B2", short="seed 0"), Entry("seed 1", "#D55E00")]
    chart.resize(310, 200)
    chart.caption.write("legacy np.random.seed", entries)
    foot = chart.box.geometry().top()
    chart.caption.on_paper = True
    chart.resize(310, 201)
    places = chart.caption.places()
    assert [place.entry for place in places] == entries
    title = QFontMetricsF(label_font()).boundingRect(chart.caption.title)
    assert all(place.area.top() > title.height() for place in places)
    assert all(place.area.bottom() <= chart.box.geometry().top() for place in places)
    assert chart.box.geometry().top() > foot


def test_on_paper_a_legend_of_many_layers_stays_in_one_line(chart: Chart) -> None:
    chart.caption.on_paper = True
    chart.resize(310, 200)
    chart.caption.write("rms", [Entry(f"layer {i}", "#0072B2", small=True) for i in range(12)])
    places = chart.caption.places()
    assert 0 < len(places) < 12
    assert len({place.area.top() for place in places}) == 1
