"""The windows of the layers on show: one for each group of layers that share an axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui.plots.distributions import Window, widened
from gui.plots.ranges import OwnedRange
from gui.plots.scales import Linear

_VALUES = Linear(n_steps=10)


class LayerWindows:
    """Windows that fit the values of their layers, with the patience of an OwnedRange.

    Attributes:
        groups: which places in the row of layers share a window.
        windows: the window of each layer in the row.
    """

    def __init__(self, groups: Sequence[Sequence[int]], n_bins: int) -> None:
        self.groups = [list(group) for group in groups]
        self._ranges = [OwnedRange() for _ in groups]
        self.windows = [Window.around(-1.0, 1.0, n_bins)] * sum(map(len, self.groups))

    def fit(self, extents: np.ndarray, n_bins: int, movable: Sequence[bool]) -> None:
        """Fit the windows to values.

        Args:
            extents: (n_layers, 2), nan where a layer has no values.
            n_bins: how many bins a window has at most, about.
            movable: for each layer; a group with one that is not stays where it is.
        """
        for group, owned in zip(self.groups, self._ranges, strict=True):
            known = extents[group][np.isfinite(extents[group]).all(axis=1)]
            if len(known) and all(movable[place] for place in group):
                low, high = widened(float(known[:, 0].min()), float(known[:, 1].max()))
                window = Window.around(*owned.fit(low, high, _VALUES), n_bins)
                for place in group:
                    self.windows[place] = window

    def sharing(self, place: int) -> list[int]:
        """Return the places that share the window of a place, itself included."""
        return next(group for group in self.groups if place in group)
