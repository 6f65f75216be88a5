"""The other end of `training_process`: the main function of the process that trains."""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import IO

from engine import wire
from engine.config import Experiment
from engine.grant import Report
from engine.runner import Runner


class Outbox:
    """Sends the reports of one experiment."""

    def __init__(self, number: int, stream: IO[bytes], turn: threading.Lock) -> None:
        """Send nothing yet.

        Args:
            number: what the other side knows the experiment by.
            stream: leads there.
            turn: held while something is sent: experiments that end write to the same stream.
        """
        self._number = number
        self._stream = stream
        self._turn = turn

    def put(self, report: Report) -> None:
        """Send a report."""
        self._send(report)

    def close(self) -> None:
        """Tell that the training thread has ended."""
        self._send(None)

    def _send(self, message: Report | None) -> None:
        with self._turn:
            wire.write((self._number, message), self._stream)


def main() -> None:
    """Obey messages until no more can come."""
    # What anything else prints goes where errors go, and not between the reports.
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    turn = threading.Lock()
    running: dict[int, Runner] = {}
    # What was loaded stays: no frame is to wait until garbage was looked for in it.
    gc.freeze()
    while True:
        try:
            number, message = wire.read(sys.stdin.buffer)
        except EOFError:
            # The window is gone; a thread may be in a product that takes long.
            os._exit(0)
        if isinstance(message, Experiment):
            running[number] = Runner(message, Outbox(number, reports, turn))
        elif message is not None:
            running[number].grant(*message)
        else:
            running.pop(number).stop()
