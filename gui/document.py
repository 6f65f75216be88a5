"""The experiment on the desk: its settings with undo and redo, and the file that they belong to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine import experiment_file
from engine.config import Experiment


class Document(QObject):
    """Owns the settings, which the form is handed to show; every change of them can be undone.

    The session owns the log of what was changed at which step, since only it knows when a change applied.

    Attributes:
        settings: the experiment as the form shows it, without a log of changes.
        saved: the experiment as it was last opened, begun or saved, with its log.
        path: the file it was opened from or saved to, or None.
        undo_stack: Qt's own, for the actions in the menu.

    Signals:
        replaced(Experiment): the experiment was exchanged and starts anew at frame 0.
        changed_live(str, object): a field that may change during training, and its value.
        title_changed(): the path, or what is saved, is another now.
    """

    replaced = Signal(object)
    changed_live = Signal(str, object)
    title_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = Experiment()
        self.saved = Experiment()
        self.path: Path | None = None
        self.undo_stack = QUndoStack(self)

    @property
    def name(self) -> str:
        """What the title of the window calls it."""
        return self.path.name if self.path is not None else "untitled"

    def edit(self, experiment: Experiment, what: str) -> None:
        """Exchange the settings for others; `what` names the change in the Edit menu."""
        if experiment != self.settings:
            self.undo_stack.push(_Exchange(self, experiment, what))

    def change_live(self, field: str, value: float | int | None, what: str) -> None:
        """Change a setting that training goes on with."""
        if self.settings.value_at(0, field) != value:
            self.undo_stack.push(_LiveChange(self, field, value, what))

    def follow(self, settings: Experiment) -> None:
        """Take settings that a replayed log of changes has brought about; nothing to undo."""
        self.settings = settings

    def start(self, experiment: Experiment, path: Path | None) -> None:
        """Begin with an experiment from a file, or a new one."""
        self.undo_stack.clear()
        self.path = path
        self.saved = experiment
        self.settings = experiment.settled(0)
        self.replaced.emit(experiment)
        self.title_changed.emit()

    def save(self, experiment: Experiment, path: Path) -> None:
        """Write an experiment (the settings and the log of changes) to a file.

        Raises:
            ExperimentFileError: if the file cannot be written; what was there stays.
        """
        experiment_file.save(experiment, path)
        self.path = path
        self.saved = experiment
        self.title_changed.emit()


class _Exchange(QUndoCommand):
    def __init__(self, document: Document, after: Experiment, what: str) -> None:
        super().__init__(what)
        self._document, self._before, self._after = document, document.settings, after

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def _apply(self, experiment: Experiment) -> None:
        self._document.settings = experiment
        self._document.replaced.emit(experiment)


class _LiveChange(QUndoCommand):
    def __init__(self, document: Document, field: str, value: float | int | None, what: str) -> None:
        super().__init__(what)
        self._document, self._field = document, field
        self._before, self._after = document.settings.value_at(0, field), value

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def _apply(self, value: float | int | None) -> None:
        self._document.settings = self._document.settings.with_value(self._field, value)
        self._document.changed_live.emit(self._field, value)
