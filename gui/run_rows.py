"""What the table of runs says, row by row, as texts."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, replace

from engine.config import Experiment
from engine.frame import Frame
from engine.history import History
from engine.pasts import Past
from engine.run_config import RunConfig
from engine.run_names import differences, run_names
from engine.run_state import RunState, run_state, seed_counts
from gui.plots.numerals import loss_number, percent


class Tone(enum.Enum):
    """How a state is meant."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True)
class RunRow:
    """A row of the table: a run, or a past."""

    name: str
    """What it is called in plots and files."""
    own_name: str = ""
    """What a person called it."""
    differs: str = ""
    seeds: str = ""
    loss: str = ""
    accuracy: str = ""
    state: str = ""
    tone: Tone = Tone.PLAIN
    validation: str = ""
    """Loss and accuracy of the samples that are not trained on."""
    place: int | None = None
    """The run's number in the frames, which its colour and dash follow from; None where it has none."""
    hidden: bool = False
    is_past: bool = False


def rows_of_runs(experiment: Experiment, called: Experiment) -> list[RunRow]:
    """Return a row per run with what it is, and nothing of the frames.

    Args:
        experiment: the settings on show.
        called: the same runs with the whole log, by which they are called.
    """
    return [
        RunRow(
            name,
            called.runs[run].name,
            ("reference" if len(experiment.runs) > 1 else "")
            if run == 0
            else ", ".join(differences(experiment, run)) or "nothing",
            _seeds(config),
        )
        for run, (config, name) in enumerate(zip(experiment.runs, run_names(called), strict=True))
    ]


def row_at(row: RunRow, experiment: Experiment, history: History, frame: Frame, run: int) -> RunRow:
    """Return a row with what a frame shows of its run.

    Args:
        row: what the run is.
        experiment: that the frames are of.
        history: has the frame.
        frame: the one on show.
        run: the number of the run in the frames.
    """
    state, tone = _state(experiment, history, frame, run)
    loss, accuracy = frame.median(run, "validation_loss"), frame.median(run, "validation_accuracy")
    validation = f"validation loss {loss_number(loss)}, accuracy {percent(accuracy)}"
    return replace(
        row,
        loss=loss_number(frame.median(run, "train_loss")),
        accuracy=percent(frame.median(run, "train_accuracy")),
        state=state,
        tone=tone,
        validation="" if math.isnan(loss) else validation,
        place=run,
    )


def row_of_past(past: Past, name: str, hidden: bool) -> RunRow:
    """Return the row of a past, with where it ends."""
    runs, last = past.experiment.runs, past.history.last
    row = RunRow(name, hidden=hidden, is_past=True, state=f"up to step {last.step:,}")
    if len(runs) > 1:
        return row
    return replace(
        row,
        seeds=_seeds(runs[0]),
        loss=loss_number(last.median(0, "train_loss")),
        accuracy=percent(last.median(0, "train_accuracy")),
    )


def _seeds(config: RunConfig) -> str:
    if config.n_seeds == 1:
        return f"{config.seed}"
    return f"{config.seeds[0]}–{config.seeds[-1]}"


def _state(experiment: Experiment, history: History, frame: Frame, run: int) -> tuple[str, Tone]:
    seeds = frame.seeds(run)
    if len(seeds) == 1:
        state = run_state(experiment, history, run, frame)
        divergence = seeds[0].divergence
        if divergence is not None:
            return f"diverged at step {divergence.step:,}", Tone.BAD
        return state.value, Tone.GOOD if state is RunState.LEARNT else Tone.PLAIN
    counts = seed_counts(experiment, run, frame)
    diverged, learnt = counts[RunState.DIVERGED], counts[RunState.LEARNT]
    parts = [
        f"{state.value} in {count}"
        for state, count in ((RunState.DIVERGED, diverged), (RunState.LEARNT, learnt))
        if count
    ]
    if not parts:
        return run_state(experiment, history, run, frame).value, Tone.PLAIN
    tone = Tone.BAD if diverged else Tone.GOOD if learnt == len(seeds) else Tone.PLAIN
    return f"{', '.join(parts)} of {len(seeds)}", tone
