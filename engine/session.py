"""The session: starts, plays and steps experiments, and keeps the frames seen. No Qt, no clock of its own."""

from __future__ import annotations

import enum
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from engine.config import LIVE_FIELDS, Change, Experiment, steps_per_epoch
from engine.frame import Frame
from engine.history import History
from engine.pacing import SLOWEST, Pacer
from engine.runner import Grant, Report, Runner

_POLL_SECONDS = 0.001
"""How soon to look again for a report that is due."""

_NO_END = 2**31
"""Steps of a grant that only time ends."""

_RATE_SECONDS = 1.0
"""Steps per second are counted over the last second."""


class State(enum.Enum):
    """What the session is doing."""

    EMPTY = "no experiment"
    BUILDING = "building the network"
    PAUSED = "paused"
    STEPPING = "stepping"
    PLAYING = "playing"
    DIVERGED = "diverged"
    FAILED = "failed"


@dataclass(frozen=True)
class Goal:
    """Where to train to: a step, or the end of so many epochs; infinite where it just plays."""

    step: float = math.inf
    epoch: float = math.inf


class Session:
    """Plays one experiment at a time.

    A window calls `tick` to get the newest frame, draws it, and then calls `grant`, which lets the training
    thread go on while the window waits. Without a window, `advance` trains and returns the frame.

    Attributes:
        experiment: the one being played, with the changes made so far in its log.
        history: the frames seen.
        state: what the session is doing.
        failure: what ended the training thread, if it failed.
        steps_per_frame: the speed; None is as fast as possible.
        elapsed: seconds spent playing.
        steps_per_second: over the last second of playing.
    """

    def __init__(self) -> None:
        self.experiment = Experiment()
        self.history = History()
        self.state = State.EMPTY
        self.failure: BaseException | None = None
        self.steps_per_frame: int | None = None
        self.elapsed = 0.0
        self._runner: Runner | None = None
        self._ended: list[Runner] = []
        self._goal = Goal()
        self._busy = False
        self._wanted: dict[tuple[str, int | None], float | int | None] = {}
        self._changes: list[Change] = []
        self._asked: list[Callable[[], None]] = []
        self._pacer = Pacer()
        self._tick_began = -math.inf
        self._last_tick: float | None = None
        self._rate: deque[tuple[float, int]] = deque()

    @property
    def step_index(self) -> int:
        """The step of the newest frame."""
        return self.history.last.step if len(self.history) else 0

    @property
    def steps_per_second(self) -> float:
        """Training steps per second of playing, over the last second; 0 while there is nothing to count."""
        if len(self._rate) < 2:
            return 0.0
        (began, first), (ended, last) = self._rate[0], self._rate[-1]
        return (last - first) / (ended - began) if ended > began else 0.0

    @property
    def active(self) -> bool:
        """Whether frames are to be expected, so that `tick` should be called."""
        return self._busy or self.state in (State.PLAYING, State.STEPPING)

    def start(self, experiment: Experiment) -> None:
        """End what is being trained, and build an experiment; its frame 0 arrives by a later tick."""
        self._end_runner()
        self.experiment = experiment
        self.history = History()
        self.failure = None
        self.state = State.BUILDING
        self.elapsed = 0.0
        self._wanted, self._changes, self._asked = {}, [], []
        self._rate.clear()
        self._last_tick = None
        self._pacer = Pacer()
        self._busy = True
        self._runner = Runner(experiment)

    def play(self, until_epoch: int | None = None) -> None:
        """Train on and on, or to the end of epoch number `until_epoch`."""
        self._head_for(State.PLAYING, Goal(epoch=math.inf if until_epoch is None else until_epoch))

    def step(self, n: int = 1) -> None:
        """Train `n` steps; more calls before they are done add up."""
        stepping = self.state is State.STEPPING and math.isfinite(self._goal.step)
        if self._busy and not stepping:
            self._ask_later(partial(self.step, n))
            return
        start = int(self._goal.step) if stepping else self.step_index
        self._head_for(State.STEPPING, Goal(step=start + n))

    def step_epoch(self) -> None:
        """Train to the end of the epoch that is under way, or of the next one; more calls add up."""
        stepping = self.state is State.STEPPING and math.isfinite(self._goal.epoch)
        if self._busy and not stepping:
            self._ask_later(self.step_epoch)
            return
        if len(self.history):
            start = self._goal.epoch if stepping else math.floor(self.history.last.epoch)
            self._head_for(State.STEPPING, Goal(epoch=start + 1))

    def pause(self) -> None:
        """Grant no more training; a slice under way still gives its frame."""
        self._asked = []
        if self.state in (State.PLAYING, State.STEPPING):
            self.state = State.PAUSED

    def settle(self) -> Frame | None:
        """Wait for the slice under way, at most as long as a frame, and return its frame, if there is one.

        Changes that wait for the slice are in the log then.
        """
        return self._wait() if self._busy and len(self.history) else None

    def change(self, field: str, value: float | int | None, run: int = 0) -> None:
        """Change a live setting from the next step on.

        Raises:
            ConfigError: if the value cannot be used.
            ValueError: if the field is not one that may change during training.
        """
        if field not in LIVE_FIELDS:
            raise ValueError(f"{field} cannot change during training; only {', '.join(LIVE_FIELDS)}")
        owner = None if field == "batch_size" else run
        self.experiment.with_change(Change(self.step_index, owner, field, value))
        self._wanted[field, owner] = value
        if not self._busy:
            self._log_changes()

    def tick(self, now: float) -> Frame | None:
        """Take the newest frame, if there is a new one, and append it to the history.

        Args:
            now: the time in seconds, on any clock that does not go back.
        """
        self._count_time(now)
        report = self._runner.take() if self._runner is not None else None
        if report is None:
            return None
        self._tick_began = now
        return self._receive(report, now)

    def grant(self, now: float) -> None:
        """Let the training thread go on, if there is something to train; called when painting is over."""
        if self._runner is None or self._busy or self.state not in (State.PLAYING, State.STEPPING):
            return
        painting = max(0.0, now - self._tick_began)
        fresh = painting < 1.0
        if fresh:
            self._pacer.painted(painting)
        steps, seconds = self._steps_to_goal(), self._pacer.slice_seconds(painting if fresh else 0.0)
        if self.state is State.PLAYING and self.steps_per_frame is not None:
            # So many steps are meant, not as many as fit: rather a later frame than one with fewer steps.
            steps, seconds = min(steps, self.steps_per_frame), max(seconds, SLOWEST)
        self._give(Grant(steps, seconds, tuple(self._changes)))

    def seconds_until_tick(self, now: float) -> float:
        """Return how long to wait before the next tick."""
        if self.state is not State.PLAYING:
            return _POLL_SECONDS
        return max(self._tick_began + self._pacer.frame_seconds - now, _POLL_SECONDS)

    def wait_ready(self) -> Frame:
        """Wait for frame 0 of the experiment just started, and return it.

        Raises:
            BaseException: what made building fail.
        """
        return self.history.first if len(self.history) else self._wait()

    def advance(self, steps: int) -> Frame:
        """Train `steps` steps, wait for their frame, and return it; fewer if all runs diverge.

        Raises:
            BaseException: what made the training fail.
        """
        self.wait_ready()
        if self._busy:
            self._wait()
        if self.state is State.DIVERGED or steps <= 0:
            return self.history.last
        self.state = State.PAUSED
        self._give(Grant(steps, changes=tuple(self._changes)))
        return self._wait()

    def close(self) -> None:
        """Ask the training thread to end, and return at once."""
        self._end_runner()
        self.state = State.EMPTY
        self._busy = False

    def closed(self, timeout: float | None = 0) -> bool:
        """Wait up to `timeout` seconds for each thread ever started, and return whether all have ended."""
        self._ended = [runner for runner in self._ended if not runner.join(timeout)]
        return not self._ended

    def _ask_later(self, ask: Callable[[], None]) -> None:
        """Pause, and count steps only from where the slice under way will end."""
        if self.state in (State.PAUSED, State.PLAYING, State.STEPPING):
            self.state = State.PAUSED
            self._asked.append(ask)

    def _head_for(self, state: State, goal: Goal) -> None:
        if self.state in (State.PAUSED, State.PLAYING, State.STEPPING):
            self.state = state
            self._goal = goal
            if self._steps_to_goal() <= 0:
                self.state = State.PAUSED
            self._rate.clear()

    def _steps_to_goal(self) -> int:
        """Count the steps from the newest frame to the goal, or to a logged change that may move the goal."""
        if math.isfinite(self._goal.step):
            return int(self._goal.step) - self.step_index
        if not math.isfinite(self._goal.epoch):
            return _NO_END
        n, epoch = self.experiment.n_train, self.history.last.epoch
        batch = self.experiment.value_at(self.step_index, "batch_size")
        whole = math.floor(epoch)
        left = int(self._goal.epoch) - whole
        if left <= 0:
            return 0
        samples_left = n - round((epoch - whole) * n)
        steps = steps_per_epoch(samples_left, batch) + (left - 1) * steps_per_epoch(n, batch)
        resized = [change.step for change in self.experiment.changes if change.field == "batch_size"]
        return min([steps, *(step - self.step_index for step in resized if step > self.step_index)])

    def _give(self, grant: Grant) -> None:
        assert self._runner is not None
        self._changes = []
        self._busy = True
        self._runner.grant(grant)

    def _wait(self) -> Frame:
        if self._runner is None:
            raise RuntimeError("no experiment was started")
        frame = self._receive(self._runner.wait(), None)
        if frame is None:
            assert self.failure is not None
            raise self.failure
        return frame

    def _receive(self, report: Report, now: float | None) -> Frame | None:
        self._busy = False
        if report.frame is None:
            self.failure = report.failure
            self.state = State.FAILED
            return None
        self._pacer.observed(report.observing_seconds)
        self.history.append(report.frame)
        if now is not None:
            self._count_steps(report.frame.step, now)
        if self.state is State.BUILDING:
            self.state = State.PAUSED
        if all(run.divergence is not None for run in report.frame.runs):
            self.state = State.DIVERGED
        elif self.state in (State.PLAYING, State.STEPPING) and self._steps_to_goal() <= 0:
            self.state = State.PAUSED
        self._log_changes()
        asked, self._asked = self._asked, []
        for ask in asked:
            ask()
        return report.frame

    def _log_changes(self) -> None:
        """Log what a person changed, for the step at which the trainer stands now."""
        if not len(self.history):
            return
        for (field, run), value in self._wanted.items():
            change = Change(self.step_index, run, field, value)
            self.experiment = self.experiment.with_change(change)
            self._changes.append(change)
        self._wanted = {}

    def _count_time(self, now: float) -> None:
        if self.state in (State.PLAYING, State.STEPPING) and self._last_tick is not None:
            self.elapsed += max(0.0, now - self._last_tick)
        self._last_tick = now if self.state in (State.PLAYING, State.STEPPING) else None

    def _count_steps(self, step: int, now: float) -> None:
        self._rate.append((now, step))
        while len(self._rate) > 2 and now - self._rate[0][0] > _RATE_SECONDS:
            self._rate.popleft()

    def _end_runner(self) -> None:
        if self._runner is not None:
            self._runner.stop()
            self._ended = [runner for runner in self._ended if not runner.join(0)]
            self._ended.append(self._runner)
            self._runner = None
