"""Which runs the plots show, and what they are held against."""

from __future__ import annotations

from dataclasses import dataclass

from engine.pasts import Past


@dataclass(frozen=True)
class RunsView:
    """What a person chose to see of the runs; they are numbered as in the frames."""

    selected: int = 0
    """The run that the form edits: a plot that shows one run shows this one."""
    hidden: frozenset[int] = frozenset()
    pasts: tuple[tuple[Past, str], ...] = ()
    """Pale references with their names: the training before something was changed, and pinned runs."""

    def visible(self, n_runs: int) -> list[int]:
        """Return the runs to draw, of so many."""
        return [run for run in range(n_runs) if run not in self.hidden]
