"""Computes off the window's thread. No Qt: a timer of the window asks for the newest result."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator
from typing import Any

Results = Generator[Any, None, None]
"""What a task gives: better and better results, the last one complete."""


class Worker:
    """Does one task at a time, in a thread that lives as long as there is one; a new task ends the old.

    However fast the tasks follow each other, there is only one thread, and no task begins before the last one
    has ended: memory and processors never carry two.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._next: Callable[[], Results] | None = None
        self._stop = threading.Event()
        self._news: Any | None = None
        self._failure: Exception | None = None

    @property
    def busy(self) -> bool:
        """Whether there is something to do, or something that was not taken."""
        with self._lock:
            return self._thread is not None or self._news is not None or self._failure is not None

    def start(self, task: Callable[[], Results]) -> None:
        """Begin with a task as soon as the one before has ended, which is told to end."""
        with self._lock:
            self._drop()
            self._next = task
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="InitScope sampling bench", daemon=True
                )
                self._thread.start()

    def cancel(self) -> None:
        """End what is being done; no result of it is handed out any more."""
        with self._lock:
            self._drop()

    def take(self) -> Any | None:
        """Return the newest result that was not taken yet, None if there is none.

        Raises:
            Exception: what ended the task.
        """
        with self._lock:
            news, failure = self._news, self._failure
            self._news = self._failure = None
        if failure is not None:
            raise failure
        return news

    def ended(self, seconds: float) -> bool:
        """Wait so long for the thread to end, and return whether it has."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def _drop(self) -> None:
        self._stop.set()
        self._next = self._news = self._failure = None

    def _run(self) -> None:
        while True:
            with self._lock:
                task, self._next = self._next, None
                if task is None:
                    self._thread = None
                    return
                # Each task has an event of its own: the end of one is not the end of the next.
                stop = self._stop = threading.Event()
            try:
                with contextlib.closing(task()) as results:
                    for result in results:
                        with self._lock:
                            if stop.is_set():
                                break
                            self._news = result
            except Exception as error:  # noqa: BLE001  (whatever it is, the window's thread raises it)
                with self._lock:
                    if not stop.is_set():
                        self._failure = error
