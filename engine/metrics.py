"""What training has shown, as one table: a row per frame and run, and per weight seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.config import Experiment
from engine.frame import Frame, RunFrame
from engine.table import Cell, Table

RUN_COLUMNS = {
    "train_loss": "train_loss",
    "val_loss": "validation_loss",
    "train_accuracy": "train_accuracy",
    "val_accuracy": "validation_accuracy",
}
"""Column -> field of a RunFrame."""

LAYER_COLUMNS = (
    "z_mean",
    "z_std",
    "activation_mean",
    "activation_std",
    "saturated",
    "dead",
    "weight_rms",
    "gradient_rms",
    "delta_rms",
    "update_ratio",
)
"""Statistics with a column per layer; its name begins with layer1_, layer2_ and so on to the output."""


def metrics_table(experiment: Experiment, frames: Iterable[Frame]) -> Table:
    """Return the table of all frames (a History is one possible source), in their order.

    Runs and layers count from 1, as in the plots. A run with fewer layers than another has empty cells in the
    columns of the others, and what is not defined (accuracy on an empty validation set) is empty too. There
    is a column for the weight seed where a run has several.
    """
    rows = [row for frame in frames for row in _rows(experiment, frame)]
    return Table(_columns(experiment), rows)


def _columns(experiment: Experiment) -> tuple[str, ...]:
    """Return the names of the columns."""
    layers = range(1, _depth(experiment) + 1)
    return (
        "run",
        *(("seed",) if _has_seeds(experiment) else ()),
        "step",
        "epoch",
        *RUN_COLUMNS,
        *(f"layer{layer}_{name}" for layer in layers for name in LAYER_COLUMNS),
    )


def _rows(experiment: Experiment, frame: Frame) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of one frame, one per run and seed."""
    width = _depth(experiment) * len(LAYER_COLUMNS)
    has_seeds = _has_seeds(experiment)
    for run, config in enumerate(experiment.runs):
        for seed, seen in zip(config.seeds, frame.seeds(run), strict=True):
            layers = _layer_cells(seen)
            padding = [None] * (width - len(layers))
            values = [getattr(seen, name) for name in RUN_COLUMNS.values()]
            whose = (run + 1, seed) if has_seeds else (run + 1,)
            yield (*whose, frame.step, frame.epoch, *values, *layers, *padding)


def _has_seeds(experiment: Experiment) -> bool:
    return any(run.n_seeds > 1 for run in experiment.runs)


def _layer_cells(seen: RunFrame) -> list[float]:
    return [value for layer in seen.layers[list(LAYER_COLUMNS)].tolist() for value in layer]


def _depth(experiment: Experiment) -> int:
    return max(len(config.hidden) for config in experiment.runs) + 1
