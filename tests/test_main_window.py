"""The window as a person uses it: keys, buttons, files, panels, closing."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from engine import experiment_file
from engine.config import Change, Experiment, RunConfig
from engine.fields import Choice
from engine.session import State
from gui.application import make_application
from gui.combo import Combo
from gui.failures import Failures
from gui.main_window import FIRST_EPOCHS, MainWindow
from gui.message_bar import Level
from gui.settings import Settings
from gui.typing_guard import TypingGuard

MOONS = Experiment((RunConfig((5, 4)),), Choice("moons", {"n_samples": 60}), batch_size=10)
LONG = Experiment((RunConfig((1000,) * 4),))


@pytest.fixture(scope="session")
def qapp_cls():
    return QApplication


@pytest.fixture(scope="session")
def qapp():
    application = QApplication.instance() or make_application()
    guard = TypingGuard(application)
    application.installEventFilter(guard)
    yield application
    application.removeEventFilter(guard)


@pytest.fixture
def open_window(qtbot):
    opened = []

    def open_it(experiment=MOONS):
        window = MainWindow(Settings(), Failures())
        opened.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        window.begin(experiment, None)
        qtbot.waitUntil(lambda: len(window.session.history) == 1, timeout=20_000)
        return window

    yield open_it
    for window in opened:
        window.document.path = None
        window.close()
        qtbot.waitUntil(lambda window=window: not window.isVisible(), timeout=20_000)


@pytest.fixture
def window(open_window):
    return open_window()


def idle(qtbot, window):
    qtbot.waitUntil(lambda: not window.session.active, timeout=20_000)


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


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


def test_a_new_initializer_starts_anew_at_frame_0(qtbot, window):
    window.play()
    qtbot.waitUntil(lambda: window.session.step_index > 10)
    zeros = replace(MOONS.runs[0], initializer=Choice("zeros"))
    window.form.edited.emit(MOONS.with_runs([zeros]))
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.history.last.step == 0
    assert (window.session.history.last.runs[0].layers["weight_rms"] == 0).all()
    assert window.session.closed(5)


def test_undo_and_redo_bring_settings_back(window):
    zeros = MOONS.with_runs([replace(MOONS.runs[0], initializer=Choice("zeros"))])
    window.form.edited.emit(zeros)
    window.form.changed_live.emit("learning_rate", 0.5)
    stack = window.document.undo_stack
    assert window.form.experiment().runs[0].learning_rate == 0.5
    stack.undo()
    assert window.form.experiment() == zeros
    stack.undo()
    assert window.form.experiment() == MOONS
    assert window.session.experiment == MOONS
    stack.redo()
    stack.redo()
    assert window.form.experiment().runs[0].learning_rate == 0.5
    assert window.session.experiment.runs[0].initializer == Choice("zeros")


def test_the_learning_rate_changes_while_training_goes_on(qtbot, window):
    window.play()
    qtbot.waitUntil(lambda: window.session.step_index > 5)
    window.form.changed_live.emit("learning_rate", 0.5)
    at = window.session.step_index
    qtbot.waitUntil(lambda: window.session.step_index > at + 20)
    assert window.session.experiment.value_at(window.session.step_index, "learning_rate") == 0.5
    assert window.session.history.first.step == 0
    assert window.session.state is State.PLAYING


def test_reset_keeps_the_weights_and_new_seed_draws_others(qtbot, window):
    first = window.session.history.first.runs[0].train_loss
    window.transport.steps_requested.emit(5)
    idle(qtbot, window)
    window.transport.reset_action.trigger()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.history.last.runs[0].train_loss == first
    window.transport.seed_action.trigger()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.history.last.runs[0].train_loss != first
    assert window.form.experiment().runs[0].seed == 1


def test_run_until_an_epoch_shows_its_progress_and_stops(qtbot, window):
    seen = []
    window.playback.frame_arrived.connect(
        lambda _: seen.append(
            (window.transport._progress_action.isVisible(), window.transport._progress.value())
        )
    )
    window.run_until(40)
    idle(qtbot, window)
    assert window.session.history.last.epoch == 40.0
    assert (True, 100) not in seen[:1]
    assert any(visible and 0 < value < 100 for visible, value in seen)
    assert not window.transport._progress_action.isVisible()
    window.run_until(40)
    assert window.message_bar.level is Level.WARNING


def test_divergence_is_shown_and_stops_the_run(qtbot, open_window):
    run = RunConfig((100,) * 5, initializer=Choice("randn"), learning_rate=1.0)
    data = Choice("blobs", {"n_samples": 400, "n_features": 784, "n_classes": 10})
    window = open_window(Experiment((run,), data, batch_size=128))
    window.play()
    qtbot.waitUntil(lambda: window.session.state is State.DIVERGED, timeout=20_000)
    idle(qtbot, window)
    divergence = window.session.history.last.runs[0].divergence
    assert f"Diverged at step {divergence.step}" in window.message_bar.text
    assert window.message_bar.level is Level.ERROR
    assert not window.transport.play_action.isEnabled()
    assert window.transport.reset_action.isEnabled()
    assert window.session.history.first.step == 0


HUGE = MOONS.with_runs([replace(MOONS.runs[0], hidden=(4096,) * 100)])


def test_a_file_that_does_not_fit_in_memory_is_refused_with_the_number(window, tmp_path):
    path = tmp_path / "big.json"
    experiment_file.save(HUGE, path)
    window.files.open_path(path)
    assert "parameters would take" in window.message_bar.text
    assert window.session.experiment == MOONS
    assert window.document.path is None
    assert window.files.recent_paths() == []


def test_a_first_experiment_that_does_not_fit_gives_way_to_the_usual_one(qtbot, window):
    window.begin(HUGE, None)
    assert "parameters would take" in window.message_bar.text
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED)
    assert window.session.experiment == Experiment()


def test_a_message_outlives_the_frames_that_follow(qtbot, window):
    window.play()
    qtbot.waitUntil(lambda: window.session.step_index > 10)
    window.files.open_path(Path("no such file.json"))
    at = window.session.step_index
    qtbot.waitUntil(lambda: window.session.step_index > at + 200)
    assert "no such file.json" in window.message_bar.text
    window.message_bar._hold.timeout.emit()
    assert "Training" in window.message_bar.text


def test_saving_right_after_a_live_change_saves_the_change_with_its_step(qtbot, window, tmp_path):
    window.play()
    qtbot.waitUntil(lambda: window.session.step_index > 10)
    window.form.changed_live.emit("learning_rate", 0.02)
    path = tmp_path / "live.json"
    assert window.files.save_to(path)
    saved = experiment_file.load(path)
    assert saved.runs[0].learning_rate == MOONS.runs[0].learning_rate
    assert [change.value for change in saved.changes] == [0.02]
    assert saved.changes[0].step >= 10


def test_a_live_change_passes_though_another_field_is_refused(qtbot, window):
    field = window.form.field("hidden")
    window.form.show_error("hidden", "too many")
    rate = window.form.field("learning_rate")
    edit = field.findChild(QLineEdit)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "4096x100")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    spin = rate.findChild(QLineEdit)
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "0.02")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert window.session.experiment.value_at(window.session.step_index, "learning_rate") == 0.02
    assert edit.text() == "4096x100"
    window.transport.steps_requested.emit(3)
    idle(qtbot, window)
    assert edit.text() == "4096x100"


def test_letters_typed_into_a_combo_box_are_no_shortcuts(qtbot, window):
    window.transport.steps_requested.emit(2)
    idle(qtbot, window)
    combo = window.form.findChild(Combo)
    combo.setFocus()
    press(qtbot, window, Qt.Key.Key_R)
    idle(qtbot, window)
    assert window.session.experiment != MOONS or window.session.step_index == 2


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


def test_the_first_network_trains_by_itself_unless_a_person_did_something(qtbot, open_window):
    window = open_window(Experiment())
    window.play_first()
    assert window.session.state is State.PLAYING
    qtbot.waitUntil(lambda: window.session.history.last.epoch == FIRST_EPOCHS, timeout=20_000)
    idle(qtbot, window)
    window.reset()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    window.transport.steps_requested.emit(1)
    idle(qtbot, window)
    window.play_first()
    assert window.session.state is State.PAUSED


# Files


def test_save_open_and_recent(qtbot, open_window, tmp_path, monkeypatch):
    window = open_window()
    path = tmp_path / "mine.json"
    monkeypatch.setattr(window.dialogs, "ask_save_path", lambda _: path)
    monkeypatch.setattr(window.dialogs, "ask_open_path", lambda _: path)
    window.form.edited.emit(MOONS.with_runs([replace(MOONS.runs[0], hidden=(3,))]))
    assert window.isWindowModified()
    window.files.save()
    assert not window.isWindowModified()
    assert "mine.json" in window.windowTitle()
    window.files.new()
    qtbot.waitUntil(lambda: window.session.experiment.sizes()[0] == 64)
    window.files.open()
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED, timeout=20_000)
    assert window.session.experiment.runs[0].hidden == (3,)
    assert window.files.recent_paths() == [path]


@pytest.mark.parametrize("text", ["{", '{"version": 99}', "[]", "\x00"])
def test_a_bad_file_is_one_sentence_and_changes_nothing(window, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    window.files.open_path(path)
    assert window.message_bar.level is Level.ERROR
    assert "bad.json" in window.message_bar.text
    assert "\n" not in window.message_bar.text
    assert window.session.experiment == MOONS


def test_a_file_dropped_on_the_window_is_opened(qtbot, window, tmp_path):
    path = tmp_path / "dropped.json"
    experiment_file.save(MOONS.with_runs([replace(MOONS.runs[0], hidden=(7,))]), path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(10, 10), copy, data, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(10, 10), copy, data, left, none))
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED)
    assert window.session.experiment.runs[0].hidden == (7,)


def test_unsaved_changes_of_a_file_are_asked_about(window, tmp_path, monkeypatch):
    path = tmp_path / "mine.json"
    window.document.save(MOONS, path)
    changed = MOONS.with_runs([replace(MOONS.runs[0], hidden=(6,))])
    window.form.edited.emit(changed)
    monkeypatch.setattr(window.dialogs, "ask_about_changes", lambda _: False)
    window.files.new()
    assert window.session.experiment == changed
    monkeypatch.setattr(window.dialogs, "ask_about_changes", lambda _: None)
    window.files.new()
    assert json.loads(path.read_text())["runs"][0]["hidden"] == [6]
    assert window.session.experiment == Experiment()


def test_a_log_of_changes_is_saved_replayed_and_followed_by_the_form(qtbot, window, tmp_path):
    window.transport.steps_requested.emit(4)
    idle(qtbot, window)
    window.form.changed_live.emit("learning_rate", 0.5)
    window.transport.steps_requested.emit(6)
    idle(qtbot, window)
    loss = window.session.history.last.runs[0].train_loss
    path = tmp_path / "log.json"
    assert window.files.save_to(path)
    window.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED)
    assert window.session.experiment.changes == (Change(4, 0, "learning_rate", 0.5),)
    assert window.form.experiment().runs[0].learning_rate == MOONS.runs[0].learning_rate
    window.transport.steps_requested.emit(10)
    idle(qtbot, window)
    assert window.session.history.last.runs[0].train_loss == loss
    assert window.form.experiment().runs[0].learning_rate == 0.5
    assert not window.isWindowModified()
    window.reset()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.experiment.changes == (Change(4, 0, "learning_rate", 0.5),)


def test_an_export_during_training_is_of_the_frame_on_show_and_training_goes_on(qtbot, window):
    window.play()
    qtbot.waitUntil(lambda: window.session.step_index > 10)
    window.export()
    dialog = window._export_dialog
    shot = dialog._shot
    assert shot.step == window.session.step_index == shot.history.last.step
    assert not window.session.active
    dialog.reject()
    qtbot.waitUntil(lambda: window.session.step_index > shot.step + 10)
    assert shot.history.last.step == shot.step


# Panels


def test_a_panel_fills_the_window_and_goes_back(window):
    panels = window.workspace.panels
    window.workspace.toggle_enlarged(panels["activations"])
    assert [name for name, panel in panels.items() if panel.isVisible()] == ["activations"]
    assert not window.workspace.form_dock.isVisible()
    window.workspace.toggle_enlarged(panels["activations"])
    assert all(panel.isVisible() for panel in panels.values())
    assert window.workspace.form_dock.isVisible()


def test_enlarging_another_panel_takes_the_place_of_the_first(window):
    panels = window.workspace.panels
    window.workspace.toggle_enlarged(panels["loss"])
    window.workspace.toggle_enlarged(panels["gradients"])
    assert [name for name, panel in panels.items() if panel.isVisible()] == ["gradients"]
    assert not any(action.isEnabled() for action in window.workspace.toggle_actions())
    window.workspace.restore_enlarged()
    assert all(panel.isVisible() for panel in panels.values())
    assert all(action.isEnabled() for action in window.workspace.toggle_actions())


def test_settings_that_make_no_sense_count_as_not_set(open_window):
    settings = Settings()
    settings.set("recent", [1, None, "x.json"])
    settings.set("speed", True)
    window = open_window()
    assert window.files.recent_paths() == [Path("x.json")]
    assert window.transport.speed == 10


def test_a_hidden_panel_draws_nothing_and_catches_up_when_shown(qtbot, window):
    panel = window.workspace.panels["gradients"]
    panel.hide()
    before = panel.plot.table()
    window.transport.steps_requested.emit(3)
    idle(qtbot, window)
    assert panel.plot.table() == before
    panel.show()
    qtbot.waitUntil(lambda: panel.plot.table() != before)


def test_the_arrangement_and_the_options_are_remembered(qtbot, open_window):
    first = open_window()
    first.workspace.panels["accuracy"].hide()
    first.transport.set_speed(None)
    first.close()
    qtbot.waitUntil(lambda: not first.isVisible(), timeout=5000)
    second = open_window()
    assert not second.workspace.panels["accuracy"].isVisible()
    assert second.transport.speed is None
    second.workspace.arrange()
    assert second.workspace.panels["accuracy"].isVisible()


def test_each_theme_dresses_every_part(window):
    for name in ("dark", "light", "system"):
        window.set_theme(name)
        assert window.palette().window().color().name() == window._theme.window.lower()
        assert window.workspace.panels["loss"].plot.charts[0].bottom.labelText == "step"


# Life and death


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_frame_is_painted_once(qtbot, window):
    paints = Paints()
    viewport = window.workspace.panels["loss"].plot.view.viewport()
    window.transport.steps_requested.emit(1)
    idle(qtbot, window)
    viewport.installEventFilter(paints)
    frames = []
    window.playback.frame_arrived.connect(frames.append)
    for _ in range(10):
        window.transport.steps_requested.emit(1)
        idle(qtbot, window)
    assert len(frames) == 10
    assert paints.count <= 11


def test_closing_while_training_ends_within_a_second(qtbot, open_window):
    window = open_window(LONG)
    window.play()
    qtbot.waitUntil(lambda: window.session.step_index > 3, timeout=20_000)
    began = time.perf_counter()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert time.perf_counter() - began < 1.0
    assert window.session.closed(0)


def test_an_unexpected_error_is_logged_and_shown_once(window, caplog):
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
