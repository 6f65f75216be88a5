"""Numbers as a person types and reads them in any locale, and how the arrows step through them."""

from __future__ import annotations

import math
from collections.abc import Callable

from engine.fields import ConfigError, Number, shown
from engine.written import read_number

Step = Callable[[float, int], float]
"""step(value, direction): the next value up (1) or down (-1), limits not yet applied."""

_LONGEST_EXACT = 12
"""Characters of a number that are shown in full; a longer one, such as the square root of 2, is rounded."""

_MOST_COUNTED = 1e9
"""A whole number that may be larger is a seed: it counts nothing, so one is as good as its neighbour."""

_SMALLEST_STEP = 1e-12
_FIRST_STEP = 1e-4
"""Where steps by decades end on the way down to zero, and start on the way up from it."""


def parse_number(number: Number, text: str) -> float | int:
    """Read what a person typed, as a value that `number` may have.

    Raises:
        ConfigError: if the text is no number, may be two, or is out of the limits of `number`.
    """
    typed = text.strip()
    value = read_number(number, typed, number.name)
    if isinstance(value, str):
        raise ConfigError(number.name, number.refusal(shown(typed) if typed else "empty"))
    try:
        return number.check(value, number.name)
    except ConfigError:
        # As it was typed: 1e400 is not what a person calls infinite.
        raise ConfigError(number.name, number.refusal(shown(typed).strip("'"))) from None


def format_number(value: float) -> str:
    """Write a number briefly, so that reading it gives the same number unless it has very many digits."""
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e5):
        return str(int(value))
    text = repr(value)
    if len(text) > _LONGEST_EXACT:
        text = f"{value:.6g}"
    if 1e-3 <= abs(float(text)) < 1e5:
        return text
    mantissa, _, exponent = f"{float(text):.{_LONGEST_EXACT}e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def limits(number: Number) -> str:
    """Say within which limits a number must be."""
    low, high = (
        f"{int(limit):,}" if number.integer else format_number(limit)
        for limit in (number.minimum, number.maximum)
    )
    return f"From {low} to {high}{' ' + number.unit if number.unit else ''}."


def usual_step(number: Number) -> Step:
    """Choose how the arrows step: evenly where the range is short, by magnitudes where it is long."""
    span = number.maximum - number.minimum
    if number.integer:
        return by_leading_digits if span < _MOST_COUNTED else evenly(1)
    step = _decade_floor(span / 20)
    return evenly(step) if span <= 10 and number.default >= step else by_decades


def evenly(step: float) -> Step:
    """Return steps that lead from one multiple of `step` to the next."""

    def move(value: float, direction: int) -> float:
        count = value / step
        nearest = round(count)
        if not math.isclose(count, nearest, abs_tol=1e-9):
            nearest = math.floor(count) if direction > 0 else math.ceil(count)
        return float(f"{(nearest + direction) * step:.12g}")

    return move


def by_leading_digits(value: float, direction: int) -> float:
    """Step a whole number in its second digit: 8, 9, 10, 11, ... 99, 100, 110."""
    magnitude = abs(value) - (1 if direction * value < 0 else 0)  # 100 steps down by what 99 steps by
    step = 10 ** max(len(str(int(magnitude))) - 2, 0)
    return evenly(step)(value, direction)


def by_decades(value: float, direction: int) -> float:
    """Step through 1, 2, 5 times powers of ten, and through zero where the numbers get tiny."""
    if value == 0:
        return direction * _FIRST_STEP
    sign = math.copysign(1.0, value)
    grows = direction * sign > 0
    exponent = math.floor(math.log10(abs(value)))
    ladder = [float(f"{digit}e{power}") for power in range(exponent - 1, exponent + 2) for digit in (1, 2, 5)]
    tolerance = 1e-9 * abs(value)
    if grows:
        return sign * min(rung for rung in ladder if rung > abs(value) + tolerance)
    magnitude = max(rung for rung in ladder if rung < abs(value) - tolerance)
    return sign * magnitude if magnitude >= _SMALLEST_STEP else 0.0


def _decade_floor(value: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is at most `value`."""
    value *= 1 + 1e-9  # 0.05 may have come out as 0.0499...
    power = math.floor(math.log10(value))
    return max(rung for rung in (float(f"{digit}e{power}") for digit in (1, 2, 5)) if rung <= value)
