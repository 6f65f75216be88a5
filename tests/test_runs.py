"""Runs that are removed, brought back, put into another order, renamed and pinned while others stay."""

from dataclasses import replace

import pytest

from engine.comparisons import COMPARISONS
from engine.config import Change, Experiment
from engine.fields import Choice, ConfigError
from engine.session import State
from tests.same import frames_equal, uninterrupted
from tests.small import BAD, ONE, OTHER, POINTS, TWO, names_of


def test_a_removed_run_leaves_the_others_as_they_are(pair, pair_clock):
    pair.change("learning_rate", 0.02, run=1)
    pair.change("learning_rate", 0.03, run=0)
    pair.advance(3)
    before = list(pair.history)
    pair.remove_run(0)
    assert pair.experiment.changes == (Change(21, 0, "learning_rate", 0.02),)
    for old, new in zip(before, pair.history, strict=True):
        frames_equal(old.of_runs([1]), new)
    pair.step(5)
    pair_clock.run_until_idle()
    pair.seek(10)
    pair_clock.run_until_idle()
    uninterrupted(pair.experiment, pair.history)


def test_a_branch_and_a_removal_between_two_slices(pair, pair_clock):
    pair.seek(7)
    pair.change("learning_rate", 0.02, run=1)
    pair.remove_run(0)
    pair.step(5)
    pair_clock.run_until_idle()
    uninterrupted(pair.experiment, pair.history)


def test_runs_can_be_put_into_another_order_and_renamed(pair, pair_clock):
    pair.add_run(OTHER)
    pair_clock.run_until_idle()
    pair.arrange_runs([2, 0, 1])
    pair.arrange_runs([1, 2, 0])
    pair.rename_run(2, "third")
    assert names_of(pair) == ["one", "two", "third"]
    pair.step(2)
    pair_clock.run_until_idle()
    uninterrupted(pair.experiment, pair.history)


def test_runs_are_removed_and_added_while_others_play(pair, pair_clock):
    pair.steps_per_frame = 1
    pair.play(until_epoch=15)
    pair_clock.tick()
    pair.add_run(OTHER)
    pair.remove_run(0)
    pair.add_run(replace(OTHER, seed=9))
    pair_clock.run_until_idle()
    assert names_of(pair) == ["two", "other", "other"]
    uninterrupted(pair.experiment, pair.history)


def wanted(pair):
    return [run.name for run in pair.runs]


def test_the_undo_of_a_removal_restores_the_order(pair, pair_clock):
    pair.add_run(OTHER)
    pair_clock.run_until_idle()
    before = list(pair.history)
    pair.remove_run(1)
    pair.add_run(TWO, at=1)
    assert wanted(pair) == ["one", "two", "other"]
    assert [pair.frame_index(run) for run in range(3)] == [0, None, 1]
    pair_clock.run_until_idle()
    assert [pair.frame_index(run) for run in range(3)] == [0, 1, 2]
    for old, new in zip(before, pair.history, strict=True):
        frames_equal(old, new)


def test_many_new_runs_take_the_place_of_many_old_ones(pair, pair_clock):
    crowd = [replace(OTHER, hidden=(2,), n_seeds=16, name=f"run {seed}", seed=seed) for seed in range(32)]
    pair.arrange_runs([1])
    for run in crowd[:31]:
        pair.add_run(run)
    pair.remove_run(0)
    pair.add_run(crowd[31], at=0)
    pair_clock.run_until_idle()
    assert names_of(pair) == ["run 31", *(f"run {seed}" for seed in range(31))]
    uninterrupted(pair.experiment, pair.history)


def test_wrong_numbers_are_refused(pair):
    pair.add_run(OTHER)
    for command in (
        lambda: pair.remove_run(3),
        lambda: pair.rename_run(-1, "x"),
        lambda: pair.arrange_runs([0, 0]),
        lambda: pair.add_run(OTHER, at=4),
        lambda: pair.change("l2", 0.1, run=3),
        lambda: pair.frame_index(3),
        lambda: pair.pin_run(2),
    ):
        with pytest.raises(ValueError, match=r"run|place") as caught:
            command()
        assert type(caught.value) is ValueError
    assert wanted(pair) == ["one", "two", "other"]


def test_one_run_can_be_pinned_and_let_go(pair, pair_clock):
    pair.pin_run(0)
    pair.pin_run(1)
    seen = [frame.of_runs([1]) for frame in pair.history]
    pair.remove_past(0)
    pair.start(Experiment((ONE,), POINTS, batch_size=10))
    pair_clock.run_until_idle()
    (past,) = pair.pasts
    assert (past.experiment.runs, past.first_run, past.step) == ((TWO,), 1, 21)
    for one, other in zip(past.history, seen, strict=True):
        frames_equal(one, other)


def test_when_only_diverged_runs_are_left_there_is_nothing_to_train(pair, pair_clock):
    pair.add_run(BAD)
    pair_clock.run_until_idle()
    pair.arrange_runs([2])
    assert pair.state is State.DIVERGED
    pair.add_run(ONE)
    pair_clock.run_until_idle()
    pair.end()
    assert pair.state is State.PAUSED
    uninterrupted(pair.experiment, pair.history)


def test_there_is_always_a_run_and_never_too_many(pair):
    with pytest.raises(ConfigError) as caught:
        pair.arrange_runs([])
    assert caught.value.field == "runs"
    with pytest.raises(ConfigError):
        pair.add_run(replace(ONE, n_seeds=64, seed=0, name="x" * 61))
    for _ in range(30):
        pair.add_run(ONE)
    with pytest.raises(ConfigError) as caught:
        pair.add_run(ONE)
    assert caught.value.field == "runs"


def test_a_run_that_was_removed_comes_back_with_what_was_changed_of_it(pair, pair_clock):
    pair.change("learning_rate", 0.5, 1)
    pair.change("batch_size", 20)
    pair.step(6)
    pair_clock.run_until_idle()
    before, frames = pair.experiment, list(pair.history)
    left = pair.wanted.of_runs([1])
    pair.remove_run(1)
    pair.step(3)
    pair_clock.run_until_idle()
    pair.add_run(left.runs[0], 1, left.changes)
    pair_clock.run_until_idle()
    assert pair.experiment == before
    for old in frames:
        frames_equal(old, pair.history.at(old.step))
    pair.step(4)
    pair_clock.run_until_idle()
    uninterrupted(pair.experiment, pair.history)


def test_a_compared_run_is_called_by_what_it_is_changed_to_and_otherwise_again_without_the_change(session):
    session.start(COMPARISONS["learning_rates"].apply(Experiment((replace(ONE, n_seeds=1),), POINTS)))
    session.advance(9)
    assert names_of(session) == ["rate 0.001", "rate 0.01", "rate 0.1", "rate 1"]
    session.change("learning_rate", 0.5, run=1)
    session.change("learning_rate", 0.1, run=2)
    assert names_of(session) == ["rate 0.001", "rate 0.5", "rate 0.1", "rate 1"]
    assert [run.name for run in session.runs] == names_of(session)
    session.advance(1)
    session.change("learning_rate", 0.01, run=1)
    assert names_of(session)[1] == "rate 0.01"
    session.change("learning_rate", 0.25, run=1)
    session.seek(9)
    session.change("learning_rate", 0.2, run=1)
    assert names_of(session)[1] == "rate 0.2"
    session.advance(3)
    session.seek(0)
    session.change("batch_size", 20)
    assert names_of(session)[1] == "rate 0.01", "the changes that came later are gone"


def test_a_run_that_catches_up_is_called_by_what_it_is_changed_to(pair, pair_clock):
    pair.add_run(replace(OTHER, name="rate 0.05"))
    pair.change("learning_rate", 0.02, run=2)
    pair.change("optimizer", Choice("adam"), run=1)
    pair_clock.run_until_idle()
    assert names_of(pair) == ["one", "two", "rate 0.02"]
