"""Numbers as NumPy takes them fastest."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=1024)
def scalar(value: float, dtype: np.dtype) -> np.ndarray:
    """Return a number as a read-only array without axes, (), in the precision of what it is to meet.

    NumPy looks at the value and type of a Python number in each call, which takes longer than the arithmetic
    on a small layer; an array of the same precision goes straight through.
    """
    array = np.array(value, dtype)
    array.setflags(write=False)
    return array
