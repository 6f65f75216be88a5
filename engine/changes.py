"""The log of changes: what was set differently while training went on, and from which step on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from engine.fields import Choice, choose
from engine.initializers import INITIALIZERS
from engine.run_config import LAYER, RUN_SETTINGS, settle

LIVE_FIELDS = ("learning_rate", "l2", "batch_size")
"""Settings that may change while training goes on: they redefine neither the network nor the data."""

OPTIMIZER = "optimizer"
"""The field of a change to another optimizer, or other parameters of it; it begins with nothing gathered."""

LAYER_WEIGHTS = "layer_weights"
"""The field of a change that draws the weights of one layer anew."""


CHANGEABLE = (*LIVE_FIELDS, OPTIMIZER, LAYER_WEIGHTS)
"""Every field that a change can be of."""


@dataclass(frozen=True)
class Redraw:
    """Initial weights for one layer, biases included; what the optimizer has gathered there is forgotten.

    Raises:
        ConfigError: for a value that cannot be used.
    """

    layer: int
    """1 is the first hidden layer."""
    initializer: Choice
    seed: int
    """Draws what a weight seed of this value draws at frame 0; of several seeds of a run, the first."""

    def __post_init__(self) -> None:
        settle(self, "layer", LAYER.check(self.layer, "changes"))
        choice = choose(INITIALIZERS, "initializer", self.initializer.name, self.initializer.parameters)
        settle(self, "initializer", choice)
        settle(self, "seed", RUN_SETTINGS["seed"].check(self.seed, "changes"))


ChangeValue = float | int | Choice | Redraw | None


@dataclass(frozen=True)
class Change:
    """A setting changed while training went on; it applies before the step that follows `step`."""

    step: int
    run: int | None
    """Which run, or None for what all runs share."""
    field: str
    value: ChangeValue

    @property
    def place(self) -> tuple[object, ...]:
        """What is changed, and when: a later change of the same replaces this one."""
        layer = self.value.layer if isinstance(self.value, Redraw) else None
        return (self.step, self.run, self.field, layer)


def changes_of_runs(changes: Iterable[Change], runs: Sequence[int]) -> tuple[Change, ...]:
    """Return what concerns some of the runs, which get new numbers in this order, and what all share."""
    number = {run: index for index, run in enumerate(runs)}
    return tuple(
        change if change.run is None else replace(change, run=number[change.run])
        for change in changes
        if change.run is None or change.run in number
    )


def parting_step(one: Sequence[Change], other: Sequence[Change]) -> int | None:
    """Return the step of the first change in which two logs differ, or None if they are the same."""
    for mine, theirs in zip_longest(one, other):
        if mine != theirs:
            return min(change.step for change in (mine, theirs) if change is not None)
    return None
