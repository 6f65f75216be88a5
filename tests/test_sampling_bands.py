"""Where theory expects means and stds: exact for normal laws, and right for the kurtosis of each other law.

Simulations have fixed seeds, so nothing here is decided by luck. They are held to five standard errors, which
another seed passes by chance less often than once in a million times per comparison.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine.distributions import NORMAL, UNIFORM, Atom, discrete, thinned
from engine.fields import Choice
from engine.sampling.bands import Band, mean_band, std_band, sum_band
from engine.sampling.sample_laws import SAMPLE_LAWS, check_law, distribution_of, law_of

LAWS = [
    *(check_law(Choice(name)) for name in SAMPLE_LAWS if name != "constant"),
    check_law(Choice("orthogonal", {"fan_in": 2, "fan_out": 2})),
    check_law(Choice("sparse", {"connections": 5})),
]
every_law = pytest.mark.parametrize("law", LAWS, ids=str)


def test_the_mean_of_a_hundred_standard_normal_numbers() -> None:
    band = mean_band(NORMAL, np.array([1, 100]))
    np.testing.assert_allclose(band.centre, 0.0)
    np.testing.assert_allclose(band.sd, [1.0, 0.1])
    np.testing.assert_allclose(band.expected[:, 1], [0.6826894921, 0.9544997361, 0.9973002039], rtol=1e-9)
    low, high = band.edges(2)
    np.testing.assert_allclose(low, [-2.0, -0.2])
    np.testing.assert_allclose(high, [2.0, 0.2])


def test_the_sum_wanders_like_the_root_of_n() -> None:
    band = sum_band(UNIFORM.moved(0.5, 0.5), np.array([1, 4, 100]))
    np.testing.assert_allclose(band.centre, [0.5, 2.0, 50.0])
    np.testing.assert_allclose(band.sd, np.array([1, 2, 10]) / math.sqrt(12))


def test_one_number_lies_in_the_band_of_its_own_law() -> None:
    np.testing.assert_allclose(
        mean_band(UNIFORM, np.array([1])).expected[:, 0], [1 / math.sqrt(3), 1, 1], rtol=1e-12
    )


# c4, the mean of s in units of the std, from the tables of quality control.
C4 = [(2, 0.797885), (3, 0.886227), (4, 0.921318), (5, 0.939986), (10, 0.972659), (25, 0.989640)]


@pytest.mark.parametrize(("n", "c4"), C4)
def test_the_std_of_normal_numbers_has_the_c4_of_the_tables(n: int, c4: float) -> None:
    band = std_band(NORMAL.moved(2.0, 7.0), np.array([n]))
    assert band.centre[0] == pytest.approx(2 * c4, abs=2e-6)
    assert band.sd[0] == pytest.approx(2 * math.sqrt(1 - c4**2), abs=1e-5)


def test_the_std_of_normal_numbers_has_the_chi_law_exactly() -> None:
    # Sizes on both sides of where the series takes over.
    sizes = np.array([2, 3, 7, 50, 100, 101, 102, 103, 500, 11_200])
    band = std_band(NORMAL, sizes)
    for i, n in enumerate(sizes):
        chi = stats.chi(n - 1, scale=1 / math.sqrt(n - 1))
        assert band.centre[i] == pytest.approx(chi.mean(), rel=1e-9)
        # scipy takes the difference of two numbers near 1, and keeps some 12 digits of it.
        assert band.sd[i] == pytest.approx(chi.std(), rel=1e-6)
        for k in (1, 2, 3):
            ends = chi.cdf([band.centre[i] - k * band.sd[i], band.centre[i] + k * band.sd[i]])
            assert band.expected[k - 1, i] == pytest.approx(ends[1] - ends[0], abs=1e-9)


def test_of_very_many_numbers_the_sd_of_the_std_keeps_its_digits() -> None:
    band = std_band(NORMAL, np.array([1_000_000]))
    # 1 - c4**2 = 1 / (2 (n - 1)) - 1 / (8 (n - 1)**2) + ...
    assert band.sd[0] == pytest.approx(math.sqrt(1 / (2 * 999_999) - 1 / (8 * 999_999**2)), rel=1e-12)
    np.testing.assert_allclose(band.expected[:, 0], [0.6826895, 0.9544997, 0.9973002], rtol=1e-6)


@given(st.floats(1.05, 1000), st.integers(2, 1_000_000))
def test_for_every_kurtosis_the_sd_of_the_std_is_that_of_the_delta_method(kurtosis: float, n: int) -> None:
    # thinned() makes any kurtosis from 3 on; below that there are laws of two values: 1 / p / (1 - p) - 3.
    if kurtosis >= 3:
        law = thinned(NORMAL, 3 / kurtosis)
    else:
        p = 0.5 - math.sqrt(0.25 - 1 / (kurtosis + 3))
        law = discrete(Atom(0.0, 1 - p), Atom(1.0, p))
    v = (kurtosis - 1 + 2 / (n - 1)) / n
    band = std_band(law, np.array([n]))
    # The mean of s**2 is exact, whatever becomes of its two parts.
    assert band.centre[0] ** 2 + band.sd[0] ** 2 == pytest.approx(law.std**2, rel=1e-9)
    # 1 - c**2 = 1 / (2 nu) - 1 / (8 nu**2) + ..., with nu = 2 / v: delta is off by a share below v / 8.
    delta = law.std * math.sqrt(v) / 2
    assert delta * (1 - v / 8) - 1e-12 <= band.sd[0] <= delta * (1 + 1e-9)
    assert np.all(np.diff(band.expected, axis=0) >= 0)
    assert band.expected.min() >= 0
    assert band.expected.max() <= 1 + 1e-12


@every_law
@pytest.mark.parametrize("n", [3, 20, 200])
def test_variance_of_the_variance_is_exact_for_every_law(law: Choice, n: int) -> None:
    """Var(s**2) = std**4 (kurtosis - 1 + 2 / (n - 1)) / n, on which the band of s rests."""
    distribution = distribution_of(law)
    assert distribution.kurtosis is not None
    draws = 100_000 // n
    x = law_of(law).draw(np.random.default_rng(1), (draws, n))
    v = (distribution.kurtosis - 1 + 2 / (n - 1)) / n
    z = (x.var(axis=1, ddof=1) / distribution.std**2 - 1) / math.sqrt(v)
    assert abs(z.mean()) <= 5 / math.sqrt(draws)
    # z**2 has the mean 1; its own spread depends on the law's eighth moment, and is taken from the draws.
    assert abs((z**2).mean() - 1) <= 5 * (z**2).std() / math.sqrt(draws)


@every_law
def test_the_std_of_200_numbers_of_every_law_spreads_as_expected(law: Choice) -> None:
    n, draws = 200, 2000
    distribution = distribution_of(law)
    assert distribution.kurtosis is not None
    s = law_of(law).draw(np.random.default_rng(2), (draws, n)).std(axis=1, ddof=1)
    band = std_band(distribution, np.array([n]))
    # The next term of the expansion of s in s**2 - std**2 is smaller by v = (kurtosis - 1) / n.
    v = (distribution.kurtosis - 1) / n
    assert abs(s.mean() - band.centre[0]) <= (5 / math.sqrt(draws) + v) * band.sd[0]
    assert abs(s.std() / band.sd[0] - 1) <= 5 / math.sqrt(2 * draws) + v


@every_law
def test_the_shares_inside_are_those_expected_for_every_law(law: Choice) -> None:
    n, draws = 400, 2500
    distribution = distribution_of(law)
    assert distribution.kurtosis is not None
    x = law_of(law).draw(np.random.default_rng(3), (draws, n))
    sizes = np.full(draws, n)
    # Of both statistics the shares differ from the normal ones by terms of the order kurtosis / n.
    off = distribution.kurtosis / n
    for band, values in (
        (mean_band(distribution, sizes), x.mean(axis=1)),
        (std_band(distribution, sizes), x.std(axis=1, ddof=1)),
    ):
        for share in band.shares(values):
            p = share.expected
            assert abs(share.inside - p) <= 5 * math.sqrt(p * (1 - p) / draws) + off


def test_a_single_number_has_no_std_and_is_not_counted() -> None:
    band = std_band(NORMAL, np.array([1, 2, 3]))
    assert math.isnan(band.centre[0])
    assert math.isnan(band.sd[0])
    assert band.shares(np.array([math.nan])) == ()
    shares = band.shares(np.array([math.nan, 0.8, 40.0]))
    assert [share.inside for share in shares] == [0.5, 0.5, 0.5]
    assert [share.sigmas for share in shares] == [1, 2, 3]
    assert shares[0].expected == pytest.approx(band.expected[0, 1:].mean())


def test_a_band_of_stds_stays_above_zero() -> None:
    low, _ = std_band(NORMAL, np.array([2])).edges(3)
    assert low[0] == 0


def test_where_nothing_varies_there_is_nothing_to_count() -> None:
    constant = discrete(Atom(0.1, 1.0))
    sizes = np.array([1, 2, 10])
    band = mean_band(constant, sizes)
    np.testing.assert_array_equal(band.edges(3), np.full((2, 3), 0.1))
    assert band.shares(np.array([0.1, 0.1, 0.1 + 1e-17])) == ()
    assert std_band(constant, sizes).shares(np.array([math.nan, 0.0, 1e-17])) == ()


def test_shares_of_points_given_by_hand() -> None:
    band = Band(np.zeros(4), np.ones(4), np.tile([[0.5], [0.75], [1.0]], 4))
    shares = band.shares(np.array([0.5, -1.5, 2.5]))
    assert [share.inside for share in shares] == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert [share.expected for share in shares] == [0.5, 0.75, 1.0]


def test_nothing_in_a_band_can_be_changed() -> None:
    band = std_band(NORMAL, np.array([1, 2]))
    for array in (band.centre, band.sd, band.expected):
        with pytest.raises(ValueError, match="read-only"):
            array[..., 0] = 1
