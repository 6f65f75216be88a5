"""Where a figure comes from: the words under it, what is stamped into its file, and the name of the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby

from engine import blas, experiment_file
from engine.config import Experiment
from engine.fields import Choice, brief
from engine.optimizers import OPTIMIZERS
from engine.run_config import RunConfig
from engine.run_names import own_settings, run_name
from engine.version import VERSION

BETWEEN = "\N{NO-BREAK SPACE}· "
"""Stands between the parts of a line."""

_MOST_NAMES = 10

_MAX_SIZES_LENGTH = 40
"""Longer lists of layer sizes are counted in the name of a file, not spelled out."""


def caption(experiment: Experiment, step: int, shown: Sequence[int] | None = None) -> str:
    """Return what is seen: the network and its training; the step and what reproduces it.

    Args:
        experiment: what was trained.
        step: of the frame.
        shown: the runs that are seen, None for all; several are named.
    """
    shown = range(len(experiment.runs)) if shown is None else shown
    runs = [experiment.runs[run] for run in shown]
    batch_size = experiment.value_at(step, "batch_size")
    biases = _distinct(_choice(run.bias_initializer) for run in runs)
    l2 = _live(experiment, step, "l2")
    network = [
        _choice(experiment.dataset),
        _distinct(_sizes(experiment.sizes(run)) for run in shown),
        _distinct(_choice(run.activation) for run in runs),
        _distinct(_choice(run.initializer) for run in runs),
        *_own_settings(runs),
        "" if biases == "zeros" else f"biases {biases}",
        _distinct(_choice(run.loss) for run in runs),
        _distinct(_choice(_changed(run.optimizer)) for run in runs),
        f"learning rate {_live(experiment, step, 'learning_rate')}",
        "full batch" if batch_size is None else f"batch size {batch_size}",
        "" if l2 == "0" else f"L2 {l2}",
    ]
    reproduction = [
        f"Step {step:,}",
        f"seeds: {seeds(experiment)}",
        f"training fraction {brief(experiment.train_fraction)}",
        "" if experiment.standardize else "not standardized",
        experiment.dtype,
        blas.describe(),
    ]
    return "\n".join([*_named(experiment, shown), line(network), line(reproduction)])


def _named(experiment: Experiment, shown: Sequence[int]) -> list[str]:
    """Return a line with the names of runs, if there are several."""
    if len(experiment.runs) == 1 or not shown:
        return []
    names = [run_name(experiment, run) for run in shown]
    more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return [f"Runs: {', '.join([*names[:_MOST_NAMES], *more])}"]


def metadata(experiment: Experiment, step: int) -> dict[str, str]:
    """Return what is stamped into a file, by name. `Configuration` is the experiment as JSON."""
    return {
        "Title": f"InitScope: {', '.join(_key_choices(experiment))}, step {step}",
        "Software": f"InitScope {VERSION}",
        "Configuration": json.dumps(experiment_file.to_json(experiment)),
        "Seeds": seeds(experiment),
        "Step": str(step),
        "BLAS": blas.describe(),
    }


def seeds(experiment: Experiment) -> str:
    """Return all seeds of an experiment, each with what it draws."""
    weights = _distinct(
        f"{run.seed} to {run.seeds[-1]}" if run.n_seeds > 1 else str(run.seed) for run in experiment.runs
    )
    return f"weights {weights}, data {experiment.data_seed}, batches {experiment.batch_seed}"


def file_stem(experiment: Experiment, step: int) -> str:
    """Return a name for files, without suffix: initscope-digits-64-32-32-10-relu-he_normal-step1240."""
    return "-".join(["initscope", *_key_choices(experiment), f"step{step}"]).replace(" ", "")


def _key_choices(experiment: Experiment) -> list[str]:
    """Return the names that tell experiments apart, without those in which the runs differ."""
    runs = experiment.runs
    choices = [
        {experiment.dataset.name},
        {_short_sizes(experiment.sizes(run)) for run in range(len(runs))},
        {run.activation.name for run in runs},
        {run.initializer.name for run in runs},
        {_counted(len(run.layers), "override") if run.layers else "" for run in runs},
    ]
    common = [name for names in choices if len(names) == 1 for name in names if name]
    return common if len(runs) == 1 else [*common, _counted(len(runs), "run")]


def _own_settings(runs: Sequence[RunConfig]) -> list[str]:
    """Return what single layers do differently: a part for each kind of layer, or one for all runs."""
    settings = [own_settings(run, lambda _field, choice: _choice(choice)) for run in runs]
    if len(runs) == 1:
        return settings[0]
    alike = "all layers alike"
    texts = _distinct("; ".join(own) or alike for own in settings)
    return [] if texts == alike else [texts]


def _short_sizes(sizes: Sequence[int]) -> str:
    text = _sizes(sizes)
    return text if len(text) <= _MAX_SIZES_LENGTH else _counted(len(sizes) - 1, "layer")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count > 1)}"


def _sizes(sizes: Sequence[int]) -> str:
    """Write layer sizes as 64-32-32-10, three or more equal hidden ones in a row as 784-100x5-10."""
    first, *hidden, last = sizes
    groups = [(units, len(list(group))) for units, group in groupby(hidden)]
    parts = [f"{units}x{n}" if n > 2 else "-".join([str(units)] * n) for units, n in groups]
    return "-".join([str(first), *parts, str(last)])


def _changed(optimizer: Choice) -> Choice:
    """Return an optimizer without the parameters that everybody leaves as they are."""
    usual = {parameter.name: parameter.default for parameter in OPTIMIZERS[optimizer.name].parameters}
    changed = {name: value for name, value in optimizer.parameters.items() if value != usual[name]}
    return Choice(optimizer.name, changed)


def _choice(choice: Choice) -> str:
    """Write a choice as he_normal (fan_in, gain 1.414): names speak for themselves, numbers do not."""
    parameters = [
        value if isinstance(value, str) else f"{name} {brief(value)}"
        for name, value in choice.parameters.items()
    ]
    return f"{choice.name} ({', '.join(parameters)})" if parameters else choice.name


def _live(experiment: Experiment, step: int, field: str) -> str:
    return _distinct(brief(experiment.value_at(step, field, run)) for run in range(len(experiment.runs)))


def _distinct(texts: Iterable[str]) -> str:
    return " / ".join(dict.fromkeys(texts))


def line(parts: Iterable[str]) -> str:
    """Join what there is to say; where the line is too long for a figure, it breaks between two parts."""
    return BETWEEN.join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts if part)
