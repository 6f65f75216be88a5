"""Smoothing agrees with its closed form, and leaving points out loses nothing that can be seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots.series import decimate, smooth


def _tensorboard(values: np.ndarray, weight: float) -> np.ndarray:
    """The loop of TensorBoard's line chart (vz_line_chart2/line-chart.ts, resmoothDataset)."""
    last, n, result = 0.0, 0, []
    for value in values:
        if not np.isfinite(value):
            result.append(value)
            continue
        last = last * weight + (1 - weight) * value
        n += 1
        result.append(last / (1 - weight**n))
    return np.array(result)


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 128, 1000])
def test_smoothing_is_tensorboards(weight: float, n: int) -> None:
    values = np.random.default_rng(n).standard_normal(n)
    np.testing.assert_allclose(smooth(values, weight), _tensorboard(values, weight), rtol=1e-12, atol=1e-14)


def test_smoothing_worked_by_hand() -> None:
    # m = .5 * 4 = 2, debiased 2 / .5 = 4; m = 1 + .5 * 8 = 5, 5 / .75; m = 2.5 + 0, 2.5 / .875
    np.testing.assert_allclose(smooth(np.array([4.0, 8.0, 0.0]), 0.5), [4.0, 5 / 0.75, 2.5 / 0.875])


def test_smoothing_passes_on_what_is_not_finite_and_does_not_count_it() -> None:
    values = np.array([np.nan, 1.0, np.inf, 3.0, -np.inf, 5.0])
    smoothed = smooth(values, 0.8)
    np.testing.assert_array_equal(smoothed[[0, 2, 4]], values[[0, 2, 4]])
    np.testing.assert_allclose(smoothed[[1, 3, 5]], smooth(np.array([1.0, 3.0, 5.0]), 0.8))


@pytest.mark.parametrize("values", [np.zeros(0), np.full(3, np.nan)], ids=["nothing", "nothing finite"])
def test_smoothing_nothing(values: np.ndarray) -> None:
    np.testing.assert_array_equal(smooth(values, 0.9), values)


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=2000),
    st.integers(1, 200),
)
def test_decimation_keeps_extremes_and_width(values: list[float], columns: int) -> None:
    y = np.array(values)
    x = np.arange(len(y), dtype=float)
    high = max(len(y) - 1.0, 1.0)
    seen_x, seen_y = decimate(x, y, 0.0, high, columns)
    assert len(seen_x) == len(seen_y) <= 2 * columns + 4
    assert np.all(np.diff(seen_x) >= 0)
    if np.isfinite(y).any():
        assert np.nanmin(seen_y) == np.nanmin(y)
        assert np.nanmax(seen_y) == np.nanmax(y)
    else:
        assert np.isnan(seen_y).all()


def test_decimation_keeps_each_spike_in_its_column() -> None:
    x = np.arange(10_000.0)
    y = np.zeros((10_000, 2))
    y[4321, 0], y[8765, 1] = 7.0, -3.0
    seen_x, seen_y = decimate(x, y, 0.0, 9_999.0, 100)
    assert seen_y.shape == (len(seen_x), 2)
    assert abs(seen_x[seen_y[:, 0] == 7.0].item() - 4321) <= 100
    assert abs(seen_x[seen_y[:, 1] == -3.0].item() - 8765) <= 100


def test_decimation_follows_a_falling_line() -> None:
    _, seen = decimate(np.arange(5000.0), -np.arange(5000.0), 0.0, 4999.0, 50)
    assert np.all(np.diff(seen) <= 0)


def test_decimation_leaves_short_lines_whole() -> None:
    x, y = np.arange(100.0), np.random.default_rng(0).standard_normal(100)
    seen_x, seen_y = decimate(x, y, 0.0, 200.0, 50)
    np.testing.assert_array_equal(seen_x, x)
    np.testing.assert_array_equal(seen_y, y)


def test_decimation_shows_more_of_a_part_that_is_zoomed_into() -> None:
    x = np.arange(100_000.0)
    seen_x, _ = decimate(x, x, 500.0, 520.0, 100)
    np.testing.assert_array_equal(seen_x, np.arange(499.0, 522.0))
