"""History: frames by step, series as arrays, memory bounded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.frame import LAYER_DTYPE, Frame, RunFrame
from engine.history import History, row_bytes
from tests.frames import histograms


def frame(step, n_layers=3, runs=1):
    layers = np.zeros(n_layers, LAYER_DTYPE)
    layers["gradient_rms"] = step + np.arange(n_layers)
    shapes = histograms([np.arange(5.0)] * n_layers)
    run = RunFrame(1.0 / (step + 1), 2.0, 0.5, 0.25, layers, shapes, shapes)
    return Frame(step, step / 10, (run,) * runs)


def filled(steps, limit=10**9):
    history = History(limit)
    for step in steps:
        history.append(frame(step))
    return history


def test_a_step_without_a_frame_shows_the_one_before():
    history = filled([0, 5, 10])
    assert [history.at(step).step for step in (0, 4, 5, 9, 10, 99)] == [0, 0, 5, 5, 10, 10]


def test_series_grow_with_the_frames():
    history = filled(range(3))
    assert history.scalars(0, "train_loss")[1].tolist() == [1.0, 1 / 2, 1 / 3]
    for step in range(3, 300):
        history.append(frame(step))
        steps, losses = history.scalars(0, "train_loss")
        assert len(steps) == len(losses) == step + 1
    steps, values = history.layers(0, "gradient_rms")
    np.testing.assert_array_equal(steps, np.arange(300))
    np.testing.assert_array_equal(values, np.arange(300)[:, None] + np.arange(3))


def test_an_unknown_statistic_is_an_error():
    with pytest.raises(KeyError, match="gradient"):
        filled([0]).layers(0, "gradient")


@pytest.mark.parametrize("step", [3, 5])
def test_frames_come_in_order(step):
    with pytest.raises(ValueError, match=f"frame {step} comes after frame 5"):
        filled([0, 5, step])


def test_a_snapshot_stays_as_it_is():
    history = filled(range(100))
    shot = history.snapshot()
    for step in range(100, 200):
        history.append(frame(step))
    assert (len(shot), shot.last.step) == (100, 99)
    assert shot.scalars(0, "train_loss")[0][-1] == 99


def test_thinning_keeps_the_first_the_newest_and_an_even_spread():
    history = History(500_000)
    for step in range(5_000):
        history.append(frame(step))
        if step % 100 == 0:
            assert history.scalars(0, "train_loss")[1][-1] == 1 / (step + 1)
    steps = np.array([seen.step for seen in history])
    assert steps[0] == 0
    assert steps[-1] == 4_999
    assert 50 < len(steps) < 500
    assert len(set(np.diff(steps[:-1]))) == 1
    np.testing.assert_array_equal(history.scalars(0, "train_loss")[0], steps)


def test_a_recomputed_frame_takes_its_place_between_others():
    history = filled(range(0, 1000, 10))
    history.scalars(0, "train_loss")
    history.layers(0, "gradient_rms")
    for step in (15, 987, 12, 990, 15):
        history.insert(frame(step))
    expected = sorted({*range(0, 1000, 10), 15, 987, 12})
    assert [seen.step for seen in history] == expected
    assert history.has(15)
    assert not history.has(16)
    steps, losses = history.scalars(0, "train_loss")
    np.testing.assert_array_equal(steps, expected)
    np.testing.assert_array_equal(losses, [1 / (step + 1) for step in expected])
    values = history.layers(0, "gradient_rms")[1]
    np.testing.assert_array_equal(values, np.array(expected)[:, None] + np.arange(3))


def test_recomputed_frames_are_the_first_to_go():
    history = History(200_000)
    for step in range(0, 400, 10):
        history.append(frame(step))
    for step in range(380, 0, -1):
        history.insert(frame(step))
        assert history.has(step)
    assert len(history) < 100
    assert {0, 390} <= {seen.step for seen in history}


def test_a_spread_holds_what_any_later_spread_holds():
    history, before = History(), None
    for step in range(3000):
        history.append(frame(step, n_layers=1))
        if step % 50 == 0:
            steps = history.spread(64)
            assert len(steps) <= 65
            assert (steps[0], steps[-1]) == (0, step)
            if before is not None:
                assert set(steps) & set(range(before[-1])) <= set(before)
            if step >= 64:
                assert len(steps) > 32
            before = steps


def test_some_frames_only():
    history = filled(range(0, 100, 10))
    history.scalars(0, "train_loss")
    some = history.only({0, 35, 40, 90})
    assert [seen.step for seen in some] == [0, 40, 90]
    assert some.scalars(0, "train_loss")[0].tolist() == [0, 40, 90]
    assert len(history) == 10


@pytest.mark.parametrize(("most_frames", "share"), [(1000, 1.0), (20, 1.0), (1000, 0.2), (1000, 0.0)])
def test_a_thinned_history_fits_and_spreads_over_the_run(most_frames, share):
    history = filled(range(100))
    whole = 100 * (200 + row_bytes(3))
    thinned = history.thinned(most_frames, int(share * whole))
    steps = thinned.steps
    assert (steps[0], steps[-1]) == (0, 99)
    allowed = max(1, min(most_frames, 100 * share))
    assert allowed / 2 <= len(steps) <= allowed + 1
    assert len(set(np.diff(steps[:-1]))) <= 1
    assert len(history) == 100


def test_a_truncated_history_goes_on_from_there():
    history = filled(range(0, 100, 10))
    history.scalars(0, "train_loss")
    history.truncate(35)
    history.append(frame(33))
    history.append(frame(36))
    assert history.scalars(0, "train_loss")[0].tolist() == [0, 10, 20, 30, 33, 36]


COMMANDS = {
    "go on": lambda history, number: history.append(frame(history.last.step + 1 + number)),
    "recompute": lambda history, number: history.insert(frame(number % (history.last.step + 1))),
    "go back": lambda history, number: history.truncate(number * history.last.step // 10),
    "exchange": lambda history, _: history.exchanged(lambda seen: frame(seen.step)),
    "thin": lambda history, number: history.thinned(1 + number, 60_000),
    "look": lambda history, _: history.layers(0, "gradient_rms") and None,
}


@given(
    st.sampled_from([30_000, 60_000, 10**9]),
    st.lists(st.tuples(st.sampled_from(list(COMMANDS)), st.integers(0, 9)), max_size=60),
)
def test_whatever_comes_and_goes_series_are_of_the_frames_there_are(limit, commands):
    history = filled(range(20), limit)
    for name, number in commands:
        history = COMMANDS[name](history, number) or history
        steps = [seen.step for seen in history]
        assert steps == history.steps == sorted({0, *steps})
        assert len(history) <= max(17, limit // row_bytes(3))
        for most in (1, 4):
            assert history.spread(most)[-1] == steps[-1]
            assert len(history.spread(most)) <= most + 1
        read, losses = history.scalars(0, "train_loss")
        assert read.tolist() == steps
        assert losses.tolist() == [1 / (step + 1) for step in steps]
    read, rms = history.layers(0, "gradient_rms")
    np.testing.assert_array_equal(rms, read[:, None] + np.arange(3))
