"""Playing stops at the frame at which a rule begins to hold."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.config import Experiment, RunConfig
from engine.fields import Choice, ConfigError
from engine.history import History
from engine.session import Session, State
from engine.stop_rules import STOP_RULES
from tests.clock import Clock
from tests.frames import frame, of_seeds
from tests.small import POINTS

BAD = RunConfig((5,), initializer=Choice("randn"), learning_rate=1e6, loss=Choice("mean_squared_error"))
GOOD = RunConfig((5,), Choice("tanh"), learning_rate=0.5)


@pytest.fixture
def play():
    sessions = []

    def started(*rules, runs=(GOOD,), speed=1, until_epoch=60):
        session = Session()
        sessions.append(session)
        session.start(Experiment(runs, POINTS, batch_size=10))
        clock = Clock(session)
        clock.run_until_idle()
        session.stop.rules = rules
        session.steps_per_frame = speed
        session.play(until_epoch=until_epoch)
        clock.run_until_idle()
        return session

    yield started
    for session in sessions:
        session.close()
        assert session.closed(10)


@pytest.mark.parametrize("speed", [1, 7, None])
def test_at_a_step_is_exactly_at_that_step(play, speed):
    session = play(Choice("step", {"step": 25}), speed=speed)
    assert (session.step_index, session.state) == (25, State.PAUSED)
    assert session.stop.by == session.stop.rules[0]


def test_the_first_frame_below_a_loss_is_the_last(play):
    session = play(Choice("loss_below", {"value": 0.4}))
    losses = session.history.scalars(0, "train_loss")[1]
    assert losses[-1] < 0.4
    assert (losses[:-1] >= 0.4).all()


def test_the_first_frame_above_an_accuracy_is_the_last(play):
    session = play(Choice("accuracy_above", {"value": 0.85, "of": "validation"}))
    shares = session.history.scalars(0, "validation_accuracy")[1]
    assert shares[-1] > 0.85
    assert (shares[:-1] <= 0.85).all()


def test_without_progress_it_waits_so_many_epochs(play):
    session = play(Choice("no_progress", {"epochs": 4}), runs=(RunConfig((5,), initializer=Choice("zeros")),))
    assert session.state is State.PAUSED
    assert 4 <= session.history.last.epoch < 5


def test_a_loss_that_is_no_number_for_a_while_is_no_lack_of_progress():
    experiment = Experiment()
    history = History()
    for step in range(0, 450, 45):
        history.append(frame(experiment, step, loss=math.nan if step == 270 else 1 / (1 + step)))
    rule = STOP_RULES["no_progress"].holds
    assert not rule(history, epochs=5, gain=0.01, runs="any")
    assert rule(history, epochs=5, gain=0.99, runs="any")


def test_one_run_or_all_may_have_to_diverge(play):
    session = play(Choice("divergence", {"runs": "any"}), runs=(GOOD, BAD))
    assert session.history.last.runs[1].divergence.step == session.step_index
    session = play(Choice("divergence", {"runs": "all"}), runs=(GOOD, BAD), until_epoch=20)
    assert session.history.last.epoch == 20


def test_of_several_seeds_the_median_counts(play):
    seeds = replace(GOOD, n_seeds=5)
    session = play(Choice("loss_below", {"value": 0.4}), runs=(seeds,))
    medians = np.median(of_seeds(session.history, 0, "train_loss"), axis=1)
    assert medians[-1] < 0.4
    assert (medians[:-1] >= 0.4).all()
    session = play(Choice("accuracy_above", {"value": 0.85}), runs=(seeds,))
    shares = np.median(of_seeds(session.history, 0, "train_accuracy"), axis=1)
    assert shares[-1] > 0.85
    assert (shares[:-1] <= 0.85).all()


def test_any_seed_that_diverges_is_a_divergence(play):
    # With this learning rate some of the seeds diverge, and some do not.
    some = replace(BAD, learning_rate=2.0, n_seeds=20)
    session = play(Choice("divergence", {"runs": "any"}), runs=(some,))
    diverged = [seen.divergence is not None for seen in session.history.last.seeds(0)]
    assert any(diverged)
    assert not all(diverged)
    assert not any(seen.divergence for seen in session.history.at(session.step_index - 1).seeds(0))


def test_what_holds_already_does_not_keep_from_going_on(play):
    session = play(Choice("loss_below", {"value": 0.4}))
    at = session.step_index
    session.play(until_epoch=70)
    Clock(session).run_until_idle()
    assert session.step_index > at


def test_rules_are_checked(play):
    session = play(until_epoch=1)
    assert session.stop.by is None
    with pytest.raises(ConfigError) as caught:
        session.stop.rules = [Choice("loss_below", {"value": -1})]
    assert caught.value.field == "stop_when.value"


@pytest.mark.parametrize("name", STOP_RULES)
def test_every_rule_explains_itself_and_can_be_asked(play, name):
    rule = STOP_RULES[name]
    assert rule.label
    assert rule.explanation.endswith(".")
    session = play(Choice(name), until_epoch=1)
    assert session.stop.rules[0].parameters.keys() == {each.name for each in rule.parameters}
