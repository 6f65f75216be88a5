"""Escape in the window: it leaves one level, what is typed first, and nothing else is lost."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QSpinBox

from gui.controls.number_box import NumberBox
from tests.form_keys import line
from tests.windows import idle, press

ESCAPE = Qt.Key.Key_Escape


def test_an_enlarged_panel_goes_back_and_training_goes_on(qtbot, window):
    panel = window.workspace.panels["activations"]
    window.workspace.toggle_enlarged(panel)
    window.player.play()
    press(qtbot, window, ESCAPE)
    assert window.workspace.form_dock.isVisible()
    at = window.session.step_index
    qtbot.waitUntil(lambda: window.session.step_index > at)
    press(qtbot, window, ESCAPE)
    assert window.isVisible()
    assert window.workspace.form_dock.isVisible()


def test_it_goes_back_from_a_control_of_the_enlarged_panel(qtbot, window):
    panel = window.workspace.panels["loss"]
    window.workspace.toggle_enlarged(panel)
    control = next(button for button in panel.findChildren(QAbstractButton) if button.isVisible())
    control.setFocus()
    press(qtbot, window, ESCAPE)
    assert window.workspace.form_dock.isVisible()


def test_the_bench_is_left_and_before_it_what_is_typed_there(qtbot, window):
    window.bench_view.open()
    box = next(box for box in window.bench_view.bench.findChildren(NumberBox) if box.isVisible())
    before = box.text()
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "7")
    QTest.keyClick(box, ESCAPE)
    assert box.text() == before
    assert window.bench_view.shown
    QTest.keyClick(box, ESCAPE)
    assert not window.bench_view.shown
    window.bench_view.open()
    window.bench_view.bench.setFocus()
    press(qtbot, window, ESCAPE)
    assert not window.bench_view.shown
    assert window.workspace.form_dock.isVisible()


@pytest.mark.parametrize("box", range(2))
def test_what_is_typed_in_the_transport_bar_goes_before_the_panel_does(window, box):
    window.workspace.toggle_enlarged(window.workspace.panels["loss"])
    box = window.transport.findChildren(QSpinBox)[box]
    text, value = box.text(), box.value()
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "77")
    assert box.text() != text
    QTest.keyClick(box, ESCAPE)
    assert (box.text(), box.value()) == (text, value)
    assert not window.workspace.form_dock.isVisible()
    QTest.keyClick(box, ESCAPE)
    assert window.workspace.form_dock.isVisible()
    assert box.value() == value


def test_what_is_typed_in_the_form_goes_before_a_recomputation_is_given_up(qtbot, open_window):
    window = open_window()
    window.player.step(20)
    idle(qtbot, window)
    window.time_line.give_up_action.setEnabled(True)  # as where one takes long
    given_up = []
    window.time_line.pause_requested.connect(lambda: given_up.append(True))
    box = window.form.field("learning_rate").editor
    box.setFocus()
    typed = line(window.form, "learning_rate")
    before = typed.text()
    typed.selectAll()
    QTest.keyClicks(box, "0.7")
    QTest.keyClick(box, ESCAPE)
    assert typed.text() == before
    assert not given_up
    QTest.keyClick(box, ESCAPE)
    assert given_up
    assert window.session.experiment.changes == ()


def test_a_name_that_is_typed_in_the_table_goes_before_the_panel_does(qtbot, compared):
    compared.run_commands.rename()
    table = compared.workspace.runs_panel.table
    before = [row.name for row in table.rows]
    QTest.keyClicks(table.focusWidget() or table, "other")
    press(qtbot, compared, ESCAPE)
    assert [row.name for row in table.rows] == before
    assert table.hasFocus()
    press(qtbot, compared, ESCAPE)
    assert table.isVisible()
    assert [row.name for row in table.rows] == before
