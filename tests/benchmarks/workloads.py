"""The networks that the benchmarks train."""

from __future__ import annotations

from engine.config import Experiment, RunConfig
from engine.fields import Choice


def random_data(n_features: int, n_classes: int) -> Choice:
    """Return data of any size: Gaussian blobs."""
    return Choice("blobs", {"n_samples": 1797, "n_features": n_features, "n_classes": n_classes})


WORKLOADS: dict[str, Experiment] = {
    "2-4-2-1 tanh, batch 10": Experiment(
        (RunConfig((4, 2), Choice("tanh"), Choice("xavier_normal"), loss=Choice("sigmoid_cross_entropy")),),
        Choice("moons", {"n_samples": 1797}),
        batch_size=10,
    ),
    "64-32-32-10 ReLU, batch 32": Experiment(),
    "784-100x5-10 ReLU, batch 128": Experiment(
        (RunConfig((100,) * 5, learning_rate=0.01),), random_data(784, 10), batch_size=128
    ),
}
