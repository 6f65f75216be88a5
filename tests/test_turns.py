"""Who shows a frame when: all parts about ten times a second, and never all with one frame."""

from collections import Counter
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.turns import Rotation, Turns
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


@pytest.mark.parametrize("most_behind", [1, 2])
@pytest.mark.parametrize("parts", ["a", "ab", "abc", "abcd", "abcdefg"])
def test_in_a_rotation_someone_shows_each_frame_and_nobody_misses_more_than_allowed(parts, most_behind):
    rotation = Rotation(most_behind)
    assert rotation.due(parts, 100.0) == list(parts), "the first frame is for all"
    shown = ["".join(rotation.due(parts, 100.0 + i / 30)) for i in range(1, 100)]
    assert all(shown)
    assert max(map(len, shown)) == -(-len(parts) // (most_behind + 1))
    for part in parts:
        turns = [i for i, names in enumerate(shown) if part in names]
        assert max(after - before for before, after in pairwise(turns)) <= most_behind + 1


@pytest.mark.parametrize("parts", ["ab", "abc", "abcde"])
def test_after_a_rest_the_first_frame_carries_no_more_than_the_others(parts):
    rotation = Rotation(most_behind=2)
    shown = []
    for began in (100.0, 200.0, 300.0):
        shown += ["".join(rotation.due(parts, began + i / 30)) for i in range(10)]
        rotation.rest()
    assert shown.pop(0) == parts
    assert max(map(len, shown)) == -(-len(parts) // 3)
    for part in parts:
        turns = [i for i, names in enumerate(shown) if part in names]
        assert max(after - before for before, after in pairwise(turns)) <= 3


@given(st.lists(st.floats(0.001, 0.3), min_size=20, max_size=100), st.sampled_from(["ab", "abc", "abcde"]))
def test_nobody_misses_more_than_allowed_however_frames_come(intervals, parts):
    rotation = Rotation(most_behind=2)
    times = accumulate(intervals, initial=100.0)
    shown = ["".join(rotation.due(parts, now)) for now in times]
    assert all(shown)
    for part in parts:
        turns = [i for i, names in enumerate(shown) if part in names]
        assert max(after - before for before, after in pairwise([*turns, len(shown)])) <= 3


@pytest.mark.parametrize(
    ("per_second", "n_shown"), [(30.0, 2), (18.0, 2), (11.0, 3), (10.0, 3), (6.0, 6), (5.0, 6), (1.0, 6)]
)
def test_the_slower_the_frames_the_more_parts_show_each(per_second, n_shown):
    rotation = Rotation(most_behind=2)
    rotation.due("abcdef", 100.0)
    for i in range(1, 10):
        assert len(rotation.due("abcdef", 100.0 + i / per_second)) == n_shown


def test_turns_are_shared_evenly_where_they_do_not_come_out_even():
    rotation = Rotation(most_behind=2)
    shown = Counter("".join("".join(rotation.due("abc", 100.0 + i / 10)) for i in range(61)))
    assert set(shown.values()) == {1 + 60 * 2 // 3}


def test_a_rotation_of_nobody_has_no_turns():
    assert not Rotation(most_behind=2).due("", 200.0)
