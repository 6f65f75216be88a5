"""Runs in the window: comparisons, the form of the selected one, the table, and runs that come and go."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel

from engine.comparisons import COMPARISONS
from engine.config import Experiment
from engine.run_names import run_names
from engine.session import MOST_PASTS, State
from gui.message_bar import Level
from gui.swatch import swatch
from tests import form_keys
from tests.windows import HUGE, MOONS, idle, press

COMPARED = COMPARISONS["initializers"].apply(MOONS)


def choose(window, title, text):
    """Choose an entry of a menu; without a window system no menu can open."""
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == title)
    next(action for action in menu.actions() if action.text() == text).trigger()


def begun(qtbot, window):
    qtbot.waitUntil(lambda: len(window.session.history) == 1, timeout=20_000)


def test_three_clicks_show_seven_initializers_training(qtbot, open_window):
    window = open_window(Experiment())
    choose(window, "&Compare", "Compare initializers")
    play = window.transport.widgetForAction(window.transport.play_action)
    qtbot.waitUntil(play.isEnabled)
    qtbot.mouseClick(play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.step_index > 10, timeout=20_000)
    assert window.session.state is State.PLAYING
    assert len(window.session.history.last.runs) == 7
    names = [run.name for run in window.session.experiment.runs]
    assert names == ["zeros", "0.01 randn", "rand", "randn", "Xavier", "He", "orthogonal"]
    assert window.workspace.panels["loss"].plot.experiment is window.session.experiment


@pytest.mark.parametrize("name", COMPARISONS)
def test_each_comparison_can_be_undone(qtbot, window, name):
    window.run_commands.compare(name)
    assert window.document.settings == COMPARISONS[name].apply(MOONS)
    assert window.session.experiment == window.document.settings
    begun(qtbot, window)
    window.document.undo_stack.undo()
    assert window.session.experiment == MOONS
    begun(qtbot, window)


def test_a_comparison_that_does_not_fit_is_refused_and_changes_nothing(window):
    window.document.settings = HUGE  # as if this machine had more memory
    before = window.session.experiment
    window.run_commands.compare("initializers")
    assert window.message_bar.level is Level.ERROR
    assert "parameters would take" in window.message_bar.text
    assert window.session.experiment == before
    assert window.document.undo_stack.count() == 0


def test_the_form_edits_the_selected_run(qtbot, window):
    window.run_commands.compare("initializers")
    begun(qtbot, window)
    window.cohort.select(3)
    assert window.form.field("initializer").value().name == "randn"
    form_keys.pick(window.form, "activation", "tanh")
    assert [run.activation.name for run in window.document.settings.runs] == ["relu"] * 3 + ["tanh"] + [
        "relu"
    ] * 3
    assert window.session.experiment == window.document.settings
    begun(qtbot, window)
    assert window.form.field("initializer").value().name == "randn"


def test_a_live_change_is_of_the_selected_run_and_the_batch_size_of_all(qtbot, window):
    window.run_commands.compare("initializers")
    begun(qtbot, window)
    window.cohort.select(4)
    window.player.step(3)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.5")
    form_keys.type_in(window.form, "batch_size", "20")
    window.player.step(1)
    idle(qtbot, window)
    experiment = window.session.experiment
    assert [experiment.value_at(4, "learning_rate", run) for run in range(7)] == [0.1] * 4 + [0.5] + [0.1] * 2
    assert experiment.value_at(4, "batch_size") == 20
    assert window.session.step_index == 4


def test_a_new_seed_draws_other_weights_for_all_runs_and_keeps_what_they_share(window):
    runs = COMPARISONS["learning_rates"].apply(MOONS).runs
    window.document.edit(MOONS.with_runs(runs), "runs")
    form_keys.type_in(window.form, "n_seeds", "3")
    window.transport.seed_action.trigger()
    assert [list(run.seeds) for run in window.document.settings.runs] == [[3, 4, 5], [3], [3], [3]]


def test_a_new_experiment_selects_its_first_run(qtbot, window):
    window.run_commands.compare("initializers")
    window.cohort.select(6)
    window.document.start(COMPARED, None)
    assert window.cohort.selected == 0
    assert window.form.field("initializer").value().name == "zeros"
    begun(qtbot, window)


def test_the_heading_says_which_run_is_edited(window):
    assert not window.form.heading.isVisible()
    window.run_commands.compare("initializers")
    assert window.form.heading.isVisible()
    window.cohort.select(5)
    assert window.form.heading.accessibleName() == "Settings of He, run 6 of 7"
    shared = [note for note in form_keys.shown_texts(window.form) if note == "shared by all runs"]
    assert len(shared) == 2


def line_of_heading(window):
    return window.form.heading.findChild(QLabel).pixmap().toImage()


def line_of(window, place):
    return swatch(window.workspace.panels["loss"].plot.theme, place, 1.0).toImage()


def test_the_heading_has_the_line_that_the_plots_draw_while_another_run_catches_up(qtbot, compared):
    window = compared
    window.player.step(12)
    idle(qtbot, window)
    window.cohort.select(2)
    window.run_commands.duplicate()
    assert line_of_heading(window) == line_of(window, None)
    window.cohort.select(5)
    assert line_of_heading(window) == line_of(window, 4)
    together(qtbot, window)
    assert line_of_heading(window) == line_of(window, 5)


# The table --------------------------------------------------------------------------------------------------


@pytest.fixture
def compared(qtbot, window):
    """Return a window with seven runs at frame 0."""
    window.run_commands.compare("initializers")
    begun(qtbot, window)
    return window


def table(window):
    return window.workspace.runs_panel.table


def names(window):
    return [row.name for row in table(window).rows]


def agree(window):
    """Assert that document, session and table have the same runs."""
    wanted = window.session.wanted.settled(window.session.step_index)
    assert wanted.runs == window.document.settings.runs
    assert names(window)[: len(window.session.runs)] == run_names(window.document.settings)


def together(qtbot, window):
    """Wait until all runs are in the frames, and assert that everything shows them."""
    idle(qtbot, window)
    agree(window)
    assert window.session.experiment.runs == window.session.runs
    assert len(window.session.frame.runs) == len(window.document.settings.runs)
    shown = window.workspace.panels["loss"].plot
    assert shown.experiment.runs == window.session.runs
    assert shown.history is window.session.history
    assert [row.place for row in table(window).rows if not row.is_past] == list(
        range(len(window.document.settings.runs))
    )


def test_the_table_is_folded_away_while_there_is_one_run(qtbot, window):
    panel = window.workspace.runs_panel
    assert not panel.isVisible()
    window.run_commands.compare("initializers")
    assert panel.isVisible()
    begun(qtbot, window)
    panel.close()
    window.cohort.select(3)
    assert not panel.isVisible()
    window.document.undo_stack.undo()
    window.document.undo_stack.redo()
    assert panel.isVisible()


def test_the_table_comes_when_a_panel_no_longer_fills_the_window(window):
    window.workspace.toggle_enlarged(window.workspace.panels["loss"])
    window.run_commands.compare("initializers")
    assert not window.workspace.runs_panel.isVisible()
    window.workspace.restore_enlarged()
    assert window.workspace.runs_panel.isVisible()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_seven_rows_and_the_plots_have_room(qtbot, window, size):
    window.resize(*size)
    window.run_commands.compare("initializers")
    view = table(window)
    qtbot.waitUntil(lambda: view.viewport().height() >= 7 * view.rowHeight(0))
    assert not view.verticalScrollBar().isVisible()
    assert all(panel.plot.height() >= 80 for panel in window.workspace.panels.values())


def test_the_values_are_those_of_the_frame_on_show(qtbot, compared):
    window = compared
    first = [row.loss for row in table(window).rows]
    window.player.step(30)
    idle(qtbot, window)
    last = [row.loss for row in table(window).rows]
    assert first != last
    window.navigator.home()
    idle(qtbot, window)
    assert [row.loss for row in table(window).rows] == first


def test_a_run_is_hidden_by_its_eye_and_by_the_legend(compared):
    window = compared
    plots = [panel.plot for panel in window.workspace.panels.values()]
    table(window).eye_clicked.emit(2)
    assert all(plot.runs.hidden == {2} for plot in plots)
    window.workspace.run_toggled.emit(4)
    assert all(plot.runs.hidden == {2, 4} for plot in plots)
    assert [row.hidden for row in table(window).rows] == [False, False, True, False, True, False, False]
    window.workspace.run_toggled.emit(2)
    assert all(plot.runs.hidden == {4} for plot in plots)
    window.cohort.select(0)
    window.run_commands.remove()
    assert [row.hidden for row in table(window).rows] == [False, False, False, True, False, False]
    assert all(plot.runs.hidden == {3} for plot in plots)


def test_the_message_line_is_about_the_selected_run(qtbot, compared):
    window = compared
    assert window.message_bar.text.startswith("zeros – Frame 0: the network as initialized")
    window.cohort.select(5)
    assert window.message_bar.text.startswith("He – Frame 0")
    window.player.step(3)
    idle(qtbot, window)
    loss = window.session.frame.runs[5].train_loss
    assert f"He – Paused: training loss {loss:.4f}" in window.message_bar.text


def test_a_figure_shows_the_runs_that_the_window_shows(compared):
    window = compared
    window.cohort.select(3)
    window.workspace.run_toggled.emit(1)
    window.export()
    shot = window.exports.dialog._subject
    window.exports.dialog.reject()
    assert (shot.runs.selected, shot.runs.hidden) == (3, {1})


def test_what_a_change_at_an_earlier_frame_leaves_behind_is_a_row_at_once(qtbot, window):
    window.player.step(20)
    idle(qtbot, window)
    window.navigator.seek(8, 8)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.02")
    assert names(window)[1:] == ["before learning rate 0.02 at step 8"]
    assert len(window.workspace.panels["loss"].plot.runs.pasts) == 1


def test_the_keys_of_the_table(qtbot, compared):
    window = compared
    window.activateWindow()
    press(qtbot, window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert table(window).hasFocus()
    for _ in range(2):
        press(qtbot, window, Qt.Key.Key_Down)
    assert window.cohort.selected == 2
    press(qtbot, window, Qt.Key.Key_Delete)
    assert names(window) == ["zeros", "0.01 randn", "randn", "Xavier", "He", "orthogonal"]
    press(
        qtbot, window, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert names(window)[:3] == ["zeros", "randn", "0.01 randn"]
    press(qtbot, window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert [row.hidden for row in table(window).rows][:3] == [False, True, False]
    press(qtbot, window, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    qtbot.keyClicks(editor, "mine r")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(table(window).hasFocus)
    assert names(window)[1] == "mine r"
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.step_index > 5)
    press(qtbot, window, Qt.Key.Key_Space)
    together(qtbot, window)


def test_the_table_and_the_form_come_back_for_who_asks_for_them(qtbot, compared):
    window = compared
    window.bench_view.open()
    window.run_commands.go_to_table()
    assert not window.bench_view.shown
    assert table(window).isVisible()
    window.workspace.toggle_enlarged(window.workspace.panels["loss"])
    window.run_commands.edit_seeds()
    assert window.workspace.form_dock.isVisible()
    assert window.workspace.panels["accuracy"].isVisible()
    qtbot.waitUntil(lambda: not window.bench_view.bench.isVisible())


def test_no_two_commands_of_the_window_have_the_same_key(window):
    keys = [
        key.toString()
        for action in window.findChildren(QAction)
        if action.shortcutContext() is Qt.ShortcutContext.WindowShortcut
        for key in action.shortcuts()
    ]
    assert len(keys) > 30
    assert sorted(keys) == sorted(set(keys))


def test_delete_elsewhere_removes_no_run(qtbot, compared):
    compared.form.field("hidden").editor.setFocus()
    press(qtbot, compared, Qt.Key.Key_Delete)
    compared.setFocus()
    press(qtbot, compared, Qt.Key.Key_Delete)
    assert len(compared.document.settings.runs) == 7


# Runs that come and go --------------------------------------------------------------------------------------


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
    window.document.edit(MOONS.with_runs(MOONS.runs * 32), "32")
    begun(qtbot, window)
    window.run_commands.add()
    assert window.message_bar.level is Level.ERROR
    assert "33 runs; there can be at most 32" in window.message_bar.text
    agree(window)
    assert len(window.session.runs) == 32


def test_too_many_seeds_are_refused_with_the_number(qtbot, window):
    runs = [replace(MOONS.runs[0], n_seeds=64)] * 8
    window.document.edit(MOONS.with_runs(runs), "512")
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


def test_a_name_that_is_none_is_refused(compared):
    table(compared).renamed.emit(0, "x" * 100)
    assert compared.message_bar.level is Level.ERROR
    assert names(compared)[0] == "zeros"
    table(compared).renamed.emit(5, "")
    assert names(compared)[5] == "he_normal"


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


def test_a_pinned_run_stays_as_a_past_until_it_is_removed(qtbot, compared):
    window = compared
    plot = window.workspace.panels["loss"].plot
    window.player.step(12)
    idle(qtbot, window)
    window.cohort.select(5)
    window.run_commands.pin()
    assert names(window)[7] == "He, pinned at step 12"
    assert len(plot.runs.pasts) == 1
    form_keys.pick(window.form, "activation", "tanh")
    begun(qtbot, window)
    assert len(plot.runs.pasts) == 1
    table(window).selectRow(7)
    assert not window.run_commands.actions["duplicate"].isEnabled()
    assert window.cohort.selected == 5
    window.run_commands.toggle()
    assert plot.runs.pasts == ()
    assert table(window).rows[7].hidden
    window.run_commands.remove()
    assert len(names(window)) == 7
    assert len(window.session.runs) == 7


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


def test_a_run_that_is_too_much_for_the_machine_can_be_removed(qtbot, window, monkeypatch):
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


def test_the_last_run_is_shown_though_it_was_hidden_among_others(qtbot, window):
    window.run_commands.duplicate()
    together(qtbot, window)
    window.cohort.select(0)
    window.run_commands.toggle()
    window.cohort.select(1)
    window.run_commands.remove()
    together(qtbot, window)
    assert all(panel.plot.visible == [0] for panel in window.workspace.panels.values())


def test_a_hidden_run_is_shown_when_what_it_was_held_against_goes(qtbot, window):
    window.player.step(3)
    idle(qtbot, window)
    window.run_commands.pin()
    table(window).eye_clicked.emit(0)
    plot = window.workspace.panels["loss"].plot
    assert plot.visible == []
    window.cohort.choose_row(1)
    window.run_commands.remove()
    assert plot.visible == [0]


def test_the_past_that_is_chosen_stays_chosen_when_the_oldest_one_goes(qtbot, window):
    window.player.step(30)
    idle(qtbot, window)
    for _ in range(MOST_PASTS):
        window.run_commands.pin()
    chosen = window.session.pasts[3]
    window.cohort.choose_row(1 + 3)
    for step in (20, 10):
        window.navigator.seek(step, step)
        idle(qtbot, window)
        form_keys.type_in(window.form, "learning_rate", f"0.{step}")
    assert len(window.session.pasts) == MOST_PASTS
    window.run_commands.remove()
    assert chosen not in window.session.pasts
    assert len(window.session.pasts) == MOST_PASTS - 1


def test_no_past_is_chosen_any_more_when_the_chosen_one_goes(qtbot, window):
    window.player.step(30)
    idle(qtbot, window)
    for _ in range(MOST_PASTS):
        window.run_commands.pin()
    window.cohort.choose_row(1)
    window.navigator.seek(20, 20)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.02")
    assert window.cohort.past is None
    assert table(window).row == 0


def test_a_new_experiment_lets_go_of_pasts(qtbot, window):
    window.player.step(3)
    idle(qtbot, window)
    window.run_commands.pin()
    assert len(names(window)) == 2
    window.document.start(COMPARED, None)
    assert names(window) == [run.name for run in COMPARED.runs]
    begun(qtbot, window)
    window.files.new()
    assert len(names(window)) == 1
    assert not window.workspace.runs_panel.isVisible()


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
    window.document.start(MOONS, None)
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
    assert window.document.settings.runs == MOONS.runs
