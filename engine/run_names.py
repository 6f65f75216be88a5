"""What a run is called, and in what it differs from another: the same words in table, legend and file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.config import Experiment
from engine.fields import Choice
from engine.layers import format_layers
from engine.run_config import RUN_REGISTRIES, LayerOverride


def run_name(experiment: Experiment, run: int) -> str:
    """Return what a person called a run, or else what sets it apart from the other runs.

    Runs that would be called the same have their number added, counted from 1.
    """
    names = [config.name or _apart(experiment, index) for index, config in enumerate(experiment.runs)]
    unique = names.count(names[run]) == 1
    return names[run] if unique and names[run] else " ".join(filter(None, [names[run], f"run {run + 1}"]))


def differences(experiment: Experiment, run: int, reference: int = 0) -> list[str]:
    """Return in what a run differs from another one, as "he_normal", "learning rate 0.01"."""
    config, other = experiment.runs[run], experiment.runs[reference]
    return [
        describe(getattr(config, field))
        for field, describe in _FIELDS.items()
        if getattr(config, field) != getattr(other, field)
    ]


def brief_choice(field: str, choice: Choice) -> str:
    """Write a choice without the parameters that stand at their defaults: "normal (std 0.02)"."""
    usual = {parameter.name: parameter.default for parameter in RUN_REGISTRIES[field][choice.name].parameters}
    parameters = [
        str(value) if isinstance(value, str) else f"{name} {value:.4g}"
        for name, value in choice.parameters.items()
        if value != usual[name]
    ]
    return f"{choice.name} ({', '.join(parameters)})" if parameters else choice.name


def _apart(experiment: Experiment, run: int) -> str:
    """Return what a run has in the fields in which not all runs are the same."""
    config, runs = experiment.runs[run], experiment.runs
    return ", ".join(
        describe(getattr(config, field))
        for field, describe in _FIELDS.items()
        if any(getattr(other, field) != getattr(config, field) for other in runs)
    )


def _layers(overrides: tuple[LayerOverride, ...]) -> str:
    if not overrides:
        return "all layers alike"
    texts = []
    for override in overrides:
        choices = {"activation": override.activation, "initializer": override.initializer}
        own = [brief_choice(field, choice) for field, choice in choices.items() if choice is not None]
        texts.append(f"layer {override.layer}: {', '.join(own)}")
    return "; ".join(texts)


def _chooser(field: str) -> Callable[[Choice], str]:
    return lambda choice: brief_choice(field, choice)


_FIELDS: dict[str, Callable[[Any], str]] = {
    "hidden": lambda hidden: f"layers {format_layers(hidden)}" if hidden else "no hidden layer",
    "activation": _chooser("activation"),
    "initializer": _chooser("initializer"),
    "layers": _layers,
    "bias_initializer": lambda choice: f"biases {brief_choice('bias_initializer', choice)}",
    "loss": _chooser("loss"),
    "optimizer": _chooser("optimizer"),
    "learning_rate": lambda rate: f"learning rate {rate:.4g}",
    "l2": lambda factor: f"L2 {factor:.4g}",
    "seed": lambda seed: f"seed {seed}",
    "n_seeds": lambda count: f"{count} seed{'s' * (count != 1)}",
}
"""Field of a RunConfig -> its value in words, in the order of the form."""
