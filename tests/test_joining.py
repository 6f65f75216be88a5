"""Runs that catch up with others that stand, play or go back, and what a command means for one on its way."""

import math
from dataclasses import replace

import pytest

from engine.config import Change, Experiment
from engine.joining import Joining
from engine.memory import frame_bytes
from engine.pacing import SELDOM
from engine.session import State
from engine.trainer import Trainer
from tests.same import frames_equal, uninterrupted
from tests.small import BAD, ONE, OTHER, POINTS, names_of


def test_an_added_run_is_there_from_frame_0_and_the_others_are_untouched(pair, pair_clock):
    before = list(pair.history)
    pair.add_run(OTHER)
    assert pair.joining == (OTHER,)
    arrived = [pair_clock.tick() for _ in range(100) if pair.active]
    assert arrived[-1] is pair.history.last
    assert (pair.joining, names_of(pair)) == ((), ["one", "two", "other"])
    assert [frame.step for frame in pair.history] == [0, 7, 14, 21]
    for old, new in zip(before, pair.history, strict=True):
        frames_equal(old, new.of_runs([0, 1]))
    pair.step(5)
    pair_clock.run_until_idle()
    uninterrupted(pair.experiment, pair.history)


def test_a_run_that_joins_while_the_others_play(pair, pair_clock):
    pair.steps_per_frame = 2
    pair.play(until_epoch=30)
    pair_clock.tick()
    pair.add_run(OTHER)
    pair.change("batch_size", 16)
    while len(pair.experiment.runs) < 3:
        pair_clock.tick()
        assert pair.state is State.PLAYING
    assert pair.step_index < 145
    pair_clock.run_until_idle()
    uninterrupted(pair.experiment, pair.history)


def test_a_slice_for_a_run_that_joins_is_looked_after_when_it_ends_however_seldom_frames_come(
    pair, pair_clock
):
    pair.frame_seconds = SELDOM
    pair.play()
    pair_clock.tick()
    pair.add_run(OTHER)
    waits = []
    while pair.joining:
        pair_clock.tick()
        if pair._training.granted.join is not None:
            waits.append(pair.seconds_until_tick(pair_clock.now))
    assert waits
    assert max(waits) < SELDOM / 2


def test_going_back_behind_the_step_at_which_a_run_joined(pair, pair_clock):
    pair.add_run(OTHER)
    pair_clock.run_until_idle()
    for step in (20, 3, 11):
        pair.seek(step)
        pair_clock.run_until_idle()
        assert pair.frame.step == step
    pair.advance(4)
    uninterrupted(pair.experiment, pair.history)


def test_training_on_from_an_earlier_frame_while_a_run_joins(pair, pair_clock):
    pair.add_run(OTHER)
    pair.seek(7)
    pair.change("l2", 0.1)
    pair.play(until_epoch=3)
    pair_clock.run_until_idle()
    assert len(pair.experiment.runs) == 3
    assert pair.step_index == 15
    uninterrupted(pair.experiment, pair.history)


def test_advancing_waits_for_a_run_that_joins(pair):
    pair.add_run(OTHER)
    assert len(pair.advance(2).runs) == 3
    uninterrupted(pair.experiment, pair.history)


def test_an_added_run_may_diverge_on_its_way(pair, pair_clock):
    pair.add_run(BAD)
    pair_clock.run_until_idle()
    assert pair.history.last.runs[2].divergence is not None
    pair.step(3)
    pair_clock.run_until_idle()
    uninterrupted(pair.experiment, pair.history)


def test_a_run_on_its_way_can_be_given_up(pair, pair_clock):
    pair.add_run(OTHER)
    pair.add_run(replace(OTHER, name="again"))
    pair.remove_run(2)
    assert [run.name for run in pair.joining] == ["again"]
    pair.remove_run(2)
    assert not pair.active
    pair_clock.run_until_idle()
    assert names_of(pair) == ["one", "two"]


@pytest.fixture
def one_by_one(monkeypatch):
    """Have runs that catch up take a slice for each step."""
    monkeypatch.setattr("engine.granting._JOINING_SECONDS", 0.0)


def wanted(pair):
    return [run.name for run in pair.runs]


def test_a_run_that_joins_is_not_looked_at_everywhere(pair, pair_clock, monkeypatch):
    monkeypatch.setattr("engine.course.MOST_LOOKS", 4)
    for _ in range(9):
        pair.step(1)
        pair_clock.run_until_idle()
    pair.seek(14)
    pair.add_run(OTHER)
    pair_clock.run_until_idle()
    assert [frame.step for frame in pair.history] == [0, 14, 22, 26, 30]
    assert pair.frame.step == 14
    pair.seek(7)
    pair_clock.run_until_idle()
    assert pair.frame.step == 7
    uninterrupted(pair.experiment, pair.history)


def test_a_run_that_joins_is_looked_at_no_more_often_than_there_is_memory_for(pair, pair_clock, monkeypatch):
    for _ in range(9):
        pair.step(1)
        pair_clock.run_until_idle()
    pair.add_run(OTHER)
    limit = 4 * frame_bytes(pair.wanted)
    monkeypatch.setattr("engine.course.DEFAULT_LIMIT_BYTES", limit)
    pair_clock.run_until_idle()
    assert len(pair.history.first.runs) == len(pair.runs)
    assert len(pair.history) <= 5


@pytest.mark.usefixtures("one_by_one")
def test_others_that_go_back_behind_a_run_on_its_way(pair, pair_clock):
    pair.add_run(OTHER)
    while pair._course.roster.reached < 12:
        pair_clock.tick()
    # As if the others just had their turn: the next slice is for the run on its way.
    pair._course.roster.use_allowance()
    pair.seek(7)
    pair.steps_per_frame = 1
    pair.play(until_epoch=2)
    pair_clock.run_until_idle()
    assert [frame.step for frame in pair.history] == [0, 7, 8, 9, 10]
    uninterrupted(pair.experiment, pair.history)


@pytest.mark.usefixtures("one_by_one")
def test_a_branch_before_what_was_seen_of_a_run_that_went_back_for_a_look(pair, pair_clock):
    pair.add_run(OTHER)
    while pair._course.roster.reached < 16:
        pair_clock.tick()
    pair.seek(3)
    while pair.state is State.SEEKING:
        pair_clock.tick()
    pair_clock.tick()
    assert pair._course.roster.reached < 7
    pair.seek(7)
    pair.change("batch_size", 20)
    pair.steps_per_frame = 7
    pair.play(until_epoch=8)
    pair_clock.run_until_idle()
    assert 14 in [frame.step for frame in pair.history]
    uninterrupted(pair.experiment, pair.history)


@pytest.mark.parametrize(("limit", "count"), [(100, 0), (6000, 3)])
def test_what_a_run_that_joins_can_be_returned_to_is_bounded(monkeypatch, limit, count):
    monkeypatch.setattr("engine.joining.DEFAULT_LIMIT_BYTES", limit)
    others = Trainer(Experiment((ONE,), POINTS, batch_size=10))
    # 2-90-2 with biases are 452 numbers of 4 bytes.
    joining = Joining(Experiment((replace(OTHER, hidden=(90,)),), POINTS, batch_size=10), others)
    assert joining.catch_up(20, [20], range(21), math.inf, lambda: False)
    assert len(joining.checkpoints) == count
    assert joining.checkpoints.nbytes == count * 452 * 4


@pytest.mark.usefixtures("one_by_one")
def test_the_frame_that_a_person_came_to_while_a_run_arrived_stays_on_show(pair, pair_clock, monkeypatch):
    monkeypatch.setattr("engine.course.MOST_LOOKS", 1)
    pair.add_run(OTHER)
    while pair.joining:
        pair.seek(14 if pair.frame.step == 7 else 7)
        pair_clock.tick()
    on_show = pair._course.cursor
    pair_clock.run_until_idle()
    assert pair.frame.step == on_show
    uninterrupted(pair.experiment, pair.history)


@pytest.mark.usefixtures("one_by_one")
def test_commands_for_a_run_on_its_way_mean_that_run(pair, pair_clock):
    pair.add_run(OTHER, at=0)
    pair.add_run(replace(OTHER, name="last"))
    pair_clock.tick()
    pair.change("learning_rate", 0.3, run=0)
    pair.change("learning_rate", 0.03, run=1)
    pair.rename_run(0, "first")
    pair.rename_run(3, "fourth")
    pair.arrange_runs([3, 1, 0, 2])
    pair_clock.tick()
    assert wanted(pair) == ["fourth", "one", "first", "two"]
    pair_clock.run_until_idle()
    assert names_of(pair) == wanted(pair)
    assert pair.experiment.changes == (
        Change(21, 1, "learning_rate", 0.03),
        Change(21, 2, "learning_rate", 0.3),
    )
    pair.advance(4)
    uninterrupted(pair.experiment, pair.history)


@pytest.mark.usefixtures("one_by_one")
def test_a_frame_that_is_recomputed_while_a_run_has_passed_its_step_is_seen_of_that_run_too(pair, pair_clock):
    pair.add_run(OTHER)
    for _ in range(9):
        pair_clock.tick()
    pair.seek(3)
    pair_clock.run_until_idle()
    assert 3 in [frame.step for frame in pair.history]
    uninterrupted(pair.experiment, pair.history)


@pytest.mark.usefixtures("one_by_one")
def test_when_all_that_are_there_are_removed_one_stays_until_another_has_come(pair, pair_clock):
    pair.add_run(OTHER)
    pair_clock.tick()
    pair.arrange_runs([2])
    pair_clock.tick()
    assert (wanted(pair), names_of(pair)) == (["other"], ["one"])
    assert pair.frame_index(0) is None
    pair_clock.run_until_idle()
    assert names_of(pair) == ["other"]
    uninterrupted(pair.experiment, pair.history)


def test_the_thread_forgets_a_run_that_is_removed_while_it_catches_up(pair, pair_clock):
    pair.add_run(replace(OTHER, hidden=(300,) * 20))
    pair.grant(pair_clock.now)
    pair_clock.tick()
    runner = pair._training._running
    assert runner._joining is not None
    pair.remove_run(2)
    pair.step()
    pair_clock.run_until_idle()
    assert runner._joining is None
    uninterrupted(pair.experiment, pair.history)


def test_what_the_states_take_is_known_when_runs_have_joined(pair, pair_clock):
    before = pair.checkpoint_bytes
    pair.add_run(OTHER)
    pair_clock.run_until_idle()
    joined = pair.checkpoint_bytes
    assert joined not in (0, before)
    pair.step_back()
    pair_clock.run_until_idle()
    assert pair.checkpoint_bytes >= joined


def test_one_can_step_back_from_a_divergence_while_a_run_catches_up(pair, pair_clock):
    pair.add_run(BAD)
    pair_clock.run_until_idle()
    pair.arrange_runs([2])
    pair.end()
    pair.add_run(ONE)
    pair.grant(pair_clock.now)
    assert pair.state is State.DIVERGED
    newest = pair.step_index
    pair.step_back(newest)
    pair_clock.run_until_idle()
    assert pair.frame.step == 0
    uninterrupted(pair.experiment, pair.history)
