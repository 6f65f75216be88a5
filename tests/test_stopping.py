"""Stop when: the rules in the dialog, in the transport bar, in the settings, and when one ends a play."""

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from engine.fields import Choice
from engine.session import State
from engine.stop_rules import STOP_RULES, describe_rule
from gui.message_bar import Level
from gui.settings import Settings
from gui.stopping import Stopping
from tests.windows import idle, press

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def plots_on_screen():
    return {"loss"}


def check(qtbot, window, rule):
    """Click on the box of a rule."""
    box = window.stopping.dialog.panel.box(rule)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))


def type_in(window, rule, parameter, text):
    line = window.stopping.dialog.panel.field(rule, parameter).editor.findChild(QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_a_rule_of_the_dialog_ends_a_play_and_the_window_says_so(qtbot, window):
    press(qtbot, window, Qt.Key.Key_Space, CONTROL | SHIFT)
    assert window.stopping.dialog.isVisible()
    field = window.stopping.dialog.panel.field("step", "step")
    assert not field.isVisible()
    check(qtbot, window, "step")
    assert field.isVisible()
    type_in(window, "step", "step", "47")
    assert "step 47" in window.transport.stop_action.toolTip()
    window.stopping.dialog.close()
    window.activateWindow()
    window.player.play()
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED)
    idle(qtbot, window)
    assert window.session.step_index == 47
    assert window.message_bar.text == "Stopped at step 47 by your rule: step 47."
    assert window.message_bar.level is Level.DONE


def test_what_is_said_of_a_play_that_was_ended_goes_when_the_training_goes_on(qtbot, window):
    window.session.stop.rules = [Choice("step", {"step": 20})]
    for go_on in (window.player.play, lambda: window.player.step(5), window.reset):
        window.player.play()
        qtbot.waitUntil(lambda: window.message_bar.text == "Stopped at step 20 by your rule: step 20.")
        window.navigator.home()
        idle(qtbot, window)
        assert window.message_bar.text.startswith("Stopped at step 20"), "that is still so"
        window.navigator.end()
        idle(qtbot, window)
        go_on()
        qtbot.waitUntil(lambda: not window.message_bar.text.startswith("Stopped"))
        window.player.pause()
        idle(qtbot, window)
        window.navigator.home()
        idle(qtbot, window)


def test_a_rule_that_holds_already_when_it_is_chosen_does_not_end_the_play(qtbot, window):
    window.stopping.open()
    window.session.steps_per_frame = 1
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 5)
    check(qtbot, window, "step")
    type_in(window, "step", "step", "2")
    check(qtbot, window, "loss_below")
    type_in(window, "loss_below", "value", "1000")
    chosen_at = window.session.step_index
    qtbot.waitUntil(lambda: window.session.step_index > chosen_at + 5)
    type_in(window, "step", "step", str(window.session.step_index + 40))
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED)
    assert window.session.step_index == window.session.stop.by.parameters["step"]


def test_the_dialog_stays_on_the_screen_while_rules_are_unfolded(qtbot, window):
    window.stopping.open()
    dialog = window.stopping.dialog
    screen = dialog.screen().availableGeometry()
    dialog.move(screen.left() + 10, screen.bottom() - dialog.height())
    for rule in STOP_RULES:
        check(qtbot, window, rule)
    qtbot.waitUntil(lambda: dialog.height() > 400)
    assert screen.contains(dialog.frameGeometry())


def test_a_rule_that_is_met_in_the_slice_which_an_export_interrupts_ends_the_play(qtbot, window):
    window.session.stop.rules = [Choice("step", {"step": 10})]
    window.session.steps_per_frame = 10
    window.player.play()
    window.playback.tick()
    assert window.session._training.busy
    window.export()
    assert window.message_bar.text == "Stopped at step 10 by your rule: step 10."
    window.exports.dialog.reject()
    idle(qtbot, window)
    assert (window.session.state, window.session.step_index) == (State.PAUSED, 10)


def test_a_play_that_no_rule_ends_goes_on_after_an_export(qtbot, window):
    window.session.steps_per_frame = 10
    window.player.play()
    window.playback.tick()
    window.export()
    assert window.session.state is State.PAUSED
    assert window.workspace.panels["loss"].plot.history.last.step == 10
    window.exports.dialog.reject()
    qtbot.waitUntil(lambda: window.session.step_index > 30)


@pytest.mark.parametrize("stored", [[["no such rule", {}]], [["step", {"step": -1}]], [3], [["step"]]])
def test_rules_that_cannot_be_used_are_forgotten(stored, window):
    Settings().set("stop_when", stored)
    window.session.stop.rules = [Choice("divergence")]
    # As the window makes its own, at the start.
    begun = Stopping(window, window.session, window.playback, window.transport, Settings())
    assert window.session.stop.rules == ()
    shiboken6.delete(begun)


def test_several_rules_count_at_once_and_are_remembered(qtbot, open_window):
    first = open_window()
    first.stopping.open()
    check(qtbot, first, "loss_below")
    type_in(first, "loss_below", "value", "0.2")
    check(qtbot, first, "divergence")
    wanted = (
        Choice("loss_below", {"value": 0.2, "of": "train", "runs": "all"}),
        Choice("divergence", {"runs": "any"}),
    )
    assert first.session.stop.rules == wanted
    first.stopping.dialog.close()
    second = open_window()
    assert second.session.stop.rules == wanted
    assert second.stopping.dialog.panel.rules() == wanted
    assert "loss of training samples below 0.2" in second.transport.stop_action.toolTip()
    second.stopping.open()
    check(qtbot, second, "loss_below")
    check(qtbot, second, "divergence")
    assert second.session.stop.rules == ()
    assert "by itself at" not in second.transport.stop_action.toolTip()


@pytest.mark.parametrize("name", STOP_RULES)
def test_every_rule_says_in_a_few_words_when_it_stops(name):
    parameters = {parameter.name: parameter.default for parameter in STOP_RULES[name].parameters}
    text = describe_rule(Choice(name, parameters), 1)
    assert "{" not in text
    several = describe_rule(Choice(name, parameters), 7)
    assert several == text or several.startswith(f"{text} in ")


def test_the_words_of_a_rule():
    rule = Choice("accuracy_above", {"value": 0.95, "of": "validation", "runs": "any"})
    assert describe_rule(rule, 1) == "accuracy of validation samples above 0.95"
    assert describe_rule(rule, 2) == "accuracy of validation samples above 0.95 in any of the runs"
