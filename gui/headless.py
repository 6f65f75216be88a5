"""Training without a window: figures, numbers and the configuration go to a folder."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from engine import experiment_file
from engine.atomic_file import write_whole
from engine.datasets import DataError
from engine.fields import ConfigError
from engine.frame import Frame
from engine.memory import check_memory
from engine.metrics import metrics_table
from engine.session import Session, State
from gui import preflight
from gui.command_line import Job

_CLOSING_SECONDS = 2.0
_PROGRESS_SECONDS = 0.1


class _JobError(Exception):
    """A job that cannot be done: one line with the reason and the remedy."""


def run(job: Job) -> int:
    """Do a job, and return the exit code: 0, or 2 with one line on stderr and nothing written."""
    session = Session()
    try:
        _check(job)
        # From the training itself: the longer the session's history gets, the more frames it drops.
        metrics = metrics_table(job.experiment, _train(job, session))
        files = _figures(job, session)
        files["metrics.csv"] = metrics.to_csv().encode()
        files["config.json"] = experiment_file.to_text(job.experiment).encode()
        _write(job.folder, files)
    except (ConfigError, DataError, _JobError) as error:
        return _refuse(str(error))
    except MemoryError:
        return _refuse("The memory is used up; use fewer or narrower layers, or a smaller batch.")
    finally:
        session.close()
        session.closed(_CLOSING_SECONDS)
    _report(session.history.last)
    sys.stdout.write(f"Wrote {', '.join(files)} to {job.folder}.\n")
    return 0


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 2


def _check(job: Job) -> None:
    """Refuse what cannot work before anything is trained."""
    check_memory(job.experiment)
    if job.formats:
        complaint = preflight.check("offscreen")
        if complaint is not None:
            raise _JobError(f"{complaint} Without figures: --format none.")
    _check_folder(job.folder, [*_figure_names(job.formats), "metrics.csv", "config.json"])


def _check_folder(folder: Path, names: Sequence[str]) -> None:
    """Refuse a folder that files cannot be written to, without leaving a trace in it."""
    try:
        place = folder
        while not place.exists():
            place = place.parent
        if not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), place)
        with tempfile.TemporaryFile(dir=place):
            pass
        for name in names:
            path = folder / name
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
            if path.exists() and not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _train(job: Job, session: Session) -> Iterator[Frame]:
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
    from gui import headless_figures

    return headless_figures.file_names(formats)


def _figures(job: Job, session: Session) -> dict[str, bytes]:
    if not job.formats:
        return {}
    from gui import headless_figures
    from gui.figure import ExportError

    try:
        return headless_figures.render(job.experiment, session.history, job.formats)
    except ExportError as error:
        raise _JobError(str(error)) from error


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            write_whole(folder / name, data)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> _JobError:
    return _JobError(f"--out {folder} cannot be written to ({error.strerror}); choose another folder.")


def _report(frame: Frame) -> None:
    """Say which runs diverged: that is a result, not an error."""
    for number, run in enumerate(frame.runs, 1):
        if run.divergence is not None:
            which = f"run {number}" if len(frame.runs) > 1 else "training"
            sys.stderr.write(f"{which.capitalize()} diverged at {run.divergence}.\n")


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
        text = f" step {frame.step:,} of {self._total:,}, training loss {frame.runs[0].train_loss:.4g}"
        width = max(5, min(40, shutil.get_terminal_size().columns - len(text) - 3))
        filled = round(width * frame.step / self._total)
        self._stream.write(f"\r[{'#' * filled}{' ' * (width - filled)}]{text}\x1b[K")
        self._stream.flush()
