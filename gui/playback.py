"""The clock of the window: it asks the session for frames, has them painted, and lets the training go on."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from engine.session import Session, State


class Playback(QObject):
    """Ticks a session by a timer while there is something to expect, and sleeps otherwise.

    Training and painting take turns: a tick takes the newest frame, whoever listens to `frame_arrived` draws
    it, `paint` brings it to the screen, and only then is the next slice of training granted.

    Signals:
        frame_arrived(Frame): a new frame is in the history.
        state_changed(State): the session does something else now.
    """

    frame_arrived = Signal(object)
    state_changed = Signal(object)

    def __init__(self, session: Session, paint: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paint = paint
        self._state: State = session.state
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    def wake(self) -> None:
        """Look after the session from now on; to be called after every command to it."""
        self._announce()
        if not self._timer.isActive():
            self._timer.start(0)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @Slot()
    def tick(self) -> None:
        """Take a frame if there is one, have it painted, and let the training go on."""
        self._session.await_frame()
        frame = self._session.tick(time.perf_counter())
        try:
            if frame is not None:
                self.frame_arrived.emit(frame)
            self._announce()
            if frame is not None:
                self._paint()
        finally:
            # An error in a plot is reported once and does not stop the training.
            self._session.grant(time.perf_counter())
            if self._session.active:
                wait = self._session.seconds_until_tick(time.perf_counter())
                self._timer.start(int(wait * 1000))

    def _announce(self) -> None:
        if self._session.state is not self._state:
            self._state = self._session.state
            self.state_changed.emit(self._state)
