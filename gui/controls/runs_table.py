"""The table of runs: which there are, how they differ, and what has become of them at the frame on show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.run_config import MAX_NAME
from gui.controls.runs_model import ACCURACY, DIFFERS, EYE, LOSS, NAME, SEEDS, STATE, RunsModel
from gui.run_rows import RunRow
from gui.style import Theme
from gui.swatch import SIZE

_WIDEST = {
    SEEDS: "1000–1063",
    STATE: "diverged in 3, learnt in 5 of 8",
    LOSS: "−1.234e−05",
    ACCURACY: "accuracy",
}
"""Column -> the text that it has room for; a longer one is cut, and whole in the tooltip."""

_EYE_WIDTH, _PADDING = 26, 14
_MOST_ROWS = 7
"""How many rows the table asks for room for; more are scrolled to."""

_ENOUGH_WIDTH = 640
"""For all columns."""

_LITTLE_WIDTH = 560
"""For all but what differs."""


class _NameEditing(QStyledItemDelegate):
    """Lets no more be typed than a name may have: a longer one would be refused, and lost."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.setMaxLength(MAX_NAME)
        return editor


class RunsTable(QTableView):
    """Shows a row per run, and below them one per past.

    The arrow keys choose a row, F2 or a double click edits its name. A click on the eye of a row hides its
    run in the plots, without choosing the row.

    Signals:
        row_chosen(int): a person chose another row.
        eye_clicked(int): a person wants the run of a row hidden in the plots, or shown.
        renamed(int, str): a person gave the run of a row another name; empty for none of its own.
    """

    row_chosen = Signal(int)
    eye_clicked = Signal(int)
    renamed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = RunsModel()
        self._rows.setParent(self)
        self._rows.renamed.connect(self.renamed)
        self.setModel(self._rows)
        self.setItemDelegateForColumn(NAME, _NameEditing(self))
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.setAccessibleName("Runs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(SIZE)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 3)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(_EYE_WIDTH)
        for column in (NAME, DIFFERS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(EYE, _EYE_WIDTH)
        header.setSectionResizeMode(EYE, QHeaderView.ResizeMode.Fixed)
        for column, widest in _WIDEST.items():
            header.resizeSection(column, self.fontMetrics().horizontalAdvance(widest) + _PADDING)

    @property
    def rows(self) -> Sequence[RunRow]:
        """What is shown."""
        return self._rows.rows

    @property
    def row(self) -> int:
        """The chosen row; -1 where there is none."""
        return self.currentIndex().row()

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show other rows; the chosen one is to be chosen anew where there are more or fewer."""
        blocked = self.blockSignals(True)
        n_before = len(self.rows)
        self._rows.set_rows(rows)
        if len(rows) != n_before:
            self.clearSpans()
        for row, shown in enumerate(rows):
            if shown.is_past != (self.columnSpan(row, NAME) > 1):
                # What a past is called says in what it differs.
                self.setSpan(row, NAME, 1, 2 if shown.is_past else 1)
        self.blockSignals(blocked)

    def choose(self, row: int) -> None:
        """Choose a row; nothing is emitted."""
        if row != self.row or not self.selectionModel().hasSelection():
            blocked = self.blockSignals(True)
            # Of rows that have just been added, the scroll bar does not know yet.
            self.updateGeometries()
            self.selectRow(row)
            self.blockSignals(blocked)

    def edit_name(self, row: int) -> None:
        """Let a person type another name of a run."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit(self._rows.index(row, NAME))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, QColor(theme.pale(theme.accent, 0.22)))
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor(theme.text))
        self.setPalette(palette)
        self._rows.set_theme(theme, self.devicePixelRatioF())

    def height_of(self, n_rows: int) -> int:
        """Return how high the table is with so many rows in sight."""
        rows = min(n_rows, _MOST_ROWS) * self.verticalHeader().defaultSectionSize()
        return self.horizontalHeader().sizeHint().height() + rows + 2

    def sizeHint(self) -> QSize:
        """Ask for the height of the rows."""
        return QSize(600, self.height_of(len(self.rows)))

    def minimumSizeHint(self) -> QSize:
        """Ask for the height of two rows."""
        return QSize(240, self.height_of(2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room, leave what differs to the tooltip of the name, and seeds to the form."""
        super().resizeEvent(event)
        self.setColumnHidden(SEEDS, self.width() < _LITTLE_WIDTH)
        self.setColumnHidden(DIFFERS, self.width() < _ENOUGH_WIDTH)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a click on an eye for what it means, and any other for choosing a row."""
        index = self._eye_at(event.position().toPoint())
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self.eye_clicked.emit(index.row())
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second click on an eye for one more."""
        if self._eye_at(event.position().toPoint()) is not None:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave it to the window what Enter means."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _eye_at(self, place: QPoint) -> QModelIndex | None:
        index = self.indexAt(place)
        return index if index.isValid() and index.column() == EYE else None

    @Slot(QModelIndex, QModelIndex)
    def _on_current_row_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(current.row())
