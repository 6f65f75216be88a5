"""The few questions that the window asks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui.settings import Settings

_FILTER = "InitScope experiments (*.json);;All files (*)"


class Dialogs:
    """Asks for files, and what to do with unsaved changes; remembers the last folder."""

    def __init__(self, parent: QWidget, settings: Settings) -> None:
        self._parent = parent
        self._settings = settings

    def ask_open_path(self, current: Path | None) -> Path | None:
        """Return the file that a person wants to open, or None."""
        name, _ = QFileDialog.getOpenFileName(
            self._parent, "Open an experiment", self._folder(current), _FILTER
        )
        return self._chosen(name)

    def ask_save_path(self, current: Path | None) -> Path | None:
        """Return the file that a person wants to save to, or None; an ending is added if there is none."""
        start = str(current) if current is not None else str(Path(self._folder(None)) / "experiment.json")
        name, _ = QFileDialog.getSaveFileName(self._parent, "Save the experiment", start, _FILTER)
        path = self._chosen(name)
        return path.with_suffix(".json") if path is not None and not path.suffix else path

    def ask_about_changes(self, name: str) -> bool | None:
        """Ask whether to save before leaving: None is yes, True is to leave without, False is to stay."""
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._parent,
            "Save changes?",
            f"{name} has changes that were not saved.",
            button.Save | button.Discard | button.Cancel,
            button.Save,
        )
        return {button.Save: None, button.Discard: True}.get(answer, False)

    def tell(self, title: str, text: str) -> None:
        """Show a text that stays until it is closed, beside which the window goes on working."""
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Close, self._parent
        )
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.show()

    def _folder(self, current: Path | None) -> str:
        return str(current.parent) if current is not None else self._settings.get("folder", str(Path.home()))

    def _chosen(self, name: str) -> Path | None:
        if not name:
            return None
        path = Path(name)
        self._settings.set("folder", str(path.parent))
        return path
