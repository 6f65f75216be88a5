"""The histograms of activations of several runs: grids, outlines and heat maps, and what is zoomed there."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.history import History
from gui.plots.captions import Caption
from gui.plots.chart import Chart
from gui.plots.distributions import Bars
from gui.plots.heat_map import HeatMap
from gui.plots.histogram_grid import RunGrid
from gui.plots.histogram_heat_maps import HeatMaps
from gui.plots.histogram_outlines import Outlines, outline
from gui.plots.runs_view import RunsView
from gui.plots.scales import Linear
from tests import frames
from tests.frames import histograms
from tests.plots_on_screen import shown_activations


def zoom_by_hand(chart: Chart) -> None:
    chart.box.setRange(xRange=(2, 6), yRange=(0, 30), padding=0)
    chart.box.sigRangeChangedManually.emit(chart.box.state["mouseEnabled"])


def several(n: int, hidden: tuple[int, ...] = (8, 8), n_seeds: int = 1) -> Experiment:
    experiment = frames.experiment(hidden)
    config = dataclasses.replace(experiment.runs[0], n_seeds=n_seeds)
    return experiment.with_runs(tuple(dataclasses.replace(config, name=f"run {i}") for i in range(n)))


def test_grid_has_a_row_per_run_and_a_column_per_layer(qtbot: QtBot) -> None:
    experiment = several(4)
    history = frames.history(experiment, [0])
    plot = shown_activations(qtbot, experiment, history, options={"arrange": "grid"}, size=(900, 400))
    grid = plot.arrangement
    assert isinstance(grid, RunGrid)
    places = [chart.sceneBoundingRect() for chart in grid.charts]
    assert len(places) == 12
    assert [cell.run for cell in grid.cells] == [run for run in range(4) for _ in range(3)]
    assert len({place.left() for place in places}) == 3
    assert len({place.top() for place in places}) == 4
    for i, place in enumerate(places):
        assert plot.view.sceneRect().contains(place)
        assert not any(place.intersects(other.adjusted(1, 1, -1, -1)) for other in places[:i])
    for cell, chart in zip(grid.cells, grid.charts, strict=True):
        counted = chart.window.shares(history.first.runs[cell.run].activation, cell.layer)
        drawn = chart.bars.opts["height"] * chart.bars.opts["width"]
        assert drawn.sum() <= 100 * counted.sum() + 3
        assert (drawn > 0).sum() == (counted > 0).sum()
        assert chart.caption.statistics is not None
    columns = [{chart.window for chart in grid.charts[column::3]} for column in range(3)]
    assert [len(windows) for windows in columns] == [1, 1, 1]
    plot.restore({"shared_axes": False})
    assert len(plot.arrangement._windows.groups) == 12


def test_names_of_runs_that_differ_at_their_ends_are_whole_in_the_grid(qtbot: QtBot) -> None:
    experiment = several(3)
    names = [f"normal (std 0.0{digit})" for digit in (1, 2, 3)]
    named = [dataclasses.replace(run, name=name) for run, name in zip(experiment.runs, names, strict=True)]
    experiment = experiment.with_runs(named)
    history = frames.history(experiment, [0])
    plot = shown_activations(qtbot, experiment, history, options={"arrange": "grid"}, size=(680, 400))
    grid = plot.arrangement
    assert isinstance(grid, RunGrid)
    written = [place.entry.text for caption in grid._captions for place in caption.places()]
    assert written == names
    plot.resize(400, 400)
    plot.grab()
    narrowest = min(chart.sceneBoundingRect().width() for chart in grid.charts)
    assert narrowest > 0.2 * plot.view.sceneRect().width()


def test_what_has_no_room_in_the_grid_is_said(qtbot: QtBot) -> None:
    experiment = several(9)
    history = frames.history(experiment, [0])
    plot = shown_activations(qtbot, experiment, history, options={"arrange": "grid"}, size=(900, 220))
    grid = plot.arrangement
    assert isinstance(grid, RunGrid)
    n_rows = len({cell.run for cell in grid.cells})
    assert 1 <= n_rows < 9
    assert plot.foot.isVisible()
    assert plot.foot.title.startswith(f"{9 - n_rows} more")
    plot.resize(900, 700)
    plot.grab()
    assert len({cell.run for cell in grid.cells}) == 9
    assert "more" not in plot.foot.title


def test_automatic_is_a_grid_with_room_for_all_runs_and_else_outlines(qtbot: QtBot) -> None:
    experiment = several(5)
    plot = shown_activations(qtbot, experiment, frames.history(experiment, [0]), size=(900, 180))
    assert isinstance(plot.arrangement, Outlines)
    plot.resize(900, 500)
    plot.grab()
    assert isinstance(plot.arrangement, RunGrid)
    plot.show_runs(RunsView(hidden=frozenset({0, 2, 3, 4})))
    assert [chart.isVisible() for chart in plot.arrangement.charts] == [True, True, True]
    assert plot.arrangement.charts[0].bars.opts["brush"].color().name() != ""
    assert {row[1] for row in plot.table().rows} == {"run 1"}
    plot.show_runs(RunsView(hidden=frozenset(range(5))))
    plot.grab()
    assert plot.foot.title == "every run is hidden"
    assert plot.table().rows == []


def test_outlines_are_the_histograms_of_all_runs(qtbot: QtBot) -> None:
    experiment = several(3)
    history = frames.history(experiment, [0])
    plot = shown_activations(qtbot, experiment, history, options={"arrange": "overlaid", "quantity": "z"})
    view = plot.arrangement
    assert isinstance(view, Outlines)
    for layer, chart in enumerate(view.made):
        window = view._windows.windows[layer]
        for run, line in enumerate(chart.outlines):
            areas = np.diff(line.xData)[1::2] * line.yData[1:-1:2]
            assert areas.sum() == pytest.approx(
                100 * window.shares(history.first.runs[run].z, layer).sum(), abs=5
            )
            assert line.opts["pen"].color().name() == plot.theme.run(run)[0].lower()
    reading = plot._read(view.made[0], 0.5, 1.0)
    assert reading is not None
    assert {row.name for row in reading.rows} == {"run 0", "run 1", "run 2"}
    assert [entry.text for entry in view.legend.entries] == ["run 0", "run 1", "run 2"]


def test_an_outline_above_the_chart_does_not_seem_to_end_at_its_edge() -> None:
    height = 0.1
    _, y = outline(Bars(0, 1, np.array([0.9, 0.06, 0.04])), height)
    # From zero up, along a bar, along the next one, and back to zero.
    assert y[0] == y[-1] == 0
    assert y[1] == y[2] > 100 * height * 1.5, "with the room above the range"
    np.testing.assert_allclose(y[3:7], [6, 6, 4, 4])


def test_a_low_panel_leaves_the_legend_to_the_others(qtbot: QtBot) -> None:
    experiment = several(3)
    history = frames.history(experiment, [0])
    heights = {}
    for height in (120, 260):
        plot = shown_activations(
            qtbot, experiment, history, options={"arrange": "overlaid"}, size=(900, height)
        )
        view = plot.arrangement
        assert isinstance(view, Outlines)
        heights[view.legend.isVisible()] = view.made[0].box.height()
    assert heights.keys() == {False, True}
    assert heights[False] > 60, "room for the outlines"


def test_a_run_that_explodes_leaves_the_others_their_axis(qtbot: QtBot) -> None:
    experiment = several(4)
    frame = frames.frame(experiment, 0)
    huge = histograms([1e14 * np.random.default_rng(0).random(500) for _ in range(3)])
    runs = (*frame.runs[:3], dataclasses.replace(frame.runs[3], activation=huge))
    history = History()
    history.append(dataclasses.replace(frame, runs=runs))
    for arrange in ("grid", "overlaid"):
        plot = shown_activations(qtbot, experiment, history, options={"arrange": arrange}, size=(900, 400))
        assert all(window.high < 10 for window in plot.arrangement._windows.windows)


def test_seeds_are_pooled(qtbot: QtBot) -> None:
    experiment = several(2, n_seeds=3)
    history = frames.with_seeds(frames.history(experiment, [0]), 3, spread=1.0)
    plot = shown_activations(qtbot, experiment, history, options={"arrange": "grid"}, size=(900, 400))
    row = next(row for row in plot.table().rows if row[1] == "run 1" and row[3] == 2)
    layers = [seen.layers[1] for seen in history.first.seeds(1)]
    means = np.array([layer["activation_mean"] for layer in layers])
    second_moment = np.mean(
        [layer["activation_std"] ** 2 + layer["activation_mean"] ** 2 for layer in layers]
    )
    assert row[4] == pytest.approx(means.mean())
    assert row[5] == pytest.approx(np.sqrt(second_moment - means.mean() ** 2))


def test_runs_of_unequal_depth_have_their_outputs_in_the_last_column(qtbot: QtBot) -> None:
    shallow, deep = several(1, ()), several(1, (8, 8, 8))
    experiment = shallow.with_runs((*shallow.runs, *deep.runs))
    options = {"arrange": "grid"}
    plot = shown_activations(
        qtbot, experiment, frames.history(experiment, [0]), options=options, size=(900, 400)
    )
    grid = plot.arrangement
    assert isinstance(grid, RunGrid)
    cells = [(cell.run, cell.layer, cell.column) for cell in grid.cells]
    assert cells == [(0, 0, 3), (1, 0, 0), (1, 1, 1), (1, 2, 2), (1, 3, 3)]


def test_a_run_with_none_of_the_chosen_layers_takes_no_row_of_the_grid(qtbot: QtBot) -> None:
    shallow, deep = several(3), several(1, (8,) * 14)
    experiment = shallow.with_runs((*shallow.runs, *deep.runs))
    options = {"arrange": "grid", "layers": "5-8"}
    history = frames.history(experiment, [0])
    plot = shown_activations(qtbot, experiment, history, options=options, size=(900, 120))
    grid = plot.arrangement
    assert isinstance(grid, RunGrid)
    assert [(cell.run, cell.layer) for cell in grid.cells] == [(3, layer) for layer in range(4, 8)]
    assert "more" not in plot.foot.title


def test_deep_networks_have_a_heat_map_per_run_the_selected_one_in_any_case(qtbot: QtBot) -> None:
    experiment = several(5, (8,) * 14)
    history = frames.history(experiment, [0])
    plot = shown_activations(qtbot, experiment, history, size=(1200, 500))
    maps = plot.arrangement
    assert isinstance(maps, HeatMaps)
    assert maps.runs == [0, 1, 2, 3, 4]
    assert all((chart.image.image > 0).any() for chart in maps.charts)
    plot.resize(420, 200)
    plot.show_runs(RunsView(selected=3))
    plot.grab()
    assert len(maps.runs) < 5
    assert 3 in maps.runs
    assert plot.foot.isVisible()
    assert "more: hide some runs or enlarge" in plot.foot.title


def test_a_run_with_none_of_the_chosen_layers_has_no_heat_map(qtbot: QtBot) -> None:
    shallow, deep = several(1, (8, 8)), several(1, (8,) * 20)
    experiment = shallow.with_runs((*shallow.runs, *deep.runs))
    history = frames.history(experiment, [0])
    plot = shown_activations(qtbot, experiment, history, options={"layers": "4-17"}, size=(1200, 500))
    maps = plot.arrangement
    assert isinstance(maps, HeatMaps)
    assert maps.runs == [1]
    assert {row[0] for row in plot.table().rows} == {2}
    assert plot.foot.title == "", "there is no more to see"
    plot.restore({"layers": "4-output"})
    plot.grab()
    assert maps.runs == [0, 1]
    assert [chart.image.image.shape[1] for chart in maps.charts] == [1, 18], (
        "the output stands in the last place"
    )
    assert {row[3] for row in plot.table().rows if row[0] == 1} == {3}


def test_hiding_the_last_run_that_is_shown_after_a_zoom(qtbot: QtBot) -> None:
    experiment = several(2)
    plot = shown_activations(qtbot, experiment, frames.history(experiment, [0]), size=(900, 400))
    plot.show_runs(RunsView(hidden=frozenset({0})))
    zoom_by_hand(plot.arrangement.charts[0])
    assert plot.zooms()
    plot.show_runs(RunsView(hidden=frozenset({0, 1})))
    assert not plot.zooms()
    assert plot.foot.title == "every run is hidden"
    plot.show_runs(RunsView())
    assert len(plot.arrangement.charts) == 6


def test_a_zoom_is_kept_in_values_when_a_run_is_hidden(qtbot: QtBot) -> None:
    experiment = several(3)
    plot = shown_activations(
        qtbot, experiment, frames.history(experiment, [0]), options={"arrange": "grid"}, size=(900, 400)
    )
    zoom_by_hand(plot.arrangement.charts[1])
    zooms = plot.zooms()
    assert set(zooms) == {(run, 1) for run in range(3)}, "the whole column"
    plot.show_runs(RunsView(hidden=frozenset({0})))
    assert {subject: ranges[0] for subject, ranges in plot.zooms().items()} == {
        (run, 1): pytest.approx(zooms[0, 1][0]) for run in (1, 2)
    }
    plot.show_runs(RunsView())
    assert set(plot.zooms()) == set(zooms), "what comes back shares the axes of its column"


def test_a_zoom_of_a_heat_map_is_kept_in_values_where_its_bins_are_finer(qtbot: QtBot) -> None:
    def value_per_bin(heat_map: HeatMap) -> float:
        scale = heat_map.left._measure
        assert isinstance(scale, Linear)
        return scale.unit

    experiment = frames.experiment((8,) * 14)
    history = frames.history(experiment, [0])
    low = shown_activations(qtbot, experiment, history, size=(900, 140))
    high = shown_activations(qtbot, experiment, history, size=(900, 500))
    ratio = value_per_bin(low.arrangement.charts[0]) / value_per_bin(high.arrangement.charts[0])
    assert ratio > 1
    low.arrangement.charts[0].zoom(((2.5, 6.5), (1.0, 5.0)))
    high.restore_zooms(low.zooms())
    assert high.arrangement.charts[0].ranges == ((2.5, 6.5), (1.0 * ratio, 5.0 * ratio))


def test_a_zoom_stays_with_its_run_and_layer(qtbot: QtBot) -> None:
    experiment = several(3)
    options = {"arrange": "grid", "shared_axes": False}
    plot = shown_activations(
        qtbot, experiment, frames.history(experiment, [0]), options=options, size=(900, 400)
    )
    zoom_by_hand(plot.arrangement.charts[4])
    assert set(plot.zooms()) == {(1, 1)}
    plot.show_runs(RunsView(hidden=frozenset({0})))
    assert [chart.owned for chart in plot.arrangement.charts] == [True, False] + [True] * 4
    plot.show_runs(RunsView(hidden=frozenset({1})))
    assert plot.zooms() == {}


@pytest.mark.parametrize("hidden", [{0}, {0, 1}])
def test_charts_of_another_kind_do_not_take_over_a_zoom(hidden: set[int], qtbot: QtBot) -> None:
    experiment = several(2)
    plot = shown_activations(
        qtbot, experiment, frames.history(experiment, [0]), options={"arrange": "overlaid"}
    )
    zoom_by_hand(plot.arrangement.charts[1])
    assert plot.zooms()
    plot.show_runs(RunsView(hidden=frozenset(hidden)))
    assert plot.zooms() == {}


def test_rows_that_lose_their_room_leave_no_zoom_in_ranges_that_are_no_more(qtbot: QtBot) -> None:
    experiment = several(5)
    plot = shown_activations(
        qtbot, experiment, frames.history(experiment, [0]), options={"arrange": "grid"}, size=(900, 500)
    )
    zoom_by_hand(plot.arrangement.charts[1])
    plot.resize(900, 200)
    plot.grab()
    assert len(plot.arrangement.charts) < 15
    assert all(chart.owned for chart in plot.arrangement.charts)
    qtbot.waitUntil(lambda: not plot._later.isActive())
    chart = plot.arrangement.charts[1]
    assert chart.x_range[0] <= chart.window.positions[0]
    assert chart.x_range[1] >= chart.window.positions[1]


class _Written(QPainter):
    """A painter that remembers what it wrote."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.texts: list[str] = []

    def drawText(self, _area, _flags, text):
        self.texts.append(text)


@pytest.mark.parametrize(
    ("arrange", "names"),
    [
        ("grid", {1300: "layer 1 · 8 units", 560: "layer 1", 390: "1"}),
        ("overlaid", {1300: "layer 1 · 8 units", 390: "layer 1"}),
    ],
)
def test_layers_without_room_for_their_names_are_called_shorter(
    qtbot: QtBot, arrange: str, names: dict[int, str]
) -> None:
    experiment = several(3, (8,) * 5)
    history, options = frames.history(experiment, [0]), {"arrange": arrange}
    for width, name in names.items():
        plot = shown_activations(qtbot, experiment, history, options=options, size=(width, 300))
        captions = [
            item for item in plot.view.scene().items() if isinstance(item, Caption) and item.isVisible()
        ]
        (caption,) = (caption for caption in captions if caption.title == "layer 1 · 8 units")
        image = QImage(10, 10, QImage.Format.Format_RGB32)
        painter = _Written(image)
        caption.paint(painter, QStyleOptionGraphicsItem())
        painter.end()
        assert painter.texts == [name]
