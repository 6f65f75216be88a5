"""One form for the tests of a module, one after another, as a person opens experiments."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollBar

from engine.config import Experiment
from gui.controls.form import ExperimentForm
from tests.form_keys import FORM_SIZE, begin, shown_form
from tests.kept import Kept


def kept_form() -> Kept[ExperimentForm]:
    """Return what lends a form with the usual experiment, and with the keyboard."""
    return Kept(shown_form, _begin_anew)


def _begin_anew(form: ExperimentForm) -> None:
    begin(form, Experiment())
    # What is half typed in a field whose value stays the same is lost, too.
    form.show_run(Experiment(), 0)
    form.show_frame(None)
    for scroll_bar in form.findChildren(QScrollBar):
        scroll_bar.setValue(0)
    form.resize(*FORM_SIZE)
    form.activateWindow()
    assert QTest.qWaitForWindowActive(form)
    form.setFocus()
