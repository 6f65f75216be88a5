"""The clock of the window: it asks the session for frames, lets the training go on, and has them painted."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from engine.frame import Frame
from engine.session import Session, State


class Playback(QObject):
    """Ticks a session by a timer while there is something to expect, and sleeps otherwise.

    A tick takes the newest frame and grants the next slice of training. While that goes on, whoever listens
    to `frame_arrived` draws the frame on show, and `paint` brings it to the screen.

    Signals:
        frame_arrived(Frame): the frame on show; it or the newest one is another now.
        state_changed(State): the session does something else now.
        caught_up(float): how much of the way the runs have come that were added, 0 to 1.
        recomputed(object): how far a recomputation has come, (step, goal), or None when it is over.
    """

    frame_arrived = Signal(object)
    state_changed = Signal(object)
    caught_up = Signal(float)
    recomputed = Signal(object)

    def __init__(self, session: Session, paint: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paint = paint
        self._state: State = session.state
        self._seen: tuple[Frame, ...] = ()
        self._caught_up = 0.0
        self._recomputed: tuple[int, int] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    def wake(self) -> None:
        """Look after the session from now on; to be called after every command to it."""
        self._announce()
        # At once, though the next tick may be due later: a person waits.
        self._timer.start(0)

    @Slot()
    def listen(self) -> None:
        """Hear, while nothing is to be expected, that the process that trains has ended."""
        if self._session.state is not State.EMPTY and not self._timer.isActive():
            self.tick()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @Slot()
    def tick(self) -> None:
        """Take a frame if there is one, let the training go on, and have the one on show painted."""
        self._session.await_frame()
        arrived = self._session.tick(time.perf_counter()) is not None
        self._session.grant(time.perf_counter())
        try:
            news = self._look() or arrived
            if news:
                self._show()
            else:
                self._announce()
        finally:
            # An error in a plot is reported once and does not stop the training.
            if self._session.active:
                wait = self._session.seconds_until_tick(time.perf_counter())
                self._timer.start(int(wait * 1000))

    def _show(self) -> None:
        began = time.perf_counter()
        self.frame_arrived.emit(self._session.frame)
        self._announce()
        self._paint()
        self._session.painted(time.perf_counter() - began)

    def _look(self) -> bool:
        """Return whether the frame on show or the newest is another than before."""
        session, before = self._session, self._seen
        self._seen = (session.frame, session.history.last) if len(session.history) else ()
        # By identity: frames are arrays.
        return [id(frame) for frame in self._seen] != [id(frame) for frame in before] and bool(self._seen)

    def _announce(self) -> None:
        if self._session.state is not self._state:
            self._state = self._session.state
            self.state_changed.emit(self._state)
        if self._session.caught_up != self._caught_up:
            self._caught_up = self._session.caught_up
            self.caught_up.emit(self._caught_up)
        if self._session.recomputed != self._recomputed:
            self._recomputed = self._session.recomputed
            self.recomputed.emit(self._recomputed)
