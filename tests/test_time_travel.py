"""Every frame can be returned to, and training on from it gives the bits of the uninterrupted run."""

from dataclasses import replace

import pytest

from engine.config import Change
from engine.fields import Choice
from engine.pasts import MOST_PASTS
from engine.session import Session, State
from tests.clock import Clock
from tests.same import frames_equal
from tests.small import small, trained


@pytest.fixture
def clock(session):
    """A session with frames 0, 10, 20, 30."""
    session.start(small())
    clock = Clock(session)
    clock.run_until_idle()
    for _ in range(3):
        session.step(10)
        clock.run_until_idle()
    return clock


def steps_of(session):
    return [frame.step for frame in session.history]


@pytest.mark.usefixtures("clock")
def test_a_frame_in_the_history_is_on_show_at_once(session):
    session.seek(10)
    assert (session.frame.step, session.following, session.active) == (10, False, False)
    session.home()
    assert session.frame.step == 0
    session.end()
    assert (session.frame.step, session.following) == (30, True)
    assert steps_of(session) == [0, 10, 20, 30]


def test_a_frame_that_was_not_observed_is_recomputed(session, clock):
    session.seek(17)
    assert session.state is State.SEEKING
    assert session.frame.step == 10
    clock.run_until_idle()
    assert (session.state, session.frame.step) == (State.PAUSED, 17)
    frames_equal(session.frame, trained(small(), 17))
    assert steps_of(session) == [0, 10, 17, 20, 30]


def test_stepping_back_visits_every_step(session, clock):
    for step in range(29, 14, -1):
        session.step_back()
        clock.run_until_idle()
        assert session.frame.step == step
        frames_equal(session.frame, trained(small(), step))


def test_stepping_back_many_times_at_once_adds_up(session, clock):
    for _ in range(3):
        session.step_back()
    session.step_back(4)
    clock.run_until_idle()
    assert session.frame.step == 23


def test_stepping_on_from_an_earlier_frame_walks_over_what_was_seen(session, clock):
    session.seek(10)
    session.step()
    session.step()
    clock.run_until_idle()
    assert session.frame.step == 12
    session.step(8)
    assert (session.frame.step, session.active) == (20, False)
    session.step(15)
    clock.run_until_idle()
    assert (session.frame.step, session.following) == (35, True)
    assert steps_of(session) == [0, 10, 11, 12, 20, 30, 35]
    frames_equal(session.frame, trained(small(), 35))


def test_stepping_an_epoch_on_from_an_earlier_frame(session, clock):
    session.seek(12)
    clock.run_until_idle()
    session.step_epoch()
    clock.run_until_idle()
    assert (session.frame.step, session.frame.epoch) == (15, 3.0)
    session.seek(29)
    clock.run_until_idle()
    session.step_epoch()
    session.step_epoch()
    clock.run_until_idle()
    assert (session.frame.step, session.following) == (35, True)


def test_playing_from_an_earlier_frame_gives_the_same_frames_again(session, clock):
    session.seek(10)
    session.steps_per_frame = 4
    session.play(until_epoch=6)
    assert steps_of(session) == [0, 10]
    clock.run_until_idle()
    assert session.step_index == 30
    for frame in session.history:
        frames_equal(frame, trained(small(), frame.step))
    assert session.pasts == []


def test_playing_while_a_frame_is_recomputed_goes_on_from_there(session, clock):
    session.seek(15)
    session.steps_per_frame = 4
    session.play(until_epoch=4)
    clock.run_until_idle()
    assert steps_of(session) == [0, 10, 15, 19, 20]
    frames_equal(session.frame, trained(small(), 20))


@pytest.mark.usefixtures("clock")
def test_advancing_goes_on_from_the_frame_on_show(session):
    session.seek(13)
    frames_equal(session.advance(4), trained(small(), 17))
    assert steps_of(session) == [0, 10, 13, 17]


def test_while_training_goes_on_the_view_rests_on_a_frame_that_was_seen(session, clock):
    session.steps_per_frame = 3
    session.play()
    clock.tick()
    session.seek(14)
    for _ in range(4):
        clock.tick()
    assert (session.frame.step, session.state) == (10, State.PLAYING)
    assert session.step_index > 35
    session.end()
    clock.tick()
    assert session.frame is session.history.last


def test_a_recomputation_can_be_given_up(session, clock):
    session.seek(17)
    session.pause()
    assert (session.frame.step, session.state) == (10, State.PAUSED)
    clock.run_until_idle()
    assert session.frame.step == 10


def test_a_long_recomputation_comes_in_slices_that_say_how_far_they_are(session, clock, monkeypatch):
    monkeypatch.setattr("engine.granting._SEEKING_SECONDS", 0.0)
    monkeypatch.setattr("engine.timeline.Checkpoints.before", lambda *_: None)
    session.seek(25)
    seen = []
    while session.active:
        clock.tick()
        seen.append(session.recomputed)
    assert seen == [None, *((step, 25) for step in range(1, 25)), None]
    frames_equal(session.frame, trained(small(), 25))


def test_without_room_for_a_checkpoint_going_back_begins_at_frame_0(session, monkeypatch):
    monkeypatch.setattr("engine.timeline.DEFAULT_LIMIT_BYTES", 100)
    session.start(small(optimizer=Choice("adam")))
    for _ in range(3):
        session.advance(10)
    session.seek(22)
    clock = Clock(session)
    clock.run_until_idle()
    assert session.checkpoint_bytes == 0
    frames_equal(session.frame, trained(session.experiment, 22))
    frames_equal(session.advance(5), trained(session.experiment, 27))


def test_a_logged_change_is_obeyed_on_the_way_back_and_on(session):
    logged = replace(
        small(), changes=(Change(12, 0, "learning_rate", 0.5), Change(23, None, "batch_size", 7))
    )
    session.start(logged)
    clock = Clock(session)
    session.advance(30)
    for step in (25, 12, 13, 11, 24):
        session.seek(step)
        clock.run_until_idle()
        frames_equal(session.frame, trained(logged, step))
    session.seek(11)
    frames_equal(session.advance(25), trained(logged, 36))


# Branching


def test_a_change_at_an_earlier_frame_keeps_the_past(session, clock):
    before = session.experiment
    session.seek(10)
    session.change("learning_rate", 0.9)
    (past,) = session.pasts
    assert (past.experiment, past.step, past.history.last.step) == (before, 10, 30)
    assert steps_of(session) == [0, 10]
    assert session.experiment.changes == (Change(10, 0, "learning_rate", 0.9),)
    session.step(20)
    clock.run_until_idle()
    frames_equal(session.frame, trained(session.experiment, 30))
    frames_equal(past.history.last, trained(before, 30))


@pytest.mark.usefixtures("clock")
def test_changes_at_one_frame_leave_one_past(session):
    session.seek(20)
    for value in (0.3, 0.4, 0.5):
        session.change("learning_rate", value)
    session.change("l2", 0.1)
    assert len(session.pasts) == 1
    frames_equal(session.advance(3), trained(session.experiment, 23))


def test_a_change_while_playing_holds_from_the_newest_frame_also_when_a_person_looks_back(session, clock):
    session.play()
    clock.tick()
    session.change("learning_rate", 0.01)
    session.home()
    session.pause()
    clock.run_until_idle()
    assert session.frame.step == 0
    assert session.step_index > 30
    assert session.experiment.changes == (Change(session.step_index, 0, "learning_rate", 0.01),)
    assert not session.pasts
    # And one that is asked for at the earlier frame holds from there.
    session.change("learning_rate", 0.02)
    clock.run_until_idle()
    assert session.experiment.changes == (Change(0, 0, "learning_rate", 0.02),)
    assert len(session.pasts) == 1


def test_a_change_while_a_frame_is_recomputed_holds_from_that_frame(session, clock):
    session.seek(15)
    session.change("batch_size", 16)
    clock.run_until_idle()
    assert session.experiment.changes == (Change(15, None, "batch_size", 16),)
    assert steps_of(session) == [0, 10, 15]
    frames_equal(session.advance(5), trained(session.experiment, 20))


@pytest.mark.parametrize(
    ("go_elsewhere", "step"), [(Session.pause, 10), (Session.home, 0), (Session.end, 30)]
)
def test_a_change_while_a_frame_is_sought_holds_from_where_one_stays(session, clock, go_elsewhere, step):
    session.seek(15)
    session.change("learning_rate", 0.02)
    go_elsewhere(session)
    clock.run_until_idle()
    assert session.frame.step == session.step_index == step
    assert session.experiment.changes == (Change(step, 0, "learning_rate", 0.02),)
    assert [past.step for past in session.pasts] == ([step] if step < 30 else [])


def test_what_is_so_already_at_the_frame_that_is_recomputed_is_no_change(session, clock):
    session.seek(14)
    clock.run_until_idle()
    session.change("learning_rate", 0.02)
    session.remove_past(0)
    session.step(16)
    clock.run_until_idle()
    before = session.experiment
    session.seek(17)
    assert session.state is State.SEEKING
    session.change("learning_rate", 0.02)
    assert session.wanted == before
    clock.run_until_idle()
    assert session.experiment == before
    assert not session.pasts
    assert (session.frame.step, session.step_index) == (17, 30)
    session.step(1)
    clock.run_until_idle()
    frames_equal(session.frame, trained(before, 18))


def test_a_change_taken_back_at_the_step_at_which_it_was_made_was_none(session, clock):
    session.change("optimizer", Choice("momentum"))
    session.step(1)
    clock.run_until_idle()
    session.seek(30)
    session.change("optimizer", Choice("sgd"))
    assert session.experiment == small()
    session.step(2)
    clock.run_until_idle()
    frames_equal(session.frame, trained(small(), 32))


@pytest.mark.usefixtures("clock")
def test_a_branch_of_a_branch(session):
    session.seek(20)
    session.change("learning_rate", 0.5)
    session.seek(10)
    session.change("learning_rate", 0.02)
    assert session.experiment.changes == (Change(10, 0, "learning_rate", 0.02),)
    assert [past.step for past in session.pasts] == [20, 10]
    frames_equal(session.advance(15), trained(session.experiment, 25))


def test_divergence_can_be_taken_back(session):
    session.start(small(initializer=Choice("randn"), learning_rate=1e6, loss=Choice("mean_squared_error")))
    clock = Clock(session)
    clock.run_until_idle()
    session.play()
    clock.run_until_idle()
    assert session.state is State.DIVERGED
    session.home()
    assert session.state is State.PAUSED
    session.end()
    assert session.state is State.DIVERGED
    session.home()
    session.change("learning_rate", 1e-4)
    session.step(20)
    clock.run_until_idle()
    assert session.state is State.PAUSED
    frames_equal(session.frame, trained(session.experiment, 20))
    assert session.pasts[0].history.last.diverged


@pytest.mark.usefixtures("clock")
def test_a_past_keeps_as_many_frames_as_it_may(session, monkeypatch):
    monkeypatch.setattr("engine.course.PAST_FRAMES", 3)
    for _ in range(8):
        session.advance(1)
    session.pin_run(0)
    (past,) = session.pasts
    assert len(session.history) > 8
    assert len(past.history) <= 4
    assert (past.history.first.step, past.history.last.step) == (0, session.step_index)


@pytest.mark.usefixtures("clock")
def test_pasts_are_bounded_and_outlive_the_experiment(session):
    for _ in range(MOST_PASTS + 2):
        session.pin_run(0)
    assert len(session.pasts) == MOST_PASTS
    session.start(small(seed=3))
    session.wait_ready()
    assert session.pasts[-1].history.last.step == 30
