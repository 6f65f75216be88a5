"""The law of large numbers: mean and standard deviation of n fresh numbers, for many n."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from engine.fields import Choice
from engine.laws import Law
from engine.sampling.bands import Band, Share, mean_band, std_band
from engine.sampling.sample_laws import check_law, distribution_of, law_of
from engine.sampling.settings import LARGEST, SEED

# All sizes from 1 to 11,200.
_MAX_NUMBERS = 11_200 * 11_201 // 2
# Large enough for two threads not to wait for the interpreter, small enough for a processor's cache.
_BLOCK = 2**17
_THREADS = 2


@dataclass(frozen=True)
class LargeNumbers:
    """What is known so far about samples of growing size. Arrays are read-only.

    Attributes:
        law: the checked choice.
        sizes: (sizes,) all sample sizes, growing.
        means: (done,) the sample means of the first sizes.
        stds: (done,) the sample standard deviations, with n - 1 in the denominator; nan for n = 1.
        mean_band: where theory expects the means, for all sizes.
        std_band: where theory expects the standard deviations, for all sizes.
    """

    law: Choice
    seed: int
    sizes: np.ndarray
    means: np.ndarray
    stds: np.ndarray
    mean_band: Band
    std_band: Band

    @property
    def complete(self) -> bool:
        """Say whether all sizes are done."""
        return len(self.means) == len(self.sizes)

    @property
    def mean_shares(self) -> tuple[Share, ...]:
        """The share of the means within 1, 2 and 3 sigma, and the share expected; empty at first."""
        return self.mean_band.shares(self.means)

    @property
    def std_shares(self) -> tuple[Share, ...]:
        """The same for the standard deviations."""
        return self.std_band.shares(self.stds)


def large_numbers(
    law: Choice,
    largest: int = int(LARGEST.default),
    seed: int = int(SEED.default),
    seconds: float = 0.05,
) -> Generator[LargeNumbers, None, None]:
    """Draw a fresh sample of every size, and yield what is there about every so many seconds.

    The first item comes at once and holds the bands only; the last one is complete. Closing the generator
    ends the work, within a few hundredths of a second. What comes out depends on the law, the largest size
    and the seed, and on nothing else: neither on time nor on the threads that draw.

    Args:
        law: from `engine.sampling.sample_laws.SAMPLE_LAWS`.
        largest: the largest sample size; see `sample_sizes`.
        seed: of all draws.
        seconds: between two items; 0 yields as often as possible.

    Raises:
        ConfigError: for `law`, `law.parameter`, `largest` or `seed`, at once.
    """
    law = check_law(law)
    sizes = sample_sizes(int(LARGEST.check(largest, "largest")))
    return _results(law, sizes, int(SEED.check(seed, "seed")), seconds)


@lru_cache(maxsize=8)
def sample_sizes(largest: int) -> np.ndarray:
    """Return the sample sizes up to `largest`: all of them, or as many as 63 million numbers allow.

    All sizes from 1 to 11,200 take 62,725,600 numbers. Beyond that every size up to some c is drawn, and then
    each is larger than the one before by the c-th part, rounded up: evenly spaced on a logarithmic axis. To
    20,000 there are 9,246 sizes, to 1,000,000 there are 633. c is the largest with which the numbers stay at
    62,725,600; the largest size itself is always the last.
    """
    least, most = 1, largest
    while least < most:
        c = (least + most + 1) // 2
        if sum(_thinned_sizes(largest, c)) <= _MAX_NUMBERS:
            least = c
        else:
            most = c - 1
    sizes = np.array(_thinned_sizes(largest, least))
    sizes.setflags(write=False)
    return sizes


def _thinned_sizes(largest: int, c: int) -> list[int]:
    sizes, n = [], 1
    while n < largest:
        sizes.append(n)
        n += -(-n // c)
    return [*sizes, largest]


def _results(
    law: Choice, sizes: np.ndarray, seed: int, seconds: float
) -> Generator[LargeNumbers, None, None]:
    distribution = distribution_of(law)
    bands = mean_band(distribution, sizes), std_band(distribution, sizes)
    means, stds = np.empty(len(sizes)), np.empty(len(sizes))

    def first(n: int) -> LargeNumbers:
        known = means[:n], stds[:n]
        for array in known:
            array.setflags(write=False)
        return LargeNumbers(law, seed, sizes, *known, *bands)

    yield first(0)
    blocks = _blocks(sizes)
    done, shown = 0, time.monotonic()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="InitScope sampling") as pool:
        try:
            for block in pool.map(partial(_draw, law_of(law), seed), range(len(blocks)), blocks):
                start, done = done, done + len(block[0])
                means[start:done], stds[start:done] = block
                if done < len(sizes) and time.monotonic() - shown >= seconds:
                    yield first(done)
                    shown = time.monotonic()
        finally:
            pool.shutdown(cancel_futures=True)
    yield first(len(sizes))


def _blocks(sizes: np.ndarray) -> list[np.ndarray]:
    """Cut the sizes into consecutive runs of about so many numbers, each of which one call draws."""
    totals = np.cumsum(sizes)
    cuts = np.searchsorted(totals, np.arange(_BLOCK, totals[-1], _BLOCK), side="right")
    return [block for block in np.split(sizes, np.unique(cuts)) if len(block)]


def _draw(law: Law, seed: int, index: int, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of one sample of each size.

    Each block has a generator of its own, so that two threads can draw at the same time: NumPy leaves the
    interpreter to others while it draws and adds. The deviations from the mean are squared, and not the
    numbers: nothing cancels.
    """
    x = law.draw(np.random.default_rng([seed, index]), (int(sizes.sum()),))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    means = np.add.reduceat(x, starts) / sizes
    x -= np.repeat(means, sizes)
    np.square(x, out=x)
    variances = np.add.reduceat(x, starts) / np.where(sizes > 1, sizes - 1, math.nan)
    return means, np.sqrt(variances)
