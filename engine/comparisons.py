"""Comparisons that everybody wants to see: each makes the runs of an experiment from one of its runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from engine.activations import ACTIVATIONS
from engine.config import Experiment
from engine.fields import Choice, ConfigError, brief, unknown_name
from engine.initializers import INITIALIZERS
from engine.optimizers import OPTIMIZERS
from engine.run_config import RUN_SETTINGS, RunConfig
from engine.written import read_choice, split_list


@dataclass(frozen=True)
class Comparison:
    """A comparison: what a person reads about it, and the runs that it makes of one."""

    label: str
    explanation: str
    runs: Callable[[RunConfig], Iterable[RunConfig]]

    def apply(self, experiment: Experiment, run: int = 0) -> Experiment:
        """Return the experiment with the runs of the comparison, made from one of its runs, and no log."""
        return replace(experiment, runs=tuple(self.runs(experiment.runs[run])), changes=())


_INITIALIZERS = {
    "zeros": Choice("zeros"),
    "0.01 randn": Choice("normal", {"std": 0.01}),
    "rand": Choice("rand"),
    "randn": Choice("randn"),
    "Xavier": Choice("xavier_normal"),
    "He": Choice("he_normal"),
    "orthogonal": Choice("orthogonal"),
}
_ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "identity")
_DEPTHS = (0, 1, 2, 5, 10, 20)


_NAMES: dict[str, Callable[[RunConfig], str]] = {
    "initializer": lambda run: next(
        (
            name
            for name, choice in _INITIALIZERS.items()
            if replace(run, initializer=choice).initializer == run.initializer
        ),
        "",
    ),
    "activation": lambda run: ACTIVATIONS[run.activation.name].label,
    "learning_rate": lambda run: f"rate {brief(run.learning_rate)}",
    "optimizer": lambda run: OPTIMIZERS[run.optimizer.name].label,
    "hidden": lambda run: f"{len(run.hidden)} hidden",
}
"""Field that a comparison varies -> what it calls a run for its value there; empty for one it has not."""


def keep_name_true(before: RunConfig, after: RunConfig) -> RunConfig:
    """Return a run that was changed with a name that says what it is now, if its name said what it was."""
    for name in _NAMES.values():
        if before.name and before.name == name(before) != name(after):
            return replace(after, name=name(after))
    return after


def named_at(experiment: Experiment, step: int) -> Experiment:
    """Return the settings in force at a step, as `settled` does, with the runs called as they were then.

    A change that is still ahead at that step may have called a run otherwise.
    """
    seen = experiment.settled(step)
    in_the_end = experiment.runs_in_the_end
    return seen.with_runs([keep_name_true(*run) for run in zip(in_the_end, seen.runs, strict=True)])


def initializers(run: RunConfig) -> list[RunConfig]:
    """Return a run for each of the initializers that everybody argues about."""
    return compared(run, "initializer", _INITIALIZERS)


def activations(run: RunConfig) -> list[RunConfig]:
    """Return a run for each of the activations that are used most."""
    return compared(run, "activation", {ACTIVATIONS[name].label: Choice(name) for name in _ACTIVATIONS})


def learning_rates(run: RunConfig) -> list[RunConfig]:
    """Return a run for each of some learning rates, a factor of 10 apart around that of the run.

    Raises:
        ConfigError: if the learning rate is so close to 0 that there is nothing around it.
    """
    # Without the round-off of the product: a tenth of 0.1 is not 0.010000000000000002.
    rates = [float(f"{run.learning_rate * factor:.12g}") for factor in (0.01, 0.1, 1.0, 10.0)]
    if rates[0] == 0:
        raise ConfigError(
            "learning_rate",
            f"The learning rate is {brief(run.learning_rate)}, and so would be a hundredth of it; "
            "give one farther from 0 to compare others with.",
        )
    named = [(rate, f"rate {brief(rate)}") for rate in rates if rate <= RUN_SETTINGS["learning_rate"].maximum]
    return [replace(run, name=name, learning_rate=rate) for rate, name in named]


def optimizers(run: RunConfig) -> list[RunConfig]:
    """Return a run for each optimizer, with the learning rate that it is proposed with."""
    return [
        replace(run, name=entry.label, optimizer=Choice(name), learning_rate=entry.default_learning_rate)
        for name, entry in OPTIMIZERS.items()
    ]


def depths(run: RunConfig) -> list[RunConfig]:
    """Return runs of different depth, as wide as the first hidden layer, without overrides of layers."""
    width = run.hidden[0] if run.hidden else 32
    return [replace(run, name=f"{depth} hidden", hidden=(width,) * depth, layers=()) for depth in _DEPTHS]


def compared(run: RunConfig, field: str, choices: dict[str, Choice]) -> list[RunConfig]:
    """Return a run for each choice, alike but for that; overrides of the same field in single layers go."""
    nothing: dict[str, Any] = {field: None}
    layers = tuple(replace(override, **nothing) for override in run.layers)
    runs = []
    for name, choice in choices.items():
        chosen: dict[str, Any] = {field: choice}
        runs.append(replace(run, name=name, layers=layers, **chosen))
    return runs


def read_comparison(text: str, run: RunConfig) -> tuple[RunConfig, ...]:
    """Return the runs that a person asks for: one of COMPARISONS, or initializers: "zeros,normal(std=1)".

    Raises:
        ConfigError: for `compare` if the text cannot be understood.
    """
    if text.strip() in COMPARISONS:
        return tuple(COMPARISONS[text.strip()].runs(run))
    names = split_list(text)
    for name in names:
        if name.isidentifier() and name not in INITIALIZERS:
            known = {**INITIALIZERS, **COMPARISONS} if len(names) == 1 else INITIALIZERS
            raise ConfigError("compare", unknown_name("initializer", name, known))
    choices = [read_choice(INITIALIZERS, "initializer", name, "compare") for name in names]
    # What sets them apart is their name, in the end.
    return tuple(one for choice in choices for one in compared(run, "initializer", {"": choice}))


COMPARISONS: dict[str, Comparison] = {
    "initializers": Comparison(
        "Compare initializers",
        "Zeros, small and large random numbers, and those derived from theory; all else is alike.",
        initializers,
    ),
    "activations": Comparison(
        "Compare activations", "The same weights under other activations.", activations
    ),
    "learning_rates": Comparison(
        "Compare learning rates",
        "A hundredth, a tenth, once and ten times the learning rate.",
        learning_rates,
    ),
    "optimizers": Comparison(
        "Compare optimizers", "Each optimizer with the learning rate that it is proposed with.", optimizers
    ),
    "depths": Comparison("Compare depths", "No hidden layer to twenty of the same width.", depths),
}
