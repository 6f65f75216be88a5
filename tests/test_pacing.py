"""Pacing: how a frame is shared between painting, observing and training."""

import pytest

from engine.pacing import FASTEST, SELDOM, SLOWEST, Pacer


def test_the_frame_rate_gives_way_where_painting_takes_over_half_a_frame():
    pacer = Pacer()
    assert pacer.frame_seconds == pytest.approx(FASTEST)
    for _ in range(50):
        pacer.painted(0.026)
        pacer.observed(0.010)
    assert 0.080 < pacer.frame_seconds < SLOWEST
    for _ in range(50):
        pacer.painted(5.0)
    assert pacer.frame_seconds == SLOWEST


@pytest.mark.parametrize("cost", [0.006, 0.020])
def test_with_few_frames_training_gets_nine_tenths_of_the_time_wherever_frames_are_cheap(cost):
    pacer = Pacer()
    pacer.least_seconds = SELDOM
    for _ in range(50):
        pacer.painted(cost / 2)
        pacer.observed(cost / 2)
    assert pacer.frame_seconds == SELDOM
    assert pacer.slice_seconds == pytest.approx(SELDOM - cost, rel=1e-3)


@pytest.mark.parametrize("painting", [0.0, 0.005, 0.03, 0.2])
def test_training_always_gets_a_part_of_the_frame(painting):
    pacer = Pacer()
    for _ in range(50):
        pacer.painted(painting)
    assert pacer.frame_seconds / 5 <= pacer.slice_seconds <= pacer.frame_seconds


def test_a_frame_that_is_painted_slowly_is_late_alone_and_the_next_one_not_early():
    pacer = Pacer()
    paintings = [0.004, 0.004, 0.009] * 40
    intervals = []
    for painting in paintings:
        intervals.append(pacer.wait_seconds + painting)
        pacer.painted(painting)
    mean = sum(paintings) / len(paintings)
    settled = intervals[30:]
    assert sum(settled) / len(settled) == pytest.approx(FASTEST, rel=0.01)
    assert max(settled) < FASTEST + (max(paintings) - mean) + 0.001
    assert min(settled) > FASTEST - (mean - min(paintings)) - 0.001
