"""What the transport bar asks for: play, pause, step, run until an epoch; and how far that is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.frame import Frame
from engine.pacing import FASTEST, SELDOM
from engine.session import Session, State
from gui.controls.transport import THROUGHPUT, TransportBar
from gui.message_bar import Level
from gui.playback import Playback


class Player(QObject):
    """Passes the commands of the transport bar on to the session, and shows there where the training is.

    Signals:
        said(str, Level): why a command was not carried out.
    """

    said = Signal(str, object)

    def __init__(
        self, session: Session, playback: Playback, transport: TransportBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._transport = transport
        self._run_from: tuple[float, float] | None = None
        self._interrupted: tuple[float, float] | None = None
        transport.play_requested.connect(self.play)
        transport.pause_requested.connect(self.pause)
        transport.steps_requested.connect(self.step)
        transport.epoch_requested.connect(self.step_epoch)
        transport.run_requested.connect(self.run_until)
        transport.speed_changed.connect(self.set_speed)
        playback.state_changed.connect(self._on_state_changed)
        playback.recomputed.connect(self._on_recomputed)

    @Slot()
    def play(self) -> None:
        """Train on and on."""
        self._run_from = None
        self._session.play()
        self._playback.wake()

    @Slot()
    def pause(self) -> None:
        """Train no more."""
        self._session.pause()
        self._playback.wake()

    def interrupt(self) -> bool:
        """Pause, and return whether there is a play to go on with by `play_on`."""
        playing = self._session.state is State.PLAYING
        self._interrupted = self._run_from
        self.pause()
        return playing

    @Slot()
    def play_on(self) -> None:
        """Play on from the newest frame, to where it was to end, and leave the one on show where it is."""
        session, shown = self._session, None if self._session.following else self._session.frame.step
        self._run_from = self._interrupted
        session.end()
        session.play(until_epoch=None if self._run_from is None else int(self._run_from[1]))
        if shown is not None:
            session.seek(shown)
        self._playback.wake()

    @Slot(int)
    def step(self, n: int) -> None:
        """Train so many steps."""
        self._session.step(n)
        self._playback.wake()

    @Slot()
    def step_epoch(self) -> None:
        """Train to the end of the epoch."""
        self._session.step_epoch()
        self._playback.wake()

    @Slot(int)
    def run_until(self, epoch: int) -> None:
        """Train to the end of an epoch, with a bar that shows how far that is."""
        if not len(self._session.history):
            return
        # From an earlier frame on show it would go on only if it rests there.
        at_rest = self._session.state not in (State.PLAYING, State.STEPPING)
        now = (self._session.frame if at_rest else self._session.history.last).epoch
        if epoch <= now:
            self.said.emit(f"Epoch {epoch:,} is over already; choose a later one.", Level.WARNING)
            return
        self._run_from = (now, float(epoch))
        self._session.play(until_epoch=epoch)
        self._playback.wake()

    @Slot(object)
    def set_speed(self, speed: int | None) -> None:
        """Train so many steps between two frames, or as many as there is time for."""
        self._session.steps_per_frame = None if speed == THROUGHPUT else speed
        self._session.frame_seconds = SELDOM if speed == THROUGHPUT else FASTEST

    def show_progress(self, frame: Frame) -> None:
        """Show where the training is, and how much of a run until an epoch is done."""
        session, transport = self._session, self._transport
        transport.show_counters(frame.step, frame.epoch, session.steps_per_second, session.elapsed)
        if self._run_from is not None and session.state is State.PLAYING:
            began, goal = self._run_from
            transport.show_progress((session.history.last.epoch - began) / (goal - began))
        else:
            self._run_from = None
            transport.show_progress(None)

    @Slot(object)
    def _on_state_changed(self, state: State) -> None:
        # Most frames are recomputed before anybody could read that they are.
        if state is not State.SEEKING:
            self._transport.show_state(state)

    @Slot(object)
    def _on_recomputed(self, _recomputed: tuple[int, int] | None) -> None:
        self._transport.show_state(self._session.state)
