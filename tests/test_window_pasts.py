"""Pasts in the window: what is pinned or left behind, as rows that are chosen, hidden and removed."""

import pytest

from engine.comparisons import COMPARISONS
from engine.pasts import MOST_PASTS
from tests import form_keys
from tests.runs_in_window import names, table
from tests.windows import SMALL, begun, idle


@pytest.fixture(scope="module")
def plots_on_screen():
    return {"loss"}


COMPARED = COMPARISONS["initializers"].apply(SMALL)


def test_what_a_change_at_an_earlier_frame_leaves_behind_is_a_row_at_once(qtbot, window):
    window.player.step(20)
    idle(qtbot, window)
    window.navigator.seek(8, 8)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.02")
    assert names(window)[1:] == ["before learning rate 0.02 at step 8"]
    assert len(window.workspace.panels["loss"].plot.runs.pasts) == 1


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


def test_a_past_names_the_run_as_it_was_called_before_the_change(qtbot, window):
    window.run_commands.compare("learning_rates")
    begun(qtbot, window)
    window.cohort.select(1)
    window.player.step(12)
    idle(qtbot, window)
    window.navigator.seek(8, 8)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.5")
    assert names(window)[1] == "rate 0.5"
    assert names(window)[4] == "before rate 0.01: learning rate 0.5 at step 8"
    assert "Going on from step 8: rate 0.01 – learning rate is now 0.5." in window.message_bar.text
    assert window.time_line.scale.marks[-1].text == "Step 8: rate 0.01 – learning rate is now 0.5."
    window.player.step(2)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.25")
    idle(qtbot, window)
    assert window.time_line.scale.marks[-1].text == "Step 10: rate 0.5 – learning rate is now 0.25."


def test_a_mark_and_a_message_name_a_run_before_what_was_changed_of_it(qtbot, window):
    window.run_commands.duplicate()
    idle(qtbot, window)
    window.player.step(4)
    idle(qtbot, window)
    window.navigator.seek(2, 2)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.5")
    assert "Going on from step 2: run 2 – learning rate is now 0.5." in window.message_bar.text
    form_keys.type_in(window.form, "batch_size", "3")
    idle(qtbot, window)
    texts = [mark.text for mark in window.time_line.scale.marks]
    assert texts == [
        "Step 2: an earlier course was left here.",
        "Step 2: run 2 – learning rate is now 0.5.",
        "Step 2: batch size is now 3.",
    ]


def test_table_and_legend_call_an_unnamed_run_the_same_after_a_change_and_before_it(qtbot, window):
    window.run_commands.duplicate()
    idle(qtbot, window)
    assert names(window) == ["run 1", "run 2"]
    window.player.step(4)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.05")
    window.player.step(4)
    idle(qtbot, window)
    plot = window.workspace.panels["loss"].plot
    box = plot.charts[0].box
    box.setRange(xRange=(2, 6), yRange=(0, 1), padding=0)
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])
    zoomed = plot.zooms()
    form_keys.type_in(window.form, "learning_rate", "0.04")
    idle(qtbot, window)
    assert plot.names[1] == "learning rate 0.04"
    assert plot.zooms() == zoomed
    usual = f"learning rate {SMALL.runs[0].learning_rate:g}"
    for step in (8, 2):
        window.navigator.seek(step, step)
        idle(qtbot, window)
        assert plot.names == names(window) == [usual, "learning rate 0.04"]
        assert window.form.heading.accessibleName() == "Settings of learning rate 0.04, run 2 of 2"


def test_reset_before_a_change_begins_without_the_name_that_the_change_brought_about(qtbot, window):
    window.run_commands.compare("learning_rates")
    begun(qtbot, window)
    window.cohort.select(1)
    window.player.step(4)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.5")
    window.player.step(4)
    idle(qtbot, window)
    window.navigator.seek(2, 2)
    idle(qtbot, window)
    window.reset()
    begun(qtbot, window)
    run = window.session.experiment.runs[1]
    assert (run.name, run.learning_rate) == ("rate 0.01", 0.01)
    assert names(window)[1] == "rate 0.01"


def test_the_course_that_was_left_stays_that_of_runs_which_are_called_otherwise_since(qtbot, window):
    window.run_commands.compare("learning_rates")
    begun(qtbot, window)
    window.player.step(12)
    idle(qtbot, window)
    window.navigator.seek(8, 8)
    idle(qtbot, window)
    form_keys.type_in(window.form, "learning_rate", "0.5")
    window.run_commands.rename_run(2, "mine")
    idle(qtbot, window)
    assert "Step 8: an earlier course was left here." in [mark.text for mark in window.time_line.scale.marks]
    plot = window.workspace.panels["loss"].plot
    assert len(plot.pasts) == 4
    window.cohort.toggle_row(0)
    assert len(plot.pasts) == 3


def drawn_as(window):
    """Of the only past, by its colour in the plot, which run it is drawn as."""
    plot = window.workspace.panels["loss"].plot
    (past,) = plot.pasts
    color = past.line.opts["pen"].color().name()
    pale = [plot.theme.pale(plot.theme.run(run)[0], 0.4).lower() for run in range(len(plot.names))]
    return pale.index(color)


def test_a_pale_line_has_the_colour_of_the_run_that_it_came_from_however_that_is_called(qtbot, compared):
    window = compared
    window.player.step(12)
    idle(qtbot, window)
    window.cohort.select(5)
    window.run_commands.pin()
    assert drawn_as(window) == 5
    window.run_commands.rename_run(5, "mine")
    window.run_commands.move_up()
    assert drawn_as(window) == 4
    window.run_commands.make_reference()
    window.run_commands.rename_run(0, "")
    assert drawn_as(window) == 0
    window.run_commands.remove()
    idle(qtbot, window)
    assert drawn_as(window) == 5, "as then, where the run is no longer there"
    window.document.undo_stack.undo()
    idle(qtbot, window)
    assert drawn_as(window) == 0


def test_a_pale_line_has_the_colour_of_its_run_and_not_of_a_copy_that_was_changed_otherwise(qtbot, window):
    window.run_commands.duplicate()
    form_keys.type_in(window.form, "learning_rate", "0.5")
    window.player.step(12)
    idle(qtbot, window)
    window.run_commands.pin()
    assert drawn_as(window) == 1
    window.run_commands.rename_run(1, "faster")
    window.run_commands.move_up()
    assert names(window)[0] == "faster"
    assert drawn_as(window) == 0
