"""The session: starts, plays and steps experiments, goes back in time, and keeps the frames seen.

No Qt, and no clock of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.changes import CHANGEABLE, Change, ChangeValue
from engine.config import Experiment
from engine.course import Course
from engine.frame import Frame
from engine.grant import Grant, Report
from engine.granting import Granting
from engine.history import History
from engine.pacing import FASTEST, Speedometer
from engine.pasts import Past
from engine.run_config import RunConfig
from engine.state import State
from engine.training import IN_THIS_PROCESS, Launch, Training

__all__ = ["Session", "State"]

_POLL_SECONDS = 0.001
_PATIENCE_SECONDS = 0.002
"""How soon to look again for a report that is due."""


class Session:
    """Plays one experiment at a time.

    A window calls `tick` to get the newest frame, then `grant`, which lets the training go on while the
    window draws that frame, and `painted` when it has. Without a window, `advance` trains and returns the
    frame.

    The frame on show is the newest (`following`), or an earlier one, see `seek`. Training on from an earlier
    frame drops those after it, and comes to the same ones again; where something was changed at it, they are
    kept in `pasts`.

    Runs may come and go meanwhile. All commands number them as they will stand when all have joined: as in
    `runs`, and not as in the frames, which have only those that have caught up, see `frame_index`.

    Attributes:
        pasts: what was left behind by changes at earlier frames, or pinned, oldest first; kept by `start`.
        stop: the rules that end a play, and which of them has done so.
        steps_per_frame: the speed; None is as fast as possible.
        frame_seconds: while playing, a frame takes at least so long.
        failure: what ended the training thread, if it failed.
        checkpoint_bytes: what the states that can be returned to take in memory.
    """

    def __init__(self, launch: Launch = IN_THIS_PROCESS) -> None:
        """Play nothing yet; what is played will be trained where `launch` says."""
        self._training = Training(launch)
        self._course = Course(self._training)
        self._granting = Granting(self._course)
        self.pasts: Sequence[Past] = self._course.pasts
        self.stop = self._course.stop
        self.steps_per_frame: int | None = None
        self.frame_seconds = FASTEST
        self.failure: BaseException | None = None
        self.checkpoint_bytes = 0
        self._speedometer = Speedometer()

    @property
    def experiment(self) -> Experiment:
        """The one that the frames are of, with the changes made so far in its log."""
        return self._course.experiment

    @property
    def history(self) -> History:
        """The frames seen."""
        return self._course.history

    @property
    def state(self) -> State:
        """What the session is doing."""
        return self._course.state

    @property
    def recomputed(self) -> tuple[int, int] | None:
        """How far a recomputation has come, (step, goal), or None."""
        return self._course.recomputed

    @property
    def step_index(self) -> int:
        """The step of the newest frame."""
        return self._course.step_index

    @property
    def frame(self) -> Frame:
        """The frame on show; while the one asked for is recomputed, the nearest before it."""
        return self._course.frame

    @property
    def following(self) -> bool:
        """Whether the newest frame is on show, and each newer one will be."""
        return self._course.cursor is None

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
        course = self._course
        to_do = course.heading_on or course.state is State.SEEKING or self._granting.may_join
        return self._training.busy or to_do

    def start(self, experiment: Experiment) -> None:
        """End what is being trained, and build an experiment; its frame 0 arrives by a later tick."""
        self._training.start(experiment)
        self._course.begin(experiment)
        self._granting = Granting(self._course)
        self.failure, self.checkpoint_bytes = None, 0
        self._speedometer = Speedometer()

    # Going on ---------------------------------------------------------------------------------------------

    def play(self, until_epoch: int | None = None) -> None:
        """Train on and on from the frame on show, or to the end of epoch number `until_epoch`."""
        self._course.play(until_epoch)
        self._speedometer.forget_rate()

    def step(self, n: int = 1) -> None:
        """Go `n` steps on from the frame on show; more calls before they are done add up.

        Where frames were seen already, they are shown again, and recomputed between them.
        """
        self._course.step(n)
        self._speedometer.forget_rate()

    def step_epoch(self) -> None:
        """Go to the end of the epoch that is under way, or of the next one; more calls add up."""
        self._course.step_epoch()
        self._speedometer.forget_rate()

    def pause(self) -> None:
        """Grant no more training; a slice under way still gives its frame.

        A recomputation is given up, and the nearest frame before the one asked for stays on show.
        """
        self._course.pause()

    def settle(self) -> Frame | None:
        """Wait for the slice under way, at most as long as a frame, and return its frame, if there is one.

        Changes that wait for the slice are in the log then. If the training has failed, there is no frame.
        """
        under_way = self._training.busy and len(self.history)
        return self._receive(self._training.wait(), None) if under_way else None

    def change(self, field: str, value: ChangeValue, run: int = 0) -> None:
        """Change a live setting or the optimizer, or draw a layer's weights anew, from the next step on.

        While training goes on, that is the step after the newest frame; else the one after the frame on show,
        and what came after that is kept in `pasts`. For a run that is catching up it is the same step.

        Raises:
            ConfigError: if the value cannot be used.
            ValueError: if the field is not one that may change during training, or there is no such run.
        """
        if field not in CHANGEABLE:
            raise ValueError(f"{field} cannot change during training; only {', '.join(CHANGEABLE)}")
        self._course.change(Change(0, None if field == "batch_size" else run, field, value))

    # Going back -------------------------------------------------------------------------------------------

    def seek(self, step: int) -> None:
        """Show the frame of a step that was passed already; the newest one means to follow again.

        A frame that is in the history is on show at once. Another one is recomputed, and arrives by a later
        tick; `pause` gives that up. While training goes on, the nearest frame before it is shown instead.
        """
        self._course.seek(step)

    def step_back(self, n: int = 1) -> None:
        """Show the frame `n` steps before the one on show; training that goes on is paused first."""
        self._course.step_back(n)

    def home(self) -> None:
        """Show frame 0, the networks as initialized."""
        self.seek(0)

    def end(self) -> None:
        """Show the newest frame, and follow those to come."""
        self.seek(self.step_index)

    def pin_run(self, run: int) -> None:
        """Keep what was seen so far of one run in `pasts`.

        Raises:
            ValueError: if there is no such run, or nothing was seen of it, because it is catching up.
        """
        index = self.frame_index(run)
        if index is None:
            raise ValueError(f"run {run} is still catching up with the others")
        self._course.pin(index)

    def remove_past(self, index: int) -> None:
        """Let go of a past."""
        del self._course.pasts[index]

    # Runs -------------------------------------------------------------------------------------------------

    @property
    def runs(self) -> tuple[RunConfig, ...]:
        """All runs as they will stand when all have joined; what has been asked for is there at once."""
        return self._course.roster.wanted.runs

    @property
    def wanted(self) -> Experiment:
        """The experiment as it will be when all runs have joined, with the whole log."""
        return self._course.wanted

    @property
    def caught_up(self) -> float:
        """How much of the way the runs have come that are catching up, 0 to 1."""
        return min(self._course.roster.reached / max(self.step_index, 1), 1.0)

    @property
    def joining(self) -> tuple[RunConfig, ...]:
        """Those of `runs` that are catching up with the others."""
        return self._course.roster.joining

    def frame_index(self, run: int) -> int | None:
        """Return which run of the frames, and of `experiment`, a run is; None while it is catching up.

        Raises:
            ValueError: if there is no such run.
        """
        self._course.roster.check([run])
        return self._course.roster.places[run]

    def add_run(self, config: RunConfig, at: int | None = None, changes: Sequence[Change] = ()) -> None:
        """Add a run; it is trained up to where the others stand, and is in the frames, all of them, then.

        Args:
            config: the run.
            at: its number among the runs when it has joined; None is after all others.
            changes: its log, where it was there before; what all share is not taken from it.

        Raises:
            ConfigError: if there would be too many.
            ValueError: if there is no such place.
        """
        self._course.roster.add(config, at, changes)

    def remove_run(self, run: int) -> None:
        """Remove a run, whether it is in the frames or still catching up.

        Raises:
            ConfigError: if it is the only one.
            ValueError: if there is no such run.
        """
        self._course.roster.check([run])
        self.arrange_runs([other for other in range(len(self.runs)) if other != run])

    def arrange_runs(self, runs: Sequence[int]) -> None:
        """Keep these runs, in this order.

        Raises:
            ConfigError: if there are none.
            ValueError: if there is no such run, or one is there twice.
        """
        self._course.arrange(runs)

    def rename_run(self, run: int, name: str) -> None:
        """Call a run by another name.

        Raises:
            ConfigError: if it is no name.
            ValueError: if there is no such run.
        """
        self._course.roster.rename(run, name)

    # Beside the window ------------------------------------------------------------------------------------

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
        if self._course.heading_on:
            self._speedometer.run(now)
        report = self._training.take()
        frame = self._receive(report, now) if report is not None else None
        if not self._course.heading_on:
            # There may be no more ticks until a person goes on.
            self._speedometer.rest()
        return frame

    def grant(self, now: float) -> None:
        """Let the training go on, if there is something to do; it does so while the window paints."""
        if not self._training.started or self._training.busy:
            return
        self._granting.pacer.least_seconds = self.frame_seconds
        grant = self._granting.next(now, self.steps_per_frame)
        if grant is not None:
            self._training.give(grant)

    def painted(self, seconds: float) -> None:
        """Take note of what painting a frame took: frames come no faster than they can be painted."""
        self._granting.painted(seconds)

    def seconds_until_tick(self, now: float) -> float:
        """Return how long to wait before the next tick."""
        if self.state is not State.PLAYING:
            return _POLL_SECONDS
        # A timer is late by a millisecond or so; who comes early waits for the frame.
        return max(self._granting.due - _PATIENCE_SECONDS / 2 - now, _POLL_SECONDS)

    # Without a window -------------------------------------------------------------------------------------

    def wait_ready(self) -> Frame:
        """Wait for frame 0 of the experiment just started, and return it.

        Raises:
            BaseException: what made the training fail.
        """
        if self.failure is not None:
            raise self.failure
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
            self._do(self._granting.recomputation(math.inf))
        while self._granting.may_join:
            self._do(self._granting.joining(math.inf))
        if self.state is not State.DIVERGED and steps > 0:
            self._course.forget_the_future()
            self._course.come_to_rest()
            self._do(self._granting.steps(steps))
        return self.frame

    def close(self) -> None:
        """Ask the training thread to end, and return at once."""
        self._training.end()
        self._course.state = State.EMPTY

    def closed(self, timeout: float | None = 0) -> bool:
        """Wait up to `timeout` seconds for each thread ever started, and return whether all have ended."""
        return self._training.ended(timeout)

    # What stands behind it --------------------------------------------------------------------------------

    def _do(self, grant: Grant) -> None:
        self._training.give(grant)
        self._wait()

    def _wait(self) -> Frame | None:
        frame = self._receive(self._training.wait(), None)
        if self.failure is not None:
            raise self.failure
        return frame

    def _receive(self, report: Report, now: float | None) -> Frame | None:
        if report.failure is not None:
            self.failure = report.failure
            self._course.state = State.FAILED
            return None
        is_newest = self._course.receive(self._training.granted, report)
        if report.frame is not None:
            self._granting.pacer.observed(report.observing_seconds)
        self.checkpoint_bytes = report.checkpoint_bytes
        if is_newest and now is not None:
            self._speedometer.count(self.step_index, now)
        # With runs that have joined, all frames are others.
        return self.frame if report.joined is not None else report.frame
