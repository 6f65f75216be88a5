"""One form for the tests of a module, one after another, as a person opens experiments."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollBar

from engine.config import Experiment
from gui.controls.form import ExperimentForm
from tests.form_keys import FORM_SIZE, begin, shown_form
from tests.look import Look, comes_to_look, look_of


class KeptForm:
    """Lends a form with the usual experiment to one test after another.

    A form that then looks other than when it was new is closed, and another one built.
    """

    def __init__(self) -> None:
        self._form: ExperimentForm | None = None
        self._new: Look = ()

    def lend(self) -> ExperimentForm:
        """Return a form with the usual experiment, and with the keyboard."""
        if self._form is not None:
            _begin_anew(self._form)
            if comes_to_look(self._new, partial(look_of, self._form)):
                return self._form
            self.close()
        self._form = shown_form()
        self._new = look_of(self._form)
        return self._form

    def close(self) -> None:
        """Close the form, if there is one."""
        form, self._form = self._form, None
        if form is not None:
            form.close()
            form.deleteLater()
            QCoreApplication.sendPostedEvents(form, QEvent.Type.DeferredDelete)


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
