"""One draw, number by number; and the mean of a draw, taken many times."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.distributions import NORMAL, Distribution
from engine.fields import Choice
from engine.sampling.bands import Band, mean_band, sum_band
from engine.sampling.sample_laws import check_law, code_of, distribution_of, law_of
from engine.sampling.settings import DRAWS, LENGTH, SEED, check_draws


@dataclass(frozen=True)
class Draw:
    """Numbers in the order in which they were drawn. Arrays are (n,) and read-only.

    The running sum wanders off like the square root of n, and nothing calls it back: the next number does not
    make up for those before. The running mean settles because the sum is divided by n.

    Attributes:
        law: the checked choice.
        numbers: what was drawn.
        sums: the sum of the numbers up to each.
        means: the mean of the numbers up to each.
        sum_band: where theory expects the sums.
        mean_band: where theory expects the means.
        code: the NumPy code that draws x, the numbers.
    """

    law: Choice
    seed: int
    numbers: np.ndarray
    sums: np.ndarray
    means: np.ndarray
    sum_band: Band
    mean_band: Band
    code: str


@dataclass(frozen=True)
class Place:
    """Where one observed mean falls among the means of all draws.

    Attributes:
        observed: the mean that was observed.
        z: its distance from the law's mean in units of the predicted std; inf if nothing varies.
        predicted: the share of means that lie at least as far away, on both sides, by the normal curve.
        drawn: the same share of the means that were drawn.
    """

    observed: float
    z: float
    predicted: float
    drawn: float


@dataclass(frozen=True)
class Means:
    """The means of many draws of n numbers each.

    Attributes:
        law: the checked choice.
        n: how many numbers each mean is of.
        values: (draws,) the means; read-only.
        predicted: the normal distribution with the law's mean and its std / sqrt(n). Mean and std are exact;
            the shape is exact for normal laws, and what means approach for the others.
        code: the NumPy code that gives the means.
    """

    law: Choice
    n: int
    seed: int
    values: np.ndarray
    predicted: Distribution
    code: str

    def place(self, observed: float) -> Place:
        """Return where an observed mean falls: for 0.2245 and 100 standard normal numbers z is 2.245."""
        mean, std = self.predicted.mean, self.predicted.std
        distance = observed - mean
        z = distance / std if std else math.copysign(math.inf, distance) if distance else 0.0
        drawn = float((np.abs(self.values - mean) >= abs(distance)).mean())
        return Place(observed, z, math.erfc(abs(z) / math.sqrt(2)), drawn)


def draw(law: Choice, n: int = int(LENGTH.default), seed: int = int(SEED.default)) -> Draw:
    """Draw n numbers, and follow their sum and their mean.

    Args:
        law: from `engine.sampling.sample_laws.SAMPLE_LAWS`.
        n: how many.
        seed: of `np.random.default_rng`.

    Raises:
        ConfigError: for `law`, `law.parameter`, `n` or `seed`.
    """
    law, n, seed = check_law(law), int(LENGTH.check(n, "n")), int(SEED.check(seed, "seed"))
    counts = np.arange(1, n + 1)
    numbers = law_of(law).draw(np.random.default_rng(seed), (n,))
    sums = np.cumsum(numbers)
    means = sums / counts
    for array in (numbers, sums, means):
        array.setflags(write=False)
    distribution = distribution_of(law)
    bands = sum_band(distribution, counts), mean_band(distribution, counts)
    return Draw(law, seed, numbers, sums, means, *bands, code_of(law, seed, n))


def draw_means(
    law: Choice,
    n: int = int(LENGTH.default),
    draws: int = int(DRAWS.default),
    seed: int = int(SEED.default),
) -> Means:
    """Draw n numbers so many times, and take the mean of each draw.

    Args:
        law: from `engine.sampling.sample_laws.SAMPLE_LAWS`.
        n: numbers in a draw.
        draws: how many means; n * draws is at most ten million.
        seed: of `np.random.default_rng`.

    Raises:
        ConfigError: for `law`, `law.parameter`, `n`, `draws` or `seed`.
    """
    law, seed = check_law(law), int(SEED.check(seed, "seed"))
    n, draws = check_draws(n, draws)
    values = law_of(law).draw(np.random.default_rng(seed), (draws, n)).mean(axis=1)
    values.setflags(write=False)
    distribution = distribution_of(law)
    predicted = NORMAL.moved(distribution.std / math.sqrt(n), distribution.mean)
    code = f"{code_of(law, seed, draws, n)}\nmeans = x.mean(axis=1)"
    return Means(law, n, seed, values, predicted, code)
