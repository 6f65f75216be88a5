"""Scales put values where they belong, with round numbers beside; ranges grow at once and shrink slowly."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots.numerals import count, loss_number, number, percent, power_of_ten
from gui.plots.ranges import PATIENCE, OwnedRange
from gui.plots.scales import LARGEST, SHARES, STEP_ZERO, STEPS, Layers, Linear, Log, LogSteps, Scale

NASTY = np.array([np.nan, np.inf, -np.inf, 1e300, -1e300, 0.0, -0.0, 1e-320, 3.0])


def test_linear_masks_what_is_not_finite_and_cuts_what_is_huge() -> None:
    np.testing.assert_array_equal(
        Linear().positions(NASTY), [np.nan, np.nan, np.nan, LARGEST, -LARGEST, 0, 0, 1e-320, 3]
    )


def test_log_masks_what_has_no_logarithm_and_tells_zero_apart() -> None:
    positions = Log().positions(np.array([np.nan, np.inf, -1.0, 0.0, 1e-3, 1e300]))
    np.testing.assert_allclose(positions, [np.nan, np.nan, np.nan, -np.inf, -3, 300])


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 2.31, (0, 2.5)),
        (0.0, 1240.0, (0, 1250)),
        (-0.7, 0.9, (-1, 1)),
        (0.0, 0.0, (-1, 1)),
        (4.0, 4.0, (2, 6)),
    ],
)
def test_linear_ranges_are_round(low: float, high: float, expected: tuple[float, float]) -> None:
    assert Linear().round_out(low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-5.3, -1.2, (-6, -1)), (-0.4, 0.3, (math.log10(0.2), math.log10(2))), (-3.0, -3.0, (-3.5, -2.5))],
)
def test_log_ranges_are_decades_or_1_2_5(low: float, high: float, expected: tuple[float, float]) -> None:
    assert Log().round_out(low, high) == pytest.approx(expected)


@given(
    st.sampled_from([Linear(), Log(), STEPS, LogSteps()]),
    st.floats(-250, 250),
    # A few turns of the wheel lead from one decade to more of them than there are numbers.
    st.floats(1e-6, 500) | st.floats(500, 1e10),
    st.integers(1, 12),
)
def test_ticks_lie_in_the_range_and_are_few(scale: Scale, low: float, span: float, n: int) -> None:
    high = low + span
    ticks = scale.ticks(low, high, n)
    places = [place for place, _ in ticks]
    assert places == sorted(places)
    assert len(ticks) <= max(2 * n + 1, 4)
    assert all(low - 1e-6 * span <= place <= high + 1e-6 * span for place in places)
    assert all(text for _, text in ticks)


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_a_linear_axis_says_how_large_its_unit_is(low: float, span: float, n: int) -> None:
    """A zero alone would leave a reader without any measure."""
    assert len(Linear().ticks(low, low + span, n)) >= 2


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_round_ranges_hold_what_they_are_for(low: float, span: float) -> None:
    bottom, top = Linear().round_out(low, low + span)
    slack = 1e-8 * (top - bottom)
    assert bottom <= low + slack
    assert top >= low + span - slack
    assert bottom < top


def test_ticks_say_what_stands_there() -> None:
    assert Linear().ticks(0, 3, 4) == [(0, "0"), (1, "1"), (2, "2"), (3, "3")]
    assert Linear(unit=0.25).ticks(0, 8, 4) == [(0, "0"), (2, "0.5"), (4, "1"), (6, "1.5"), (8, "2")]
    assert Log().ticks(-6, -2, 5) == [(-6, "10⁻⁶"), (-5, "10⁻⁵"), (-4, "10⁻⁴"), (-3, "10⁻³"), (-2, "10⁻²")]
    assert [text for _, text in Log().ticks(-1, 3, 5)] == ["0.1", "1", "10", "100", "1,000"]
    assert [text for _, text in Log().ticks(-1, 0, 5)] == ["0.1", "0.2", "0.5", "1"]
    assert [text for _, text in STEPS.ticks(0, 40_000, 5)] == ["0", "10k", "20k", "30k", "40k"]
    assert [text for _, text in STEPS.ticks(0, 10_000, 4)] == ["0", "2.5k", "5k", "7.5k", "10k"]
    assert [text for _, text in STEPS.ticks(0, 7_500, 3)] == ["0", "2,500", "5,000", "7,500"]


def test_a_log_axis_leaves_no_decade_out_that_has_room() -> None:
    """Of a low panel it had two numbers, 60 pixels apart."""
    assert [place for place, _ in Log().ticks(-3.2, 0.2, 3)] == [-3, -2, -1, 0]
    assert [place for place, _ in Log().ticks(-5.1, -0.9, 3)] == [-4, -2]


@given(st.floats(STEP_ZERO, 10), st.floats(4, 40), st.integers(2, 12))
def test_decades_keep_their_distance(low: float, span: float, n: int) -> None:
    places = [place for place, _ in Log().ticks(low, low + span, n)]
    assert all(b - a >= span / (n + 1) - 1e-6 for a, b in itertools.pairwise(places))
    side_by_side = [place for place, _ in LogSteps().ticks(low, low + span, n)]
    assert all(b - a >= span / n - 1e-6 for a, b in itertools.pairwise(side_by_side) if a >= 0)


def test_there_is_no_step_between_two_steps() -> None:
    assert STEPS.ticks(0, 20, 8) == [(0, "0"), (5, "5"), (10, "10"), (15, "15"), (20, "20")]
    assert STEPS.ticks(0, 2, 4) == [(0, "0"), (1, "1"), (2, "2")]


def test_foot_of_a_log_axis_says_0() -> None:
    texts = dict(Log(zero=-7.0).ticks(-7, -3, 5))
    assert texts[-7] == "0"
    assert "10⁻⁷" not in texts.values()


def test_step_0_stands_left_of_step_1() -> None:
    scale = LogSteps()
    np.testing.assert_allclose(scale.positions(np.array([0, 1, 10])), [STEP_ZERO, 0, 1])
    assert scale.ticks(STEP_ZERO, 3, 6)[:2] == [(STEP_ZERO, "0"), (0, "1")]


@pytest.mark.parametrize(
    ("n", "room", "expected"),
    [
        (3, 10, ["1", "2", "output"]),
        (1, 5, ["output"]),
        (51, 7, ["1", "10", "20", "30", "40", "output"]),
        (12, 4, ["1", "5", "output"]),
        (6, 4, ["1", "3", "output"]),
    ],
)
def test_layers_name_the_output_whatever_they_leave_out(n: int, room: int, expected: list[str]) -> None:
    names = (*map(str, range(1, n)), "output")
    assert [text for _, text in Layers(names).ticks(0.5, n + 0.5, room)] == expected


def test_shades_are_roots_of_shares() -> None:
    np.testing.assert_allclose(SHARES.positions(np.array([0.0, 0.01, 0.25])), [np.nan, 0.1, 0.5])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.012345, "0.0123"),
        (-1.5, "−1.5"),
        (1234.5, "1,234"),
        (1.2e-7, "1.2e−7"),
        (3e8, "3e8"),
        (0.9999, "1"),
        (99_999.0, "1e5"),
        (1e-3, "0.001"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (2.3, "2.300"),
        (2.29996, "2.300"),
        (9.99996, "10.00"),
        (0.999996, "1.000"),
        (0.0324, "0.03240"),
        (1250.0, "1,250"),
        (2e-7, "2.000e−7"),
        (math.nan, "–"),
        (math.inf, "∞"),
    ],
)
def test_losses_have_four_digits_also_where_they_end_in_zeros(value: float, text: str) -> None:
    assert loss_number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *(
            (0.0, "0 %"),
            (1.0, "100 %"),
            (1e-5, "<0.1 %"),
            (0.99999, ">99.9 %"),
            (0.034, "3.4 %"),
            (0.5, "50 %"),
        ),
        *((0.995, "99.5 %"), (0.996, "99.6 %"), (math.nan, "–"), (0.0996, "10 %")),
    ],
)
def test_percents_never_look_like_none_or_all_when_they_are_not(share: float, text: str) -> None:
    assert percent(share) == text


def test_counts_stay_short() -> None:
    assert [count(n) for n in (0, 1250, 20_000, 125_000, 1_500_000)] == ["0", "1,250", "20k", "125k", "1.5M"]


def test_powers_of_ten() -> None:
    assert [power_of_ten(k) for k in (-12, 0, 5)] == ["10⁻¹²", "1", "10⁵"]


def test_range_grows_at_once() -> None:
    owned, scale = OwnedRange(), Linear()
    assert owned.fit(0, 2.3, scale) == (0, 2.5)
    assert owned.fit(0, 2.4, scale) == (0, 2.5)
    assert owned.fit(0, 7.1, scale) == (0, 8)


def test_range_shrinks_after_patience_and_to_all_seen_meanwhile() -> None:
    owned, scale = OwnedRange(), Linear()
    owned.fit(0, 100, scale)
    for k in range(PATIENCE - 1):
        assert owned.fit(0, 9 if k == 5 else 2, scale) == (0, 100)
    assert owned.fit(0, 2, scale) == (0, 10)


def test_range_waits_anew_when_the_room_is_used() -> None:
    owned, scale = OwnedRange(), Linear()
    owned.fit(0, 100, scale)
    for _ in range(3):
        for _ in range(PATIENCE - 1):
            owned.fit(0, 2, scale)
        assert owned.fit(0, 90, scale) == (0, 100)


def test_range_forgets_on_reset() -> None:
    owned = OwnedRange()
    owned.fit(0, 100, Linear())
    owned.reset()
    assert owned.fit(0, 2, Linear()) == (0, 2)
