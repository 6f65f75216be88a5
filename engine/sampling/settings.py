"""What a person may set on the sampling bench beside the law, with its limits."""

from __future__ import annotations

from engine.fields import ConfigError, Number

SEED = Number("seed", "seed", "The same seed gives the same numbers.", 0, 0, 2**32 - 1, integer=True)

LARGEST = Number(
    "largest",
    "largest sample",
    "Sample sizes go from 1 to this; each size is drawn anew.",
    11_200,
    2,
    1_000_000,
    integer=True,
    unit="numbers",
)

LENGTH = Number(
    "n", "numbers in a draw", "How many numbers are drawn.", 100, 1, 1_000_000, integer=True, unit="numbers"
)

DRAWS = Number(
    "draws", "draws", "How often so many numbers are drawn and averaged.", 10_000, 1, 1_000_000, integer=True
)

COUNT = Number(
    "n", "numbers", "How many numbers are drawn.", 100_000, 1, 10_000_000, integer=True, unit="numbers"
)

BINS = Number("bins", "bins", "How many bars the histogram has.", 20, 1, 1000, integer=True)

MAX_DRAWN = 10_000_000
"""How many numbers may be held at once: 80 MB of them, and up to three times as much while they are drawn."""


def check_draws(n: object, draws: object) -> tuple[int, int]:
    """Return the length and the number of draws.

    Raises:
        ConfigError: for `n` or `draws`, or for `draws` if it is too much together.
    """
    length, times = int(LENGTH.check(n, "n")), int(DRAWS.check(draws, "draws"))
    if length * times > MAX_DRAWN:
        raise ConfigError(
            "draws",
            f"{times:,} draws of {length:,} are {length * times:,} numbers; {MAX_DRAWN:,} are possible, "
            f"so {MAX_DRAWN // length:,} draws of {length:,}.",
        )
    return length, times
