"""The random laws behind the initializers: how each draws, what it draws, and the NumPy code that does it.

`draw` and `code` of a law stand side by side and do the same operations in the same order, so the code that a
person reads gives the numbers that the network gets, bit for bit. Only methods that `Generator` and the
legacy `RandomState` share are used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator | np.random.RandomState
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Moments:
    """What one entry is like, exactly; an entry from a random place where they differ in law.

    Attributes:
        kurtosis: fourth central moment over the squared variance, 3 for a normal law; None if nothing varies.
        bound: no entry is larger in size; None where there is no limit.
    """

    mean: float
    std: float
    kurtosis: float | None
    bound: float | None


@dataclass(frozen=True)
class Law:
    """A law for the entries of a matrix (fan_in, fan_out) or, if they are independent, of a bias (fan_out,).

    Attributes:
        draw: draw(rng, shape), float64 numbers in this shape.
        moments: moments(shape), what one entry is like in an array of this shape.
        code: code(name, shape), the NumPy code that, given np and rng, gives `name` the numbers of `draw`.
    """

    draw: Callable[[Rng, Shape], np.ndarray]
    moments: Callable[[Shape], Moments]
    code: Callable[[str, Shape], str]


@dataclass(frozen=True)
class Scale:
    """A factor, and the Python text that computes it: the value of sqrt(2 / 64) and "np.sqrt(2 / 64)"."""

    value: float
    text: str

    @classmethod
    def plain(cls, value: float) -> Scale:
        """Return a factor written as a number."""
        return cls(value, f"{value:.0f}" if value == int(value) else repr(value))

    @property
    def times(self) -> str:
        """The end of a line of code that multiplies by it: nothing for 1."""
        return "" if self.text == "1" else f" * {self.text}"


def constant(value: float) -> Law:
    """Return the law of entries that are all the same number."""
    return Law(
        draw=lambda _rng, shape: np.full(shape, float(value)),
        moments=lambda _shape: Moments(value, 0.0, None, abs(value)),
        code=lambda name, shape: (
            f"{name} = np.full({_text(shape)}, {float(value)!r})"
            if value
            else f"{name} = np.zeros({_text(shape)})"
        ),
    )


def unit_uniform() -> Law:
    """Return the law of independent entries, uniform over [0, 1): all positive."""
    return Law(
        draw=lambda rng, shape: rng.random(shape),
        moments=lambda _shape: Moments(0.5, math.sqrt(1 / 12), 9 / 5, 1.0),
        code=lambda name, shape: f"{name} = rng.random({_text(shape)})",
    )


def uniform(limit: Scale) -> Law:
    """Return the law of independent entries, uniform between -limit and limit."""
    return Law(
        draw=lambda rng, shape: rng.uniform(-1, 1, shape) * limit.value,
        moments=lambda _shape: Moments(0.0, limit.value / math.sqrt(3), 9 / 5, limit.value),
        code=lambda name, shape: f"{name} = rng.uniform(-1, 1, {_text(shape)}){limit.times}",
    )


def normal(std: Scale) -> Law:
    """Return the law of independent entries, normal with mean 0."""
    return Law(
        draw=lambda rng, shape: rng.standard_normal(shape) * std.value,
        moments=lambda _shape: Moments(0.0, std.value, 3.0, None),
        code=lambda name, shape: f"{name} = rng.standard_normal({_text(shape)}){std.times}",
    )


# The standard normal law cut off at +-2. With p its density at 2 and mass = P(|x| < 2), integration by parts
# gives E x^2 = 1 - 2 * 2 p / mass and E x^4 = 3 - 2 * (2^3 + 3 * 2) p / mass.
_DENSITY_OVER_MASS = math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(math.sqrt(2))
_TRUNCATED_VARIANCE = 1 - 4 * _DENSITY_OVER_MASS
_TRUNCATED_KURTOSIS = (3 - 28 * _DENSITY_OVER_MASS) / _TRUNCATED_VARIANCE**2
TRUNCATED_STD = math.sqrt(_TRUNCATED_VARIANCE)
"""The .8796 by which Keras and JAX divide in their truncated He, Xavier and LeCun."""


def truncated_normal(std: Scale) -> Law:
    """Return the law of independent entries, normal with mean 0, those beyond 2 std drawn again."""

    def draw(rng: Rng, shape: Shape) -> np.ndarray:
        x = rng.standard_normal(shape)
        while (far := np.abs(x) > 2).any():
            x[far] = rng.standard_normal(far.sum())
        x *= std.value
        return x

    def code(name: str, shape: Shape) -> str:
        return (
            f"{name} = rng.standard_normal({_text(shape)})\n"
            f"while (far := np.abs({name}) > 2).any():\n"
            f"    {name}[far] = rng.standard_normal(far.sum())\n"
            f"{name} *= {std.text}"
        )

    return Law(
        draw,
        lambda _shape: Moments(0.0, TRUNCATED_STD * std.value, _TRUNCATED_KURTOSIS, 2 * std.value),
        code,
    )


def orthogonal(gain: Scale) -> Law:
    """Return the uniform law of matrices whose columns (rows, if fewer) are orthogonal and of length gain.

    It is Q of the QR decomposition of a normal matrix, with the signs that make the diagonal of R positive:
    only so is Q unique, and uniform (Francesco Mezzadri: How to generate random matrices from the classical
    compact groups, 2007, https://arxiv.org/abs/math-ph/0609050).
    """

    def draw(rng: Rng, shape: Shape) -> np.ndarray:
        q, r = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
        q = q * np.sign(np.diag(r)) * gain.value
        return q if shape[0] >= shape[1] else q.T

    def moments(shape: Shape) -> Moments:
        # A column is uniform on a sphere in n dimensions, where E x^2 = 1 / n and E x^4 = 3 / (n (n + 2)).
        n = max(shape)
        return Moments(0.0, gain.value / math.sqrt(n), 3 * n / (n + 2), gain.value)

    def code(name: str, shape: Shape) -> str:
        q = f"Q * np.sign(np.diag(R)){gain.times}"
        return (
            f"Q, R = np.linalg.qr(rng.standard_normal(({max(shape)}, {min(shape)})))\n"
            f"{name} = {q if shape[0] >= shape[1] else f'({q}).T'}"
        )

    return Law(draw, moments, code)


def sparse(connections: int, std: Scale) -> Law:
    """Return the law where of each unit's (column's) incoming weights a fixed number is normal, the others 0.

    Ranking random numbers gives each column a random order of its entries; the first so many are kept.
    """

    def draw(rng: Rng, shape: Shape) -> np.ndarray:
        return rng.standard_normal(shape) * std.value * (rng.random(shape).argsort(axis=0) < connections)

    def moments(shape: Shape) -> Moments:
        share = min(connections, shape[0]) / shape[0]
        return Moments(0.0, std.value * math.sqrt(share), 3 / share, None)

    def code(name: str, shape: Shape) -> str:
        kept = f"(rng.random({_text(shape)}).argsort(axis=0) < {connections})"
        return f"{name} = rng.standard_normal({_text(shape)}){std.times} * {kept}"

    return Law(draw, moments, code)


def identity(gain: Scale) -> Law:
    """Return the identity matrix times gain as a law; not square, it is cut off or filled with zeros."""

    def moments(shape: Shape) -> Moments:
        share = 1 / max(shape)
        variance = share * (1 - share)
        kurtosis = 1 / variance - 3 if variance else None
        return Moments(gain.value * share, gain.value * math.sqrt(variance), kurtosis, gain.value)

    return Law(
        lambda _rng, shape: np.eye(shape[0], shape[1]) * gain.value,
        moments,
        lambda name, shape: f"{name} = np.eye({shape[0]}, {shape[1]}){gain.times}",
    )


def _text(shape: Shape) -> str:
    return str(shape[0]) if len(shape) == 1 else str(shape)
