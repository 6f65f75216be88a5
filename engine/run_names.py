"""What a run is called, and in what it differs from another: the same words in table, legend and file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from engine.config import Experiment
from engine.fields import Choice, brief
from engine.layers import format_layers, neighbours
from engine.run_config import LAYER_REGISTRIES, RUN_REGISTRIES, LayerOverride, RunConfig

Write = Callable[[str, Choice], str]
"""write(field, choice): a choice of that field in words."""

_Describe = Callable[[RunConfig, Sequence[RunConfig]], str]
"""describe(run, runs): what a run has, so that it can be told from others."""

_MOST_GROUPS = 3
"""Layers that override differently are counted where there are more of them, not spelled out."""


def run_name(experiment: Experiment, run: int) -> str:
    """Return what a person called a run, or else what sets it apart from the other runs.

    Runs that would be called the same have their number added, counted from 1.
    """
    return run_names(experiment)[run]


def run_names(experiment: Experiment) -> list[str]:
    """Return what all runs are called, see `run_name`: by what the whole log of changes has made of them."""
    runs = experiment.runs_in_the_end
    apart = [
        describe
        for field, describe in _FIELDS.items()
        if any(_held(run, field) != _held(runs[0], field) for run in runs)
    ]
    names = [run.name or ", ".join(filter(None, (told(run, runs) for told in apart))) for run in runs]
    counts = Counter(names)
    return [
        name if name and counts[name] == 1 else f"{name} run {number}".strip()
        for number, name in enumerate(names, 1)
    ]


def differences(experiment: Experiment, run: int) -> list[str]:
    """Return in what a run differs from the first one, as "he_normal", "learning rate 0.01"."""
    config, other = experiment.runs[run], experiment.runs[0]
    told = (
        describe(config, (other,))
        for field, describe in _FIELDS.items()
        if _held(config, field) != _held(other, field)
    )
    # A layer that only the other one has is told with the layers.
    return list(filter(None, told))


def in_words(run: RunConfig, field: str, value: object) -> str:
    """Return what a run would have with another value of a field: "learning rate 0.01"."""
    changed: dict[str, Any] = {field: value}
    return _FIELDS[field](replace(run, **changed), (run,))


def brief_choice(field: str, choice: Choice, others: Sequence[Choice] = ()) -> str:
    """Write a choice without the parameters that stand at their defaults: "normal (std 0.02)".

    Those are written, too, in which others of that name differ from it.
    """
    alike = [other.parameters for other in others if other.name == choice.name]
    usual = {parameter.name: parameter.default for parameter in RUN_REGISTRIES[field][choice.name].parameters}
    parameters = [
        value if isinstance(value, str) else f"{name} {brief(value)}"
        for name, value in choice.parameters.items()
        if value != usual[name] or any(parameters[name] != value for parameters in alike)
    ]
    return f"{choice.name} ({', '.join(parameters)})" if parameters else choice.name


def own_settings(run: RunConfig, write: Write = brief_choice) -> list[str]:
    """Return what layers do differently from the rest of their run, as ["layers 2–5: tanh", "output: zeros"].

    More than a few kinds of layers are counted, not spelled out. `write` writes a field's choice.
    """
    return _spelled_out(run.layers, len(run.hidden) + 1, write)


def _spelled_out(layers: Sequence[LayerOverride], output: int, write: Write = brief_choice) -> list[str]:
    kinds = groupby(layers, lambda override: (replace(override, layer=1), override.layer == output))
    groups = [
        f"{layers_name(first, last, output)}: {override_text(own, write) or 'as the network'}"
        for (own, _), alike in kinds
        for first, last in neighbours([override.layer for override in alike])
    ]
    if len(groups) > _MOST_GROUPS:
        return [f"{len(layers)} layers with settings of their own"]
    return groups


def override_text(override: LayerOverride, write: Write = brief_choice) -> str:
    """Return what a layer overrides: "tanh, normal (std 0.02)"; empty for nothing."""
    choices = {field: getattr(override, field) for field in LAYER_REGISTRIES}
    return ", ".join(write(field, choice) for field, choice in choices.items() if choice is not None)


def layers_name(first: int, last: int, n_layers: int) -> str:
    """Return what layers of 1 to `n_layers` are called: "layer 2", "layers 2–5", "output"."""
    if first == n_layers:
        return "output"
    return f"layer {first}" if first == last else f"layers {first}–{last}"


def _held(run: RunConfig, field: str) -> object:
    """Return what a run has in a field, so that runs with the same can be told by it."""
    return _own_by_layer(run) if field == "layers" else getattr(run, field)


def _own_by_layer(run: RunConfig) -> dict[int, LayerOverride]:
    """Return what layers override, by their number; the output layer is 0 in networks of any depth."""
    output = len(run.hidden) + 1
    numbers = {override: override.layer % output for override in run.layers}
    return {number: replace(override, layer=1) for override, number in numbers.items()}


def _own_apart(run: RunConfig, runs: Sequence[RunConfig]) -> str:
    """Write what layers do differently from the rest of their run, where not all runs do the same."""
    if not run.layers:
        return "all layers alike"
    output, own, others = len(run.hidden) + 1, _own_by_layer(run), [_own_by_layer(other) for other in runs]
    apart = [
        replace(own.get(layer % output, LayerOverride(1)), layer=layer)
        for layer in range(1, output + 1)
        if any(other.get(layer % output) != own.get(layer % output) for other in others)
    ]
    return "; ".join(_spelled_out(apart, output))


def _chooser(field: str, before: str = "") -> _Describe:
    return lambda run, runs: (
        before + brief_choice(field, getattr(run, field), [getattr(other, field) for other in runs])
    )


_FIELDS: dict[str, _Describe] = {
    "hidden": lambda run, _: f"layers {format_layers(run.hidden)}" if run.hidden else "no hidden layer",
    "activation": _chooser("activation"),
    "initializer": _chooser("initializer"),
    "layers": _own_apart,
    "bias_initializer": _chooser("bias_initializer", "biases "),
    "loss": _chooser("loss"),
    "optimizer": _chooser("optimizer"),
    "learning_rate": lambda run, _: f"learning rate {brief(run.learning_rate)}",
    "l2": lambda run, _: f"L2 {brief(run.l2)}",
    "seed": lambda run, _: f"seed {run.seed}",
    "n_seeds": lambda run, _: f"{run.n_seeds} seed{'s' * (run.n_seeds != 1)}",
}
"""Field of a RunConfig -> what a run has there, in words, in the order of the form."""
