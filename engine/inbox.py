"""Where reports arrive: whoever trains puts them there, and the session takes them, or waits for them."""

from __future__ import annotations

import threading

from engine.grant import Report


class Inbox:
    """Holds the newest report; a report must be taken before the next one comes."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._report: Report | None = None
        self._closed = False

    def put(self, report: Report) -> None:
        """Let a report arrive."""
        with self._news:
            self._report = report
            self._news.notify_all()

    def close(self) -> None:
        """Take note that no more reports will come."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def closed(self, timeout: float | None) -> bool:
        """Wait up to `timeout` seconds until no more reports can come, and return whether that is so."""
        with self._news:
            return self._news.wait_for(lambda: self._closed, timeout)

    def await_report(self, seconds: float) -> None:
        """Wait for the next report, but not longer than that."""
        with self._news:
            self._news.wait_for(lambda: self._report is not None or self._closed, seconds)

    def take(self) -> Report | None:
        """Return the report that has come since the last call, if any."""
        with self._news:
            report, self._report = self._report, None
            return report

    def wait(self) -> Report:
        """Wait for the next report and return it.

        Raises:
            RuntimeError: if none can come any more.
        """
        with self._news:
            self._news.wait_for(lambda: self._report is not None or self._closed)
            report, self._report = self._report, None
        if report is None:
            raise RuntimeError("the training has ended")
        return report
