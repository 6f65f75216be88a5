"""Many numbers of one law: their histogram and statistics, beside those that the law predicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.distributions import Distribution
from engine.fields import Choice
from engine.sampling.bands import SIGMAS
from engine.sampling.sample_laws import check_law, code_of, distribution_of, law_of, title_of
from engine.sampling.settings import BINS, COUNT, SEED
from engine.table import Table


@dataclass(frozen=True)
class Statistics:
    """What describes many numbers, seen or expected; None where it does not exist.

    Attributes:
        variance: with n - 1 in the denominator; None for a single number.
        skewness: mean of ((x - mean) / std)**3, the std with n; None if nothing varies.
        kurtosis: mean of ((x - mean) / std)**4, 3 for a normal law and not 0; None if nothing varies.
        minimum: the smallest number; expected is the median of the smallest of n.
        maximum: the largest number; expected is the median of the largest of n.
        outside: the shares further than 1, 2 and 3 of the law's std from the law's mean.
    """

    mean: float
    variance: float | None
    skewness: float | None
    kurtosis: float | None
    minimum: float
    maximum: float
    outside: tuple[float, ...]

    def rows(self) -> list[tuple[str, float | None]]:
        """Return what a person reads, with the names."""
        return [
            ("mean", self.mean),
            ("variance", self.variance),
            ("skewness", self.skewness),
            ("kurtosis", self.kurtosis),
            ("minimum", self.minimum),
            ("maximum", self.maximum),
            *((f"outside {sigmas} sigma", share) for sigmas, share in zip(SIGMAS, self.outside, strict=True)),
        ]


@dataclass(frozen=True)
class Sample:
    """Many numbers of one law.

    Attributes:
        law: the checked choice.
        numbers: (n,) read-only.
        distribution: how each number is distributed: its density is the curve over the histogram.
        statistics: of the numbers.
        expected: of n numbers of this law.
        code: the NumPy code that draws x, the numbers.
    """

    law: Choice
    seed: int
    numbers: np.ndarray
    distribution: Distribution
    statistics: Statistics
    expected: Statistics
    code: str


@dataclass(frozen=True)
class Histogram:
    """Numbers counted in bins of equal width. Arrays are read-only.

    Attributes:
        edges: (bins + 1,) a bin has its lower edge, and only the last its upper one too.
        counts: (bins,) how many numbers each bin has.
        expected: (bins,) how many each would have on average.
    """

    edges: np.ndarray
    counts: np.ndarray
    expected: np.ndarray
    n: int
    """How many numbers there were, in the bins or beyond."""

    @property
    def density(self) -> np.ndarray:
        """The heights (bins,) that can stand beside a density: share per width."""
        heights: np.ndarray = self.counts / (self.n * np.diff(self.edges))
        return heights


def draw_sample(law: Choice, n: int = int(COUNT.default), seed: int = int(SEED.default)) -> Sample:
    """Draw n numbers and describe them.

    Args:
        law: from `engine.sampling.sample_laws.SAMPLE_LAWS`.
        n: how many, at most ten million.
        seed: of `np.random.default_rng`.

    Raises:
        ConfigError: for `law`, `law.parameter`, `n` or `seed`.
    """
    law, n, seed = check_law(law), int(COUNT.check(n, "n")), int(SEED.check(seed, "seed"))
    numbers = law_of(law).draw(np.random.default_rng(seed), (n,))
    numbers.setflags(write=False)
    distribution = distribution_of(law)
    return Sample(
        law,
        seed,
        numbers,
        distribution,
        describe(numbers, distribution),
        expect(distribution, n),
        code_of(law, seed, n),
    )


def describe(numbers: np.ndarray, distribution: Distribution) -> Statistics:
    """Return the statistics of numbers (n,) drawn from a distribution."""
    n, mean = numbers.size, float(numbers.mean())
    smallest, largest = float(numbers.min()), float(numbers.max())
    outside = _shares_outside(numbers, distribution)
    if smallest == largest:
        # What is left of equal numbers after their mean is taken away is rounding.
        return Statistics(mean, 0.0 if n > 1 else None, None, None, smallest, largest, outside)
    # In a unit of their own, because powers of very small deviations underflow.
    unit = max(largest - mean, mean - smallest)
    z = (numbers - mean) / unit
    squares = z**2
    second = float(squares.mean())
    return Statistics(
        mean=mean,
        variance=unit**2 * second * n / (n - 1),
        skewness=float((squares * z).mean()) / second**1.5,
        kurtosis=float((squares**2).mean()) / second**2,
        minimum=smallest,
        maximum=largest,
        outside=outside,
    )


def _shares_outside(numbers: np.ndarray, distribution: Distribution) -> tuple[float, ...]:
    distances = np.abs(numbers - distribution.mean)
    return tuple(float((distances > sigmas * distribution.std).mean()) for sigmas in SIGMAS)


def expect(distribution: Distribution, n: int) -> Statistics:
    """Return what theory expects of n numbers.

    The largest of them is at most m in half of all samples if P(number <= m)**n is 1/2.
    """
    return Statistics(
        mean=distribution.mean,
        variance=distribution.std**2,
        skewness=distribution.skewness,
        kurtosis=distribution.kurtosis,
        minimum=distribution.quantile(-math.expm1(-math.log(2) / n)),
        maximum=distribution.quantile(0.5 ** (1 / n)),
        outside=tuple(distribution.outside(sigmas) for sigmas in SIGMAS),
    )


def bin_edges(bins: int, *numbers: np.ndarray) -> np.ndarray:
    """Return the edges (bins + 1,) of equal bins from the smallest to the largest number.

    Args:
        bins: how many.
        numbers: one array for axes of its own, several for edges that all of them share.

    Raises:
        ConfigError: for `bins`.
    """
    bins = int(BINS.check(bins, "bins"))
    low = min(float(array.min()) for array in numbers)
    high = max(float(array.max()) for array in numbers)
    # As np.histogram does where all numbers are equal; here also where they differ by rounding only.
    if high - low <= bins * np.spacing(max(abs(low), abs(high))):
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, bins + 1)
    edges.setflags(write=False)
    return edges


def histogram(numbers: np.ndarray, distribution: Distribution, edges: np.ndarray) -> Histogram:
    """Count numbers in the bins of `bin_edges`, and say how many a distribution puts into each.

    Args:
        numbers: those of a Sample with its distribution, or `Means.values` with `Means.predicted`.
        distribution: what is expected of each number.
        edges: (bins + 1,) at equal distances.
    """
    bins, ends = len(edges) - 1, (edges[0], edges[-1])
    counts, _ = np.histogram(numbers, bins, ends)
    atoms, _ = np.histogram(
        [atom.value for atom in distribution.atoms],
        bins,
        ends,
        weights=[atom.probability for atom in distribution.atoms],
    )
    expected = numbers.size * (np.diff(distribution.mass_below(edges)) + atoms)
    for array in (counts, expected):
        array.setflags(write=False)
    return Histogram(edges, counts, expected, numbers.size)


def statistics_table(samples: Sequence[Sample]) -> Table:
    """Return the statistics of samples side by side, each seen and expected."""
    columns, rows = ["statistic"], [[name] for name, _ in samples[0].statistics.rows()]
    for sample in samples:
        title = f"{title_of(sample.law)}, seed {sample.seed}"
        columns += [title, f"{title}, expected"]
    seen = [side.rows() for sample in samples for side in (sample.statistics, sample.expected)]
    return Table(tuple(columns), [(*row, *(side[i][1] for side in seen)) for i, row in enumerate(rows)])
