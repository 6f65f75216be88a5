"""What the form says below its fields about an experiment."""

from __future__ import annotations

from engine.config import Experiment, steps_per_epoch
from engine.datasets import DATASETS
from engine.layers import format_layers, neighbours
from engine.memory import format_bytes, training_bytes
from engine.run_config import RunConfig

_LONGEST_LIST = 18
"""Characters of a list of layers that are shown in full."""


def data(experiment: Experiment) -> str:
    """Say how large the data set is: samples, features, classes."""
    shape = DATASETS[experiment.dataset.name].shape(**experiment.dataset.parameters)
    return f"{shape.n_samples:,} × {shape.n_features:,}, {shape.n_classes} classes"


def split(experiment: Experiment) -> str:
    """Say how many samples are trained on, and how many the network is validated on."""
    n_samples = DATASETS[experiment.dataset.name].shape(**experiment.dataset.parameters).n_samples
    rest = n_samples - experiment.n_train
    return f"{experiment.n_train:,} training, {f'{rest:,}' if rest else 'no'} validation"


def network(experiment: Experiment, run: int) -> str:
    """Say which layers a run has, and what they cost, with all other runs."""
    sizes = experiment.sizes(run)
    hidden = format_layers(sizes[1:-1])
    if len(hidden) > _LONGEST_LIST:
        hidden = f"{len(sizes) - 2} layers"
    layers = f"{sizes[0]} – [ {hidden} ] – {sizes[-1]}" if hidden else f"{sizes[0]} – {sizes[-1]}"
    memory = format_bytes(training_bytes(experiment)).replace(" ", "\N{NO-BREAK SPACE}")
    whole = " for all runs" if len(experiment.runs) > 1 else ""
    return f"{layers}\n{experiment.n_parameters(run):,} parameters, {memory}{whole}"


def network_in_use(experiment: Experiment, run: int) -> str:
    """Say which layers are trained while those in the field are refused."""
    return f"In use: {network(experiment, run)}"


def seeds(run: RunConfig) -> str:
    """Say which networks are trained where a run has several weight seeds."""
    first, count = run.seed, run.n_seeds
    return f"trains {count} networks, seeds {first:,} to {first + count - 1:,}" if count > 1 else ""


def own_settings(run: RunConfig) -> str:
    """Say which layers have settings of their own; nothing if none has."""
    output = len(run.hidden) + 1
    hidden = [override.layer for override in run.layers if override.layer < output]
    names = ", ".join([*_spans(hidden), *["output"] * (len(run.layers) > len(hidden))])
    if len(names) > _LONGEST_LIST:
        names = f"{len(run.layers)} of {output}"
    return f"Layers with own settings: {names}." if names else ""


def gone_with_layers(before: RunConfig, after: RunConfig) -> str:
    """Say which layers took settings of their own with them when they were removed."""
    last = len(before.hidden)
    gone = [override.layer for override in before.layers if len(after.hidden) < override.layer <= last]
    if not gone:
        return ""
    if len(gone) == 1:
        return f"Layer {gone[0]} is gone, and its own settings with it."
    return f"Layers {', '.join(_spans(gone))} are gone, and their own settings with them."


def _spans(layers: list[int]) -> list[str]:
    """Write increasing numbers as ["2–5", "7"]."""
    return [str(first) if first == last else f"{first}–{last}" for first, last in neighbours(layers)]


def batches(experiment: Experiment) -> str:
    """Say how many steps go through the training set once."""
    steps = steps_per_epoch(experiment.n_train, experiment.batch_size)
    return f"{steps:,} step{'s' if steps > 1 else ''} per epoch"
