"""Data sets as the tests ask for them: by name, parameters that are not given at their defaults."""

from __future__ import annotations

import numpy as np

from engine.datasets import DATASETS
from engine.fields import Choice, choose


def choice(name: str, **given: object) -> Choice:
    """Return the choice of a data set."""
    return choose(DATASETS, "dataset", name, given)


def points(name: str, seed: int = 0, **given: object) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples of a data set and their labels."""
    return DATASETS[name].generate(np.random.default_rng(seed), **choice(name, **given).parameters)
