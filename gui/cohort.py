"""The runs in the window: which of them the form edits, and which the plots show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from engine.comparisons import named_at
from engine.config import Experiment
from engine.frame import Frame
from engine.history import History
from engine.past_names import past_name
from engine.pasts import Past
from engine.run_config import RunConfig
from engine.run_names import run_names
from engine.session import Session
from engine.state import TRAINING
from gui.controls.form import ExperimentForm
from gui.controls.runs_table import RunsTable
from gui.document import Document
from gui.plots.numerals import percent
from gui.plots.runs_view import RunsView
from gui.run_rows import RunRow, row_at, row_of_past, rows_of_runs
from gui.workspace import Workspace


class Cohort(QObject):
    """Keeps document, session, form, table and plots of one mind about the runs.

    Runs are numbered as in the document and in the table. The session has the same runs, but its frames only
    those that have caught up with the others. One run is selected: the form edits it. In the table a past can
    be chosen instead; the selected run stays what it was.

    Attributes:
        selected: the number of the selected run.
        past: the number of the past that is chosen in the table, or None.

    Signals:
        changed(): the runs, or which of them is selected or hidden, are others now.
        edited(): a person changed which runs there are; the frame on show may have others.
    """

    changed = Signal()
    edited = Signal()

    def __init__(
        self,
        document: Document,
        session: Session,
        form: ExperimentForm,
        table: RunsTable,
        workspace: Workspace,
    ) -> None:
        super().__init__(workspace)
        self._document = document
        self._session = session
        self._form = form
        self._table = table
        self._workspace = workspace
        self.selected = 0
        self.past: int | None = None
        self._n_runs = 1
        self._hidden: set[int] = set()
        self._left: list[Experiment] = []
        self._pasts: list[tuple[Past, str]] = []
        self._hidden_pasts: set[int] = set()
        self._described: tuple[Experiment, Experiment, list[RunRow]] | None = None
        self._drawn: tuple[History, tuple[RunConfig, ...], list[str]] | None = None
        document.started.connect(self._on_started)
        document.run_added.connect(self._on_run_added)
        document.runs_arranged.connect(self._on_runs_arranged)
        document.run_renamed.connect(self._on_run_renamed)
        table.row_chosen.connect(self.choose_row)
        table.eye_clicked.connect(self.toggle_row)
        workspace.run_toggled.connect(self._on_run_toggled)

    # Which runs are selected and shown ----------------------------------------------------------------------

    @property
    def row(self) -> int:
        """The chosen row of the table."""
        return self.selected if self.past is None else len(self._document.settings.runs) + self.past

    @property
    def place(self) -> int | None:
        """The number of the selected run in the frames; None while it catches up."""
        return self._session.frame_index(self.selected)

    @property
    def can_pin(self) -> bool:
        """Whether anything was seen of the selected run."""
        return bool(len(self._session.history)) and self.place is not None

    def leave(self, run: int) -> Experiment:
        """Return a run alone, with the log of what was changed while it trained, to be taken away."""
        self._left.append(self._session.wanted.of_runs([run]))
        return self._left[-1]

    def view(self) -> RunsView:
        """Return which runs are to be seen, numbered as in the frames."""
        places = self._places()
        pasts = tuple(named for i, named in enumerate(self._pasts) if i not in self._hidden_pasts)
        hidden = (places[run] for run in self._hidden)
        return RunsView(self.place or 0, frozenset(place for place in hidden if place is not None), pasts)

    def is_hidden(self, row: int) -> bool:
        """Return whether the run or the past of a row is hidden in the plots."""
        past = row - len(self._document.settings.runs)
        return row in self._hidden if past < 0 else past in self._hidden_pasts

    def select(self, run: int) -> None:
        """Select a run."""
        self.choose_row(run)

    @Slot(int)
    def choose_row(self, row: int) -> None:
        """Select the run of a row, or choose its past."""
        n_runs = len(self._document.settings.runs)
        self.past = row - n_runs if row >= n_runs else None
        if self.past is None and row != self.selected:
            self.selected = row
            self._form.show_run(self._document.settings, row)
            self._show()
        else:
            self._table.choose(row)
            self.changed.emit()

    @Slot(int)
    def toggle_row(self, row: int) -> None:
        """Hide the run or the past of a row in the plots, or show it again."""
        past = row - len(self._document.settings.runs)
        if past < 0:
            self._hidden ^= {row}
        else:
            self._hidden_pasts ^= {past}
        self._show()

    def show_all(self) -> None:
        """Hide no run in the plots."""
        self._hidden.clear()
        self._show()

    def edit_field(self, field: str) -> None:
        """Let a person edit a field of the selected run."""
        self._form.edit_field(field)

    def pin(self) -> None:
        """Keep what was seen of the selected run as a pale reference."""
        self._session.pin_run(self.selected)
        self.follow()

    def remove_past(self, past: int) -> None:
        """Let go of a past."""
        self._session.remove_past(past)
        self.past = None
        self.follow()

    def going_on_with(self) -> Experiment:
        """Return the settings that training goes on with, whichever frame is on show meanwhile."""
        session = self._session
        if session.state in TRAINING:
            return session.wanted.settled(session.step_index)
        return self._document.settings

    # What is shown ------------------------------------------------------------------------------------------

    def start(self, experiment: Experiment) -> None:
        """Start training an experiment from frame 0; the old plots stay until it is there."""
        n_before, self._n_runs = self._n_runs, len(experiment.runs)
        self.selected, self.past = min(self.selected, self._n_runs - 1), None
        self._left.clear()
        self._session.start(experiment)
        if self._n_runs != n_before:
            self._hidden.clear()
            self._form.show_run(experiment.settled(0), self.selected)
        else:
            self._form.set_experiment(experiment.settled(0), self.selected)
        self._show_rows()

    def follow(self) -> None:
        """Let plots and table follow the runs and the pasts of the frames, where these are others."""
        self._name_pasts()
        if len(self._session.history) and self._plots_follow():
            self._show_rows()

    def show_in_form(self, frame: Frame) -> None:
        """Show what is seen of the selected run under its activation."""
        self._form.show_frame(None if self.place is None else frame.runs[self.place])

    def show_in_table(self, frame: Frame) -> None:
        """Show what has become of all runs at a frame."""
        self._name_runs(frame)

    @Slot(float)
    def show_catching_up(self, _share: float) -> None:
        """Show how far the runs have come that were added."""
        if len(self._session.history):
            self.show_in_table(self._session.frame)

    def settings_at(self, step: int) -> Experiment:
        """Return the settings, and what runs are called, as the log has brought them about up to a step."""
        seen = named_at(self._session.experiment, step)
        called = zip(self._document.settings.runs, self._session.runs, self._places(), strict=True)
        runs = [
            replace(run, name=wanted.name) if place is None else seen.runs[place]
            for run, wanted, place in called
        ]
        return seen.with_runs(runs)

    # What becomes of the runs -------------------------------------------------------------------------------

    @Slot()
    def _on_started(self) -> None:
        self.selected, self.past = 0, None
        self._form.show_run(self._document.settings, 0)
        self._hidden.clear()
        for _ in range(len(self._session.pasts)):
            self._session.remove_past(0)
        self._pasts.clear()
        self._hidden_pasts.clear()

    @Slot(int, object)
    def _on_run_added(self, run: int, trained: Experiment | None) -> None:
        if trained is None or not any(trained is left for left in self._left):
            # It is new, or all runs have started anew since it was removed.
            trained = self._document.settings.of_runs([run])
        self._session.add_run(trained.runs[0], run, trained.changes)
        self._hidden = {other + (other >= run) for other in self._hidden}
        self._form.show_run(self._document.settings, run)
        self._take_edit(run)

    @Slot(object, int)
    def _on_runs_arranged(self, order: Sequence[int], heir: int) -> None:
        self._session.arrange_runs(order)
        number = {run: index for index, run in enumerate(order)}
        self._hidden = {number[run] for run in self._hidden if run in number}
        selected = number.get(self.selected)
        if selected is not None:
            self._form.set_experiment(self._document.settings, selected)
        else:
            selected = heir
            self._form.show_run(self._document.settings, selected)
        self._take_edit(selected)

    @Slot(int)
    def _on_run_renamed(self, run: int) -> None:
        self._session.rename_run(run, self._document.settings.runs[run].name)
        self._form.set_experiment(self._document.settings, self.selected)
        self._take_edit(self.selected)

    @Slot(int)
    def _on_run_toggled(self, place: int) -> None:
        """Hide a run that a person clicked in a legend, or show it again."""
        places = self._places()
        if place in places:
            self.toggle_row(places.index(place))

    def _take_edit(self, selected: int) -> None:
        self.selected, self.past = selected, None
        self._n_runs = len(self._document.settings.runs)
        self._show()
        self.edited.emit()

    # What stands behind it ----------------------------------------------------------------------------------

    def _places(self) -> list[int | None]:
        """Return of each run which one of the frames it is."""
        return [self._session.frame_index(run) for run in range(len(self._document.settings.runs))]

    def _show(self) -> None:
        """Show which runs are selected and hidden."""
        if len(self._document.settings.runs) + len(self._pasts) == 1:
            # There is no table, nor a legend, in which it could be brought back.
            self._hidden.clear()
        if len(self._session.history):
            if not self._plots_follow():
                self._workspace.show_runs(self.view())
            self.show_in_form(self._session.frame)
        self._show_rows()

    def _plots_follow(self) -> bool:
        """Draw the plots for the runs of the frames, and return whether these are others than were drawn."""
        session = self._session
        # A change of the log may call runs otherwise.
        drawn = (session.history, session.experiment.runs, run_names(session.experiment))
        if drawn == self._drawn:
            return False
        same_frames = self._drawn is not None and drawn[0] is self._drawn[0]
        self._drawn = drawn
        zooms = self._workspace.zooms() if same_frames else {}
        self._workspace.reset(session.experiment, self.view())
        self._workspace.show_frame(session.history, session.frame.step)
        self._workspace.restore_zooms(zooms)
        return True

    def _show_rows(self) -> None:
        session = self._session
        self._name_runs(session.frame if len(session.history) else None)
        self._table.choose(self.row)
        self._workspace.offer_runs(len(self._table.rows))
        self.changed.emit()

    def _name_runs(self, frame: Frame | None) -> None:
        """Name the runs in the table, and the selected one above its settings."""
        rows, count = self._rows(frame), len(self._document.settings.runs)
        self._table.set_rows(rows)
        self._form.heading.show_run(rows[self.selected].name, self.selected, count, self.place)

    def _rows(self, frame: Frame | None) -> list[RunRow]:
        session, settings = self._session, self._document.settings
        called = session.wanted
        known = self._described
        if known is None or known[0] is not settings or known[1] is not called:
            known = self._described = (settings, called, rows_of_runs(settings, called))
        rows = []
        for run, (row, place) in enumerate(zip(known[2], self._places(), strict=True)):
            if place is None:
                row = replace(row, state=f"catching up, {percent(session.caught_up)}")
            elif frame is not None:
                row = row_at(row, session.experiment, session.history, frame, place)
            rows.append(replace(row, place=place, hidden=run in self._hidden))
        for index, (past, name) in enumerate(self._pasts):
            rows.append(row_of_past(past, name, index in self._hidden_pasts))
        return rows

    def _name_pasts(self) -> None:
        """Take note of pasts that have come or gone; what they are called is known when they come."""
        if [past for past, _ in self._pasts] == list(self._session.pasts):
            return
        hidden = [self._pasts[index][0] for index in self._hidden_pasts]
        chosen = None if self.past is None else self._pasts[self.past][0]
        names = {id(past): name for past, name in self._pasts}
        self._pasts = [
            (past, names.get(id(past)) or past_name(past, self._session.experiment))
            for past in self._session.pasts
        ]
        self._hidden_pasts = {index for index, (past, _) in enumerate(self._pasts) if past in hidden}
        places = (index for index, (past, _) in enumerate(self._pasts) if past is chosen)
        self.past = next(places, None)
        self._show()
