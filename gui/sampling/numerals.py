"""Numbers as the bench writes them: theory has one digit more than what is seen of a training."""

from __future__ import annotations

from gui.plots.numerals import number

_NARROW = "\N{NO-BREAK SPACE}"


def value(x: float | None, digits: int = 4) -> str:
    """Write a value; a dash where there is none."""
    return "–" if x is None else number(float(x), digits)


def wide_percent(share: float) -> str:
    """Write a share in percent to three digits, two decimals at most: 68.3 %, 4.55 %, 0.27 %."""
    percent = 100 * share
    if 0 < percent < 0.005:
        return f"<0.01{_NARROW}%"
    decimals = 1 if percent >= 9.995 else 2
    return f"{percent:.{decimals}f}{_NARROW}%" if percent not in (0.0, 100.0) else f"{percent:.0f}{_NARROW}%"
