"""The histograms of activations: what is drawn is what was counted, at any depth, however it is spread."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.histogram import Histograms, histograms
from engine.history import History
from gui.plots.activations import Activations
from gui.plots.chart import Chart
from gui.plots.grid import Grid
from gui.plots.histogram_grid import RunGrid
from gui.plots.histogram_heat_maps import HeatMaps
from gui.plots.histogram_outlines import Outlines
from gui.plots.layer_choice import chosen_layers
from gui.plots.runs_view import RunsView
from tests import frames
from tests.plots_on_screen import shown


def show(qtbot: QtBot, experiment: Experiment, history: History, **given: object) -> Activations:
    plot = shown(qtbot, "activations", experiment, history, **{"size": (1000, 260), **given})  # type: ignore[arg-type]
    assert isinstance(plot, Activations)
    return plot


def with_histograms(experiment: Experiment, counted: Histograms) -> History:
    frame = frames.frame(experiment, 0)
    history = History()
    run = dataclasses.replace(frame.runs[0], z=counted, activation=counted)
    history.append(dataclasses.replace(frame, runs=(run,)))
    return history


def zoom_by_hand(chart: Chart) -> None:
    chart.box.setRange(xRange=(2, 6), yRange=(0, 30), padding=0)
    chart.box.sigRangeChangedManually.emit(chart.box.state["mouseEnabled"])


def relu(n_layers: int) -> Histograms:
    rng = np.random.default_rng(0)
    return histograms([np.maximum(rng.standard_normal(5000), 0) for _ in range(n_layers)])


def test_one_chart_per_layer_with_its_name_and_statistics(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = show(qtbot, experiment, frames.history(experiment, [0], dead=0.25, saturated=0.034))
    charts = [chart for chart in plot.layer_charts if chart.isVisible()]
    assert [chart.caption.title for chart in charts] == [
        "layer 1 · 32 units",
        "layer 2 · 32 units",
        "output · 10 units",
    ]
    layers = frames.frame(experiment, 0).runs[0].layers
    for chart, layer in zip(charts, layers, strict=True):
        mean, std, saturated, dead = chart.caption.statistics
        assert float(mean.replace("−", "-")) == pytest.approx(layer["activation_mean"], rel=5e-3)
        assert float(std) == pytest.approx(layer["activation_std"], rel=5e-3)
        assert (saturated, dead) == ("3.4 %", "25 %")


def test_bars_are_the_shares_in_percent(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0])
    plot = show(qtbot, experiment, history, options={"quantity": "z"})
    for layer, chart in enumerate(plot.layer_charts):
        heights = chart.bars.opts["height"]
        counted = chart.window.shares(history.first.runs[0].z, layer)
        assert heights.sum() == pytest.approx(100, abs=3)
        tall = counted * 100 * chart.box.height() > 2 * chart.box.viewRange()[1][1]
        np.testing.assert_allclose(heights[tall], counted[tall] * 100)
        np.testing.assert_array_equal(heights[counted == 0], 0)


def test_pre_activations_by_choice(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], z_std=7.25, activation_std=0.125)
    assert show(qtbot, experiment, history).layer_charts[0].caption.statistics.std == "0.125"
    plot = show(qtbot, experiment, history, options={"quantity": "z"})
    assert plot.layer_charts[0].caption.statistics.std == "7.25"


def test_shared_and_own_axes(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], scales=[1, 10, 100])
    shared = show(qtbot, experiment, history, options={"quantity": "z"})
    assert len({chart.window for chart in shared.layer_charts}) == 1
    assert len({chart.box.viewRange()[1][1] for chart in shared.layer_charts}) == 1
    own = show(qtbot, experiment, history, options={"quantity": "z", "shared_axes": False})
    widths = [chart.window.high - chart.window.low for chart in own.layer_charts]
    assert widths[1] > 4 * widths[0]
    assert widths[2] > 4 * widths[1]


def test_activations_of_the_output_have_an_axis_of_their_own(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    rng = np.random.default_rng(0)
    values = [8 * rng.random(1000), 9 * rng.random(1000), rng.random(1000)]
    plot = show(qtbot, experiment, with_histograms(experiment, histograms(values)))
    first, second, output = plot.layer_charts
    assert first.window == second.window
    assert first.window.high >= 9
    assert output.window.high == pytest.approx(1, abs=0.2)


def test_everything_exactly_zero_is_one_full_bar(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    for options in ({}, {"shared_axes": False}):
        plot = show(qtbot, experiment, with_histograms(experiment, frames.single_value(3)), options=options)
        for chart in plot.layer_charts:
            heights = chart.bars.opts["height"]
            assert np.count_nonzero(heights) == 1
            assert chart.window.bins[int(np.argmax(heights))] == 0
            assert heights.max() == 100
            assert [(bar.share, bar.cut) for bar in chart.marks.tall] == [(1.0, False)]


def test_dead_half_of_relu_is_cut_and_marked_and_the_rest_is_seen(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = show(qtbot, experiment, with_histograms(experiment, relu(3)))
    for chart in plot.layer_charts:
        (mark,) = chart.marks.tall
        assert mark.cut
        assert mark.share == pytest.approx(0.51, abs=0.03)
        top = chart.box.viewRange()[1][1]
        others = np.sort(chart.bars.opts["height"])[-10:-1]
        assert others.max() > 0.4 * top


def test_an_early_spike_does_not_decide_the_range(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    rng = np.random.default_rng(0)
    values = [np.append(rng.standard_normal(5000), [900.0, 900.0]) for _ in range(3)]
    plot = show(qtbot, experiment, with_histograms(experiment, histograms(values)))
    chart = plot.layer_charts[0]
    assert chart.window.high < 100
    reading = plot._read(chart, 0.5, 0.0)
    assert reading is not None
    assert ("out of view", "<0.1 %") in [(row.name, row.value) for row in reading.rows]


def test_ranges_stay_while_values_wander(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], scales=1.0)
    plot = show(qtbot, experiment, history, options={"quantity": "z"})
    window = plot.layer_charts[0].window
    for step in range(1, 20):
        history.append(frames.frame(experiment, step, scales=0.9))
        plot.show_frame(history, step)
        assert plot.layer_charts[0].window == window


@pytest.mark.parametrize("n_hidden", [12, 99])
def test_many_layers_share_a_heat_map(n_hidden: int, qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * n_hidden)
    history = frames.history(experiment, [0])
    for options in ({}, {"shared_axes": False}):
        plot = show(qtbot, experiment, history, options=options)
        assert plot.crowded
        assert plot.heat_map.isVisible()
        assert not any(chart.isVisible() for chart in plot.layer_charts)
        cells = plot.heat_map.image.image
        assert cells.dtype == np.uint8
        assert cells.shape[1] == n_hidden + 1
        assert 8 <= cells.shape[0] <= 66
        assert (cells >= 2).any(axis=0).all()
        assert plot.heat_map.image.getLevels().tolist() == [0, 255]


def test_heat_map_shows_the_share_as_shade(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 12)
    counted = histograms([np.array([-0.5, 0.5, 0.5, 0.5])] * 12 + [np.zeros(4)])
    plot = show(qtbot, experiment, with_histograms(experiment, counted))
    cells = plot.heat_map.image.image
    assert (np.count_nonzero(cells[:, :12], axis=0) == 2).all()
    assert cells[:, 12].max() == 255  # all in one cell is darkest
    low, high = sorted(cells[:, 0][cells[:, 0] > 0])
    assert (low, high) == (2 + round(253 * np.sqrt(0.25 / 0.3)), 255)


def test_twelve_layers_are_single_charts_and_chosen_ones_of_many_too(qtbot: QtBot) -> None:
    twelve = frames.experiment((8,) * 11)
    assert not show(qtbot, twelve, frames.history(twelve, [0])).crowded
    many = frames.experiment((8,) * 60)
    plot = show(qtbot, many, frames.history(many, [0]), options={"layers": "1-3, 50, output"})
    titles = [chart.caption.title for chart in plot.layer_charts if chart.isVisible()]
    assert titles == [*(f"layer {n} · 8 units" for n in (1, 2, 3, 50)), "output · 10 units"]
    assert {row[3] for row in plot.table().rows} == {1, 2, 3, 50, 61}


def test_control_to_choose_layers_is_there_when_there_are_many(qtbot: QtBot) -> None:
    plot = show(qtbot, frames.experiment(), frames.history(frames.experiment(), [0]))
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
    plot = show(qtbot, experiment, frames.history(experiment, [0]))
    control = plot.option_widgets()[0]
    with qtbot.waitSignal(plot.options_changed):
        qtbot.keyClicks(control, "2, 5\r")
    assert plot.layers == [1, 4]
    control.clear()  # type: ignore[attr-defined]
    with qtbot.assertNotEmitted(plot.options_changed):
        qtbot.keyClicks(control, "2, five\r")
    assert control.text() == "2, 5"  # type: ignore[attr-defined]
    assert "five" in QToolTip.text()
    QToolTip.hideText()


def test_the_foot_says_what_the_height_of_a_wider_bar_means(qtbot: QtBot) -> None:
    experiment = frames.experiment((8, 8))
    normal = np.random.default_rng(0).standard_normal(20_000)
    alike = show(qtbot, experiment, with_histograms(experiment, histograms([normal] * 3)))
    assert "wider" not in alike.foot.title
    # Two values far away, which are out of view, had the first layer counted in bins 16 wide.
    counted = histograms([np.append(normal, [1000.0, 1000.0]), normal, normal])
    unlike = show(qtbot, experiment, with_histograms(experiment, counted))
    widths = [chart.bars.opts["width"] for chart in unlike.layer_charts[:2]]
    assert widths[0] > widths[1] == 1
    assert "of a wider bin, per width of a narrow one" in unlike.foot.title


def test_too_little_room_for_single_charts_makes_a_heat_map(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 11)
    plot = show(qtbot, experiment, frames.history(experiment, [0]), size=(280, 160))
    assert plot.crowded
    plot.resize(1200, 400)
    plot.grab()
    assert not plot.crowded


def test_charts_do_not_overlap_and_stay_inside(qtbot: QtBot) -> None:
    for n_hidden, size in ((2, (280, 160)), (2, (1000, 250)), (11, (1000, 250)), (7, (600, 700))):
        for shared in (True, False):
            experiment = frames.experiment((8,) * n_hidden)
            options = {"shared_axes": shared}
            plot = show(qtbot, experiment, frames.history(experiment, [0]), size=size, options=options)
            places = [chart.sceneBoundingRect() for chart in plot.layer_charts if chart.isVisible()]
            assert len(places) == n_hidden + 1
            for i, place in enumerate(places):
                assert plot.view.sceneRect().contains(place)
                assert not any(place.intersects(other.adjusted(1, 1, -1, -1)) for other in places[:i])


def test_zoom_of_one_chart_moves_all_with_shared_axes(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = show(qtbot, experiment, frames.history(experiment, [0]))
    first, second, _ = plot.layer_charts
    first.box.setRange(xRange=(0, 5), yRange=(0, 3), padding=0)
    first.box.sigRangeChangedManually.emit(first.box.state["mouseEnabled"])
    assert second.box.viewRange() == first.box.viewRange()
    plot.zoom_reset()
    assert first.owned
    assert second.owned


def test_hover_reads_the_bin(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = show(qtbot, experiment, with_histograms(experiment, frames.single_value(3, 0.5)))
    chart = plot.layer_charts[1]
    bin_of_value = int(np.floor(0.5 / chart.window.unit))
    reading = plot._read(chart, bin_of_value + 0.5, 0.0)
    assert reading is not None
    assert reading.title == "layer 2 · 32 units"
    assert reading.rows[0].value == "100 %"
    assert "out of view" not in [row.name for row in reading.rows]
    plot._point_at(chart.box.mapViewToScene(QPointF(bin_of_value + 0.5, 10)))
    assert chart.readout.reading == reading


def test_table_holds_the_bins_as_counted(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0])
    table = show(qtbot, experiment, history).table()
    counted = history.first.runs[0].activation
    rows = [row for row in table.rows if row[3] == 2]
    assert len(rows) == np.count_nonzero(counted.share(1))
    assert sum(row[-1] for row in rows) == pytest.approx(1, abs=1e-3)  # type: ignore[misc]
    assert rows[0][8] == counted.occupied(1)[0]
    assert rows[-1][9] == counted.occupied(1)[1]


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


def several(n: int, hidden: tuple[int, ...] = (8, 8), n_seeds: int = 1) -> Experiment:
    experiment = frames.experiment(hidden)
    config = dataclasses.replace(experiment.runs[0], n_seeds=n_seeds)
    return experiment.with_runs(tuple(dataclasses.replace(config, name=f"run {i}") for i in range(n)))


def test_grid_has_a_row_per_run_and_a_column_per_layer(qtbot: QtBot) -> None:
    experiment = several(4)
    history = frames.history(experiment, [0])
    plot = show(qtbot, experiment, history, options={"arrange": "grid"}, size=(900, 400))
    grid = plot.view_on_show
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
    assert len(plot.view_on_show._windows.groups) == 12


def test_what_has_no_room_in_the_grid_is_said(qtbot: QtBot) -> None:
    experiment = several(9)
    history = frames.history(experiment, [0])
    plot = show(qtbot, experiment, history, options={"arrange": "grid"}, size=(900, 220))
    grid = plot.view_on_show
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
    plot = show(qtbot, experiment, frames.history(experiment, [0]), size=(900, 180))
    assert isinstance(plot.view_on_show, Outlines)
    plot.resize(900, 500)
    plot.grab()
    assert isinstance(plot.view_on_show, RunGrid)
    plot.show_runs(RunsView(hidden=frozenset({0, 2, 3, 4})))
    assert [chart.isVisible() for chart in plot.layer_charts] == [True, True, True]
    assert plot.layer_charts[0].bars.opts["brush"].color().name() != ""
    assert {row[1] for row in plot.table().rows} == {"run 1"}
    plot.show_runs(RunsView(hidden=frozenset(range(5))))
    plot.grab()
    assert plot.foot.title == "every run is hidden"
    assert plot.table().rows == []


def test_outlines_are_the_histograms_of_all_runs(qtbot: QtBot) -> None:
    experiment = several(3)
    history = frames.history(experiment, [0])
    plot = show(qtbot, experiment, history, options={"arrange": "overlaid", "quantity": "z"})
    view = plot.view_on_show
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


def test_a_low_panel_leaves_the_legend_to_the_others(qtbot: QtBot) -> None:
    experiment = several(3)
    history = frames.history(experiment, [0])
    heights = {}
    for height in (120, 260):
        plot = show(qtbot, experiment, history, options={"arrange": "overlaid"}, size=(900, height))
        view = plot.view_on_show
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
        plot = show(qtbot, experiment, history, options={"arrange": arrange}, size=(900, 400))
        assert all(window.high < 10 for window in plot.view_on_show._windows.windows)


def test_seeds_are_pooled(qtbot: QtBot) -> None:
    experiment = several(2, n_seeds=3)
    history = frames.with_seeds(frames.history(experiment, [0]), 3, spread=1.0)
    plot = show(qtbot, experiment, history, options={"arrange": "grid"}, size=(900, 400))
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
    plot = show(qtbot, experiment, frames.history(experiment, [0]), options=options, size=(900, 400))
    grid = plot.view_on_show
    assert isinstance(grid, RunGrid)
    cells = [(cell.run, cell.layer, cell.column) for cell in grid.cells]
    assert cells == [(0, 0, 3), (1, 0, 0), (1, 1, 1), (1, 2, 2), (1, 3, 3)]


def test_deep_networks_have_a_heat_map_per_run_the_selected_one_in_any_case(qtbot: QtBot) -> None:
    experiment = several(5, (8,) * 14)
    history = frames.history(experiment, [0])
    plot = show(qtbot, experiment, history, size=(1200, 500))
    maps = plot.view_on_show
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


def test_hiding_the_last_run_that_is_shown_after_a_zoom(qtbot: QtBot) -> None:
    experiment = several(2)
    plot = show(qtbot, experiment, frames.history(experiment, [0]), size=(900, 400))
    plot.show_runs(RunsView(hidden=frozenset({0})))
    zoom_by_hand(plot.view_on_show.charts[0])
    assert plot.zooms()
    plot.show_runs(RunsView(hidden=frozenset({0, 1})))
    assert not plot.zooms()
    assert plot.foot.title == "every run is hidden"
    plot.show_runs(RunsView())
    assert len(plot.view_on_show.charts) == 6


def test_a_zoom_is_kept_in_values_when_a_run_is_hidden(qtbot: QtBot) -> None:
    experiment = several(3)
    plot = show(
        qtbot, experiment, frames.history(experiment, [0]), options={"arrange": "grid"}, size=(900, 400)
    )
    zoom_by_hand(plot.view_on_show.charts[1])
    zooms = plot.zooms()
    assert set(zooms) == {(run, 1) for run in range(3)}, "the whole column"
    plot.show_runs(RunsView(hidden=frozenset({0})))
    assert {subject: ranges[0] for subject, ranges in plot.zooms().items()} == {
        (run, 1): pytest.approx(zooms[0, 1][0]) for run in (1, 2)
    }
    plot.show_runs(RunsView())
    assert set(plot.zooms()) == set(zooms), "what comes back shares the axes of its column"


def test_a_zoom_stays_with_its_run_and_layer(qtbot: QtBot) -> None:
    experiment = several(3)
    options = {"arrange": "grid", "shared_axes": False}
    plot = show(qtbot, experiment, frames.history(experiment, [0]), options=options, size=(900, 400))
    zoom_by_hand(plot.view_on_show.charts[4])
    assert set(plot.zooms()) == {(1, 1)}
    plot.show_runs(RunsView(hidden=frozenset({0})))
    assert [chart.owned for chart in plot.view_on_show.charts] == [True, False] + [True] * 4
    plot.show_runs(RunsView(hidden=frozenset({1})))
    assert plot.zooms() == {}


@pytest.mark.parametrize("hidden", [{0}, {0, 1}])
def test_charts_of_another_kind_do_not_take_over_a_zoom(hidden: set[int], qtbot: QtBot) -> None:
    experiment = several(2)
    plot = show(qtbot, experiment, frames.history(experiment, [0]), options={"arrange": "overlaid"})
    zoom_by_hand(plot.view_on_show.charts[1])
    assert plot.zooms()
    plot.show_runs(RunsView(hidden=frozenset(hidden)))
    assert plot.zooms() == {}


def test_rows_that_lose_their_room_leave_no_zoom_in_ranges_that_are_no_more(qtbot: QtBot) -> None:
    experiment = several(5)
    plot = show(
        qtbot, experiment, frames.history(experiment, [0]), options={"arrange": "grid"}, size=(900, 500)
    )
    zoom_by_hand(plot.view_on_show.charts[1])
    plot.resize(900, 200)
    plot.grab()
    assert len(plot.view_on_show.charts) < 15
    assert all(chart.owned for chart in plot.view_on_show.charts)
    qtbot.waitUntil(lambda: not plot._later.isActive())
    chart = plot.view_on_show.charts[1]
    assert chart.x_range[0] <= chart.window.positions[0]
    assert chart.x_range[1] >= chart.window.positions[1]
