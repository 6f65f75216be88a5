"""The dialog that asks what to export, how, and where to; the work itself is done by gui.export."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPalette, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.combo import Combo
from gui.controls.field import sentence
from gui.destination_field import DestinationField
from gui.export import FORMATS, VECTOR_FORMATS, ExportOrder, carry_out, copy_figure, numbered, preview
from gui.figure import ExportError, FigureSpec, Rows, Subject
from gui.figure_size import FigureSizeField
from gui.style import PRINT, Theme

ALL_IN_ONE = "all_in_one"
ONE_FILE_EACH = "one_file_each"

_PREVIEW_SIDE = 330
_PREVIEW_DELAY_MS = 150
"""Drawing a preview takes some tenths of a second: it waits until nothing has been changed for a moment."""


class Answer(enum.Enum):
    """What to do where a file is there already."""

    NUMBER = enum.auto()
    REPLACE = enum.auto()
    CANCEL = enum.auto()


class ExportDialog(QDialog):
    """Exports what was on show when it was opened.

    Args:
        choices: what `choices` returned another time; what cannot be used is left out.
        parent: the window that waits for this one.

    Signals:
        exported(str): files were written or a figure copied; one sentence that says where it went.
        failed(str): why there is no figure; the dialog says so too, and stays open.
    """

    exported = Signal(str)
    failed = Signal(str)

    def __init__(self, choices: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = dict(choices)
        self._subject: Subject | None = None
        self._screen_theme = PRINT
        self._preselected = False
        self.plots = Combo()
        self.formats = _combo({name: name.upper() for name in FORMATS})
        self.size_field = FigureSizeField(())
        self.themes = _combo({"print": "Light, for print", "screen": "As on the screen"})
        self.caption = QCheckBox()
        self.tables = QCheckBox("The numbers too, as CSV")
        self.destination = DestinationField(tuple(FORMATS))
        self.copy_button = QPushButton("Copy to clipboard")
        self.cancel_button = QPushButton("Cancel")
        self.export_button = QPushButton("Export")
        self.message = QLabel()
        self.preview = QLabel()
        self._preview_timer = QTimer(self)
        self._lay_out()
        self._connect()

    def open_for(self, subject: Subject, screen_theme: Theme, plot: str | None = None) -> None:
        """Open for what is on show, with `plot` chosen if one is named. Enter exports at once."""
        self._subject = subject
        self._screen_theme = screen_theme
        self._offer(subject)
        self._restore()
        self._preselected = plot is not None
        if plot is not None:
            self.plots.set_name(plot)
        self._propose()
        self._on_plots_changed()
        self.open()
        self.export_button.setFocus()

    def choices(self) -> dict[str, Any]:
        """Return what is to be remembered, fit for JSON."""
        return dict(self._choices)

    def order(self) -> ExportOrder:
        """Return what is chosen."""
        size = self.size_field.size_chosen()
        width, height = size.pixels()
        theme = PRINT if self.themes.currentData() == "print" else self._screen_theme
        spec = FigureSpec(self._rows(), width, height, size.dpi, theme, self.caption.isChecked())
        each = self.plots.currentData() == ONE_FILE_EACH
        return ExportOrder(self.destination.path(), spec, each, self.tables.isChecked())

    @Slot()
    def export(self) -> None:
        """Write the files and close, after asking about those that are there; stay open if it fails."""
        order = self.order()
        existing = order.existing()
        answer = self.ask_about_existing(existing) if existing else Answer.REPLACE
        if answer is Answer.CANCEL:
            return
        try:
            with _waiting():
                self._check_size()
                paths = carry_out(numbered(order) if answer is Answer.NUMBER else order, self._taken())
        except ExportError as error:
            self._complain(str(error))
            return
        self._remember()
        self.accept()
        self.exported.emit(_report(paths))

    @Slot()
    def copy(self) -> None:
        """Put the figure on the clipboard, and stay open."""
        try:
            with _waiting():
                self._check_size()
                copy_figure(self._taken(), self.order().spec)
        except ExportError as error:
            self._complain(str(error))
            return
        self._remember()
        self._say("Copied to the clipboard.")
        self.exported.emit("Copied the figure to the clipboard.")

    def ask_about_existing(self, existing: list[Path]) -> Answer:
        """Let the person decide about files that are there already."""
        names = ", ".join(path.name for path in existing)
        box = QMessageBox(QMessageBox.Icon.Question, "Export", f"There already: {names}.", parent=self)
        role = QMessageBox.ButtonRole
        number = box.addButton("Keep both", role.AcceptRole)
        replace = box.addButton("Replace", role.DestructiveRole)
        box.addButton("Cancel", role.RejectRole)
        box.exec()
        if box.clickedButton() is number:
            return Answer.NUMBER
        return Answer.REPLACE if box.clickedButton() is replace else Answer.CANCEL

    @Slot()
    def _on_plots_changed(self) -> None:
        each = self.plots.currentData() == ONE_FILE_EACH
        rows = self._rows()[:1] if each else self._rows()
        self.size_field.set_rows(rows, self._taken().stretch)
        self.copy_button.setEnabled(not each)
        self._on_format_changed()

    @Slot()
    def _on_format_changed(self) -> None:
        """Propose a file again, or, where the person has named one, change its suffix."""
        if self.destination.is_proposal:
            self._propose()
        else:
            self.destination.set_suffix(f".{self.formats.currentData()}")
        self._offer_resolution()
        self._on_look_changed()

    @Slot()
    def _on_file_named(self) -> None:
        suffix = self.destination.path().suffix.lower().removeprefix(".")
        if suffix in FORMATS:
            self.formats.set_name(suffix)
        self._offer_resolution()
        self._say("")

    def _offer_resolution(self) -> None:
        self.size_field.set_vector(self.formats.currentData() in VECTOR_FORMATS)

    @Slot()
    def _on_look_changed(self) -> None:
        self._say("")
        self._preview_timer.start()

    @Slot()
    def _draw_preview(self) -> None:
        if not self.isVisible():
            return
        ratio = self.devicePixelRatioF()
        spec = next(iter(self.order().figures().values()))
        try:
            image = preview(self._taken(), spec, round(_PREVIEW_SIDE * ratio))
        except ExportError as error:
            self.preview.clear()
            self._say(sentence(str(error)), QPalette.ColorRole.BrightText)
            return
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(ratio)
        self.preview.setPixmap(pixmap)

    @Slot()
    def _on_finished(self) -> None:
        self._subject = None  # a history is large

    def _check_size(self) -> None:
        if self.size_field.problem:
            raise ExportError(self.size_field.problem)

    def _taken(self) -> Subject:
        assert self._subject is not None, "open_for() says what to export"
        return self._subject

    def _offer(self, subject: Subject) -> None:
        self.plots.clear()
        titles = {name: kind.title for name, kind in subject.kinds.items()}
        if len(titles) > 1:
            titles = {ALL_IN_ONE: "All in one figure", ONE_FILE_EACH: "All, one file each"} | titles
        for name, text in titles.items():
            self.plots.addItem(text, name)
        self.caption.setText(subject.caption_label)

    def _rows(self) -> Rows:
        subject, plots = self._taken(), self.plots.currentData()
        if plots == ALL_IN_ONE:
            return subject.rows
        return tuple((name,) for name in subject.kinds) if plots == ONE_FILE_EACH else ((plots,),)

    def _propose(self) -> None:
        """Propose a file that says what it shows and is not there yet."""
        plots = self.plots.currentData()
        several = plots in (ALL_IN_ONE, ONE_FILE_EACH)
        stem = self._taken().file_stem(list(self._taken().kinds) if several else [plots])
        self.destination.propose(self._folder() / f"{stem}.{self.formats.currentData()}")
        self.destination.propose(numbered(self.order()).path)

    def _say(self, text: str, role: QPalette.ColorRole = QPalette.ColorRole.WindowText) -> None:
        self.message.setForegroundRole(role)
        self.message.setText(text)

    @Slot(str)
    def _complain(self, text: str) -> None:
        self._say(sentence(text), QPalette.ColorRole.BrightText)
        self.failed.emit(sentence(text))

    @Slot()
    def _on_size_mended(self) -> None:
        self._say(sentence(self.size_field.problem), QPalette.ColorRole.BrightText)

    def _folder(self) -> Path:
        """Return the last folder, or else the one for pictures, or else home."""
        remembered = self._choices.get("folder")
        if isinstance(remembered, str) and Path(remembered).is_dir():
            return Path(remembered)
        pictures = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
        return pictures if pictures.is_dir() else Path.home()

    def _remember(self) -> None:
        self._choices |= {
            # A plot that was chosen on its own panel is no choice for next time.
            "plots": self._choices.get("plots") if self._preselected else self.plots.currentData(),
            "format": self.formats.currentData(),
            "size": self.size_field.state(),
            "theme": self.themes.currentData(),
            "caption": self.caption.isChecked(),
            "tables": self.tables.isChecked(),
            "folder": str(self.destination.path().parent),
        }

    def _restore(self) -> None:
        chosen = self._choices
        for combo, key in ((self.plots, "plots"), (self.formats, "format"), (self.themes, "theme")):
            name = chosen.get(key)
            if isinstance(name, str) and combo.findData(name) >= 0:
                combo.set_name(name)
        size = chosen.get("size")
        if isinstance(size, dict):
            self.size_field.restore(size)
        self.caption.setChecked(chosen.get("caption") is not False)
        self.tables.setChecked(chosen.get("tables") is True)

    def _lay_out(self) -> None:
        self.setWindowTitle("Export")
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("P&lots", self.plots)
        form.addRow("Fo&rmat", self.formats)
        form.addRow("S&ize", self.size_field)
        form.addRow("&Colours", self.themes)
        form.addRow("", self.caption)
        form.addRow("", self.tables)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.preview.setFixedSize(_PREVIEW_SIDE, _PREVIEW_SIDE)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setAccessibleName("Preview")
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addLayout(form, 1)
        upper.addWidget(self.preview)
        buttons = QDialogButtonBox()
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.AcceptRole)
        for button in (self.copy_button, self.cancel_button):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.addLayout(upper, 1)
        column.addWidget(self.destination)
        column.addWidget(self.message)
        column.addWidget(buttons)
        # Only a button that is in the dialog already can be its default, which Enter presses from any field.
        self.export_button.setDefault(True)

    def _connect(self) -> None:
        self.plots.activated.connect(self._on_plots_changed)
        self.formats.activated.connect(self._on_format_changed)
        self.themes.activated.connect(self._on_look_changed)
        self.caption.clicked.connect(self._on_look_changed)
        self.size_field.changed.connect(self._on_look_changed)
        self.size_field.refused.connect(self._complain)
        self.size_field.mended.connect(self._on_size_mended)
        self.destination.named.connect(self._on_file_named)
        self.finished.connect(self._on_finished)
        self.copy_button.clicked.connect(self.copy)
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self.export)
        self._preview_timer.setSingleShot(True)
        self._preview_timer.setInterval(_PREVIEW_DELAY_MS)
        self._preview_timer.timeout.connect(self._draw_preview)


@contextmanager
def _waiting() -> Iterator[None]:
    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        yield
    finally:
        QGuiApplication.restoreOverrideCursor()


def _combo(items: Mapping[str, str]) -> Combo:
    combo = Combo()
    for name, text in items.items():
        combo.addItem(text, name)
    return combo


def _report(paths: list[Path]) -> str:
    if len(paths) == 1:
        return f"Exported to {paths[0]}."
    return f"Exported {len(paths)} files to {paths[0].parent}: {', '.join(path.name for path in paths)}."
