"""The table of runs in the window: its room, its rows, its eyes, and its keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from gui.message_bar import Level
from tests.runs_in_window import names, table, together
from tests.windows import begun, idle, press


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
    loss = table(window).rows[5].loss
    assert float(loss) == pytest.approx(window.session.frame.runs[5].train_loss, rel=1e-3)
    assert f"He – Paused: training loss {loss}" in window.message_bar.text


def test_a_figure_shows_the_runs_that_the_window_shows(compared):
    window = compared
    window.cohort.select(3)
    window.workspace.run_toggled.emit(1)
    window.export()
    shot = window.exports.dialog._subject
    window.exports.dialog.reject()
    assert (shot.runs.selected, shot.runs.hidden) == (3, {1})


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


def test_a_name_that_is_none_is_refused(compared):
    table(compared).renamed.emit(0, "x" * 100)
    assert compared.message_bar.level is Level.ERROR
    assert names(compared)[0] == "zeros"
    table(compared).renamed.emit(5, "")
    assert names(compared)[5] == "he_normal"


def test_the_last_run_is_shown_though_it_was_hidden_among_others(qtbot, window):
    window.run_commands.duplicate()
    together(qtbot, window)
    window.cohort.select(0)
    window.run_commands.toggle()
    window.cohort.select(1)
    window.run_commands.remove()
    together(qtbot, window)
    assert all(panel.plot.visible == [0] for panel in window.workspace.panels.values())


def test_a_run_that_is_added_below_the_edge_of_the_table_is_brought_to_sight(qtbot, compared):
    shown = table(compared)
    for _ in range(2):
        compared.run_commands.add()
        idle(qtbot, compared)
        row = shown.visualRect(shown.currentIndex())
        assert shown.row == len(shown.rows) - 1
        assert row.top() >= 0
        assert row.bottom() <= shown.viewport().height()
