"""Several runs in the plots over time: names, hidden ones, seeds, what diverged, and pale references."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.fields import Choice
from engine.frame import Divergence, Frame
from engine.history import History
from engine.pasts import Past
from gui.plots import PLOTS
from gui.plots.gradients import Gradients
from gui.plots.plot import Plot
from gui.plots.runs_view import RunsView
from gui.plots.training_curves import TrainingCurves
from tests import frames
from tests.plots_on_screen import shown

PASTS = ("loss", "gradients")
"""Plots that draw pale references."""


def named(*names: str, n_seeds: int = 1) -> Experiment:
    experiment = frames.experiment((4,))
    config = experiment.runs[0]
    runs = tuple(dataclasses.replace(config, name=name, n_seeds=n_seeds) for name in names)
    return experiment.with_runs(runs)


def over_time(qtbot: QtBot, experiment: Experiment, history: History, **given: Any) -> TrainingCurves:
    plot = shown(qtbot, "loss", experiment, history, **given)
    assert isinstance(plot, TrainingCurves)
    return plot


def diverging(history: History, step: int, runs: tuple[int, ...]) -> History:
    last = history.last
    after = [
        dataclasses.replace(run, train_loss=math.nan, divergence=Divergence(step, 1, "weights"))
        if index in runs
        else run
        for index, run in enumerate(last.runs)
    ]
    history.append(dataclasses.replace(last, step=step, runs=tuple(after)))
    return history


@pytest.mark.parametrize("name", ["loss", "accuracy", "gradients", "gradients_over_time"])
def test_only_a_legend_of_several_runs_wants_more_height(name: str) -> None:
    all_of_them, none = RunsView(), RunsView(hidden=frozenset(range(9)))

    def height(experiment: Experiment, runs: RunsView) -> float:
        return PLOTS[name].figure_height(experiment, runs, {})

    assert height(named("a"), all_of_them) == height(named(*"abcdefghi"), none) == 1
    if name == "gradients_over_time":
        assert height(named(*"abcdefghi"), all_of_them) == 1
    else:
        assert 1 < height(named(*"abcd"), all_of_them) < height(named(*"abcdefghi"), all_of_them)


def visible_lines(plot: TrainingCurves) -> list[tuple[int, str]]:
    """The curves that can be seen: every line in the box that is visible belongs to one."""
    return [(curve.run, curve.scalar) for curve in plot._made.values() if curve.line.isVisible()]


def click(qtbot: QtBot, plot: Plot, text: str) -> None:
    caption = plot.charts[0].caption
    place = next(place for place in caption.places() if place.entry.text == text)
    pos = plot.view.mapFromScene(caption.mapToScene(place.area.center()))
    qtbot.mouseClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=pos)


@pytest.mark.parametrize("n_runs", [1, 3])
def test_a_figure_of_some_layers_is_as_high_as_that_of_a_network_of_as_many(n_runs: int) -> None:
    def height(n_layers: int, layers: str) -> float:
        experiment = frames.experiment((8,) * (n_layers - 1), runs=n_runs)
        return PLOTS["activations"].figure_height(experiment, RunsView(), {"layers": layers})

    assert height(30, "1-8") == height(8, "")
    assert height(30, "1-20") == height(20, "")


def test_legend_names_all_runs_and_keeps_hidden_ones(qtbot: QtBot) -> None:
    experiment = named("zeros", "He", "Xavier")
    plot = over_time(qtbot, experiment, frames.history(experiment))
    plot.show_runs(RunsView(hidden=frozenset({1})))
    entries = plot.chart.caption.entries
    assert [(entry.text, entry.off) for entry in entries[:3]] == [
        ("zeros", False),
        ("He", True),
        ("Xavier", False),
    ]
    assert {run for run, _ in visible_lines(plot)} == {0, 2}
    assert {row[1] for row in plot.table().rows} == {"zeros", "Xavier"}
    plot.show_runs(RunsView())
    assert {run for run, _ in visible_lines(plot)} == {0, 1, 2}


@pytest.mark.parametrize("name", ["loss", "accuracy"])
@pytest.mark.parametrize("size", [(560, 260), (300, 260)], ids=["one line", "two lines"])
def test_a_click_on_the_legend_asks_to_toggle_the_run(name: str, size: tuple[int, int], qtbot: QtBot) -> None:
    experiment = named("zeros", "He", "a longer name")
    plot = shown(qtbot, name, experiment, frames.history(experiment), size=size)
    for run, text in enumerate(("zeros", "He", "a longer name")):
        with qtbot.waitSignal(plot.run_toggled) as caught:
            click(qtbot, plot, text)
        assert caught.args == [run]
    plot.show_runs(RunsView(hidden=frozenset({0})))
    with qtbot.waitSignal(plot.run_toggled) as caught:
        click(qtbot, plot, "zeros")
    assert caught.args == [0]


def test_hiding_a_run_keeps_the_zoom(qtbot: QtBot) -> None:
    experiment = named("zeros", "He")
    plot = over_time(qtbot, experiment, frames.history(experiment))
    chosen = ((5.0, 20.0), (0.5, 1.5))
    plot.chart.zoom(chosen)
    plot.show_runs(RunsView(hidden=frozenset({0})))
    assert plot.chart.ranges == chosen
    assert not plot.chart.owned


def test_every_run_hidden_leaves_an_empty_plot(qtbot: QtBot) -> None:
    experiment = named("zeros", "He")
    plot = over_time(qtbot, experiment, frames.history(experiment))
    plot.show_runs(RunsView(hidden=frozenset({0, 1})))
    plot.grab()
    assert plot._read(plot.chart, 3.0, 1.0) is not None
    assert plot.table().rows == []
    assert "Every run is hidden" in plot.accessibleDescription()


def test_curves_by_choice(qtbot: QtBot) -> None:
    experiment = named("zeros", "He")
    plot = over_time(qtbot, experiment, frames.history(experiment), options={"curves": "validation"})
    assert {scalar for _, scalar in visible_lines(plot)} == {"validation_loss"}
    pen = plot.curves[1].line.opts["pen"]
    assert pen.color().name() == plot.theme.run(1)[0].lower(), "with nothing beside it, it does not step back"
    alone = frames.experiment((4,))
    plot.reset(alone)
    plot.show_frame(frames.history(alone), 57)
    assert len(visible_lines(plot)) == 2, "one run has both, whatever was chosen for several"


def test_seeds_are_a_median_with_a_band(qtbot: QtBot) -> None:
    experiment = named("zeros", "He", n_seeds=5)
    history = frames.with_seeds(frames.history(experiment), 5)
    plot = over_time(qtbot, experiment, history)
    training = plot.curves[0]
    losses = frames.of_seeds(history, 0, "train_loss")
    np.testing.assert_allclose(training.line.yData, np.median(losses, axis=1))
    np.testing.assert_allclose(training.area.low, np.percentile(losses, 10, axis=1))
    np.testing.assert_allclose(training.area.high, np.percentile(losses, 90, axis=1))
    assert training.area.isVisible()
    assert not plot.curves[1].area.isVisible(), "validation steps back among several runs"
    plot.restore({"band": "mean"})
    np.testing.assert_allclose(training.area.high, losses.mean(axis=1) + losses.std(axis=1, ddof=1))
    table = plot.table()
    assert table.columns[4:7] == ("train_loss_mean", "train_loss_mean_minus_std", "train_loss_mean_plus_std")
    assert table.rows[0][4] == pytest.approx(losses[0].mean())


def test_choices_show_only_where_they_matter(qtbot: QtBot) -> None:
    experiment = named("zeros", "He", n_seeds=5)
    plot = over_time(qtbot, experiment, frames.with_seeds(frames.history(experiment), 5))
    controls = plot._options.controls
    assert [controls[name].isHidden() for name in ("curves", "band")] == [False, False]
    plot.reset(frames.experiment())
    assert [controls[name].isHidden() for name in ("curves", "band")] == [True, True]


def test_divergence_of_several_runs_is_a_cross_in_the_colour_of_each(qtbot: QtBot) -> None:
    experiment = named("zeros", "He", "rand")
    history = diverging(frames.history(experiment, range(0, 30, 3)), 31, (0, 2))
    plot = over_time(qtbot, experiment, history)
    crosses = [(dot.x, dot.color) for dot in plot.dots.dots if dot.shape == "cross"]
    assert crosses == [(31, plot.theme.run(run)[0]) for run in (0, 2)]
    assert not plot.divergence.isVisible()
    assert plot.chart.caption.note == "zeros, rand diverged"
    plot.show_runs(RunsView(hidden=frozenset({0})))
    assert plot.chart.caption.note == "rand diverged at step 31, layer 1: weights not finite"


def test_a_run_diverges_with_its_last_seed(qtbot: QtBot) -> None:
    experiment = named("He", n_seeds=2)
    history = frames.with_seeds(frames.history(experiment, range(0, 30, 3)), 2)
    for step, n_diverged in ((31, 1), (40, 2)):
        (seeds,) = ([*history.last.seeds(0)],)
        for seed in range(n_diverged):
            seeds[seed] = dataclasses.replace(
                seeds[seed], train_loss=math.nan, divergence=Divergence(step, 1, "weights")
            )
        history.append(Frame.of_seeds(step, step / 45, [seeds]))
        plot = over_time(qtbot, experiment, history)
        assert plot.divergence.isVisible() == (n_diverged == 2)
        assert f"{n_diverged} of 2 seeds" in plot.chart.caption.note
        assert np.isfinite(plot.curves[0].line.yData[-1]) == (n_diverged == 1)


def test_a_run_that_starts_far_above_the_others_does_not_flatten_them(qtbot: QtBot) -> None:
    experiment = named("zeros", "He", "randn")
    history = History()
    for frame in frames.history(experiment, range(0, 60, 3)):
        *others, last = frame.runs
        last = dataclasses.replace(last, train_loss=200 * last.train_loss, validation_loss=200.0)
        history.append(dataclasses.replace(frame, runs=(*others, last)))
    plot = over_time(qtbot, experiment, history)
    assert plot.chart.box.viewRange()[1][1] < 10
    plot.show_runs(RunsView(hidden=frozenset({0, 1})))
    assert plot.chart.box.viewRange()[1][1] > 200


def test_pasts_are_pale_up_to_their_last_frame(qtbot: QtBot) -> None:
    experiment = named("zeros", "He")
    past = Past(experiment, frames.history(experiment, range(0, 100, 4), loss=1.7), 40)
    history = frames.history(experiment, range(0, 44, 4))
    plot = over_time(qtbot, experiment, history)
    plot.show_runs(RunsView(hidden=frozenset({1}), pasts=((past, "before L2 0.1"),)))
    (drawn,) = plot.pasts
    assert drawn.line.xData[-1] == 96
    assert set(drawn.line.yData) == {1.7}
    assert drawn.line.opts["pen"].color().lightnessF() > plot.curves[0].line.opts["pen"].color().lightnessF()
    assert plot.chart.box.viewRange()[0][1] >= 96
    assert [(dot.x, dot.y) for dot in plot.dots.dots if dot.shape == "tick"] == [(40, 1.7)]
    reading = plot._read(plot.chart, 20.0, 0.0)
    assert reading is not None
    assert ("zeros, before L2 0.1", "1.7") in [(row.name, row.value) for row in reading.rows]
    assert [entry.text for entry in plot.chart.caption.entries[:2]] == ["zeros", "He"], "none for the past"


def test_pasts_of_other_runs_keep_their_names_and_are_not_hidden_with_the_runs_of_now(qtbot: QtBot) -> None:
    experiment, before = named("relu", "tanh"), named("zeros", "He", n_seeds=2)
    past = Past(before, frames.history(before, [0, 4]), 4)
    plot = over_time(qtbot, experiment, frames.history(experiment, [0, 4]))
    plot.show_runs(RunsView(hidden=frozenset({0, 1}), pasts=((past, "pinned at step 4"),)))
    assert [drawn.of.name for drawn in plot.pasts] == ["zeros, pinned at step 4", "He, pinned at step 4"]


@pytest.mark.parametrize(
    ("runs", "number"),
    [
        (("zeros", "He", "rand"), 1),
        (("He", "zeros", "rand"), 0),
        (("zeros", "new", "rand"), 1),
        (("He", "He", "rand"), 1),
    ],
)
def test_a_pinned_run_keeps_its_colour_and_follows_its_run(
    runs: tuple[str, ...], number: int, qtbot: QtBot
) -> None:
    before, experiment = named("zeros", "He", "rand"), named(*runs)
    pinned = Past(before.of_runs([1]), frames.history(before.of_runs([1]), [0, 4]), 4, first_run=1)
    plots = [shown(qtbot, name, experiment, frames.history(experiment, [0, 4])) for name in PASTS]
    for plot in plots:
        plot.show_runs(RunsView(pasts=((pinned, "pinned at step 4"),)))
    curves, magnitudes = plots
    assert isinstance(curves, TrainingCurves)
    assert isinstance(magnitudes, Gradients)
    color, dash = curves.theme.run(number)
    for line in (curves.pasts[0].line, magnitudes.past_lines[0]):
        assert line.opts["pen"].color().name() == curves.theme.pale(color, 0.4).lower()
        assert bool(line.opts["pen"].dashPattern()) == bool(dash)


def test_a_readout_of_many_runs_stays_within_the_chart(qtbot: QtBot) -> None:
    experiment = named(*(f"number {i}" for i in range(32)))
    plot = over_time(qtbot, experiment, frames.history(experiment))
    values = {row[4]: row[1] for row in plot.table().rows if row[2] == 57}
    reading = plot._read(plot.chart, 57.0, 2.0)
    assert reading is not None
    assert 4 < len(reading.rows) < 20
    nearest = min(values, key=lambda value: abs(value - 2.0))  # type: ignore[operator]
    assert values[nearest] in [row.name for row in reading.rows]
    assert reading.rows[-1].name == f"{33 - len(reading.rows)} more"


def test_other_runs_and_shapes_after_a_reset(qtbot: QtBot) -> None:
    plot = over_time(qtbot, named("a", "b", "c"), frames.history(named("a", "b", "c")))
    alone = frames.experiment((8,), activation="relu")
    plot.reset(alone)
    plot.show_frame(frames.history(alone), 0)
    assert visible_lines(plot) == [(0, "train_loss"), (0, "validation_loss")]
    assert [entry.text for entry in plot.chart.caption.entries] == ["training", "validation"]
    assert Choice("relu") == alone.runs[0].activation
