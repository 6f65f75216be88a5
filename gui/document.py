"""The experiment on the desk: its settings with undo and redo, and the file that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine import experiment_file
from engine.config import Experiment
from engine.fields import Choice
from engine.run_config import RunConfig

LiveValue = float | int | Choice | None
"""What a setting that may change during training can be."""

Leave = Callable[[int], Experiment]
"""leave(run): an experiment of a run alone that is about to go, with the log of what was changed."""


class Document(QObject):
    """Owns the settings, which the form is handed to show; every change of them can be undone.

    The session owns the log of what was changed at which step, since only it knows when a change applied.

    Attributes:
        settings: the experiment as the form shows it, without a log of changes.
        saved: the experiment as it was last opened, begun or saved, with its log.
        path: the file it was opened from or saved to, or None.
        undo_stack: Qt's own, for the actions in the menu.

    Signals:
        started(): an experiment that has nothing to do with the last one takes its place.
        replaced(Experiment): the experiment was exchanged and starts anew at frame 0.
        taken_back(str), done_again(str): the exchange of that name was undone, or redone.
        changed_live(object, int): what may change during training, with new values, and of which run.
        run_added(int, object): there is one more run, at this place, and the others train on; if it was there
            before, what `Leave` gave of it then, else None.
        runs_arranged(object, int): these of the runs are left, in this order, and train on; where the chosen
            one is not, choose that one of them.
        run_renamed(int): this run is called otherwise.
        title_changed(): the path, or what is saved, is another now.
    """

    started = Signal()
    replaced = Signal(object)
    taken_back = Signal(str)
    done_again = Signal(str)
    changed_live = Signal(object, int)
    run_added = Signal(int, object)
    runs_arranged = Signal(object, int)
    run_renamed = Signal(int)
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

    def change_live(
        self, values: Mapping[str, LiveValue], before: Experiment, what: str, run: int = 0
    ) -> None:
        """Change settings that training goes on with, at one go.

        Args:
            values: what they are to be.
            before: the settings that training goes on with by now.
            what: names the change in the Edit menu.
            run: of which run they are.
        """
        present, shown = (
            {field: settings.value_at(0, field, run) for field in values}
            for settings in (before, self.settings)
        )
        if not present == shown == values:
            self.undo_stack.push(_LiveChange(self, present, values, what, run))

    def add_run(self, config: RunConfig, at: int, source: int, leave: Leave, what: str) -> None:
        """Put one more run at a place among the others.

        Args:
            config: the run.
            at: its place.
            source: which run before it is to be chosen when it is taken away again.
            leave: asked each time that it is taken away again, for when it comes back.
            what: names the change in the Edit menu.
        """
        self.undo_stack.push(_Addition(self, config, at, source, leave, what))

    def remove_run(self, run: int, leave: Leave, what: str) -> None:
        """Take a run away, unless it is the only one.

        Args:
            run: which run.
            leave: asked each time that it is taken away, for when it comes back.
            what: names the change in the Edit menu.
        """
        if len(self.settings.runs) > 1:
            heir = min(run, len(self.settings.runs) - 2)
            self.undo_stack.push(_Removal(self, self.settings.runs[run], run, heir, leave, what))

    def arrange_runs(self, order: Sequence[int], what: str) -> None:
        """Bring the runs into another order."""
        if list(order) != sorted(order):
            self.undo_stack.push(_Arrangement(self, order, what))

    def rename_run(self, run: int, name: str, what: str) -> None:
        """Call a run otherwise; empty for a name that says what sets it apart."""
        if self.settings.runs[run].name != name:
            self.undo_stack.push(_Renaming(self, run, name, what))

    def keep_runs(self, runs: Sequence[int], heir: int = 0) -> None:
        """Have these of the runs, in this order; nothing to undo.

        Args:
            runs: the runs that are left.
            heir: which of them is to be chosen if the chosen one is not among them.
        """
        self.settings = self.settings.of_runs(runs)
        self.runs_arranged.emit(runs, heir)

    def follow(self, settings: Experiment) -> None:
        """Take settings that a replayed log of changes has brought about; nothing to undo."""
        self.settings = settings

    def start(self, experiment: Experiment, path: Path | None) -> None:
        """Begin with an experiment from a file, or a new one."""
        self.undo_stack.clear()
        self.path = path
        self.saved = experiment
        self.settings = experiment.settled(0)
        self.started.emit()
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
        self._taken_back = False

    def redo(self) -> None:
        # Qt calls it also to do it for the first time.
        self._apply(self._after)
        if self._taken_back:
            self._document.done_again.emit(self.text())

    def undo(self) -> None:
        self._apply(self._before)
        self._taken_back = True
        self._document.taken_back.emit(self.text())

    def _apply(self, experiment: Experiment) -> None:
        self._document.settings = experiment
        self._document.replaced.emit(experiment)


class _LiveChange(QUndoCommand):
    def __init__(
        self,
        document: Document,
        before: Mapping[str, LiveValue],
        after: Mapping[str, LiveValue],
        what: str,
        run: int,
    ) -> None:
        super().__init__(what)
        self._document, self._run = document, run
        self._before, self._after = dict(before), dict(after)

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def _apply(self, values: dict[str, LiveValue]) -> None:
        for field, value in values.items():
            self._document.settings = self._document.settings.with_value(field, value, self._run)
        self._document.changed_live.emit(values, self._run)


class _ComingRun(QUndoCommand):
    """A run that comes and goes, while the others train on."""

    def __init__(
        self, document: Document, config: RunConfig, at: int, heir: int, leave: Leave, what: str
    ) -> None:
        super().__init__(what)
        self._document, self._config, self._leave = document, config, leave
        self._at, self._heir = at, heir
        self._trained: Experiment | None = None

    def _put(self) -> None:
        runs = list(self._document.settings.runs)
        runs.insert(self._at, self._config)
        self._document.settings = self._document.settings.with_runs(runs)
        self._document.run_added.emit(self._at, self._trained)

    def _take(self) -> None:
        # As it is by now: what was changed meanwhile, and following the log of changes, need be no commands.
        self._config, self._trained = self._document.settings.runs[self._at], self._leave(self._at)
        others = [run for run in range(len(self._document.settings.runs)) if run != self._at]
        self._document.keep_runs(others, self._heir)


class _Addition(_ComingRun):
    def redo(self) -> None:
        self._put()

    def undo(self) -> None:
        self._take()


class _Removal(_ComingRun):
    def redo(self) -> None:
        self._take()

    def undo(self) -> None:
        self._put()


class _Arrangement(QUndoCommand):
    def __init__(self, document: Document, order: Sequence[int], what: str) -> None:
        super().__init__(what)
        self._document, self._order = document, list(order)

    def redo(self) -> None:
        self._document.keep_runs(self._order)

    def undo(self) -> None:
        self._document.keep_runs([self._order.index(run) for run in range(len(self._order))])


class _Renaming(QUndoCommand):
    def __init__(self, document: Document, run: int, name: str, what: str) -> None:
        super().__init__(what)
        self._document = document
        self._run, self._before, self._after = run, document.settings.runs[run].name, name

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def _apply(self, name: str) -> None:
        runs = list(self._document.settings.runs)
        runs[self._run] = replace(runs[self._run], name=name)
        self._document.settings = self._document.settings.with_runs(runs)
        self._document.run_renamed.emit(self._run)
