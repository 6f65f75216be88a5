"""The histograms of few and of many layers: charts that share the room, chosen ones, or a heat map."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QLineEdit, QToolTip
from pytestqt.qtbot import QtBot

from gui.plots.grid import Grid
from gui.plots.layer_choice import chosen_layers
from tests import frames
from tests.frames import histograms
from tests.plots_on_screen import shown_activations


@pytest.mark.parametrize("n_hidden", [12, 99])
def test_many_layers_share_a_heat_map(n_hidden: int, qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * n_hidden)
    history = frames.history(experiment, [0])
    for options in ({}, {"shared_axes": False}):
        plot = shown_activations(qtbot, experiment, history, options=options)
        assert plot.crowded
        assert [chart for chart in plot.charts if chart.isVisible()] == plot.arrangement.charts
        assert len(plot.arrangement.charts) == 1
        cells = plot.arrangement.charts[0].image.image
        assert cells.dtype == np.uint8
        assert cells.shape[1] == n_hidden + 1
        assert 8 <= cells.shape[0] <= 66
        assert (cells >= 2).any(axis=0).all()
        assert plot.arrangement.charts[0].image.getLevels().tolist() == [0, 255]


def test_heat_map_shows_the_share_as_shade(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 12)
    counted = histograms([np.array([-0.5, 0.5, 0.5, 0.5])] * 12 + [np.zeros(4)])
    plot = shown_activations(qtbot, experiment, frames.with_histograms(experiment, counted))
    cells = plot.arrangement.charts[0].image.image
    assert (np.count_nonzero(cells[:, :12], axis=0) == 2).all()
    assert cells[:, 12].max() == 255  # all in one cell is darkest
    low, high = sorted(cells[:, 0][cells[:, 0] > 0])
    assert (low, high) == (2 + round(253 * np.sqrt(0.25 / 0.3)), 255)


def test_twelve_layers_are_single_charts_and_chosen_ones_of_many_too(qtbot: QtBot) -> None:
    twelve = frames.experiment((8,) * 11)
    assert not shown_activations(qtbot, twelve, frames.history(twelve, [0])).crowded
    many = frames.experiment((8,) * 60)
    plot = shown_activations(qtbot, many, frames.history(many, [0]), options={"layers": "1-3, 50, output"})
    titles = [chart.caption.title for chart in plot.arrangement.charts if chart.isVisible()]
    assert titles == [*(f"layer {n} · 8 units" for n in (1, 2, 3, 50)), "output · 10 units"]
    assert {row[3] for row in plot.table().rows} == {1, 2, 3, 50, 61}


def test_control_to_choose_layers_is_there_when_there_are_many(qtbot: QtBot) -> None:
    plot = shown_activations(qtbot, frames.experiment(), frames.history(frames.experiment(), [0]))
    control = plot.option_widgets()[0]
    assert control.isHidden()
    plot.reset(frames.experiment((8,) * 12))
    assert not control.isHidden()


@pytest.mark.parametrize(
    ("text", "n", "expected"),
    [
        ("", 3, [0, 1, 2]),
        ("2", 5, [1]),
        ("1-3, 50, output", 60, [0, 1, 2, 49, 59]),
        ("3–1; Output", 5, [0, 1, 2, 4]),
        ("4-output", 6, [3, 4, 5]),
        ("70, 80", 10, list(range(10))),
        ("0, 1", 4, [0]),
        ("1-9999999999", 3, [0, 1, 2]),
    ],
)
def test_choice_of_layers(text: str, n: int, expected: list[int]) -> None:
    assert chosen_layers(text, n) == expected


def test_typing_a_choice(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 20)
    plot = shown_activations(qtbot, experiment, frames.history(experiment, [0]))
    control = plot.option_widgets()[0]
    assert isinstance(control, QLineEdit)
    with qtbot.waitSignal(plot.options_changed):
        qtbot.keyClicks(control, "2, 5\r")
    assert [layer for _, layer in plot.arrangement.subjects()] == [1, 4]
    control.clear()
    with qtbot.assertNotEmitted(plot.options_changed):
        qtbot.keyClicks(control, "2, five\r")
    assert control.text() == "2, 5"
    assert "five" in QToolTip.text()
    QToolTip.hideText()


def test_too_little_room_for_single_charts_makes_a_heat_map(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 11)
    plot = shown_activations(qtbot, experiment, frames.history(experiment, [0]), size=(280, 160))
    assert plot.crowded
    plot.resize(1200, 400)
    plot.grab()
    assert not plot.crowded


def test_charts_do_not_overlap_and_stay_inside(qtbot: QtBot) -> None:
    for n_hidden, size in ((2, (280, 160)), (2, (1000, 250)), (11, (1000, 250)), (7, (600, 700))):
        for shared in (True, False):
            experiment = frames.experiment((8,) * n_hidden)
            options = {"shared_axes": shared}
            plot = shown_activations(
                qtbot, experiment, frames.history(experiment, [0]), size=size, options=options
            )
            places = [chart.sceneBoundingRect() for chart in plot.arrangement.charts if chart.isVisible()]
            assert len(places) == n_hidden + 1
            for i, place in enumerate(places):
                assert plot.view.sceneRect().contains(place)
                assert not any(place.intersects(other.adjusted(1, 1, -1, -1)) for other in places[:i])


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("n", [1, 2, 5, 12])
@pytest.mark.parametrize("size", [(300, 150), (1000, 240), (1000, 700), (200, 900)], ids=str)
def test_grid_shares_the_area_out(n: int, size: tuple[int, int], shared: bool) -> None:
    area = QRectF(10, 20, *size)
    cells = Grid(area, n, shared, apart=True).cells()
    assert len(cells) == n
    for i, (cell, axis) in enumerate(cells):
        assert area.adjusted(-0.1, -0.1, 0.1, 0.1).contains(cell)
        assert 0 <= axis < cell.width()
        assert not any(cell.intersects(other.adjusted(1, 1, -1, -1)) for other, _ in cells[:i])
    boxes = {round(cell.width() - axis, 3) for cell, axis in cells[:-1]}
    assert len(boxes) <= 1  # the last one is apart


def test_grid_is_readable_only_with_room() -> None:
    assert Grid(QRectF(0, 0, 1000, 250), 12, True, True).readable
    assert not Grid(QRectF(0, 0, 260, 140), 12, True, True).readable
