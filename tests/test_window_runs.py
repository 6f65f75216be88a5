"""Runs that come and go in the window while others train on: document, session and table agree."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.session import State
from engine.training import IN_THIS_PROCESS
from gui.message_bar import Level
from gui.plots import PLOTS
from gui.plots.plot import Plot
from tests import form_keys
from tests.runs_in_window import agree, names, table, together
from tests.windows import HUGE, SMALL, begun, idle, press


@pytest.fixture(scope="module")
def plots_on_screen():
    """One of what happens over time, and one of a single frame: each kind is drawn whatever is done."""
    return {"loss", "activations"}


def test_a_run_can_be_removed_and_brought_back_while_the_others_train_on(qtbot, compared):
    window = compared
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 20)
    window.cohort.select(5)
    window.run_commands.remove()
    agree(window)
    at = window.session.step_index
    assert at > 20
    qtbot.waitUntil(lambda: window.session.step_index > at + 20)
    assert len(window.session.frame.runs) == 6
    assert window.session.state is State.PLAYING
    window.document.undo_stack.undo()
    agree(window)
    assert names(window)[5] == "He"
    assert "catching up" in table(window).rows[5].state
    qtbot.waitUntil(lambda: len(window.session.frame.runs) == 7, timeout=20_000)
    window.player.pause()
    together(qtbot, window)
    assert window.session.history.first.step == 0
    assert len(window.session.history.first.runs) == 7


def test_a_run_removed_right_after_a_change_comes_back_with_it(qtbot, compared):
    window = compared
    window.player.play()
    qtbot.waitUntil(lambda: window.session._training.busy, timeout=20_000)
    window.cohort.select(5)
    form_keys.type_in(window.form, "learning_rate", "0.5")
    window.run_commands.remove()
    window.document.undo_stack.undo()
    qtbot.waitUntil(lambda: len(window.session.frame.runs) == 7, timeout=20_000)
    window.player.pause()
    together(qtbot, window)
    assert window.session.experiment.value_at(window.session.step_index, "learning_rate", 5) == 0.5


def test_undoing_a_copy_goes_back_to_the_run_that_was_copied(qtbot, compared):
    compared.cohort.select(2)
    for copy, at in ((compared.run_commands.duplicate, 3), (compared.run_commands.add, 7)):
        copy()
        assert compared.cohort.selected == at
        compared.document.undo_stack.undo()
        assert compared.cohort.selected == table(compared).row == 2
    compared.document.undo_stack.redo()
    compared.cohort.select(5)
    compared.document.undo_stack.undo()
    assert compared.cohort.selected == 5
    together(qtbot, compared)


def test_undoing_a_removal_brings_back_what_was_changed_while_the_run_trained(qtbot, compared):
    window = compared
    window.cohort.select(5)
    window.player.step(5)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.5")
    window.player.step(5)
    idle(qtbot, window)
    before, loss = window.session.experiment, window.session.frame.runs[5].train_loss
    window.run_commands.remove()
    window.document.undo_stack.undo()
    together(qtbot, window)
    assert window.session.experiment == before
    assert window.session.frame.runs[5].train_loss == loss
    assert window.form.experiment().runs[5].learning_rate == 0.5
    window.run_commands.remove()
    window.reset()
    begun(qtbot, window)
    window.document.undo_stack.undo()
    together(qtbot, window)
    assert window.session.experiment.changes == ()
    assert window.session.runs[5].learning_rate == 0.5


def half_type(window, field, text):
    """Type into a field and stay there."""
    editor = window.form.field(field).editor
    editor.setFocus()
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor, text)


def test_what_is_half_typed_goes_with_its_run(compared):
    window = compared
    window.cohort.select(2)
    half_type(window, "learning_rate", "0.77")
    line = window.form.field("learning_rate").editor.lineEdit()
    window.run_commands.rename_run(2, "other")
    window.run_commands.make_reference()
    assert line.text() == "0.77", "it is the same run"
    window.run_commands.remove()
    assert line.text() == "0.1"
    line.editingFinished.emit()
    assert {run.learning_rate for run in window.document.settings.runs} == {0.1}


def test_what_is_half_typed_goes_when_another_run_takes_that_place(qtbot, compared):
    window = compared
    window.cohort.select(2)
    window.run_commands.remove()
    half_type(window, "learning_rate", "0.77")
    window.document.undo_stack.undo()
    assert window.cohort.selected == 2
    assert window.form.field("learning_rate").editor.lineEdit().text() == "0.1"
    window.cohort.select(0)
    half_type(window, "learning_rate", "0.77")
    window.document.start(window.document.settings, None)
    assert window.form.field("learning_rate").editor.lineEdit().text() == "0.1"
    begun(qtbot, window)


@pytest.mark.parametrize("command", ["remove", "duplicate"])
def test_a_run_that_comes_back_has_the_layers_that_were_drawn_anew_meanwhile(qtbot, window, command):
    stack = window.document.undo_stack
    window.run_commands.duplicate()
    if command == "remove":
        window.run_commands.remove()
        stack.undo()
    window.player.step(3)
    together(qtbot, window)
    window.form.redraw_action.trigger()
    idle(qtbot, window)
    drawn = window.session.experiment
    assert [change.run for change in drawn.changes] == [1]
    go, come_back = (stack.redo, stack.undo) if command == "remove" else (stack.undo, stack.redo)
    go()
    idle(qtbot, window)
    assert window.session.experiment.changes == ()
    come_back()
    together(qtbot, window)
    assert window.session.experiment == drawn


def test_plots_are_drawn_once_when_runs_are_others(qtbot, compared, monkeypatch):
    window, drawn = compared, Counter()
    window.workspace.arrange()
    window.player.step(3)
    idle(qtbot, window)

    def draw(plot):
        drawn[plot.name] += 1
        plot._draw(plot.history, plot.frame)

    monkeypatch.setattr(Plot, "_draw_shown", draw)
    seen = {name: 1 for name, panel in window.workspace.panels.items() if panel.isVisible()}
    assert list(seen) == list(PLOTS)
    commands = window.run_commands
    for command in (commands.remove, lambda: commands.rename_run(2, "other"), commands.move_down):
        drawn.clear()
        command()
        assert drawn == seen


def test_runs_come_and_go_while_the_networks_are_built(qtbot, window):
    window.run_commands.compare("initializers")
    window.cohort.select(2)
    window.run_commands.remove()
    window.run_commands.duplicate()
    window.run_commands.move_up()
    begun(qtbot, window)
    together(qtbot, window)
    assert len(window.session.runs) == 7


def test_the_weight_seeds_are_edited_in_the_form(qtbot, compared):
    window = compared
    window.cohort.select(4)
    window.workspace.form_dock.hide()
    window.activateWindow()
    window.run_commands.actions["edit_seeds"].trigger()
    field = window.form.field("n_seeds")
    qtbot.waitUntil(lambda: field.editor.hasFocus() and not field.visibleRegion().isEmpty())
    form_keys.type_in(window.form, "n_seeds", "3")
    begun(qtbot, window)
    assert [len(window.session.frame.seeds(run)) for run in range(7)] == [1, 1, 1, 1, 3, 1, 1]
    assert table(window).rows[4].seeds == "0–2"
    assert "trains 3 networks, seeds 0 to 2" in form_keys.shown_texts(window.form)


def test_a_copy_is_added_selected_and_catches_up(qtbot, window):
    window.player.step(25)
    idle(qtbot, window)
    loss = table(window).rows[0].loss
    press(qtbot, window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert window.cohort.selected == 1
    assert window.form.heading.accessibleName().endswith("run 2 of 2")
    together(qtbot, window)
    assert window.session.step_index == 25
    assert [row.loss for row in table(window).rows] == [loss, loss]
    assert table(window).rows[1].differs == "nothing"


def test_too_many_runs_are_refused_with_the_number(qtbot, window):
    window.document.edit(SMALL.with_runs(SMALL.runs * 32), "32")
    begun(qtbot, window)
    window.run_commands.add()
    assert window.message_bar.level is Level.ERROR
    assert "33 runs; there can be at most 32" in window.message_bar.text
    agree(window)
    assert len(window.session.runs) == 32


def test_too_many_seeds_are_refused_with_the_number(qtbot, window):
    runs = [replace(SMALL.runs[0], n_seeds=64)] * 8
    window.document.edit(SMALL.with_runs(runs), "512")
    begun(qtbot, window)
    window.run_commands.duplicate()
    assert "576 networks" in window.message_bar.text
    assert len(window.session.runs) == 8


def test_a_run_that_does_not_fit_is_refused_and_changes_nothing(window):
    window.document.settings = HUGE  # as if this machine had more memory
    before = window.session.runs
    window.run_commands.add()
    assert window.message_bar.level is Level.ERROR
    assert "parameters would take" in window.message_bar.text
    assert window.session.runs == before
    assert window.document.undo_stack.count() == 0


def test_what_is_saved_has_all_runs_even_those_that_catch_up(qtbot, window, tmp_path):
    window.player.step(20)
    idle(qtbot, window)
    window.run_commands.duplicate()
    assert window.session.joining
    assert window.isWindowModified()
    window.files.save_to(tmp_path / "two.json")
    assert not window.isWindowModified()
    window.run_commands.remove()
    assert window.isWindowModified()
    window.document.undo_stack.undo()
    assert not window.isWindowModified()
    window.files.open_path(tmp_path / "two.json")
    begun(qtbot, window)
    together(qtbot, window)
    assert len(window.session.runs) == 2


def test_going_back_to_frame_0_while_a_run_catches_up(qtbot, window):
    # So many that the run needs several turns to catch up.
    window.player.step(20_000)
    idle(qtbot, window)
    window.run_commands.duplicate()
    qtbot.waitUntil(lambda: 0 < window.session.caught_up < 1, timeout=20_000)
    window.playback.wake()
    # An exception in a slot fails the test.
    window.reset()
    together(qtbot, window)
    assert len(window.session.runs) == 2


def test_a_run_that_is_too_much_for_the_machine_can_be_removed(qtbot, open_window, monkeypatch):
    window = open_window(launch=IN_THIS_PROCESS)

    def too_large(*_):
        raise MemoryError

    window.player.step(5)
    idle(qtbot, window)
    with monkeypatch.context() as patched:
        patched.setattr("engine.joining.Trainer", too_large)
        window.run_commands.duplicate()
        qtbot.waitUntil(lambda: window.session.state is State.FAILED, timeout=20_000)
        assert "not enough memory" in window.message_bar.text
    window.run_commands.remove()
    begun(qtbot, window)
    window.player.step(5)
    together(qtbot, window)
    assert (len(window.session.runs), window.session.step_index) == (1, 5)


COMMANDS = (
    "add",
    "duplicate",
    "remove",
    "move_up",
    "move_down",
    "make_reference",
    "undo",
    "redo",
    "rename",
    "change rate",
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(COMMANDS), st.integers(0, 31), st.sampled_from(["wait", "play", "go on"])),
        max_size=14,
    )
)
def test_document_session_and_table_agree_whatever_is_done(qtbot, window, steps):
    window.document.start(SMALL, None)
    begun(qtbot, window)
    window.player.step(7)
    idle(qtbot, window)
    for command, number, then in steps:
        if command in ("undo", "redo"):
            idle(qtbot, window)
            getattr(window.document.undo_stack, command)()
        else:
            window.cohort.select(number % len(window.document.settings.runs))
            if command == "rename":
                window.run_commands.rename_run(window.cohort.selected, f"run of {number}")
            elif command == "change rate":
                idle(qtbot, window)  # it is logged at a step, and in the settings at once
                window.run_commands.change_live({"learning_rate": (number + 1) / 64})
            else:
                getattr(window.run_commands, command)()
        agree(window)
        if then == "wait":
            idle(qtbot, window)
            together(qtbot, window)
        elif then == "play" and not window.session.joining:
            window.player.step(2)
    together(qtbot, window)
    while window.document.undo_stack.canUndo():
        window.document.undo_stack.undo()
        agree(window)
        idle(qtbot, window)
    together(qtbot, window)
    assert window.document.settings.runs == SMALL.runs
