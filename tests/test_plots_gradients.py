"""Gradient magnitudes: every layer has its point, zeros stand at the foot, marked; nothing is dropped."""

import dataclasses
import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.history import History, row_bytes
from engine.pasts import Past
from gui.plots.gradients import Gradients
from gui.plots.gradients_over_time import GradientsOverTime
from gui.plots.numerals import ZERO_HINT, number
from gui.plots.runs_view import RunsView
from gui.plots.scales import Log
from tests import frames
from tests.plots_on_screen import shown


def by_layer(qtbot: QtBot, experiment: Experiment, history: History, **options: object) -> Gradients:
    plot = shown(qtbot, "gradients", experiment, history, options=options)
    assert isinstance(plot, Gradients)
    return plot


def over_time(qtbot: QtBot, experiment: Experiment, history: History, **options: object) -> GradientsOverTime:
    plot = shown(qtbot, "gradients_over_time", experiment, history, options=options)
    assert isinstance(plot, GradientsOverTime)
    return plot


def zero_of(plot: Gradients | GradientsOverTime) -> float | None:
    scale = plot.chart.left._measure
    assert isinstance(scale, Log)
    return scale.zero


@pytest.mark.parametrize("quantity", ["gradient_rms", "delta_rms"])
def test_point_per_layer_of_the_frame_on_show(quantity: str, qtbot: QtBot) -> None:
    experiment = frames.experiment((8, 8, 8))
    history = frames.history(experiment, [0, 30])
    plot = by_layer(qtbot, experiment, history, quantity=quantity)
    plot.show_frame(history, 0)
    expected = np.log10(history.first.runs[0].layers[quantity])
    np.testing.assert_array_equal(plot.lines[0].xData, [1, 2, 3, 4])
    np.testing.assert_allclose(plot.lines[0].yData, expected)
    assert [(dot.x, dot.shape) for dot in plot.dots.dots] == [(n, "disc") for n in (1, 2, 3, 4)]
    assert zero_of(plot) is None


def test_no_gradient_with_respect_to_activations_at_the_output(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = by_layer(qtbot, experiment, frames.history(experiment, [0]), quantity="activation_gradient_rms")
    assert len(plot.lines[0].xData) == 2
    assert not [dot for dot in plot.dots.dots if dot.shape == "cross"]
    assert plot._read(plot.chart, 3.0, 0.0) is None
    times = over_time(qtbot, experiment, frames.history(experiment), quantity="activation_gradient_rms")
    assert times.layers == [0, 1]


def test_zero_stands_at_the_foot_and_says_so(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = by_layer(qtbot, experiment, frames.history(experiment, [0], gradient_rms=[0, 1e-4, 1e-2]))
    foot = zero_of(plot)
    assert foot is not None
    assert foot < -4
    assert plot.lines[0].yData.tolist() == [foot, -4, -2]
    assert [(dot.shape, dot.y) for dot in plot.dots.dots] == [("triangle", foot), ("disc", -4), ("disc", -2)]
    low, high = plot.chart.box.viewRange()[1]
    assert low < foot < high
    reading = plot._read(plot.chart, 1.1, 0.0)
    assert reading is not None
    assert reading.rows[0].value == ZERO_HINT


def test_all_zero_is_a_row_of_triangles(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = by_layer(qtbot, experiment, frames.history(experiment, [0], gradient_rms=0.0))
    assert [dot.shape for dot in plot.dots.dots] == ["triangle"] * 3


def test_what_is_not_finite_is_a_cross_at_the_top(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], gradient_rms=[math.nan, math.inf, 1e-3])
    plot = by_layer(qtbot, experiment, history)
    crosses = [dot for dot in plot.dots.dots if dot.shape == "cross"]
    assert [dot.x for dot in crosses] == [1, 2]
    top = plot.chart.box.viewRange()[1][1]
    assert all(-3 < dot.y < top for dot in crosses)
    np.testing.assert_array_equal(np.isnan(plot.lines[0].yData), [True, True, False])
    reading = plot._read(plot.chart, 1.0, 0.0)
    assert reading is not None
    assert "not finite" in reading.lines()[1]


def test_axis_shows_two_decades_at_least(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = by_layer(qtbot, experiment, frames.history(experiment, [0], gradient_rms=[1e-3, 1.1e-3, 1.2e-3]))
    low, high = plot.chart.box.viewRange()[1]
    assert high - low >= 2


def test_line_per_run_in_its_colour_and_dash(qtbot: QtBot) -> None:
    experiment = frames.experiment(runs=3)
    plot = by_layer(qtbot, experiment, frames.history(experiment, [0]))
    for run, line in enumerate(plot.lines):
        color, dash = plot.theme.run(run)
        assert line.opts["pen"].color().name() == color.lower()
        assert tuple(line.opts["pen"].dashPattern()) == dash
    assert [entry.text for entry in plot.chart.caption.entries] == ["run 1", "run 2", "run 3"]


def test_band_over_the_seeds(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    config = dataclasses.replace(experiment.runs[0], n_seeds=5)
    experiment = experiment.with_runs((config, dataclasses.replace(config, name="other")))
    history = frames.with_seeds(frames.history(experiment, [0]), 5)
    plot = by_layer(qtbot, experiment, history)
    values = np.array([seen.layers["gradient_rms"] for seen in history.first.seeds(1)])
    np.testing.assert_allclose(plot.lines[1].yData, np.log10(np.median(values, axis=0)))
    np.testing.assert_allclose(plot.areas[1].high, np.log10(np.percentile(values, 90, axis=0)))
    table = plot.table()
    assert table.columns[4:] == ("gradient_rms_median", "gradient_rms_p10", "gradient_rms_p90")
    assert table.rows[3][:2] == (2, "other")
    assert table.rows[3][4:] == pytest.approx(np.percentile(values[:, 0], [50, 10, 90]))
    reading = plot._read(plot.chart, 1.0, 0.0)
    assert reading is not None
    assert " to " in reading.rows[0].value


def test_hidden_runs_and_pasts(qtbot: QtBot) -> None:
    experiment = frames.experiment(runs=3)
    history = frames.history(experiment, [0, 3, 6])
    past = Past(experiment, frames.history(experiment, [0, 4, 9], gradient_rms=1e-5), 4)
    plot = by_layer(qtbot, experiment, history)
    plot.show_runs(RunsView(hidden=frozenset({1}), pasts=((past, "before L2 0.1"),)))
    assert [line.isVisible() for line in plot.lines] == [True, False, True]
    shown_pasts = [line for line in plot.past_lines if line.isVisible()]
    assert len(shown_pasts) == 2
    np.testing.assert_allclose(shown_pasts[0].yData, -5)
    reading = plot._read(plot.chart, 2.0, -5.0)
    assert reading is not None
    assert [row.name for row in reading.rows] == [
        "run 1",
        "run 3",
        "run 1, before L2 0.1",
        "run 3, before L2 0.1",
    ]
    assert {row[0] for row in plot.table().rows} == {1, 3}
    plot.show_runs(RunsView())
    assert not any(line.isVisible() for line in plot.past_lines)


def test_line_per_layer_over_time(qtbot: QtBot) -> None:
    experiment = frames.experiment((8, 8))
    history = frames.history(experiment, range(0, 90, 3))
    plot = over_time(qtbot, experiment, history)
    steps, values = history.layers(0, "gradient_rms")
    visible = [line for line in plot.lines if line.isVisible()]
    assert len(visible) == 3
    for layer, line in enumerate(visible):
        np.testing.assert_array_equal(line.xData, steps)
        np.testing.assert_allclose(line.yData, np.log10(values[:, layer]))
        assert line.opts["pen"].color().name() == plot.theme.layer_colors(3)[layer]
    assert [entry.text for entry in plot.chart.caption.entries] == ["layer 1", "2", "output"]


def test_over_time_shows_the_selected_run_and_the_median_of_its_seeds(qtbot: QtBot) -> None:
    experiment = frames.experiment((8, 8))
    config = dataclasses.replace(experiment.runs[0], n_seeds=3)
    deep = dataclasses.replace(config, hidden=(8, 8, 8), name="deep")
    experiment = experiment.with_runs((config, deep))
    history = frames.with_seeds(frames.history(experiment, range(0, 30, 3)), 3)
    plot = over_time(qtbot, experiment, history)
    assert plot.layers == [0, 1, 2]
    plot.show_runs(RunsView(selected=1))
    assert plot.layers == [0, 1, 2, 3]
    assert "deep" in plot.chart.caption.title
    assert "median of 3 seeds" in plot.chart.caption.title
    values = frames.of_seeds(history, 1, "gradient_rms")
    np.testing.assert_allclose(plot.lines[3].yData, np.log10(np.median(values, axis=1)[:, 3]))
    assert {row[1] for row in plot.table().rows} == {"deep"}
    assert "of deep" in plot.accessibleDescription()


def test_zeros_over_time_stand_at_the_foot(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = over_time(qtbot, experiment, frames.history(experiment, gradient_rms=[0, 1e-5, 1e-3]))
    foot = zero_of(plot)
    assert foot is not None
    np.testing.assert_array_equal(plot.lines[0].yData, foot)
    assert [dot.shape for dot in plot.dots.dots] == ["triangle", "disc", "disc"]


def test_divergence_leaves_the_last_magnitude_in_sight(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], gradient_rms=[1e-2, 1e-3, 1e-4])
    history.append(frames.frame(experiment, 3, gradient_rms=[math.inf, math.nan, 1e-4]))
    plot = over_time(qtbot, experiment, history)
    seen = {(dot.shape, dot.x, round(dot.y, 9)) for dot in plot.dots.dots if dot.shape != "cross"}
    assert seen == {("disc", 0, -2), ("disc", 0, -3), ("disc", 3, -4)}
    assert [dot.x for dot in plot.dots.dots if dot.shape == "cross"] == [3, 3]


@pytest.mark.parametrize("n_hidden", [12, 99])
@pytest.mark.parametrize("log_x", [False, True])
def test_many_layers_share_a_heat_map(n_hidden: int, log_x: bool, qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * n_hidden)
    history = frames.history(experiment, range(0, 400, 4))
    plot = over_time(qtbot, experiment, history, log_x=log_x)
    assert plot.heat_map.isVisible()
    assert not plot.chart.isVisible()
    cells = plot.heat_map.image.image
    assert cells.shape[0] == n_hidden + 1
    assert 50 < cells.shape[1] <= 300
    assert (cells >= 2).all()
    # Deeper layers have larger gradients in these frames, and all fall with time.
    assert (np.diff(cells[:, 0].astype(int)) >= 0).all()
    assert cells[-1, 0] > cells[0, 0]
    assert cells[-1, 0] > cells[-1, -1]


def test_heat_map_gives_zeros_a_colour_of_their_own(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 12)
    magnitudes = np.array([0.0, 0.0, *np.logspace(-8, -3, 11)])
    plot = over_time(qtbot, experiment, frames.history(experiment, gradient_rms=magnitudes))
    cells = plot.heat_map.image.image
    assert (cells[:2] == 1).all()
    assert (cells[2:] >= 2).all()
    magnitudes[5] = math.nan
    plot = over_time(qtbot, experiment, frames.history(experiment, gradient_rms=magnitudes))
    assert (plot.heat_map.image.image[5] == 0).all()


def test_heat_map_is_empty_where_nothing_was_seen_yet(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 14)
    plot = over_time(qtbot, experiment, frames.history(experiment))
    plot.heat_map.zoom(((100.0, 200.0), (0.5, 15.5)))
    plot.redraw()
    assert plot.heat_map.image.image is None, "the last frame was that of step 57"
    plot.heat_map.zoom(((50.0, 200.0), (0.5, 15.5)))
    plot.redraw()
    assert plot.heat_map.image.image is not None


def test_heat_map_reads_layer_and_step(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 12)
    history = frames.history(experiment, range(0, 100, 10))
    plot = over_time(qtbot, experiment, history)
    reading = plot._read(plot.heat_map, 42.0, 7.2)
    assert reading is not None
    assert reading.title == "step 40"
    assert reading.rows[0].name == "layer 7"


def test_words_are_of_the_frame_on_show_though_others_were_dropped_since(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,))
    history = History(40 * (200 + row_bytes(2)))
    for frame in frames.history(experiment, range(40)):
        history.append(frame)
    plot = over_time(qtbot, experiment, history)
    history.append(frames.frame(experiment, 40))
    assert len(history) < 40
    plot.describe()
    value = frames.frame(experiment, 38).runs[0].layers["gradient_rms"][0]
    assert f"layer 1 {number(float(value))}" in plot.accessibleDescription()


def test_chosen_layers_of_many_are_lines(qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 40)
    plot = over_time(qtbot, experiment, frames.history(experiment), layers="1, 20, output")
    assert plot.layers == [0, 19, 40]
    assert plot.chart.isVisible()
    assert sum(line.isVisible() for line in plot.lines) == 3
    assert plot.table().columns[4:] == ("layer1_gradient_rms", "layer20_gradient_rms", "layer41_gradient_rms")


@pytest.mark.parametrize("hidden", [(8, 8), (8,) * 20])
def test_a_selected_run_that_is_hidden_is_not_drawn_and_that_is_said(
    qtbot: QtBot, hidden: tuple[int, ...]
) -> None:
    experiment = frames.experiment(hidden, runs=2)
    history = frames.history(experiment, range(0, 60, 3))
    plot = over_time(qtbot, experiment, history)
    usual = plot.chart.caption.title
    plot.show_runs(RunsView(selected=1, hidden=frozenset({1})))
    plot.grab()
    assert plot.chart.caption.title == "run 2 is hidden"
    assert plot.chart.isVisible()
    assert not plot.heat_map.isVisible()
    assert not plot.chart.caption.entries
    assert not any(line.isVisible() for line in plot.lines)
    assert not plot.dots.dots
    assert plot._read(plot.chart, 3.0, 0.0) is None
    assert not plot.table().rows
    assert plot.accessibleDescription().endswith("Step 57. run 2 is hidden.")
    plot.show_runs(RunsView(selected=0, hidden=frozenset({1})))
    plot.grab()
    assert plot.chart.caption.title == usual
    assert len(plot.table().rows) == len(history)
    assert plot.heat_map.isVisible() == plot.crowded == (len(hidden) > 12)


def test_marker_stands_at_the_step_on_show(qtbot: QtBot) -> None:
    for hidden in ((8, 8), (8,) * 20):
        experiment = frames.experiment(hidden)
        history = frames.history(experiment, range(0, 60, 3))
        plot = over_time(qtbot, experiment, history)
        plot.show_frame(history, 21)
        chart = plot.heat_map if plot.crowded else plot.chart
        assert plot.markers[chart].isVisible()
        assert plot.markers[chart].position == 21


def test_tables(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0, 3])
    table = by_layer(qtbot, experiment, history).table()
    assert table.columns == ("run", "name", "step", "layer", "gradient_rms")
    assert [row[:4] for row in table.rows] == [(1, "run 1", 3, layer) for layer in (1, 2, 3)]
    table = over_time(qtbot, experiment, history).table()
    assert [row[2] for row in table.rows] == [0, 3]
    assert table.rows[1][4:] == tuple(history.last.runs[0].layers["gradient_rms"])
