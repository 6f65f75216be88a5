"""What a person chooses, as data: an Experiment of one or more RunConfigs, frozen, names and numbers only.

An Experiment fully determines every frame. Constructing an invalid one raises ConfigError with the field's
name, so whoever holds one can rely on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from engine.changes import (
    CHANGEABLE,
    LAYER_WEIGHTS,
    LIVE_FIELDS,
    OPTIMIZER,
    Change,
    ChangeValue,
    Redraw,
    changes_of_runs,
)
from engine.datasets import DATASETS, n_train
from engine.fields import Choice, ConfigError, Number, OneOf, Switch, choose, shown
from engine.layers import parameter_count
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.run_config import MAX_SEED, RUN_REGISTRIES, RUN_SETTINGS, LayerOverride, RunConfig, settle

__all__ = [
    "BATCH_SIZE",
    "EXPERIMENT_SETTINGS",
    "LIVE_FIELDS",
    "RUN_REGISTRIES",
    "RUN_SETTINGS",
    "Change",
    "Experiment",
    "LayerOverride",
    "Redraw",
    "Row",
    "RunConfig",
    "step_at_epoch",
    "steps_per_epoch",
]

EXPERIMENT_SETTINGS: dict[str, Number | OneOf | Switch] = {
    "train_fraction": Number(
        "train_fraction",
        "training fraction",
        "The share of the samples to train on; the others measure validation loss and accuracy.",
        0.8,
        0.05,
        1.0,
    ),
    "standardize": Switch(
        "standardize",
        "standardize",
        "Shift and scale every feature to mean 0 and standard deviation 1 over the training samples. "
        "Initializers are derived for inputs like that.",
        True,
    ),
    "data_seed": Number(
        "data_seed",
        "data seed",
        "Draws generated samples and the split into training and validation.",
        0,
        0,
        MAX_SEED,
        True,
    ),
    "batch_seed": Number(
        "batch_seed",
        "batch seed",
        "Draws the order of the mini-batches, anew for each epoch.",
        0,
        0,
        MAX_SEED,
        True,
    ),
    "dtype": OneOf(
        "dtype",
        "precision",
        "float32 is what networks are trained in; float64 shows what round-off and underflow do.",
        "float32",
        {"float32": "float32", "float64": "float64"},
    ),
}

BATCH_SIZE = Number(
    "batch_size",
    "batch size",
    "Samples in one mini-batch; the last of an epoch may be smaller. May be changed while training goes on.",
    32,
    1,
    100_000,
    True,
    unit="samples",
)

MAX_RUNS = 32
MAX_ROWS = 512
"""Runs with all their seeds."""

_CHANGE_STEP = Number("step", "the step of a change", "", 0, 0, 2**53, True)


class Row(NamedTuple):
    """One network: a run of an experiment, with one of its weight seeds."""

    run: int
    seed: int


@dataclass(frozen=True)
class Experiment:
    """What all runs share (data, batches, precision, the log of changes), and the runs.

    `batch_size` None means the whole training set in every step. The log is kept in the order of the steps,
    and at one step in that of the runs.

    Raises:
        ConfigError: for a value that cannot be used.
    """

    runs: tuple[RunConfig, ...] = (RunConfig(),)
    dataset: Choice = Choice("digits")
    train_fraction: float = 0.8
    standardize: bool = True
    data_seed: int = 0
    batch_size: int | None = 32
    batch_seed: int = 0
    dtype: str = "float32"
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        settle(self, "dataset", choose(DATASETS, "dataset", self.dataset.name, self.dataset.parameters))
        for field, setting in EXPERIMENT_SETTINGS.items():
            settle(self, field, setting.check(getattr(self, field), field))
        settle(self, "runs", tuple(self.runs))
        if not self.runs:
            raise ConfigError("runs", "There is no run; an experiment needs at least one.")
        self._check_counts()
        settle(self, "batch_size", self._checked_batch_size(self.batch_size))
        changes = (self._checked_change(change) for change in self.changes)
        settle(self, "changes", tuple(sorted(changes, key=_order)))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One per run and weight seed, in this order: what is trained."""
        return tuple(Row(run, seed) for run, config in enumerate(self.runs) for seed in config.seeds)

    @cached_property
    def unnamed_runs(self) -> tuple[RunConfig, ...]:
        """What is trained, whatever it is called."""
        return tuple(replace(run, name="") for run in self.runs)

    @property
    def n_classes(self) -> int:
        """The number of classes in the data."""
        return DATASETS[self.dataset.name].shape(**self.dataset.parameters).n_classes

    @property
    def n_features(self) -> int:
        """The number of inputs of every network."""
        return DATASETS[self.dataset.name].shape(**self.dataset.parameters).n_features

    @property
    def n_train(self) -> int:
        """The number of training samples."""
        shape = DATASETS[self.dataset.name].shape(**self.dataset.parameters)
        return n_train(shape.n_samples, self.train_fraction)

    def sizes(self, run: int = 0) -> tuple[int, ...]:
        """Return the layer sizes of a run, from the inputs to the outputs."""
        config = self.runs[run]
        return (self.n_features, *config.hidden, LOSSES[config.loss.name].n_outputs(self.n_classes))

    def n_parameters(self, run: int = 0) -> int:
        """Count the weights and biases of a run."""
        return parameter_count(self.sizes(run))

    def value_at(self, step: int, field: str, run: int = 0) -> Any:
        """Return what one of LIVE_FIELDS, or the optimizer, is at a step, with the changes up to then."""
        owner = None if field == "batch_size" else run
        value = self.batch_size if owner is None else getattr(self.runs[run], field)
        for change in self.changes:
            if change.step <= step and change.field == field and change.run == owner:
                value = change.value
        return value

    def optimizer_since(self, step: int, run: int) -> int:
        """Return the step after which the optimizer in force at `step` took over; 0 if it is the first."""
        changed = [
            change.step
            for change in self.changes
            if change.run == run and change.field == OPTIMIZER and change.step <= step
        ]
        return max(changed, default=0)

    def with_value(self, field: str, value: Any, run: int = 0) -> Experiment:
        """Return the experiment with another value of a live field from the start on."""
        if field == "batch_size":
            return replace(self, batch_size=value)
        runs = list(self.runs)
        runs[run] = replace(runs[run], **{field: value})
        return self.with_runs(runs)

    def with_change(self, change: Change) -> Experiment:
        """Return the experiment with one more change; what was logged for later steps is dropped.

        What is so already is no change.
        """
        change = self._checked_change(change)
        kept = tuple(old for old in self.up_to(change.step).changes if old.place != change.place)
        before = replace(self, changes=kept)
        draws = change.field == LAYER_WEIGHTS
        if not draws and before.value_at(change.step, change.field, change.run or 0) == change.value:
            return before
        return replace(self, changes=(*kept, change))

    def up_to(self, step: int) -> Experiment:
        """Return the experiment without what was logged for steps after this one."""
        return replace(self, changes=tuple(change for change in self.changes if change.step <= step))

    @property
    def runs_in_the_end(self) -> tuple[RunConfig, ...]:
        """The runs with the settings that the whole log brings about."""
        if not self.changes:
            return self.runs
        return self.settled(max(change.step for change in self.changes)).runs

    def settled(self, step: int) -> Experiment:
        """Return an experiment that starts with the settings in force at `step`, and has no log."""
        fields = ("learning_rate", "l2", OPTIMIZER)
        runs = tuple(
            replace(config, **{field: self.value_at(step, field, run) for field in fields})
            for run, config in enumerate(self.runs)
        )
        return replace(self, runs=runs, batch_size=self.value_at(step, "batch_size"), changes=())

    def with_runs(self, runs: Sequence[RunConfig]) -> Experiment:
        """Return the experiment with other runs."""
        return replace(self, runs=tuple(runs))

    def of_runs(self, runs: Sequence[int]) -> Experiment:
        """Return the experiment with some of its runs, in this order, and the log of what concerns them."""
        chosen = tuple(self.runs[run] for run in runs)
        return replace(self, runs=chosen, changes=changes_of_runs(self.changes, runs))

    def with_added(self, other: Experiment) -> Experiment:
        """Return the experiment with the runs of another after its own, and with what was logged for them."""
        first = len(self.runs)
        own = [replace(change, run=first + change.run) for change in other.changes if change.run is not None]
        return replace(self, runs=(*self.runs, *other.runs), changes=(*self.changes, *own))

    def rows_of(self, runs: Sequence[int]) -> list[int]:
        """Return the indices of the rows of some runs, run by run."""
        return [index for run in runs for index, row in enumerate(self.rows) if row.run == run]

    def _check_counts(self) -> None:
        if len(self.runs) > MAX_RUNS:
            raise ConfigError("runs", f"There are {len(self.runs)} runs; there can be at most {MAX_RUNS}.")
        n_rows = sum(config.n_seeds for config in self.runs)
        if n_rows > MAX_ROWS:
            raise ConfigError(
                "n_seeds",
                f"There are {n_rows:,} networks, weight seeds counted; there can be at most {MAX_ROWS}.",
            )

    def _checked_batch_size(self, value: object) -> int | None:
        if value is None:
            return None
        size = int(BATCH_SIZE.check(value, "batch_size"))
        if size > self.n_train:
            raise ConfigError(
                "batch_size",
                f"Batch size is {size:,}, but there are {self.n_train:,} training samples; "
                "use at most that, or the full batch.",
            )
        return size

    def _checked_change(self, change: Change) -> Change:
        step = int(_CHANGE_STEP.check(change.step, "changes"))
        if change.field == "batch_size":
            if change.run is not None:
                raise ConfigError(
                    "changes",
                    f"A change of batch_size names run {shown(change.run)}, but all runs share the batches; "
                    "name none (null).",
                )
            return replace(change, step=step, value=self._checked_batch_size(change.value))
        # True and 1.0 are in a range too, and would then stand in files.
        if type(change.run) is not int or change.run not in range(len(self.runs)):
            raise ConfigError(
                "changes",
                f"A change names run {shown(change.run)}; the runs are numbered from 0 to "
                f"{len(self.runs) - 1}.",
            )
        return replace(change, step=step, value=self._checked_value(change.run, change.field, change.value))

    def _checked_value(self, run: int, field: str, value: object) -> ChangeValue:
        if field in LIVE_FIELDS:
            return RUN_SETTINGS[field].check(value, field)
        if field == OPTIMIZER and isinstance(value, Choice):
            return choose(OPTIMIZERS, OPTIMIZER, value.name, value.parameters)
        if field == LAYER_WEIGHTS and isinstance(value, Redraw):
            n_layers = len(self.runs[run].hidden) + 1
            if value.layer > n_layers:
                raise ConfigError(
                    "changes",
                    f"A change draws layer {value.layer} of run {run} anew, which has {n_layers}; remove "
                    "that change, or keep the layer.",
                )
            return value
        if field in (OPTIMIZER, LAYER_WEIGHTS):
            wanted = "an optimizer" if field == OPTIMIZER else "a layer, an initializer and a seed"
            raise ConfigError("changes", f"A change of {field} is to {shown(value)}; it must be to {wanted}.")
        raise ConfigError(
            "changes", f"{shown(field)} cannot change during training; only {', '.join(CHANGEABLE)} can."
        )


def _order(change: Change) -> tuple[float, float]:
    """By step, then by run, what all share last: so a log is the same in whatever order runs have joined."""
    return (change.step, math.inf if change.run is None else change.run)


def steps_per_epoch(n_samples: int, batch_size: int | None) -> int:
    """Return how many mini-batches cover `n_samples` once, the last one perhaps smaller."""
    return 1 if batch_size is None else math.ceil(n_samples / batch_size)


def step_at_epoch(experiment: Experiment, epochs: int) -> int:
    """Return after how many steps so many epochs are done, with the logged changes of the batch size."""
    n = experiment.n_train
    resized = [change.step for change in experiment.changes if change.field == "batch_size"]
    step = 0
    for epoch in range(epochs):
        if step >= max(resized, default=0):
            # All epochs from here on are alike, and the last may be a billion away.
            return step + (epochs - epoch) * steps_per_epoch(n, experiment.value_at(step, "batch_size"))
        left = n
        while left > 0:
            batch = experiment.value_at(step, "batch_size") or n
            until_resized = min((other - step for other in resized if other > step), default=left)
            steps = min(steps_per_epoch(left, batch), until_resized)
            step += steps
            left -= steps * batch
    return step
