"""Texts made to fit where there may be no room for them: a shorter one, cut, or in several lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

_BETWEEN_PARTS = " ·–,;:"
_NO_BREAK = "\N{NO-BREAK SPACE}"


def elided(text: str, metrics: QFontMetricsF, width: float) -> str:
    """Return a text cut to a width in pixels, but not in the middle of what separates its parts."""
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    if cut == text:
        return text
    kept = cut.removesuffix("…").removesuffix("...")
    return kept.rstrip(_BETWEEN_PARTS) + cut[len(kept) :]


def elided_apart(texts: Sequence[str], metrics: QFontMetricsF, width: float) -> list[str]:
    """Return texts cut to a width in pixels; in their middle where, cut at the ends, they would be alike."""
    ends_cut = [elided(text, metrics, width) for text in texts]
    alike = Counter(cut for cut, text in set(zip(ends_cut, texts, strict=True)))
    return [
        cut if alike[cut] == 1 else metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)
        for cut, text in zip(ends_cut, texts, strict=True)
    ]


def fitting(texts: Sequence[str], metrics: QFontMetricsF, width: float) -> str:
    """Return the first of texts, which get ever shorter, that fits into a width; else the last one, cut."""
    fits = (text for text in texts if metrics.horizontalAdvance(text) <= width)
    return next(fits, None) or elided(texts[-1], metrics, width)


def in_lines(text: str, between: str, metrics: QFontMetricsF, width: float) -> str:
    """Return a text with its lines broken between their parts: none of them ends with what separates these.

    A part that is longer than a line can be broken at its spaces.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        first, *others = line.split(between)
        lines.append(first)
        for part in others:
            longer = f"{lines[-1]}{between}{part}"
            if metrics.horizontalAdvance(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(part)
    fits = (metrics.horizontalAdvance(line) <= width for line in lines)
    broken = (line if fit else line.replace(_NO_BREAK, " ") for line, fit in zip(lines, fits, strict=True))
    return "\n".join(broken)
