"""The law of large numbers: which sizes are drawn, what comes out, in which pieces, and how it ends.

Samples have fixed seeds, so nothing here is decided by luck; the bounds are five standard errors, which
another seed passes by chance less often than once in a million times per comparison.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.sampling.large_numbers as module
from engine.fields import Choice, ConfigError
from engine.sampling.large_numbers import LargeNumbers, large_numbers, sample_sizes
from engine.sampling.sample_laws import SAMPLE_LAWS, distribution_of

MAX_NUMBERS = 62_725_600
RANDN = Choice("randn")


def complete(law: Choice, largest: int, seed: int = 0) -> LargeNumbers:
    *_, last = large_numbers(law, largest, seed)
    return last


@pytest.mark.parametrize("largest", [2, 100, 11_200])
def test_up_to_11200_every_size_is_drawn(largest: int) -> None:
    np.testing.assert_array_equal(sample_sizes(largest), np.arange(1, largest + 1))


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 1_000_000))
def test_beyond_sizes_are_thinned_so_that_the_numbers_stay_bounded(largest: int) -> None:
    sizes = sample_sizes(largest)
    steps = np.diff(sizes)
    assert (sizes[0], sizes[-1]) == (1, largest)
    assert steps.min() >= 1
    assert (np.diff(steps[:-1]) >= 0).all()
    assert sizes.sum() <= MAX_NUMBERS
    if largest > 12_000:
        # As many as the numbers allow.
        assert sizes.sum() > 0.95 * MAX_NUMBERS


def test_the_counts_in_the_documentation() -> None:
    assert len(sample_sizes(20_000)) == 9_246
    assert len(sample_sizes(1_000_000)) == 633
    assert sample_sizes(11_200).sum() == MAX_NUMBERS


def test_the_points_are_mean_and_std_of_consecutive_fresh_numbers() -> None:
    # 400 sizes are one block, drawn by the generator of (seed, 0).
    result = complete(Choice("normal", {"mean": 50.0, "std": 0.5}), 400, seed=3)
    numbers = np.random.default_rng([3, 0]).normal(50.0, 0.5, 400 * 401 // 2)
    samples = np.split(numbers, np.cumsum(result.sizes)[:-1])
    assert [len(sample) for sample in samples] == list(range(1, 401))
    for i, sample in enumerate(samples):
        assert result.means[i] == pytest.approx(math.fsum(sample) / len(sample), rel=1e-14)
        if i:
            assert result.stds[i] == pytest.approx(sample.std(ddof=1), rel=1e-12)
    assert math.isnan(result.stds[0])


def test_blocks_draw_from_generators_of_their_own() -> None:
    # With 1,000 sizes there are 500,500 numbers in four blocks.
    result = complete(RANDN, 1000)
    assert len(np.unique(result.means)) == 1000
    # Two samples of the same stream would be alike; no block repeats another: standardized means of different
    # blocks are uncorrelated, with a standard error of 1 / sqrt(n).
    z = result.means * np.sqrt(result.sizes)
    assert abs(np.corrcoef(z[:500], z[500:])[0, 1]) < 5 / math.sqrt(500)


def test_the_result_depends_on_law_size_and_seed_only() -> None:
    often = [*large_numbers(RANDN, 1500, 7, seconds=0.0)]
    rarely = [*large_numbers(RANDN, 1500, 7, seconds=math.inf)]
    assert len(often) > len(rarely) == 2
    np.testing.assert_array_equal(often[-1].means, rarely[-1].means)
    np.testing.assert_array_equal(often[-1].stds, rarely[-1].stds)
    assert not np.isin(complete(RANDN, 1500, 8).means, rarely[-1].means).any()


def test_a_shorter_list_of_sizes_gives_the_same_points_in_its_whole_blocks() -> None:
    short, long = complete(RANDN, 511), complete(RANDN, 2000)
    np.testing.assert_array_equal(long.means[:511], short.means)


def test_results_grow_from_nothing_to_the_whole_and_do_not_change() -> None:
    results = [*large_numbers(RANDN, 2000, seconds=0.0)]
    first, last = results[0], results[-1]
    assert (len(first.means), len(first.stds)) == (0, 0)
    assert first.mean_shares == first.std_shares == ()
    np.testing.assert_array_equal(first.mean_band.centre, last.mean_band.centre)
    done = [len(result.means) for result in results]
    assert done == sorted(set(done))
    assert [result.complete for result in results] == [False] * (len(results) - 1) + [True]
    for result in results:
        np.testing.assert_array_equal(result.means, last.means[: len(result.means)])
        np.testing.assert_array_equal(result.stds, last.stds[: len(result.stds)])
        for array in (result.sizes, result.means, result.stds, result.mean_band.sd):
            assert not array.flags.writeable


def drawing_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("InitScope sampling")]


def test_closing_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def counted(*arguments: Any) -> tuple[np.ndarray, np.ndarray]:
        drawn.append(1)
        return draw_block(*arguments)

    draw_block = module._draw
    monkeypatch.setattr(module, "_draw", counted)
    results = large_numbers(Choice("orthogonal"), 11_200, seconds=0.0)
    next(results)
    assert len(next(results).means) < 11_200
    assert drawing_threads()
    results.close()
    assert not drawing_threads()
    # Of the 479 blocks that were waiting.
    assert len(drawn) < 240


def test_results_can_be_taken_by_another_thread_and_stopped_from_outside() -> None:
    stop, seen, finished = threading.Event(), threading.Event(), []

    def work() -> None:
        results = large_numbers(Choice("orthogonal"), 11_200, seconds=0.0)
        for result in results:
            if stop.is_set():
                results.close()
                finished.append(result.complete)
                return
            seen.set()
            stop.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    assert seen.wait(10)
    stop.set()
    thread.join(10)
    assert finished == [False]
    assert not drawing_threads()


@pytest.mark.parametrize("name", [name for name in SAMPLE_LAWS if name != "constant"])
def test_the_points_scatter_as_theory_says_for_every_law(name: str) -> None:
    result = complete(Choice(name), 1500, seed=1)
    law = distribution_of(result.law)
    assert law.kurtosis is not None
    n = result.sizes[1:].astype(float)
    # The mean's z has mean 0, variance 1 and kurtosis 3 + (kurtosis - 3) / n, exactly: Var(z^2) = 2 + ... .
    z = (result.means[1:] - law.mean) / (law.std / np.sqrt(n))
    assert abs(z.mean()) <= 5 / math.sqrt(len(n))
    spread = math.sqrt((2 + (law.kurtosis - 3) / n).sum()) / len(n)
    assert abs((z**2).mean() - 1) <= 5 * spread
    # s^2 has the mean std^2 and the variance std^4 (kurtosis - 1 + 2 / (n - 1)) / n, exactly.
    z = (result.stds[1:] ** 2 / law.std**2 - 1) / np.sqrt((law.kurtosis - 1 + 2 / (n - 1)) / n)
    assert abs(z.mean()) <= 5 / math.sqrt(len(n))
    assert abs((z**2).mean() - 1) <= 5 * (z**2).std() / math.sqrt(len(n))


@pytest.mark.parametrize("law", [RANDN, Choice("he_normal"), Choice("normal", {"mean": 3.0})], ids=str)
def test_the_shares_inside_the_bands_of_normal_laws_are_those_expected(law: Choice) -> None:
    result = complete(law, 3000, seed=2)
    for shares, n in ((result.mean_shares, 3000), (result.std_shares, 2999)):
        assert [share.sigmas for share in shares] == [1, 2, 3]
        for share in shares:
            p = share.expected
            assert abs(share.inside - p) <= 5 * math.sqrt(p * (1 - p) / n)
    assert result.mean_shares[0].expected == pytest.approx(0.68268949)
    # At n = 2 the std of normal numbers is within one sigma more rarely, with .6745; then it comes near.
    assert 0.682 < result.std_shares[0].expected < 0.6827


def test_a_constant_stays_where_it_is() -> None:
    result = complete(Choice("constant", {"value": 0.1}), 50)
    np.testing.assert_allclose(result.means, 0.1, rtol=1e-15)
    np.testing.assert_allclose(result.stds[1:], 0, atol=1e-15)
    assert result.mean_shares == result.std_shares == ()


@pytest.mark.parametrize(
    ("ask", "field", "message"),
    [
        (lambda: large_numbers(RANDN, 1), "largest", "largest sample is 1; it must be a whole number"),
        (lambda: large_numbers(RANDN, 10**12), "largest", "largest sample is 1000000000000; it must be"),
        (lambda: large_numbers(RANDN, 100, -1), "seed", "seed is -1; it must be a whole number between 0"),
        (lambda: large_numbers(Choice("normal", {"std": -0.5})), "law.std", "standard deviation is -0.5;"),
        (lambda: large_numbers(Choice("randnn")), "law", "Unknown law 'randnn'; did you mean 'randn'?"),
    ],
)
def test_what_cannot_be_drawn_is_refused_at_once(ask: Callable[[], object], field: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ask()
    assert caught.value.field == field
    assert caught.value.message.startswith(message)
