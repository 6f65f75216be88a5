"""What is changed while training goes on: live settings, and the weights of one layer."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot

from engine.changes import LAYER_WEIGHTS, Change, ChangeValue, Redraw, parting_step
from engine.run_config import MAX_SEED
from engine.session import Session, State
from engine.state import TRAINING
from gui.cohort import Cohort
from gui.controls.form import ExperimentForm
from gui.document import Document, LiveValue
from gui.message_bar import Level
from gui.time_marks import describe_changes


class LiveChanges(QObject):
    """Passes changes on to the session, and says what became of the course that they part from.

    Signals:
        made(): settings or weights are others from the next step on, or will be as soon as that is known.
        said(str, Level): what the person should know.
    """

    made = Signal()
    said = Signal(str, object)

    def __init__(
        self,
        session: Session,
        document: Document,
        form: ExperimentForm,
        cohort: Cohort,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._document = document
        self._form = form
        self._cohort = cohort
        document.changed_live.connect(self._on_changed_live)
        form.redraw_requested.connect(self.redraw)

    @Slot(int)
    def redraw(self, layer: int) -> None:
        """Draw the weights of a layer of the selected run anew, 1 being the first, with the next seed."""
        session, run = self._session, self._cohort.selected
        index = self._cohort.place
        if session.state is State.FAILED:
            self.said.emit("The training has failed; Reset begins anew.", Level.WARNING)
            return
        if index is None or not len(session.history):
            self.said.emit("This run is not trained yet; wait until it has caught up.", Level.WARNING)
            return
        value = Redraw(layer, session.runs[run].initializers[layer - 1], self._next_seed(index, layer))
        session.change(LAYER_WEIGHTS, value, run)
        self.said.emit(
            f"{self._going_on()}: {self._described(run, {LAYER_WEIGHTS: value})}, seen from the next step on."
            f"{self._left_behind()} Undo does not bring the old weights back.",
            Level.DONE,
        )
        self.made.emit()

    @Slot(object, int)
    def _on_changed_live(self, values: Mapping[str, LiveValue], run: int) -> None:
        looked_back = not self._session.following
        # As the run is called before, for it may be called otherwise by the change.
        news = self._described(run, values)
        before, newest = self._session.wanted.changes, self._session.step_index
        for field, value in values.items():
            self._session.change(field, value, run)
        parting = parting_step(before, self._session.wanted.changes)
        if looked_back and parting is not None and (parting < newest or self._session.state in TRAINING):
            self.said.emit(f"{self._going_on()}: {news}.{self._left_behind()}", Level.DONE)
        self._form.set_live(self._document.settings)
        if looked_back and parting is None:
            # Training goes on with these already, but the frame on show was trained with others.
            self._document.follow(self._cohort.settings_at(self._session.frame.step))
            self._form.set_live(self._document.settings)
        self.made.emit()

    def _next_seed(self, run: int, layer: int) -> int:
        """Return a seed that the layer was not drawn with yet."""
        experiment = self._session.experiment
        config = experiment.runs[run]
        drawn = [
            change.value.seed
            for change in experiment.changes
            if isinstance(change.value, Redraw) and (change.run, change.value.layer) == (run, layer)
        ]
        seed = max([config.seed, *drawn]) + config.n_seeds
        return seed if seed + config.n_seeds - 1 <= MAX_SEED else 0

    def _described(self, run: int, values: Mapping[str, ChangeValue]) -> str:
        index = self._session.frame_index(run)
        changes = [
            Change(0, None if field == "batch_size" else index, field, value)
            for field, value in values.items()
        ]
        return describe_changes(self._session.experiment, changes)

    def _going_on(self) -> str:
        if self._session.state is State.SEEKING:
            return "Going on from the frame that is being recomputed"
        return f"Going on from step {self._session.step_index:,}"

    def _left_behind(self) -> str:
        """Say that something is kept, if the last change has parted from it."""
        pasts = self._session.pasts
        parted = pasts and pasts[-1].step == self._session.step_index < pasts[-1].history.last.step
        return " What came after it stays as a pale reference." if parted else ""
