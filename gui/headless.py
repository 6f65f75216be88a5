"""Training without a window: figures, numbers and the configuration go to a folder."""

from __future__ import annotations

import math
import shutil
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from operator import attrgetter
from typing import TextIO

from engine import experiment_file
from engine.config import Experiment
from engine.datasets import DataError
from engine.fields import ConfigError, brief
from engine.frame import Frame
from engine.memory import check_memory
from engine.metrics import metrics_table
from engine.run_names import run_names
from engine.session import Session, State
from gui.command_line import Job
from gui.headless_output import JobError, check_figures, check_folder, refuse, write_files

_CLOSING_SECONDS = 2.0
_PROGRESS_SECONDS = 0.1


def run(job: Job) -> int:
    """Do a job, and return the exit code: 0, or 2 with one line on stderr and nothing written."""
    session = Session()
    try:
        _check(job)
        # From the training itself: the longer the session's history gets, the more frames it drops. Closed at
        # once where it is interrupted: the bar is to be gone before that is said.
        with closing(_train(job, session)) as frames:
            metrics = metrics_table(job.experiment, frames)
        files = _figures(job, session)
        files["metrics.csv"] = metrics.to_csv().encode()
        files["config.json"] = experiment_file.to_text(job.experiment).encode()
        write_files(job.folder, files)
    except (ConfigError, DataError, JobError) as error:
        return refuse(str(error))
    except MemoryError:
        return refuse("The memory is used up; use fewer or narrower layers, fewer runs, or a smaller batch.")
    finally:
        session.close()
        session.closed(_CLOSING_SECONDS)
    _report(job.experiment, session.history.last)
    sys.stdout.write(f"Wrote {', '.join(files)} to {job.folder}.\n")
    return 0


def _check(job: Job) -> None:
    """Refuse what cannot work before anything is trained."""
    check_memory(job.experiment)
    check_figures(job.formats)
    check_folder(job.folder, [*_figure_names(job.formats), "metrics.csv", "config.json"])


def _train(job: Job, session: Session) -> Generator[Frame, None, None]:
    """Train to the last step, or until all runs diverge, and yield the frames to be recorded on the way."""
    session.start(job.experiment)
    frame = session.wait_ready()
    yield frame
    with _ProgressBar(sys.stderr, job.steps) as bar:
        while frame.step < job.steps and session.state is not State.DIVERGED:
            frame = session.advance(min(job.every, job.steps - frame.step))
            bar.show(frame)
            yield frame


# Qt is imported only where figures are wanted: without its libraries, numbers can still be had.


def _figure_names(formats: Sequence[str]) -> list[str]:
    if not formats:
        return []
    from gui.headless_figures import file_names
    from gui.plots import FIGURES

    return file_names(FIGURES, formats)


def _figures(job: Job, session: Session) -> dict[str, bytes]:
    if not job.formats:
        return {}
    from gui.figure import ExportError, Shot
    from gui.headless_figures import render
    from gui.plots import FIGURES

    try:
        shot = Shot(job.experiment, session.history, session.history.last.step)
        return render(shot, FIGURES, job.formats)
    except ExportError as error:
        raise JobError(str(error)) from error


def _report(experiment: Experiment, frame: Frame) -> None:
    """Say which runs diverged: that is a result, not an error."""
    names = [f"Run {number} ({name})" for number, name in enumerate(run_names(experiment), 1)]
    for run, name in enumerate(names if len(names) > 1 else ["Training"]):
        seeds = frame.seeds(run)
        diverged = [seen.divergence for seen in seeds if seen.divergence is not None]
        if diverged:
            first = min(diverged, key=attrgetter("step"))
            share = f" with {len(diverged)} of {len(seeds)} seeds, first" if len(seeds) > 1 else ""
            sys.stderr.write(f"{name} diverged{share} at {first}.\n")


def _losses(frame: Frame) -> str:
    """Say what the training loss is, or between what those of all runs are."""
    losses = [frame.median(run, "train_loss") for run in range(len(frame.runs))]
    finite = [loss for loss in losses if not math.isnan(loss)]
    if len(losses) == 1 or not finite:
        return f"training loss {brief(losses[0])}"
    return f"training loss of {len(losses)} runs {brief(min(finite))} to {brief(max(finite))}"


class _ProgressBar:
    """A bar on a terminal, and nothing anywhere else."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream = stream
        self._total = total
        self._drawn = 0.0
        self._active = stream.isatty()

    def __enter__(self) -> _ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._active:
            self._stream.write("\r\x1b[K")

    def show(self, frame: Frame) -> None:
        """Draw how far the training is, unless that was done just now."""
        now = time.monotonic()
        if not self._active or now - self._drawn < _PROGRESS_SECONDS:
            return
        self._drawn = now
        text = f" step {frame.step:,} of {self._total:,}, {_losses(frame)}"
        width = max(5, min(40, shutil.get_terminal_size().columns - len(text) - 3))
        filled = round(width * frame.step / self._total)
        self._stream.write(f"\r[{'#' * filled}{' ' * (width - filled)}]{text}\x1b[K")
        self._stream.flush()
