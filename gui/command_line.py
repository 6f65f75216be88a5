"""What the command line asks for: a window, or a job without one, and with which experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine import experiment_file
from engine.comparisons import keep_name_true, read_comparison
from engine.config import (
    EXPERIMENT_SETTINGS,
    RUN_REGISTRIES,
    RUN_SETTINGS,
    Experiment,
    RunConfig,
    step_at_epoch,
)
from engine.experiment_file import ExperimentFileError
from engine.fields import Choice, ConfigError, choose
from engine.layers import parse_layers
from engine.optimizers import OPTIMIZERS
from engine.sampling.sample_laws import parse_law
from engine.sampling.settings import BINS, COUNT, SEED
from gui.flags import (
    FIGURE_FORMATS,
    JOB_SETTINGS,
    MAX_FRAMES,
    REGISTRIES,
    SAMPLING_FLAGS,
    FlagParser,
    listed,
    owners,
)


@dataclass(frozen=True)
class Job:
    """What to do without a window."""

    experiment: Experiment
    steps: int
    every: int
    """Steps between two recorded frames."""
    folder: Path
    formats: tuple[str, ...]
    """Of the figures; empty for none."""


@dataclass(frozen=True)
class Opening:
    """What the window opens with."""

    experiment: Experiment | None
    """None where nothing is asked for."""
    path: Path | None
    """The file that is opened."""


@dataclass(frozen=True)
class SamplingJob:
    """Which random numbers to draw without a window."""

    laws: tuple[Choice, ...]
    """One, or two side by side."""
    n: int
    bins: int
    seed: int
    folder: Path
    formats: tuple[str, ...]
    """Of the figures; empty for none."""


_COMPARED = {"initializer", "activation", "optimizer", "learning_rate"}
"""What runs that are compared may differ in; but different learning rates are made from the one given."""

_NO_TRAINING = "belongs to a training, and --sample trains nothing; leave one of them out."


class _UsageError(Exception):
    """Flags that do not go together."""


def parse(arguments: Sequence[str]) -> Job | SamplingJob | Opening:
    """Read the command line.

    Raises:
        SystemExit: with 0 after --help and --version, with 2 after an error and one line on stderr.
    """
    parser = FlagParser()
    try:
        return _request(parser.read(arguments))
    except ConfigError as error:
        flag = parser.flags.get(error.field)
        parser.error(f"{flag}: {error.message}" if flag else error.message)
    except (ExperimentFileError, _UsageError) as error:
        parser.error(str(error))


def _request(given: Mapping[str, Any]) -> Job | SamplingJob | Opening:
    if "doctor" in given:
        raise _UsageError("--doctor goes alone; leave the others out.")
    if "sample" in given:
        return _sampling_job(given)
    for field in SAMPLING_FLAGS:
        if field in given:
            raise _UsageError(f"--{field} is only for random numbers; add --sample LAW, or leave it out.")
    path, config = given.get("file"), given.get("config")
    if path and config:
        raise _UsageError(f"{path} and --config {config} are two experiments; give one.")
    source: Path | None = path or config
    base = experiment_file.load(source) if source is not None else Experiment()
    experiment = _compared(_overridden(base, given), given)
    if "headless" in given:
        return _job(experiment, given)
    for field in ("out", "format", *JOB_SETTINGS):
        if field in given:
            raise _UsageError(
                f"--{field} is only for work without a window; add --headless, or leave it out."
            )
    untouched = source is None and experiment == base
    return Opening(None if untouched else experiment, path)


def _job(experiment: Experiment, given: Mapping[str, Any]) -> Job:
    if "out" not in given:
        raise _UsageError("--headless needs a folder to write to; add --out DIR.")
    if "steps" in given and "epochs" in given:
        raise _UsageError("--steps and --epochs are both given; give one.")
    asked = {
        field: int(number.check(given[field], field))
        for field, number in JOB_SETTINGS.items()
        if field in given
    }
    if "epochs" in asked:
        steps = step_at_epoch(experiment, asked["epochs"])
    else:
        steps = asked.get("steps", int(JOB_SETTINGS["steps"].default))
    every = asked.get("every", max(1, -(-steps // MAX_FRAMES)))
    return Job(experiment, steps, every, given["out"], _formats(given.get("format", "png")))


def _sampling_job(given: Mapping[str, Any]) -> SamplingJob:
    if given["file"] is not None:
        raise _UsageError(f"{given['file']} {_NO_TRAINING}")
    for field in given:
        if field not in {*SAMPLING_FLAGS, "seed", "out", "format", "headless", "file"}:
            raise ConfigError(field, f"it {_NO_TRAINING}")
    if "out" not in given:
        raise _UsageError("--sample needs a folder to write to; add --out DIR.")
    laws = tuple(parse_law(given[field], field) for field in ("sample", "vs") if field in given)
    numbers = {
        field: int(number.check(given.get(field, number.default), field))
        for field, number in (("n", COUNT), ("bins", BINS), ("seed", SEED))
    }
    return SamplingJob(laws, **numbers, folder=given["out"], formats=_formats(given.get("format", "png")))


def _formats(text: str) -> tuple[str, ...]:
    names = [name.strip().lower() for name in text.split(",")]
    if names == ["none"]:
        return ()
    if not set(names) <= set(FIGURE_FORMATS):
        raise _UsageError(
            f"--format is {text!r}; it must be one or more of {','.join(FIGURE_FORMATS)}, or none."
        )
    return tuple(dict.fromkeys(names))


def _overridden(base: Experiment, given: Mapping[str, Any]) -> Experiment:
    """Return the experiment with what is given in place of what it has, in all its runs."""
    shared = {field: given[field] for field in (*EXPERIMENT_SETTINGS, "batch_size") if field in given}
    of_fields = {field.partition(".")[0] for field in given}
    return replace(
        base,
        **shared,
        dataset=_choice("dataset", base.dataset, given),
        runs=tuple(_overridden_run(run, given) for run in base.runs),
        # What is given holds from the first step to the last.
        changes=tuple(change for change in base.changes if change.field not in of_fields),
    )


def _compared(experiment: Experiment, given: Mapping[str, Any]) -> Experiment:
    """Return the experiment with the runs to be compared, made from its first one, and with as many seeds."""
    runs = experiment.runs
    if "compare" in given:
        runs = read_comparison(given["compare"], runs[0])
        _check_compared(runs, experiment.runs[0], given)
        experiment = replace(experiment, runs=runs, changes=())
    if "n_seeds" in given:
        runs = tuple(replace(run, n_seeds=given["n_seeds"]) for run in runs)
    return experiment.with_runs(runs)


def _check_compared(runs: Sequence[RunConfig], source: RunConfig, given: Mapping[str, Any]) -> None:
    """Refuse what is given of the source, and would be lost in what is compared."""
    fields = _COMPARED - ({"learning_rate"} if given["compare"] == "learning_rates" else set())
    lost = {field for field in fields if any(getattr(run, field) != getattr(source, field) for run in runs)}
    for key in given:
        field, _, parameter = key.partition(".")
        if field not in lost:
            continue
        if not parameter:
            raise _UsageError(f"--{field.replace('_', '-')} is what --compare varies; give one of them.")
        there = "write it there, as in normal(std=0.02)" if field == "initializer" else "give one of them"
        raise ConfigError(key, f"it belongs to the {field}, which --compare varies; {there}.")


def _overridden_run(run: RunConfig, given: Mapping[str, Any]) -> RunConfig:
    values: dict[str, Any] = {field: _choice(field, getattr(run, field), given) for field in RUN_REGISTRIES}
    sized = run.with_hidden(parse_layers(given["hidden"])) if "hidden" in given else run
    if values["optimizer"].name != run.optimizer.name:
        values["learning_rate"] = OPTIMIZERS[values["optimizer"].name].default_learning_rate
    values |= {field: given[field] for field in RUN_SETTINGS if field in given}
    return keep_name_true(run, replace(sized, **values))


def _choice(field: str, present: Choice, given: Mapping[str, Any]) -> Choice:
    registry = REGISTRIES[field]
    name = given.get(field, present.name)
    parameters = {key.partition(".")[2]: value for key, value in given.items() if key.startswith(f"{field}.")}
    for parameter in parameters if name in registry else ():
        having = owners(registry, parameter)
        if name not in having:
            raise ConfigError(
                f"{field}.{parameter}", f"{name} has no such parameter; it is for {listed(having)}."
            )
    kept = present.parameters if name == present.name else {}
    return choose(registry, field, name, {**kept, **parameters})
