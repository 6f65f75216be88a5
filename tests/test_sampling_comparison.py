"""Many numbers of one law: statistics against scipy and theory, histograms against counting.

Samples have fixed seeds, so nothing here is decided by luck; the bounds are such that another seed would fail
by chance less often than once in a million times per comparison.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine.distributions import NORMAL, UNIFORM, Atom, discrete
from engine.fields import Choice, ConfigError
from engine.sampling.comparison import (
    Statistics,
    bin_edges,
    describe,
    draw_sample,
    expect,
    histogram,
    statistics_table,
)
from engine.sampling.one_draw import draw_means
from engine.sampling.sample_laws import SAMPLE_LAWS
from tests.expectation import expectation

every_law = pytest.mark.parametrize("name", SAMPLE_LAWS)
varying_law = pytest.mark.parametrize("name", [name for name in SAMPLE_LAWS if name != "constant"])


@every_law
def test_the_code_on_show_gives_the_sample(name: str) -> None:
    sample = draw_sample(Choice(name), 1000, seed=6)
    names: dict[str, object] = {"np": np}
    exec(sample.code, names)
    np.testing.assert_array_equal(names["x"], sample.numbers, strict=True)
    assert not sample.numbers.flags.writeable


def test_a_sample_has_a_hundred_thousand_numbers() -> None:
    assert draw_sample(Choice("rand")).numbers.shape == (100_000,)


@varying_law
def test_statistics_are_those_expected(name: str) -> None:
    """Five standard errors, from the moments of each law up to the eighth, which are integrated."""
    n = 20_000
    sample = draw_sample(Choice(name), n, seed=1)
    law, seen, expected = sample.distribution, sample.statistics, sample.expected

    def standardized(k: int) -> float:
        return expectation(law, lambda x: ((x - law.mean) / law.std) ** k)

    fourth, sixth, eighth = standardized(4), standardized(6), standardized(8)
    errors = {
        "mean": law.std / math.sqrt(n),
        "variance": law.std**2 * math.sqrt((fourth - 1 + 2 / (n - 1)) / n),
        # Delta method for m3 / m2^1.5 and m4 / m2^2 of a symmetric law: Var(x^3 - 3 x) and
        # Var(x^4 - 2 kurtosis x^2).
        "skewness": math.sqrt((sixth - 6 * fourth + 9) / n),
        "kurtosis": math.sqrt((eighth - fourth**2 - 4 * fourth * sixth + 4 * fourth**3) / n),
    }
    for statistic, error in errors.items():
        assert abs(getattr(seen, statistic) - getattr(expected, statistic)) <= 5 * error, statistic
    for share, p in zip(seen.outside, expected.outside, strict=True):
        assert stats.binomtest(round(share * n), n, min(max(p, 0.0), 1.0)).pvalue > 1e-6
    assert law.low <= seen.minimum
    assert seen.maximum <= law.high


def test_of_a_constant_nothing_varies() -> None:
    sample = draw_sample(Choice("constant", {"value": 0.1}), 1000)
    expected = Statistics(0.1, 0.0, None, None, 0.1, 0.1, (0.0, 0.0, 0.0))
    assert sample.expected == expected
    assert sample.statistics.mean == pytest.approx(0.1)
    assert sample.statistics.variance == 0
    assert sample.statistics.skewness is None
    assert sample.statistics.outside == expected.outside


def test_a_single_number_has_no_variance() -> None:
    statistics = draw_sample(Choice("randn"), 1).statistics
    assert statistics.mean == statistics.minimum == statistics.maximum
    assert statistics.variance is statistics.skewness is statistics.kurtosis is None


@given(
    st.lists(st.floats(-1, 1), min_size=2, max_size=50).filter(lambda xs: max(xs) - min(xs) > 1e-3),
    st.sampled_from([1e-200, 1e-3, 1.0, 1e6]),
)
def test_statistics_of_any_numbers_are_those_of_scipy(numbers: list[float], scale: float) -> None:
    x = np.array(numbers)
    seen = describe(x * scale, NORMAL.moved(scale))
    assert seen.mean == pytest.approx(x.mean() * scale, rel=1e-9, abs=1e-12 * scale)
    assert seen.skewness == pytest.approx(stats.skew(x), rel=1e-6, abs=1e-6)
    assert seen.kurtosis == pytest.approx(stats.kurtosis(x, fisher=False), rel=1e-6)
    assert seen.variance == pytest.approx(x.var(ddof=1) * scale**2, rel=1e-9)
    assert seen.minimum == (x * scale).min()
    assert seen.maximum == (x * scale).max()


def test_shares_outside_counted_by_hand() -> None:
    seen = describe(np.array([0.0, 0.9, -1.1, 1.0, -2.5, 3.5, 2.0, -4.0]), NORMAL)
    assert seen.outside == (5 / 8, 3 / 8, 2 / 8)


@varying_law
def test_half_of_all_samples_stay_within_the_expected_extremes(name: str) -> None:
    samples, n = 400, 50
    law = draw_sample(Choice(name), 1).distribution
    expected = expect(law, n)
    x = draw_sample(Choice(name), samples * n, seed=3).numbers.reshape(samples, n)
    # 200 +- 10.
    for below in (x.max(axis=1) <= expected.maximum, x.min(axis=1) >= expected.minimum):
        assert abs(below.sum() - samples / 2) <= 5 * math.sqrt(samples) / 2


def test_expected_extremes_of_normal_numbers() -> None:
    # The median of the largest of 100,000: Phi(m) = 2^(-1/100,000).
    expected = expect(NORMAL, 100_000)
    assert expected.maximum == pytest.approx(stats.norm.ppf(2 ** (-1 / 100_000)), rel=1e-9)
    assert expected.minimum == pytest.approx(-expected.maximum, rel=1e-9)
    single = expect(UNIFORM, 1)
    assert single.minimum == pytest.approx(0, abs=1e-12)
    assert single.maximum == pytest.approx(0, abs=1e-12)


@every_law
def test_a_histogram_counts_what_numpy_counts(name: str) -> None:
    sample = draw_sample(Choice(name), 20_000, seed=2)
    edges = bin_edges(20, sample.numbers)
    counted = histogram(sample.numbers, sample.distribution, edges)
    expected, numpys_edges = np.histogram(sample.numbers, 20)
    np.testing.assert_array_equal(counted.counts, expected)
    np.testing.assert_allclose(counted.edges, numpys_edges, rtol=1e-12)
    assert counted.counts.sum() == counted.n == 20_000
    assert (counted.density * np.diff(edges)).sum() == pytest.approx(1)
    for array in (counted.edges, counted.counts, counted.expected):
        assert not array.flags.writeable


@every_law
def test_the_bins_hold_what_is_expected(name: str) -> None:
    n = 20_000
    sample = draw_sample(Choice(name), n, seed=2)
    # Edges that do not follow the numbers.
    reach = 4 * sample.distribution.std or 1.0
    edges = sample.distribution.mean + np.linspace(-reach, reach, 17)
    counted = histogram(sample.numbers, sample.distribution, edges)
    for count, expected in zip(counted.counts, counted.expected, strict=True):
        assert stats.binomtest(int(count), n, min(max(expected / n, 0.0), 1.0)).pvalue > 1e-6


def test_expected_counts_by_hand() -> None:
    counted = histogram(np.array([0.1, 0.9]), UNIFORM.moved(0.5, 0.5), np.linspace(0, 2, 5))
    np.testing.assert_allclose(counted.expected, [1, 1, 0, 0])
    np.testing.assert_array_equal(counted.counts, [1, 1, 0, 0])
    np.testing.assert_allclose(counted.density, [1, 1, 0, 0])


def test_an_atom_is_expected_in_the_bin_where_it_is_counted() -> None:
    two = discrete(Atom(-1.0, 0.5), Atom(1.0, 0.5))
    counted = histogram(np.array([-1.0, 1.0, 1.0, -1.0]), two, np.linspace(-1, 1, 5))
    np.testing.assert_array_equal(counted.counts, [2, 0, 0, 2])
    np.testing.assert_allclose(counted.expected, [2, 0, 0, 2])


def test_shared_edges_cover_both_and_own_edges_one() -> None:
    rand, randn = draw_sample(Choice("rand"), 1000), draw_sample(Choice("randn"), 1000)
    shared, own = bin_edges(20, rand.numbers, randn.numbers), bin_edges(20, rand.numbers)
    assert shared.shape == own.shape == (21,)
    assert (shared[0], shared[-1]) == (randn.numbers.min(), randn.numbers.max())
    assert (own[0], own[-1]) == (rand.numbers.min(), rand.numbers.max())
    assert histogram(rand.numbers, rand.distribution, shared).counts.sum() == 1000


@pytest.mark.parametrize("values", [[0.5], [3.0, 3.0], [100.0, np.nextafter(100.0, 101)], [0.0]], ids=str)
def test_equal_numbers_fill_one_bin(values: list[float]) -> None:
    x = np.array(values)
    edges = bin_edges(20, x)
    assert (np.diff(edges) > 0).all()
    assert edges[-1] - edges[0] == pytest.approx(1)
    assert sorted(histogram(x, NORMAL, edges).counts)[-2:] == [0, len(values)]


def test_means_have_a_histogram_with_their_normal_curve() -> None:
    means = draw_means(Choice("rand"), 100, 10_000)
    edges = np.linspace(0.35, 0.65, 31)
    counted = histogram(means.values, means.predicted, edges)
    middle = (edges[1:] + edges[:-1]) / 2
    # Within a bin of a third of the std the curve bends by less than 1 / 200 of its top.
    top = float(means.predicted.density(np.array(0.5)))
    np.testing.assert_allclose(
        counted.expected / 10_000 / np.diff(edges), means.predicted.density(middle), atol=top / 200
    )


def test_the_table_has_seen_and_expected_side_by_side() -> None:
    samples = [draw_sample(Choice("rand"), 1000), draw_sample(Choice("normal", {"std": 2.0}), 1000, seed=5)]
    table = statistics_table(samples)
    assert table.columns == (
        "statistic",
        "rand, seed 0",
        "rand, seed 0, expected",
        "normal(mean=0, std=2), seed 5",
        "normal(mean=0, std=2), seed 5, expected",
    )
    assert [row[0] for row in table.rows] == [
        "mean",
        "variance",
        "skewness",
        "kurtosis",
        "minimum",
        "maximum",
        "outside 1 sigma",
        "outside 2 sigma",
        "outside 3 sigma",
    ]
    assert table.rows[1][2] == pytest.approx(1 / 12)
    assert table.rows[1][3] == samples[1].statistics.variance
    assert table.rows[3][4] == 3.0
    assert len(table.to_csv().splitlines()) == 10


@pytest.mark.parametrize(
    ("n", "message"),
    [
        (0, "numbers is 0; it must be a whole number between 1 and 10,000,000."),
        (10**12, "numbers is 1000000000000; it must be a whole number between 1 and 10,000,000."),
        (math.nan, "numbers is nan; it must be a whole number between 1 and 10,000,000."),
    ],
)
def test_too_few_and_too_many_numbers_are_refused(n: int, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        draw_sample(Choice("randn"), n)
    assert (caught.value.field, caught.value.message) == ("n", message)


def test_a_std_below_zero_and_no_bins_are_refused() -> None:
    with pytest.raises(ConfigError, match="standard deviation is -2; it must be") as caught:
        draw_sample(Choice("normal", {"std": -2}))
    assert caught.value.field == "law.std"
    with pytest.raises(ConfigError, match="bins is 0; it must be a whole number between 1 and 1,000"):
        bin_edges(0, np.zeros(3))
