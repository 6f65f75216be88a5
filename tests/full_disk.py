"""A disk that is full, as the system itself plays it."""

import contextlib
import resource
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def full_after(size: int) -> Iterator[None]:
    """Let the system refuse to write any file beyond ``size`` bytes, as it does when a disk is full.

    The limit holds for the whole process, the log that pytest itself is writing into included: so it is in
    force around one call, and never over the end of a test, where pytest reports.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
