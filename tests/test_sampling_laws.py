"""The laws to sample from: what they draw, the code they show, and their way from and to the initializers.

Samples have fixed seeds, so nothing here is decided by luck; the bounds are such that another seed would fail
by chance less often than once in a million times per assertion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy import stats

from engine.distributions import Distribution
from engine.fields import Choice, ConfigError, OneOf, choose
from engine.initializers import INITIALIZERS
from engine.sampling.sample_laws import (
    SAMPLE_LAWS,
    check_law,
    code_of,
    distribution_of,
    initializer_of_law,
    law_of,
    law_of_initializer,
    title_of,
)

FEW = 1e-6
"""Smaller p-values come by chance once in a million tests."""


def variations(name: str) -> list[Choice]:
    """The defaults, and for each parameter choices in which it has another value."""
    usual = dict(check_law(Choice(name)).parameters)
    varied = [usual]
    for parameter in SAMPLE_LAWS[name].parameters:
        values: Sequence[float | str] = [1, 2, 3]
        if isinstance(parameter, OneOf):
            values = list(parameter.choices)
        elif not parameter.integer:
            values = [1.0, 5 / 3, 0.0]
        varied += [usual | {parameter.name: value} for value in values]
    if name == "orthogonal":
        varied += [usual | {"fan_in": d, "fan_out": d} for d in (1, 2, 3)]
    return list(dict.fromkeys(check_law(Choice(name, parameters)) for parameters in varied))


every_law = pytest.mark.parametrize("name", SAMPLE_LAWS)
every_initializer = pytest.mark.parametrize("name", INITIALIZERS)


def every_choice(check: Callable[[Choice], None]) -> Callable[[str], None]:
    """Check all choices of a law in one test; the one that fails is named."""

    @every_law
    def check_choices(name: str) -> None:
        for choice in variations(name):
            try:
                check(choice)
            except BaseException as error:
                error.add_note(f"with {title_of(choice)}")
                raise

    return check_choices


def test_the_laws_of_the_issue_are_there() -> None:
    wanted = "rand randn normal uniform truncated_normal scaled_randn xavier_normal xavier_uniform he_normal"
    wanted += " he_uniform lecun_normal lecun_uniform orthogonal sparse constant"
    assert set(wanted.split()) <= SAMPLE_LAWS.keys()


@every_law
def test_a_person_can_read_about_each(name: str) -> None:
    law = SAMPLE_LAWS[name]
    assert law.label
    assert law.formula.startswith("x ")
    assert "W" not in law.formula
    assert law.explanation.endswith(".")
    assert "://" in law.reference


@every_choice
def test_the_code_on_show_gives_the_numbers(choice: Choice) -> None:
    for shape in ((1,), (1000,), (20, 5)):
        code = code_of(choice, 7, *shape)
        names: dict[str, object] = {"np": np}
        exec(code, names)
        drawn = law_of(choice).draw(np.random.default_rng(7), shape)
        assert drawn.dtype == np.float64
        np.testing.assert_array_equal(names["x"], drawn, err_msg=code, strict=True)


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        (Choice("rand"), "x = rng.random(100)"),
        (Choice("randn"), "x = rng.standard_normal(100)"),
        (Choice("normal", {"mean": 3.0, "std": 0.5}), "x = rng.normal(3, 0.5, 100)"),
        (Choice("scaled_randn"), "x = rng.standard_normal(100) * 0.01"),
        (Choice("xavier_normal"), "x = rng.standard_normal(100) * np.sqrt(2 / (64 + 32))"),
        (Choice("sparse"), "x = rng.standard_normal(100) * (rng.random(100) < 15 / 64)"),
    ],
)
def test_the_code_reads_like_the_textbooks(choice: Choice, line: str) -> None:
    assert code_of(check_law(choice), 3, 100) == f"rng = np.random.default_rng(3)\n{line}"


@every_choice
def test_the_numbers_have_the_mean_and_the_std(choice: Choice) -> None:
    n, law = 20_000, distribution_of(choice)
    x = law_of(choice).draw(np.random.default_rng(1), (n,))
    assert x.min() >= law.low - 1e-12
    assert x.max() <= law.high + 1e-12
    if law.kurtosis is None:
        assert (x == law.mean).all()
        return
    assert abs(x.mean() - law.mean) <= 5 * law.std / math.sqrt(n)
    # Var(s^2) = std^4 (kurtosis - 1 + 2 / (n - 1)) / n.
    spread = math.sqrt((law.kurtosis - 1 + 2 / (n - 1)) / n)
    assert abs(x.var(ddof=1) / law.std**2 - 1) <= 5 * spread


def assert_drawn_from(x: np.ndarray, law: Distribution) -> None:
    """Count the atoms, and compare the rest with the continuous part by Kolmogorov and Smirnov's test."""
    everything = float(law.mass_below(np.array(np.inf)))
    rest = np.ones(len(x), bool)
    for atom in law.atoms:
        there = np.abs(x - atom.value) < 1e-14
        rest &= ~there
        assert stats.binomtest(int(there.sum()), len(x), min(atom.probability, 1.0)).pvalue > FEW
    if everything > 0:
        assert stats.kstest(x[rest], lambda t: law.mass_below(t) / everything).pvalue > FEW
    else:
        assert not rest.any()


@every_choice
def test_the_numbers_have_the_shape_of_their_law(choice: Choice) -> None:
    x = law_of(choice).draw(np.random.default_rng(2), (5000,))
    assert_drawn_from(x, distribution_of(choice))


@pytest.mark.parametrize(("fan_in", "fan_out"), [(1, 1), (2, 1), (3, 2), (4, 5)])
def test_entries_of_real_orthogonal_matrices_have_the_law(fan_in: int, fan_out: int) -> None:
    rng = np.random.default_rng(3)
    draw = INITIALIZERS["orthogonal"].draw
    matrices = np.array([draw(rng, fan_in, fan_out, gain=1.5) for _ in range(2000)])
    choice = check_law(Choice("orthogonal", {"fan_in": fan_in, "fan_out": fan_out, "gain": 1.5}))
    # One entry of each matrix, from any place: entries of the same matrix depend on each other.
    for place in (0, -1):
        assert_drawn_from(matrices[:, place, place], distribution_of(choice))


def test_entries_of_a_real_sparse_matrix_have_the_law() -> None:
    rng = np.random.default_rng(4)
    draw = INITIALIZERS["sparse"].draw
    entries = draw(rng, 20, 5000, connections=5, std=2.0)[7]
    choice = check_law(Choice("sparse", {"fan_in": 20, "fan_out": 1, "connections": 5, "std": 2.0}))
    assert_drawn_from(entries, distribution_of(choice))


@every_initializer
@pytest.mark.parametrize(("fan_in", "fan_out"), [(64, 32), (3, 7), (1, 1)])
def test_show_law_gives_the_law_of_a_layers_weights(name: str, fan_in: int, fan_out: int) -> None:
    initializer = choose(INITIALIZERS, "initializer", name)
    law = law_of_initializer(initializer, fan_in, fan_out)
    if name == "identity":
        assert law is None
        return
    assert law is not None
    weight = INITIALIZERS[name].moments(fan_in, fan_out, **initializer.parameters)
    number = distribution_of(law)
    assert (number.mean, number.std) == (weight.mean, weight.std)
    assert (number.kurtosis, number.skewness) == (weight.kurtosis, weight.skewness)
    x = weight.mean + weight.std * np.linspace(-3, 3, 25)
    np.testing.assert_array_equal(number.cumulative(x), weight.cumulative(x))


@every_initializer
def test_there_and_back_gives_the_same_initializer(name: str) -> None:
    initializer = choose(INITIALIZERS, "initializer", name)
    law = law_of_initializer(initializer, 64, 32)
    if law is not None:
        back = initializer_of_law(law)
        assert back == (Choice("constant", {"value": 0.0}) if name == "zeros" else initializer)


@every_choice
def test_use_as_initializer_draws_weights_like_the_numbers(choice: Choice) -> None:
    initializer = initializer_of_law(choice)
    if choice.parameters.get("mean"):
        assert initializer is None
        return
    assert initializer is not None
    fans = (int(choice.parameters.get("fan_in", 5)), int(choice.parameters.get("fan_out", 5)))
    weight = INITIALIZERS[initializer.name].moments(*fans, **initializer.parameters)
    number = distribution_of(choice)
    assert number.mean == weight.mean
    assert number.std == pytest.approx(weight.std, rel=1e-15)
    if choice.name not in ("orthogonal", "sparse"):
        weights = INITIALIZERS[initializer.name].draw(
            np.random.default_rng(5), *fans, **initializer.parameters
        )
        numbers = law_of(choice).draw(np.random.default_rng(5), fans)
        np.testing.assert_array_equal(numbers, weights, strict=True)


# What the laws say of themselves, against numbers from tables and by hand.
EXPECTED = [
    (Choice("rand"), 0.5, 1 / 12, 1.8),
    (Choice("randn"), 0.0, 1.0, 3.0),
    (Choice("normal", {"mean": -2.0, "std": 3.0}), -2.0, 9.0, 3.0),
    (Choice("scaled_randn"), 0.0, 1e-4, 3.0),
    (Choice("uniform", {"limit": 0.3}), 0.0, 0.03, 1.8),
    (Choice("truncated_normal", {"std": 1.0}), 0.0, 0.7737413035, 2.3655367),
    (Choice("xavier_normal", {"fan_in": 100, "fan_out": 50}), 0.0, 2 / 150, 3.0),
    (Choice("xavier_uniform", {"fan_in": 100, "fan_out": 50}), 0.0, 2 / 150, 1.8),
    (Choice("he_normal", {"fan_in": 100}), 0.0, 0.02, 3.0),
    (Choice("he_uniform", {"fan_in": 100}), 0.0, 0.02, 1.8),
    (Choice("lecun_normal", {"fan_in": 100}), 0.0, 0.01, 3.0),
    (Choice("lecun_uniform", {"fan_in": 100}), 0.0, 0.01, 1.8),
    (Choice("orthogonal", {"fan_in": 4, "fan_out": 3, "gain": 2.0}), 0.0, 1.0, 2.0),
    (Choice("sparse", {"fan_in": 60, "connections": 15, "std": 2.0}), 0.0, 1.0, 12.0),
    (Choice("constant", {"value": 0.25}), 0.25, 0.0, None),
]


@pytest.mark.parametrize(("choice", "mean", "variance", "kurtosis"), EXPECTED, ids=str)
def test_expected_moments(choice: Choice, mean: float, variance: float, kurtosis: float | None) -> None:
    law = distribution_of(check_law(choice))
    assert law.mean == mean
    assert law.std**2 == pytest.approx(variance, rel=1e-9)
    assert law.kurtosis == (kurtosis if kurtosis is None else pytest.approx(kurtosis, rel=1e-7))


@pytest.mark.parametrize(
    ("choice", "field", "message"),
    [
        (
            Choice("normal", {"std": -1}),
            "law.std",
            "standard deviation is -1; it must be a number between 0 and 100.",
        ),
        (Choice("rnd"), "law", "Unknown law 'rnd'; did you mean 'rand'?"),
        (Choice("rand", {"std": 1}), "law.std", "rand has no parameter 'std'."),
        (
            Choice("he_normal", {"fan_in": 0}),
            "law.fan_in",
            "fan_in is 0; it must be a whole number between 1 and 1,000,000.",
        ),
    ],
)
def test_what_cannot_be_sampled_is_refused_at_its_field(choice: Choice, field: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_law(choice)
    assert caught.value.field == field
    assert caught.value.message.startswith(message)


def test_titles() -> None:
    assert title_of(check_law(Choice("rand"))) == "rand"
    assert title_of(check_law(Choice("normal", {"std": 0.5}))) == "normal(mean=0, std=0.5)"
    assert title_of(check_law(Choice("he_normal"))) == (
        "he_normal(fan_in=64, fan_out=32, mode=fan_in, gain=1.41421)"
    )
