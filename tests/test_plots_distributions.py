"""What a histogram shows: all that matters, in bins that stay put, without being flattened by a spike."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots.distributions import Bars, Window, bars, extents, extents_of, top, usual, widened
from tests import frames
from tests.frames import histograms


def _normal(n: int = 20_000, scale: float = 1.0) -> np.ndarray:
    return scale * np.random.default_rng(0).standard_normal(n)


def test_extents_hold_all_values_where_nothing_lies_far_outside() -> None:
    values = _normal()
    low, high = extents(histograms([values]))[0]
    assert low <= values.min() < low + 0.5
    assert high - 0.5 < values.max() <= high


def test_extents_leave_out_a_few_values_far_away() -> None:
    # A ten-thousandth of the values at 1000 makes the stored bins 16 wide: two of them hold the rest.
    low, high = extents(histograms([np.append(_normal(), [1000.0, 1000.0])]))[0]
    assert low >= -16
    assert high <= 16


def test_extents_are_never_those_of_one_bin_that_holds_nearly_all() -> None:
    # 64 bins of 16 hold 0 to 1000, and all but two of the values lie in the first: it would be a level block.
    values = np.append(np.abs(_normal()), [500.0, 1000.0])
    low, high = extents(histograms([values]))[0]
    assert low == 0
    assert high >= 1000


def test_extents_of_a_single_value_are_that_value() -> None:
    for value in (0.0, 0.5, -3.0, 1e-30):
        low, high = extents(frames.single_value(1, value))[0]
        assert low == high
        assert low == pytest.approx(value, rel=1e-6)


def test_extents_of_several_are_those_of_each() -> None:
    several = [
        histograms([_normal(), np.append(_normal(), [1000.0, 1000.0])]),
        frames.nothing(3),
        histograms([_normal() * 1e-9]),
    ]
    for ends, alone in zip(extents_of(several), several, strict=True):
        np.testing.assert_array_equal(ends, extents(alone))


def test_extents_of_nothing_are_nan() -> None:
    assert np.isnan(extents(frames.nothing(2))).all()


@pytest.mark.parametrize("size", [1e-320, 1e-45, 1e30, 1e300])
def test_extents_never_overflow(size: float) -> None:
    ends = extents(histograms([np.array([-1.0, 0.5, 1.0]) * size]))
    assert np.isfinite(ends).all() or np.isnan(ends).all()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 0.0, (-1, 1)), (0.5, 0.5, (0.25, 0.75)), (-2.0, 3.0, (-2, 3)), (-4.0, -4.0, (-6, -2))],
)
def test_single_values_get_room_around_them(low: float, high: float, expected: tuple[float, float]) -> None:
    assert widened(low, high) == expected


@given(st.floats(-1e30, 1e30), st.floats(1e-30, 1e30), st.integers(4, 64))
def test_windows_have_bins_of_powers_of_two_that_cover_them(low: float, span: float, n: int) -> None:
    low, high = widened(low, low + span)
    window = Window.around(low, high, n)
    assert math.log2(window.unit).is_integer()
    assert n / 2 - 1 <= len(window.bins) <= n + 2
    assert window.bins.start * window.unit <= low + 1e-9 * window.unit
    assert window.bins.stop * window.unit >= high - 1e-9 * window.unit


def test_shares_agree_with_counting_the_values_themselves() -> None:
    values = _normal()
    window = Window.around(-2.0, 2.0, 16)
    edges = np.arange(window.bins.start, window.bins.stop + 1) * window.unit
    counted = np.histogram(values, edges)[0] / len(values)
    # A stored share is rounded to 1/65535, and two stored bins are merged into one of these.
    np.testing.assert_allclose(window.shares(histograms([values]), 0), counted, atol=2 / 65535)


def test_shares_do_not_flicker_when_the_stored_bins_get_coarser() -> None:
    values = _normal()
    window = Window.around(-4.0, 4.0, 32)
    before = window.shares(histograms([values]), 0)
    after = window.shares(histograms([np.append(values, 7.9)]), 0)
    np.testing.assert_allclose(after, before, atol=3 / 65535 + 1e-4)


@pytest.mark.parametrize("value", [0.0, 0.1, -0.3])
def test_a_single_value_stands_in_one_bin(value: float) -> None:
    window = Window.around(-1.0, 1.0, 64)
    shares = window.shares(frames.single_value(1, value), 0)
    assert np.count_nonzero(shares) == 1
    assert window.bins[int(np.argmax(shares))] == math.floor(np.float32(value) / window.unit)


@pytest.mark.parametrize("exponent", [-1000, -60, 60, 1000])
def test_windows_of_other_sizes_than_the_values_are_no_problem(exponent: int) -> None:
    window = Window(-(2.0**exponent), 2.0**exponent, exponent - 4)
    shares = window.shares(histograms([_normal()]), 0)
    assert shares.shape == (32,)
    assert 0 <= shares.sum() <= 1.001


def test_bars_are_not_finer_than_what_was_counted() -> None:
    # The value far away makes the stored bins wider; in one of them are the zeros and their neighbours.
    values = np.append(np.maximum(_normal(), 0.0), 40.0)
    counted = histograms([values])
    window = Window.around(0.0, 4.0, 32)
    drawn = bars(counted, 0, window)
    assert drawn.width == 2 ** (int(counted.exponent[0]) - window.exponent) > 1
    width = drawn.width * window.unit
    assert drawn.shares[0] == pytest.approx(np.mean(values < width), abs=1e-4)
    assert drawn.positions[:2].tolist() == [0, drawn.width]
    np.testing.assert_allclose(drawn.heights * drawn.width, drawn.shares)
    # As high as when counted finely, apart from the bar with the zeros.
    fine = bars(histograms([values[:-1]]), 0, window)
    assert fine.width == 1
    for i in range(1, 4):
        beside = fine.heights[i * drawn.width : (i + 1) * drawn.width]
        assert drawn.heights[i] == pytest.approx(beside.mean(), abs=1e-4)


def test_bars_are_found_by_position() -> None:
    drawn = Bars(first=-2, width=4, shares=np.array([0.25, 0.25, 0.5]))
    assert [drawn.at(position) for position in (-8.1, -8, -4.1, -4, 0, 3.9, 4)] == [None, 0, 0, 1, 2, 2, None]


def _bars(*shares: float) -> Bars:
    return Bars(0, 1, np.array(shares))


BODY = [0.01] * 40


def test_axis_ends_at_the_highest_bar_of_an_even_histogram() -> None:
    assert top([_bars(0.02, 0.08, 0.2, 0.4, 0.2, 0.08, 0.02)]) == 0.4


def test_axis_cuts_one_or_two_spikes() -> None:
    assert top([_bars(*BODY, 0.6)]) == pytest.approx(0.0135)
    assert top([_bars(0.3, *BODY, 0.3)]) == pytest.approx(0.0135)


def test_axis_shows_lone_spikes_whole() -> None:
    assert top([_bars(0.0, 0.0, 1.0, 0.0)]) == 1.0
    assert top([_bars(0.5, 0.0, 0.0, 0.5)]) == 0.5


def test_a_collapsed_layer_does_not_flatten_the_others() -> None:
    assert top([_bars(0.0, 0.0, 1.0, 0.0), _bars(*[0.025] * 40)]) < 0.05


def test_axis_of_nothing_has_a_height() -> None:
    assert top([_bars(0.0, 0.0, 0.0, 0.0)]) > 0
    assert top([Bars(0, 1, np.zeros(0))]) > 0
    assert top([]) > 0


@pytest.mark.parametrize(
    ("sizes", "left"),
    [
        ([0.0, 0.2, 5.0, 6.0, 1e5, 1e14], [0.0, 0.2, 5.0, 6.0]),
        ([0.0, 0.0, 0.0, 3e-4, 5.0], [0.0, 0.0, 0.0, 3e-4, 5.0]),
        ([30.0, 200.0], [30.0, 200.0]),
        ([1e14, 3e14], [1e14, 3e14]),
        ([4e22, 1.0, 4.5e22, 2.0], [1.0, 2.0]),
        ([math.nan, 2.0, 1e9], [2.0]),
        ([math.nan], []),
    ],
)
def test_what_explodes_shares_no_axis(sizes: list[float], left: list[float]) -> None:
    ends = np.array([[-size, size / 2] for size in sizes])
    kept = usual(ends)
    assert [size for size, row in zip(sizes, kept, strict=True) if np.isfinite(row).all()] == left
