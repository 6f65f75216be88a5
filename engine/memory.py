"""What an experiment takes in memory, estimated before anything is allocated."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from engine import checkpoints, history, pasts
from engine.changes import OPTIMIZER
from engine.config import Experiment
from engine.datasets import DATASETS
from engine.fields import ConfigError
from engine.history import row_bytes
from engine.joining import MOST_LOOKS
from engine.observer import observation_values
from engine.optimizers import OPTIMIZERS

_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")

_SHARE = 0.8
"""How much of the machine's memory an experiment may take: the rest is for the system and for drawing."""


def training_bytes(experiment: Experiment) -> int:
    """Estimate the bytes that training takes: parameters, gradients, optimizer state, passes, data."""
    itemsize = 8 if experiment.dtype == "float64" else 4
    steps = [-1, *(change.step for change in experiment.changes if change.field == "batch_size")]
    batch = max(experiment.value_at(step, "batch_size") or experiment.n_train for step in steps)
    # The last mini-batch of an epoch, if it is smaller, has arrays of its own.
    samples = batch + experiment.n_train % batch
    values, drawing = 0.0, 0
    for run in (row.run for row in experiment.rows):
        sizes, n_states = experiment.sizes(run), _most_states(experiment, run)
        # Parameters, gradient, scratch buffer; parameters and states once more to go back to after
        # divergence.
        values += experiment.n_parameters(run) * (4 + 2 * n_states)
        # Some activations work in arrays of their own, at most three as large as a layer's.
        values += 3 * samples * sum(sizes[1:]) + samples * max(sizes) + 3 * batch * max(sizes[1:])
        # Weights are drawn in float64, a layer at a time; an orthogonal matrix needs a few of its size.
        drawing = max(drawing, 8 * 4 * max(fan_in * fan_out for fan_in, fan_out in pairwise(sizes)))
        values += observation_values(sizes, experiment.n_train) + n_states * experiment.n_parameters(run)
    # Loading the data takes a few times its size in float64 (measured: 3.8 for generated blobs); it is kept
    # as loaded, and in the precision of the training for training, for looking, and as what is looked at.
    shape = DATASETS[experiment.dataset.name].shape(**experiment.dataset.parameters)
    data = shape.n_samples * shape.n_features * (4 * 8 + 3 * itemsize)
    return int(values * itemsize + data + drawing)


def kept_bytes(experiment: Experiment) -> int:
    """Estimate the bytes that frames, pasts and checkpoints come to take in a long training.

    Where there are several runs, some of them may catch up with the others, with frames and checkpoints of
    their own until then.
    """
    several = len(experiment.runs) > 1
    frame = frame_bytes(experiment)
    itemsize = 8 if experiment.dtype == "float64" else 4
    checkpoint = itemsize * sum(
        experiment.n_parameters(row.run) * (1 + _most_states(experiment, row.run)) for row in experiment.rows
    )
    frames = min(history.MOST_FRAMES * frame, history.DEFAULT_LIMIT_BYTES)
    joining = min(MOST_LOOKS * frame, history.DEFAULT_LIMIT_BYTES) if several else 0
    of_pasts = pasts.MOST_PASTS * min(pasts.PAST_FRAMES * frame, pasts.PAST_BYTES)
    room = checkpoints.DEFAULT_LIMIT_BYTES // checkpoint * (2 if several else 1)
    return frames + joining + of_pasts + min(checkpoints.MOST, room) * checkpoint


def frame_bytes(experiment: Experiment) -> int:
    """Estimate the bytes of a frame."""
    return sum(row_bytes(len(experiment.runs[row.run].hidden) + 1) for row in experiment.rows)


def machine_bytes() -> int:
    """Return the size of the machine's memory, or of the part that this process may use of it."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = int(_CGROUP_LIMIT.read_text())
    except (OSError, ValueError):
        # No container, or one without a limit ("max").
        return physical
    return min(physical, limit)


def check_memory(experiment: Experiment) -> None:
    """Refuse an experiment that would not fit in the machine's memory.

    Raises:
        ConfigError: for `n_seeds` if it would with one weight seed per run, for `runs` if each of them would
            alone, and for `hidden` if one of them is too large.
    """
    if _fits(experiment):
        return
    of_one_seed = [replace(run, n_seeds=1) for run in experiment.runs]
    parameters = sum(experiment.n_parameters(row.run) for row in experiment.rows)
    needed = format_bytes(_bytes(experiment))
    there = format_bytes(machine_bytes())
    complaint = f"{parameters:,} parameters would take {needed} of memory, and this machine has {there};"
    count = len(experiment.rows)
    if _fits(experiment.with_runs(of_one_seed)):
        raise ConfigError(
            "n_seeds",
            f"{count} networks with {complaint} use fewer weight seeds than "
            f"{max(run.n_seeds for run in experiment.runs)}.",
        )
    alone = (experiment.with_runs(of_one_seed).of_runs([run]) for run in range(len(of_one_seed)))
    if all(map(_fits, alone)):
        raise ConfigError(
            "runs",
            f"{count} networks with {complaint} use fewer runs than {len(experiment.runs)}, or fewer or "
            "narrower layers.",
        )
    raise ConfigError("hidden", f"{complaint} use fewer or narrower layers.")


def _bytes(experiment: Experiment) -> int:
    return training_bytes(experiment) + kept_bytes(experiment)


def _fits(experiment: Experiment) -> bool:
    return _bytes(experiment) <= _SHARE * machine_bytes()


def _most_states(experiment: Experiment, run: int) -> int:
    """Return how many buffers the optimizers of a run have, those of the log included, at most at a time."""
    steps = [-1, *(change.step for change in experiment.changes if change.field == OPTIMIZER)]
    return max(OPTIMIZERS[experiment.value_at(step, OPTIMIZER, run).name].n_states for step in steps)


def format_bytes(count: int) -> str:
    """Write a number of bytes as people read it: 34 kB, 1.2 MB, 33 GB."""
    value, units = float(count), iter(("bytes", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while value >= 999.5:
        value, unit = value / 1000, next(units)
    return f"{value:.1f} {unit}" if value < 9.95 and unit != "bytes" else f"{value:.0f} {unit}"
