"""The training in a process of its own, beside the one with the window.

In one process they would take turns: whoever runs Python, as painting does between its calls to Qt, keeps the
other waiting for the interpreter.

What is sent between the two goes through pipes that only they can open, see `wire`.
"""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from engine.config import Experiment
    from engine.grant import Grant
    from engine.inbox import Inbox

_ROOT = Path(__file__).resolve().parent.parent
_PROGRAM = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from engine.training_host import main; main()"
_READER_NAME = "InitScope reports"
_PATIENCE_SECONDS = 1.0


class TrainingEnded(Exception):  # noqa: N818 - it says what has happened
    """Told where the process has ended though nobody had asked it to."""

    def __init__(self, code: int) -> None:
        reason = f"by signal {-code}" if code < 0 else f"with exit status {code}"
        super().__init__(
            f"The process that trains was ended {reason}, perhaps because the system was short of memory. "
            "Reset begins anew."
        )


class TrainingProcess:
    """A process that trains experiments, started at once and anew whenever it has ended unasked.

    Importing this module loads nothing heavy, so that the process can be started before the window is.
    """

    def __init__(self) -> None:
        """Start the process.

        Raises:
            OSError: if the system does not allow one.
        """
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._running: dict[int, _Remote] = {}
        self._start()

    def launch(self, experiment: Experiment, inbox: Inbox) -> _Remote:
        """Begin to train an experiment; see `engine.training.Launch`."""
        running = _Remote(next(self._numbers), self, inbox)
        try:
            with self._lock:
                if self._process.poll() is not None:
                    self._hang_up()
                    self._start()
                self._running[running.number] = running
        except OSError as error:
            running.fail(error)
        else:
            self.send(running.number, experiment)
        return running

    def send(self, number: int, message: Experiment | tuple[Grant, float] | None) -> None:
        """Send under a number an experiment to train, then grants for it and their times; None ends it."""
        from engine import wire

        assert self._process.stdin is not None
        # If it has ended, whoever reads its reports tells of that.
        with contextlib.suppress(OSError):
            wire.write((number, message), self._process.stdin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is at."""
        # It ends when nobody can send it anything any more.
        self._hang_up()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            # Only where it is stuck in the system, waiting for memory or a disk.
            self._process.kill()
        self._reader.join()

    def _hang_up(self) -> None:
        assert self._process.stdin is not None
        # What was not sent yet cannot be, if the process has ended.
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl+C on the terminal is for the window, which ends this process.
            start_new_session=True,
        )
        self._reader = threading.Thread(
            target=self._read, args=(self._process,), name=_READER_NAME, daemon=True
        )
        self._reader.start()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        from engine import wire

        assert process.stdout is not None
        with process.stdout, contextlib.suppress(EOFError):
            while True:
                number, report = wire.read(process.stdout)
                if report is not None:
                    self._running[number].inbox.put(report)
                else:
                    self._running.pop(number).inbox.close()
        code = process.wait()
        with self._lock:
            left, self._running = list(self._running.values()), {}
        for running in left:
            running.fail(TrainingEnded(code))


class _Remote:
    """What trains one experiment there, see `Runner`."""

    def __init__(self, number: int, process: TrainingProcess, inbox: Inbox) -> None:
        self.number = number
        self.inbox = inbox
        self._process = process

    def grant(self, grant: Grant, given_at: float) -> None:
        self._process.send(self.number, (grant, given_at))

    def stop(self) -> None:
        self._process.send(self.number, None)

    def ended(self, timeout: float | None) -> bool:
        return self.inbox.closed(timeout)

    def fail(self, failure: BaseException) -> None:
        from engine.grant import Report

        self.inbox.put(Report(None, failure=failure))
        self.inbox.close()
