"""Expectations by numerical integration: what closed forms of distributions are held against."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import integrate

from engine.distributions import Distribution


def expectation(distribution: Distribution, f: Callable[[float], float]) -> float:
    """Integrate f over the density, and add up the atoms."""
    # Beyond 30 std of the continuous part there is less than float64 can tell from nothing.
    reach = 30 * max(1.0, distribution.std)
    low, high = max(distribution.low, -reach), min(distribution.high, reach)
    total = sum(atom.probability * f(atom.value) for atom in distribution.atoms)
    if low < high and float(distribution.mass_below(np.array(np.inf))) > 0:
        # x = middle + half sin(angle) takes the infinite ends of a density in two dimensions away.
        middle, half = (low + high) / 2, (high - low) / 2
        centre = math.asin(max(-1.0, min(1.0, (distribution.mean - middle) / half)))

        def integrand(angle: float) -> float:
            x = middle + half * math.sin(angle)
            return f(x) * float(distribution.density(np.array(x))) * half * math.cos(angle)

        for ends in ((-math.pi / 2, centre), (centre, math.pi / 2)):
            total += integrate.quad(integrand, *ends, limit=500, epsabs=1e-13, epsrel=1e-11)[0]
    return total
