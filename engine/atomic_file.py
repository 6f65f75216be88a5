"""Files that are written whole or not at all, one by itself or several together."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a failure or a crash leaves what was there before.

    A symbolic link is followed, so that it stays one.

    Raises:
        OSError: if the folder or the file cannot be written, or the disk is full.
    """
    write_all({path: data})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write several files as `write_whole` does; none takes its place before all are on the disk.

    Raises:
        OSError: if one cannot be written; then all is as it was before.
    """
    parts: list[tuple[Path, Path]] = []
    try:
        for path, data in files.items():
            target = Path(os.path.realpath(path))
            parts.append((_part(target, data), target))
        for part, target in parts:
            part.replace(target)
    except BaseException:
        for part, _ in parts:
            _remove(part)
        raise


def _part(target: Path, data: bytes) -> Path:
    """Return a file beside `target` that holds the data, and can take its place."""
    handle, name = tempfile.mkstemp(prefix=".initscope-", suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        if target.exists() and not target.is_file():
            # A pipe or a device, /dev/null among them: it must not become a file.
            raise OSError(errno.EINVAL, "Not a file", str(target))
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        part.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
    except BaseException:
        _remove(part)
        raise
    return part


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
