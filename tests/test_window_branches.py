"""Going on otherwise from the frame on show: live settings, the optimizer, a layer drawn anew, with undo."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolButton

from engine.changes import Change, Redraw
from engine.fields import Choice
from engine.session import State
from gui.message_bar import Level
from tests.form_keys import type_in
from tests.same import frames_equal
from tests.small import trained
from tests.windows import SMALL, idle, press


@pytest.fixture(scope="module")
def plots_on_screen():
    return {"loss"}


def train(qtbot, window, steps):
    window.transport.steps_requested.emit(steps)
    idle(qtbot, window)


def look_at(qtbot, window, step):
    window.navigator.seek(step, step)
    idle(qtbot, window)
    assert window.session.frame.step == step


def test_a_learning_rate_typed_at_an_earlier_frame_goes_on_from_there_and_keeps_the_past(qtbot, window):
    train(qtbot, window, 40)
    newest = window.session.history.last
    look_at(qtbot, window, 24)
    shown = window.session.frame
    type_in(window.form, "learning_rate", "0.01")
    idle(qtbot, window)
    assert window.session.following
    frames_equal(window.session.frame, shown)
    (past,) = window.session.pasts
    assert past.step == 24
    frames_equal(past.history.last, newest)
    assert window.message_bar.text == (
        "Going on from step 24: learning rate is now 0.01. What came after it stays as a pale reference."
    )
    assert window.windowTitle().startswith("untitled")
    assert window.isWindowModified()
    assert window.time_line.text == "step 24 of 24 · following"
    assert window.workspace.panels["loss"].plot.history.last.step == 24
    train(qtbot, window, 16)
    changed = replace(SMALL, changes=(Change(24, 0, "learning_rate", 0.01),))
    frames_equal(window.session.frame, trained(changed, 40))


def test_undo_brings_the_setting_back_from_here_on(qtbot, window):
    train(qtbot, window, 40)
    look_at(qtbot, window, 24)
    type_in(window.form, "learning_rate", "0.01")
    train(qtbot, window, 6)
    window.document.undo_stack.undo()
    idle(qtbot, window)
    assert window.form.field("learning_rate").value() == SMALL.runs[0].learning_rate
    assert window.session.experiment.value_at(30, "learning_rate") == SMALL.runs[0].learning_rate
    assert window.session.experiment.value_at(25, "learning_rate") == 0.01
    assert window.session.step_index == 30


def test_undo_before_the_change_leaves_what_came_after_it_and_logs_nothing(qtbot, window):
    train(qtbot, window, 30)
    type_in(window.form, "learning_rate", "0.01")
    train(qtbot, window, 10)
    window.navigator.seek(17, 17)
    assert window.session.state is State.SEEKING
    window.document.undo_stack.undo()
    idle(qtbot, window)
    assert window.session.experiment == SMALL
    assert window.session.step_index == 17
    assert [past.history.last.step for past in window.session.pasts] == [40]
    assert window.form.field("learning_rate").value() == SMALL.runs[0].learning_rate


def test_redo_where_it_holds_already_leaves_all_frames(qtbot, window):
    train(qtbot, window, 30)
    type_in(window.form, "learning_rate", "0.01")
    changed = window.session.experiment
    train(qtbot, window, 10)
    window.document.undo_stack.undo()
    window.navigator.seek(37, 37)
    assert window.session.state is State.SEEKING
    window.document.undo_stack.redo()
    assert "Going on" not in window.message_bar.text
    idle(qtbot, window)
    assert window.session.experiment == changed
    assert not window.session.pasts
    assert (window.session.frame.step, window.session.step_index) == (37, 40)
    train(qtbot, window, 10)
    frames_equal(window.session.frame, trained(changed, 47))


def test_another_optimizer_proposes_its_learning_rate_as_one_step_to_undo(qtbot, window):
    train(qtbot, window, 10)
    combo = window.form.field("optimizer").editor
    combo.set_name("adam")
    combo.activated.emit(combo.currentIndex())
    idle(qtbot, window)
    experiment = window.session.experiment
    assert experiment.value_at(10, "optimizer").name == "adam"
    assert experiment.value_at(10, "learning_rate") == 0.001
    assert window.session.step_index == 10
    assert window.form.field("learning_rate").value() == 0.001
    texts = [mark.text for mark in window.time_line.scale.marks]
    assert texts == ["Step 10: optimizer is now Adam.", "Step 10: learning rate is now 0.001."]
    window.document.undo_stack.undo()
    idle(qtbot, window)
    assert window.form.field("optimizer").value() == SMALL.runs[0].optimizer
    assert window.form.field("learning_rate").value() == SMALL.runs[0].learning_rate
    assert not window.document.undo_stack.canUndo()
    train(qtbot, window, 10)
    frames_equal(window.session.frame, trained(SMALL, 20))


def test_a_layer_is_drawn_anew_from_the_frame_on_show(qtbot, window):
    train(qtbot, window, 30)
    press(qtbot, window, Qt.Key.Key_Home)
    idle(qtbot, window)
    look_at(qtbot, window, 12)
    window.form._layer_panel.select_layer(1)
    (button,) = (
        b for b in window.form.findChildren(QToolButton) if b.defaultAction() is window.form.redraw_action
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    idle(qtbot, window)
    (change,) = window.session.experiment.changes
    assert change == Change(12, 0, "layer_weights", Redraw(2, Choice("he_normal"), 1))
    assert "layer 2 drawn anew (He normal (Kaiming), seed 1)" in window.message_bar.text
    assert "Undo does not bring the old weights back" in window.message_bar.text
    assert window.message_bar.level is Level.DONE
    assert len(window.session.pasts) == 1
    press(qtbot, window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    idle(qtbot, window)
    (change,) = window.session.experiment.changes
    assert change.value.seed == 2
    train(qtbot, window, 5)
    frames_equal(window.session.frame, trained(replace(SMALL, changes=(change,)), 17))
    assert np.isfinite(window.session.frame.runs[0].train_loss)


def test_from_frame_0_the_settings_are_those_before_what_was_changed_and_saved(qtbot, window, tmp_path):
    train(qtbot, window, 10)
    type_in(window.form, "learning_rate", "0.02")
    window.files.save_to(tmp_path / "saved.json")
    window.reset()
    idle(qtbot, window)
    assert window.document.settings == SMALL
    type_in(window.form, "learning_rate", "0.02")
    assert window.session.experiment.changes[0] == Change(0, 0, "learning_rate", 0.02)


def test_a_change_while_playing_and_looking_back_applies_where_the_training_is(qtbot, window):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 100)
    window.navigator.seek(50, 50)
    at = window.session.step_index
    window.form.changed_live.emit({"learning_rate": 0.02})
    qtbot.waitUntil(lambda: bool(window.session.experiment.changes))
    assert window.session.experiment.changes[0].step >= at
    assert window.session.state is State.PLAYING
    assert not window.session.following
    assert not window.session.pasts
    assert "Going on from step" in window.message_bar.text
    window.player.pause()
    idle(qtbot, window)


@pytest.mark.parametrize("text", ["0.1", "1e-1"])
def test_the_value_on_show_can_be_typed_where_training_goes_on_with_another_by_now(qtbot, window, text):
    shown = window.form.field("learning_rate").value()
    assert shown == float(text)
    train(qtbot, window, 10)
    window.form.changed_live.emit({"learning_rate": 0.02})
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 30)
    window.navigator.seek(5, 5)
    qtbot.waitUntil(lambda: window.form.field("learning_rate").value() == shown)
    type_in(window.form, "learning_rate", text)
    qtbot.waitUntil(lambda: len(window.session.experiment.changes) == 2)
    window.player.pause()
    idle(qtbot, window)
    last = window.session.experiment.changes[-1]
    assert (last.field, last.value) == ("learning_rate", shown)
    assert last.step > 30
    assert "learning rate is now 0.1" in window.message_bar.text
    type_in(window.form, "learning_rate", text)
    assert len(window.session.wanted.changes) == 2, "at rest, it is what training goes on with"


def test_what_is_changed_while_looking_back_at_a_play_is_undone_to_what_the_play_went_on_with(qtbot, window):
    train(qtbot, window, 20)
    type_in(window.form, "learning_rate", "0.01")
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 40)
    window.navigator.seek(10, 10)
    for _ in range(2):
        type_in(window.form, "learning_rate", "0.02")
        qtbot.waitUntil(lambda: logged(window) == [0.01, 0.02])
        qtbot.waitUntil(lambda: window.form.field("learning_rate").value() == SMALL.runs[0].learning_rate)
    for rate in (0.02, 0.01):
        window.document.undo_stack.undo()
        qtbot.waitUntil(lambda rate=rate: logged(window)[-1] == rate)
    window.player.pause()
    idle(qtbot, window)


def logged(window):
    return [change.value for change in window.session.wanted.changes]


def test_closing_takes_a_half_typed_value_before_the_session_ends(qtbot, window):
    field = window.form.field("hidden").findChild(QLineEdit)
    field.setFocus()
    field.setText("7")
    window.close()
    qtbot.waitUntil(window.isHidden, timeout=20_000)
    assert window.session.closed(1.0)


def test_the_form_shows_an_earlier_frame_s_settings_also_where_a_change_was_just_asked_for(qtbot, window):
    train(qtbot, window, 20)
    window.player.play()
    qtbot.waitUntil(lambda: window.session._training.busy, timeout=20_000)
    type_in(window.form, "learning_rate", "0.03")
    window.navigator.home()
    qtbot.waitUntil(lambda: bool(window.session.experiment.changes), timeout=20_000)
    window.player.pause()
    idle(qtbot, window)
    assert window.session.experiment.changes[0].step >= 20
    assert window.session.frame.step == 0
    rates = [window.form.field("learning_rate").value(), window.document.settings.runs[0].learning_rate]
    assert rates == [SMALL.runs[0].learning_rate] * 2
    window.navigator.end()
    idle(qtbot, window)
    assert window.form.field("learning_rate").value() == 0.03


def test_going_on_otherwise_leaves_no_hidden_plot_with_a_frame_that_is_gone(qtbot, window):
    train(qtbot, window, 20)
    panel = window.workspace.panels["loss"]
    panel.close()
    look_at(qtbot, window, 0)
    assert panel.plot.frame.step == 20
    type_in(window.form, "learning_rate", "0.01")
    idle(qtbot, window)
    panel.show()
    assert panel.plot.frame is window.session.frame
