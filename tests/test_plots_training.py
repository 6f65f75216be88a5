"""Loss and accuracy: the lines hold the history's numbers, and say what became of them."""

import dataclasses
import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.frame import Divergence
from engine.history import History
from gui.plots.curves import Curve
from gui.plots.scales import LARGEST, STEP_ZERO, Log
from gui.plots.series import smooth
from gui.plots.training_curves import TrainingCurves
from gui.style import LIGHT
from tests import frames
from tests.plots_on_screen import shown


def curves(plot: object) -> list[Curve]:
    assert isinstance(plot, TrainingCurves)
    return plot.curves


def with_divergence(history: History, step: int) -> History:
    """Append a frame in which all runs have diverged."""
    last = history.last
    runs = tuple(
        dataclasses.replace(
            run, train_loss=math.nan, validation_loss=math.nan, divergence=Divergence(step, 2, "weights")
        )
        for run in last.runs
    )
    history.append(dataclasses.replace(last, step=step, runs=runs))
    return history


def test_lines_are_the_history(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, range(0, 90, 3))
    plot = shown(qtbot, "loss", experiment, history)
    training, validation = curves(plot)
    for curve, scalar in ((training, "train_loss"), (validation, "validation_loss")):
        steps, values = history.scalars(0, scalar)
        np.testing.assert_array_equal(curve.line.xData, steps)
        np.testing.assert_array_equal(curve.line.yData, values)
        assert not curve.raw.isVisible()


def test_accuracy_is_in_percent_from_0_to_100(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment)
    plot = shown(qtbot, "accuracy", experiment, history)
    np.testing.assert_allclose(curves(plot)[0].line.yData, history.scalars(0, "train_accuracy")[1] * 100)
    low, high = plot.charts[0].box.viewRange()[1]
    assert -10 < low <= 0 < 100 <= high < 110


def test_training_is_solid_and_validation_dashed(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    training, validation = curves(shown(qtbot, "loss", experiment, frames.history(experiment)))
    color = LIGHT.run(0)[0].lower()
    assert [curve.line.opts["pen"].color().name() for curve in (training, validation)] == [color, color]
    assert not training.line.opts["pen"].dashPattern()
    assert validation.line.opts["pen"].dashPattern()


def test_several_runs_have_their_colour_and_dash_and_validation_is_thin(qtbot: QtBot) -> None:
    experiment = frames.experiment(runs=8)
    plot = shown(qtbot, "loss", experiment, frames.history(experiment))
    assert isinstance(plot, TrainingCurves)
    for curve in curves(plot):
        color, dash = plot.theme.run(curve.run)
        assert curve.line._dash == dash
        pen = curve.line.opts["pen"]
        assert (pen.color().name() == color.lower()) == (not curve.validation)
        assert (curve.line._width < 1.5) == curve.validation
    assert {dot.shape for dot in plot.dots.dots} == {"disc"}, "only of training"


def test_without_validation_samples_line_and_legend_entry_are_gone(qtbot: QtBot) -> None:
    experiment = frames.experiment(train_fraction=1.0)
    plot = shown(qtbot, "loss", experiment, frames.history(experiment))
    assert [curve.scalar for curve in curves(plot)] == ["train_loss"]
    assert [entry.text for entry in plot.charts[0].caption.entries] == ["training"]
    plot.reset(frames.experiment())
    assert [entry.text for entry in plot.charts[0].caption.entries] == ["training", "validation"]
    assert len(curves(plot)) == 2


def test_frame_0_alone_is_a_dot(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown(qtbot, "loss", experiment, frames.history(experiment, [0]))
    assert isinstance(plot, TrainingCurves)
    loss = frames.frame(experiment, 0).runs[0].train_loss
    disc, ring = plot.dots.dots
    assert (disc.x, disc.y, disc.shape) == (0, loss, "disc")
    assert ring.shape == "ring"
    assert not plot.marker.isVisible()


def test_marker_stands_at_the_step_on_show(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, range(0, 60, 3))
    plot = shown(qtbot, "loss", experiment, history)
    assert isinstance(plot, TrainingCurves)
    plot.show_frame(history, 31)  # no such frame: the one before
    assert plot.marker.isVisible()
    assert plot.marker.position == 30
    assert {dot.x for dot in plot.dots.dots} == {30}
    plot.show_frame(history, 57)
    assert not plot.marker.isVisible()


def test_smoothing_keeps_the_raw_line_paler(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.losses(experiment, np.random.default_rng(0).uniform(1, 2, 100))
    plot = shown(qtbot, "loss", experiment, history, options={"smoothing": 0.9})
    curve = curves(plot)[0]
    _, values = history.scalars(0, "train_loss")
    np.testing.assert_allclose(curve.line.yData, smooth(values, 0.9))
    np.testing.assert_array_equal(curve.raw.yData, values)
    assert curve.raw.isVisible()
    assert curve.raw.opts["pen"].color().lightnessF() > curve.line.opts["pen"].color().lightnessF()


def test_logarithmic_axes(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.losses(experiment, [10.0, 1.0, 0.1, 0.0, 0.01])
    plot = shown(qtbot, "loss", experiment, history, options={"log_y": True, "log_x": True})
    line = curves(plot)[0].line
    np.testing.assert_allclose(line.xData, [STEP_ZERO, *np.log10([1, 2, 3, 4])])
    measure = plot.charts[0].left._measure
    assert isinstance(measure, Log)
    foot = measure.zero
    assert foot is not None
    np.testing.assert_allclose(line.yData, [1, 0, -1, foot, -2])
    assert foot < -2
    assert measure.ticks(foot, 1, 6)[0] == (foot, "0")


def test_what_is_not_finite_is_a_gap_and_what_is_huge_is_cut(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.losses(experiment, [2.0, math.nan, math.inf, 1e300, 1.0])
    plot = shown(qtbot, "loss", experiment, history)
    line = curves(plot)[0].line
    np.testing.assert_array_equal(line.yData, [2, np.nan, np.nan, LARGEST, 1])


def test_divergence_is_marked_where_it_happened(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = with_divergence(frames.losses(experiment, [2.0, 1.5, 9.0]), 7)
    plot = shown(qtbot, "loss", experiment, history)
    assert isinstance(plot, TrainingCurves)
    assert plot.divergence.isVisible()
    assert plot.divergence.position == 7
    assert "step 7, layer 2" in plot.chart.caption.note
    assert "step 7, layer 2" in plot.accessibleDescription()
    crosses = [dot for dot in plot.dots.dots if dot.shape == "cross"]
    assert {(dot.x, dot.y) for dot in crosses} == {(7, 9.0)}, "where it diverged, as high as it was last"
    assert {(dot.x, dot.y) for dot in plot.dots.dots if dot.shape != "cross"} == {(2, 9.0)}
    plot.reset(experiment)
    assert not plot.divergence.isVisible()
    assert plot.chart.caption.note == ""


def test_the_leap_before_divergence_does_not_flatten_the_curve(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.losses(experiment, [*np.linspace(2.3, 0.3, 100), 50.0, 1e9])
    plot = shown(qtbot, "loss", experiment, history)
    assert 2.3 < plot.charts[0].box.viewRange()[1][1] < 60


def test_long_histories_are_thinned_to_what_can_be_seen(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    values = 1 + 0.1 * np.random.default_rng(0).standard_normal(20_000)
    values[12_345] = 3.0
    history = frames.losses(experiment, values)
    plot = shown(qtbot, "loss", experiment, history)
    line = curves(plot)[0].line
    assert len(line.xData) <= 2 * plot.charts[0].columns
    # The history itself thins; what it kept is what the line has to show.
    assert line.yData.max() == history.scalars(0, "train_loss")[1].max()


def test_hover_reads_the_nearest_frame_from_the_data(qtbot: QtBot) -> None:
    experiment = frames.experiment(runs=2)
    history = frames.history(experiment, range(0, 60, 10))
    plot = shown(qtbot, "loss", experiment, history)
    reading = plot._read(plot.charts[0], 23.0, 0.0)
    assert reading is not None
    assert reading.x == 20
    assert reading.title.startswith("step 20")
    loss = history.at(20).runs[1].train_loss
    assert "training / validation" in reading.title
    assert any(line.startswith(f"run 2 {loss:.4g} / ") for line in reading.lines())
    values = [row.value for row in reading.rows]
    assert values == sorted(values, key=lambda text: float(text.split()[0]), reverse=True), "as they stand"


def test_hover_between_two_drawings_reads_what_is_drawn(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, range(0, 60, 10))
    plot = shown(qtbot, "loss", experiment, history)
    history.append(frames.frame(experiment, 60))
    reading = plot._read(plot.charts[0], 60.0, 0.0)
    assert reading is not None
    assert reading.title.startswith("step 50")


def test_table_has_a_row_per_frame_and_run(qtbot: QtBot) -> None:
    experiment = frames.experiment(runs=2)
    history = frames.history(experiment, [0, 3])
    table = shown(qtbot, "accuracy", experiment, history).table()
    assert table.columns == ("run", "name", "step", "epoch", "train_accuracy", "validation_accuracy")
    assert [row[:3] for row in table.rows] == [
        (1, "run 1", 0),
        (2, "run 2", 0),
        (1, "run 1", 3),
        (2, "run 2", 3),
    ]
    assert table.rows[3][4] == history.last.runs[1].train_accuracy


def test_axis_of_steps_has_round_ends(qtbot: QtBot) -> None:
    experiment = frames.experiment()
    for last, expected in ((0, 10), (97, 100), (1240, 1250)):
        plot = shown(qtbot, "loss", experiment, frames.history(experiment, [0, last] if last else [0]))
        low, high = plot.charts[0].box.viewRange()[0]
        assert low <= 0
        assert expected <= high <= expected * 1.05


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_title_says_what_the_axis_is(name: str, qtbot: QtBot) -> None:
    plot = shown(qtbot, name, frames.experiment())
    assert plot.charts[0].caption.title == {"loss": "Softmax cross-entropy", "accuracy": "% correct"}[name]
