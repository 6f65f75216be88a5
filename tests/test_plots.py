"""What every plot obeys, whatever the network does: no crash, no warning, options and numbers that agree."""

import dataclasses
import functools
import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.frame import LAYER_STATISTICS, Divergence, Frame
from engine.history import History
from gui.plots import FIGURES, PLOTS
from gui.plots.plot import Plot
from gui.plots.runs_view import RunsView
from gui.style import DARK, PRINT
from tests import frames
from tests.frames import histograms
from tests.plots_on_screen import EVERY_PLOT, made, shown

DEPTHS = pytest.mark.parametrize("hidden", [(), (5,), (32, 32), (8,) * 11, (8,) * 12, (8,) * 99], ids=len)

OTHER_OPTIONS: dict[str, list[object]] = {
    "log_x": [True],
    "log_y": [True],
    "smoothing": [0.6],
    "curves": ["train", "validation"],
    "band": ["mean"],
    "arrange": ["grid", "overlaid"],
    "layers": ["1-3, output", "2"],
    "shared_axes": [False],
    "quantity": ["z", "delta_rms", "activation_gradient_rms"],
}


def variants(name: str) -> list[dict[str, object]]:
    """Return the options of a plot: the usual ones, and each other value alone."""
    allowed = PLOTS[name].settings
    others = [
        {key: value}
        for key in allowed
        for value in OTHER_OPTIONS[key]
        if key != "quantity" or value in allowed["quantity"].choices  # type: ignore[union-attr]
    ]
    return [{}, *others]


def test_registry_and_figures_agree() -> None:
    assert list(PLOTS) == ["loss", "accuracy", "activations", "gradients", "gradients_over_time"]
    assert [name for names in FIGURES.values() for name in names] == list(PLOTS)
    assert all(plot.name == name and plot.title for name, plot in PLOTS.items())


@functools.cache
def short_history(experiment: Experiment) -> History:
    """Four frames, made once for all plots, which only look at them."""
    return frames.history(experiment, range(0, 12, 3))


@EVERY_PLOT
@DEPTHS
def test_every_depth_with_every_option(name: str, hidden: tuple[int, ...], qtbot: QtBot) -> None:
    experiment = frames.experiment(hidden)
    history = short_history(experiment)
    plot = made(qtbot, name)
    plot.resize(560, 260)
    plot.show()
    usual = plot.options()
    for options in variants(name):
        plot.reset(experiment)
        plot.restore(usual | options)
        assert plot.options().items() >= options.items()
        plot.show_frame(history, history.last.step)
        plot.grab()
        assert plot.table().rows or (not hidden and options == {"quantity": "activation_gradient_rms"})
        plot.show_frame(history, 3)
        plot.grab()


@EVERY_PLOT
@pytest.mark.parametrize("size", [(120, 80), (280, 160), (2500, 1400)], ids=str)
def test_every_size(name: str, size: tuple[int, int], qtbot: QtBot) -> None:
    for hidden in ((32, 32), (8,) * 11, (8,) * 30):
        experiment = frames.experiment(hidden)
        shown(qtbot, name, experiment, frames.history(experiment, [0, 5]), size=size)


@EVERY_PLOT
def test_nothing_to_show_yet(name: str, qtbot: QtBot) -> None:
    plot = made(qtbot, name)
    plot.show()
    plot.grab()
    experiment = frames.experiment()
    plot.show_frame(frames.history(experiment, [0]), 0)  # before the first reset
    plot.reset(experiment)
    plot.show_frame(History(), 0)
    plot.grab()
    assert plot.table().rows == []
    assert plot.accessibleDescription() == "no frame yet"


@EVERY_PLOT
def test_new_experiment_empties_the_plot(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown(qtbot, name, experiment, frames.history(experiment))
    plot.reset(frames.experiment((16,) * 20))
    plot.grab()
    assert plot.table().rows == []


NASTY = st.sampled_from(
    [0.0, -0.0, math.nan, math.inf, -math.inf, 1e-45, 1e-320, 1e300, -1e300, 1e12, 1e13, -5.0, 0.3, 1.0]
)


@st.composite
def nasty_histories(draw: st.DrawFn, experiment: Experiment) -> History:
    """Histories of numbers that no sane training produces."""
    history = History()
    for step in sorted(draw(st.sets(st.integers(0, 10**7), min_size=1, max_size=4))):
        frame = frames.frame(experiment, 0)
        runs = []
        for run in frame.runs:
            layers = run.layers.copy()
            for statistic in LAYER_STATISTICS:
                layers[statistic] = [draw(NASTY) for _ in layers]
            values = [np.array(draw(st.lists(NASTY, min_size=1, max_size=5))) for _ in layers]
            divergence = draw(st.none() | st.just(Divergence(step, 1, "weights")))
            scalars = {
                key: draw(NASTY)
                for key in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
            }
            counted = histograms(values)
            runs.append(
                dataclasses.replace(
                    run, layers=layers, z=counted, activation=counted, divergence=divergence, **scalars
                )
            )
        history.append(Frame(step, step / 45, tuple(runs)))
    return history


SHALLOW, DEEP = frames.experiment((4,)), frames.experiment((4,) * 13)


@EVERY_PLOT
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_numbers_are_too_nasty(name: str, data: st.DataObject, qtbot: QtBot) -> None:
    experiment = data.draw(st.sampled_from([SHALLOW, DEEP]))
    plot = shown(qtbot, name, experiment, options=data.draw(st.sampled_from(variants(name))))
    history = data.draw(nasty_histories(experiment))
    for frame in history:
        plot.show_frame(history, frame.step)
        plot.grab()
    for chart in plot.charts:
        assert np.isfinite(chart.box.viewRange()).all()
        (left, right), (bottom, _) = chart.box.viewRange()
        for share in (0.0, 0.3, 0.6, 1.0) if chart.isVisible() else ():
            plot._read(chart, left + share * (right - left), bottom)
    assert plot.table().to_csv()


@EVERY_PLOT
def test_a_huge_spike_is_left_behind(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0], scales=1e9, loss=1e9)
    plot = shown(qtbot, name, experiment, history)
    for frame in frames.history(experiment, range(1, 60)):
        history.append(frame)
        plot.show_frame(history, frame.step)
    plot.grab()


@EVERY_PLOT
def test_options_come_back_through_json(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment((8,) * 20)
    for options in variants(name):
        plot = shown(qtbot, name, experiment, frames.history(experiment, [0]), options=options)
        assert plot.options().items() >= options.items()
        other = made(qtbot, name)
        other.reset(experiment)
        other.restore(json.loads(json.dumps(plot.options())))
        assert other.options() == plot.options()


@EVERY_PLOT
def test_unknown_and_bad_options_are_left_alone(name: str, qtbot: QtBot) -> None:
    plot = shown(qtbot, name, frames.experiment())
    before = plot.options()
    with qtbot.assertNotEmitted(plot.options_changed):
        plot.restore({"nonsense": 1, **dict.fromkeys(before, object())})
        plot.restore({key: [] for key in before})
    assert plot.options() == before


@EVERY_PLOT
def test_every_option_has_a_control_that_explains_itself(name: str, qtbot: QtBot) -> None:
    plot = shown(qtbot, name, frames.experiment((8,) * 20))
    allowed = PLOTS[name].settings
    assert len(plot.option_widgets()) == len(allowed)
    for setting, control in zip(allowed.values(), plot.option_widgets(), strict=True):
        assert setting.help in control.toolTip()


@EVERY_PLOT
def test_theme_changes_what_is_drawn_already(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown(qtbot, name, experiment, frames.history(experiment))
    for theme in (DARK, PRINT):
        plot.set_theme(theme)
        image = plot.grab().toImage()
        assert image.pixelColor(2, 2).name() == theme.base.lower()


@EVERY_PLOT
def test_a_plot_that_nobody_sees_stays_as_it_was_while_frames_come_between_others(
    name: str, qtbot: QtBot
) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, [0, 10, 20, 30])
    plot = shown(qtbot, name, experiment, history)
    words = plot.accessibleDescription()
    history.insert(frames.frame(experiment, 25))
    plot.set_theme(DARK)
    plot.describe()
    assert plot.accessibleDescription() == words


def test_axes_are_painted_anew_on_a_finer_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    config = frames.experiment()
    plot = shown(qtbot, "loss", config, frames.history(config))
    painted = []
    monkeypatch.setattr(plot.charts[0].left, "paint_still", lambda _painter: painted.append("axis"))
    plot.grab()
    assert not painted, "they are kept as a picture"
    QApplication.sendEvent(plot.view, QEvent(QEvent.Type.DevicePixelRatioChange))
    plot.grab()
    assert painted


@EVERY_PLOT
def test_screen_readers_get_name_and_values(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown(qtbot, name, experiment, frames.history(experiment, [0, 30]))
    for widget in (plot, plot.view):
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.text(QAccessible.Text.Name) == plot.title
        assert "Step 30" in interface.text(QAccessible.Text.Description)


@EVERY_PLOT
def test_screen_readers_are_told_that_there_is_nothing_to_see(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment((), runs=2)
    plot = shown(qtbot, name, experiment, frames.history(experiment, [0, 30]))
    plot.show_runs(RunsView(hidden=frozenset({0, 1})))
    assert plot.accessibleDescription() == "Step 30. Every run is hidden."
    if name.startswith("gradients"):
        plot.show_runs(RunsView())
        plot.restore({"quantity": "activation_gradient_rms"})
        assert plot.accessibleDescription().endswith("only hidden layers have it, and there is none.")


class _Paints(QObject):
    """Counts the repaints of a plot."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self.n = 0
        plot.view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.n += event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


@EVERY_PLOT
def test_a_frame_is_one_repaint_and_the_same_frame_none(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, range(20))
    plot = shown(qtbot, name, experiment, history)
    QApplication.processEvents()
    paints = _Paints(plot)
    for frame in frames.history(experiment, range(20, 30)):
        history.append(frame)
        plot.show_frame(history, frame.step)
        QApplication.processEvents()
    # Each frame is one; where it changes the ticks, an axis may ask for another.
    assert 10 <= paints.n <= 12
    paints.n = 0
    for _ in range(5):
        plot.show_frame(history, history.last.step)
        QApplication.processEvents()
    assert paints.n == 0


@EVERY_PLOT
def test_the_mouse_reads_values_and_leaves_nothing_behind(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment)
    plot = shown(qtbot, name, experiment, history)
    chart = next(chart for chart in plot.charts if chart.isVisible())
    place = plot.view.mapFromScene(chart.box.sceneBoundingRect().center())
    qtbot.mouseMove(plot.view.viewport(), place + QPoint(3, 0))
    qtbot.mouseMove(plot.view.viewport(), place)
    reading = chart.readout.reading
    assert reading is not None
    assert len(reading.lines()) >= 2
    history.append(frames.frame(experiment, 600))
    plot.show_frame(history, 600)
    plot.grab()
    assert chart.readout.reading is not None  # read anew from the new frame
    QApplication.sendEvent(plot.view, QEvent(QEvent.Type.Leave))
    assert not chart.readout.isVisible()


@EVERY_PLOT
def test_a_figure_needs_no_event_loop(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment)
    plot = made(qtbot, name, PRINT)
    plot.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    plot.resize(500, 300)
    plot.show()
    plot.reset(experiment)
    plot.show_frame(history, history.last.step)
    first = plot.view.grab().toImage()
    QApplication.processEvents()
    assert plot.view.grab().toImage() == first


@EVERY_PLOT
def test_several_runs_are_drawn(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment(runs=3)
    plot = shown(qtbot, name, experiment, frames.history(experiment, range(0, 30, 3)))
    shown_runs = {row[0] for row in plot.table().rows}
    assert shown_runs == ({1} if name == "gradients_over_time" else {1, 2, 3})


@EVERY_PLOT
def test_runs_of_unequal_depth_are_drawn(name: str, qtbot: QtBot) -> None:
    shallow, deep = frames.experiment(()), frames.experiment((8,) * 15)
    experiment = shallow.with_runs((*shallow.runs, *deep.runs))
    shown(qtbot, name, experiment, frames.history(experiment, range(0, 30, 3)))
    experiment = deep.with_runs((*deep.runs, *shallow.runs))
    shown(qtbot, name, experiment, frames.history(experiment, range(0, 30, 3)))
