"""Drives a session as a window does, with made-up times; waits for the thread instead of sleeping."""

from engine.frame import Frame
from engine.pacing import FASTEST
from engine.session import Session


class Clock:
    """The window's clock: a tick, and the grant after it; nothing is painted."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.now = 0.0

    def tick(self) -> Frame | None:
        self.now += FASTEST
        self.session._training.await_report(30)
        frame = self.session.tick(self.now)
        self.session.grant(self.now + 0.001)
        return frame

    def run_until_idle(self, limit: int = 10_000) -> None:
        for _ in range(limit):
            if not self.session.active:
                return
            self.tick()
        raise AssertionError("the session never came to rest")
