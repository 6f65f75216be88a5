"""The networks that the benchmarks train: from so small that only the overhead counts to mostly products."""

from __future__ import annotations

from dataclasses import replace

from engine.config import Experiment, RunConfig
from engine.fields import Choice


def random_data(n_features: int, n_classes: int) -> Choice:
    """Return data of any size, Gaussian blobs, as many as there are handwritten digits."""
    return Choice("blobs", {"n_samples": 1797, "n_features": n_features, "n_classes": n_classes})


WORKLOADS: dict[str, Experiment] = {
    "2-4-2-1 tanh, batch 10": Experiment(
        (RunConfig((4, 2), Choice("tanh"), Choice("xavier_normal"), loss=Choice("sigmoid_cross_entropy")),),
        Choice("moons", {"n_samples": 1797}),
        batch_size=10,
    ),
    "784-30-10 sigmoid, batch 10": Experiment(
        (RunConfig((30,), Choice("sigmoid"), Choice("xavier_normal")),), random_data(784, 10), batch_size=10
    ),
    "64-32-32-10 ReLU, batch 32": Experiment(),
    "784-100x5-10 ReLU, batch 128": Experiment(
        (RunConfig((100,) * 5, learning_rate=0.01),), random_data(784, 10), batch_size=128
    ),
    "100x50-10 tanh, batch 100": Experiment(
        (RunConfig((100,) * 49, Choice("tanh"), Choice("xavier_normal"), learning_rate=0.01),),
        random_data(100, 10),
        batch_size=100,
    ),
    "784-512-512-10 ReLU, batch 256": Experiment(
        (RunConfig((512, 512), learning_rate=0.01),), random_data(784, 10), batch_size=256
    ),
}


def with_runs(experiment: Experiment, runs: int) -> Experiment:
    """Return so many runs that differ in the seed of their weights; the first one stays as it is."""
    return experiment.with_runs([replace(experiment.runs[0], seed=seed) for seed in range(runs)])
