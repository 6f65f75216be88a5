"""A person's hands on the form: typing into its fields and choosing from its combo boxes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from engine.config import Experiment, RunConfig
from gui.controls.form import ExperimentForm
from gui.document import Document

FORM_SIZE = 330, 700
"""Width and height in pixels."""


def shown_form() -> ExperimentForm:
    """Return a form on the screen, with the keyboard, and with a document that owns its settings."""
    form = ExperimentForm()
    owner = Document(form)
    form.edited.connect(lambda experiment: owner.edit(experiment, "settings"))
    form.changed_live.connect(lambda values: owner.change_live(values, owner.settings, "live"))
    owner.replaced.connect(form.set_experiment)
    owner.changed_live.connect(lambda: form.set_live(owner.settings))
    form.resize(*FORM_SIZE)
    form.show()
    form.activateWindow()
    assert QTest.qWaitForWindowActive(form)
    return form


def document(form: ExperimentForm) -> Document:
    """Return the document that owns the settings of the form."""
    found = form.findChild(Document)
    assert isinstance(found, Document)
    return found


def begin(form: ExperimentForm, experiment: Experiment) -> None:
    """Begin with other settings in the form's document."""
    document(form).start(experiment, None)


def emissions(form: ExperimentForm) -> list[Any]:
    """Return a list that fills with what the form emits: experiments, and live fields with their values."""
    emitted: list[Any] = []
    form.edited.connect(emitted.append)
    form.changed_live.connect(lambda values: emitted.extend(values.items()))
    return emitted


def line(form: ExperimentForm, field: str) -> QLineEdit:
    """Return where the text of a field is typed."""
    editor = form.field(field).editor
    found = editor if isinstance(editor, QLineEdit) else editor.findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def type_in(form: ExperimentForm, field: str, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    """Type a text over the old one, and press a key that ends it."""
    editor = form.field(field).editor
    editor.setFocus()
    line(form, field).selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, key)


def pick(form: ExperimentForm, field: str, name: str) -> None:
    """Go to an item of a field's combo box with the arrow keys."""
    pick_item(form.field(field).editor, name)


def pick_item(combo: QWidget, name: str) -> None:
    """Go to an item of a combo box with the arrow keys."""
    assert isinstance(combo, QComboBox)
    combo.setFocus()
    while combo.currentData() != name:
        down = combo.findData(name) > combo.currentIndex()
        QTest.keyClick(combo, Qt.Key.Key_Down if down else Qt.Key.Key_Up)


def shown_texts(form: ExperimentForm) -> list[str]:
    """Return the texts of all labels that are not hidden."""
    return [label.text() for label in form.findChildren(QLabel) if label.isVisibleTo(form)]


def with_run(**changes: Any) -> Experiment:
    """Return an experiment whose only run differs from the usual one."""
    return Experiment(runs=(RunConfig(**changes),))
