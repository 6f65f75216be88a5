"""Distributions against scipy, numerical integration of their densities, and the laws that draw from them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine.distributions import (
    NORMAL,
    TRUNCATED,
    UNIFORM,
    Atom,
    Distribution,
    discrete,
    sphere,
    thinned,
)
from tests.expectation import expectation

CONTINUOUS = {
    "uniform": (UNIFORM, stats.uniform(-1, 2)),
    "normal": (NORMAL, stats.norm()),
    "truncated": (TRUNCATED, stats.truncnorm(-2, 2)),
    # A coordinate x in d dimensions: (x + 1) / 2 has the law Beta((d - 1) / 2, (d - 1) / 2).
    **{f"sphere {d}": (sphere(d), stats.beta((d - 1) / 2, (d - 1) / 2, -1, 2)) for d in (2, 3, 4, 64, 1000)},
    "moved": (NORMAL.moved(0.01, -3.0), stats.norm(-3, 0.01)),
    "rand": (UNIFORM.moved(0.5, 0.5), stats.uniform(0, 1)),
}
WITH_ATOMS = {
    "constant": discrete(Atom(0.1, 1.0)),
    "two values": sphere(1),
    "skewed": discrete(Atom(0.0, 0.75), Atom(4.0, 0.25)),
    "sparse": thinned(NORMAL.moved(2.0), 15 / 64),
    "very sparse": thinned(NORMAL, 1e-4),
}
ALL = {name: pair[0] for name, pair in CONTINUOUS.items()} | WITH_ATOMS

every_continuous = pytest.mark.parametrize(("ours", "theirs"), CONTINUOUS.values(), ids=CONTINUOUS)
every_distribution = pytest.mark.parametrize("distribution", ALL.values(), ids=ALL)


@every_continuous
def test_the_closed_forms_are_those_of_scipy(ours: Distribution, theirs: stats.rv_continuous) -> None:
    mean, variance, skewness, excess = (float(value) for value in theirs.stats("mvsk"))
    assert ours.mean == pytest.approx(mean, abs=1e-12)
    assert ours.std == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert ours.skewness == pytest.approx(skewness, abs=1e-7)
    assert ours.kurtosis == pytest.approx(3 + excess, rel=1e-7)
    assert (ours.low, ours.high) == pytest.approx(theirs.support())
    x = ours.mean + ours.std * np.linspace(-4, 4, 81)
    np.testing.assert_allclose(ours.density(x), theirs.pdf(x), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(ours.cumulative(x), theirs.cdf(x), rtol=1e-9, atol=1e-14)


@every_continuous
def test_quantiles_are_those_of_scipy(ours: Distribution, theirs: stats.rv_continuous) -> None:
    for probability in (1e-6, 0.1, 0.5, 0.9, 1 - 1e-6):
        quantile = float(theirs.ppf(probability))
        assert ours.quantile(probability) == pytest.approx(quantile, rel=1e-8, abs=1e-9)


@every_distribution
def test_the_moments_are_those_of_the_density_and_the_atoms(distribution: Distribution) -> None:
    mean = distribution.mean
    assert expectation(distribution, lambda _x: 1.0) == pytest.approx(1, abs=1e-9)
    assert expectation(distribution, lambda x: x) == pytest.approx(mean, abs=1e-9)

    def standardized(k: int) -> float:
        return expectation(distribution, lambda x: ((x - mean) / (distribution.std or 1.0)) ** k)

    second, third, fourth = standardized(2), standardized(3), standardized(4)
    if distribution.std == 0:
        assert distribution.skewness is None
        assert distribution.kurtosis is None
        assert second == 0
        return
    assert second == pytest.approx(1, rel=1e-8)
    assert third == pytest.approx(distribution.skewness, abs=1e-8)
    assert fourth == pytest.approx(distribution.kurtosis, rel=1e-8)


@every_distribution
@pytest.mark.parametrize("sigmas", [1, 2, 3])
def test_the_share_outside_is_the_integral_of_the_density(distribution: Distribution, sigmas: int) -> None:
    reach = sigmas * distribution.std
    atoms = sum(
        atom.probability for atom in distribution.atoms if abs(atom.value - distribution.mean) > reach
    )
    low = max(distribution.low, distribution.mean - reach)
    high = min(distribution.high, distribution.mean + reach)
    inside = distribution.mass_below(np.array([low, high]))
    everything = float(distribution.mass_below(np.array(np.inf)))
    assert distribution.outside(sigmas) == pytest.approx(
        everything - (inside[1] - inside[0]) + atoms, abs=1e-12
    )


# By hand: 1 - 1 / sqrt 3 of a uniform law; erfc(k / sqrt 2) of a normal one; of one that is 4 once in four
# times the mean is 1, the std is sqrt 3, and 4 is 1.73 std away; of a sparse one with every fourth number
# kept the std is halved, and 2 erfc(k / 2 / sqrt 2) / 8 are outside.
OUTSIDE = [
    (UNIFORM, 1, 1 - 1 / math.sqrt(3)),
    (UNIFORM, 2, 0.0),
    (UNIFORM.moved(0.05), 2, 0.0),
    (NORMAL, 1, 0.3173105078629141),
    (NORMAL, 2, 0.04550026389635842),
    (NORMAL.moved(0.01, 5.0), 3, 0.0026997960632601866),
    (sphere(1), 1, 0.0),
    (sphere(2), 1, 0.5),
    (WITH_ATOMS["skewed"], 1, 0.25),
    (WITH_ATOMS["skewed"], 2, 0.0),
    (thinned(NORMAL, 0.25), 1, 0.25 * math.erfc(0.5 / math.sqrt(2))),
    (discrete(Atom(0.1, 1.0)), 1, 0.0),
]


@pytest.mark.parametrize(("distribution", "sigmas", "expected"), OUTSIDE)
def test_shares_outside_worked_by_hand(distribution: Distribution, sigmas: int, expected: float) -> None:
    assert distribution.outside(sigmas) == pytest.approx(expected, abs=1e-12)


@every_distribution
def test_a_quantile_is_the_smallest_number_with_its_probability(distribution: Distribution) -> None:
    for probability in (1e-7, 0.02, 0.3, 0.5, 0.8, 0.999999):
        x = distribution.quantile(probability)
        step = 1e-9 * (distribution.std + abs(x) + 1e-9)
        assert distribution.cumulative(x + step) >= probability
        assert distribution.cumulative(x - step) < probability or distribution.cumulative(x - step) == (
            pytest.approx(probability, abs=1e-8)
        )


def test_a_quantile_inside_an_atom_is_the_atom() -> None:
    assert WITH_ATOMS["sparse"].quantile(0.5) == 0.0
    assert WITH_ATOMS["skewed"].quantile(0.75) == 0.0
    assert WITH_ATOMS["skewed"].quantile(0.76) == 4.0


@given(
    st.sampled_from(list(ALL)),
    st.floats(1e-6, 1e6),
    st.floats(-1e6, 1e6),
    st.floats(-5, 5),
)
def test_moving_a_distribution_moves_its_numbers(
    name: str, scale: float, shift: float, sigmas: float
) -> None:
    still = ALL[name]
    moved = still.moved(scale, shift)
    assert moved.mean == pytest.approx(scale * still.mean + shift, rel=1e-12, abs=1e-9)
    assert moved.std == pytest.approx(scale * still.std, rel=1e-12)
    assert (moved.skewness, moved.kurtosis) == (still.skewness, still.kurtosis)
    x = still.mean + sigmas * (still.std or 1.0)
    # x comes back rounded by some 2^-52 of the larger of the two summands; next to an atom, or to the
    # infinite end of a density, that decides.
    rounding = 2**-50 * (abs(shift) / scale + abs(x) + 1)
    low, high = still.cumulative(x - rounding), still.cumulative(x + rounding)
    assert low - 1e-9 <= moved.cumulative(scale * x + shift) <= high + 1e-9


def test_nothing_is_left_of_a_distribution_scaled_by_nothing() -> None:
    for distribution in ALL.values():
        moved = distribution.moved(0.0, 3.0)
        assert (moved.mean, moved.std, moved.low, moved.high) == (3.0, 0.0, 3.0, 3.0)
        assert moved.atoms == (Atom(3.0, 1.0),)


def test_three_dimensions_are_uniform_and_many_are_nearly_normal() -> None:
    x = np.linspace(-0.99, 0.99, 9)
    np.testing.assert_allclose(sphere(3).density(x), 0.5, rtol=1e-12)
    wide = sphere(10_000).moved(100.0)
    # (d - 3) / 2 log(1 - x^2 / d) is -x^2 / 2 + (3 x^2 / 2 - x^4 / 4) / d + ..., and log(density at 0) is
    # that of the normal law - 3 / (4 d) + ...: for |x| < 3 they differ by less than 10 / d.
    np.testing.assert_allclose(wide.density(3 * x), NORMAL.density(3 * x), rtol=10 / 10_000)


def test_thinning_keeps_everything_or_scales_nothing() -> None:
    assert thinned(NORMAL, 1.0) is NORMAL
    assert thinned(NORMAL.moved(0.0), 0.5).atoms == (Atom(0.0, 1.0),)
