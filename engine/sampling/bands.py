"""Where theory expects the mean, the standard deviation and the sum of n independent numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.distributions import Distribution

SIGMAS = (1, 2, 3)


@dataclass(frozen=True)
class Share:
    """How many points lie within so many sigma: the share seen, and the share that theory expects."""

    sigmas: int
    inside: float
    expected: float


@dataclass(frozen=True)
class Band:
    """What a statistic of n numbers does from sample to sample, for each n of a list. Arrays are read-only.

    Attributes:
        centre: (sizes,) its mean over all samples; nan where the statistic does not exist.
        sd: (sizes,) its standard deviation over all samples.
        expected: (3, sizes) the probability of lying within 1, 2 and 3 sd of the centre.
        floor: the statistic cannot be smaller.
    """

    centre: np.ndarray
    sd: np.ndarray
    expected: np.ndarray
    floor: float = -math.inf

    def __post_init__(self) -> None:
        for array in (self.centre, self.sd, self.expected):
            array.setflags(write=False)

    def edges(self, sigmas: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the lower and the upper edge (sizes,) of the band of so many sigma."""
        return np.maximum(self.centre - sigmas * self.sd, self.floor), self.centre + sigmas * self.sd

    def shares(self, values: np.ndarray) -> tuple[Share, ...]:
        """Count the points within 1, 2 and 3 sigma.

        Args:
            values: (k,) the statistic for the first k sizes.

        Returns:
            One Share per band; none where there is nothing to count, because no size has been drawn for which
            the statistic exists, or because nothing varies and only rounding could be counted.
        """
        n = len(values)
        counted = self.sd[:n] > 0
        if not counted.any():
            return ()
        distance, sd = np.abs(values - self.centre[:n])[counted], self.sd[:n][counted]
        return tuple(
            Share(sigmas, float((distance <= sigmas * sd).mean()), float(expected[:n][counted].mean()))
            for sigmas, expected in zip(SIGMAS, self.expected, strict=True)
        )


def mean_band(distribution: Distribution, sizes: np.ndarray) -> Band:
    """Return where the means of samples lie: about the law's mean with sd = std / sqrt(n).

    Both are exact for every law. So are the expected shares at n = 1 and for normal laws at every n; for the
    others they are those of the normal law, which means approach. Edgeworth's first term tells how fast:
    within 1 sigma the share is off by (kurtosis - 3) / 25 / n for symmetric laws, within 2 and 3 by less.
    """
    centre = np.full(len(sizes), distribution.mean)
    normal = [[math.erf(sigmas / math.sqrt(2))] for sigmas in SIGMAS]
    alone = [[1 - distribution.outside(sigmas)] for sigmas in SIGMAS]
    expected = np.where(sizes == 1, alone, normal)
    return Band(centre, distribution.std / np.sqrt(sizes), expected)


def sum_band(distribution: Distribution, sizes: np.ndarray) -> Band:
    """Return where the sums of samples lie: about n * mean with sd = std * sqrt(n)."""
    mean = mean_band(distribution, sizes)
    return Band(mean.centre * sizes, mean.sd * sizes, mean.expected.copy())


def std_band(distribution: Distribution, sizes: np.ndarray) -> Band:
    """Return where the standard deviations s of samples lie, s**2 being the sum of squares over n - 1.

    With n - 1 the mean of s**2 is the law's variance for every n; for n = 1 there is no s, and the band is
    nan. For any law Var(s**2) = std**4 * v with v = (kurtosis - 1 + 2 / (n - 1)) / n, exactly. s**2 is taken
    for std**2 * chi2 / nu, chi2 having a chi-square law with nu = 2 / v degrees of freedom, which has that
    mean and that variance. Then s has the mean std * c and the variance std**2 * (1 - c**2) with

        c = sqrt(2 / nu) * Gamma((nu + 1) / 2) / Gamma(nu / 2).

    For normal laws nu is n - 1, c is the c4 of quality control, and all is exact, also the expected shares.
    For other laws the sd agrees with the delta method, std * sqrt(v) / 2, up to a share of the order 1 / n:
    good as soon as n is well above the kurtosis, rough below. Where there are but two values, equally likely
    (kurtosis 1, an orthogonal matrix of one entry), the sd holds and the shares do not: s is never normal.
    """
    n = np.maximum(sizes, 2).astype(np.float64)
    # Where nothing varies the law has no kurtosis, and the band no width.
    kurtosis = 3.0 if distribution.kurtosis is None else distribution.kurtosis
    nu = 2 * n / (kurtosis - 1 + 2 / (n - 1))
    c, deviation = _root_of_chi_square(nu)
    expected = np.array([_within(nu, c, deviation, sigmas) for sigmas in SIGMAS])
    none = np.where(sizes == 1, np.nan, 1.0)
    std = distribution.std
    return Band(std * c * none, std * deviation * none, expected * none, floor=0.0)


def _root_of_chi_square(nu: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of sqrt(chi2 / nu), for nu degrees of freedom."""
    from scipy.special import gammaln

    few = np.minimum(nu, 100.0)
    c = np.exp(gammaln((few + 1) / 2) - gammaln(few / 2)) * np.sqrt(2 / few)
    # Where nu is large, 1 - c**2 would be what rounding leaves; Stirling's series is exact there to 1e-8.
    many = np.maximum(nu, 100.0)
    variance = np.where(nu > 100, 1 / (2 * many) - 1 / (8 * many**2) - 1 / (16 * many**3), 1 - c**2)
    return np.sqrt(1 - variance), np.sqrt(variance)


def _within(nu: np.ndarray, c: np.ndarray, deviation: np.ndarray, sigmas: int) -> np.ndarray:
    """Return the probability that sqrt(chi2 / nu) lies within so many of its standard deviations of c."""
    from scipy.special import chdtr

    low, high = np.maximum(c - sigmas * deviation, 0.0), c + sigmas * deviation
    probability: np.ndarray = chdtr(nu, nu * high**2) - chdtr(nu, nu * low**2)
    return probability
