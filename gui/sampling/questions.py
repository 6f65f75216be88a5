"""What the four parts of the bench ask, and what they compute for it. No Qt: all this runs in a worker."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from engine.distributions import Distribution
from engine.fields import Choice
from engine.sampling.comparison import (
    Histogram,
    Sample,
    Statistics,
    bin_edges,
    draw_sample,
    histogram,
    statistics_table,
)
from engine.sampling.large_numbers import large_numbers
from engine.sampling.one_draw import Draw, Means, draw, draw_means
from engine.sampling.sample_laws import check_law, title_of
from engine.sampling.seeds import Stream, first_numbers
from engine.sampling.settings import BINS, COUNT, LARGEST, SEED, check_draws
from engine.table import Table
from gui.sampling.worker import Results

_BINS_OF_MEANS = 40


class Question(ABC):
    """What is asked. Two equal questions have equal answers."""

    @abstractmethod
    def check(self) -> None:
        """Refuse what cannot be computed, at once.

        Raises:
            ConfigError: for a field.
        """

    @abstractmethod
    def results(self) -> Results:
        """Compute, and yield what there is to show."""

    @abstractmethod
    def origin(self) -> list[str]:
        """Return what reproduces the results, for the words under a figure."""

    def law_names(self) -> list[str]:
        """Return the names of the laws that are drawn from."""
        values = [
            each
            for value in vars(self).values()
            for each in (value if isinstance(value, tuple) else (value,))
        ]
        return [value.name for value in values if isinstance(value, Choice)]

    def configuration(self) -> dict[str, Any]:
        """Return what reproduces the results, fit for JSON."""
        return {key: _plain(value) for key, value in vars(self).items()}


@dataclass(frozen=True)
class LargeNumbersQuestion(Question):
    """Mean and std of samples of all sizes."""

    law: Choice
    largest: int = int(LARGEST.default)
    seed: int = int(SEED.default)

    def check(self) -> None:
        """Refuse what is out of limits."""
        check_law(self.law)
        LARGEST.check(self.largest, "largest")
        SEED.check(self.seed, "seed")

    def results(self) -> Results:
        """Yield LargeNumbers."""
        yield from large_numbers(self.law, self.largest, self.seed)

    def origin(self) -> list[str]:
        """Return law, sizes and seed."""
        return [
            title_of(check_law(self.law)),
            f"a fresh sample of each size to {self.largest:,}",
            _seed(self.seed),
        ]


@dataclass(frozen=True)
class OneDraw:
    """One draw, and the means of many like it with the bins that they fall into."""

    draw: Draw
    means: Means
    histogram: Histogram


@dataclass(frozen=True)
class OneDrawQuestion(Question):
    """One draw number by number, and where its mean falls among the means of many."""

    law: Choice
    n: int = 100
    draws: int = 10_000
    seed: int = int(SEED.default)

    def check(self) -> None:
        """Refuse what is out of limits."""
        check_law(self.law)
        check_draws(self.n, self.draws)
        SEED.check(self.seed, "seed")

    def results(self) -> Results:
        """Yield OneDraw."""
        means = draw_means(self.law, self.n, self.draws, self.seed)
        bins = histogram(means.values, means.predicted, bin_edges(_BINS_OF_MEANS, means.values))
        yield OneDraw(draw(self.law, self.n, self.seed), means, bins)

    def origin(self) -> list[str]:
        """Return law, length, draws and seed."""
        return [
            title_of(check_law(self.law)),
            f"{self.n:,} numbers",
            f"{self.draws:,} draws",
            _seed(self.seed),
        ]


@dataclass(frozen=True)
class Side:
    """One of the laws that are compared. The numbers themselves are let go.

    Attributes:
        negative: the share of the numbers below zero.
        histogram: of the numbers, in bins from the smallest to the largest.
    """

    law: Choice
    seed: int
    n: int
    distribution: Distribution
    statistics: Statistics
    expected: Statistics
    negative: float
    code: str
    histogram: Histogram


@dataclass(frozen=True)
class TwoLaws:
    """One law, or two side by side, and their statistics."""

    sides: tuple[Side, ...]
    table: Table


@dataclass(frozen=True)
class TwoLawsQuestion(Question):
    """How numbers of one law, or of two, are distributed."""

    laws: tuple[Choice, ...]
    n: int = int(COUNT.default)
    bins: int = int(BINS.default)
    seed: int = int(SEED.default)

    def check(self) -> None:
        """Refuse what is out of limits."""
        for field, law in zip(("law", "second"), self.laws, strict=False):
            check_law(law, field)
        COUNT.check(self.n, "count")
        BINS.check(self.bins, "bins")
        SEED.check(self.seed, "seed")

    def results(self) -> Results:
        """Yield TwoLaws."""
        samples = [draw_sample(law, self.n, self.seed) for law in self.laws]
        yield TwoLaws(tuple(self._side(sample) for sample in samples), statistics_table(samples))

    def origin(self) -> list[str]:
        """Return laws, count, bins and seed."""
        return [
            *(title_of(check_law(law)) for law in self.laws),
            f"{self.n:,} numbers",
            f"{self.bins:,} bins",
            _seed(self.seed),
        ]

    def _side(self, sample: Sample) -> Side:
        numbers, distribution = sample.numbers, sample.distribution
        return Side(
            sample.law,
            sample.seed,
            self.n,
            distribution,
            sample.statistics,
            sample.expected,
            float((numbers < 0).mean()),
            sample.code,
            histogram(numbers, distribution, bin_edges(self.bins, numbers)),
        )


@dataclass(frozen=True)
class Seeds:
    """The first numbers of both generators for a seed, for the same seed once more, and for another one."""

    seed: int
    other: int
    first: tuple[Stream, Stream]
    again: tuple[Stream, Stream]
    others: tuple[Stream, Stream]


@dataclass(frozen=True)
class SeedsQuestion(Question):
    """What a seed decides."""

    seed: int = int(SEED.default)
    other: int = 1

    def check(self) -> None:
        """Refuse what is out of limits."""
        SEED.check(self.seed, "seed")
        SEED.check(self.other, "other")

    def results(self) -> Results:
        """Yield Seeds."""
        yield Seeds(
            self.seed,
            self.other,
            first_numbers(self.seed),
            first_numbers(self.seed),
            first_numbers(self.other),
        )

    def origin(self) -> list[str]:
        """Return the seeds."""
        return [f"seeds {self.seed} and {self.other}"]


def _seed(seed: int) -> str:
    return f"seed {seed}"


def _plain(value: Any) -> Any:
    if isinstance(value, Choice):
        checked = check_law(value)
        return {"name": checked.name, "parameters": dict(checked.parameters)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
