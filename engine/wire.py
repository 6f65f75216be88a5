"""What session and training say to each other, written down for the way from one process to the other.

Only what is listed here comes out at the other end: numbers, texts, arrays, and the classes of the messages.
"""

from __future__ import annotations

import marshal
import traceback
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import IO, Any

import numpy as np

from engine.changes import Change, Redraw
from engine.config import Experiment
from engine.datasets import DataError
from engine.fields import Choice, ConfigError
from engine.frame import LAYER_DTYPE, Divergence, Frame, RunFrame
from engine.grant import Grant, Report
from engine.histogram import Histograms
from engine.run_config import LayerOverride, RunConfig

_CLASSES = {
    kind.__name__: (kind, tuple(field.name for field in fields(kind)))
    for kind in (
        Grant,
        Report,
        Experiment,
        RunConfig,
        LayerOverride,
        Choice,
        Change,
        Redraw,
        Frame,
        RunFrame,
        Histograms,
        Divergence,
    )
}
_PLAIN = (bool, int, float, str, type(None))
_LENGTH_BYTES = 8


class TrainingFailed(Exception):  # noqa: N818 - it says what has happened
    """Told for a failure in the other process of a kind that is not known here."""


def write(message: object, stream: IO[bytes]) -> None:
    """Send a message.

    Raises:
        OSError: if nobody can receive it any more.
    """
    data = marshal.dumps(_parts(message))
    stream.write(len(data).to_bytes(_LENGTH_BYTES, "little") + data)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """Wait for the next message and return it.

    Raises:
        EOFError: if there will be none.
    """
    length = stream.read(_LENGTH_BYTES)
    data = stream.read(int.from_bytes(length, "little"))
    if not data:
        raise EOFError
    return _whole(marshal.loads(data))


def _parts(value: Any) -> Any:
    """Return a value in plain parts; what is no plain value itself is a tuple that begins with its kind."""
    if type(value) in _PLAIN:
        return value
    name = type(value).__name__
    if name in _CLASSES:
        return (name, *(_parts(getattr(value, field)) for field in _CLASSES[name][1]))
    if isinstance(value, np.ndarray):
        # Only the layers of a frame have names; to compare types takes a quarter of the time of a frame.
        dtype = "" if value.dtype.names else value.dtype.str
        return ("array", dtype, value.shape, value.tobytes())
    if isinstance(value, tuple):
        return ("tuple", *map(_parts, value))
    if isinstance(value, Mapping):
        return ("mapping", *((key, _parts(held)) for key, held in value.items()))
    if isinstance(value, BaseException):
        where = "".join(traceback.format_exception(value))
        return ("failure", name, str(value), getattr(value, "field", ""), where)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{name} is nothing that goes from one process to the other")


def _whole(parts: Any) -> Any:
    """Return what `_parts` was given."""
    if type(parts) is not tuple:
        return parts
    kind, *rest = parts
    if kind in _CLASSES:
        # Everything was checked where it was made.
        made, names = object.__new__(_CLASSES[kind][0]), _CLASSES[kind][1]
        for name, part in zip(names, rest, strict=True):
            object.__setattr__(made, name, _whole(part))
        return made
    if kind == "array":
        dtype, shape, data = rest
        # Read-only, as arrays of frames are.
        return np.ndarray(shape, dtype or LAYER_DTYPE, data)
    if kind == "tuple":
        return tuple(map(_whole, rest))
    if kind == "mapping":
        return MappingProxyType({key: _whole(held) for key, held in rest})
    return _failure(*rest)


def _failure(kind: str, text: str, field: str, where: str) -> BaseException:
    """Return a failure of the same kind, with a note of where it happened, which else would be lost."""
    failure: BaseException
    if kind == ConfigError.__name__:
        failure = ConfigError(field, text)
    elif kind in (DataError.__name__, MemoryError.__name__):
        failure = DataError(text) if kind == DataError.__name__ else MemoryError(text)
    else:
        failure = TrainingFailed(f"{kind}: {text}")
    failure.add_note(where)
    return failure
