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


def show_failure(
    failure: BaseException | None, form: ExperimentForm, message_bar: MessageBar, failures: Failures
) -> None:
    """Say what ended the training, if anything did; what nobody expected goes to `failures`."""
    if isinstance(failure, ConfigError):
        form.show_error(failure.field, failure.message)
        message_bar.say(failure.message, Level.ERROR)
    elif isinstance(failure, DataError):
        form.show_error("dataset", str(failure))
        message_bar.say(str(failure), Level.ERROR)
    elif isinstance(failure, MemoryError):
        message = "There is not enough memory for this network; use fewer or narrower layers."
        form.show_error("hidden", message)
        message_bar.say(message, Level.ERROR)
    elif isinstance(failure, TrainingEnded):
        _log.error("%s", failure)
        message_bar.say(str(failure), Level.ERROR)
    elif failure is not None:
        failures.report(failure)
