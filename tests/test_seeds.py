"""Runs with several weight seeds: each is the network that it is alone, and the views that pool them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import Change, Experiment, Redraw, RunConfig
from engine.fields import Choice, ConfigError
from engine.frame import Divergence, Frame
from engine.history import History
from engine.pooling import mean_band, median_band, pooled
from engine.run_state import RunState, run_state, seed_counts
from engine.trainer import Trainer
from tests.frames import histograms, occupied, of_seeds
from tests.same import runs_equal
from tests.small import POINTS, trained


def experiment(*runs, changes=()):
    return Experiment(runs, POINTS, batch_size=10, changes=changes)


def seen(config, steps):
    """The history of a training with a frame per step."""
    trainer, history = Trainer(config), History()
    history.append(trainer.observe())
    for _ in range(steps):
        trainer.train(1)
        history.append(trainer.observe())
    return history


def test_each_seed_is_the_network_that_it_is_alone():
    config = RunConfig((5, 4), learning_rate=0.05)
    redraw = Change(6, 1, "layer_weights", Redraw(2, Choice("he_normal"), 40))
    runs = (config, replace(config, seed=3, n_seeds=4), replace(config, activation=Choice("tanh")))
    frame = trained(experiment(*runs, changes=(redraw,)), 12)
    assert [len(frame.seeds(run)) for run in range(3)] == [1, 4, 1]
    for index, one in enumerate(frame.seeds(1)):
        own = Change(6, 0, "layer_weights", Redraw(2, Choice("he_normal"), 40 + index))
        alone = experiment(replace(config, seed=3 + index), changes=(own,))
        runs_equal(one, trained(alone, 12).runs[0])
    runs_equal(frame.runs[0], trained(experiment(config), 12).runs[0])


def test_rows_are_runs_with_their_seeds_and_bounded():
    config = experiment(RunConfig((5,)), RunConfig((5,), seed=2, n_seeds=2))
    assert config.rows == ((0, 0), (1, 2), (1, 3))
    with pytest.raises(ConfigError) as caught:
        experiment(*[RunConfig((5,))] * 33)
    assert caught.value.field == "runs"
    with pytest.raises(ConfigError) as caught:
        experiment(*[RunConfig((5,), n_seeds=64)] * 9)
    assert caught.value.field == "n_seeds"
    with pytest.raises(ConfigError):
        RunConfig(seed=2**32 - 2, n_seeds=3)


def test_a_wide_run_does_not_change_what_is_seen_of_another():
    small, wide = RunConfig((5,)), RunConfig((3000,))
    data = Choice("moons", {"n_samples": 1000})
    together = trained(Experiment((small, wide), data), 2)
    for run, config in enumerate((small, wide)):
        runs_equal(together.runs[run], trained(Experiment((config,), data), 2).runs[0])


def test_series_of_seeds_and_their_bands():
    history = seen(experiment(RunConfig((5, 4), n_seeds=5)), 6)
    losses = of_seeds(history, 0, "train_loss")
    assert losses.shape == (7, 5)
    np.testing.assert_array_equal(losses[:, 0], history.scalars(0, "train_loss")[1])
    band = median_band(losses)
    np.testing.assert_array_equal(band.middle, np.median(losses, axis=1))
    np.testing.assert_allclose(band.low, np.percentile(losses, 10, axis=1))
    around = mean_band(losses)
    np.testing.assert_allclose(around.high - around.middle, losses.std(axis=1, ddof=1))
    assert median_band(of_seeds(history, 0, "z_std")).high.shape == (7, 3)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.sampled_from([(), (3,)]), st.floats(0, 0.9), st.integers(0, 2**32))
def test_bands_are_those_of_the_seeds_that_are_left(n_seeds, layers, diverged, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(5, n_seeds, *layers))
    values[rng.random((5, n_seeds)) < diverged] = np.nan
    median, mean = median_band(values), mean_band(values)
    for frame, place in np.ndindex(5, *layers[:1] or (1,)):
        at = (frame, slice(None), *((place,) if layers else ()))
        known = values[at][~np.isnan(values[at])]
        here = (frame, place) if layers else frame
        expected = np.percentile(known, [10, 50, 90]) if known.size else [np.nan] * 3
        np.testing.assert_allclose([median.low[here], median.middle[here], median.high[here]], expected)
        middle = known.mean() if known.size else np.nan
        std = known.std(ddof=1) if known.size > 1 else 0.0
        np.testing.assert_allclose(mean.middle[here], middle, atol=1e-12)
        np.testing.assert_allclose(mean.high[here], middle + std, atol=1e-12)


def test_bands_over_time_follow_the_history():
    history = seen(experiment(RunConfig((5, 4), n_seeds=4), RunConfig((5,))), 8)
    for name in ("train_loss", "gradient_rms"):
        history.bands(0, name, median_band)
    recomputed = history.at(5)
    history.truncate(4)
    history.append(recomputed)
    for name in ("train_loss", "gradient_rms"):
        values = of_seeds(history, 0, name)
        for reduce in (median_band, mean_band):
            steps, band = history.bands(0, name, reduce)
            assert steps.tolist() == [0, 1, 2, 3, 4, 5]
            for got, expected in zip(band, reduce(values), strict=True):
                np.testing.assert_array_equal(got, expected)


def test_diverged_seeds_are_left_out_of_a_band():
    values = np.array([[1.0, 2.0, 3.0], [1.0, np.nan, 3.0], [np.nan] * 3])
    np.testing.assert_array_equal(median_band(values).middle, [2, 2, np.nan])
    np.testing.assert_array_equal(mean_band(values).middle, [2, 2, np.nan])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.001, 50)), min_size=1, max_size=6))
def test_a_pooled_histogram_holds_what_all_hold(laws):
    rng = np.random.default_rng(0)
    samples = [rng.normal(mean, std, 500) for mean, std in laws]
    together = pooled([histograms([values]) for values in samples])
    assert together.share(0).sum() == pytest.approx(1, abs=0.01)
    everything = np.concatenate(samples)
    low, high = occupied(together, 0)
    assert low <= everything.min()
    assert everything.max() <= high
    counts = np.histogram(everything, together.edges(0))[0] / len(everything)
    np.testing.assert_allclose(together.share(0), counts, atol=0.003)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 8), st.integers(1, 4), st.integers(0, 2**32))
def test_layers_are_pooled_as_if_each_were_alone(n_seeds, n_layers, seed):
    rng = np.random.default_rng(seed)

    def values():
        size = 10.0 ** rng.integers(-20, 20)
        kinds = (rng.normal(rng.normal(), size, 50), np.zeros(5), np.full(3, np.nan), np.array([size]))
        return kinds[rng.choice(4, p=(0.7, 0.1, 0.1, 0.1))]

    seeds = [histograms([values() for _ in range(n_layers)]) for _ in range(n_seeds)]
    together = pooled(seeds)
    for layer in range(n_layers):
        exponent, first = int(together.exponent[layer]), int(together.first[layer])
        expected = dict.fromkeys(range(first, first + 64), 0.0)
        for one in seeds:
            if one.shares[layer].any():
                start, shares = one.merged(layer, exponent)
                for at in np.flatnonzero(shares):
                    expected[start + int(at)] += float(shares[at]) / n_seeds
        assert len(expected) == 64  # no value is beyond the bins
        np.testing.assert_allclose(together.share(layer), list(expected.values()), atol=1 / 65535)


def test_a_single_seed_pools_to_itself():
    one = histograms([np.arange(10.0), np.zeros(3)])
    np.testing.assert_array_equal(pooled([one]).shares.sum(axis=1), one.shares.sum(axis=1))
    assert [occupied(pooled([one]), layer) for layer in (0, 1)] == [occupied(one, layer) for layer in (0, 1)]


def test_what_has_become_of_runs():
    runs = (
        RunConfig((8,), Choice("tanh"), learning_rate=0.5),
        RunConfig((8,), initializer=Choice("zeros")),
        RunConfig((8,), initializer=Choice("randn"), learning_rate=1e6, loss=Choice("mean_squared_error")),
    )
    config = Experiment(runs, Choice("xor", {"n_samples": 100}), batch_size=10)
    history, trainer = History(), Trainer(config)
    history.append(trainer.observe())
    began = history.last
    assert [run_state(config, history, run, began) for run in range(3)] == [RunState.RUNNING] * 3
    for _ in range(60):
        trainer.train(10)
        history.append(trainer.observe())
    states = [run_state(config, history, run, history.last) for run in range(3)]
    assert states == [RunState.LEARNT, RunState.STALLED, RunState.DIVERGED]
    assert [run_state(config, history, run, began) for run in range(3)] == [RunState.RUNNING] * 3


def test_what_has_become_of_a_run_with_seeds():
    config = Experiment((RunConfig((8,), Choice("tanh"), n_seeds=3),), Choice("xor", {"n_samples": 100}))
    history = seen(config, 0)
    plain = history.last.runs[0]
    good = replace(plain, train_accuracy=0.96, train_loss=0.1)
    gone = replace(plain, train_loss=np.nan, divergence=Divergence(3, 1, "weights"))

    def state(step, epoch, *seeds):
        history.append(Frame.of_seeds(step, epoch, [seeds]))
        return run_state(config, history, 0, history.last)

    assert state(10, 1.0, gone, gone, plain) is RunState.RUNNING
    assert state(20, 2.0, good, good, gone) is RunState.LEARNT
    assert state(30, 3.0, good, gone, gone) is RunState.RUNNING
    assert state(300, 30.0, gone, plain, plain) is RunState.STALLED
    assert state(310, 31.0, gone, gone, gone) is RunState.DIVERGED
    assert np.isnan(history.last.median(0, "train_loss"))


def test_in_how_many_seeds_a_run_has_learnt():
    config = Experiment((RunConfig((8,), Choice("tanh"), n_seeds=3),), Choice("xor", {"n_samples": 100}))
    history = seen(config, 1)
    assert seed_counts(config, 0, history.last) == {RunState.RUNNING: 3}
    frame = history.last
    good = replace(frame.runs[0], train_accuracy=0.96)
    history.append(Frame.of_seeds(2, 1.0, [[good, good, frame.runs[0]]]))
    assert seed_counts(config, 0, history.last) == {RunState.LEARNT: 2, RunState.RUNNING: 1}
