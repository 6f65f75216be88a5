"""Runs that are added, removed and put into another order while others stand at some step."""

from dataclasses import replace

import pytest

from engine.config import Change, Experiment, RunConfig
from engine.fields import Choice, ConfigError
from engine.session import Session, State
from engine.trainer import Trainer
from tests.clock import Clock
from tests.same import frames_equal

MOONS = Choice("moons", {"n_samples": 60})
ONE, TWO = RunConfig((5, 4), name="one"), RunConfig((5, 4), seed=1, n_seeds=2, name="two")
OTHER = RunConfig((3,), Choice("tanh"), learning_rate=0.05, name="other")
BAD = RunConfig((5,), initializer=Choice("randn"), learning_rate=1e6, loss=Choice("mean_squared_error"))


def all_right(session):
    """Check every frame against a training that never was interrupted."""
    trainer = Trainer(session.experiment)
    for frame in session.history:
        trainer.train(frame.step - trainer.step_index)
        frames_equal(frame, trainer.observe())


@pytest.fixture
def session():
    session = Session()
    session.start(Experiment((ONE, TWO), MOONS, batch_size=10))
    for _ in range(3):
        session.advance(7)
    yield session
    session.close()
    assert session.closed(10)


@pytest.fixture
def clock(session):
    return Clock(session)


def names(session):
    return [run.name for run in session.experiment.runs]


def test_an_added_run_is_there_from_frame_0_and_the_others_are_untouched(session, clock):
    before = list(session.history)
    session.add_run(OTHER)
    assert session.joining == (OTHER,)
    arrived = [clock.tick() for _ in range(100) if session.active]
    assert arrived[-1] is session.history.last
    assert (session.joining, names(session)) == ((), ["one", "two", "other"])
    assert [frame.step for frame in session.history] == [0, 7, 14, 21]
    for old, new in zip(before, session.history, strict=True):
        frames_equal(old, new.of_runs([0, 1]))
    session.step(5)
    clock.run_until_idle()
    all_right(session)


def test_a_run_that_joins_while_the_others_play(session, clock):
    session.steps_per_frame = 2
    session.play(until_epoch=30)
    clock.tick()
    session.add_run(OTHER)
    session.change("batch_size", 16)
    while len(session.experiment.runs) < 3:
        clock.tick()
        assert session.state is State.PLAYING
    assert session.step_index < 145
    clock.run_until_idle()
    all_right(session)


def test_going_back_behind_the_step_at_which_a_run_joined(session, clock):
    session.add_run(OTHER)
    clock.run_until_idle()
    for step in (20, 3, 11):
        session.seek(step)
        clock.run_until_idle()
        assert session.frame.step == step
    session.advance(4)
    all_right(session)


def test_training_on_from_an_earlier_frame_while_a_run_joins(session, clock):
    session.add_run(OTHER)
    session.seek(7)
    session.change("l2", 0.1)
    session.play(until_epoch=3)
    clock.run_until_idle()
    assert len(session.experiment.runs) == 3
    assert session.step_index == 15
    all_right(session)


def test_advancing_waits_for_a_run_that_joins(session):
    session.add_run(OTHER)
    assert len(session.advance(2).runs) == 3
    all_right(session)


def test_an_added_run_may_diverge_on_its_way(session, clock):
    session.add_run(BAD)
    clock.run_until_idle()
    assert session.history.last.runs[2].divergence is not None
    session.step(3)
    clock.run_until_idle()
    all_right(session)


def test_a_removed_run_leaves_the_others_as_they_are(session, clock):
    session.change("learning_rate", 0.02, run=1)
    session.change("learning_rate", 0.03, run=0)
    session.advance(3)
    before = list(session.history)
    session.remove_run(0)
    assert session.experiment.changes == (Change(21, 0, "learning_rate", 0.02),)
    for old, new in zip(before, session.history, strict=True):
        frames_equal(old.of_runs([1]), new)
    session.step(5)
    clock.run_until_idle()
    session.seek(10)
    clock.run_until_idle()
    all_right(session)


def test_a_branch_and_a_removal_between_two_slices(session, clock):
    session.seek(7)
    session.change("learning_rate", 0.02, run=1)
    session.remove_run(0)
    session.step(5)
    clock.run_until_idle()
    all_right(session)


def test_runs_can_be_put_into_another_order_and_renamed(session, clock):
    session.add_run(OTHER)
    clock.run_until_idle()
    session.arrange_runs([2, 0, 1])
    session.arrange_runs([1, 2, 0])
    session.rename_run(2, "third")
    assert names(session) == ["one", "two", "third"]
    session.step(2)
    clock.run_until_idle()
    all_right(session)


def test_runs_are_removed_and_added_while_others_play(session, clock):
    session.steps_per_frame = 1
    session.play(until_epoch=15)
    clock.tick()
    session.add_run(OTHER)
    session.remove_run(0)
    session.add_run(replace(OTHER, seed=9))
    clock.run_until_idle()
    assert names(session) == ["two", "other", "other"]
    all_right(session)


def test_a_run_on_its_way_can_be_given_up(session, clock):
    session.add_run(OTHER)
    session.add_run(replace(OTHER, name="again"))
    session.remove_run(2)
    assert [run.name for run in session.joining] == ["again"]
    session.remove_run(2)
    assert not session.active
    clock.run_until_idle()
    assert names(session) == ["one", "two"]


def test_when_only_diverged_runs_are_left_there_is_nothing_to_train(session, clock):
    session.add_run(BAD)
    clock.run_until_idle()
    session.arrange_runs([2])
    assert session.state is State.DIVERGED
    session.add_run(ONE)
    clock.run_until_idle()
    session.end()
    assert session.state is State.PAUSED
    all_right(session)


def test_there_is_always_a_run_and_never_too_many(session):
    with pytest.raises(ConfigError) as caught:
        session.arrange_runs([])
    assert caught.value.field == "runs"
    with pytest.raises(ConfigError):
        session.add_run(replace(ONE, n_seeds=64, seed=0, name="x" * 61))
    for _ in range(30):
        session.add_run(ONE)
    with pytest.raises(ConfigError) as caught:
        session.add_run(ONE)
    assert caught.value.field == "runs"
