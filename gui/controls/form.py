"""The form on the left side of the window: it shows an experiment, and makes new ones of what is changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.changes import OPTIMIZER
from engine.comparisons import keep_name_true
from engine.config import LIVE_FIELDS, Experiment
from engine.datasets import DATASETS, n_train
from engine.fields import ConfigError
from engine.frame import RunFrame
from engine.initializers import INITIALIZERS
from engine.memory import check_memory
from engine.optimizers import OPTIMIZERS
from gui.controls import notes
from gui.controls.field import Field, tooltip
from gui.controls.form_rows import FormRows
from gui.controls.layer_panel import LayerPanel
from gui.controls.run_heading import RunHeading
from gui.icons import icon
from gui.style import LIGHT, Theme

_LIVE = (OPTIMIZER, *LIVE_FIELDS)
"""Fields whose change does not start training anew."""

_REDRAW = (
    "Goes on from the frame on show with other weights of this layer, drawn by its initializer with the next "
    "seed. The other layers stay as they are."
)


class ExperimentForm(QWidget):
    """Shows one run of an experiment, and what all runs share.

    Where there are several runs, a heading says which one this is, and sections say that they are shared.

    The form owns no settings: it shows what it is handed, emits what a person wants, and is handed that in
    turn. When the values of all fields go together, a change of the optimizer, the learning rate, the L2
    factor or the batch size is asked for in the running experiment, and for any other change a new
    experiment. When they do not go together, the field that stands in the way says so until Escape in it
    brings back what is in use, or another value goes with the others, and the running experiment goes on. A
    field whose text cannot be read says so too, and counts with its last good value.

    The fields scroll; below them, always in sight, is what the activation and the initializer do to the
    layers.

    Data that got smaller lowers the batch size, and a layer that is removed takes its own settings along.

    Attributes:
        heading: says which run this is.
        redraw_action: draws the weights of the shown layer anew.

    Signals:
        edited(Experiment): a new experiment, to be started.
        changed_live(object): settings that may change during training, with their new values.
        redraw_requested(int): draw the weights of a layer anew, 1 being the first.
        law_requested(Choice): show the law of the shown layer's weights.
    """

    edited = Signal(object)
    changed_live = Signal(object)
    redraw_requested = Signal(int)
    law_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Experiment()
        self._run = 0
        self._refused: Field | None = None
        self._optimizer = self._shown.runs[0].optimizer.name
        self.heading = RunHeading()
        self._rows = FormRows(self.heading)
        self._fields, self._own = self._rows.fields, self._rows.own
        self._layer_panel = LayerPanel()
        self.redraw_action = QAction("Draw this layer anew", self)
        self.redraw_action.setShortcut(QKeySequence("Ctrl+L"))
        self.redraw_action.setToolTip(tooltip("Draw this layer anew (Ctrl+L)", _REDRAW))
        self._build()
        self._connect()
        self.set_theme(LIGHT)
        self.set_experiment(self._shown)

    def experiment(self) -> Experiment:
        """Return the experiment that the fields give, in use or not.

        Raises:
            ConfigError: if the values do not go together.
        """
        values = {name: field.value() for name, field in self._fields.items()}
        runs = list(self._shown.runs)
        own = {name: value for name, value in values.items() if hasattr(runs[self._run], name)}
        shared = {name: value for name, value in values.items() if name not in own}
        runs[self._run] = keep_name_true(runs[self._run], replace(runs[self._run], **own))
        return replace(self._shown, runs=tuple(runs), changes=(), **shared)

    @Slot(object)
    def set_experiment(self, experiment: Experiment, run: int = 0) -> None:
        """Show an experiment as it starts, and the run of it that was shown before; nothing is emitted.

        A field whose value does not change keeps its text, so that nothing half typed is lost.

        Args:
            experiment: it may have other runs beside.
            run: which of its runs it is by now.
        """
        before = {name: self._value(self._shown, name) for name in self._fields}
        self._shown, self._run = experiment, run
        values = {name: self._value(experiment, name) for name in self._fields}
        if not {name for name in values if values[name] != before[name]} <= set(_LIVE):
            self._layer_panel.show_frame(None)
        self._own.set_run(experiment.runs[run])
        for name, field in self._fields.items():
            if values[name] != field.value():
                field.set_value(values[name])
            field.show_error("")
        self._refused = None
        self._optimizer = experiment.runs[run].optimizer.name
        self._describe_runs(experiment)
        self._describe_choices(experiment)
        self._describe_network()

    def show_run(self, experiment: Experiment, run: int) -> None:
        """Show another run: what is half typed was not meant for it, and is lost; nothing is emitted."""
        self.set_experiment(experiment, run)
        self._layer_panel.show_frame(None)
        for field in self._fields.values():
            field.set_value(field.value())

    @Slot(object)
    def set_live(self, experiment: Experiment) -> None:
        """Show the fields of an experiment that training goes on with, and leave the others to the typing."""
        changed = self._changed(experiment)
        self._shown = experiment
        for name in _LIVE:
            if name in changed:
                self._fields[name].set_value(self._value(experiment, name))
                self._fields[name].show_error("")
        self._optimizer = experiment.runs[self._run].optimizer.name
        self._fields["batch_size"].set_note(notes.batches(experiment))
        self._describe_runs(experiment)
        self._describe_network()

    def show_error(self, field: str, message: str) -> None:
        """Say at a field, such as "hidden" or "initializer.std", why its value cannot be used.

        The message stays until the fields give an experiment that can be used.

        Raises:
            KeyError: if there is no such field.
        """
        row = self.field(field)
        if self._refused is not None:
            self._refused.show_error("")
        row.show_error(message)
        self._refused = row
        self._rows.bring_to_sight(field)

    def edit_field(self, field: str) -> None:
        """Let a person type into a field.

        Raises:
            KeyError: if there is no such field.
        """
        self._rows.bring_to_sight(field)
        self.field(field).editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def field(self, name: str) -> Field:
        """Return the row of a field, such as "hidden" or "initializer.std".

        Raises:
            KeyError: if there is no such field.
        """
        return self._rows.field(name)

    def show_frame(self, seen: RunFrame | None) -> None:
        """Shade the pre-activations of the run as seen in a frame; of None, nothing."""
        self._layer_panel.show_frame(seen)

    def set_theme(self, theme: Theme) -> None:
        """Draw what the palette does not reach in the colours of a theme."""
        self._layer_panel.set_theme(theme)
        self._rows.set_theme(theme)
        self.redraw_action.setIcon(icon("new-seed", theme.text))
        self.heading.set_theme(theme)

    @Slot()
    def _on_redraw_triggered(self) -> None:
        self.redraw_requested.emit(self._layer_panel.layer() + 1)

    @Slot()
    def _on_data_committed(self) -> None:
        """Fit the batch size to the data, so that a smaller data set needs only one choice."""
        choice = self._fields["dataset"].value()
        shape = DATASETS[choice.name].shape(**choice.parameters)
        self._rows.batch_size.limit(n_train(shape.n_samples, self._fields["train_fraction"].value()))

    @Slot()
    def _on_hidden_committed(self) -> None:
        self._own.set_hidden(self._fields["hidden"].value())

    @Slot(bool)
    def _on_own_settings_triggered(self, on: bool) -> None:
        if on:
            self.edit_field("layers")

    @Slot()
    def _on_optimizer_committed(self) -> None:
        """Propose the usual learning rate of the new optimizer if that of the old one still stands."""
        before, now = self._optimizer, self._fields["optimizer"].value().name
        rate = self._fields["learning_rate"]
        if now != before and rate.value() == OPTIMIZERS[before].default_learning_rate:
            rate.set_value(OPTIMIZERS[now].default_learning_rate)
        self._optimizer = now

    def _on_field_committed(self, name: str) -> None:
        try:
            candidate = self.experiment()
            self._describe_choices(candidate)
            check_memory(candidate)
        except ConfigError as error:
            # That all runs together are too much is said where the last of it was given.
            self.show_error(name if error.field == "runs" else error.field, error.message)
            self._describe_network()
            if name in _LIVE and name != error.field:
                self._ask_for_live()
            return
        if self._refused:
            self._refused.show_error("")
            self._refused = None
            self._describe_network()
        changed = self._changed(candidate)
        if not changed <= set(_LIVE):
            self.edited.emit(candidate)
            return
        if changed:
            self.changed_live.emit({live: self._value(candidate, live) for live in _LIVE if live in changed})

    def _on_live_confirmed(self, name: str) -> None:
        """Ask for a value that is on show already: training may be going on with another one by now."""
        self.changed_live.emit({name: self._fields[name].value()})

    def _on_field_given_up(self, name: str) -> None:
        """Bring back what is in use, and with it what had adapted to the refused value."""
        if self._fields[name].value() == self._value(self._shown, name):
            return
        if name in ("hidden", "layers"):
            self._own.set_run(self._shown.runs[self._run])
        elif name in ("dataset", "train_fraction"):
            self._fields["batch_size"].set_value(self._shown.batch_size)
        self._fields[name].set_value(self._value(self._shown, name))
        self._fields[name].show_error("")
        self._on_field_committed(name)

    def _ask_for_live(self) -> None:
        """Ask for what training can go on with, though another field stands in the way."""
        wanted = {}
        for name in _LIVE:
            value = self._fields[name].value()
            if value == self._value(self._shown, name):
                continue
            try:
                self._shown.with_value(name, value, self._run)
            except ConfigError as error:
                self._fields[name].show_error(error.message)
            else:
                wanted[name] = value
        if wanted:
            self.changed_live.emit(wanted)

    def _changed(self, experiment: Experiment) -> set[str]:
        """Return the fields in which an experiment differs from the one on show."""
        return {
            name for name in self._fields if self._value(experiment, name) != self._value(self._shown, name)
        }

    def _value(self, experiment: Experiment, name: str) -> Any:
        """Return what a field is worth in an experiment."""
        run = experiment.runs[self._run]
        return getattr(run if hasattr(run, name) else experiment, name)

    def _describe_runs(self, experiment: Experiment) -> None:
        """Say what all runs share, where there are several."""
        self._rows.set_shared_note("shared by all runs" if len(experiment.runs) > 1 else "")

    def _describe_choices(self, experiment: Experiment) -> None:
        """Describe what the fields hold, in use or not."""
        self._fields["dataset"].set_note(notes.data(experiment))
        self._fields["train_fraction"].set_note(notes.split(experiment))
        self._fields["batch_size"].set_note(notes.batches(experiment))
        run = experiment.runs[self._run]
        self._fields["n_seeds"].set_note(notes.seeds(run))
        self._rows.explain(INITIALIZERS[run.initializer.name].explanation)

    def _describe_network(self) -> None:
        """Describe the network in use, and that it is so where another one is refused."""
        describe = notes.network_in_use if self._refused else notes.network
        self._fields["hidden"].set_note(describe(self._shown, self._run))
        self._layer_panel.set_network(self._shown, self._run)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._rows)
        column.addWidget(self._layer_panel)
        self.setAccessibleName("Experiment")

    def _connect(self) -> None:
        self._layer_panel.law_requested.connect(self.law_requested)
        self._layer_panel.layer_shown.connect(self._own.show_layer)
        self._layer_panel.own_settings_dropped.connect(self._own.drop)
        self._layer_panel.add_command(self._own.action)
        self._own.action.triggered.connect(self._on_own_settings_triggered)
        self._layer_panel.add_command(self.redraw_action)
        self.redraw_action.triggered.connect(self._on_redraw_triggered)
        # What adapts other fields comes before what reads all fields.
        for name in ("dataset", "train_fraction"):
            self._fields[name].committed.connect(self._on_data_committed)
        self._fields["hidden"].committed.connect(self._on_hidden_committed)
        self._fields["optimizer"].committed.connect(self._on_optimizer_committed)
        for name, field in self._fields.items():
            field.committed.connect(partial(self._on_field_committed, name))
            if name in LIVE_FIELDS:
                field.confirmed.connect(partial(self._on_live_confirmed, name))
            field.given_up.connect(partial(self._on_field_given_up, name))
