"""From the history to a line: smoothing a series, and leaving out the points that cannot be seen."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

_BLOCK = 64


def smooth(values: np.ndarray, weight: float) -> np.ndarray:
    """Return the debiased exponential moving average, as TensorBoard draws it.

    With m_0 = 0 and m_k = weight * m_(k-1) + (1 - weight) * v_k over the finite values v, the k-th of them
    becomes m_k / (1 - weight**k). Values that are not finite stay as they are and do not count.

    Args:
        values: (n,).
        weight: in [0, 1); how much the past counts.
    """
    finite = np.isfinite(values)
    known = values[finite]
    if not known.size or weight == 0:
        return values
    # In blocks: inside one the recursion is a product with a triangular matrix, and only the last value of
    # each block is handed on by a loop.
    blocks = np.zeros((-(-known.size // _BLOCK), _BLOCK))
    blocks.reshape(-1)[: known.size] = known
    lag = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
    kernel = np.where(lag >= 0, (1 - weight) * weight ** np.maximum(lag, 0), 0.0)
    inside = blocks @ kernel.T
    handed_on = accumulate(inside[:-1, -1], lambda m, last: m * weight**_BLOCK + last, initial=0.0)
    means = inside + np.outer(list(handed_on), weight ** np.arange(1, _BLOCK + 1))
    result = values.copy()
    result[finite] = means.reshape(-1)[: known.size] / (1 - weight ** np.arange(1, known.size + 1))
    return result


def last_known(values: np.ndarray, at: int) -> int | None:
    """Return the index of the last finite value up to index `at`, None if there is none."""
    known = np.flatnonzero(np.isfinite(values[: at + 1]))
    return int(known[-1]) if known.size else None


def decimate(
    x: np.ndarray, y: np.ndarray, low: float, high: float, columns: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return what can be seen of a line between `low` and `high` in so many columns of pixels.

    Of each column the least and the greatest value are kept, in the order in which the line passes them: no
    spike is lost. Short lines come back whole.

    Args:
        x: (n,), rising.
        y: (n,) or (n, lines).
        low: left end of the view.
        high: right end of the view.
        columns: the width of the view in pixels.

    Returns:
        x (m,) and y (m,) or (m, lines), with m <= 2 * columns + 4.
    """
    start = max(int(np.searchsorted(x, low)) - 1, 0)
    stop = int(np.searchsorted(x, high, "right")) + 1
    x, y = x[start:stop], y[start:stop]
    if len(x) <= 2 * columns or high <= low:
        return x, y
    column = np.clip(np.floor((x - low) * (columns / (high - low))), -1, columns)
    first = np.flatnonzero(np.diff(column, prepend=-2.0))
    last = np.append(first[1:], len(x)) - 1
    least, greatest = np.fmin.reduceat(y, first), np.fmax.reduceat(y, first)
    falling = y[first] > y[last]
    ends = np.stack([np.where(falling, greatest, least), np.where(falling, least, greatest)], axis=1)
    return np.stack([x[first], x[last]], axis=1).reshape(-1), ends.reshape(-1, *y.shape[1:])
