"""Going back: bounded memory, spread evenly, and the bits of the uninterrupted run from there on."""

from dataclasses import replace

import numpy as np
import pytest

from engine.checkpoints import MOST, Checkpoint, Checkpoints
from engine.config import Change, RunConfig
from engine.fields import Choice
from engine.optimizers import OPTIMIZERS
from engine.trainer import Trainer
from tests.same import frames_equal
from tests.small import small


def made_up(step, kilobytes=1):
    return Checkpoint(step, 0, 0, {0: (np.zeros(1000 * kilobytes, np.uint8),)}, {})


def filled(steps, limit=10**9):
    checkpoints = Checkpoints(limit)
    for step in steps:
        checkpoints.add(made_up(step))
    return checkpoints


def steps_of(checkpoints, until):
    return [step for step in range(until) if checkpoints.has(step)]


def test_the_nearest_before_a_step_is_found():
    checkpoints = filled([0, 10, 30])
    assert [checkpoints.before(step).step for step in (0, 9, 10, 29, 30, 99)] == [0, 0, 10, 10, 30, 30]
    assert filled([5]).before(4) is None


def test_checkpoints_may_come_in_any_order_and_one_per_step_stays():
    checkpoints = filled([10, 0, 30, 10, 20])
    assert steps_of(checkpoints, 40) == [0, 10, 20, 30]
    assert checkpoints.nbytes == 4000


def test_what_comes_after_a_step_is_dropped():
    checkpoints = filled([0, 10, 20, 30])
    checkpoints.drop_after(20)
    assert steps_of(checkpoints, 40) == [0, 10, 20]
    assert checkpoints.nbytes == 3000


@pytest.mark.parametrize("limit", [2_000, 10_000, 100_000])
def test_memory_is_bounded_and_what_stays_is_spread_evenly(limit):
    checkpoints = Checkpoints(limit)
    for step in range(3000):
        checkpoints.add(made_up(step))
        assert checkpoints.nbytes <= limit
    steps = steps_of(checkpoints, 3000)
    assert (steps[0], steps[-1], len(steps)) == (0, 2999, limit // 1000)
    assert max(np.diff(steps)) <= 3 * 3000 / len(steps) or len(steps) < 3


def test_many_small_ones_are_bounded_too():
    assert len(filled(range(2 * MOST))) == MOST


def test_where_one_fits_it_is_the_newest():
    checkpoints = filled(range(10), limit=1500)
    assert steps_of(checkpoints, 10) == [9]
    assert not checkpoints.has_room_for(1501)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_on_from_a_checkpoint_gives_the_bits_of_the_uninterrupted_run(optimizer):
    experiment = replace(
        small(optimizer=Choice(optimizer), learning_rate=0.01),
        changes=(Change(7, 0, "learning_rate", 0.002), Change(8, None, "batch_size", 16)),
    )
    trainer = Trainer(experiment)
    frames, checkpoints = {0: trainer.observe()}, {0: trainer.checkpoint()}
    for step in range(1, 16):
        trainer.train(1)
        frames[step], checkpoints[step] = trainer.observe(), trainer.checkpoint()
    for start in (7, 0, 8, 12, 3):
        trainer.go_back(checkpoints[start])
        frames_equal(trainer.observe(), frames[start])
        trainer.train(3)
        frames_equal(trainer.observe(), frames[start + 3])
    trainer.restart()
    frames_equal(trainer.observe(), frames[0])
    trainer.train(15)
    frames_equal(trainer.observe(), frames[15])


def test_going_back_before_a_divergence_brings_the_run_back():
    bad = {"initializer": Choice("randn"), "learning_rate": 1e4, "loss": Choice("mean_squared_error")}
    experiment = small().with_runs([RunConfig((5, 4), **bad), RunConfig((5, 4), learning_rate=0.01)])
    experiment = experiment.with_runs([*experiment.runs, replace(experiment.runs[0], learning_rate=0.01)])
    trainer = Trainer(experiment)
    first, start = trainer.observe(), trainer.checkpoint()
    trainer.train(30)
    last, end = trainer.observe(), trainer.checkpoint()
    assert last.runs[0].divergence is not None
    trainer.go_back(start)
    frames_equal(trainer.observe(), first)
    trainer.train(30)
    frames_equal(trainer.observe(), last)
    trainer.restart()
    trainer.go_back(end)
    frames_equal(trainer.observe(), last)


def test_a_checkpoint_says_what_it_takes():
    trainer = Trainer(small(optimizer=Choice("adam")))
    assert trainer.checkpoint().nbytes == trainer.checkpoint_bytes == 3 * 4 * (15 + 24 + 10)
