"""Frames that must be the same, bit for bit."""

from dataclasses import replace

import numpy as np

from engine.trainer import Trainer


def frames_equal(one, other):
    assert (one.step, one.epoch) == (other.step, other.epoch)
    assert len(one.runs) == len(other.runs)
    for run in range(len(one.runs)):
        for a, b in zip(one.seeds(run), other.seeds(run), strict=True):
            runs_equal(a, b)


def runs_equal(a, b):
    scalars = ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
    np.testing.assert_array_equal(
        [getattr(a, name) for name in scalars], [getattr(b, name) for name in scalars]
    )
    # NumPy takes nan for equal to nan only outside records.
    np.testing.assert_array_equal(a.layers.view(np.float64), b.layers.view(np.float64))
    for name in ("z", "activation"):
        for part in ("exponent", "first", "shares"):
            np.testing.assert_array_equal(getattr(getattr(a, name), part), getattr(getattr(b, name), part))
    assert a.divergence == b.divergence


def uninterrupted(experiment, history):
    """Compare every frame of a history with those of a training that never was interrupted."""
    trainer = Trainer(experiment)
    for frame in history:
        trainer.train(frame.step - trainer.step_index)
        expected = trainer.observe()
        if trainer.diverged:
            # It goes no further, where in the company of others the steps went on.
            expected = replace(expected, step=frame.step, epoch=frame.epoch)
        frames_equal(frame, expected)
