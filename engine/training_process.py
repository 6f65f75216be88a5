"""The training in a process of its own, beside the one with the window.

In one process they would take turns: whoever runs Python, as painting does between its calls to Qt, keeps the
other waiting for the interpreter.

What is sent between the two goes through pipes that only they can open, see `wire`.
"""

from __future__ import annotations

import contextlib
import io
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
    """Told where the process has ended though nobody had asked it to, and where none can be started."""


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
        self._start()

    def launch(self, experiment: Experiment, inbox: Inbox) -> _Remote:
        """Begin to train an experiment; see `engine.training.Launch`."""
        with self._lock:
            failure = self._start_if_ended()
            running = _Remote(next(self._numbers), self._process, inbox)
            self._running[running.number] = running
        if failure is None:
            running.send(experiment)
        else:
            running.fail(failure)
        return running

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

    def _start_if_ended(self) -> TrainingEnded | None:
        """Start another process if this one has ended; return what keeps it from starting, if anything."""
        if self._process.poll() is None:
            return None
        self._hang_up()
        try:
            self._start()
        except OSError as error:
            return TrainingEnded(
                f"The process that trains cannot be started again ({error.strerror}). Reset tries once more."
            )
        return None

    def _start(self) -> None:
        self._process = subprocess.Popen(
            # Without -P, a module of the folder that it is started in would go before one of Python's.
            [sys.executable, "-P", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Where the window has none, it has no file, or one that is not for errors.
            stderr=subprocess.DEVNULL if sys.stderr is None else None,
            # Ctrl+C on the terminal is for the window, which ends this process.
            start_new_session=True,
        )
        # Of its own: the end of one process is none of those that train in the next.
        self._running: dict[int, _Remote] = {}
        self._reader = threading.Thread(
            target=self._read, args=(self._process, self._running), name=_READER_NAME, daemon=True
        )
        self._reader.start()

    def _read(self, process: subprocess.Popen[bytes], running: dict[int, _Remote]) -> None:
        assert isinstance(process.stdout, io.BufferedReader)
        # Until there is something to read: whoever has it sent has loaded by then what is needed to read it,
        # so that nothing is imported here while the window's modules are.
        process.stdout.peek(1)

        from engine import wire

        try:
            with process.stdout:
                while True:
                    number, report = wire.read(process.stdout)
                    if report is not None:
                        running[number].inbox.put(report)
                    else:
                        running.pop(number).inbox.close()
        except EOFError:
            pass
        except MemoryError:
            # The report is lost, and whoever waits for it is to know.
            process.kill()
        code = process.wait()
        reason = f"by signal {-code}" if code < 0 else f"with exit status {code}"
        failure = TrainingEnded(
            f"The process that trains was ended {reason}, perhaps because the system was short of memory. "
            "Reset begins anew."
        )
        # Not while one is launched, which may have found the process alive.
        with self._lock:
            for remote in running.values():
                remote.fail(failure)


class _Remote:
    """What trains one experiment there, see `Runner`."""

    def __init__(self, number: int, process: subprocess.Popen[bytes], inbox: Inbox) -> None:
        self.number = number
        self.inbox = inbox
        self._process = process

    def grant(self, grant: Grant, given_at: float) -> None:
        self.send((grant, given_at))

    def stop(self) -> None:
        self.send(None)

    def ended(self, timeout: float | None) -> bool:
        return self.inbox.closed(timeout)

    def send(self, message: Experiment | tuple[Grant, float] | None) -> None:
        """Send the experiment to train, then grants and their times; None ends it."""
        from engine import wire

        stdin = self._process.stdin
        assert stdin is not None
        # If the process has ended, whoever reads its reports tells of that.
        if not stdin.closed:
            with contextlib.suppress(OSError):
                wire.write((self.number, message), stdin)

    def fail(self, failure: BaseException) -> None:
        from engine.grant import Report

        self.inbox.put(Report(None, failure=failure))
        self.inbox.close()
