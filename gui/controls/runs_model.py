"""The rows of the table of runs, as Qt asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from gui.controls.field import tooltip
from gui.icons import icon
from gui.run_rows import RunRow, Tone
from gui.style import LIGHT, Theme
from gui.swatch import swatch

EYE, NAME, DIFFERS, SEEDS, STATE, LOSS, ACCURACY = range(7)

_HEADINGS = (
    ("", "Which runs the plots show: click the eye to hide one, or to show it again."),
    ("run", "The run's line in the plots, and its name; a double click or F2 renames it."),
    ("differs in", "What differs from the first run, which is the reference."),
    ("seeds", "The seeds that the weights are drawn with; a network is trained with each."),
    (
        "state",
        "Learnt: at most a tenth of the mistakes of guessing are left. Stalled: the loss has not fallen for "
        "some epochs. Diverged: its numbers are no longer finite.",
    ),
    ("loss", "Training loss of the frame on show; of several seeds the median."),
    ("accuracy", "Training accuracy of the frame on show; of several seeds the median."),
)
_RIGHT = (LOSS, ACCURACY)

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class RunsModel(QAbstractTableModel):
    """A row per run, and below them one per past; cells are painted again only where they change.

    Signals:
        renamed(int, str): a person gave the run of a row another name.
    """

    renamed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[RunRow] = []
        self._theme = LIGHT
        self._ratio = 1.0

    @property
    def rows(self) -> Sequence[RunRow]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show other rows."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        before, self._rows = self._rows, list(rows)
        for row, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old is not new and old != new:
                self._announce(row, old, new)

    def set_theme(self, theme: Theme, ratio: float) -> None:
        """Take the colours of a theme; `ratio` is device pixels per pixel."""
        self._theme, self._ratio = theme, ratio
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, ACCURACY))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        """Count the rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        """Count the columns."""
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        """Say what a column is."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        heading, help_text = _HEADINGS[section]
        match role:
            case _Role.DisplayRole:
                return heading
            case _Role.ToolTipRole:
                return tooltip(help_text)
            case _Role.AccessibleTextRole:
                return heading or "shown"
            case _Role.TextAlignmentRole:
                return _alignment(section)
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Say what stands in a cell, and how it looks."""
        row, column = self._rows[index.row()], index.column()
        match role:
            case _Role.DisplayRole:
                return _text(row, column)
            case _Role.EditRole:
                return row.name
            case _Role.DecorationRole:
                return self._picture(row, column)
            case _Role.ForegroundRole:
                return QColor(self._ink(row, column))
            case _Role.TextAlignmentRole:
                return _alignment(column)
            case _Role.ToolTipRole:
                return _tip(row, column)
            case _Role.AccessibleTextRole if column == EYE:
                return "hidden" if row.hidden else "shown"
        return None

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        """Take a name that a person typed; an empty one goes back to what sets the run apart."""
        row = self._rows[index.row()]
        name = str(value).strip()
        if role != _Role.EditRole or name == row.name:
            return False
        self.renamed.emit(index.row(), name)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let the names of runs be edited, and nothing else."""
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        editable = index.column() == NAME and not self._rows[index.row()].is_past
        return usual | Qt.ItemFlag.ItemIsEditable if editable else usual

    def _announce(self, row: int, old: RunRow, new: RunRow) -> None:
        looks_alike = (old.hidden, old.place, old.is_past) == (new.hidden, new.place, new.is_past)
        for column in range(len(_HEADINGS)):
            changed = _text(old, column) != _text(new, column) or _tip(old, column) != _tip(new, column)
            if changed or not looks_alike:
                self.dataChanged.emit(self.index(row, column), self.index(row, column))

    def _picture(self, row: RunRow, column: int) -> Any:
        if column == EYE:
            return _eye(row.hidden, self._theme)
        if column == NAME and not row.is_past:
            return swatch(self._theme, row.place, self._ratio)
        return None

    def _ink(self, row: RunRow, column: int) -> str:
        theme = self._theme
        if row.is_past or row.hidden:
            return theme.muted
        if column == STATE:
            return {Tone.GOOD: theme.accent, Tone.BAD: theme.error, Tone.PLAIN: theme.text}[row.tone]
        return theme.muted if column in (DIFFERS, SEEDS) else theme.text


def _eye(hidden: bool, theme: Theme) -> QIcon:
    return icon("eye-off", theme.disabled) if hidden else icon("eye", theme.muted)


def _text(row: RunRow, column: int) -> str:
    return ("", row.name, row.differs, row.seeds, row.state, row.loss, row.accuracy)[column]


def _tip(row: RunRow, column: int) -> str:
    if column == EYE:
        return tooltip("Hidden in the plots" if row.hidden else "Shown in the plots", "A click changes that.")
    if column == NAME:
        return tooltip(row.name, row.differs)
    if column in (LOSS, ACCURACY):
        return tooltip(row.validation)
    return tooltip(_text(row, column))


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
