"""What the window says of the frame on show."""

from dataclasses import replace

import pytest

from engine.fields import Choice
from engine.frame import Divergence, Frame
from gui.message_bar import Level
from gui.plots.numerals import loss_number
from gui.verdict import verdict
from tests.small import small

SMALL = small()


def said(session):
    return verdict(session, session.frame)


def test_frame_0_and_a_pause(session):
    session.start(SMALL)
    session.wait_ready()
    text, level = said(session)
    assert text.startswith("Frame 0: the network as initialized, before any step. Loss ")
    assert text.endswith("guessing evenly between 2 classes gives 0.693.")
    assert level is Level.INFO
    session.advance(20)
    assert said(session)[0].startswith("Paused: training loss ")


def test_an_earlier_frame_says_where_it_is_and_what_play_does(session):
    session.start(SMALL)
    for _ in range(3):
        session.advance(1000)
    session.seek(1000)
    assert said(session)[0].startswith(
        "Looking at step 1,000 of 3,000 (Play goes on from here): training loss "
    )
    session.home()
    assert said(session)[0].startswith(
        "Looking at step 0 of 3,000 (Play goes on from here): the network as initialized"
    )


def test_several_runs_are_counted_by_what_became_of_them(session):
    he = replace(SMALL.runs[0], hidden=(8,))
    runs = [
        replace(he, name="he"),
        replace(he, name="nothing", initializer=Choice("zeros")),
        replace(he, name="wild", learning_rate=1e5, loss=Choice("mean_squared_error")),
    ]
    session.start(SMALL.with_runs(runs))
    session.wait_ready()
    text, _ = said(session)
    assert text.startswith("he – Frame 0: the network as initialized, before any step. Loss ")
    assert " 3 runs: loss " in text
    for _ in range(20):
        session.advance(100)
    text, level = said(session)
    assert text.startswith("he – Paused: training loss ")
    assert " 3 runs: 1 learnt, 1 stalled, 1 diverged; best: he, loss " in text
    assert level is Level.INFO
    text, level = verdict(session, session.frame, 2)
    assert text.startswith("wild – Diverged at step ")
    assert level is Level.ERROR
    session.seek(100)
    text, _ = said(session)
    assert text.startswith("he – Looking at step 100 of 2,000 (Play goes on from here): training loss ")
    assert " 3 runs: " in text


def test_a_run_with_several_seeds_is_told_by_their_median_until_all_have_diverged(session):
    session.start(SMALL.with_runs([replace(SMALL.runs[0], n_seeds=3)]))
    session.wait_ready()
    frame = session.advance(20)
    seeds = frame.seeds(0)
    losses = sorted(seen.train_loss for seen in seeds)
    assert f"training loss median of 3 seeds {loss_number(losses[1])}, accuracy " in said(session)[0]

    lost = [
        replace(seen, divergence=Divergence(20 - place, 1, "weights")) for place, seen in enumerate(seeds)
    ]
    text, level = verdict(session, Frame.of_seeds(20, 1.0, [[lost[0], *seeds[1:]]]))
    assert text.endswith("; diverged with 1 of them.")
    assert level is Level.INFO
    text, level = verdict(session, Frame.of_seeds(20, 1.0, [lost]))
    assert text.startswith("Diverged with all 3 seeds, first at step 18: weights of layer 1 are not finite.")
    assert level is Level.ERROR


@pytest.mark.parametrize(
    ("right", "text"),
    [
        (1.0, "accuracy 100 %"),
        (2047 / 2048, "accuracy >99.9 %"),
        (0.973, "accuracy 97.3 %"),
        (0.0, "accuracy 0 %"),
    ],
)
def test_an_accuracy_looks_like_all_only_where_all_is_right(session, right, text):
    session.start(SMALL)
    session.wait_ready()
    frame = session.advance(5)
    seen = replace(frame.runs[0], train_accuracy=right)
    assert f"{text};" in verdict(session, replace(frame, runs=(seen,)))[0]
