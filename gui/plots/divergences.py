"""What is said of runs, or of some of their seeds, that stopped being numbers."""

from __future__ import annotations

from collections.abc import Sequence

from engine.frame import Divergence, Frame

_LONGEST_NAMES = 40
"""Characters: where the names of all runs that diverged are longer together, they are counted."""


def divergences(frame: Frame, run: int) -> list[Divergence]:
    """Return where the seeds of a run diverged, of those that have."""
    return [seen.divergence for seen in frame.seeds(run) if seen.divergence is not None]


def divergence_of(frame: Frame, run: int) -> Divergence | None:
    """Return where a run diverged: with its last seed, or None while any goes on."""
    diverged = divergences(frame, run)
    return max(diverged, key=lambda each: each.step) if len(diverged) == len(frame.seeds(run)) else None


def divergence_note(frame: Frame, names: Sequence[str], runs: Sequence[int]) -> str:
    """Say which of the runs on show diverged, and where."""
    diverged = {run: found for run in runs if (found := divergences(frame, run))}
    if len(diverged) > 1:
        every = ", ".join(names[run] for run in diverged)
        short = len(every) <= _LONGEST_NAMES
        return f"{every} diverged" if short else f"{len(diverged)} of {len(runs)} runs diverged"
    for run, found in diverged.items():
        name, n_seeds = f"{names[run]} " if len(names) > 1 else "", len(frame.seeds(run))
        if n_seeds == 1:
            return f"{name}diverged at {found[0]}"
        first = min(each.step for each in found)
        return f"{name}diverged with {len(found)} of {n_seeds} seeds, first at step {first:,}"
    return ""
