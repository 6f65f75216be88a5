"""The commands of the File menu: new, open, recent, save, and what is dropped on the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from engine import experiment_file
from engine.config import Experiment
from engine.experiment_file import ExperimentFileError
from engine.fields import ConfigError
from engine.memory import check_memory
from engine.session import Session
from gui.dialogs import Dialogs
from gui.document import Document
from gui.message_bar import Level
from gui.settings import Settings

_RECENT = 8


class Files(QObject):
    """Brings experiments from files into the document, and from the document and its session into files.

    Signals:
        said(str, Level): what became of a command.
    """

    said = Signal(str, object)

    def __init__(
        self, window: QWidget, document: Document, session: Session, dialogs: Dialogs, settings: Settings
    ) -> None:
        super().__init__(window)
        self._document = document
        self._session = session
        self._dialogs = dialogs
        self._settings = settings
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    @property
    def modified(self) -> bool:
        """Whether saving would write something else than what was opened, begun or saved last."""
        return self._session.wanted != self._document.saved

    @Slot()
    def new(self) -> None:
        """Begin with the experiment that the program opens with."""
        if self.may_leave():
            self._document.start(Experiment(), None)

    @Slot()
    def open(self) -> None:
        """Ask for a file and open it."""
        path = self._dialogs.ask_open_path(self._document.path)
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open an experiment; if the file cannot be used, say why and change nothing."""
        if not self.may_leave():
            return
        try:
            experiment = experiment_file.load(path)
            check_memory(experiment)
        except (ExperimentFileError, ConfigError) as error:
            self.said.emit(str(error), Level.ERROR)
            if not path.exists():
                self._list([old for old in self.recent_paths() if old != path])
            return
        self._document.start(experiment, path)
        self._remember(path)

    @Slot()
    def save(self) -> bool:
        """Save to the document's file, asking for one if there is none; return whether it was saved."""
        return self.save_as() if self._document.path is None else self.save_to(self._document.path)

    @Slot()
    def save_as(self) -> bool:
        """Ask for a file and save to it; return whether it was saved."""
        path = self._dialogs.ask_save_path(self._document.path)
        return path is not None and self.save_to(path)

    def save_to(self, path: Path) -> bool:
        """Save to a file, and say so or why not; return whether it was saved."""
        self._session.settle()
        try:
            self._document.save(self._session.wanted, path)
        except ExperimentFileError as error:
            self.said.emit(str(error), Level.ERROR)
            return False
        self._remember(path)
        self.said.emit(f"Saved {path}.", Level.DONE)
        return True

    def may_leave(self) -> bool:
        """Ask what to do with what would be lost, if there is anything; return whether to go on."""
        if not self.modified:
            return True
        answer = self._dialogs.ask_about_changes(self._document.name)
        return self.save() if answer is None else answer

    def give_up_changes(self) -> None:
        """Have nothing to ask about: nobody is there to answer."""
        self._document.saved = self._session.wanted

    def recent_paths(self) -> list[Path]:
        """Return the files opened or saved last, newest first."""
        return [Path(path) for path in self._settings.get("recent", []) if isinstance(path, str)]

    def _remember(self, path: Path) -> None:
        self._list([path, *(old for old in self.recent_paths() if old != path)])

    def _list(self, recent: Sequence[Path]) -> None:
        self._settings.set("recent", [str(path) for path in recent[:_RECENT]])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open a file that is dropped on the window."""
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.Drop) or not isinstance(event, QDropEvent):
            return super().eventFilter(watched, event)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.open_path(paths[0])
        return bool(paths)
