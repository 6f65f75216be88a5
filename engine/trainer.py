"""The trainer of an experiment: `step` changes, `observe` only looks; all runs stand at the same step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine.changes import LAYER_WEIGHTS, OPTIMIZER, Redraw, parting_step
from engine.checkpoints import Checkpoint
from engine.config import Experiment
from engine.datasets import Data, load
from engine.evaluation import Kind, Samples
from engine.frame import Divergence, Frame, RunFrame
from engine.losses import LOSSES
from engine.network import Array, with_ones
from engine.observer import Observer, largest_slopes
from engine.optimizers import OPTIMIZERS
from engine.stack import Stack, structure


class _Place(NamedTuple):
    """Where `_save` was called."""

    step: int
    epoch: int
    position: int
    stacks: list[Stack]


class Trainer:
    """Trains all runs of an experiment in lockstep on the same mini-batches.

    Frames depend on the experiment alone, never on how the steps were cut into calls. A run whose parameters
    stop being finite freezes at the step before; the others go on as if nothing had happened.

    Attributes:
        experiment: with the changes made so far in its log.
        step_index: how many steps were done.
    """

    def __init__(
        self,
        experiment: Experiment,
        check: Callable[[], None] | None = None,
        beside: Trainer | None = None,
    ) -> None:
        """Load the data and draw the initial weights.

        Args:
            experiment: what to train.
            check: called between layers; may raise to give up.
            beside: a trainer of the same data, which need not be loaded again then.

        Raises:
            DataError: if the data cannot be had.
        """
        self.experiment = experiment
        self.step_index = 0
        self._check = check
        with np.errstate(all="ignore"):
            data: Data = beside._data if beside is not None else _loaded(experiment)
            self._stacks = self._initial_stacks()
        self._x: Array = beside._x if beside is not None else with_ones(data.x_train, experiment.dtype)
        self._data: Data = data
        self._targets = self._targets_for(experiment)
        self._observers: dict[Stack, Observer] = {}
        self._samples: dict[Kind, Samples] = beside._samples if beside is not None else {}
        self._frozen: dict[int, RunFrame] = {}
        self._n = len(data.x_train)
        self._begin_epoch(0)
        self._take_values(-1)

    @property
    def epoch(self) -> float:
        """Passes over the training set so far, with the fraction of the one under way."""
        return self._epoch + self._position / self._n

    @property
    def diverged(self) -> bool:
        """Whether no run is left to train."""
        return not self._stacks

    def step(self) -> None:
        """Do one step of all runs, on the next mini-batch."""
        if self.step_index == self._next_change:
            self._obey_changes()
        samples = self._next_samples()
        for stack in self._stacks:
            stack.step(self._x, self._targets[stack.loss_name], samples, self.step_index + 1)
        self._count_step(len(samples))

    def train(self, steps: int, go_on: Callable[[], bool] = lambda: True) -> int:
        """Do up to `steps` steps while `go_on()` holds (asked after each), and return how many were done.

        Non-finite parameters are looked for once, at the end: they never become finite again. If there are
        any, the steps are repeated with a look after each.
        """
        if self.diverged:
            return 0
        with np.errstate(all="ignore"):
            start = self._save()
            done = 0
            while done < steps:
                self.step()
                done += 1
                if not go_on():
                    break
            if not all(stack.finite().all() for stack in self._stacks):
                self._restore(start)
                done = self._step_watchfully(done)
        return done

    def follow(self, experiment: Experiment) -> None:
        """Take over an experiment that differs in the log of what is still to come.

        A change at the current step holds from the next step on. Until then a look sees the old value, as it
        did before: a frame is the same whenever it is looked at.

        Raises:
            ValueError: if the logs differ in what was done already.
        """
        if experiment is self.experiment:
            return
        parting = parting_step(self.experiment.changes, experiment.changes)
        if parting is not None and parting < self.step_index:
            raise ValueError(
                f"the logs differ from step {parting} on; the training stands at {self.step_index}"
            )
        self.experiment = experiment
        self._note_next_change(self.step_index - 1)

    def checkpoint(self) -> Checkpoint:
        """Return all that it takes to go on from here."""
        return Checkpoint(self.step_index, self._epoch, self._position, self._rows(), dict(self._frozen))

    @property
    def checkpoint_bytes(self) -> int:
        """What a checkpoint takes in memory."""
        return sum(array.nbytes for stack in self._stacks for array in (stack.parameters, *stack.states))

    def go_back(self, checkpoint: Checkpoint) -> None:
        """Stand where a checkpoint was made, of this experiment with the log up to there."""
        self._frozen = dict(checkpoint.frozen)
        self._set_rows(checkpoint.rows, checkpoint.step - 1)
        self._stand_at(checkpoint.step, checkpoint.epoch, checkpoint.position)

    def exchange(self, experiment: Experiment, checkpoint: Checkpoint) -> None:
        """Go on with other runs of the same data and batches, as they stand in a checkpoint of this step."""
        self.experiment = experiment
        self._targets = self._targets_for(experiment)
        self._stacks, self._observers = [], {}
        self.go_back(checkpoint)

    def restart(self) -> None:
        """Stand at frame 0 again, with the initial weights drawn anew."""
        self._frozen = {}
        with np.errstate(all="ignore"):
            self._stacks = self._initial_stacks()
        self._observers = {}
        self._stand_at(0, 0, 0)

    def observe(self) -> Frame:
        """Look at all runs as they stand; changes nothing."""
        seen = dict(self._frozen)
        with np.errstate(all="ignore"):
            for stack in self._stacks:
                seen.update(zip(stack.rows, self._observer(stack).look(self.step_index), strict=True))
        return framed(self.experiment, self.step_index, self.epoch, seen)

    def _initial_stacks(self) -> list[Stack]:
        stacks = []
        for rows in _alike(self.experiment, range(len(self.experiment.rows)), -1):
            stacks.append(Stack(self.experiment, rows, -1, self._check))
            stacks[-1].draw(self.experiment)
        return stacks

    def _rows(self) -> dict[int, tuple[Array, ...]]:
        """Return copies of all that training has brought about: row -> parameters and optimizer's buffers."""
        return {row: stack.taken(index) for stack in self._stacks for index, row in enumerate(stack.rows)}

    def _set_rows(self, rows: Mapping[int, tuple[Array, ...]], step: int) -> None:
        """Have stacks of these rows and no others, with the settings in force at `step`."""
        there = {(stack.rows, stack.structure): stack for stack in self._stacks}
        self._stacks = []
        for alike in _alike(self.experiment, sorted(rows), step):
            stack = there.get((alike, structure(self.experiment, alike[0], step)))
            self._stacks.append(stack or Stack(self.experiment, alike, step, self._check))
            for index, row in enumerate(alike):
                self._stacks[-1].put(index, rows[row])
        kept = set(self._stacks)
        self._observers = {stack: observer for stack, observer in self._observers.items() if stack in kept}

    def _stand_at(self, step: int, epoch: int, position: int) -> None:
        self.step_index = step
        if epoch != self._epoch:
            self._begin_epoch(epoch)
        self._position = position
        self._take_values(step - 1)

    def _next_samples(self) -> Array:
        return self._order[self._position : self._position + self._batch]

    def _count_step(self, n_samples: int) -> None:
        self.step_index += 1
        self._position += n_samples
        if self._position == self._n:
            self._begin_epoch(self._epoch + 1)

    def _begin_epoch(self, epoch: int) -> None:
        self._epoch = epoch
        self._position = 0
        self._order: Array = np.random.default_rng([self.experiment.batch_seed, epoch]).permutation(self._n)

    def _obey_changes(self) -> None:
        """Do what the log says for this step, before the next one; doing it twice is doing it once."""
        step = self.step_index
        now = [change for change in self.experiment.changes if change.step == step]
        changed = {change.run for change in now if change.field == OPTIMIZER}
        if changed:
            rows = self._rows()
            for row in [row for row in rows if self.experiment.rows[row].run in changed]:
                parameters, run = rows[row][0], self.experiment.rows[row].run
                n_states = OPTIMIZERS[self.experiment.value_at(step, OPTIMIZER, run).name].n_states
                rows[row] = (parameters, *(np.zeros_like(parameters) for _ in range(n_states)))
            self._set_rows(rows, step)
        for change in now:
            if change.field == LAYER_WEIGHTS and isinstance(change.value, Redraw):
                self._redraw(change.run, change.value)
        self._take_values(step)

    def _redraw(self, run: int | None, redraw: Redraw) -> None:
        for stack in self._stacks:
            for index, row in enumerate(stack.rows):
                own, seed = self.experiment.rows[row]
                if own == run:
                    config = self.experiment.runs[own]
                    stack.redraw(index, redraw, redraw.seed + seed - config.seed, config.bias_initializer)

    def _take_values(self, step: int) -> None:
        """Take the live settings in force at `step`, and note when they change next."""
        batch = self.experiment.value_at(step, "batch_size")
        self._batch = self._n if batch is None else batch
        for stack in self._stacks:
            stack.set_live_values(self.experiment, step)
        self._note_next_change(step)

    def _note_next_change(self, step: int) -> None:
        later = [change.step for change in self.experiment.changes if change.step > step]
        self._next_change = min(later, default=-1)

    def _targets_for(self, experiment: Experiment) -> dict[str, Array]:
        labels, n_classes = self._data.labels_train, self._data.n_classes
        names = {config.loss.name for config in experiment.runs}
        return {
            name: np.ascontiguousarray(LOSSES[name].targets(labels, n_classes, experiment.dtype).T)
            for name in names
        }

    def _observer(self, stack: Stack) -> Observer:
        if stack not in self._observers:
            run = self.experiment.rows[stack.rows[0]].run
            # Of two runs neither shall change what is seen of the other, so each kind has its own samples.
            kind = Kind.of(self.experiment, run)
            if kind not in self._samples:
                self._samples[kind] = Samples(kind, self._data, self.experiment.dtype)
            slopes = largest_slopes(self.experiment, run)
            self._observers[stack] = Observer(stack, self._samples[kind], slopes, self._check)
        return self._observers[stack]

    def _save(self) -> _Place:
        for stack in self._stacks:
            stack.save()
        return _Place(self.step_index, self._epoch, self._position, list(self._stacks))

    def _restore(self, place: _Place) -> None:
        self._stacks = list(place.stacks)
        for stack in self._stacks:
            stack.restore()
        self._stand_at(place.step, place.epoch, place.position)

    def _step_watchfully(self, steps: int) -> int:
        """Do steps with a look after each, and freeze a run before the step that makes it non-finite."""
        done = 0
        while done < steps and self._stacks:
            place = self._save()
            self.step()
            broken = {
                row
                for stack in self._stacks
                for row, finite in zip(stack.rows, stack.finite(), strict=True)
                if not finite
            }
            if broken:
                self._restore(place)
                self._freeze(broken)
                if not self._stacks:
                    # The step that made the last run diverge counts: its frame is the one that says so.
                    self._count_step(len(self._next_samples()))
                    return done + 1
                continue
            done += 1
        return done

    def _freeze(self, broken: set[int]) -> None:
        """Take runs out of their stacks before the step that makes them non-finite, and say where it does."""
        seen: dict[int, RunFrame] = {}
        for stack in self._stacks:
            if broken.intersection(stack.rows):
                seen |= zip(stack.rows, self._observer(stack).look(self.step_index), strict=True)
        # The looks are at what was; the step that breaks is done with what is in force from now on.
        self._obey_changes()
        samples, step = self._next_samples(), self.step_index + 1
        for place, stack in reversed(list(enumerate(self._stacks))):
            indices = [index for index, row in enumerate(stack.rows) if row in broken]
            for index in indices:
                targets = self._targets[stack.loss_name]
                divergence = stack.locate(index, self._x, targets, samples, step)
                self._frozen[stack.rows[index]] = _diverged(seen[stack.rows[index]], divergence)
            if indices:
                others = stack.without(indices)
                self._observers.pop(stack, None)
                self._stacks[place : place + 1] = [others] if others is not None else []


def _loaded(experiment: Experiment) -> Data:
    return load(experiment.dataset, experiment.train_fraction, experiment.standardize, experiment.data_seed)


def _diverged(seen: RunFrame, divergence: Divergence) -> RunFrame:
    nothing = float("nan")
    return replace(
        seen,
        train_loss=nothing,
        validation_loss=nothing,
        train_accuracy=nothing,
        validation_accuracy=nothing,
        divergence=divergence,
    )


def framed(experiment: Experiment, step: int, epoch: float, seen: Mapping[int, RunFrame]) -> Frame:
    """Return the frame of what was seen of each row."""
    by_run: list[list[RunFrame]] = [[] for _ in experiment.runs]
    for index, row in enumerate(experiment.rows):
        by_run[row.run].append(seen[index])
    return Frame.of_seeds(step, epoch, by_run)


def _alike(experiment: Experiment, rows: Iterable[int], step: int) -> list[tuple[int, ...]]:
    """Group the rows that can be one stack at a step, in the order of their first one."""
    kinds: dict[object, list[int]] = {}
    for row in rows:
        kinds.setdefault(structure(experiment, row, step), []).append(row)
    return [tuple(group) for group in kinds.values()]
