"""The export dialog of the window: made when it is first asked for, and remembered in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.message_bar import Level
from gui.settings import Settings
from gui.style import Theme

if TYPE_CHECKING:
    from gui.export_dialog import ExportDialog
    from gui.figure import Subject


class Exports(QObject):
    """Opens the dialog for whatever is on show.

    Attributes:
        dialog: None before it was first asked for.

    Signals:
        said(str, Level): what the person should know.
    """

    said = Signal(str, object)

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self.dialog: ExportDialog | None = None

    def open(self, subject: Subject, theme: Theme, plot: str | None) -> ExportDialog:
        """Open for what is on show, with `plot` chosen if one is named."""
        if self.dialog is None:
            # Imported when it is asked for, like all that the first picture does without.
            from gui.export_dialog import ExportDialog

            self.dialog = ExportDialog(self._settings.get("export", {}), self._window)
            self.dialog.exported.connect(lambda text: self.said.emit(text, Level.DONE))
            self.dialog.failed.connect(lambda text: self.said.emit(text, Level.ERROR))
        self.dialog.open_for(subject, theme, plot)
        return self.dialog

    def store(self) -> None:
        """Remember what was chosen."""
        if self.dialog is not None:
            self._settings.set("export", self.dialog.choices())
