"""Checkpoints: the states of the training that it can return to, spread over the run in bounded memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

import numpy as np

from engine.frame import RunFrame

DEFAULT_LIMIT_BYTES = 256_000_000
MOST = 1024
"""Checkpoints kept, however small: going back over an hour's training then takes seconds at worst."""

_BY_STEP = attrgetter("step")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that training goes on from after `step` steps; the order of the samples follows from the epoch."""

    step: int
    epoch: int
    position: int
    """Samples of the epoch that are used up."""
    rows: Mapping[int, tuple[np.ndarray, ...]]
    """Row -> its parameters and the optimizer's buffers, (parameters,) each."""
    frozen: Mapping[int, RunFrame]
    """What is left of the rows that have diverged."""
    nbytes: int = field(init=False)

    def __post_init__(self) -> None:
        size = sum(array.nbytes for arrays in self.rows.values() for array in arrays)
        object.__setattr__(self, "nbytes", size)

    def of_rows(self, rows: Sequence[int]) -> Checkpoint:
        """Return the checkpoint of some of the rows, which get new numbers in this order."""
        number = {row: index for index, row in enumerate(rows)}
        return replace(
            self,
            rows={number[row]: arrays for row, arrays in self.rows.items() if row in number},
            frozen={number[row]: seen for row, seen in self.frozen.items() if row in number},
        )

    def with_rows(self, other: Checkpoint, first: int) -> Checkpoint:
        """Return the checkpoint with the rows of another of the same step, numbered from `first` on."""
        return replace(
            self,
            rows={**self.rows, **{first + row: arrays for row, arrays in other.rows.items()}},
            frozen={**self.frozen, **{first + row: seen for row, seen in other.frozen.items()}},
        )


class Checkpoints:
    """Checkpoints in the order of their steps.

    When they are too many or take too much, the one between the closest neighbours goes: those that stay are
    spread evenly, to a factor of about two. The newest always stays, and the first while there is another.

    Attributes:
        nbytes: what they take in memory.
    """

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._kept: list[Checkpoint] = []
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def has_room_for(self, nbytes: int) -> bool:
        """Return whether a checkpoint of this size can be kept at all."""
        return nbytes <= self._limit

    def has(self, step: int) -> bool:
        """Return whether there is one at this very step."""
        return self.at(step) is not None

    def at(self, step: int) -> Checkpoint | None:
        """Return the checkpoint at this very step, or None."""
        found = self.before(step)
        return found if found is not None and found.step == step else None

    def add(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint, unless there is one at its step already."""
        if self.has(checkpoint.step):
            return
        self._kept.insert(bisect_left(self._kept, checkpoint.step, key=_BY_STEP), checkpoint)
        self.nbytes += checkpoint.nbytes
        while len(self._kept) > 1 and (self.nbytes > self._limit or len(self._kept) > MOST):
            self._drop_the_most_crowded()

    def before(self, step: int) -> Checkpoint | None:
        """Return the checkpoint at `step`, or the nearest one before it, or None."""
        index = bisect_right(self._kept, step, key=_BY_STEP) - 1
        return self._kept[index] if index >= 0 else None

    def drop_after(self, step: int) -> None:
        """Forget what comes after `step`."""
        del self._kept[bisect_right(self._kept, step, key=_BY_STEP) :]
        self.nbytes = sum(checkpoint.nbytes for checkpoint in self._kept)

    @property
    def steps(self) -> list[int]:
        """Where there are checkpoints."""
        return [checkpoint.step for checkpoint in self._kept]

    def exchange(self, change: Callable[[Checkpoint], Checkpoint | None]) -> None:
        """Put another checkpoint in the place of each, or none."""
        changed = [change(checkpoint) for checkpoint in self._kept]
        self._kept, self.nbytes = [], 0
        for checkpoint in changed:
            if checkpoint is not None:
                self.add(checkpoint)

    def _drop_the_most_crowded(self) -> None:
        steps = np.array([-np.inf, *(checkpoint.step for checkpoint in self._kept)])
        index = int(np.argmin(steps[2:] - steps[:-2]))
        self.nbytes -= self._kept.pop(index).nbytes
