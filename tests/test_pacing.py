"""Pacing: how a frame is shared between painting, observing and training."""

import pytest

from engine.pacing import FASTEST, SELDOM, SLOWEST, Pacer


def test_the_frame_rate_gives_way_where_painting_takes_over_half_a_frame():
    pacer = Pacer()
    assert pacer.frame_seconds == pytest.approx(FASTEST)
    for _ in range(50):
        pacer.painted(0.023)
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


def intervals(pacer: Pacer, paintings: list[float]) -> list[float]:
    """Return the seconds from the end of painting to the end of the next one, looks as long as expected."""
    result = []
    for painting in paintings:
        result.append(pacer.wait_seconds + painting)
        pacer.painted(painting)
    return result[30:]


def test_frames_come_evenly_where_every_second_one_takes_longer_to_paint():
    for interval in intervals(Pacer(), [0.004, 0.009] * 40):
        assert interval == pytest.approx(FASTEST)


def test_a_frame_that_is_painted_slowly_is_late_alone_and_the_next_one_not_early():
    paintings = [0.004, 0.004, 0.009] * 40
    settled = intervals(Pacer(), paintings)
    mean = sum(paintings) / len(paintings)
    assert sum(settled) / len(settled) == pytest.approx(FASTEST, rel=0.001)
    assert max(settled) < FASTEST + (max(paintings) - mean) + 1e-9
    assert min(settled) > FASTEST - (mean - min(paintings)) - 1e-9


def test_one_accident_makes_no_other_frame_late():
    pacer = Pacer()
    usual = intervals(pacer, [0.006] * 40)[-1]
    pacer.painted(0.08)
    pacer.observed(0.04)
    assert pacer.frame_seconds == FASTEST
    assert max(pacer.wait_seconds + 0.006, *intervals(pacer, [0.006] * 40)) <= usual + 1e-9
