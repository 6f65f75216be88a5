"""Activations against published values, central differences and the limits of floating point."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from engine.activations import ACTIVATIONS, largest_slope, resolve
from engine.fields import Choice, choose

# Computed independently of this code, in float64, to eight decimals.
TABLE = """
z          -5          -2          -1          -.5         .5         1          2          5
tanh       -.99990920  -.96402758  -.76159416  -.46211716  .46211716  .76159416  .96402758  .99990920
tanh'      .00018158   .07065082   .41997434   .78644773   .78644773  .41997434  .07065082  .00018158
sigmoid    .00669285   .11920292   .26894142   .37754067   .62245933  .73105858  .88079708  .99330715
sigmoid'   .00664806   .10499359   .19661193   .23500371   .23500371  .19661193  .10499359  .00664806
elu        -.99326205  -.86466472  -.63212056  -.39346934  .5         1          2          5
elu'       .00673795   .13533528   .36787944   .60653066   1          1          1          1
selu       -1.74625336 -1.52016647 -1.11133074 -.69175819  .52535049  1.05070099 2.10140197 5.25350494
selu'      .01184598   .23793287   .64676860   1.06634115  1.05070099 1.05070099 1.05070099 1.05070099
gelu       -.00000143  -.04550026  -.15865525  -.15426877  .34573123  .84134475  1.95449974 4.99999857
gelu'      -.00000715  -.08523180  -.08331547  .13250488   .86749512  1.08331547 1.08523180 1.00000715
silu       -.03346425  -.23840584  -.26894142  -.18877033  .31122967  .73105858  1.76159416 4.96653575
silu'      -.02654743  -.09078425  .07232949   .26003881   .73996119  .92767051  1.09078425 1.02654743
softplus   .00671535   .12692801   .31326169   .47407698   .97407698  1.31326169 2.12692801 5.00671535
softplus'  .00669285   .11920292   .26894142   .37754067   .62245933  .73105858  .88079708  .99330715
"""
GOLDEN = {row.split()[0]: np.array(row.split()[1:], float) for row in TABLE.strip().splitlines()}

SLOPE, ALPHA = 0.01, 1.0
# The definitions, written once more for one number at a time.
DEFINITION = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "hard_tanh": lambda z: -1.0 if z < -1 else 1.0 if z > 1 else z,
    "relu": lambda z: z if z > 0 else 0.0,
    "leaky_relu": lambda z: z if z > 0 else SLOPE * z,
    "elu": lambda z: z if z > 0 else ALPHA * math.expm1(z),
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * math.expm1(z)),
    "gelu": lambda z: 0.5 * z * math.erfc(-z / math.sqrt(2)),
    "silu": lambda z: z / (1 + math.exp(-z)),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "softsign": lambda z: z / (1 + abs(z)),
    "mish": lambda z: z * math.tanh(math.log1p(math.exp(z))),
    "sin": math.sin,
}

every_activation = pytest.mark.parametrize("name", ACTIVATIONS)
both_precisions = pytest.mark.parametrize("dtype", ["float32", "float64"])


def evaluate(
    name: str, z: object, dtype: str = "float64", parameters: dict[str, float] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return phi(z) and phi'(z); the derivative gets a copy of z, because it may overwrite it."""
    bound = resolve(choose(ACTIVATIONS, "activation", name, parameters))
    z = np.array(z, dtype)
    a, slope = np.empty_like(z), np.empty_like(z)
    with np.errstate(over="ignore"):
        bound.forward(z, a)
        bound.derivative(z.copy(), a, slope)
    return a, slope


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name in GOLDEN])
def test_golden_values(name: str) -> None:
    a, slope = evaluate(name, GOLDEN["z"])
    np.testing.assert_allclose(a, GOLDEN[name], atol=5.1e-9, rtol=0)
    np.testing.assert_allclose(slope, GOLDEN[f"{name}'"], atol=5.1e-9, rtol=0)


def test_every_activation_has_a_definition() -> None:
    assert DEFINITION.keys() == ACTIVATIONS.keys()


@every_activation
def test_agrees_with_its_definition_in_the_tails_too(name: str) -> None:
    z = np.concatenate([np.linspace(-30, 30, 601), [-1e-9, 1e-9, -1e-300, -200.0, 200.0]])
    a, _ = evaluate(name, z)
    # Rounding z moves GELU, the most sensitive, z^2 <= 900 times as much; its definition rounds four times.
    expected = [DEFINITION[name](value) for value in z]
    np.testing.assert_allclose(a, expected, rtol=4 * 900 * 2**-53, atol=1e-300)


CENTRAL: list[tuple[str, dict[str, float]]] = [(name, {}) for name in ACTIVATIONS]
CENTRAL += [("leaky_relu", {"slope": 0.3}), ("leaky_relu", {"slope": 0.0})]
CENTRAL += [("elu", {"alpha": 0.4}), ("elu", {"alpha": 3.0})]


@pytest.mark.parametrize(("name", "parameters"), CENTRAL, ids=str)
def test_derivative_equals_central_difference(name: str, parameters: dict[str, float]) -> None:
    h = 1e-5
    z = np.linspace(-6, 6, 1000)
    z = z[[all(abs(value - kink) > 2 * h for kink in ACTIVATIONS[name].kinks) for value in z]]
    above, below = (
        evaluate(name, z + h, parameters=parameters)[0],
        evaluate(name, z - h, parameters=parameters)[0],
    )
    # Truncation is h^2 / 6 times |phi'''| < 6; round-off of values up to 6.4 is 6.4 * 2^-52 / h.
    atol = h**2 + 6.4 * 2**-52 / h
    np.testing.assert_allclose(
        evaluate(name, z, parameters=parameters)[1], (above - below) / (2 * h), rtol=0, atol=atol
    )


@every_activation
def test_derivative_jumps_at_its_kinks_and_nowhere_else(name: str) -> None:
    parameters = {"alpha": 0.5} if name == "elu" else {}
    kinks = ACTIVATIONS[name].kinks
    for kink in kinks:
        left, right = evaluate(name, [kink - 1e-9, kink + 1e-9], parameters=parameters)[1]
        assert abs(left - right) > 0.1
    z = np.linspace(-8, 8, 16_001)
    slope = evaluate(name, z, parameters=parameters)[1]
    # In steps of 0.001 a smooth slope changes by 0.001 |phi''|, and |phi''| < 3 everywhere.
    for left in z[:-1][np.abs(np.diff(slope)) > 0.003]:
        assert any(left - 1e-9 <= kink <= left + 0.001 + 1e-9 for kink in kinks)


def test_slopes_at_the_kinks_are_those_of_other_libraries() -> None:
    assert evaluate("relu", [0.0])[1] == 0
    assert evaluate("leaky_relu", [0.0])[1] == SLOPE
    assert evaluate("hard_tanh", [-1.0, 1.0])[1].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("name", "minimum", "at"),
    [
        ("gelu", -0.16997121, -0.75179153),
        ("silu", -0.27846454, -1.27846454),
        ("mish", -0.30884341, -1.19243),
        ("selu", -1.7580993408473766, -100.0),
    ],
)
def test_minima(name: str, minimum: float, at: float) -> None:
    assert evaluate(name, [at])[0][0] == pytest.approx(minimum, abs=5.1e-9)
    assert evaluate(name, np.linspace(-100, 10, 11_001))[0].min() >= minimum - 5.1e-9


@pytest.mark.parametrize(
    ("choice", "slope"),
    [
        (Choice("sigmoid"), 0.25),
        (Choice("leaky_relu", {"slope": 0.2}), 1.0),
        (Choice("elu", {"alpha": 0.5}), 1.0),
        (Choice("elu", {"alpha": 2.0}), 2.0),
        (Choice("selu"), 1.7580993408473766),
        (Choice("gelu"), 1.128904),
        (Choice("silu"), 1.099839),
        (Choice("mish"), 1.088498),
    ],
    ids=str,
)
def test_published_largest_slopes(choice: Choice, slope: float) -> None:
    assert largest_slope(choice) == pytest.approx(slope, abs=5.1e-7)


@every_activation
def test_largest_slope_is_the_largest_over_a_grid(name: str) -> None:
    _, slope = evaluate(name, np.linspace(-40, 40, 80_001))
    # Half a step beside a smooth maximum the slope is lower by |phi'''| / 2 * 0.0005^2 < 1e-6.
    assert largest_slope(choose(ACTIVATIONS, "activation", name)) == pytest.approx(
        np.abs(slope).max(), abs=1e-6
    )


@every_activation
@both_precisions
def test_finite_far_out(name: str, dtype: str) -> None:
    a, slope = evaluate(name, [-1e4, -200, -100, -80, 80, 100, 200, 1e4], dtype)
    assert a.dtype == slope.dtype == dtype
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()


LIMITS = {
    "identity": (-math.inf, math.inf, 1, 1),
    "sigmoid": (0, 1, 0, 0),
    "tanh": (-1, 1, 0, 0),
    "hard_tanh": (-1, 1, 0, 0),
    "relu": (0, math.inf, 0, 1),
    "leaky_relu": (-math.inf, math.inf, SLOPE, 1),
    "elu": (-ALPHA, math.inf, 0, 1),
    "selu": (-1.7580993408473766, math.inf, 0, 1.0507009873554805),
    "gelu": (0, math.inf, 0, 1),
    "silu": (0, math.inf, 0, 1),
    "softplus": (0, math.inf, 0, 1),
    "softsign": (-1, 1, 0, 0),
    "mish": (0, math.inf, 0, 1),
}


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "sin"])
@both_precisions
def test_limits_at_infinity(name: str, dtype: str) -> None:
    a, slope = evaluate(name, [-math.inf, math.inf], dtype)
    tolerance = 4 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(a, LIMITS[name][:2], rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(slope, LIMITS[name][2:], rtol=tolerance, atol=tolerance)


@every_activation
def test_nan_stays_nan(name: str) -> None:
    with np.errstate(invalid="ignore"):
        a, _ = evaluate(name, [math.nan])
    assert np.isnan(a).all()


@every_activation
@both_precisions
def test_any_leading_axes_and_strided_views(name: str, dtype: str) -> None:
    z = np.random.default_rng(0).normal(0, 3, (3, 5, 4)).astype(dtype)
    expected_a, expected_slope = evaluate(name, z.astype("float64"))
    # No function here multiplies the rounding errors of its intermediate values by more than some tens.
    tolerance = 64 * float(np.finfo(dtype).eps)
    bound = resolve(choose(ACTIVATIONS, "activation", name))
    with_ones, every_second = np.ones((3, 5, 5), dtype), np.full((3, 5, 8), 7, dtype)
    a, slope = with_ones[..., :-1], every_second[..., ::2]
    untouched = z.copy()
    bound.forward(z, a)
    np.testing.assert_array_equal(z, untouched)
    np.testing.assert_allclose(a, expected_a, rtol=tolerance, atol=tolerance)
    bound.derivative(z, a, slope)
    np.testing.assert_allclose(a, expected_a, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(slope, expected_slope, rtol=tolerance, atol=tolerance)
    assert (with_ones[..., -1] == 1).all()
    assert (every_second[..., 1::2] == 7).all()


@every_activation
def test_a_run_in_a_stack_has_the_bits_that_it_has_alone(name: str) -> None:
    z = np.random.default_rng(0).normal(0, 3, (5, 7, 13)).astype("float32")
    a, slope = evaluate(name, z, "float32")
    for run in range(5):
        alone_a, alone_slope = evaluate(name, z[run : run + 1], "float32")
        assert alone_a.tobytes() == a[run : run + 1].tobytes()
        assert alone_slope.tobytes() == slope[run : run + 1].tobytes()


@every_activation
def test_the_derivative_reads_no_z_where_it_says_so(name: str) -> None:
    z = np.linspace(-3, 3, 25)
    bound = resolve(choose(ACTIVATIONS, "activation", name))
    a, slope, of_a_alone = (np.empty_like(z) for _ in range(3))
    bound.forward(z, a)
    bound.derivative(z.copy(), a, slope)
    bound.derivative(np.full_like(z, np.nan), a, of_a_alone)
    assert bound.needs_z or np.array_equal(slope, of_a_alone)


@every_activation
def test_a_person_can_read_about_it(name: str) -> None:
    activation = ACTIVATIONS[name]
    assert "φ(z) = " in activation.formula
    assert "φ'(z) = " in activation.derivative_formula
    assert activation.explanation.endswith(".")
    assert "https://" in activation.reference


def test_scipy_waits_until_gelu_is_chosen() -> None:
    code = "import sys, engine.activations; sys.exit('scipy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
