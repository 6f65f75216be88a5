"""What a frame says of the activations, or the pre-activations, of the layers of several runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from engine.frame import Frame
from engine.histogram import Histograms
from engine.pooling import pooled
from gui.plots.layer_choice import layer_name, short_name


@dataclass(frozen=True)
class Content:
    """What is to be shown.

    Args:
        runs: the runs on show.
        names: of all runs.
        sizes: of all runs, the units of each layer.
        layers: the layers on show, as indexes of the deepest run.
        quantity: "activation" or "z".
        shared: whether layers share axes.
    """

    runs: tuple[int, ...]
    names: tuple[str, ...]
    sizes: tuple[tuple[int, ...], ...]
    layers: tuple[int, ...]
    quantity: str
    shared: bool

    @cached_property
    def n_layers(self) -> int:
        """The layers of the deepest run on show."""
        return max((len(self.sizes[run]) for run in self.runs), default=0)

    @property
    def what(self) -> str:
        """What a value is."""
        return "activation" if self.quantity == "activation" else "pre-activation"

    @property
    def output_is_apart(self) -> bool:
        """Whether the output has axes of its own: its activations are another thing, often probabilities."""
        last = self.layers[-1:] == (self.n_layers - 1,)
        return last and len(self.layers) > 1 and self.quantity == "activation"

    def layer_of(self, run: int, layer: int) -> int | None:
        """Return which layer of a run stands in a layer's place of the deepest run: outputs in the last."""
        n = len(self.sizes[run])
        if layer == self.n_layers - 1:
            return n - 1
        return layer if layer < n - 1 else None

    def layers_of(self, run: int) -> list[int]:
        """Return the layers of a run that are on show, as its own indexes; it may have none of them."""
        found = (self.layer_of(run, layer) for layer in self.layers)
        return [layer for layer in found if layer is not None]

    @property
    def runs_on_show(self) -> list[int]:
        """The runs that have any of the layers; the deepest one always has."""
        return [run for run in self.runs if self.layers_of(run)]

    def title(self, layer: int) -> str:
        """Return the name of a layer, with its units where all runs have as many."""
        return self.titles(layer)[0]

    def titles(self, layer: int) -> tuple[str, ...]:
        """Return the title of a layer, and shorter ones for where it has no room."""
        own = [(run, found) for run in self.runs if (found := self.layer_of(run, layer)) is not None]
        counts = {self.sizes[run][found] for run, found in own}
        name = layer_name(layer, self.n_layers)
        title = f"{name} · {units(counts.pop())}" if len(counts) == 1 else name
        return title, name, short_name(layer, self.n_layers)


NOTHING = Content((), (), (), (), "activation", True)
"""There is nothing to be shown."""


def units(count: int) -> str:
    """Write how many units a layer has."""
    return f"{count:,} unit{'' if count == 1 else 's'}"


class Numbers(NamedTuple):
    """The statistics of a layer."""

    mean: float
    std: float
    saturated: float
    dead: float


class LayerData:
    """The layers of a frame's runs; several weight seeds are pooled, each with the same weight."""

    def __init__(self, frame: Frame, quantity: str) -> None:
        self.frame = frame
        self._quantity = quantity
        self._pooled: dict[int, Histograms] = {}

    def histograms(self, run: int) -> Histograms:
        """Return the histograms of a run, one per layer."""
        if run not in self._pooled:
            seeds = [
                seen.activation if self._quantity == "activation" else seen.z
                for seen in self.frame.seeds(run)
            ]
            self._pooled[run] = pooled(seeds) if len(seeds) > 1 else seeds[0]
        return self._pooled[run]

    def numbers(self, run: int, layer: int) -> Numbers:
        """Return the statistics of a layer; seeds in which they are no numbers are left out."""
        rows = [seen.layers[layer] for seen in self.frame.seeds(run)]
        names = (f"{self._quantity}_mean", f"{self._quantity}_std", "saturated", "dead")
        if len(rows) == 1:
            return Numbers(*(float(rows[0][name]) for name in names))
        means, stds, saturated, dead = (np.array([row[name] for row in rows]) for name in names)
        known = np.isfinite(means) & np.isfinite(stds)
        if not known.any():
            return Numbers(math.nan, math.nan, math.nan, math.nan)
        n = int(known.sum())
        mean = math.fsum(means[known] / n)
        # Of all values together: within the seeds, and between them. What a run has shortly before it
        # diverges may be too large to be squared.
        parts = (*stds[known].tolist(), *(value - mean for value in means[known].tolist()))
        std = math.hypot(*(part / math.sqrt(n) for part in parts))
        return Numbers(mean, std, float(saturated[known].mean()), float(dead[known].mean()))
