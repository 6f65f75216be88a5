"""Initializers against their formulas: samples, published numbers, and the code that they show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from scipy import integrate, stats

from engine.distributions import TRUNCATED
from engine.fields import OneOf, choose
from engine.initializers import BIAS_INITIALIZERS, INITIALIZERS, Initializer

every_initializer = pytest.mark.parametrize("name", INITIALIZERS)
every_bias_initializer = pytest.mark.parametrize("name", BIAS_INITIALIZERS)

SHAPES = [(64, 32), (32, 64), (7, 7), (1, 5), (5, 1), (1, 1)]


def defaults(registry: Mapping[str, Initializer], name: str) -> dict[str, float | str]:
    return dict(choose(registry, "initializer", name).parameters)


def variations(registry: Mapping[str, Initializer], name: str) -> list[dict[str, float | str]]:
    """The defaults, and for each parameter sets in which it has another value."""
    usual = defaults(registry, name)
    varied = [usual]
    for parameter in registry[name].parameters:
        values: Sequence[float | str] = [1, 3, 5]
        if isinstance(parameter, OneOf):
            values = list(parameter.choices)
        elif not parameter.integer:
            values = [1.0, 3.0, 5 / 3, 1e-5, 0.0]
        varied += [usual | {parameter.name: value} for value in values]
    return varied


def assert_sample_fits(
    sample: np.ndarray, initializer: Initializer, fan_in: int, fan_out: int, **p: float | str
) -> None:
    moments = initializer.moments(fan_in, fan_out, **p)
    n = sample.size
    # Products are rounded once, so a bound may be passed by half a unit in the last place.
    assert np.nextafter(moments.low, -np.inf) <= sample.min()
    assert sample.max() <= np.nextafter(moments.high, np.inf)
    if moments.kurtosis is None:
        assert moments.std == 0
        assert (sample == moments.mean).all()
        return
    assert abs(sample.mean() - moments.mean) <= 4 * moments.std / math.sqrt(n)
    assert abs(sample.std() / moments.std - 1) < 4 * math.sqrt((moments.kurtosis - 1) / (4 * n))


@every_initializer
@pytest.mark.parametrize(("fan_in", "fan_out"), [(300, 200), (100, 400)])
def test_a_sample_has_the_moments_and_keeps_the_bound(name: str, fan_in: int, fan_out: int) -> None:
    p = defaults(INITIALIZERS, name)
    weights = INITIALIZERS[name].draw(np.random.default_rng(1), fan_in, fan_out, **p)
    assert weights.dtype == np.float64
    assert weights.shape == (fan_in, fan_out)
    assert_sample_fits(weights, INITIALIZERS[name], fan_in, fan_out, **p)


@every_bias_initializer
def test_a_sample_of_biases_has_the_moments_and_keeps_the_bound(name: str) -> None:
    p = defaults(BIAS_INITIALIZERS, name)
    biases = BIAS_INITIALIZERS[name].draw(np.random.default_rng(1), 100, 20_000, **p)
    assert biases.dtype == np.float64
    assert biases.shape == (20_000,)
    assert_sample_fits(biases, BIAS_INITIALIZERS[name], 100, 20_000, **p)


@every_initializer
def test_the_code_on_show_gives_the_weights(name: str) -> None:
    for p, (fan_in, fan_out) in product(variations(INITIALIZERS, name), SHAPES):
        code = INITIALIZERS[name].code(3, fan_in, fan_out, **p)
        names = {"np": np, "rng": np.random.default_rng(5)}
        exec(code, names)
        drawn = INITIALIZERS[name].draw(np.random.default_rng(5), fan_in, fan_out, **p)
        np.testing.assert_array_equal(names["W3"], drawn, err_msg=code, strict=True)


@every_bias_initializer
def test_the_code_on_show_gives_the_biases(name: str) -> None:
    for p in variations(BIAS_INITIALIZERS, name):
        code = BIAS_INITIALIZERS[name].code(2, 64, 32, **p)
        names = {"np": np, "rng": np.random.default_rng(5)}
        exec(code, names)
        drawn = BIAS_INITIALIZERS[name].draw(np.random.default_rng(5), 64, 32, **p)
        np.testing.assert_array_equal(names["b2"], drawn, err_msg=code, strict=True)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("zeros", "W1 = np.zeros((64, 32))"),
        ("constant", "W1 = np.full((64, 32), 0.5)"),
        ("rand", "W1 = rng.random((64, 32))"),
        ("randn", "W1 = rng.standard_normal((64, 32))"),
        ("normal", "W1 = rng.standard_normal((64, 32)) * 0.01"),
        ("lecun_normal", "W1 = rng.standard_normal((64, 32)) * np.sqrt(1 / 64)"),
        ("xavier_normal", "W1 = rng.standard_normal((64, 32)) * np.sqrt(2 / (64 + 32))"),
        ("xavier_uniform", "W1 = rng.uniform(-1, 1, (64, 32)) * np.sqrt(6 / (64 + 32))"),
        ("he_normal", "W1 = rng.standard_normal((64, 32)) * np.sqrt(2 / 64)"),
        ("he_uniform", "W1 = rng.uniform(-1, 1, (64, 32)) * np.sqrt(6 / 64)"),
        ("pytorch_default", "W1 = rng.uniform(-1, 1, (64, 32)) * np.sqrt(1 / 64)"),
        ("identity", "W1 = np.eye(64, 32)"),
    ],
)
def test_the_code_reads_like_the_textbooks(name: str, code: str) -> None:
    assert INITIALIZERS[name].code(1, 64, 32, **defaults(INITIALIZERS, name)) == code


def test_the_code_of_biases() -> None:
    assert BIAS_INITIALIZERS["zeros"].code(1, 64, 32) == "b1 = np.zeros(32)"
    assert BIAS_INITIALIZERS["normal"].code(1, 64, 32, std=1.0) == "b1 = rng.standard_normal(32)"


# Published std and bounds, to the digits given, for (fan_in, fan_out).
LEAKY = math.sqrt(2 / (1 + 0.01**2))
STDS = [
    ("lecun_normal", {}, (100, 50), 0.1),
    ("lecun_normal", {}, (784, 30), 0.0357143),
    ("xavier_normal", {}, (100, 50), 0.115470),
    ("xavier_normal", {}, (784, 30), 0.0495682),
    ("he_normal", {}, (100, 50), 0.141421),
    ("he_normal", {}, (784, 30), 0.0505076),
    ("he_normal", {"mode": "fan_out"}, (100, 50), 0.2),
    ("he_normal", {"mode": "fan_out"}, (784, 30), 0.258199),
    ("he_normal", {"gain": LEAKY}, (100, 50), 0.141414),
    ("pytorch_default", {}, (100, 50), 0.0577350),
]
BOUNDS = [
    ("lecun_uniform", {}, (100, 50), 0.173205),
    ("xavier_uniform", {}, (100, 50), 0.2),
    ("xavier_uniform", {"gain": 5 / 3}, (100, 50), 0.333333),
    ("xavier_uniform", {}, (784, 30), 0.0858546),
    ("he_uniform", {}, (100, 50), 0.244949),
    ("he_uniform", {}, (784, 30), 0.0874818),
    ("pytorch_default", {}, (100, 50), 0.1),
    ("pytorch_default", {}, (784, 30), 0.0357143),
]


@pytest.mark.parametrize(("name", "given", "fans", "std"), STDS, ids=str)
def test_published_std(name: str, given: dict[str, float | str], fans: tuple[int, int], std: float) -> None:
    moments = INITIALIZERS[name].moments(fans[0], fans[1], **defaults(INITIALIZERS, name) | given)
    assert moments.std == pytest.approx(std, abs=5.1e-7)


@pytest.mark.parametrize(("name", "given", "fans", "bound"), BOUNDS, ids=str)
def test_published_bound(
    name: str, given: dict[str, float | str], fans: tuple[int, int], bound: float
) -> None:
    moments = INITIALIZERS[name].moments(fans[0], fans[1], **defaults(INITIALIZERS, name) | given)
    assert max(-moments.low, moments.high) == pytest.approx(bound, abs=5.1e-7)


def test_fan_avg_is_the_mean_of_the_fans() -> None:
    assert INITIALIZERS["he_normal"].moments(100, 50, mode="fan_avg", gain=1.0).std == pytest.approx(
        math.sqrt(1 / 75)
    )
    assert INITIALIZERS["he_uniform"].moments(100, 50, mode="fan_avg", gain=1.0).std == pytest.approx(
        math.sqrt(1 / 75)
    )


# fan_in * Var(W), the one number per layer that decides what signals do.
SIGMA_W_SQUARED = [
    ("zeros", 0),
    ("rand", 100 / 12),
    ("randn", 100),
    ("normal", 0.01),
    ("truncated_normal", 100 * 0.02**2 * 0.773741),
    ("lecun_normal", 1),
    ("lecun_uniform", 1),
    ("xavier_normal", 4 / 3),
    ("xavier_uniform", 4 / 3),
    ("he_normal", 2),
    ("he_uniform", 2),
    ("pytorch_default", 1 / 3),
    ("orthogonal", 1),
    ("sparse", 15),
]


@pytest.mark.parametrize(("name", "expected"), SIGMA_W_SQUARED)
def test_sigma_w_squared(name: str, expected: float) -> None:
    std = INITIALIZERS[name].moments(100, 50, **defaults(INITIALIZERS, name)).std
    assert 100 * std**2 == pytest.approx(expected, rel=1e-6)


def test_truncated_normal_agrees_with_quadrature() -> None:
    law = stats.truncnorm(-2, 2)
    variance, fourth = (integrate.quad(lambda x, k=k: x**k * law.pdf(x), -2, 2)[0] for k in (2, 4))
    moments = INITIALIZERS["truncated_normal"].moments(9, 9, std=1.0)
    assert moments.std == pytest.approx(math.sqrt(variance), rel=1e-10)
    assert moments.kurtosis == pytest.approx(fourth / variance**2, rel=1e-10)
    assert pytest.approx(0.87962566103423978, abs=1e-15) == TRUNCATED.std


def test_truncated_normal_has_the_shape_of_its_law() -> None:
    weights = INITIALIZERS["truncated_normal"].draw(np.random.default_rng(1), 100, 100, std=0.02)
    assert stats.kstest(weights.ravel() / 0.02, stats.truncnorm(-2, 2).cdf).pvalue > 0.001


@pytest.mark.parametrize(("fan_in", "fan_out"), SHAPES)
@pytest.mark.parametrize("gain", [1.0, 1.5])
def test_orthogonal_is_orthogonal(fan_in: int, fan_out: int, gain: float) -> None:
    weights = INITIALIZERS["orthogonal"].draw(np.random.default_rng(2), fan_in, fan_out, gain=gain)
    product = weights.T @ weights if fan_in >= fan_out else weights @ weights.T
    np.testing.assert_allclose(product, gain**2 * np.eye(len(product)), rtol=0, atol=1e-12)


def test_entries_of_orthogonal_matrices_have_the_kurtosis_of_a_sphere() -> None:
    rng = np.random.default_rng(3)
    draw = INITIALIZERS["orthogonal"].draw
    entries = np.concatenate([draw(rng, 4, 3, gain=1.0).ravel() for _ in range(5000)])
    # In 4 dimensions E x^2 = 1/4 and E x^4 = 3 / (4 * 6), so the kurtosis is 2. E x^8 = 105 / (4 * 6 * 8 *
    # 10) is 3.5 (E x^4)^2, so the mean of x^4 over 60,000 entries has a relative error of sqrt(2.5 / 60,000).
    assert np.mean(entries**4) * 16 == pytest.approx(2, rel=4 * math.sqrt(2.5 / 60_000))
    assert INITIALIZERS["orthogonal"].moments(4, 3, gain=1.0).kurtosis == pytest.approx(2)
    assert INITIALIZERS["orthogonal"].moments(3, 4, gain=1.0).kurtosis == pytest.approx(2)


@pytest.mark.parametrize(("fan_in", "kept"), [(64, 15), (15, 15), (4, 4)])
def test_sparse_keeps_exactly_so_many_weights_of_each_unit(fan_in: int, kept: int) -> None:
    weights = INITIALIZERS["sparse"].draw(np.random.default_rng(4), fan_in, 200, connections=15, std=2.0)
    assert (np.count_nonzero(weights, axis=0) == kept).all()
    assert weights[weights != 0].std() == pytest.approx(2.0, rel=4 / math.sqrt(2 * kept * 200))


def test_sparse_keeps_every_input_equally_often() -> None:
    weights = INITIALIZERS["sparse"].draw(np.random.default_rng(4), 60, 4000, connections=15, std=1.0)
    per_input = np.count_nonzero(weights, axis=1)
    # 4000 draws of a quarter: 1000 +- 27.4.
    assert np.abs(per_input - 1000).max() < 4 * math.sqrt(4000 * 3 / 16)


def test_identity_copies_its_inputs() -> None:
    x = np.array([[1.0, 2.0, 3.0]])
    draw = INITIALIZERS["identity"].draw
    rng = np.random.default_rng(0)
    assert (x @ draw(rng, 3, 3, gain=1.0)).tolist() == [[1, 2, 3]]
    assert (x @ draw(rng, 3, 5, gain=2.0)).tolist() == [[2, 4, 6, 0, 0]]
    assert (x @ draw(rng, 3, 2, gain=1.0)).tolist() == [[1, 2]]


@pytest.mark.parametrize(("fan_in", "fan_out"), [(4, 4), (4, 9), (9, 4)])
def test_moments_of_the_identity_are_those_over_its_entries(fan_in: int, fan_out: int) -> None:
    entries = INITIALIZERS["identity"].draw(np.random.default_rng(0), fan_in, fan_out, gain=3.0).ravel()
    moments = INITIALIZERS["identity"].moments(fan_in, fan_out, gain=3.0)
    assert moments.mean == pytest.approx(entries.mean())
    assert moments.std == pytest.approx(entries.std())
    assert moments.kurtosis == pytest.approx(stats.kurtosis(entries, fisher=False))


def test_units_of_rand_point_the_same_way() -> None:
    weights = INITIALIZERS["rand"].draw(np.random.default_rng(6), 1000, 20)
    unit = weights / np.linalg.norm(weights, axis=0)
    cosines = (unit.T @ unit)[np.triu_indices(20, 1)]
    # (1/4) / (1/3) in expectation; one pair varies by less than sqrt((1/9 - 1/16) / 1000) / (1/3) = 0.02.
    assert cosines.mean() == pytest.approx(0.75, abs=0.02)


def test_published_weights_of_the_legacy_generator() -> None:
    # Deep Learning Specialization, course 2, week 1: np.random.seed(3), layers 2-4-1, W = randn(out, in) *
    # sqrt(2 / in).
    rng = np.random.RandomState(3)
    he = INITIALIZERS["he_normal"]
    first, second = (he.draw(rng, *shape, mode="fan_out", gain=math.sqrt(2)) for shape in ((4, 2), (1, 4)))
    published = [
        [1.78862847, 0.43650985],
        [0.09649747, -1.8634927],
        [-0.2773882, -0.35475898],
        [-0.08274148, -0.62700068],
    ]
    np.testing.assert_allclose(first, published, atol=5.1e-9, rtol=0)
    np.testing.assert_allclose(
        second, [[-0.03098412, -0.33744411, -0.92904268, 0.62552248]], atol=5.1e-9, rtol=0
    )


def test_published_large_weights_of_the_legacy_generator() -> None:
    # The same course's random * 10.
    weights = INITIALIZERS["normal"].draw(np.random.RandomState(3), 2, 3, std=10.0)
    published = [[17.88628473, 4.36509851, 0.96497468], [-18.63492703, -2.77388203, -3.54758979]]
    np.testing.assert_allclose(weights, published, atol=5.1e-9, rtol=0)


@every_initializer
def test_the_legacy_generator_works_with_all(name: str) -> None:
    p = defaults(INITIALIZERS, name)
    once, again = (INITIALIZERS[name].draw(np.random.RandomState(7), 20, 10, **p) for _ in range(2))
    np.testing.assert_array_equal(once, again)


@pytest.mark.parametrize("registry", [INITIALIZERS, BIAS_INITIALIZERS], ids=["weights", "biases"])
def test_a_person_can_read_about_each(registry: dict[str, Initializer]) -> None:
    for initializer in registry.values():
        assert initializer.formula
        assert initializer.explanation.endswith(".")
        assert "://" in initializer.reference
