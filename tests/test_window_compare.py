"""Comparisons in the window, and the form of the selected one of several runs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from engine.comparisons import COMPARISONS
from engine.config import Experiment
from engine.fields import Choice
from engine.session import State
from gui.message_bar import Level
from gui.swatch import swatch
from tests import form_keys
from tests.runs_in_window import names, together
from tests.windows import HUGE, SMALL, begun, idle


@pytest.fixture(scope="module")
def plots_on_screen():
    return {"loss"}


COMPARED = COMPARISONS["initializers"].apply(SMALL)


def choose(window, title, text):
    """Choose an entry of a menu; without a window system no menu can open."""
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == title)
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_undoing_a_comparison_and_redoing_it_says_so_and_that_the_training_begins_anew(qtbot, window):
    window.run_commands.compare("learning_rates")
    begun(qtbot, window)
    window.player.step(4)
    idle(qtbot, window)
    window.document.undo_stack.undo()
    assert window.message_bar.text == ("Undone: compare learning rates. The training begins anew at step 0.")
    begun(qtbot, window)
    window.document.undo_stack.redo()
    assert window.message_bar.text == ("Redone: compare learning rates. The training begins anew at step 0.")
    begun(qtbot, window)


def test_nothing_is_called_redone_that_is_done_for_the_first_time(qtbot, window):
    window.run_commands.compare("learning_rates")
    begun(qtbot, window)
    assert "done:" not in window.message_bar.text


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
    assert window.document.settings == COMPARISONS[name].apply(SMALL)
    assert window.session.experiment == window.document.settings
    begun(qtbot, window)
    window.document.undo_stack.undo()
    assert window.session.experiment == SMALL
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
    runs = COMPARISONS["learning_rates"].apply(SMALL).runs
    window.document.edit(SMALL.with_runs(runs), "runs")
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


def test_a_run_of_a_comparison_is_called_by_what_it_is_changed_to(qtbot, compared):
    compared.cohort.select(5)
    assert names(compared)[5] == "He"
    form_keys.pick(compared.form, "initializer", "he_uniform")
    begun(qtbot, compared)
    assert names(compared)[5] == "he_uniform"
    compared.document.undo_stack.undo()
    begun(qtbot, compared)
    assert names(compared)[5] == "He"


@pytest.mark.parametrize(
    ("comparison", "values", "name", "shown"),
    [
        ("learning_rates", {"learning_rate": 0.5}, "rate 0.5", "rate 0.5"),
        ("optimizers", {"optimizer": Choice("adam"), "learning_rate": 0.001}, "Adam", "Adam run 2"),
    ],
)
@pytest.mark.parametrize("steps", [0, 12])
def test_a_run_of_a_comparison_is_called_by_what_it_is_changed_to_while_it_trains(
    qtbot, window, comparison, values, name, shown, steps
):
    window.run_commands.compare(comparison)
    begun(qtbot, window)
    window.player.step(steps)
    idle(qtbot, window)
    window.cohort.select(1)
    before = names(window)[1]
    for command, called, own in (
        (lambda: window.run_commands.change_live(values), shown, name),
        (window.document.undo_stack.undo, before, before),
        (window.document.undo_stack.redo, shown, name),
    ):
        command()
        together(qtbot, window)
        assert names(window)[1] == called
        assert window.form.heading.accessibleName() == f"Settings of {called}, run 2 of {len(names(window))}"
        assert window.workspace.panels["loss"].plot.names[1] == called
        assert window.session.wanted.runs[1].name == own


def test_another_comparison_hides_no_run_though_one_was_hidden(qtbot, compared):
    compared.cohort.toggle_row(3)
    compared.run_commands.compare("activations")
    begun(qtbot, compared)
    rows = compared.workspace.runs_panel.table.rows
    assert len(rows) == 7
    assert not any(row.hidden for row in rows)
