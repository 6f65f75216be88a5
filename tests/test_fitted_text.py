"""Texts that are cut or broken where there is no room: nothing dangles at an end, and nothing gets lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetricsF

from gui.fitted_text import elided, elided_apart, fitting, in_lines
from gui.provenance import BETWEEN, line
from gui.style import tick_font

pytestmark = pytest.mark.usefixtures("qapp")

PARTS = st.lists(st.text("abcxyz (),/", min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=8)
WIDTHS = st.floats(0, 400)


def metrics() -> QFontMetricsF:
    return QFontMetricsF(tick_font())


@given(PARTS, WIDTHS)
def test_a_text_that_is_cut_ends_in_the_middle_of_no_separator(parts: list[str], width: float) -> None:
    text = "  ·  ".join(parts)
    cut = elided(text, metrics(), width)
    kept = cut.removesuffix("…")
    assert text.startswith(kept)
    assert cut == text or (kept == kept.rstrip(" ·,") and cut.endswith("…")) or not cut
    assert cut == text or metrics().horizontalAdvance(cut) <= width


def test_names_that_are_cut_stay_apart() -> None:
    names = [f"he_normal, learning rate {rate}, 1 seed" for rate in (0.01, 0.02, 0.03)]
    room = metrics().horizontalAdvance(names[0]) * 0.8
    cut = elided_apart([*names, "orthogonal, learning rate 0.01, 1 seed"], metrics(), room)
    assert len(set(cut)) == 4
    assert all(metrics().horizontalAdvance(text) <= room for text in cut)
    assert cut[0].startswith("he_normal, ")
    assert cut[0].endswith("0.01, 1 seed")
    assert cut[3].startswith("orthogonal, learning")
    assert cut[3].endswith("…"), "it needs no cut in its middle"
    assert elided_apart(["twin", "twin", "other"], metrics(), 400) == ["twin", "twin", "other"]


def test_the_longest_of_the_texts_that_fit_is_chosen_and_the_last_one_cut() -> None:
    texts = ("layer 1 · 32 units", "layer 1", "1")
    for text in texts:
        assert fitting(texts, metrics(), metrics().horizontalAdvance(text)) == text
    assert fitting(("layer 1", "output"), metrics(), metrics().horizontalAdvance("out…") + 1) == "out…"


@given(st.lists(PARTS, min_size=1, max_size=3), WIDTHS)
def test_lines_break_between_parts_and_lose_none(paragraphs: list[list[str]], width: float) -> None:
    text = "\n".join(line(parts) for parts in paragraphs)
    lines = in_lines(text, BETWEEN, metrics(), width).split("\n")
    found = [part for each in lines for part in each.replace("\N{NO-BREAK SPACE}", " ").split(" · ")]
    assert found == [part for parts in paragraphs for part in parts]
    for each in lines:
        assert not each.endswith("·")
        if metrics().horizontalAdvance(each) > width:
            assert "·" not in each
            assert "\N{NO-BREAK SPACE}" not in each, "it breaks at its spaces"
