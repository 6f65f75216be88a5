"""Runs that come, go and change places: those that the frames show, and those that shall be there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from engine.changes import Change, changes_of_runs
from engine.comparisons import keep_name_true
from engine.config import MAX_ROWS, MAX_RUNS, Experiment
from engine.run_config import RunConfig


class Roster:
    """The runs as they are to stand, and how far the frames and the training thread have come with that.

    What a person asks for is in `wanted` at once, and its runs are what all numbers here are of. The frames
    follow by `settle`, and by `take_joined` when the thread has trained those that are missing.

    Attributes:
        wanted: the experiment as it will be when all runs have joined, with the whole log.
        seen: the experiment that the frames are of; where all its runs are removed while others catch up, it
            keeps them until then.
        places: of each run that is wanted, which of `seen` it is; None while it catches up.
        reached: the step to which those have come that catch up.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.wanted = experiment
        self.seen = experiment
        self.places: list[int | None] = list(range(len(experiment.runs)))
        self._pending: dict[object, Change] = {}
        self._under_way: list[int | None] = []
        self.reached = 0
        self._caught_up = 0
        self._kept: tuple[int, ...] | None = None

    @property
    def joining(self) -> tuple[RunConfig, ...]:
        """The runs that catch up with the others."""
        return tuple(run for run, place in zip(self.wanted.runs, self.places, strict=True) if place is None)

    def check(self, runs: Sequence[int]) -> None:
        """Raise ValueError if a number is none of a run, or is there twice."""
        count = len(self.wanted.runs)
        for run in runs:
            if run not in range(count):
                raise ValueError(f"there is no run {run}; they are numbered from 0 to {count - 1}")
        if len(set(runs)) < len(runs):
            raise ValueError(f"the same run twice: {list(runs)}")

    def add(self, config: RunConfig, at: int | None, changes: Sequence[Change] = ()) -> None:
        """Want a run more, at a place among the others, and with a log of its own.

        Raises:
            ConfigError: if there would be too many.
            ValueError: if there is no such place.
        """
        count = len(self.wanted.runs)
        place = count if at is None else at
        if place not in range(count + 1):
            raise ValueError(f"there is no place {at}; they are numbered from 0 to {count}")
        own = tuple(replace(change, run=0) for change in changes if change.run is not None)
        self.wanted = self.wanted.with_added(replace(self.wanted, runs=(config,), changes=own))
        self.places.append(None)
        self.arrange([*range(place), count, *range(place, count)])

    def arrange(self, runs: Sequence[int]) -> None:
        """Want these runs only, in this order.

        Raises:
            ConfigError: if there are none.
            ValueError: if there is no such run, or one is there twice.
        """
        self.check(runs)
        self.wanted = self.wanted.of_runs(runs)
        self.places = [self.places[run] for run in runs]
        number = {run: index for index, run in enumerate(runs)}
        self._under_way = [number.get(run) if run is not None else None for run in self._under_way]
        self._note(changes_of_runs(self._pending.values(), runs))

    def rename(self, run: int, name: str) -> None:
        """Call a run by another name.

        Raises:
            ConfigError: if it is no name.
            ValueError: if there is no such run.
        """
        self.check([run])
        self.wanted = _renamed(self.wanted, run, name)
        place = self.places[run]
        if place is not None:
            self.seen = _renamed(self.seen, place, name)

    def change(self, change: Change) -> None:
        """Want a change, from the step on at which it is logged.

        Raises:
            ConfigError: if the value cannot be used.
            ValueError: if there is no such run.
        """
        if change.run is not None:
            self.check([change.run])
        self.wanted.with_change(change)
        self._note((*self._pending.values(), change))

    @property
    def has_changes(self) -> bool:
        """Whether changes wait to be logged."""
        return bool(self._pending)

    def with_waiting(self, step: int) -> Experiment:
        """Return what is wanted, with the changes that wait as if logged for the step after this."""
        experiment = self.wanted
        for waiting in self._pending.values():
            experiment = experiment.with_change(replace(waiting, step=step))
        return experiment

    def log(self, step: int) -> None:
        """Log the changes that wait, for the step after this one; runs are called accordingly."""
        before = self.wanted.runs_in_the_end
        for waiting in self._pending.values():
            change = replace(waiting, step=step)
            self.wanted = self.wanted.with_change(change)
            self.seen = self.seen.up_to(step)
            place = None if change.run is None else self.places[change.run]
            if change.run is None or place is not None:
                self.seen = self.seen.with_change(replace(change, run=place))
        self._pending = {}
        for run, (was, now) in enumerate(zip(before, self.wanted.runs_in_the_end, strict=True)):
            self.rename(run, keep_name_true(was, now).name)

    def settle(self) -> Sequence[int] | None:
        """Let `seen` be of the runs that are wanted; return which of its runs that are, or None for all.

        There is always one: where none of those that are wanted is there yet, the first one stays.
        """
        count = len(self.seen.runs)
        there = [run for run, place in enumerate(self.places) if place is not None]
        kept = [place for place in self.places if place is not None] or [0]
        if kept == list(range(count)):
            return None
        self.seen = self.wanted.of_runs(there) if there else self.seen.of_runs(kept)
        for place, run in enumerate(there):
            self.places[run] = place
        before = self._kept if self._kept is not None else range(count)
        self._kept = tuple(before[place] for place in kept)
        return kept

    # What the training thread is told --------------------------------------------------------------------

    def take_kept(self) -> tuple[int, ...] | None:
        """Return which of the runs that the thread has are left, once; None means all."""
        kept, self._kept = self._kept, None
        return kept

    def next_joining(self) -> Experiment:
        """Return the runs to catch up now, with the log, without names; those added since wait for them."""
        under_way = [run for run in self._under_way if run is not None] or self._waiting()
        self._under_way = [*under_way]
        experiment = self.wanted.of_runs(under_way)
        return experiment.with_runs(experiment.unnamed_runs)

    def come_to(self, step: int) -> None:
        """Take note of how far the runs have come that catch up."""
        self._caught_up += max(0, step - self.reached)
        self.reached = step

    @property
    def allowance(self) -> int:
        """Steps that the others may do before those that catch up go on.

        It is half of what these have just done, so that they arrive however slow they are.
        """
        return self._caught_up // 2

    def use_allowance(self) -> None:
        """Take note that the others have had their turn."""
        self._caught_up = 0

    def take_joined(self, joined: Experiment) -> None:
        """Take note that the runs have caught up that were last told of; `settle` drops those not wanted."""
        first = len(self.seen.runs)
        named = [
            config if run is None else self.wanted.runs[run]
            for config, run in zip(joined.runs, self._under_way, strict=True)
        ]
        self.seen = self.seen.with_added(joined.with_runs(named))
        for place, run in enumerate(self._under_way, first):
            if run is not None:
                self.places[run] = place
        self._under_way = []
        self._caught_up = self.reached = 0

    def _waiting(self) -> list[int]:
        """Return the runs that are missing, as many as there is room for beside those that are there."""
        missing = [run for run, place in enumerate(self.places) if place is None]
        rows = accumulate((self.wanted.runs[run].n_seeds for run in missing), initial=len(self.seen.rows))
        n_fitting = bisect_right(list(rows), MAX_ROWS) - 1
        return missing[: min(n_fitting, MAX_RUNS - len(self.seen.runs))]

    def _note(self, changes: Sequence[Change]) -> None:
        self._pending = {change.place: change for change in changes}


def _renamed(experiment: Experiment, run: int, name: str) -> Experiment:
    if experiment.runs[run].name == name:
        return experiment
    runs = list(experiment.runs)
    runs[run] = replace(runs[run], name=name)
    return experiment.with_runs(runs)
