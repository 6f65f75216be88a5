"""Ctrl+C while Qt is at work, with no window that could take it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interruption_held() -> Iterator[None]:
    """Hold Ctrl+C back until the end, and let it interrupt then.

    An exception in what Qt calls gets lost between errors that follow from it, and one while Qt for Python is
    loaded makes that abort.
    """
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came and callable(before):
        before(came[0], None)
