"""One sampling bench for the tests of a module, one after another, and what a person waits for there."""

from __future__ import annotations

from PySide6.QtTest import QTest

from engine.fields import Choice
from gui.sampling.bench import SamplingBench
from gui.sampling.form import NUMBERS
from gui.style import LIGHT
from tests.kept import Kept

FEW = 300
"""The largest sample. Those up to the usual 11,200 numbers take two seconds, and show the bench no more."""


def answered(bench: SamplingBench, part: str | None = None) -> None:
    """Wait for the answer to the question of a part, by default of the one on show."""
    if part is not None:
        bench.open_part(part)
    assert bench.stopped(60.0)
    if bench.busy:
        # What its timer would find.
        bench._poll()
    assert not bench.busy


def kept_bench() -> Kept[SamplingBench]:
    """Return what lends a bench that has answered its first question, about few numbers."""
    return Kept(_opened, _begin_anew)


def _opened() -> SamplingBench:
    bench = SamplingBench(LIGHT)
    bench.resize(1000, 700)
    bench.form.field("largest").set_value(FEW)
    bench.show()
    answered(bench)
    return bench


def _begin_anew(bench: SamplingBench) -> None:
    bench.hide()
    assert bench.stopped(5.0)
    # So that each test has its questions answered anew.
    bench._answered.clear()
    for picture in bench.pictures.values():
        picture.question = picture.shown = None
        picture.restore({name: setting.default for name, setting in picture.settings.items()})
        picture.view.left.emit()
    bench.pictures["one_draw"].restore({"observed": NUMBERS["observed"].default})
    bench.set_theme(LIGHT)
    for name, number in NUMBERS.items():
        bench.form.field(name).set_value(number.default)
    bench.form.field("largest").set_value(FEW)
    bench.form.field("second").set_value(Choice("rand"))
    bench.form.set_law(Choice("randn"))
    bench.open_part("large_numbers")
    bench.show()
    bench.activateWindow()
    assert QTest.qWaitForWindowActive(bench)
    answered(bench)
