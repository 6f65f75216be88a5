"""The table of runs: what it says of each, how it is read and used, and that it paints only what changes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from engine.changes import Change
from engine.comparisons import COMPARISONS
from engine.config import Experiment, RunConfig
from engine.frame import Divergence, Frame
from engine.history import History
from engine.past_names import past_name
from engine.pasts import Past
from engine.run_config import MAX_NAME
from gui.controls.runs_model import ACCURACY, DIFFERS, EYE, LOSS, NAME, SEEDS, STATE
from gui.controls.runs_table import RunsTable
from gui.run_rows import Tone, row_at, row_of_past, rows_of_runs
from gui.style import DARK, LIGHT
from tests import frames

COMPARED = COMPARISONS["initializers"].apply(Experiment())
BOOM = Divergence(120, 2, "pre-activations")


def rows_of(experiment):
    """Return the rows of runs of which nothing was changed while they trained."""
    return rows_of_runs(experiment, experiment)


@pytest.fixture
def table(qtbot):
    table = RunsTable()
    qtbot.addWidget(table)
    table.resize(800, 220)
    table.set_rows(rows_of(COMPARED))
    table.choose(0)
    table.show()
    table.activateWindow()
    qtbot.waitUntil(table.isActiveWindow)
    return table


def text(table, row, column):
    return table.model().index(row, column).data()


def at(table, row, column):
    return table.visualRect(table.model().index(row, column)).center()


def test_names_keep_their_room_in_a_narrow_table(table):
    for width, hidden in ((800, set()), (600, {DIFFERS}), (510, {DIFFERS, SEEDS})):
        table.resize(width, 220)
        assert {column for column in (DIFFERS, SEEDS) if table.isColumnHidden(column)} == hidden
        assert table.columnWidth(NAME) > 100


# What it says ---------------------------------------------------------------------------------------------


def test_the_first_run_is_the_reference_and_the_others_say_what_differs(table):
    assert [text(table, row, NAME) for row in range(7)] == [run.name for run in COMPARED.runs]
    assert text(table, 0, DIFFERS) == "reference"
    assert text(table, 1, DIFFERS) == "normal"
    assert text(table, 5, DIFFERS) == "he_normal"


def test_a_run_like_the_first_one_differs_in_nothing():
    rows = rows_of(Experiment((RunConfig(), RunConfig(), RunConfig(n_seeds=8, seed=1000))))
    assert [row.differs for row in rows] == ["reference", "nothing", "seed 1000, 8 seeds"]
    assert [row.name for row in rows][:2] == ["seed 0, 1 seed run 1", "seed 0, 1 seed run 2"]
    assert [row.seeds for row in rows] == ["0", "0", "1000–1007"]


def seen(experiment, *runs):
    """Return rows of a history whose only frame has these seeds per run."""
    history = History()
    frame = Frame.of_seeds(200, 4.4, runs)
    history.append(frame)
    return [row_at(row, experiment, history, frame, run) for run, row in enumerate(rows_of(experiment))]


def test_numbers_and_states_are_those_of_the_frame():
    experiment = frames.experiment(runs=3)
    usual = frames.frame(experiment, 200).runs[0]
    good = replace(usual, train_loss=0.01234567, train_accuracy=0.955, validation_accuracy=0.9)
    poor = replace(usual, train_loss=2.5, train_accuracy=0.1, validation_loss=float("nan"))
    lost = replace(usual, divergence=BOOM, train_loss=float("nan"))
    rows = seen(experiment, [good], [poor], [lost])
    assert [(row.loss, row.accuracy, row.state, row.tone) for row in rows] == [
        ("0.01235", "96 %", "learnt", Tone.GOOD),
        ("2.500", "10 %", "running", Tone.PLAIN),
        ("–", "–", "diverged at step 120", Tone.BAD),
    ]
    assert "accuracy 90 %" in rows[0].validation
    assert rows[1].validation == ""


def test_several_seeds_are_counted_and_their_median_is_shown():
    experiment = Experiment((RunConfig(n_seeds=8),))
    usual = frames.frame(frames.experiment(), 200).runs[0]
    learnt = [replace(usual, train_loss=loss, train_accuracy=0.99) for loss in (1.0, 2.0, 3.0, 4.0, 9.0)]
    diverged = [replace(usual, divergence=BOOM, train_loss=float("nan"))] * 3
    [row] = seen(experiment, diverged + learnt)
    assert (row.state, row.loss, row.tone) == ("diverged in 3, learnt in 5 of 8", "3.000", Tone.BAD)
    [row] = seen(experiment, learnt + learnt[:3])
    assert (row.state, row.tone) == ("learnt in 8 of 8", Tone.GOOD)
    [row] = seen(experiment, [replace(usual, train_accuracy=0.1)] * 8)
    assert row.state == "running"


def test_pasts_say_what_was_changed_after_them_or_that_they_are_pinned():
    experiment = frames.experiment()
    history = frames.history(experiment, range(0, 601, 60))
    before = Past(experiment, history, 240)
    after = experiment.with_change(Change(240, 0, "learning_rate", 0.01))
    assert past_name(before, after) == "before learning rate 0.01 at step 240"
    batches = experiment.with_change(Change(240, None, "batch_size", None))
    assert past_name(before, batches) == "before full batch at step 240"
    assert past_name(before, Experiment()) == "before a change at step 240"
    pinned = Past(Experiment((RunConfig(name="He"),)), history, 600)
    assert past_name(pinned, after) == "He, pinned at step 600"
    row = row_of_past(pinned, past_name(pinned, after), True)
    assert (row.is_past, row.hidden, row.state) == (True, True, "up to step 600")
    assert row.loss


def test_a_pinned_run_is_called_as_among_the_others():
    zeros = Experiment((replace(COMPARED.runs[0], name=""),))
    history = frames.history(zeros, [0, 100])
    among = Experiment((*zeros.runs, RunConfig()))
    assert past_name(Past(zeros, history, 100), among) == "zeros, pinned at step 100"
    assert past_name(Past(zeros, history, 100), zeros) == "pinned at step 100"


def test_a_change_of_one_of_several_runs_names_it():
    experiment = frames.experiment(runs=2)
    history = frames.history(experiment, [0, 100])
    named = experiment.with_runs(
        [replace(run, name=name) for run, name in zip(experiment.runs, "ab", strict=True)]
    )
    after = named.with_change(Change(50, 1, "learning_rate", 0.5))
    assert past_name(Past(named, history, 50), after) == "before b: learning rate 0.5 at step 50"


# How it is used -------------------------------------------------------------------------------------------


def test_arrow_keys_choose_rows(qtbot, table):
    chosen = []
    table.row_chosen.connect(chosen.append)
    table.setFocus()
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert chosen == [1, 2, 3, 2]
    table.choose(5)
    assert (chosen[-1], table.row) == (2, 5)


def test_an_eye_can_be_clicked_without_choosing_its_row(table):
    clicked, chosen = [], []
    table.eye_clicked.connect(clicked.append)
    table.row_chosen.connect(chosen.append)
    for _ in range(2):
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at(table, 4, EYE))
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at(table, 4, EYE))
    assert (clicked, chosen, table.row) == ([4, 4, 4], [], 0)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at(table, 4, NAME))
    assert (clicked, chosen) == ([4, 4, 4], [4])


@pytest.mark.parametrize(
    ("typed", "renamed"),
    [("mine", [(2, "mine")]), ("", [(2, "")]), ("rand", []), ("x" * 70, [(2, "x" * MAX_NAME)])],
)
def test_a_name_is_edited_in_its_place(qtbot, table, typed, renamed):
    names = []
    table.renamed.connect(lambda row, name: names.append((row, name)))
    table.edit_name(2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.selectedText() == "rand"
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    qtbot.keyClicks(editor, typed)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(table.hasFocus)
    assert names == renamed


def test_only_names_of_runs_can_be_edited(table):
    past = Past(Experiment(), frames.history(Experiment(), [0, 3]), 3)
    table.set_rows([*rows_of(COMPARED), row_of_past(past, "pinned", False)])
    model = table.model()
    editable = [
        (row, column)
        for row in range(8)
        for column in range(7)
        if model.flags(model.index(row, column)) & Qt.ItemFlag.ItemIsEditable
    ]
    assert editable == [(row, NAME) for row in range(7)]


def test_only_cells_that_change_are_painted_again(table):
    changed = []
    table.model().dataChanged.connect(
        lambda first, last: changed.append((first.row(), first.column(), last.row(), last.column()))
    )
    rows = rows_of(COMPARED)
    table.set_rows(rows)
    assert changed == []
    rows[3] = replace(rows[3], loss="1.5")
    table.set_rows(rows)
    assert changed == [(3, LOSS, 3, LOSS)]


def test_rows_that_come_and_go_choose_nothing_by_themselves(table):
    chosen = []
    table.row_chosen.connect(chosen.append)
    table.choose(6)
    table.set_rows(rows_of(Experiment()))
    table.set_rows(rows_of(COMPARED))
    assert chosen == []


def test_a_screen_reader_is_told_the_columns_and_what_is_hidden(table):
    rows = rows_of(COMPARED)
    rows[1] = replace(rows[1], hidden=True)
    table.set_rows(rows)
    view = QAccessible.queryAccessibleInterface(table)
    assert view.text(QAccessible.Text.Name) == "Runs"
    first, second = (view.child((row + 1) * 8 + 1 + EYE) for row in (0, 1))  # behind headings of both kinds
    assert [cell.text(QAccessible.Text.Name) for cell in (first, second)] == ["shown", "hidden"]
    headings = [table.model().headerData(i, Qt.Orientation.Horizontal) for i in range(7)]
    assert headings == ["", "run", "differs in", "seeds", "state", "loss", "accuracy"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_states_stand_out_in_the_colours_of_the_theme(table, theme):
    rows = rows_of(COMPARED)
    rows[1] = replace(rows[1], state="diverged at step 3", tone=Tone.BAD)
    rows[2] = replace(rows[2], hidden=True)
    table.set_theme(theme)
    table.set_rows(rows)

    def ink(row, column):
        return table.model().index(row, column).data(Qt.ItemDataRole.ForegroundRole).name()

    assert ink(1, STATE) == theme.error.lower()
    assert ink(0, NAME) == theme.text.lower()
    assert ink(2, NAME) == theme.muted.lower()


def test_numbers_stand_right_and_long_texts_are_whole_in_the_tooltip(table):
    alignments = [
        Qt.AlignmentFlag(table.model().index(0, column).data(Qt.ItemDataRole.TextAlignmentRole))
        for column in (NAME, SEEDS, STATE, LOSS, ACCURACY)
    ]
    assert [bool(flags & Qt.AlignmentFlag.AlignRight) for flags in alignments] == [
        False,
        False,
        False,
        True,
        True,
    ]
    rows = rows_of(COMPARED)
    rows[0] = replace(rows[0], differs="many words " * 40)
    table.set_rows(rows)
    assert "many words many" in table.model().index(0, DIFFERS).data(Qt.ItemDataRole.ToolTipRole)


def test_seven_rows_are_in_sight_at_the_height_that_the_table_asks_for(table):
    table.resize(800, table.sizeHint().height())
    QApplication.processEvents()
    assert not table.verticalScrollBar().isVisible()
    assert table.rowAt(table.viewport().height() - 3) == 6
    assert table.viewport().mapTo(table, QPoint()).y() >= table.horizontalHeader().height() - 1
