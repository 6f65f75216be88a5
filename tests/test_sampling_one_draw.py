"""One draw number by number, and the means of many draws.

Samples have fixed seeds, so nothing here is decided by luck; the bounds are such that another seed would fail
by chance less often than once in a million times per comparison.
"""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
import pytest
from scipy import stats

from engine.fields import Choice, ConfigError
from engine.sampling.one_draw import draw, draw_means
from engine.sampling.sample_laws import SAMPLE_LAWS, distribution_of

RANDN = Choice("randn")
every_law = pytest.mark.parametrize("name", SAMPLE_LAWS)


@every_law
def test_sums_and_means_run_along_with_the_numbers(name: str) -> None:
    result = draw(Choice(name), 100, seed=4)
    numbers = result.numbers.tolist()
    assert result.sums.tolist() == pytest.approx([*accumulate(numbers)], rel=1e-12, abs=1e-15)
    expected = [math.fsum(numbers[:n]) / n for n in range(1, 101)]
    assert result.means.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-15)
    for array in (result.numbers, result.sums, result.means):
        assert array.shape == (100,)
        assert not array.flags.writeable


@every_law
def test_the_code_on_show_gives_the_draw(name: str) -> None:
    result = draw(Choice(name), 100, seed=4)
    names: dict[str, object] = {"np": np}
    exec(result.code, names)
    np.testing.assert_array_equal(names["x"], result.numbers, strict=True)


def test_the_sum_wanders_while_the_mean_settles() -> None:
    result = draw(Choice("rand"), 100)
    law = distribution_of(result.law)
    n = np.arange(1, 101)
    np.testing.assert_allclose(result.sum_band.centre, n / 2)
    np.testing.assert_allclose(result.sum_band.sd, law.std * np.sqrt(n))
    np.testing.assert_allclose(result.mean_band.centre, 0.5)
    np.testing.assert_allclose(result.mean_band.sd, law.std / np.sqrt(n))


def test_a_single_number_is_a_draw() -> None:
    result = draw(RANDN, 1)
    assert result.sums[0] == result.means[0] == result.numbers[0]


def test_where_the_users_mean_falls() -> None:
    """The mean of randn(100) was 0.2245: 2.245 of 0.1, and 2.5 % of draws lie as far out."""
    means = draw_means(RANDN, 100, 10_000)
    assert means.values.shape == (10_000,)
    assert (means.predicted.mean, means.predicted.std) == (0.0, 0.1)
    place = means.place(0.2245)
    assert place.z == pytest.approx(2.245)
    assert place.predicted == pytest.approx(0.02477, abs=5e-6)
    assert place.predicted == pytest.approx(2 * stats.norm.sf(2.245))
    p = place.predicted
    assert abs(place.drawn - p) <= 5 * math.sqrt(p * (1 - p) / 10_000)
    assert means.place(-0.2245).drawn == place.drawn
    assert means.place(-0.2245).z == -place.z


def test_an_observed_mean_equal_to_the_laws_is_the_least_surprising() -> None:
    place = draw_means(Choice("rand"), 100, 1000).place(0.5)
    assert (place.z, place.predicted, place.drawn) == (0.0, 1.0, 1.0)


def test_means_of_normal_numbers_have_the_predicted_law() -> None:
    means = draw_means(Choice("normal", {"mean": 3.0, "std": 2.0}), 100, 10_000, seed=1)
    assert stats.kstest(means.values, means.predicted.cumulative).pvalue > 1e-6


@every_law
def test_means_have_the_predicted_mean_and_std(name: str) -> None:
    means = draw_means(Choice(name), 50, 5000, seed=2)
    law = distribution_of(means.law)
    std = means.predicted.std
    assert std == pytest.approx(law.std / math.sqrt(50))
    if law.kurtosis is None:
        np.testing.assert_allclose(means.values, law.mean, rtol=1e-14)
        return
    assert abs(means.values.mean() - law.mean) <= 5 * std / math.sqrt(5000)
    # The mean of n numbers has the kurtosis 3 + (kurtosis - 3) / n.
    kurtosis = 3 + (law.kurtosis - 3) / 50
    assert abs(means.values.var() / std**2 - 1) <= 5 * math.sqrt((kurtosis - 1) / 5000)


@every_law
def test_the_code_on_show_gives_the_means(name: str) -> None:
    means = draw_means(Choice(name), 30, 200, seed=5)
    names: dict[str, object] = {"np": np}
    exec(means.code, names)
    np.testing.assert_array_equal(names["means"], means.values, strict=True)
    assert not means.values.flags.writeable


def test_nothing_else_than_its_value_can_be_the_mean_of_a_constant() -> None:
    means = draw_means(Choice("constant", {"value": 0.25}), 4, 10)
    assert means.place(0.25).z == 0
    assert means.place(0.25).predicted == 1
    assert means.place(0.0).z == -math.inf
    assert means.place(0.0).predicted == means.place(0.0).drawn == 0


@pytest.mark.parametrize(
    ("n", "draws", "field", "message"),
    [
        (0, 10, "n", "numbers in a draw is 0; it must be a whole number between 1 and 1,000,000."),
        (10**12, 10, "n", "numbers in a draw is 1000000000000; it must be a whole number between 1 and"),
        (2.5, 10, "n", "numbers in a draw is 2.5; it must be a whole number"),
        (100, 0, "draws", "draws is 0; it must be a whole number between 1 and 1,000,000."),
        (
            10_000,
            10_000,
            "draws",
            "10,000 draws of 10,000 are 100,000,000 numbers; 10,000,000 are possible, "
            "so 1,000 draws of 10,000.",
        ),
    ],
)
def test_too_little_and_too_much_is_refused(n: int, draws: int, field: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        draw_means(RANDN, n, draws)
    assert caught.value.field == field
    assert caught.value.message.startswith(message)
    if field == "n":
        with pytest.raises(ConfigError) as caught:
            draw(RANDN, n)
        assert caught.value.message.startswith(message)


def test_a_seed_out_of_range_is_refused() -> None:
    for ask in (draw, draw_means):
        with pytest.raises(ConfigError, match="seed is -1; it must be a whole number between 0 and"):
            ask(RANDN, seed=-1)
