"""Who shows a frame when: all parts about ten times a second, and never all with one frame."""

from collections import Counter
from itertools import pairwise

import pytest

from gui.turns import Turns
from tests import frames

FRAME = frames.frame(frames.experiment())


def shown_by(per_second: float, seconds: float = 10.0) -> list[str]:
    """Return which parts showed each frame, "" for none."""
    seen = ""

    def part(name):
        def show(_frame):
            nonlocal seen
            seen += name

        return show

    turns = Turns(part("a"), part("b"), part("c"))
    turns.show_all(FRAME, 100.0)
    assert sorted(seen) == ["a", "b", "c"]
    result = []
    for i in range(1, round(seconds * per_second) + 1):
        seen = ""
        turns.show_next(FRAME, 100.0 + i / per_second)
        result.append(seen)
    return result


@pytest.mark.parametrize("per_second", [29.0, 60.0, 200.0])
def test_fast_frames_carry_one_part_at_most(per_second):
    shown = shown_by(per_second)
    assert max(map(len, shown)) == 1
    # A turn comes with the first frame after the period is over.
    for times in Counter("".join(shown)).values():
        assert 10 / (0.1 + 1 / per_second) - 2 <= times <= 100


@pytest.mark.parametrize("per_second", [1.0, 4.0])
def test_rare_frames_carry_every_part(per_second):
    assert all(sorted(names) == ["a", "b", "c"] for names in shown_by(per_second))


def test_no_part_waits_long_where_frames_come_ten_times_a_second():
    shown = shown_by(10.0)
    for name in "abc":
        turns = [i for i, names in enumerate(shown) if name in names]
        assert max(after - before for before, after in pairwise(turns)) <= 3
