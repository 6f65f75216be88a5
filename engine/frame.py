"""What one look at the training sees: numbers only, immutable, complete for drawing every plot."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.histogram import Histograms

LAYER_STATISTICS = (
    "z_mean",
    "z_std",
    "activation_mean",
    "activation_std",
    "saturated",
    "dead",
    "weight_rms",
    "gradient_rms",
    "delta_rms",
    "activation_gradient_rms",
    "update_ratio",
)
"""Per layer: mean and std of pre-activations and activations over the probe batch; saturated: share of
(sample, unit) with |phi'(z)| < 0.05 max|phi'|; dead: share of units with |phi'(z)| < 1e-6 on every sample
(both nan where the mean of z is: of what is no number it cannot be said);
rms of the weights, of dL/dW, of dL/dz and dL/da per example (the last is nan at the output, where the loss
takes z); and rms(update)/rms(weights)."""

LAYER_DTYPE = np.dtype([(name, np.float64) for name in LAYER_STATISTICS])


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where numbers stopped being finite: the step, the layer (1 is the first), and what it was."""

    step: int
    layer: int
    quantity: str

    def __str__(self) -> str:
        return f"step {self.step:,}, layer {self.layer}: {self.quantity} not finite"


@dataclass(frozen=True, slots=True)
class RunFrame:
    """One run as seen at one step. After divergence, the layers are those of the last finite weights."""

    train_loss: float
    validation_loss: float
    train_accuracy: float
    validation_accuracy: float
    layers: np.ndarray
    """(n_layers,) of LAYER_DTYPE, the output layer last; read-only."""
    z: Histograms
    activation: Histograms
    divergence: Divergence | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """All runs as seen after `step` steps; frame 0 is the networks as initialized."""

    step: int
    epoch: float
    """Passes over the training set so far, 2.5 in the middle of the third."""
    runs: tuple[RunFrame, ...]
    """One per run; of a run with several weight seeds, the first seed's."""
    more_seeds: tuple[tuple[RunFrame, ...], ...] = ()
    """Per run those of its further seeds, or nothing where every run has one."""

    @classmethod
    def of_seeds(cls, step: int, epoch: float, seeds: Sequence[Sequence[RunFrame]]) -> Frame:
        """Return a frame of what was seen, per run and seed."""
        more = tuple(tuple(run[1:]) for run in seeds)
        return cls(step, epoch, tuple(run[0] for run in seeds), more if any(more) else ())

    def of_runs(self, runs: Sequence[int]) -> Frame:
        """Return the frame of some of the runs, in this order."""
        return Frame.of_seeds(self.step, self.epoch, [self.seeds(run) for run in runs])

    def with_added(self, other: Frame) -> Frame:
        """Return the frame with the runs of another of the same step after its own."""
        both = [frame.seeds(run) for frame in (self, other) for run in range(len(frame.runs))]
        return Frame.of_seeds(self.step, self.epoch, both)

    def seeds(self, run: int) -> tuple[RunFrame, ...]:
        """Return what was seen of a run, per weight seed."""
        return (self.runs[run], *(self.more_seeds[run] if self.more_seeds else ()))

    def median(self, run: int, name: str) -> float:
        """Return the median of a loss or an accuracy over the seeds that have not diverged.

        It is nan if all have.
        """
        values = [getattr(seen, name) for seen in self.seeds(run) if seen.divergence is None]
        return statistics.median(values) if values else float("nan")

    def run_diverged(self, run: int) -> bool:
        """Whether a run trains with none of its seeds any more."""
        return all(seen.divergence is not None for seen in self.seeds(run))

    @property
    def diverged(self) -> bool:
        """Whether no run is left that trains, with any of its seeds."""
        return all(self.run_diverged(run) for run in range(len(self.runs)))
