"""The session: starts, plays and steps experiments, goes back in time, and keeps the frames seen.

No Qt, and no clock of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from engine.changes import CHANGEABLE, Change, ChangeValue
from engine.config import Experiment, step_at_epoch
from engine.frame import Frame
from engine.goals import Goal
from engine.history import History
from engine.pacing import SLOWEST, Pacer, Speedometer
from engine.roster import Roster
from engine.run_config import RunConfig
from engine.runner import Grant, Report
from engine.state import Past, State
from engine.stop_rules import Stop
from engine.training import Training

__all__ = ["Past", "Session", "State"]

_POLL_SECONDS = 0.001
_PATIENCE_SECONDS = 0.002
"""How soon to look again for a report that is due."""


_SEEKING_SECONDS = SLOWEST
"""Of a slice of recomputation: nothing is painted meanwhile but how far it has come."""

MOST_PASTS = 8
"""Pasts that are kept; the oldest go."""

_TRAINING = (State.PLAYING, State.STEPPING)
_READY = (State.PAUSED, *_TRAINING)


class Session:
    """Plays one experiment at a time.

    A window calls `tick` to get the newest frame, draws it, and then calls `grant`, which lets the training
    thread go on while the window waits. Without a window, `advance` trains and returns the frame.

    The frame on show is the newest (`following`), or an earlier one, see `seek`. Training on from an earlier
    frame drops those after it, and comes to the same ones again; where something was changed at it, they are
    kept in `pasts`.

    Attributes:
        experiment: the one being played, with the changes made so far in its log.
        history: the frames seen.
        pasts: what was left behind by changes at earlier frames, oldest first; the caller may remove some.
        state: what the session is doing.
        failure: what ended the training thread, if it failed.
        steps_per_frame: the speed; None is as fast as possible.
        stop: the rules that end a play, and which of them has done so.
        recomputed: how far a recomputation has come, (step, goal), or None.
        checkpoint_bytes: what the states that can be returned to take in memory.
    """

    def __init__(self) -> None:
        self.experiment = Experiment()
        self.history = History()
        self.pasts: list[Past] = []
        self.state = State.EMPTY
        self.failure: BaseException | None = None
        self.steps_per_frame: int | None = None
        self.stop = Stop()
        self.recomputed: tuple[int, int] | None = None
        self.checkpoint_bytes = 0
        self._training = Training()
        self._goal = Goal()
        self._cursor: int | None = None
        self._wanted: dict[object, Change] = {}
        self._asked: list[Callable[[], None]] = []
        self._edits: list[Callable[[], None]] = []
        self._roster = Roster()
        self._pacer = Pacer()
        self._speedometer = Speedometer()
        self._tick_began = -math.inf

    @property
    def step_index(self) -> int:
        """The step of the newest frame."""
        return self.history.last.step if len(self.history) else 0

    @property
    def frame(self) -> Frame:
        """The frame on show; while the one asked for is recomputed, the nearest before it."""
        return self.history.last if self._cursor is None else self.history.at(self._cursor)

    @property
    def following(self) -> bool:
        """Whether the newest frame is on show, and each newer one will be."""
        return self._cursor is None

    @property
    def elapsed(self) -> float:
        """Seconds spent playing."""
        return self._speedometer.elapsed

    @property
    def steps_per_second(self) -> float:
        """Training steps per second of playing, over the last second; 0 while there is nothing to count."""
        return self._speedometer.rate

    @property
    def active(self) -> bool:
        """Whether frames are to be expected, so that `tick` should be called."""
        return (
            self._training.busy or self.state in (*_TRAINING, State.SEEKING) or self._roster.join is not None
        )

    @property
    def joining(self) -> tuple[RunConfig, ...]:
        """Runs that were added and are catching up with the others."""
        return self._roster.joining

    def start(self, experiment: Experiment) -> None:
        """End what is being trained, and build an experiment; its frame 0 arrives by a later tick."""
        self._training.start(experiment)
        self.experiment = experiment
        self.history = History()
        self.failure = None
        self.state = State.BUILDING
        self.recomputed, self.checkpoint_bytes = None, 0
        self._cursor = None
        self._wanted, self._asked, self._edits = {}, [], []
        self._roster = Roster()
        self._pacer, self._speedometer = Pacer(), Speedometer()

    # Going on ---------------------------------------------------------------------------------------------

    def play(self, until_epoch: int | None = None) -> None:
        """Train on and on from the frame on show, or to the end of epoch number `until_epoch`."""
        if self._must_wait():
            self._asked.append(partial(self.play, until_epoch))
            return
        if self.state not in _TRAINING:
            self._forget_the_future()
        self.stop.begin(self.history)
        self._head_for(State.PLAYING, Goal(epoch=math.inf if until_epoch is None else until_epoch))

    def step(self, n: int = 1) -> None:
        """Go `n` steps on from the frame on show; more calls before they are done add up.

        Where frames were seen already, they are shown again, and recomputed between them.
        """
        stepping = self.state is State.STEPPING and math.isfinite(self._goal.step)
        if self._must_wait() or (self._training.busy and not stepping):
            self._ask_later(partial(self.step, n))
        elif self._cursor is not None and self.state not in _TRAINING:
            self._walk_to(self._cursor + n)
        else:
            start = int(self._goal.step) if stepping else self.step_index
            self._head_for(State.STEPPING, Goal(step=start + n))

    def step_epoch(self) -> None:
        """Go to the end of the epoch that is under way, or of the next one; more calls add up."""
        stepping = self.state is State.STEPPING and math.isfinite(self._goal.epoch)
        if self._must_wait() or (self._training.busy and not stepping):
            self._ask_later(self.step_epoch)
        elif self._cursor is not None and self.state not in _TRAINING:
            self._walk_to(step_at_epoch(self.experiment, math.floor(self.frame.epoch) + 1))
        elif len(self.history):
            start = self._goal.epoch if stepping else math.floor(self.history.last.epoch)
            self._head_for(State.STEPPING, Goal(epoch=start + 1))

    def pause(self) -> None:
        """Grant no more training; a slice under way still gives its frame.

        A recomputation is given up, and the nearest frame before the one asked for stays on show.
        """
        self._asked = []
        if self.state is State.SEEKING:
            self._show(self.frame.step)
        elif self.state in _TRAINING:
            self._come_to_rest()

    def settle(self) -> Frame | None:
        """Wait for the slice under way, at most as long as a frame, and return its frame, if there is one.

        Changes that wait for the slice are in the log then.
        """
        return self._wait() if self._training.busy and len(self.history) else None

    def change(self, field: str, value: ChangeValue, run: int = 0) -> None:
        """Change a live setting or the optimizer, or draw a layer's weights anew, from the next step on.

        While training goes on, that is the step after the newest frame; else the one after the frame on show,
        and what came after that is kept in `pasts`.

        Raises:
            ConfigError: if the value cannot be used.
            ValueError: if the field is not one that may change during training.
        """
        if field not in CHANGEABLE:
            raise ValueError(f"{field} cannot change during training; only {', '.join(CHANGEABLE)}")
        change = Change(0, None if field == "batch_size" else run, field, value)
        self.experiment.with_change(change)
        self._wanted[change.place] = change
        if not self._training.busy and self.state is not State.SEEKING:
            self._log_changes()

    # Going back -------------------------------------------------------------------------------------------

    def seek(self, step: int) -> None:
        """Show the frame of a step that was passed already; the newest one means to follow again.

        A frame that is in the history is on show at once. Another one is recomputed, and arrives by a later
        tick; `pause` gives that up. While training goes on, the nearest frame before it is shown instead.
        """
        if not len(self.history) or self.state in (State.EMPTY, State.BUILDING):
            return
        self._asked = []
        can_recompute = self.state not in (*_TRAINING, State.FAILED)
        step = max(step, 0)
        if step >= self.step_index:
            self._show(None)
        elif self.history.has(step) or not can_recompute:
            self._show(self.history.at(step).step)
        else:
            self._cursor = step
            self.state = State.SEEKING

    def step_back(self, n: int = 1) -> None:
        """Show the frame `n` steps before the one on show; training that goes on is paused first."""
        if self._training.busy and self.state is not State.SEEKING:
            self._ask_later(partial(self.step_back, n))
            return
        if self.state in _TRAINING:
            self._come_to_rest()
        self.seek((self.step_index if self._cursor is None else self._cursor) - n)

    def home(self) -> None:
        """Show frame 0, the networks as initialized."""
        self.seek(0)

    def end(self) -> None:
        """Show the newest frame, and follow those to come."""
        self.seek(self.step_index)

    def pin(self) -> None:
        """Keep what was seen so far in `pasts`, whatever becomes of the experiment."""
        self.pasts.append(Past(self.experiment, self.history.snapshot(), self.step_index))
        del self.pasts[:-MOST_PASTS]

    # Runs ------------------------------------------------------------------------------------------------

    def add_run(self, config: RunConfig) -> None:
        """Add a run after the others; it is trained up to where they stand, and is in the history then.

        Raises:
            ConfigError: if there would be too many.
        """
        self.experiment.with_added((*self.joining, config))
        self._edit(lambda: self._roster.set_joining((*self.joining, config), self.experiment))

    def remove_run(self, run: int) -> None:
        """Remove a run; one that is still catching up is numbered after the others.

        Raises:
            ConfigError: if it is the only one.
        """
        count = len(self.experiment.runs)
        if run < count:
            self.arrange_runs([other for other in range(count) if other != run])
        else:
            others = [config for index, config in enumerate(self.joining, count) if index != run]
            self._edit(lambda: self._roster.set_joining(others, self.experiment))

    def arrange_runs(self, runs: Sequence[int]) -> None:
        """Keep these runs, in this order.

        Raises:
            ConfigError: if there are none.
        """
        self.experiment.of_runs(runs)
        self._edit(lambda: self._keep(runs))

    def rename_run(self, run: int, name: str) -> None:
        """Call a run by another name.

        Raises:
            ConfigError: if it is no name.
        """
        runs = list(self.experiment.runs)
        runs[run] = replace(runs[run], name=name)
        self.experiment = self.experiment.with_runs(runs)

    # Taking turns with the window -------------------------------------------------------------------------

    def await_frame(self) -> None:
        """Wait for a frame that is due, for a moment that nobody notices.

        A timer is right to a millisecond or two, in which nobody would train.
        """
        if self.state is State.PLAYING and self._training.busy:
            self._training.await_report(_PATIENCE_SECONDS)

    def tick(self, now: float) -> Frame | None:
        """Take the newest frame, if there is a new one, into the history.

        Args:
            now: the time in seconds, on any clock that does not go back.
        """
        if self.state in _TRAINING:
            self._speedometer.run(now)
        else:
            self._speedometer.rest()
        report = self._training.take()
        if report is None:
            return None
        self._tick_began = now
        return self._receive(report, now)

    def grant(self, now: float) -> None:
        """Let the training thread go on, if there is something to do; called when painting is over."""
        if not self._training.started or self._training.busy:
            return
        if self.state is State.SEEKING:
            self._grant_recomputation(_SEEKING_SECONDS)
        elif self._roster.join is not None and (self.state not in _TRAINING or not self._roster.allowance):
            self._grant_joining(self._pacer.slice_seconds(0.0))
        elif self.state in _TRAINING:
            self._grant_training(max(0.0, now - self._tick_began))

    def seconds_until_tick(self, now: float) -> float:
        """Return how long to wait before the next tick."""
        if self.state is not State.PLAYING:
            return _POLL_SECONDS
        return max(self._tick_began + self._pacer.frame_seconds - now, _POLL_SECONDS)

    # Without a window -------------------------------------------------------------------------------------

    def wait_ready(self) -> Frame:
        """Wait for frame 0 of the experiment just started, and return it.

        Raises:
            BaseException: what made building fail.
        """
        if not len(self.history):
            self._wait()
        return self.history.first

    def advance(self, steps: int) -> Frame:
        """Train `steps` steps from the frame on show, fewer if all runs diverge, and return their frame.

        Raises:
            BaseException: what made the training fail.
        """
        self.wait_ready()
        if self._training.busy:
            self._wait()
        while self.state is State.SEEKING:
            self._grant_recomputation(math.inf)
            self._wait()
        while self._roster.join is not None:
            self._grant_joining(math.inf)
            self._wait()
        if self.state is not State.DIVERGED and steps > 0:
            self._forget_the_future()
            self.state = State.PAUSED
            self._give(self.step_index, steps)
            self._wait()
        return self.frame

    def close(self) -> None:
        """Ask the training thread to end, and return at once."""
        self._training.end()
        self.state = State.EMPTY

    def closed(self, timeout: float | None = 0) -> bool:
        """Wait up to `timeout` seconds for each thread ever started, and return whether all have ended."""
        return self._training.ended(timeout)

    # What stands behind it --------------------------------------------------------------------------------

    def _must_wait(self) -> bool:
        """Whether it is open from which frame to go on, because it is on its way."""
        at_rest = self.state not in _TRAINING
        return self.state is State.SEEKING or (self._training.busy and at_rest and self._cursor is not None)

    def _ask_later(self, ask: Callable[[], None]) -> None:
        """Pause, and do what was asked for when the slice under way has ended, from there."""
        if self.state in _TRAINING:
            self.state = State.PAUSED
        if self.state in (State.PAUSED, State.SEEKING):
            self._asked.append(ask)

    def _head_for(self, state: State, goal: Goal) -> None:
        if self.state in _READY:
            self.state = state
            self._goal = goal
            if self._steps_to_goal() <= 0:
                self._come_to_rest()
            self._speedometer.forget_rate()

    def _walk_to(self, step: int) -> None:
        """Go to a step over the frames that were seen already, and train only beyond them."""
        beyond = step - self.step_index
        self.seek(step)
        if beyond > 0:
            self.step(beyond)

    def _show(self, step: int | None) -> None:
        self._cursor = step
        self.recomputed = None
        if self.state in (State.PAUSED, State.SEEKING, State.DIVERGED):
            self._come_to_rest()

    def _come_to_rest(self) -> None:
        """Rest on the frame on show."""
        if self._cursor is not None:
            self._cursor = self.frame.step
        self.state = State.DIVERGED if self.frame.diverged else State.PAUSED

    def _forget_the_future(self) -> None:
        if self._cursor is not None:
            self.history.truncate(self._cursor)
            self._cursor = None
            self._roster.begin_anew(self.experiment)

    def _steps_to_goal(self) -> int:
        return self._goal.steps_from(self.history.last, self.experiment)

    def _grant_training(self, painting: float) -> None:
        fresh = painting < 1.0
        if fresh:
            self._pacer.painted(painting)
        steps, seconds = self._steps_to_goal(), self._pacer.slice_seconds(painting if fresh else 0.0)
        if self.state is State.PLAYING:
            steps = int(min(steps, self.stop.steps_from(self.step_index)))
        if self._roster.join is not None:
            steps, self._roster.allowance = min(steps, self._roster.allowance), 0
        if self.state is State.PLAYING and self.steps_per_frame is not None:
            # So many steps are meant, not as many as fit: rather a later frame than one with fewer steps.
            steps, seconds = min(steps, self.steps_per_frame), max(seconds, SLOWEST)
        self._give(self.step_index, steps, seconds)

    def _grant_recomputation(self, seconds: float) -> None:
        assert self._cursor is not None
        self._give(self._cursor, 0, seconds)

    def _grant_joining(self, seconds: float) -> None:
        self._give(self.step_index, 0, seconds, self._roster.join, tuple(self.history.steps))

    def _give(
        self,
        start: int,
        steps: int,
        seconds: float = math.inf,
        join: Experiment | None = None,
        observed: tuple[int, ...] = (),
    ) -> None:
        kept, self._roster.kept = self._roster.kept, None
        self._training.give(Grant(self.experiment, start, steps, seconds, kept, join, observed))

    def _wait(self) -> Frame | None:
        frame = self._receive(self._training.wait(), None)
        if self.failure is not None:
            raise self.failure
        return frame

    def _receive(self, report: Report, now: float | None) -> Frame | None:
        self.recomputed = None
        granted = self._training.granted
        if report.failure is not None:
            self.failure = report.failure
            self.state = State.FAILED
            return None
        if report.frame is not None:
            self._take(report.frame, report, now)
        elif granted is not None and granted.join is not None:
            self._take_joined(granted.join, report)
        elif granted is not None and self.state in (*_TRAINING, State.SEEKING):
            self.recomputed = (report.step, granted.start)
        if self.state is not State.SEEKING and len(self.history):
            self._log_changes()
            edits, self._edits = self._edits, []
            for edit in edits:
                edit()
        if report.frame is not None or self.recomputed is None:
            asked, self._asked = self._asked, []
            for ask in asked:
                ask()
        # With runs that have joined, all frames are others.
        return self.frame if report.joined is not None else report.frame

    def _take(self, frame: Frame, report: Report, now: float | None) -> None:
        self._pacer.observed(report.observing_seconds)
        self.checkpoint_bytes = report.checkpoint_bytes
        is_new = not len(self.history) or frame.step > self.step_index
        self.history.insert(frame)
        if is_new and now is not None:
            self._speedometer.count(frame.step, now)
        if self.state is State.SEEKING:
            granted = self._training.granted
            if granted is not None and self._cursor == granted.start:
                # Or before it, if all runs diverge on the way.
                self._cursor = frame.step
            if self._cursor is not None and self.history.has(self._cursor):
                self._come_to_rest()
        elif self.state not in _TRAINING or self._has_arrived():
            self._come_to_rest()

    def _has_arrived(self) -> bool:
        if self.history.last.diverged or self._steps_to_goal() <= 0:
            return True
        return self.state is State.PLAYING and self.stop.at(self.history)

    def _take_joined(self, added: Experiment, report: Report) -> None:
        """Take in the runs that have caught up, or take note of how far they are."""
        if report.joined is None:
            self._roster.come_to(report.step)
            return
        joined = report.joined
        self._roster.set_joining((), self.experiment)
        self.experiment = self.experiment.with_added(added.runs)
        self._exchange_history(lambda frame: frame.with_added(joined[frame.step]))

    def _edit(self, edit: Callable[[], None]) -> None:
        """Change the runs, now or when the slice under way has ended."""
        if self._training.busy or self.state is State.SEEKING or not len(self.history):
            self._edits.append(edit)
        else:
            edit()

    def _keep(self, runs: Sequence[int]) -> None:
        self._roster.keep(runs, len(self.experiment.runs))
        self.experiment = self.experiment.of_runs(runs)
        self._exchange_history(lambda frame: frame.of_runs(runs))

    def _exchange_history(self, change: Callable[[Frame], Frame]) -> None:
        self.history = self.history.exchanged(change)
        if self.state in (State.PAUSED, State.DIVERGED) or self.history.last.diverged:
            self._come_to_rest()

    def _log_changes(self) -> None:
        """Log what a person changed, for the step from which the training goes on now."""
        if not len(self.history) or not self._wanted:
            return
        if self._cursor is not None and self.state not in _TRAINING:
            self.pasts.append(Past(self.experiment, self.history.snapshot(), self._cursor))
            del self.pasts[:-MOST_PASTS]
            self._forget_the_future()
        for change in self._wanted.values():
            self.experiment = self.experiment.with_change(replace(change, step=self.step_index))
        self._wanted = {}
        self._roster.begin_anew(self.experiment)
