"""Lists of layers as a person types and reads them, and what they cost in parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from engine.fields import ConfigError, shown

MAX_LAYERS = 100
MAX_UNITS = 4096

_ITEM = re.compile(r"(\d{1,9})(?:[xX×*]([1-9]\d{0,8}))?")


def check_layers(hidden: object) -> tuple[int, ...]:
    """Return the widths of the hidden layers as a tuple, or raise ConfigError for `hidden`."""
    if not isinstance(hidden, Sequence) or isinstance(hidden, str | bytes):
        raise ConfigError(
            "hidden", f"Hidden layers are {shown(hidden)}; they must be a list of whole numbers, or empty."
        )
    _check_depth(len(hidden))
    for units in hidden:
        if isinstance(units, bool) or not isinstance(units, int) or not 1 <= units <= MAX_UNITS:
            raise ConfigError(
                "hidden", f"A hidden layer has {shown(units)} units; it must have 1 to {MAX_UNITS:,}."
            )
    return tuple(hidden)


def parse_layers(text: str) -> tuple[int, ...]:
    """Read a list such as "100, 100, 20" or "100x5, 20"; nothing means no hidden layer.

    Raises:
        ConfigError: for `hidden`, if an item is neither a number nor NxM, or a limit is passed.
    """
    groups: list[tuple[int, int]] = []
    joined = re.sub(r" ?([xX×*]) ?", r"\1", " ".join(text.split()))
    for item in filter(None, re.split(r"[,; ]+", joined)):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise ConfigError(
                "hidden",
                f"{shown(item)} is not a layer; write widths such as 100, 50 or 100x5 for five of 100.",
            )
        groups.append((int(match[1]), int(match[2] or 1)))
    _check_depth(sum(times for _, times in groups))
    return check_layers([units for units, times in groups for _ in range(times)])


def _check_depth(n_layers: int) -> None:
    if n_layers > MAX_LAYERS:
        raise ConfigError(
            "hidden", f"There are {n_layers:,} hidden layers; there can be at most {MAX_LAYERS}."
        )


def format_layers(hidden: Sequence[int]) -> str:
    """Write a list of widths so that `parse_layers` reads it back: "32, 32", "100x5, 20"."""
    parts = []
    for units, group in groupby(hidden):
        times = len(list(group))
        parts += [f"{units}x{times}"] if times > 2 else [str(units)] * times
    return ", ".join(parts)


def neighbours(layers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and the last of layers that lie side by side: [2, 3, 4, 7] gives [(2, 4), (7, 7)].

    Args:
        layers: their numbers, increasing.
    """
    # Neighbours are as far from their place in the list as the first of them is.
    groups = groupby(enumerate(layers), lambda placed: placed[1] - placed[0])
    spans = [[layer for _, layer in group] for _, group in groups]
    return [(span[0], span[-1]) for span in spans]


def parameter_count(sizes: Sequence[int]) -> int:
    """Count the weights and biases of a network with these layer sizes, input first."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))
