"""Numbers as a person reads them in a plot: short, with a real minus sign."""

from __future__ import annotations

import math
from collections.abc import Callable

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

ZERO_HINT = "0: zero, or below what the precision can hold"


def number(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits: 0.0123, 1,230, 1.2e-7."""
    return _written(value, digits, _short)


def loss_number(value: float) -> str:
    """Write a loss with four significant digits, 2.300 and not 2.3: those of one column end alike."""
    return _written(value, 4, str)


def _written(value: float, digits: int, ended: Callable[[str], str]) -> str:
    """Write a number; `ended` says how a decimal fraction ends."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    if abs(value) >= 0.999e5 or abs(value) < 0.999e-3:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        text = f"{ended(mantissa)}e{int(exponent)}"
    else:
        # Of what it is when rounded: 9.9996 has its first digit one place further up.
        magnitude = int(f"{value:.{digits - 1}e}".partition("e")[2])
        text = ended(f"{value:,.{max(0, digits - 1 - magnitude)}f}")
    return text.replace("-", "−")


def percent(share: float) -> str:
    """Write a share in [0, 1] in percent; what is neither none nor all never looks so."""
    if math.isnan(share):
        return "–"
    if 0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1:
        return ">99.9 %"
    decimals = 1 if share < 0.0995 or 0.99 < share < 1 else 0
    return f"{_short(f'{share * 100:.{decimals}f}')} %"


def count(value: float, largest: float | None = None) -> str:
    """Write a step or another whole number so that it stays short: 1,250, 20k, 1.5M.

    Args:
        value: the number.
        largest: the one in whose unit to write it; itself, if nothing is said.
    """
    if value == 0:
        return "0"
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value if largest is None else largest) >= size:
            divisor = 1e3 if unit == "k" else size
            return f"{value / divisor:,.6g}{unit}"
    return f"{value:,.6g}"


def power_of_ten(exponent: int) -> str:
    """Write 10 to a whole power: 10⁻³."""
    if exponent == 0:
        return "1"
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def _short(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal
