"""What a person's hands do to a session, whatever else is done: rules for tests of any order of commands."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.session import Session
from tests.clock import Clock


class Hands(RuleBasedStateMachine):
    """Plays, steps, pauses and changes. What inherits from it opens the session, and checks and closes it."""

    session: Session
    clock: Clock

    @rule(n=st.integers(1, 12))
    def step(self, n):
        self.session.step(n)

    @rule()
    def step_epoch(self):
        self.session.step_epoch()

    @rule(speed=st.sampled_from([1, 2, 7]))
    def play(self, speed):
        self.session.steps_per_frame = speed
        self.session.play()

    @rule()
    def pause(self):
        self.session.pause()

    @rule(n=st.integers(1, 4))
    def tick(self, n):
        for _ in range(n):
            self.clock.tick()

    @rule(size=st.sampled_from([3, 10, 48, None]))
    def change_batch(self, size):
        self.session.change("batch_size", size)

    @invariant()
    def steps_only_grow(self):
        steps = [frame.step for frame in self.session.history]
        assert steps == sorted(set(steps))
