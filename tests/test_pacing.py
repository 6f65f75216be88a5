"""Pacing: how long a frame is, and its slice of training beside painting and looking."""

from itertools import pairwise

import pytest

from engine.pacing import FASTEST, SELDOM, SLOWEST, Pacer


@pytest.mark.parametrize(("spend", "seconds"), [(Pacer.painted, 0.060), (Pacer.observed, 0.020)])
def test_the_frame_rate_gives_way_where_painting_or_looking_would_take_most_of_it(spend, seconds):
    pacer = Pacer()
    assert pacer.frame_seconds == FASTEST
    for _ in range(50):
        spend(pacer, seconds)
    assert 0.070 < pacer.frame_seconds < SLOWEST
    for _ in range(50):
        spend(pacer, 5.0)
    assert pacer.frame_seconds == SLOWEST


def frames(pacer: Pacer, paintings: list[float]) -> list[tuple[float, float]]:
    """Play, looks as long as expected; return per frame its slice, and when it was painted, in seconds."""
    now, result = 100.0, []
    for painting in paintings:
        pacer.begin_frame(now)
        # While the frame on show is painted, the next one is trained for.
        result.append((pacer.slice_seconds(now), now + painting))
        pacer.painted(painting)
        now = max(pacer.due, now + painting)
    return result


def intervals(pacer: Pacer, paintings: list[float]) -> list[float]:
    """Return the seconds from the end of painting to the end of the next one, when all has settled."""
    drawn = [moment for _, moment in frames(pacer, paintings)][30:]
    return [later - earlier for earlier, later in pairwise(drawn)]


@pytest.mark.parametrize("cost", [0.006, 0.020])
def test_with_few_frames_training_gets_nine_tenths_of_the_time_wherever_frames_are_cheap(cost):
    pacer = Pacer()
    pacer.least_seconds = SELDOM
    for _ in range(50):
        pacer.painted(cost)
        pacer.observed(cost)
    assert pacer.frame_seconds == SELDOM
    slice_seconds, _ = frames(pacer, [cost] * 9)[-1]
    assert slice_seconds == pytest.approx(SELDOM - cost, rel=1e-3)


@pytest.mark.parametrize("painting", [0.0, 0.005, 0.03, 0.2])
def test_training_always_gets_a_part_of_the_frame(painting):
    pacer = Pacer()
    for _ in range(50):
        pacer.painted(painting)
        pacer.observed(painting)
    for slice_seconds, _ in frames(pacer, [painting] * 9):
        assert pacer.frame_seconds / 5 <= slice_seconds <= pacer.frame_seconds + 1e-9


def test_frames_come_evenly_where_every_second_one_takes_longer_to_paint():
    for interval in intervals(Pacer(), [0.004, 0.009] * 40):
        assert interval == pytest.approx(FASTEST)


def test_a_frame_that_is_painted_slowly_is_late_alone():
    settled = intervals(Pacer(), [0.004, 0.009] * 20 + [0.004, 0.024] + [0.004, 0.009] * 20)
    late = [interval for interval in settled if interval > FASTEST + 1e-9]
    early = [interval for interval in settled if interval < FASTEST - 1e-9]
    assert late == pytest.approx([FASTEST + 0.015])
    assert early == pytest.approx([FASTEST - 0.015])
