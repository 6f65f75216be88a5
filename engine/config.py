"""What a person chooses, as data: an Experiment of one or more RunConfigs, frozen, names and numbers only.

An Experiment fully determines every frame. Constructing an invalid one raises ConfigError with the field's
name, so whoever holds one can rely on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from operator import attrgetter
from typing import Any

from engine.activations import ACTIVATIONS
from engine.datasets import DATASETS, n_train
from engine.fields import Choice, ConfigError, Number, OneOf, Switch, choose, shown
from engine.initializers import BIAS_INITIALIZERS, INITIALIZERS
from engine.layers import check_layers, parameter_count
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS

_MAX_SEED = 2**32 - 1

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
        _MAX_SEED,
        True,
    ),
    "batch_seed": Number(
        "batch_seed",
        "batch seed",
        "Draws the order of the mini-batches, anew for each epoch.",
        0,
        0,
        _MAX_SEED,
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

RUN_SETTINGS: dict[str, Number] = {
    "learning_rate": Number(
        "learning_rate",
        "learning rate",
        "How far each step goes along the negative gradient. May be changed while training goes on.",
        0.1,
        0.0,
        1e6,
    ),
    "l2": Number(
        "l2",
        "L2",
        "Adds lambda/2 times the sum of the squared weights to what is minimized; not of the biases, and "
        "not to the loss on show.",
        0.0,
        0.0,
        1e6,
    ),
    "seed": Number("seed", "weight seed", "Draws the initial weights and biases.", 0, 0, _MAX_SEED, True),
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

_CHANGE_STEP = Number("step", "the step of a change", "", 0, 0, 2**53, True)

LIVE_FIELDS = ("learning_rate", "l2", "batch_size")
"""What may change while training goes on: it redefines neither the network nor the data."""


RUN_REGISTRIES: dict[str, Any] = {
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "bias_initializer": BIAS_INITIALIZERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
}
"""Fields of a RunConfig that hold a Choice -> where it chooses from."""


def _settle(config: object, field: str, value: object) -> None:
    """Store a checked value in a frozen dataclass while it is being made."""
    object.__setattr__(config, field, value)


@dataclass(frozen=True)
class RunConfig:
    """One network, how it is initialized, and how it is trained.

    Raises:
        ConfigError: for a value that cannot be used.
    """

    hidden: tuple[int, ...] = (32, 32)
    activation: Choice = Choice("relu")
    initializer: Choice = Choice("he_normal")
    bias_initializer: Choice = Choice("zeros")
    loss: Choice = Choice("softmax_cross_entropy")
    optimizer: Choice = Choice("sgd")
    learning_rate: float = 0.1
    l2: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        _settle(self, "hidden", check_layers(self.hidden))
        for field, registry in RUN_REGISTRIES.items():
            choice = getattr(self, field)
            _settle(self, field, choose(registry, field, choice.name, choice.parameters))
        for field, setting in RUN_SETTINGS.items():
            _settle(self, field, setting.check(getattr(self, field), field))


@dataclass(frozen=True)
class Change:
    """A setting changed while training went on; it applies before the step that follows `step`."""

    step: int
    run: int | None
    """Which run, or None for what all runs share."""
    field: str
    value: float | int | None


@dataclass(frozen=True)
class Experiment:
    """What all runs share (data, batches, precision, the log of changes), and the runs.

    `batch_size` None means the whole training set in every step. The log is kept in the order of the steps.

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
        _settle(self, "dataset", choose(DATASETS, "dataset", self.dataset.name, self.dataset.parameters))
        for field, setting in EXPERIMENT_SETTINGS.items():
            _settle(self, field, setting.check(getattr(self, field), field))
        _settle(self, "runs", tuple(self.runs))
        if not self.runs:
            raise ConfigError("runs", "An experiment needs at least one run.")
        _settle(self, "batch_size", self._checked_batch_size(self.batch_size))
        changes = (self._checked_change(change) for change in self.changes)
        _settle(self, "changes", tuple(sorted(changes, key=attrgetter("step"))))

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
        """Return what a live field (see LIVE_FIELDS) is worth at a step, with the changes up to then."""
        owner = None if field == "batch_size" else run
        value = self.batch_size if owner is None else getattr(self.runs[run], field)
        for change in self.changes:
            if change.step <= step and change.field == field and change.run == owner:
                value = change.value
        return value

    def with_value(self, field: str, value: Any, run: int = 0) -> Experiment:
        """Return the experiment with another value of a live field from the start on."""
        if field == "batch_size":
            return replace(self, batch_size=value)
        runs = list(self.runs)
        runs[run] = replace(runs[run], **{field: value})
        return self.with_runs(runs)

    def with_change(self, change: Change) -> Experiment:
        """Return the experiment with one more change; what was logged for later steps is dropped."""
        kept = [
            old
            for old in self.changes
            if old.step <= change.step
            and (old.step, old.run, old.field) != (change.step, change.run, change.field)
        ]
        return replace(self, changes=(*kept, change))

    def settled(self, step: int) -> Experiment:
        """Return an experiment that starts with what was in force at `step`, and has no log."""
        runs = tuple(
            replace(config, **{field: self.value_at(step, field, run) for field in ("learning_rate", "l2")})
            for run, config in enumerate(self.runs)
        )
        return replace(self, runs=runs, batch_size=self.value_at(step, "batch_size"), changes=())

    def with_runs(self, runs: Sequence[RunConfig]) -> Experiment:
        """Return the experiment with other runs."""
        return replace(self, runs=tuple(runs))

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
        value: float | int | None
        if change.field == "batch_size":
            if change.run is not None:
                raise ConfigError(
                    "changes", "A change of batch_size names a run, but all runs share batches."
                )
            value = self._checked_batch_size(change.value)
        elif change.field in LIVE_FIELDS:
            # True and 1.0 are in a range too, and would then stand in files.
            if type(change.run) is not int or change.run not in range(len(self.runs)):
                count = len(self.runs)
                raise ConfigError(
                    "changes", f"A change names run {shown(change.run)}, but there are {count} runs."
                )
            value = RUN_SETTINGS[change.field].check(change.value, change.field)
        else:
            raise ConfigError(
                "changes",
                f"{shown(change.field)} cannot change during training; only {', '.join(LIVE_FIELDS)} can.",
            )
        return replace(change, step=step, value=value)


def steps_per_epoch(n_samples: int, batch_size: int | None) -> int:
    """Return how many mini-batches cover `n_samples` once, the last one perhaps smaller."""
    return 1 if batch_size is None else math.ceil(n_samples / batch_size)


def step_at_epoch(experiment: Experiment, epochs: int) -> int:
    """Return after how many steps so many epochs are done, with the logged changes of the batch size."""
    n = experiment.n_train
    resized = [change.step for change in experiment.changes if change.field == "batch_size"]
    if not resized:
        return epochs * steps_per_epoch(n, experiment.batch_size)
    step = 0
    for _ in range(epochs):
        left = n
        while left > 0:
            batch = experiment.value_at(step, "batch_size") or n
            until_resized = min((other - step for other in resized if other > step), default=left)
            steps = min(steps_per_epoch(left, batch), until_resized)
            step += steps
            left -= steps * batch
    return step


def parting_step(one: Experiment, other: Experiment) -> int | None:
    """Return the step of the first change in which two logs differ, or None if they are the same."""
    for mine, theirs in zip_longest(one.changes, other.changes):
        if mine != theirs:
            return min(change.step for change in (mine, theirs) if change is not None)
    return None
