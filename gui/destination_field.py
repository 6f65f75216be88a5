"""A row for the file to write: proposed by the program, typed, or chosen in a file dialog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget


class DestinationField(QWidget):
    """Edits a path. What the person leaves out is taken from the proposal: folder, name or suffix.

    Signals:
        named(): the person gave another path.
    """

    named = Signal()

    def __init__(self, suffixes: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suffixes = suffixes
        self._proposal = Path.home()
        self.edit = QLineEdit()
        self.browse_button = QPushButton("Browse…")
        self.browse_button.setAutoDefault(False)
        label = QLabel("&File")
        label.setBuddy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self.edit, 1)
        row.addWidget(self.browse_button)
        self.edit.editingFinished.connect(self._on_editing_finished)
        self.browse_button.clicked.connect(self.browse)

    @property
    def is_proposal(self) -> bool:
        """Whether the person has left the proposed path as it is."""
        return self.path() == self._proposal

    def path(self) -> Path:
        """Return the file that is meant."""
        path = self._proposal.parent / _expanded(self.edit.text().strip() or self._proposal.name)
        if _is_folder(path):
            path /= self._proposal.name
        return path if path.suffix else path.with_suffix(self._proposal.suffix)

    def propose(self, path: Path) -> None:
        """Show a path that the program chose."""
        self._proposal = path
        self.edit.setText(str(path))

    def set_suffix(self, suffix: str) -> None:
        """Change the suffix and leave the rest as it is."""
        path = self.path().with_suffix(suffix)
        self._proposal = self._proposal.with_suffix(suffix)
        self.edit.setText(str(path))

    @Slot()
    def browse(self) -> None:
        """Let the person choose the file in a file dialog."""
        path = self.ask_path()
        if path:
            self.edit.setText(path)
            self._on_editing_finished()

    def ask_path(self) -> str:
        """Return the path that the person chooses, or nothing."""
        filters = ";;".join(f"{suffix.upper()} (*.{suffix})" for suffix in self._suffixes)
        # Whoever writes asks about what is there already, which may be more than this one file.
        option = QFileDialog.Option.DontConfirmOverwrite
        return QFileDialog.getSaveFileName(self, "Export to", str(self.path()), filters, options=option)[0]

    @Slot()
    def _on_editing_finished(self) -> None:
        self.edit.setText(str(self.path()))
        self.named.emit()


def _expanded(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # "~nobody" may well be the name of a file
        return Path(text)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long: writing will say so
        return False
