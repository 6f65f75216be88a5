"""What the window says when the training has failed: at the field that it comes from, if that is known."""

from __future__ import annotations

import logging

from engine.datasets import DataError
from engine.fields import ConfigError
from engine.training_process import TrainingEnded
from gui.controls.form import ExperimentForm
from gui.failures import Failures
from gui.message_bar import Level, MessageBar

_log = logging.getLogger(__name__)

_UNEXPECTED = "The training has failed. Reset begins anew."


def show_failure(
    failure: BaseException | None, form: ExperimentForm, message_bar: MessageBar, failures: Failures
) -> None:
    """Say what ended the training, until it begins anew; what nobody expected goes to `failures` too."""
    field, text = _told(failure)
    if field:
        form.show_error(field, text)
    message_bar.interrupt(text, Level.ERROR)
    if isinstance(failure, TrainingEnded):
        _log.error("%s", failure)
    elif failure is not None and text is _UNEXPECTED:
        failures.report(failure)


def _told(failure: BaseException | None) -> tuple[str, str]:
    """Return the field that a failure comes from, empty if there is none, and what to say of it."""
    if isinstance(failure, ConfigError):
        return failure.field, failure.message
    if isinstance(failure, DataError):
        return "dataset", str(failure)
    if isinstance(failure, MemoryError):
        return "hidden", "There is not enough memory for this network; use fewer or narrower layers."
    return "", str(failure) if isinstance(failure, TrainingEnded) else _UNEXPECTED
