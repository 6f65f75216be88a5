"""Histograms: bins that cover, nest and merge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.histogram import MAX_BINS
from engine.histogram import histograms as histograms_of_runs
from tests.frames import histograms, occupied

FLOATS = st.floats(-(2.0**100), 2.0**100, allow_subnormal=False, width=32)


def below_the_top(values):
    """Values in float64, the largest moved down a little: it belongs below its edge."""
    values = values.astype(np.float64)
    top = values == values.max()
    return values if top.all() else np.where(top, np.nextafter(values, -np.inf), values)


@settings(max_examples=200, deadline=None)
@given(arrays(np.float32, st.integers(1, 200), elements=FLOATS))
def test_every_value_is_in_the_bin_that_covers_it(values):
    found = histograms([values])
    edges, share = found.edges(0), found.share(0)
    values = below_the_top(values)
    assert share.sum() == pytest.approx(1, abs=MAX_BINS / 65535)
    counts = np.histogram(values, edges)[0]
    assert counts.sum() == values.size
    np.testing.assert_array_equal(counts > 0, share > 0)
    np.testing.assert_allclose(share, counts / values.size, atol=1 / 65535)


@settings(max_examples=100, deadline=None)
@given(arrays(np.float64, st.integers(1, 100), elements=FLOATS), st.integers(1, 6))
def test_merging_gives_the_histogram_of_wider_bins(values, coarser):
    found = histograms([values])
    exponent = int(found.exponent[0]) + coarser
    first, shares = found.merged(0, exponent)
    edges = (first + np.arange(len(shares) + 1)) * 2.0**exponent
    counts = np.histogram(below_the_top(values), edges)[0]
    assert counts.sum() == values.size
    np.testing.assert_allclose(shares, counts / values.size, atol=MAX_BINS / 65535)


def test_bins_are_the_finest_that_cover_the_values():
    values = np.linspace(-1, 1, 1000)
    found = histograms([values])
    assert 2.0 ** int(found.exponent[0]) == 2 / 64
    assert occupied(found, 0) == (-1.0, 1.0)


def test_values_far_from_zero_get_fine_bins_too():
    values = np.random.default_rng(0).normal(1000, 1, 10_000)
    assert 2.0 ** int(histograms([values]).exponent[0]) <= 0.25


def test_bins_finer_than_the_stored_ones_share_evenly():
    found = histograms([np.linspace(-1, 1, 1000)])
    first, shares = found.merged(0, int(found.exponent[0]) - 1)
    assert first == 2 * int(found.first[0])
    assert shares.sum() == pytest.approx(found.share(0).sum())
    np.testing.assert_array_equal(shares[::2], shares[1::2])


@pytest.mark.parametrize("value", [0.0, 0.5, -3.0, 1e-30, 1e30])
def test_equal_values_are_one_bin(value):
    found = histograms([np.full(1000, value, np.float32)])
    assert np.count_nonzero(found.shares[0]) == 1
    low, high = occupied(found, 0)
    assert low <= np.float32(value) < high


def test_a_single_outlier_stays_visible():
    values = np.zeros(1_000_000)
    values[0] = 10.0
    assert histograms([values]).shares[0][np.flatnonzero(histograms([values]).shares[0])[-1]] == 1


def test_what_is_not_finite_is_in_no_bin():
    found = histograms([np.array([np.nan, np.inf, 1.0, 2.0]), np.array([np.nan, -np.inf])])
    assert found.share(0).sum() == pytest.approx(1, abs=1e-4)
    assert found.shares[1].sum() == 0
    assert occupied(found, 1) == (0.0, 0.0)


def test_each_run_is_counted_as_it_is_alone():
    # More runs than are counted at once, of all magnitudes, at their edges, and not finite.
    values = np.random.default_rng(0).normal(size=(20, 9000)) * 10.0 ** np.arange(-10, 10)[:, np.newaxis]
    values = values.astype(np.float32)
    values[3] = np.tanh(1e9 * values[3])
    values[5, ::3], values[6] = np.nan, np.inf
    values[7, 0], values[8] = -np.inf, 0
    other = np.maximum(values[::-1], 0)
    for run, found in enumerate(histograms_of_runs([values, other])):
        alone = histograms([values[run], other[run]])
        for part in ("exponent", "first", "shares"):
            np.testing.assert_array_equal(getattr(found, part), getattr(alone, part))
            assert not getattr(found, part).flags.writeable
