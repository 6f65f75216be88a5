"""What differs between the parts of the bench: what they ask of the form, and what they offer to copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gui.sampling.form import BenchForm
from gui.sampling.questions import (
    LargeNumbersQuestion,
    OneDrawQuestion,
    Question,
    SeedsQuestion,
    TwoLawsQuestion,
)

TABS = {
    "large_numbers": "Large &numbers",
    "one_draw": "&One draw",
    "two_laws": "&Two laws",
    "seeds": "&Seeds",
}
"""Part, which is the name of its picture -> what its tab says."""

QUESTIONS: dict[str, Callable[[BenchForm], Question]] = {
    "large_numbers": lambda form: LargeNumbersQuestion(
        form.value("law"), form.value("largest"), form.value("seed")
    ),
    "one_draw": lambda form: OneDrawQuestion(
        form.value("law"), form.value("length"), form.value("draws"), form.value("seed")
    ),
    "two_laws": lambda form: TwoLawsQuestion(
        (form.value("law"), form.value("second")), form.value("count"), form.value("bins"), form.value("seed")
    ),
    "seeds": lambda form: SeedsQuestion(form.value("seed"), form.value("other")),
}

SIZES = {"large_numbers": "largest", "one_draw": "draws", "two_laws": "count", "seeds": "seed"}
"""Part -> the field that says how much memory it takes."""

CODES: dict[str, Callable[[Any], str]] = {
    "large_numbers": lambda _: "",
    "one_draw": lambda shown: f"{shown.draw.code}\nx.mean()",
    "two_laws": lambda shown: "\n\n".join(side.code for side in shown.sides),
    "seeds": lambda shown: "\n\n".join(stream.code for stream in shown.first),
}
"""Part -> the NumPy lines that give what it shows."""
