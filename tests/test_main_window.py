"""The window as a person meets it: opening, keys, messages, themes, closing."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QScreen, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox

from engine.config import Experiment, RunConfig
from engine.session import State
from gui.about import shortcuts_text
from gui.combo import Combo
from gui.controls.variance_table import VarianceTable
from gui.main_window import FIRST_EPOCHS
from tests.windows import HUGE, SMALL, idle, press

LONG = Experiment((RunConfig((1000,) * 4),))


def test_it_opens_on_the_digits_with_frame_0_drawn(open_window):
    window = open_window(Experiment())
    assert window.session.history.last.step == 0
    assert window.session.experiment.sizes() == (64, 32, 32, 10)
    assert "Frame 0" in window.message_bar.text
    for panel in window.workspace.panels.values():
        assert panel.isVisible()
        assert len(panel.plot.table().rows) > 0


def test_the_keys_of_the_transport(qtbot, window):
    press(qtbot, window, Qt.Key.Key_Right)
    idle(qtbot, window)
    assert window.session.step_index == 1
    press(qtbot, window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    idle(qtbot, window)
    assert window.session.step_index == 11
    press(qtbot, window, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    idle(qtbot, window)
    assert window.session.history.last.epoch == 3.0
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.step_index > 30)
    assert window.session.state is State.PLAYING
    press(qtbot, window, Qt.Key.Key_Space)
    idle(qtbot, window)
    assert window.session.state is State.PAUSED
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.step_index == 0


def test_the_help_on_keys_says_the_same_whatever_layer_is_shown(open_window):
    window = open_window()
    text = shortcuts_text(window)
    assert "Take back the shown layer's own settings" in text
    window.form.findChild(VarianceTable).selectRow(1)
    assert shortcuts_text(window) == text
    for layer in ("Layer 1", "Layer 2", "Output"):
        assert layer not in text


def test_the_help_on_keys_fits_on_a_low_screen(window):
    window.dialogs.tell("Keyboard", shortcuts_text(window))
    box = window.findChild(QMessageBox)
    assert box.height() < 620
    assert box.width() < 1000
    for action in (window.transport.step_action, window.form.redraw_action):
        assert action.text().replace("&", "") in box.text()
    box.close()


def test_no_key_is_stolen_from_a_text_field(qtbot, window):
    field = window.form.findChild(QLineEdit)
    field.setFocus()
    field.setText("")
    qtbot.keyClicks(field, "3 r")
    press(qtbot, window, Qt.Key.Key_Home)
    press(qtbot, window, Qt.Key.Key_Right)
    press(qtbot, window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert field.text() == "3 r"
    assert field.selectedText() == " "
    assert window.session.step_index == 0
    assert window.session.state is State.PAUSED


def test_a_click_on_a_button_takes_what_was_typed_for_meant(qtbot, window):
    window.activateWindow()
    field = window.form.findChild(QLineEdit)
    field.setFocus()
    field.setText("9")
    button = window.transport.widgetForAction(window.transport.step_action)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not field.hasFocus()


def test_letters_typed_into_a_combo_box_are_no_shortcuts(qtbot, window):
    window.transport.steps_requested.emit(2)
    idle(qtbot, window)
    combo = window.form.findChild(Combo)
    combo.setFocus()
    press(qtbot, window, Qt.Key.Key_R)
    idle(qtbot, window)
    assert window.session.experiment != SMALL or window.session.step_index == 2


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_letters_after_a_choice_with_the_mouse_are_the_keys_of_the_window(qtbot, window):
    window.activateWindow()
    window.transport.steps_requested.emit(2)
    idle(qtbot, window)
    combo = window.form.field("initializer").editor
    assert isinstance(combo, Combo)
    combo.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.mouseClick(combo, Qt.MouseButton.LeftButton)
    combo.hidePopup()
    press(qtbot, window, Qt.Key.Key_R)
    idle(qtbot, window)
    assert window.session.experiment == SMALL, "R is for reset, not for rand"
    assert window.session.step_index == 0


def test_the_wheel_changes_no_field_of_the_transport_without_the_focus(window):
    transport = window.transport
    for field in (transport._n_steps, transport._until, transport._speed):
        shown = field.value() if hasattr(field, "value") else field.currentIndex()
        center = field.rect().center().toPointF()
        down, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        wheel = QWheelEvent(
            center,
            field.mapToGlobal(center),
            QPoint(),
            QPoint(0, 120),
            down,
            none,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, wheel)
        assert shown == (field.value() if hasattr(field, "value") else field.currentIndex())


def test_a_first_experiment_that_does_not_fit_gives_way_to_the_usual_one(qtbot, window):
    window.begin(HUGE, None)
    assert "parameters would take" in window.message_bar.text
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED)
    assert window.session.experiment == Experiment()


def test_the_first_network_trains_by_itself_unless_a_person_did_something(qtbot, open_window):
    window = open_window(Experiment())
    window.play_first()
    assert window.session.state is State.PLAYING
    qtbot.waitUntil(window.transport._progress_action.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: window.session.history.last.epoch == FIRST_EPOCHS, timeout=20_000)
    idle(qtbot, window)
    window.reset()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    window.transport.steps_requested.emit(1)
    idle(qtbot, window)
    window.play_first()
    assert window.session.state is State.PAUSED


def test_a_message_outlives_the_frames_that_follow(qtbot, window):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 10)
    window.files.open_path(Path("no such file.json"))
    at = window.session.step_index
    qtbot.waitUntil(lambda: window.session.step_index > at + 200)
    assert "no such file.json" in window.message_bar.text
    window.message_bar._hold.timeout.emit()
    assert "Training" in window.message_bar.text


def test_each_theme_dresses_every_part(window):
    for name in ("dark", "light", "system"):
        window.set_theme(name)
        assert window.palette().window().color().name() == window._theme.window.lower()
        assert window.workspace.panels["loss"].plot.charts[0].bottom.labelText == "step"


def test_closing_while_training_ends_within_a_second(qtbot, open_window):
    window = open_window(LONG)
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 3, timeout=20_000)
    began = time.perf_counter()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert time.perf_counter() - began < 1.0
    assert window.session.closed(0)


def test_an_unexpected_error_is_logged_and_shown_once(open_window, caplog):
    window = open_window()
    errors = []
    window._failures.happened.connect(errors.append)

    def fail():
        raise ZeroDivisionError("nothing left")

    for _ in range(3):
        try:
            fail()
        except ZeroDivisionError as error:
            window._failures.report(error)
    assert len(errors) == 1
    assert "nothing left" in window.message_bar.text
    assert sum("unexpected error" in record.message for record in caplog.records) == 3


def test_it_is_no_larger_than_a_small_screen(open_window, monkeypatch):
    room = QSize(853, 480)
    monkeypatch.setattr(QScreen, "availableSize", lambda _screen: room)
    window = open_window()
    assert window.minimumWidth() <= room.width()
    assert window.minimumHeight() <= room.height()
    assert window.width() <= room.width()
