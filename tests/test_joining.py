"""Runs that catch up with others that stand, play or go back, and what a command means for one on its way."""

import math
from dataclasses import replace

import pytest

from engine.config import Change, Experiment
from engine.joining import Joining
from engine.memory import frame_bytes
from engine.session import State
from engine.trainer import Trainer
from tests.clock import Clock
from tests.same import frames_equal, uninterrupted
from tests.small import BAD, MOONS, ONE, OTHER, PAIR


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
    uninterrupted(session.experiment, session.history)


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
    uninterrupted(session.experiment, session.history)


def test_going_back_behind_the_step_at_which_a_run_joined(session, clock):
    session.add_run(OTHER)
    clock.run_until_idle()
    for step in (20, 3, 11):
        session.seek(step)
        clock.run_until_idle()
        assert session.frame.step == step
    session.advance(4)
    uninterrupted(session.experiment, session.history)


def test_training_on_from_an_earlier_frame_while_a_run_joins(session, clock):
    session.add_run(OTHER)
    session.seek(7)
    session.change("l2", 0.1)
    session.play(until_epoch=3)
    clock.run_until_idle()
    assert len(session.experiment.runs) == 3
    assert session.step_index == 15
    uninterrupted(session.experiment, session.history)


def test_advancing_waits_for_a_run_that_joins(session):
    session.add_run(OTHER)
    assert len(session.advance(2).runs) == 3
    uninterrupted(session.experiment, session.history)


def test_an_added_run_may_diverge_on_its_way(session, clock):
    session.add_run(BAD)
    clock.run_until_idle()
    assert session.history.last.runs[2].divergence is not None
    session.step(3)
    clock.run_until_idle()
    uninterrupted(session.experiment, session.history)


def test_a_run_on_its_way_can_be_given_up(session, clock):
    session.add_run(OTHER)
    session.add_run(replace(OTHER, name="again"))
    session.remove_run(2)
    assert [run.name for run in session.joining] == ["again"]
    session.remove_run(2)
    assert not session.active
    clock.run_until_idle()
    assert names(session) == ["one", "two"]


@pytest.fixture
def one_by_one(monkeypatch):
    """Have runs that catch up take a slice for each step."""
    monkeypatch.setattr("engine.granting._JOINING_SECONDS", 0.0)


def wanted(session):
    return [run.name for run in session.runs]


def test_a_run_that_joins_is_not_looked_at_everywhere(session, clock, monkeypatch):
    monkeypatch.setattr("engine.course.MOST_LOOKS", 4)
    for _ in range(9):
        session.step(1)
        clock.run_until_idle()
    session.seek(14)
    session.add_run(OTHER)
    clock.run_until_idle()
    assert [frame.step for frame in session.history] == [0, 14, 22, 26, 30]
    assert session.frame.step == 14
    session.seek(7)
    clock.run_until_idle()
    assert session.frame.step == 7
    uninterrupted(session.experiment, session.history)


def test_a_run_that_joins_is_looked_at_no_more_often_than_there_is_memory_for(session, clock, monkeypatch):
    for _ in range(9):
        session.step(1)
        clock.run_until_idle()
    session.add_run(OTHER)
    limit = 4 * frame_bytes(session.wanted)
    monkeypatch.setattr("engine.course.DEFAULT_LIMIT_BYTES", limit)
    clock.run_until_idle()
    assert len(session.history.first.runs) == len(session.runs)
    assert len(session.history) <= 5


@pytest.mark.usefixtures("one_by_one")
def test_others_that_go_back_behind_a_run_on_its_way(session, clock):
    session.add_run(OTHER)
    while session._course.roster.reached < 12:
        clock.tick()
    # As if the others just had their turn: the next slice is for the run on its way.
    session._course.roster.use_allowance()
    session.seek(7)
    session.steps_per_frame = 1
    session.play(until_epoch=2)
    clock.run_until_idle()
    assert [frame.step for frame in session.history] == [0, 7, 8, 9, 10]
    uninterrupted(session.experiment, session.history)


@pytest.mark.usefixtures("one_by_one")
def test_a_branch_before_what_was_seen_of_a_run_that_went_back_for_a_look(session, clock):
    session.add_run(OTHER)
    while session._course.roster.reached < 16:
        clock.tick()
    session.seek(3)
    while session.state is State.SEEKING:
        clock.tick()
    clock.tick()
    assert session._course.roster.reached < 7
    session.seek(7)
    session.change("batch_size", 20)
    session.steps_per_frame = 7
    session.play(until_epoch=8)
    clock.run_until_idle()
    assert 14 in [frame.step for frame in session.history]
    uninterrupted(session.experiment, session.history)


@pytest.mark.parametrize(("limit", "count"), [(100, 0), (6000, 3)])
def test_what_a_run_that_joins_can_be_returned_to_is_bounded(monkeypatch, limit, count):
    monkeypatch.setattr("engine.joining.DEFAULT_LIMIT_BYTES", limit)
    others = Trainer(Experiment((ONE,), MOONS, batch_size=10))
    # 2-90-2 with biases are 452 numbers of 4 bytes.
    joining = Joining(Experiment((replace(OTHER, hidden=(90,)),), MOONS, batch_size=10), others)
    assert joining.catch_up(20, [20], range(21), math.inf, lambda: False)
    assert len(joining.checkpoints) == count
    assert joining.checkpoints.nbytes == count * 452 * 4


@pytest.mark.usefixtures("one_by_one")
def test_the_frame_that_a_person_came_to_while_a_run_arrived_stays_on_show(session, clock, monkeypatch):
    monkeypatch.setattr("engine.course.MOST_LOOKS", 1)
    session.add_run(OTHER)
    while session.joining:
        session.seek(14 if session.frame.step == 7 else 7)
        clock.tick()
    on_show = session._course.cursor
    clock.run_until_idle()
    assert session.frame.step == on_show
    uninterrupted(session.experiment, session.history)


@pytest.mark.usefixtures("one_by_one")
def test_commands_for_a_run_on_its_way_mean_that_run(session, clock):
    session.add_run(OTHER, at=0)
    session.add_run(replace(OTHER, name="last"))
    clock.tick()
    session.change("learning_rate", 0.3, run=0)
    session.change("learning_rate", 0.03, run=1)
    session.rename_run(0, "first")
    session.rename_run(3, "fourth")
    session.arrange_runs([3, 1, 0, 2])
    clock.tick()
    assert wanted(session) == ["fourth", "one", "first", "two"]
    clock.run_until_idle()
    assert names(session) == wanted(session)
    assert session.experiment.changes == (
        Change(21, 1, "learning_rate", 0.03),
        Change(21, 2, "learning_rate", 0.3),
    )
    session.advance(4)
    uninterrupted(session.experiment, session.history)


@pytest.mark.usefixtures("one_by_one")
def test_a_frame_that_is_recomputed_while_a_run_has_passed_its_step_is_seen_of_that_run_too(session, clock):
    session.add_run(OTHER)
    for _ in range(9):
        clock.tick()
    session.seek(3)
    clock.run_until_idle()
    assert 3 in [frame.step for frame in session.history]
    uninterrupted(session.experiment, session.history)


@pytest.mark.usefixtures("one_by_one")
def test_when_all_that_are_there_are_removed_one_stays_until_another_has_come(session, clock):
    session.add_run(OTHER)
    clock.tick()
    session.arrange_runs([2])
    clock.tick()
    assert (wanted(session), names(session)) == (["other"], ["one"])
    assert session.frame_index(0) is None
    clock.run_until_idle()
    assert names(session) == ["other"]
    uninterrupted(session.experiment, session.history)


def test_the_thread_forgets_a_run_that_is_removed_while_it_catches_up(session, clock):
    session.add_run(replace(OTHER, hidden=(300,) * 20))
    session.grant(clock.now)
    clock.tick()
    runner = session._training._runner
    assert runner._joining is not None
    session.remove_run(2)
    session.step()
    clock.run_until_idle()
    assert runner._joining is None
    uninterrupted(session.experiment, session.history)


def test_what_the_states_take_is_known_when_runs_have_joined(session, clock):
    before = session.checkpoint_bytes
    session.add_run(OTHER)
    clock.run_until_idle()
    joined = session.checkpoint_bytes
    assert joined not in (0, before)
    session.step_back()
    clock.run_until_idle()
    assert session.checkpoint_bytes >= joined


def test_one_can_step_back_from_a_divergence_while_a_run_catches_up(session, clock):
    session.add_run(BAD)
    clock.run_until_idle()
    session.arrange_runs([2])
    session.end()
    session.add_run(ONE)
    session.grant(clock.now)
    assert session.state is State.DIVERGED
    newest = session.step_index
    session.step_back(newest)
    clock.run_until_idle()
    assert session.frame.step == 0
    uninterrupted(session.experiment, session.history)
