"""The histograms of activations: what is drawn is what was counted, at any depth, however it is spread."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from engine.frame import Frame
from engine.histogram import Histograms
from gui.plots.histogram_data import LayerData
from tests import frames
from tests.frames import histograms
from tests.plots_on_screen import shown_activations


def relu(n_layers: int) -> Histograms:
    rng = np.random.default_rng(0)
    return histograms([np.maximum(rng.standard_normal(5000), 0) for _ in range(n_layers)])


def test_one_chart_per_layer_with_its_name_and_statistics(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown_activations(qtbot, experiment, frames.history(experiment, [0], dead=0.25, saturated=0.034))
    charts = [chart for chart in plot.arrangement.charts if chart.isVisible()]
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
    plot = shown_activations(qtbot, experiment, history, options={"quantity": "z"})
    for layer, chart in enumerate(plot.arrangement.charts):
        heights = chart.bars.opts["height"]
        counted = chart.window.shares(history.first.runs[0].z, layer)
        assert heights.sum() == pytest.approx(100, abs=3)
        tall = counted * 100 * chart.box.height() > 2 * chart.box.viewRange()[1][1]
        np.testing.assert_allclose(heights[tall], counted[tall] * 100)
        np.testing.assert_array_equal(heights[counted == 0], 0)


def test_pre_activations_by_choice(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], z_std=7.25, activation_std=0.125)
    plot = shown_activations(qtbot, experiment, history)
    assert plot.arrangement.charts[0].caption.statistics.std == "0.125"
    plot = shown_activations(qtbot, experiment, history, options={"quantity": "z"})
    assert plot.arrangement.charts[0].caption.statistics.std == "7.25"


def test_shared_and_own_axes(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], scales=[1, 10, 100])
    shared = shown_activations(qtbot, experiment, history, options={"quantity": "z"})
    assert len({chart.window for chart in shared.arrangement.charts}) == 1
    assert len({chart.box.viewRange()[1][1] for chart in shared.arrangement.charts}) == 1
    own = shown_activations(qtbot, experiment, history, options={"quantity": "z", "shared_axes": False})
    widths = [chart.window.high - chart.window.low for chart in own.arrangement.charts]
    assert widths[1] > 4 * widths[0]
    assert widths[2] > 4 * widths[1]


def test_activations_of_the_output_have_an_axis_of_their_own(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    rng = np.random.default_rng(0)
    values = [8 * rng.random(1000), 9 * rng.random(1000), rng.random(1000)]
    plot = shown_activations(qtbot, experiment, frames.with_histograms(experiment, histograms(values)))
    first, second, output = plot.arrangement.charts
    assert first.window == second.window
    assert first.window.high >= 9
    assert output.window.high == pytest.approx(1, abs=0.2)


def test_everything_exactly_zero_is_one_full_bar(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    for options in ({}, {"shared_axes": False}):
        plot = shown_activations(
            qtbot, experiment, frames.with_histograms(experiment, frames.single_value(3)), options=options
        )
        for chart in plot.arrangement.charts:
            heights = chart.bars.opts["height"]
            assert np.count_nonzero(heights) == 1
            assert chart.window.bins[int(np.argmax(heights))] == 0
            assert heights.max() == 100
            assert [(bar.share, bar.cut) for bar in chart.marks.tall] == [(1.0, False)]


def test_dead_half_of_relu_is_cut_and_marked_and_the_rest_is_seen(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown_activations(qtbot, experiment, frames.with_histograms(experiment, relu(3)))
    for chart in plot.arrangement.charts:
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
    plot = shown_activations(qtbot, experiment, frames.with_histograms(experiment, histograms(values)))
    chart = plot.arrangement.charts[0]
    assert chart.window.high < 100
    reading = plot._read(chart, 0.5, 0.0)
    assert reading is not None
    assert ("out of view", "<0.1 %") in [(row.name, row.value) for row in reading.rows]


def test_ranges_stay_while_values_wander(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], scales=1.0)
    plot = shown_activations(qtbot, experiment, history, options={"quantity": "z"})
    window = plot.arrangement.charts[0].window
    for step in range(1, 20):
        history.append(frames.frame(experiment, step, scales=0.9))
        plot.show_frame(history, step)
        assert plot.arrangement.charts[0].window == window


def test_the_foot_says_what_the_height_of_a_wider_bar_means(qtbot: QtBot) -> None:
    experiment = frames.experiment((8, 8))
    normal = np.random.default_rng(0).standard_normal(20_000)
    alike = shown_activations(qtbot, experiment, frames.with_histograms(experiment, histograms([normal] * 3)))
    assert "wide" not in alike.foot.title
    # Two values far away, which are out of view, had the first layer counted in bins 16 wide.
    counted = histograms([np.append(normal, [1000.0, 1000.0]), normal, normal])
    unlike = shown_activations(qtbot, experiment, frames.with_histograms(experiment, counted))
    widths = [chart.bars.opts["width"] for chart in unlike.arrangement.charts[:2]]
    assert widths[0] > widths[1] == 1
    assert "wide bins scaled to a narrow one" in unlike.foot.title


def test_zoom_of_one_chart_moves_all_with_shared_axes(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown_activations(qtbot, experiment, frames.history(experiment, [0]))
    first, second, _ = plot.arrangement.charts
    first.box.setRange(xRange=(0, 5), yRange=(0, 3), padding=0)
    first.box.sigRangeChangedManually.emit(first.box.state["mouseEnabled"])
    assert second.box.viewRange() == first.box.viewRange()
    plot.zoom_reset()
    assert first.owned
    assert second.owned


def test_hover_reads_the_bin(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown_activations(
        qtbot, experiment, frames.with_histograms(experiment, frames.single_value(3, 0.5))
    )
    chart = plot.arrangement.charts[1]
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
    table = shown_activations(qtbot, experiment, history).table()
    counted = history.first.runs[0].activation
    rows = [row for row in table.rows if row[3] == 2]
    assert len(rows) == np.count_nonzero(counted.share(1))
    assert sum(row[-1] for row in rows) == pytest.approx(1, abs=1e-3)  # type: ignore[misc]
    assert rows[0][8] == frames.occupied(counted, 1)[0]
    assert rows[-1][9] == frames.occupied(counted, 1)[1]


@pytest.mark.parametrize("size", [1.0, 1e200])
def test_the_statistics_of_seeds_are_those_of_all_their_values_together(size: float) -> None:
    rng = np.random.default_rng(0)
    samples = rng.normal(3, 2, 500), rng.normal(-1, 0.5, 500)
    experiment = frames.experiment()
    seeds = [
        frames.frame(experiment, activation_mean=size * of.mean(), activation_std=size * of.std()).runs[0]
        for of in samples
    ]
    numbers = LayerData(Frame.of_seeds(0, 0.0, [seeds]), "activation").numbers(0, 1)
    together = np.concatenate(samples)
    np.testing.assert_allclose((numbers.mean, numbers.std), (size * together.mean(), size * together.std()))
