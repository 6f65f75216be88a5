"""How one random number is distributed: its moments, density and probabilities, exact and in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Atom:
    """A value that is taken again and again: its probability is not zero."""

    value: float
    probability: float


@dataclass(frozen=True)
class Distribution:
    """The distribution of one number: atoms, and a continuous part for the probability that they leave.

    Attributes:
        skewness: third central moment over std**3; None if nothing varies.
        kurtosis: fourth central moment over std**4, 3 for a normal law and not 0; None if nothing varies.
        low: no number is smaller; -inf where there is no limit.
        high: no number is larger; inf where there is no limit.
        density: density(x) of the continuous part, in any shape.
        mass_below: mass_below(x), the probability of a number of the continuous part up to x, in any shape.
        atoms: the values that have a probability of their own; no two are equal.
    """

    mean: float
    std: float
    skewness: float | None
    kurtosis: float | None
    low: float
    high: float
    density: Curve
    mass_below: Curve
    atoms: tuple[Atom, ...] = ()

    def cumulative(self, x: np.ndarray | float) -> np.ndarray:
        """Return P(number <= x), in the shape of x."""
        x = np.asarray(x, np.float64)
        probability = self.mass_below(x)
        for atom in self.atoms:
            probability = probability + atom.probability * (x >= atom.value)
        return probability

    def outside(self, sigmas: float) -> float:
        """Return the probability of lying more than so many standard deviations away from the mean."""
        reach = sigmas * self.std
        far, left, right = self.mass_below(np.array([np.inf, self.mean - reach, self.mean + reach]))
        atoms = sum(atom.probability for atom in self.atoms if abs(atom.value - self.mean) > reach)
        return float(left + (far - right) + atoms)

    def quantile(self, probability: float) -> float:
        """Return the smallest x with P(number <= x) >= probability, for 0 < probability < 1; by bisection."""
        if self.cumulative(self.low) >= probability:
            return self.low
        reach = self.std
        while not self.cumulative(self.mean - reach) < probability <= self.cumulative(self.mean + reach):
            reach *= 2
        below, above = self.mean - reach, min(self.high, self.mean + reach)
        for _ in range(100):
            middle = below + (above - below) / 2
            if self.cumulative(middle) >= probability:
                above = middle
            else:
                below = middle
        return next((atom.value for atom in self.atoms if below < atom.value <= above), above)

    def moved(self, scale: float, shift: float = 0.0) -> Distribution:
        """Return the distribution of scale * number + shift, scale being 0 or more."""
        if scale == 0:
            return discrete(Atom(shift, 1.0))
        return Distribution(
            mean=self.mean * scale + shift,
            std=self.std * scale,
            skewness=self.skewness,
            kurtosis=self.kurtosis,
            low=self.low * scale + shift,
            high=self.high * scale + shift,
            density=lambda x: self.density((x - shift) / scale) / scale,
            mass_below=lambda x: self.mass_below((x - shift) / scale),
            atoms=tuple(Atom(atom.value * scale + shift, atom.probability) for atom in self.atoms),
        )


def discrete(*atoms: Atom) -> Distribution:
    """Return the distribution that has nothing but atoms; their probabilities add up to 1."""

    def moment(k: int) -> float:
        return sum(atom.probability * (atom.value - mean) ** k for atom in atoms)

    mean = sum(atom.probability * atom.value for atom in atoms)
    variance = moment(2)
    return Distribution(
        mean=mean,
        std=math.sqrt(variance),
        skewness=moment(3) / variance**1.5 if variance else None,
        kurtosis=moment(4) / variance**2 if variance else None,
        low=min(atom.value for atom in atoms),
        high=max(atom.value for atom in atoms),
        density=np.zeros_like,
        mass_below=np.zeros_like,
        atoms=atoms,
    )


def thinned(kept: Distribution, share: float) -> Distribution:
    """Return the distribution of a number that is `kept` with probability `share`, and 0 otherwise.

    Args:
        kept: symmetric about 0, without atoms.
        share: in (0, 1].
    """
    if share == 1 or kept.kurtosis is None:
        return kept
    return Distribution(
        mean=0.0,
        std=kept.std * math.sqrt(share),
        skewness=0.0,
        kurtosis=kept.kurtosis / share,
        low=kept.low,
        high=kept.high,
        density=lambda x: share * kept.density(x),
        mass_below=lambda x: share * kept.mass_below(x),
        atoms=(Atom(0.0, 1 - share),),
    )


def sphere(dimensions: int) -> Distribution:
    """Return the distribution of one coordinate of a point that is uniform on a sphere of radius 1.

    Its square has the law Beta(1/2, (dimensions - 1) / 2). It is that of each entry of a uniformly random
    orthogonal matrix. In 1 dimension it is -1 or 1, in 3 it is uniform; in many it is nearly normal.
    """
    if dimensions == 1:
        return discrete(Atom(-1.0, 0.5), Atom(1.0, 0.5))
    power = (dimensions - 3) / 2
    log_scale = math.lgamma(dimensions / 2) - math.lgamma((dimensions - 1) / 2) - math.log(math.pi) / 2

    def density(x: np.ndarray) -> np.ndarray:
        inside = np.abs(x) < 1
        squared = np.where(inside, x, 0.0) ** 2
        return np.where(inside, np.exp(log_scale + power * np.log1p(-squared)), 0.0)

    def mass_below(x: np.ndarray) -> np.ndarray:
        from scipy.special import betainc

        within = betainc(0.5, (dimensions - 1) / 2, np.minimum(np.abs(x), 1.0) ** 2)
        below: np.ndarray = (1 + np.sign(x) * within) / 2
        return below

    # E x^2 = 1 / n and E x^4 = 3 / (n (n + 2)).
    std, kurtosis = 1 / math.sqrt(dimensions), 3 * dimensions / (dimensions + 2)
    return Distribution(0.0, std, 0.0, kurtosis, -1.0, 1.0, density, mass_below)


def _normal_density(x: np.ndarray) -> np.ndarray:
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def _normal_below(x: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    below: np.ndarray = ndtr(x)
    return below


UNIFORM = Distribution(
    mean=0.0,
    std=math.sqrt(1 / 3),
    skewness=0.0,
    kurtosis=9 / 5,
    low=-1.0,
    high=1.0,
    density=lambda x: np.where(np.abs(x) <= 1, 0.5, 0.0),
    mass_below=lambda x: np.clip((x + 1) / 2, 0.0, 1.0),
)
"""Uniform between -1 and 1."""

NORMAL = Distribution(0.0, 1.0, 0.0, 3.0, -math.inf, math.inf, _normal_density, _normal_below)
"""Standard normal."""

# With p the normal density at 2 and mass = P(|x| < 2), integration by parts gives E x^2 = 1 - 2 * 2 p / mass
# and E x^4 = 3 - 2 * (2^3 + 3 * 2) p / mass.
_MASS = math.erf(math.sqrt(2))
_DENSITY_OVER_MASS = math.exp(-2) / math.sqrt(2 * math.pi) / _MASS
_TRUNCATED_VARIANCE = 1 - 4 * _DENSITY_OVER_MASS

TRUNCATED = Distribution(
    mean=0.0,
    std=math.sqrt(_TRUNCATED_VARIANCE),
    skewness=0.0,
    kurtosis=(3 - 28 * _DENSITY_OVER_MASS) / _TRUNCATED_VARIANCE**2,
    low=-2.0,
    high=2.0,
    density=lambda x: np.where(np.abs(x) <= 2, _normal_density(x) / _MASS, 0.0),
    mass_below=lambda x: (_normal_below(np.clip(x, -2.0, 2.0)) - (1 - _MASS) / 2) / _MASS,
)
"""Standard normal, cut off at -2 and 2. Its std is the .8796 by which Keras and JAX divide in their truncated
He, Xavier and LeCun."""
