"""The runs in the window: which of them the form edits and the plots show, and what is done with them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from engine.comparisons import COMPARISONS
from engine.config import Experiment
from engine.fields import Choice, ConfigError
from engine.frame import Frame
from engine.history import History
from engine.memory import check_memory
from engine.run_config import MAX_SEED
from engine.session import Session
from gui.controls.form import ExperimentForm
from gui.document import Document
from gui.message_bar import Level
from gui.plots.runs_view import RunsView
from gui.workspace import Workspace


class Cohort(QObject):
    """Keeps document, session, form and plots of one mind about the runs.

    Runs are numbered as in the document. One of them is selected: it is the one that the form edits, and that
    commands are about.

    Attributes:
        document: the runs as they are wanted.
        selected: the number of that run.

    Signals:
        said(str, Level): why a command was not carried out.
    """

    said = Signal(str, object)

    def __init__(
        self,
        document: Document,
        session: Session,
        form: ExperimentForm,
        workspace: Workspace,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self._session = session
        self._form = form
        self._workspace = workspace
        self._history: History | None = None
        self.selected = 0
        document.started.connect(self._on_started)

    def start(self, experiment: Experiment) -> None:
        """Start training an experiment from frame 0; the old plots stay until it is there."""
        self.selected = min(self.selected, len(experiment.runs) - 1)
        self._session.start(experiment)
        self._form.set_experiment(experiment.settled(0), self.selected)

    def prepare_plots(self) -> None:
        """Let the plots know of the runs that the frames are of, where these are others than before."""
        if self._session.history is not self._history:
            self._history = self._session.history
            self._workspace.reset(self._session.experiment, RunsView(self.selected))

    def show_frame(self, frame: Frame) -> None:
        """Show what is seen of the selected run."""
        self._form.show_frame(frame.runs[self.selected])

    def select(self, run: int) -> None:
        """Select another run."""
        if run != self.selected:
            self.selected = run
            self._form.set_experiment(self.document.settings, run)
            self._show_selected()

    # What a person does with the runs ----------------------------------------------------------------------

    def compare(self, name: str) -> None:
        """Replace the runs by those of a comparison, made from the selected one."""
        comparison = COMPARISONS[name]
        try:
            experiment = comparison.apply(self.document.settings, self.selected)
            check_memory(experiment)
        except ConfigError as error:
            self.said.emit(f"The comparison was not begun. {error.message}", Level.ERROR)
            return
        self.document.edit(experiment, comparison.label.lower())

    def shift_seeds(self) -> None:
        """Draw other weights for all runs; what runs have in common in their seeds they keep."""
        runs = self.document.settings.runs
        shift = max(run.n_seeds for run in runs)
        others = [replace(run, seed=(run.seed + shift) % (MAX_SEED + 2 - run.n_seeds)) for run in runs]
        self.document.edit(self.document.settings.with_runs(others), "new seed")

    @Slot(str, object)
    def change_live(self, field: str, value: float | int | None) -> None:
        """Change a setting of the selected run, or one that all share, while training goes on."""
        self.document.change_live(field, value, field.replace("_", " "), self.selected)

    def set_initializer(self, initializer: Choice, what: str) -> None:
        """Draw the weights of the selected run otherwise."""
        runs = list(self.document.settings.runs)
        runs[self.selected] = replace(runs[self.selected], initializer=initializer)
        self.document.edit(self.document.settings.with_runs(runs), what)

    def _show_selected(self) -> None:
        if len(self._session.history):
            self._workspace.show_runs(RunsView(self.selected))
            self.show_frame(self._session.frame)

    @Slot()
    def _on_started(self) -> None:
        self.selected = 0
