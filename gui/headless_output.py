"""The folder that work without a window writes to: checked before the work, and written whole after it."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.atomic_file import write_all
from gui import preflight
from gui.headless_interruption import interruption_held


class JobError(Exception):
    """A job that cannot be done: one line with the reason and the remedy."""


def refuse(reason: str) -> int:
    """Say in one line why nothing was written, and return the exit code."""
    sys.stderr.write(f"{reason}\n")
    return 2


def check_figures(formats: Sequence[str]) -> None:
    """Load what figures are drawn with, or refuse them where they cannot be drawn.

    Raises:
        JobError: if Qt's libraries are missing.
    """
    if formats:
        complaint = preflight.check("offscreen")
        if complaint is not None:
            raise JobError(f"{complaint} Without figures: --format none.")
        from gui import lean_qt

        with interruption_held():
            lean_qt.load()


def check_folder(folder: Path, names: Sequence[str]) -> None:
    """Refuse a folder that files cannot be written to, without leaving a trace in it.

    Raises:
        JobError: if a file of one of these names cannot be written.
    """
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


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is created if it is missing.

    Raises:
        JobError: if one cannot be written; then all is as it was before.
    """
    try:
        with _made(folder):
            write_all({folder / name: data for name, data in files.items()})
    except OSError as error:
        raise _unwritable(folder, error) from error


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, and those it lies in; take them away again if nothing comes to lie in it."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for place in missing:
            with suppress(OSError):
                place.rmdir()
        raise


def _unwritable(folder: Path, error: OSError) -> JobError:
    return JobError(f"--out {folder} cannot be written to ({error.strerror}); choose another folder.")
