"""Where a session stands and where it heads: the frames, which of them is on show, and the goal ahead."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from engine.changes import Change, parting_step
from engine.config import Experiment, step_at_epoch
from engine.frame import Frame
from engine.goals import Goal
from engine.grant import Grant, Report
from engine.history import DEFAULT_LIMIT_BYTES, History
from engine.joining import MOST_LOOKS
from engine.memory import frame_bytes
from engine.pasts import MOST_PASTS, PAST_BYTES, PAST_FRAMES, Past
from engine.roster import Roster
from engine.state import READY, TRAINING, State
from engine.stop_rules import Stop
from engine.training import Training


class Course:
    """Obeys a person, and takes what the training brings; where that is under way, some commands wait for it.

    Attributes:
        roster: the runs, those of the frames and those that are to be there.
        history: the frames seen.
        pasts: what was left behind by changes at earlier frames, or pinned, oldest first.
        state: what is being done.
        stop: the rules that end a play.
        cursor: the step on show or sought; None for the newest.
        recomputed: how far a recomputation has come, (step, goal), or None.
    """

    def __init__(self, training: Training) -> None:
        """Stand nowhere.

        Args:
            training: asked whether it is busy.
        """
        self.pasts: list[Past] = []
        self.stop = Stop()
        self._training = training
        self._stand_at_the_beginning(Experiment(), State.EMPTY)

    def begin(self, experiment: Experiment) -> None:
        """Wait for frame 0 of another experiment; what is in `pasts` stays."""
        self._stand_at_the_beginning(experiment, State.BUILDING)

    def _stand_at_the_beginning(self, experiment: Experiment, state: State) -> None:
        self.roster = Roster(experiment)
        self.history = History()
        self.state = state
        self.cursor: int | None = None
        self.recomputed: tuple[int, int] | None = None
        self._goal = Goal()
        self._asked: list[Callable[[], None]] = []
        self._changed_ahead = False

    @property
    def experiment(self) -> Experiment:
        """The one that the frames are of, with the changes made so far in its log."""
        return self.roster.seen

    @property
    def wanted(self) -> Experiment:
        """The experiment as it will be, with the changes that wait for the slice under way."""
        if self.cursor is None or self.heading_on or self._changed_ahead:
            return self.roster.with_waiting(self.step_index)
        return self.roster.with_waiting(self.cursor)

    @property
    def step_index(self) -> int:
        """The step of the newest frame."""
        return self.history.last.step if len(self.history) else 0

    @property
    def frame(self) -> Frame:
        """The frame on show; while the one asked for is recomputed, the nearest before it."""
        return self.history.last if self.cursor is None else self.history.at(self.cursor)

    @property
    def heading_on(self) -> bool:
        """Whether it trains on to a goal."""
        return self.state in TRAINING

    @property
    def alive(self) -> bool:
        """Whether there is an experiment that has not failed."""
        return self.state not in (State.EMPTY, State.FAILED)

    @property
    def steps_to_goal(self) -> int:
        """How many steps there are from the newest frame to the goal, or to where it must be asked anew."""
        return self._goal.steps_from(self.history.last, self.experiment)

    # What a person asks for -------------------------------------------------------------------------------

    def play(self, until_epoch: int | None) -> None:
        """Train on from the frame on show, or from the one that is on its way."""
        if self._must_wait():
            self._asked.append(partial(self.play, until_epoch))
            return
        if self.state is State.PAUSED:
            self.forget_the_future()
        self.stop.begin(self.history)
        self._head_for(State.PLAYING, Goal(epoch=math.inf if until_epoch is None else until_epoch))

    def step(self, n: int) -> None:
        """Go on by some steps, over frames that were seen already; more calls add up."""
        stepping = self.state is State.STEPPING and math.isfinite(self._goal.step)
        if self._must_wait() or (self._training.busy and not stepping):
            self._ask_later(partial(self.step, n))
        elif self.cursor is not None and not self.heading_on:
            self._walk_to(self.cursor + n)
        else:
            start = int(self._goal.step) if stepping else self.step_index
            self._head_for(State.STEPPING, Goal(step=start + n))

    def step_epoch(self) -> None:
        """Go on to the end of an epoch likewise."""
        stepping = self.state is State.STEPPING and math.isfinite(self._goal.epoch)
        if self._must_wait() or (self._training.busy and not stepping):
            self._ask_later(self.step_epoch)
        elif self.cursor is not None and not self.heading_on:
            self._walk_to(step_at_epoch(self.experiment, math.floor(self.frame.epoch) + 1))
        elif len(self.history):
            start = self._goal.epoch if stepping else math.floor(self.history.last.epoch)
            self._head_for(State.STEPPING, Goal(epoch=start + 1))

    def pause(self) -> None:
        """Head for nothing more, neither on nor back, and forget what waits."""
        self._asked = []
        if self.state is State.SEEKING:
            self._show(self.frame.step)
        elif self.heading_on:
            self.come_to_rest()

    def step_back(self, n: int) -> None:
        """Show an earlier frame; training that goes on is paused first."""
        if self._training.busy and self.state is not State.SEEKING:
            self._ask_later(partial(self.step_back, n))
            return
        if self.heading_on:
            self.come_to_rest()
        self.seek((self.step_index if self.cursor is None else self.cursor) - n)

    def seek(self, step: int) -> None:
        """Show the frame of a step that was passed already, or head for its recomputation."""
        if not len(self.history) or self.state in (State.EMPTY, State.BUILDING):
            return
        self._asked = []
        step = max(step, 0)
        if step >= self.step_index:
            self._show(None)
        elif self.history.has(step) or self.heading_on or not self.alive:
            self._show(self.history.at(step).step)
        else:
            self.cursor = step
            self.state = State.SEEKING

    def change(self, change: Change) -> None:
        """Change something from the next step on, as soon as it is known which one that is."""
        self.roster.change(change)
        # Whatever frame is on show by the time that the slice under way has ended.
        self._changed_ahead = self.heading_on
        if not self._training.busy and self.state is not State.SEEKING:
            self._log_changes()

    def arrange(self, runs: Sequence[int]) -> None:
        """Keep these runs, in this order."""
        self.roster.arrange(runs)
        if not self._training.busy:
            self._settle_runs()

    def pin(self, index: int) -> None:
        """Keep what was seen so far of one run of the frames."""
        history = self.history.exchanged(lambda frame: frame.of_runs([index]))
        self._keep(Past(self.experiment.of_runs([index]), history, self.step_index, index))

    def forget_the_future(self) -> None:
        """Make the frame on show the newest."""
        if self.cursor is not None:
            self.history.truncate(self.cursor)
            self.cursor = None

    def come_to_rest(self) -> None:
        """Rest on the frame on show."""
        if self.cursor is not None:
            self.cursor = self.frame.step
        self.state = State.DIVERGED if self.frame.diverged else State.PAUSED

    def looks(self) -> list[int]:
        """Return the steps at which runs that catch up are to be looked at; the frames of others will go."""
        fitting = DEFAULT_LIMIT_BYTES // frame_bytes(self.roster.wanted)
        steps = {*self.history.spread(max(1, min(MOST_LOOKS, fitting))), self.frame.step}
        return sorted(steps)

    # What the training brings -----------------------------------------------------------------------------

    def receive(self, grant: Grant | None, report: Report) -> bool:
        """Take a report, do what has waited for it, and return whether its frame is the newest.

        Args:
            grant: what it is the answer to; None for the networks as built.
            report: of no failure.
        """
        self.recomputed = None
        is_newest = report.frame is not None and self._take(report.frame, grant)
        if report.joined is not None and grant is not None and grant.join is not None:
            self._take_joined(grant.join, report.joined)
        elif report.frame is None and grant is not None:
            self._take_note(grant, report)
        if self.state is not State.SEEKING:
            self._log_changes()
        self._settle_runs()
        if report.frame is not None or self.recomputed is None:
            asked, self._asked = self._asked, []
            for ask in asked:
                ask()
        return is_newest

    def _take(self, frame: Frame, grant: Grant | None) -> bool:
        is_newest = not len(self.history) or frame.step > self.step_index
        self.history.insert(frame)
        if self.state is State.SEEKING:
            if grant is not None and self.cursor == grant.start:
                # Or before it, if all runs diverge on the way.
                self.cursor = frame.step
            if self.cursor is not None and self.history.has(self.cursor):
                self.come_to_rest()
        elif not self.heading_on or self._has_arrived():
            self.come_to_rest()
        return is_newest

    def _has_arrived(self) -> bool:
        if self.history.last.diverged or self.steps_to_goal <= 0:
            return True
        return self.state is State.PLAYING and self.stop.at(self.history)

    def _take_joined(self, added: Experiment, joined: Mapping[int, Frame]) -> None:
        """Take in runs that have caught up; frames at whose step they were not looked at go.

        These can be recomputed, when a person comes to them; the one on show is at once.
        """
        cursor = self.cursor
        self.roster.take_joined(added)
        kept = self.roster.settle()
        runs = kept if kept is not None else range(len(self.experiment.runs))
        self.history = self.history.only(joined)
        self._exchange_history(lambda frame: frame.with_added(joined[frame.step]).of_runs(runs))
        if cursor is not None and not self.heading_on and not self.history.has(cursor):
            self.cursor, self.state = cursor, State.SEEKING

    def _take_note(self, grant: Grant, report: Report) -> None:
        """Take note of how far runs that catch up have come, or a recomputation."""
        if report.caught_up is not None:
            self.roster.come_to(report.caught_up)
        elif self.heading_on or self.state is State.SEEKING:
            self.recomputed = (report.step, grant.start)

    # What stands behind it --------------------------------------------------------------------------------

    def _must_wait(self) -> bool:
        """Whether it is open from which frame to go on, because it is on its way."""
        on_its_way = self._training.busy and not self.heading_on and self.cursor is not None
        return self.state is State.SEEKING or on_its_way

    def _ask_later(self, ask: Callable[[], None]) -> None:
        """Pause, and do what was asked for when the slice under way has ended, from there."""
        if self.heading_on:
            self.state = State.PAUSED
        if self.state in (State.PAUSED, State.SEEKING, State.DIVERGED):
            self._asked.append(ask)

    def _head_for(self, state: State, goal: Goal) -> None:
        if self.state in READY:
            self.state = state
            self._goal = goal
            if self.steps_to_goal <= 0:
                self.come_to_rest()

    def _walk_to(self, step: int) -> None:
        """Go to a step over the frames that were seen already, and train only beyond them."""
        beyond = step - self.step_index
        self.seek(step)
        if beyond > 0:
            self.step(beyond)

    def _show(self, step: int | None) -> None:
        self.cursor = step
        self.recomputed = None
        if self.state in (State.PAUSED, State.SEEKING, State.DIVERGED):
            self.come_to_rest()
        if not self._training.busy:
            # What was to hold from the frame that is sought no more holds from this one.
            self._log_changes()

    def _log_changes(self) -> None:
        """Log what a person changed, for the step from which the training goes on now."""
        if not len(self.history) or not self.roster.has_changes:
            return
        if self._parts_from_the_future():
            self._keep(Past(self.experiment, self.history.snapshot(), self.frame.step))
            self.forget_the_future()
        self.roster.log(self.step_index)
        self._changed_ahead = False

    def _parts_from_the_future(self) -> bool:
        """Whether what a person changed makes another course of what followed the frame on show."""
        if self.cursor is None or self.heading_on or self._changed_ahead:
            return False
        parting = parting_step(self.roster.wanted.changes, self.wanted.changes)
        return parting is not None and parting < self.step_index

    def _keep(self, past: Past) -> None:
        """Keep a past with as many frames as it may have, and let go of the oldest if there are too many."""
        self.pasts.append(replace(past, history=past.history.thinned(PAST_FRAMES, PAST_BYTES)))
        del self.pasts[:-MOST_PASTS]

    def _settle_runs(self) -> None:
        """Let the frames be of the runs that are wanted."""
        if len(self.history):
            kept = self.roster.settle()
            if kept is not None:
                self._exchange_history(lambda frame: frame.of_runs(kept))

    def _exchange_history(self, change: Callable[[Frame], Frame]) -> None:
        self.history = self.history.exchanged(change)
        at_rest = self.state in (State.PAUSED, State.DIVERGED)
        if at_rest or (self.heading_on and self.history.last.diverged):
            self.come_to_rest()
