"""Runs that are removed, brought back, put into another order, renamed and pinned while others stay."""

from dataclasses import replace

import pytest

from engine.config import Change, Experiment
from engine.fields import ConfigError
from engine.session import State
from tests.clock import Clock
from tests.same import frames_equal, uninterrupted
from tests.small import BAD, MOONS, ONE, OTHER, PAIR, TWO


@pytest.fixture
def session(session):
    session.start(PAIR)
    for _ in range(3):
        session.advance(7)
    return session


@pytest.fixture
def clock(session):
    return Clock(session)


def names(session):
    return [run.name for run in session.experiment.runs]


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
    uninterrupted(session.experiment, session.history)


def test_a_branch_and_a_removal_between_two_slices(session, clock):
    session.seek(7)
    session.change("learning_rate", 0.02, run=1)
    session.remove_run(0)
    session.step(5)
    clock.run_until_idle()
    uninterrupted(session.experiment, session.history)


def test_runs_can_be_put_into_another_order_and_renamed(session, clock):
    session.add_run(OTHER)
    clock.run_until_idle()
    session.arrange_runs([2, 0, 1])
    session.arrange_runs([1, 2, 0])
    session.rename_run(2, "third")
    assert names(session) == ["one", "two", "third"]
    session.step(2)
    clock.run_until_idle()
    uninterrupted(session.experiment, session.history)


def test_runs_are_removed_and_added_while_others_play(session, clock):
    session.steps_per_frame = 1
    session.play(until_epoch=15)
    clock.tick()
    session.add_run(OTHER)
    session.remove_run(0)
    session.add_run(replace(OTHER, seed=9))
    clock.run_until_idle()
    assert names(session) == ["two", "other", "other"]
    uninterrupted(session.experiment, session.history)


def wanted(session):
    return [run.name for run in session.runs]


def test_the_undo_of_a_removal_restores_the_order(session, clock):
    session.add_run(OTHER)
    clock.run_until_idle()
    before = list(session.history)
    session.remove_run(1)
    session.add_run(TWO, at=1)
    assert wanted(session) == ["one", "two", "other"]
    assert [session.frame_index(run) for run in range(3)] == [0, None, 1]
    clock.run_until_idle()
    assert [session.frame_index(run) for run in range(3)] == [0, 1, 2]
    for old, new in zip(before, session.history, strict=True):
        frames_equal(old, new)


def test_many_new_runs_take_the_place_of_many_old_ones(session, clock):
    crowd = [replace(OTHER, hidden=(2,), n_seeds=16, name=f"run {seed}", seed=seed) for seed in range(32)]
    session.arrange_runs([1])
    for run in crowd[:31]:
        session.add_run(run)
    session.remove_run(0)
    session.add_run(crowd[31], at=0)
    clock.run_until_idle()
    assert names(session) == ["run 31", *(f"run {seed}" for seed in range(31))]
    uninterrupted(session.experiment, session.history)


def test_wrong_numbers_are_refused(session):
    session.add_run(OTHER)
    for command in (
        lambda: session.remove_run(3),
        lambda: session.rename_run(-1, "x"),
        lambda: session.arrange_runs([0, 0]),
        lambda: session.add_run(OTHER, at=4),
        lambda: session.change("l2", 0.1, run=3),
        lambda: session.frame_index(3),
        lambda: session.pin_run(2),
    ):
        with pytest.raises(ValueError, match=r"run|place") as caught:
            command()
        assert type(caught.value) is ValueError
    assert wanted(session) == ["one", "two", "other"]


def test_one_run_can_be_pinned_and_let_go(session, clock):
    session.pin_run(0)
    session.pin_run(1)
    seen = [frame.of_runs([1]) for frame in session.history]
    session.remove_past(0)
    session.start(Experiment((ONE,), MOONS, batch_size=10))
    clock.run_until_idle()
    (past,) = session.pasts
    assert (past.experiment.runs, past.first_run, past.step) == ((TWO,), 1, 21)
    for one, other in zip(past.history, seen, strict=True):
        frames_equal(one, other)


def test_when_only_diverged_runs_are_left_there_is_nothing_to_train(session, clock):
    session.add_run(BAD)
    clock.run_until_idle()
    session.arrange_runs([2])
    assert session.state is State.DIVERGED
    session.add_run(ONE)
    clock.run_until_idle()
    session.end()
    assert session.state is State.PAUSED
    uninterrupted(session.experiment, session.history)


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


def test_a_run_that_was_removed_comes_back_with_what_was_changed_of_it(session, clock):
    session.change("learning_rate", 0.5, 1)
    session.change("batch_size", 20)
    session.step(6)
    clock.run_until_idle()
    before, frames = session.experiment, list(session.history)
    left = session.wanted.of_runs([1])
    session.remove_run(1)
    session.step(3)
    clock.run_until_idle()
    session.add_run(left.runs[0], 1, left.changes)
    clock.run_until_idle()
    assert session.experiment == before
    for old in frames:
        frames_equal(old, session.history.at(old.step))
    session.step(4)
    clock.run_until_idle()
    uninterrupted(session.experiment, session.history)
