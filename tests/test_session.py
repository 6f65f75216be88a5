"""The session: what a person does with play, step, pause, change and close, on a clock of the test's own."""

import gc
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from engine.config import Change, Experiment, RunConfig, step_at_epoch
from engine.fields import Choice, ConfigError
from engine.pacing import FASTEST, SELDOM
from engine.runner import THREAD_NAME
from engine.session import Session, State
from engine.trainer import Trainer
from tests.clock import Clock
from tests.hands import Hands
from tests.same import frames_equal
from tests.small import small, trained


@pytest.fixture
def clock(session):
    session.start(small())
    clock = Clock(session)
    clock.run_until_idle()
    return clock


def test_frame_0_comes_first_and_then_nothing_until_asked(session, clock):
    assert session.state is State.PAUSED
    assert [frame.step for frame in session.history] == [0]
    assert clock.tick() is None
    frames_equal(session.history.last, trained(small(), 0))


def test_a_step_is_a_step(session, clock):
    for n in range(1, 8):
        session.step()
        clock.run_until_idle()
        frames_equal(session.history.last, trained(small(), n))


def test_steps_asked_for_while_stepping_add_up(session, clock):
    session.step()
    session.step()
    session.step(10)
    clock.run_until_idle()
    assert session.step_index == 12
    assert session.state is State.PAUSED


def test_a_step_asked_for_during_a_slice_counts_from_where_the_slice_ends(session, clock):
    session.steps_per_frame = 7
    session.play()
    clock.tick()
    session.pause()
    session.step()
    session.step(2)
    clock.run_until_idle()
    assert session.step_index % 7 == 3
    session.play()
    clock.tick()
    session.step_epoch()
    session.step_epoch()
    clock.run_until_idle()
    assert session.history.last.epoch == int(session.history.last.epoch) >= 2


def test_an_epoch_ends_where_the_samples_end(session, clock):
    session.step(2)
    clock.run_until_idle()
    session.step_epoch()
    clock.run_until_idle()
    assert (session.step_index, session.history.last.epoch) == (5, 1.0)
    session.step_epoch()
    clock.run_until_idle()
    assert (session.step_index, session.history.last.epoch) == (10, 2.0)


def test_play_until_an_epoch_stops_there(session, clock):
    session.steps_per_frame = 2
    session.play(until_epoch=4)
    clock.run_until_idle()
    assert session.history.last.epoch == 4.0
    assert session.state is State.PAUSED
    session.play(until_epoch=3)
    assert session.state is State.PAUSED


def test_play_until_an_epoch_obeys_a_logged_change_of_the_batch_size(session):
    logged = replace(small(), changes=(Change(7, None, "batch_size", 24), Change(8, None, "batch_size", 5)))
    session.start(logged)
    clock = Clock(session)
    clock.run_until_idle()
    session.play(until_epoch=3)
    clock.run_until_idle()
    assert session.history.last.epoch == 3.0
    assert session.step_index == step_at_epoch(logged, 3)


def test_play_trains_steps_per_frame(session, clock):
    session.steps_per_frame = 3
    session.play()
    for _ in range(5):
        clock.tick()
    session.pause()
    clock.run_until_idle()
    assert all(frame.step % 3 == 0 for frame in session.history)
    assert session.step_index >= 9


def test_a_frame_that_is_due_is_waited_for_while_playing(session, clock):
    session.play()
    session.steps_per_frame = 1
    session.grant(clock.now)
    for _ in range(10_000):
        session.await_frame()
        if session.tick(clock.now) is not None:
            break
    assert session.step_index == 1


@pytest.mark.usefixtures("clock")
def test_nobody_waits_for_a_frame_that_nobody_makes(session):
    began = time.perf_counter()
    for _ in range(1000):
        session.await_frame()
    # A thousand times the patience with a frame under way would be two seconds.
    assert time.perf_counter() - began < 1


def test_a_paused_session_asks_for_no_ticks(session, clock):
    session.play()
    clock.tick()
    session.pause()
    clock.run_until_idle()
    steps = session.step_index
    clock.tick()
    assert session.step_index == steps


def test_advance_loses_no_frame():
    session = Session()
    session.start(small())
    for n in range(1, 5):
        assert session.advance(3).step == 3 * n
    assert [frame.step for frame in session.history] == [0, 3, 6, 9, 12]
    session.close()
    assert session.closed(10)


def test_a_change_applies_to_the_next_step_and_is_logged(session, clock):
    session.step(4)
    clock.run_until_idle()
    session.change("learning_rate", 0.7)
    session.change("batch_size", 20)
    session.step(6)
    clock.run_until_idle()
    assert [(change.step, change.field) for change in session.experiment.changes] == [
        (4, "learning_rate"),
        (4, "batch_size"),
    ]
    frames_equal(session.history.last, trained(session.experiment, 10))


def test_a_change_while_the_thread_works_is_logged_for_the_step_at_which_it_applies(session, clock):
    session.steps_per_frame = 3
    session.play()
    clock.tick()
    session.change("learning_rate", 0.01)
    for _ in range(4):
        clock.tick()
    session.pause()
    clock.run_until_idle()
    assert len(session.experiment.changes) == 1
    frames_equal(session.history.last, trained(session.experiment, session.step_index))


def test_a_change_is_logged_when_the_session_has_settled(session, clock):
    session.steps_per_frame = 3
    session.play()
    clock.tick()
    session.change("learning_rate", 0.02)
    session.settle()
    (change,) = session.experiment.changes
    assert (change.step, change.value) == (session.step_index, 0.02)
    for _ in range(3):
        clock.tick()
    session.pause()
    clock.run_until_idle()
    frames_equal(session.history.last, trained(session.experiment, session.step_index))


def test_a_bad_change_is_refused_and_stops_nothing(session, clock):
    with pytest.raises(ConfigError, match="Batch size"):
        session.change("batch_size", 100_000)
    with pytest.raises(ValueError, match="hidden cannot change"):
        session.change("hidden", 3)
    session.step()
    clock.run_until_idle()
    assert session.step_index == 1


def test_a_new_experiment_ends_the_old_thread(session, clock):
    session.play()
    clock.tick()
    session.start(small(seed=9))
    clock.run_until_idle()
    frames_equal(session.history.last, trained(small(seed=9), 0))
    assert session.closed(10)
    assert sum(thread.name == THREAD_NAME for thread in threading.enumerate()) == 1


def test_nothing_is_kept_of_a_training_that_has_ended(session, clock):
    (thread,) = (thread for thread in threading.enumerate() if thread.name == THREAD_NAME)
    others = {id(trainer) for trainer in trainers() if trainer.experiment != session.experiment}
    session.start(small(seed=9))
    clock.run_until_idle()
    thread.join(10)
    (left,) = (trainer for trainer in trainers() if id(trainer) not in others)
    assert left.experiment == small(seed=9)


def trainers() -> list[Trainer]:
    """Return what is in memory with networks."""
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, Trainer)]


def test_divergence_ends_the_play(session):
    session.start(small(initializer=Choice("randn"), learning_rate=1e6, loss=Choice("mean_squared_error")))
    clock = Clock(session)
    clock.run_until_idle()
    session.play()
    clock.run_until_idle()
    assert session.state is State.DIVERGED
    assert session.history.last.runs[0].divergence.step == session.step_index
    session.step()
    assert session.state is State.DIVERGED
    assert session.advance(5).step == session.step_index


def broken(*_):
    raise ConfigError("dataset", "no such data")


def test_a_failure_in_the_thread_is_kept_for_the_window(session, monkeypatch):
    monkeypatch.setattr("engine.trainer.load", broken)
    session.start(small())
    Clock(session).run_until_idle()
    assert session.state is State.FAILED
    assert isinstance(session.failure, ConfigError)
    session.start(small())
    for _ in range(2):
        with pytest.raises(ConfigError):
            session.wait_ready()


def test_what_was_seen_before_a_failure_stays_whatever_is_asked_for(session, clock, monkeypatch):
    session.advance(3)
    session.advance(3)
    monkeypatch.setattr("engine.trainer.Trainer.train", broken)
    session.play()
    clock.run_until_idle()
    session.seek(3)
    for ask in (session.play, session.step, session.step_epoch, session.pause):
        ask()
        clock.tick()
        assert session.state is State.FAILED
        assert [frame.step for frame in session.history] == [0, 3, 6]
    for _ in range(2):
        with pytest.raises(ConfigError, match="no such data"):
            session.advance(1)
    assert session.state is State.FAILED


def test_closing_gives_up_a_long_building_between_layers(session):
    session.start(Experiment((RunConfig((1500,) * 40, initializer=Choice("orthogonal")),)))
    session.close()
    assert session.closed(20)


def test_elapsed_time_counts_playing_only(session, clock):
    session.play()
    for _ in range(10):
        clock.tick()
    session.pause()
    clock.run_until_idle()
    played = session.elapsed
    assert played == pytest.approx(10 * FASTEST, abs=2 * FASTEST)
    clock.now += 100
    clock.tick()
    assert session.elapsed == played


def test_elapsed_time_does_not_count_the_rest_after_a_goal_was_reached(session, clock):
    session.play(until_epoch=1)
    clock.run_until_idle()
    played = session.elapsed
    clock.now += 100
    session.step()
    clock.run_until_idle()
    assert session.elapsed == pytest.approx(played, abs=2 * FASTEST)


def test_steps_per_second_are_counted_on_the_clock(session, clock):
    session.steps_per_frame = 2
    session.play()
    for _ in range(60):
        clock.tick()
    assert session.steps_per_second == pytest.approx(2 / FASTEST, rel=0.01)


@pytest.mark.usefixtures("clock")
def test_a_session_comes_back_for_a_frame_as_seldom_as_it_is_told(session):
    for seconds in (SELDOM, FASTEST):
        session.frame_seconds = seconds
        session.play()
        session.grant(100.0)
        session.settle()
        session.grant(100.0)
        while session.tick(100.0) is None:
            session.await_frame()
        session.grant(100.0)
        assert 0.7 * seconds < session.seconds_until_tick(100.0) <= seconds


def test_only_what_is_painted_while_playing_says_when_the_next_frame_is_begun(session, clock):
    # At rest everything is painted, which takes three times as long.
    for _ in range(6):
        session.painted(0.024)
    session.play()
    clock.tick()
    at_first = session.seconds_until_tick(clock.now)
    for _ in range(6):
        session.painted(0.020)
        clock.tick()
    assert session.seconds_until_tick(clock.now) < at_first - 0.010


class Transport(Hands):
    """Whatever is played, stepped, paused and changed: each frame is that of an uninterrupted run."""

    @initialize()
    def open(self):
        self.session = Session()
        self.session.start(small())
        self.clock = Clock(self.session)
        self.clock.run_until_idle()

    @rule(value=st.sampled_from([0.01, 0.2, 1.0]))
    def change_rate(self, value):
        self.session.change("learning_rate", value)

    @precondition(lambda self: self.session.step_index > 20)
    @rule()
    def restart(self):
        self.session.start(self.session.experiment.settled(self.session.step_index))
        self.clock.run_until_idle()

    def teardown(self):
        self.session.pause()
        self.clock.run_until_idle()
        frames_equal(self.session.history.last, trained(self.session.experiment, self.session.step_index))
        self.session.close()
        assert self.session.closed(10)


TestTransport = Transport.TestCase
TestTransport.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
