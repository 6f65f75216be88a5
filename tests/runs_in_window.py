"""The runs of a window, as document, session, table and plots have them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.run_names import run_names
from gui.controls.runs_table import RunsTable
from gui.main_window import MainWindow
from tests.windows import idle


def table(window: MainWindow) -> RunsTable:
    return window.workspace.runs_panel.table


def names(window: MainWindow) -> list[str]:
    return [row.name for row in table(window).rows]


def agree(window: MainWindow) -> None:
    """Assert that document, session and table have the same runs."""
    wanted = window.session.wanted.settled(window.session.step_index)
    assert wanted.runs == window.document.settings.runs
    assert names(window)[: len(window.session.runs)] == run_names(window.session.wanted)


def together(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until all runs are in the frames, and assert that everything shows them."""
    idle(qtbot, window)
    agree(window)
    assert window.session.experiment.runs == window.session.runs
    assert len(window.session.frame.runs) == len(window.document.settings.runs)
    shown = window.workspace.panels["loss"].plot
    assert shown.experiment is not None
    assert shown.experiment.runs == window.session.runs
    assert shown.history is window.session.history
    assert [row.place for row in table(window).rows if not row.is_past] == list(
        range(len(window.document.settings.runs))
    )
