"""What a seed does: the first numbers of NumPy's generators, as NumPy prints them in a shell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.sampling.settings import SEED

N_FIRST = 5


@dataclass(frozen=True)
class Stream:
    """The first standard normal numbers of a generator.

    Attributes:
        name: what a person reads.
        code: the NumPy code to copy; its last line is an expression.
        numbers: what it gives.
        printed: what print() makes of it with NumPy's default options.
    """

    name: str
    code: str
    numbers: tuple[float, ...]
    printed: str


def first_numbers(seed: int = int(SEED.default)) -> tuple[Stream, Stream]:
    """Return the first five numbers of `np.random.default_rng` and of the legacy `np.random.seed`.

    NumPy's global generator is left alone: `RandomState(seed)` has the stream that it has after
    `np.random.seed(seed)`.

    Raises:
        ConfigError: for `seed`.
    """
    seed = int(SEED.check(seed, "seed"))
    return (
        _stream(
            "default_rng",
            f"rng = np.random.default_rng({seed})\nrng.standard_normal({N_FIRST})",
            np.random.default_rng(seed).standard_normal(N_FIRST),
        ),
        _stream(
            "legacy np.random.seed",
            f"np.random.seed({seed})\nnp.random.randn({N_FIRST})",
            np.random.RandomState(seed).standard_normal(N_FIRST),
        ),
    )


def _stream(name: str, code: str, numbers: np.ndarray) -> Stream:
    # NumPy's defaults, whatever this process has set.
    printed = np.array2string(
        numbers,
        max_line_width=75,
        precision=8,
        suppress_small=False,
        separator=" ",
        threshold=1000,
        floatmode="maxprec",
        sign="-",
    )
    return Stream(name, code, tuple(numbers.tolist()), printed)
