"""What the time line asks for: other frames than the newest; and which one is on show."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Slot

from engine.checkpoints import DEFAULT_LIMIT_BYTES
from engine.config import step_at_epoch
from engine.frame import Frame
from engine.memory import format_bytes
from engine.session import Session
from gui.controls.time_line import TimeLine
from gui.playback import Playback
from gui.time_marks import time_marks


class Navigator(QObject):
    """Passes the commands of the time line on to the session, and shows there which frame is on show.

    Of commands that come faster than frames can be drawn the last one counts: the session only notes which
    frame is wanted.
    """

    def __init__(
        self, session: Session, playback: Playback, time_line: TimeLine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._time_line = time_line
        time_line.home_requested.connect(self.home)
        time_line.end_requested.connect(self.end)
        time_line.back_requested.connect(self.back)
        time_line.forward_requested.connect(self.forward)
        time_line.epoch_back_requested.connect(self.back_to_epoch)
        time_line.steps_requested.connect(self.seek)
        time_line.pause_requested.connect(self.give_up)
        playback.recomputed.connect(time_line.show_recomputation)

    @Slot()
    def home(self) -> None:
        """Show frame 0."""
        self._session.home()
        self._playback.wake()

    @Slot()
    def end(self) -> None:
        """Show the newest frame, and follow those to come."""
        self._session.end()
        self._playback.wake()

    @Slot(int)
    def back(self, n: int) -> None:
        """Show the frame so many steps before."""
        self._session.step_back(n)
        self._playback.wake()

    @Slot(int)
    def forward(self, n: int) -> None:
        """Show the frame so many steps on, where there is one."""
        if self._session.following:
            return
        self._session.seek(self._session.frame.step + n)
        self._playback.wake()

    @Slot()
    def back_to_epoch(self) -> None:
        """Show the frame at the start of the epoch; from there, that of the epoch before."""
        if not len(self._session.history):
            return
        frame = self._session.frame
        start = step_at_epoch(self._session.experiment, max(math.ceil(frame.epoch) - 1, 0))
        self.back(frame.step - start)

    @Slot(object, object)
    def seek(self, first: int, last: int) -> None:
        """Show any of the frames from one step to another: one that is there, or else the middle one."""
        if not len(self._session.history):
            return
        there = self._session.history.at(last).step
        self._session.seek(there if there >= first else (first + last) // 2)
        self._playback.wake()

    @Slot()
    def give_up(self) -> None:
        """Recompute no more; the nearest frame stays on show."""
        self._session.pause()
        self._playback.wake()

    def show_time(self, frame: Frame) -> None:
        """Show where a frame lies in the run, what happened there, and what going back costs."""
        session = self._session
        newest = session.history.last
        self._time_line.show_time(frame.step, newest.step, following=session.following)
        self._time_line.set_marks(time_marks(session.experiment, newest, session.pasts))
        used, limit = format_bytes(session.checkpoint_bytes), format_bytes(DEFAULT_LIMIT_BYTES)
        self._time_line.show_memory(f"{len(session.history):,} frames, checkpoints {used} of {limit}.")
