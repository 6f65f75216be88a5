"""Experiments in files: what the File menu does, and what is dropped on the window."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu

from engine import experiment_file
from engine.config import Change, Experiment
from engine.session import State
from gui.message_bar import Level
from tests.windows import HUGE, SMALL, begun, idle


@pytest.fixture(scope="module")
def plots_on_screen():
    return {"loss"}


def test_save_open_and_recent(qtbot, window, tmp_path, monkeypatch):
    path = tmp_path / "mine.json"
    monkeypatch.setattr(window.dialogs, "ask_save_path", lambda _: path)
    monkeypatch.setattr(window.dialogs, "ask_open_path", lambda _: path)
    window.form.edited.emit(SMALL.with_runs([replace(SMALL.runs[0], hidden=(3,))]))
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


def test_a_recent_file_that_has_gone_is_offered_no_more(window, tmp_path):
    for name in ("stays", "goes"):
        window.files.save_to(tmp_path / name)
    (tmp_path / "goes").unlink()
    before = window.session.experiment
    window.files.open_path(tmp_path / "goes")
    assert "There is no file" in window.message_bar.text
    assert window.files.recent_paths() == [tmp_path / "stays"]
    assert window.session.experiment == before


@pytest.mark.parametrize("text", ["{", '{"version": 99}', "[]", "\x00"])
def test_a_bad_file_is_one_sentence_and_changes_nothing(window, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    window.files.open_path(path)
    assert window.message_bar.level is Level.ERROR
    assert "bad.json" in window.message_bar.text
    assert "\n" not in window.message_bar.text
    assert window.session.experiment == SMALL


def test_a_file_that_does_not_fit_in_memory_is_refused_with_the_number(window, tmp_path):
    path = tmp_path / "big.json"
    experiment_file.save(HUGE, path)
    window.files.open_path(path)
    assert "parameters would take" in window.message_bar.text
    assert window.session.experiment == SMALL
    assert window.document.path is None
    assert window.files.recent_paths() == []


def test_a_file_dropped_on_the_window_is_opened(qtbot, window, tmp_path):
    path = tmp_path / "dropped.json"
    experiment_file.save(SMALL.with_runs([replace(SMALL.runs[0], hidden=(7,))]), path)
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
    window.document.save(SMALL, path)
    changed = SMALL.with_runs([replace(SMALL.runs[0], hidden=(6,))])
    window.form.edited.emit(changed)
    monkeypatch.setattr(window.dialogs, "ask_about_changes", lambda _: False)
    window.files.new()
    assert window.session.experiment == changed
    monkeypatch.setattr(window.dialogs, "ask_about_changes", lambda _: None)
    window.files.new()
    assert json.loads(path.read_text())["runs"][0]["hidden"] == [6]
    assert window.session.experiment == Experiment()


@pytest.fixture
def asked(monkeypatch, window):
    """What a person was asked about; who is asked stays."""
    asked = []
    monkeypatch.setattr(window.dialogs, "ask_about_changes", lambda name: bool(asked.append(name)))
    return asked


@pytest.mark.parametrize("way", ["new", "open", "close"])
def test_a_comparison_that_was_never_saved_is_asked_about(qtbot, window, asked, tmp_path, way):
    path = tmp_path / "other.json"
    experiment_file.save(Experiment(), path)
    leave = {"new": window.files.new, "open": lambda: window.files.open_path(path), "close": window.close}[
        way
    ]
    window.run_commands.compare("initializers")
    begun(qtbot, window)
    compared = window.session.wanted
    leave()
    assert asked == ["untitled"]
    assert window.isVisible()
    assert window.session.wanted == compared
    window.document.undo_stack.undo()
    begun(qtbot, window)
    leave()
    assert len(asked) == 1, "as at the beginning"


def test_what_is_as_it_was_opened_begun_or_saved_is_left_without_a_question(qtbot, window, asked, tmp_path):
    window.player.step(5)
    idle(qtbot, window)
    window.files.new()
    window.run_commands.compare("depths")
    assert window.files.save_to(tmp_path / "mine.json")
    window.files.open_path(tmp_path / "mine.json")
    window.files.new()
    assert asked == []
    assert window.session.wanted == Experiment()


def test_a_comparison_can_be_saved_when_asked(window, tmp_path, monkeypatch):
    path = tmp_path / "mine.json"
    monkeypatch.setattr(window.dialogs, "ask_about_changes", lambda _: None)
    monkeypatch.setattr(window.dialogs, "ask_save_path", lambda _: None)
    window.run_commands.compare("initializers")
    compared = window.session.wanted
    window.files.new()
    assert window.session.wanted == compared, "no place was given"
    monkeypatch.setattr(window.dialogs, "ask_save_path", lambda _: path)
    window.files.new()
    assert window.session.wanted == Experiment()
    assert experiment_file.load(path) == compared


def test_saving_right_after_a_live_change_saves_the_change_with_its_step(qtbot, window, tmp_path):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 10)
    window.form.changed_live.emit({"learning_rate": 0.02})
    path = tmp_path / "live.json"
    assert window.files.save_to(path)
    saved = experiment_file.load(path)
    assert saved.runs[0].learning_rate == SMALL.runs[0].learning_rate
    assert [change.value for change in saved.changes] == [0.02]
    assert saved.changes[0].step >= 10


def test_a_log_of_changes_is_saved_replayed_and_followed_by_the_form(qtbot, window, tmp_path):
    window.transport.steps_requested.emit(4)
    idle(qtbot, window)
    window.form.changed_live.emit({"learning_rate": 0.5})
    window.transport.steps_requested.emit(6)
    idle(qtbot, window)
    loss = window.session.history.last.runs[0].train_loss
    path = tmp_path / "log.json"
    assert window.files.save_to(path)
    window.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.state is State.PAUSED)
    assert window.session.experiment.changes == (Change(4, 0, "learning_rate", 0.5),)
    assert window.form.experiment().runs[0].learning_rate == SMALL.runs[0].learning_rate
    window.transport.steps_requested.emit(10)
    idle(qtbot, window)
    assert window.session.history.last.runs[0].train_loss == loss
    assert window.form.experiment().runs[0].learning_rate == 0.5
    assert not window.isWindowModified()
    window.reset()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.experiment.changes == (Change(4, 0, "learning_rate", 0.5),)


def test_a_long_path_is_cut_in_the_menu_of_recent_files(window, tmp_path):
    folder = tmp_path / ("results of a long night & day " * 4)
    folder.mkdir()
    path = folder / ("he_normal" * 12 + ".json")
    window.files.save_to(path)
    menu = next(menu for menu in window.findChildren(QMenu) if menu.title() == "Open &recent")
    menu.aboutToShow.emit()
    (action,) = menu.actions()
    assert menu.sizeHint().width() < 600
    assert action.toolTip() == str(path)
    assert "&" not in action.text().replace("&&", "")
    assert action.text().endswith(".json")
