"""What a past is called: what was changed after it, or that it was pinned."""

from __future__ import annotations

from engine.changes import LAYER_WEIGHTS, Change, Redraw
from engine.config import Experiment
from engine.pasts import Past
from engine.run_names import in_words, run_name, run_names


def past_name(past: Past, after: Experiment) -> str:
    """Return what a past is, as "before learning rate 0.01 at step 240" or "He, pinned at step 500".

    Args:
        past: what was left behind.
        after: the experiment that has gone on from there.
    """
    if past.history.last.step == past.step:
        return f"{_whose(past, after)}pinned at step {past.step:,}"
    # The change may have called a run otherwise.
    called = past.experiment if len(past.experiment.runs) == len(after.runs) else after
    changed = [
        _change_in_words(change, called)
        for change in after.changes
        if change.step == past.step and change not in past.experiment.changes
    ]
    return f"before {', '.join(changed) or 'a change'} at step {past.step:,}"


def _whose(past: Past, after: Experiment) -> str:
    """Name the run that was pinned as it is called among the others."""
    (pinned,) = past.experiment.runs
    names = dict(zip(after.runs, run_names(after), strict=True)) if len(after.runs) > 1 else {}
    name = names.get(pinned, pinned.name)
    return f"{name}, " if name else ""


def _change_in_words(change: Change, experiment: Experiment) -> str:
    if change.run is None:
        return "full batch" if change.value is None else f"batch size {change.value}"
    if change.field == LAYER_WEIGHTS and isinstance(change.value, Redraw):
        words = f"layer {change.value.layer} drawn anew"
    else:
        words = in_words(experiment.runs[change.run], change.field, change.value)
    return f"{run_name(experiment, change.run)}: {words}" if len(experiment.runs) > 1 else words
