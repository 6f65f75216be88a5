"""Small experiments, and what a training gives that nobody interrupts."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from engine.config import Experiment, RunConfig
from engine.fields import Choice
from engine.frame import Frame
from engine.session import Session
from engine.trainer import Trainer

POINTS = Choice("xor", {"n_samples": 60})
"""Not of scikit-learn, which each process that trains would take more than a second to import."""

ONE, TWO = RunConfig((5, 4), name="one"), RunConfig((5, 4), seed=1, n_seeds=2, name="two")
PAIR = Experiment((ONE, TWO), POINTS, batch_size=10)
OTHER = RunConfig((3,), Choice("tanh"), learning_rate=0.05, name="other")
"""Of another structure than the pair."""

BAD = RunConfig((5,), initializer=Choice("randn"), learning_rate=1e6, loss=Choice("mean_squared_error"))
"""Diverges in its first steps."""

_OF_RUNS = {field.name for field in fields(RunConfig)}


def small(**settings: Any) -> Experiment:
    """Return an experiment whose epochs end with a smaller mini-batch: 48 training samples in batches of 10.

    Args:
        settings: of its run, and of what runs share, other than these.
    """
    run: dict[str, Any] = {"hidden": (5, 4)}
    shared: dict[str, Any] = {"dataset": POINTS, "batch_size": 10}
    for name, value in settings.items():
        (run if name in _OF_RUNS else shared)[name] = value
    return Experiment((RunConfig(**run),), **shared)


def trained(experiment: Experiment, steps: int) -> Frame:
    """Return the frame at a step of a training that goes there at once."""
    trainer = Trainer(experiment)
    trainer.train(steps)
    return trainer.observe()


def names_of(session: Session) -> list[str]:
    """Return what the runs of the frames are called."""
    return [run.name for run in session.experiment.runs]
