"""The bench in the main window: one click away, out of the way of the training, and connected to its form."""

from collections.abc import Collection
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from engine.fields import Choice
from engine.session import State
from gui.main_window import MainWindow
from gui.sampling.bench import SamplingBench
from tests.kept_bench import FEW, answered
from tests.windows import idle, press

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def plots_on_screen() -> Collection[str]:
    return {"loss", "gradients"}


def bench_of(window: MainWindow) -> SamplingBench:
    """Return the bench of a window with the answer to the question for few numbers."""
    bench = window.bench_view.bench
    assert bench is not None
    if bench.form.value("largest") != FEW:
        bench.form.field("largest").set_value(FEW)
        bench.form.changed.emit()
    answered(bench)
    return bench


def click_view(qtbot: QtBot, window: MainWindow, text: str) -> None:
    buttons = {button.text(): button for button in window.bench_view.switch.buttons()}
    qtbot.mouseClick(buttons[text], Qt.MouseButton.LeftButton)


def test_it_is_one_click_away_and_one_click_back(window: MainWindow, qtbot: QtBot) -> None:
    shown = [panel.isVisible() for panel in window.workspace.panels.values()]
    click_view(qtbot, window, "Sampling bench")
    bench = bench_of(window)
    assert bench.isVisible()
    for part in (window.form, window.transport, *window.workspace.panels.values()):
        assert not part.isVisible()
    click_view(qtbot, window, "Training")
    assert not bench.isVisible()
    assert window.form.isVisible()
    assert window.transport.isVisible()
    assert [panel.isVisible() for panel in window.workspace.panels.values()] == shown


def test_keys_open_and_leave_it(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert bench_of(window).isVisible()
    press(qtbot, window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.form.isVisible()
    assert not window.bench_view.shown


def test_training_goes_on_and_hidden_plots_do_not_draw(window: MainWindow, qtbot: QtBot) -> None:
    window.player.play()
    press(qtbot, window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    bench_of(window)
    loss = window.workspace.panels["loss"].plot
    before, step = loss.frame, window.session.history.last.step
    qtbot.waitUntil(lambda: window.session.history.last.step > step + 10, timeout=20_000)
    assert loss.frame is before
    assert window.session.state is State.PLAYING
    window.player.pause()
    idle(qtbot, window)
    press(qtbot, window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert loss.frame is window.session.history.last


def test_the_keys_of_the_training_mean_the_draw_on_the_bench(window: MainWindow, qtbot: QtBot) -> None:
    window.bench_view.open()
    bench = bench_of(window)
    bench.open_part("one_draw")
    bench_of(window)
    press(qtbot, window, Qt.Key.Key_R)
    press(qtbot, window, Qt.Key.Key_Right)
    assert bench.stepper.position == 1
    assert window.session.step_index == 0
    # A click on the picture leaves the keys where they were.
    view = bench.picture.view.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 200))
    press(qtbot, window, Qt.Key.Key_Right)
    assert bench.stepper.position == 2
    assert window.session.step_index == 0


def test_nothing_acts_on_the_training_that_is_not_on_show(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Qt.Key.Key_D, CONTROL)
    window.player.step(3)
    idle(qtbot, window)
    before = window.session.wanted, window.document.settings
    window.bench_view.open()
    bench_of(window)
    window.setFocus()
    for key, modifier in (
        (Qt.Key.Key_R, NONE),
        (Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_L, CONTROL),
        (Qt.Key.Key_Z, CONTROL),
        (Qt.Key.Key_D, CONTROL),
        (Qt.Key.Key_Space, NONE),
        (Qt.Key.Key_Left, NONE),
    ):
        press(qtbot, window, key, modifier)
        idle(qtbot, window)
        assert (window.session.wanted, window.document.settings) == before
        assert window.session.frame.step == 3
    window.bench_view.leave()
    press(qtbot, window, Qt.Key.Key_Z, CONTROL)
    assert len(window.session.runs) == 1
    press(qtbot, window, Qt.Key.Key_Left)
    idle(qtbot, window)
    assert window.session.frame.step == 2


def test_what_becomes_possible_meanwhile_is_so_after_the_bench(window: MainWindow, qtbot: QtBot) -> None:
    window.bench_view.open()
    bench_of(window)
    window.player.step(3)
    idle(qtbot, window)
    assert not window.time_line.back_action.isEnabled()
    window.bench_view.leave()
    assert window.time_line.back_action.isEnabled()
    assert window.transport.play_action.isEnabled()


def test_an_experiment_that_is_opened_is_shown(window: MainWindow) -> None:
    window.bench_view.open()
    window.files.new()
    assert not window.bench_view.shown
    assert window.form.isVisible()


def test_resetting_the_arrangement_or_enlarging_a_plot_leaves_the_bench(window: MainWindow) -> None:
    for action in (
        window.workspace.arrange,
        lambda: window.workspace.toggle_enlarged(window.workspace.panels["loss"]),
    ):
        window.bench_view.open()
        bench_of(window)
        action()
        assert not window.bench_view.shown
        assert window.workspace.panels["loss"].isVisible()
        window.workspace.restore_enlarged()


def test_the_arrangement_is_remembered_when_the_window_is_closed_on_the_bench(window: MainWindow) -> None:
    before = window.workspace.save()
    window.bench_view.open()
    bench_of(window)
    assert window.workspace.save() == before


def test_a_law_becomes_the_initializer_of_the_network(window: MainWindow) -> None:
    window.bench_view.open()
    bench = bench_of(window)
    bench.form.set_law(Choice("scaled_randn", {"std": 0.07}))
    before = window.document.settings
    bench.form._use.click()
    assert not window.bench_view.shown
    assert window.document.settings.runs[0].initializer == Choice("normal", {"std": 0.07})
    assert window.form.field("initializer").value() == Choice("normal", {"std": 0.07})
    assert "initializer" in window.message_bar.text
    window.document.undo_stack.undo()
    assert window.document.settings == before


def test_the_law_of_a_layer_is_shown_from_the_form(window: MainWindow, qtbot: QtBot) -> None:
    buttons = [
        button for button in window.form.findChildren(QToolButton) if button.accessibleName() == "Show law"
    ]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    bench = bench_of(window)
    assert window.bench_view.shown
    assert bench.part == "two_laws"
    run, (fan_in, fan_out, *_) = window.document.settings.runs[0], window.document.settings.sizes()
    shown: Any = bench.picture.shown
    law = shown.sides[0].law
    assert law.name == run.initializer.name
    assert (law.parameters["fan_in"], law.parameters["fan_out"]) == (fan_in, fan_out)


def test_what_is_on_show_is_exported(window: MainWindow, qtbot: QtBot) -> None:
    window.bench_view.open()
    bench_of(window)
    press(qtbot, window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.exports.dialog
    assert dialog is not None
    assert dialog.plots.currentData() == "large_numbers"
    dialog.reject()
    window.bench_view.leave()
    window.export("loss")
    assert dialog.plots.currentData() == "loss"
    dialog.reject()


def test_nothing_is_exported_before_all_is_drawn(window: MainWindow) -> None:
    window.bench_view.open()
    window.export()
    assert window.exports.dialog is None or not window.exports.dialog.isVisible()
    assert "nothing to export" in window.message_bar.text
    bench_of(window)


def test_closing_ends_what_is_being_drawn(window: MainWindow, qtbot: QtBot) -> None:
    window.bench_view.open()
    bench = window.bench_view.bench
    assert bench is not None
    assert bench.busy
    window.close()
    qtbot.waitUntil(window.isHidden, timeout=20_000)
    assert bench.stopped(5.0)
