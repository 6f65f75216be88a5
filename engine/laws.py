"""The random laws behind the initializers: how each draws, what it draws, and the NumPy code that does it.

`draw` and `code` of a law stand side by side and do the same operations in the same order, so the code that a
person reads gives the numbers that the network gets, bit for bit. Only methods that `Generator` and the
legacy `RandomState` share are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.distributions import NORMAL, TRUNCATED, UNIFORM, Atom, Distribution, discrete, sphere, thinned

Rng = np.random.Generator | np.random.RandomState
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Law:
    """A law for the entries of a matrix (fan_in, fan_out) or, if they are independent, of any other array.

    Attributes:
        draw: draw(rng, shape), float64 numbers in this shape.
        entry: entry(shape), how one entry is distributed in an array of this shape; an entry from a random
            place where they differ in law.
        code: code(name, shape), the NumPy code that, given np and rng, gives `name` the numbers of `draw`.
        independent: where entries depend on each other and on the shape, independent(shape) is the law of
            independent numbers, each distributed as an entry is; None where entries are independent.
    """

    draw: Callable[[Rng, Shape], np.ndarray]
    entry: Callable[[Shape], Distribution]
    code: Callable[[str, Shape], str]
    independent: Callable[[Shape], Law] | None = None

    def numbers(self, shape: Shape) -> Law:
        """Return the law of independent numbers that are distributed as the entries in this shape."""
        return self.independent(shape) if self.independent else self


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
        entry=lambda _shape: discrete(Atom(float(value), 1.0)),
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
        entry=lambda _shape: UNIFORM.moved(0.5, 0.5),
        code=lambda name, shape: f"{name} = rng.random({_text(shape)})",
    )


def uniform(limit: Scale) -> Law:
    """Return the law of independent entries, uniform between -limit and limit."""
    return Law(
        draw=lambda rng, shape: rng.uniform(-1, 1, shape) * limit.value,
        entry=lambda _shape: UNIFORM.moved(limit.value),
        code=lambda name, shape: f"{name} = rng.uniform(-1, 1, {_text(shape)}){limit.times}",
    )


def normal(std: Scale) -> Law:
    """Return the law of independent entries, normal with mean 0."""
    return Law(
        draw=lambda rng, shape: rng.standard_normal(shape) * std.value,
        entry=lambda _shape: NORMAL.moved(std.value),
        code=lambda name, shape: f"{name} = rng.standard_normal({_text(shape)}){std.times}",
    )


def shifted_normal(mean: float, std: float) -> Law:
    """Return the law of independent entries, normal with any mean."""
    return Law(
        draw=lambda rng, shape: rng.normal(mean, std, shape),
        entry=lambda _shape: NORMAL.moved(std, mean),
        code=lambda name, shape: (
            f"{name} = rng.normal({Scale.plain(mean).text}, {Scale.plain(std).text}, {_text(shape)})"
        ),
    )


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

    return Law(draw, lambda _shape: TRUNCATED.moved(std.value), code)


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

    def code(name: str, shape: Shape) -> str:
        q = f"Q * np.sign(np.diag(R)){gain.times}"
        return (
            f"Q, R = np.linalg.qr(rng.standard_normal(({max(shape)}, {min(shape)})))\n"
            f"{name} = {q if shape[0] >= shape[1] else f'({q}).T'}"
        )

    return Law(
        draw,
        # A column is uniform on a sphere.
        entry=lambda shape: sphere(max(shape)).moved(gain.value),
        code=code,
        independent=lambda shape: sphere_coordinate(max(shape), gain),
    )


def sphere_coordinate(dimensions: int, gain: Scale) -> Law:
    """Return the law of independent entries, each a coordinate of a random point on a sphere of radius gain.

    The direction of a normal vector is uniform. The length of the vector's other coordinates, squared, has a
    chi-square law, so they need not be drawn.
    """

    def draw(rng: Rng, shape: Shape) -> np.ndarray:
        z = rng.standard_normal(shape)
        if dimensions == 1:
            return np.sign(z) * gain.value
        return z / np.sqrt(z**2 + rng.chisquare(dimensions - 1, shape)) * gain.value

    def code(name: str, shape: Shape) -> str:
        z = f"rng.standard_normal({_text(shape)})"
        if dimensions == 1:
            return f"{name} = np.sign({z}){gain.times}"
        others = f"rng.chisquare({dimensions - 1}, {_text(shape)})"
        return f"z = {z}\n{name} = z / np.sqrt(z**2 + {others}){gain.times}"

    return Law(draw, lambda _shape: sphere(dimensions).moved(gain.value), code)


def sparse(connections: int, std: Scale) -> Law:
    """Return the law where of each unit's (column's) incoming weights a fixed number is normal, the others 0.

    Ranking random numbers gives each column a random order of its entries; the first so many are kept.
    """

    def draw(rng: Rng, shape: Shape) -> np.ndarray:
        return rng.standard_normal(shape) * std.value * (rng.random(shape).argsort(axis=0) < connections)

    def code(name: str, shape: Shape) -> str:
        kept = f"(rng.random({_text(shape)}).argsort(axis=0) < {connections})"
        return f"{name} = rng.standard_normal({_text(shape)}){std.times} * {kept}"

    return Law(
        draw,
        entry=lambda shape: thinned(NORMAL.moved(std.value), min(connections, shape[0]) / shape[0]),
        code=code,
        independent=lambda shape: thinned_normal(min(connections, shape[0]), shape[0], std),
    )


def thinned_normal(kept: int, of: int, std: Scale) -> Law:
    """Return the law of independent entries, normal with probability kept / of, and otherwise 0."""

    def draw(rng: Rng, shape: Shape) -> np.ndarray:
        return rng.standard_normal(shape) * std.value * (rng.random(shape) < kept / of)

    def code(name: str, shape: Shape) -> str:
        chosen = f"(rng.random({_text(shape)}) < {kept} / {of})"
        return f"{name} = rng.standard_normal({_text(shape)}){std.times} * {chosen}"

    return Law(draw, lambda _shape: thinned(NORMAL.moved(std.value), kept / of), code)


def identity(gain: Scale) -> Law:
    """Return the identity matrix times gain as a law; not square, it is cut off or filled with zeros."""

    def entry(shape: Shape) -> Distribution:
        ones = 1 / max(shape)
        zeros = (Atom(0.0, 1 - ones),) if ones < 1 else ()
        return discrete(*zeros, Atom(1.0, ones)).moved(gain.value)

    return Law(
        lambda _rng, shape: np.eye(shape[0], shape[1]) * gain.value,
        entry,
        lambda name, shape: f"{name} = np.eye({shape[0]}, {shape[1]}){gain.times}",
    )


def _text(shape: Shape) -> str:
    return str(shape[0]) if len(shape) == 1 else str(shape)
