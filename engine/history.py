"""The frames seen so far, in the order of their steps, thinned so that memory stays bounded."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np

from engine.frame import LAYER_DTYPE, Frame
from engine.histogram import MAX_BINS
from engine.pooling import Band

SCALARS = ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
"""What a run has one of per frame."""

DEFAULT_LIMIT_BYTES = 400_000_000
"""Enough for 10,000 frames of seven runs with six layers."""

MOST_FRAMES = 12_000
"""Kept however little they take: more than a curve can show."""

_FEWEST = 16
"""Frames that are kept whatever they take."""

_RECOMPUTED = -1
"""The arrival of a frame that was observed after later ones: no multiple of a stride above 1."""

_Look = Callable[[Sequence[Frame]], Any]

_BLOCK = 1000
"""Frames that a series reads at once: calculated together, and not all in memory."""


class History:
    """Frames keyed by step.

    When the frames take more than `limit_bytes`, or are too many, every second one is dropped, frame 0 and
    the newest excepted: what is kept stays spread over the whole run.
    """

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._frames: list[Frame] = []
        self._steps: list[int] = []
        self._bytes = 0
        self._series: dict[tuple[int, str], _Series] = {}
        self._arrivals: list[int] = []
        self._n_arrived = 0
        self._stride = 1

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)

    @property
    def first(self) -> Frame:
        """Frame 0: the networks as initialized."""
        return self._frames[0]

    @property
    def last(self) -> Frame:
        """The newest frame."""
        return self._frames[-1]

    def append(self, frame: Frame) -> None:
        """Add a frame after all others.

        Raises:
            ValueError: if its step does not lie after the newest one's.
        """
        if self._steps and frame.step <= self._steps[-1]:
            raise ValueError(f"frame {frame.step} comes after frame {self._steps[-1]}; they come in order")
        if self._steps and self._arrivals[-1] % self._stride:
            self._drop_newest()
        self._frames.append(frame)
        self._steps.append(frame.step)
        self._arrivals.append(self._n_arrived)
        self._n_arrived += 1
        self._bytes += _size(frame)
        if self._is_full(0):
            self._thin()

    def insert(self, frame: Frame) -> None:
        """Add a frame between others, as recomputed; it is the first to go when frames are thinned."""
        index = bisect_left(self._steps, frame.step)
        if index == len(self._steps):
            self.append(frame)
            return
        if self._steps[index] == frame.step:
            return
        if self._is_full(_size(frame)):
            self._thin()
            index = bisect_left(self._steps, frame.step)
        self._frames.insert(index, frame)
        self._steps.insert(index, frame.step)
        self._arrivals.insert(index, _RECOMPUTED)
        self._bytes += _size(frame)
        for series in self._series.values():
            series.insert(index, frame)

    def truncate(self, step: int) -> None:
        """Forget the frames after `step`."""
        while self._steps and self._steps[-1] > step:
            self._drop_newest()

    @property
    def steps(self) -> list[int]:
        """The steps of the frames."""
        return self._steps.copy()

    def spread(self, most: int) -> list[int]:
        """Return the steps of at most so many frames, spread over the run, and of the newest.

        What is not among them is not later either, however many frames come.
        """
        stride = self._stride
        while sum(arrival % stride == 0 for arrival in self._arrivals) > most:
            stride *= 2
        return [
            step
            for step, arrival in zip(self._steps, self._arrivals, strict=True)
            if arrival % stride == 0 or step == self._steps[-1]
        ]

    def only(self, steps: Collection[int]) -> History:
        """Return a history of the frames of some steps."""
        other = self.snapshot()
        other._keep([index for index, step in enumerate(self._steps) if step in steps])
        return other

    def thinned(self, most_frames: int, limit_bytes: int) -> History:
        """Return a history of some of the frames, spread over the run, and of the newest.

        Args:
            most_frames: how many there may be, the newest not counted.
            limit_bytes: what these may take.
        """
        fitting = limit_bytes * len(self._frames) // max(self._bytes, 1)
        return self.only(set(self.spread(max(1, min(most_frames, fitting)))))

    def exchanged(self, change: Callable[[Frame], Frame]) -> History:
        """Return a history with another frame in the place of each, of the same step."""
        other = self.snapshot()
        other._frames = [change(frame) for frame in self._frames]
        other._bytes = sum(map(_size, other._frames))
        return other

    def snapshot(self) -> History:
        """Return a history of the frames there are now, which no later frame changes."""
        other = History(self._limit)
        other._frames, other._steps = self._frames.copy(), self._steps.copy()
        other._arrivals, other._n_arrived = self._arrivals.copy(), self._n_arrived
        other._stride, other._bytes = self._stride, self._bytes
        return other

    def has(self, step: int) -> bool:
        """Return whether there is a frame of this very step."""
        return bool(self._frames) and self.at(step).step == step

    def at(self, step: int) -> Frame:
        """Return the frame of `step`, or the newest one before it."""
        return self._frames[max(bisect_right(self._steps, step) - 1, 0)]

    def scalars(self, run: int, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return (steps, values) of one of SCALARS, each (frames,); views, good until the next frame."""
        return self._read(run, name, lambda frames: [getattr(frame.runs[run], name) for frame in frames])

    def bands(self, run: int, name: str, reduce: Callable[[np.ndarray], Band]) -> tuple[np.ndarray, Band]:
        """Return (steps, band over the seeds) of one of SCALARS or of LAYER_STATISTICS; views likewise.

        Args:
            run: the run.
            name: of the value.
            reduce: median_band or mean_band; each frame is calculated once.
        """

        def look(frames: Sequence[Frame]) -> np.ndarray:
            return np.stack(reduce(_of_seeds(frames, run, name)), axis=1)

        steps, values = self._read(run, f"{reduce.__name__} of {name}", look)
        return steps, Band(values[:, 0], values[:, 1], values[:, 2])

    def count_until_epoch(self, epoch: float) -> int:
        """Count the frames up to an epoch."""
        return bisect_right(self._frames, epoch, key=lambda frame: frame.epoch)

    def layers(self, run: int, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return (steps, values) of one of LAYER_STATISTICS, (frames,) and (frames, layers); views likewise.

        Raises:
            KeyError: if there is no such statistic.
        """
        if name not in (LAYER_DTYPE.names or ()):
            raise KeyError(name)
        return self._read(run, name, lambda frames: [frame.runs[run].layers[name] for frame in frames])

    def _read(self, run: int, name: str, look: _Look) -> tuple[np.ndarray, np.ndarray]:
        series = self._series.setdefault((run, name), _Series(look))
        series.extend(self._frames)
        return series.view()

    def _is_full(self, more_bytes: int) -> bool:
        count = len(self._frames)
        return count > _FEWEST and (self._bytes + more_bytes > self._limit or count > MOST_FRAMES)

    def _drop_newest(self) -> None:
        self._bytes -= _size(self._frames.pop())
        self._steps.pop()
        self._arrivals.pop()
        for series in self._series.values():
            series.truncate(len(self._frames))

    def _thin(self) -> None:
        self._stride *= 2
        newest = len(self._frames) - 1
        self._keep(
            [
                index
                for index, arrival in enumerate(self._arrivals)
                if arrival % self._stride == 0 or index == newest
            ]
        )

    def _keep(self, indices: Sequence[int]) -> None:
        self._frames = [self._frames[index] for index in indices]
        self._arrivals = [self._arrivals[index] for index in indices]
        self._steps = [frame.step for frame in self._frames]
        self._bytes = sum(map(_size, self._frames))
        self._series.clear()


class _Series:
    """One value per frame in buffers that double, so that a plot reads an array and not a list of frames."""

    def __init__(self, look: _Look) -> None:
        self._look = look
        self._count = 0
        self._steps = np.empty(64)
        self._values: np.ndarray | None = None

    def extend(self, frames: list[Frame]) -> None:
        """Read the frames that are not read yet."""
        for start in range(self._count, len(frames), _BLOCK):
            self._put(frames[start : start + _BLOCK])

    def insert(self, index: int, frame: Frame) -> None:
        """Read a frame that has come between others."""
        if index >= self._count:
            return
        self._put([frame])
        for array in (self._steps, self._values):
            assert array is not None
            newest = array[self._count - 1].copy()
            array[index + 1 : self._count] = array[index : self._count - 1].copy()
            array[index] = newest

    def _put(self, frames: Sequence[Frame]) -> None:
        block = np.asarray(self._look(frames), np.float64)
        if self._values is None:
            self._values = np.empty((64, *block.shape[1:]))
        start, self._count = self._count, self._count + len(frames)
        while self._count > len(self._steps):
            self._steps = np.concatenate([self._steps, np.empty_like(self._steps)])
            self._values = np.concatenate([self._values, np.empty_like(self._values)])
        self._steps[start : self._count] = [frame.step for frame in frames]
        self._values[start : self._count] = block

    def truncate(self, count: int) -> None:
        self._count = min(self._count, count)

    def view(self) -> tuple[np.ndarray, np.ndarray]:
        values = self._values if self._values is not None else np.empty(0)
        return self._steps[: self._count], values[: self._count]


def _of_seeds(frames: Sequence[Frame], run: int, name: str) -> np.ndarray:
    """Return one of SCALARS or of LAYER_STATISTICS for each weight seed, (frames, seeds, ...)."""
    if name in SCALARS:
        return np.array([[getattr(seen, name) for seen in frame.seeds(run)] for frame in frames])
    return np.array([[seen.layers[name] for seen in frame.seeds(run)] for frame in frames])


def row_bytes(n_layers: int) -> int:
    """Estimate what a frame takes per run and seed, object headers included (about 1.5 kB)."""
    return 1500 + n_layers * (LAYER_DTYPE.itemsize + 2 * MAX_BINS * np.dtype(np.uint16).itemsize)


def _size(frame: Frame) -> int:
    rows = (*frame.runs, *(seed for run in frame.more_seeds for seed in run))
    return 200 + sum(row_bytes(len(row.layers)) for row in rows)
