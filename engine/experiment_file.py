"""Experiments as files: JSON that a person can read, compare line by line, and write by hand.

    {"format": "initscope-experiment", "version": 2, "dataset": {"name": "moons", "noise": 0.1}, ...,
     "runs": [{"hidden": [32, 32], "activation": {"name": "relu"}, ...}], "changes": [...]}

Keys are the fields of Experiment, RunConfig and Change; a choice is its name with its parameters beside it.
What a file leaves out has its default; what is not known is refused. Version 1 had runs without `layers`,
and no changes of the optimizer or of a layer's weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from engine.atomic_file import write_whole
from engine.changes import LAYER_WEIGHTS, OPTIMIZER
from engine.config import RUN_REGISTRIES, Change, Experiment, LayerOverride, Redraw, RunConfig
from engine.fields import Choice, ConfigError, shown, unknown_name
from engine.run_config import LAYER_REGISTRIES
from engine.written import refuse_vanished

FORMAT = "initscope-experiment"
VERSION = 2

MAX_BYTES = 4_000_000
"""No experiment comes near it, and so no file that is something else fills the memory."""

_T = TypeVar("_T")


class ExperimentFileError(Exception):
    """A file that is no experiment, or cannot be read or written: the cause and the remedy in a sentence."""


def load(path: Path) -> Experiment:
    """Read an experiment from a file.

    Raises:
        ExperimentFileError: if the file cannot be read, or holds no valid experiment.
    """
    data = _read(path)
    try:
        return from_json(_parse(data))
    except ExperimentFileError as error:
        raise ExperimentFileError(f"{path} cannot be used: {error}") from error


def save(experiment: Experiment, path: Path) -> None:
    """Write an experiment to a file, whole or not at all.

    Raises:
        ExperimentFileError: if the file cannot be written.
    """
    try:
        write_whole(path, to_text(experiment).encode())
    except OSError as error:
        raise ExperimentFileError(
            f"{path} cannot be written: {error.strerror}; choose another place or name."
        ) from error


def to_text(experiment: Experiment) -> str:
    """Return the text of an experiment's file; the same experiment always gives the same text."""
    return _pretty(to_json(experiment)) + "\n"


def to_json(experiment: Experiment) -> dict[str, Any]:
    """Return an experiment as what JSON knows: dicts, lists, strings, numbers, true, false and null."""
    lists = {
        "runs": [_plain(run) for run in experiment.runs],
        "changes": [_plain(change) for change in experiment.changes],
    }
    shared = {key: value for key, value in _plain(experiment).items() if key not in lists}
    return {"format": FORMAT, "version": VERSION, **shared, **lists}


def from_json(parsed: object) -> Experiment:
    """Return the experiment that `to_json` has written, or a person.

    Raises:
        ExperimentFileError: if it is none, without the name of the file.
    """
    try:
        entries: dict[str, Any] = dict(_mapping(parsed, "an experiment"))
        _check_version(entries.pop("format", None), entries.pop("version", None))
        _check_keys(entries, Experiment, "an experiment")
        if "dataset" in entries:
            entries["dataset"] = _choice("dataset", entries["dataset"])
        if "runs" in entries:
            entries["runs"] = _each("runs", entries["runs"], _run)
        if "changes" in entries:
            entries["changes"] = _each("changes", entries["changes"], _change)
        return Experiment(**entries)
    except ConfigError as error:
        raise ExperimentFileError(error.message) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ExperimentFileError(f"There is no file {path}; check its name and folder.") from error
    except IsADirectoryError as error:
        raise ExperimentFileError(f"{path} is a folder; name a file in it.") from error
    except OSError as error:
        raise ExperimentFileError(f"{path} cannot be read: {error.strerror}; choose another file.") from error
    except ValueError as error:
        raise ExperimentFileError(f"{str(path)!r} is no name of a file: {error}.") from error


def _parse(data: bytes) -> object:
    if len(data) > MAX_BYTES:
        raise ExperimentFileError(f"it is larger than {MAX_BYTES:,} bytes; choose another file.")
    try:
        # Some editors begin a file with a byte order mark.
        text = data.decode("utf-8-sig")
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_read_float
        )
    except UnicodeDecodeError as error:
        raise ExperimentFileError(
            f"it is no text in UTF-8 (byte {error.start + 1:,}); save it in that encoding."
        ) from error
    except json.JSONDecodeError as error:
        raise ExperimentFileError(
            f"it is no valid JSON (line {error.lineno}, column {error.colno}: {error.msg}); correct it there."
        ) from error
    except RecursionError as error:
        raise ExperimentFileError("it is nested too deeply; choose another file.") from error
    except ValueError as error:
        # Python reads no whole number of over 4300 digits.
        raise ExperimentFileError("it holds a number of too many digits; correct it.") from error


def _check_version(name: object, version: object) -> None:
    if name != FORMAT:
        raise ExperimentFileError(f'it has no "format": "{FORMAT}"; choose another file.')
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ExperimentFileError(
            f'its "version" is {shown(version)}; it must be a whole number from 1 to {VERSION}.'
        )
    if version > VERSION:
        raise ExperimentFileError(
            f"its version {shown(version)} is newer than version {VERSION}, which this program knows; "
            "update InitScope."
        )


def _mapping(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ExperimentFileError(f"{what} is {shown(value)}; it must be an object in braces.")
    return value


def _check_keys(entries: Mapping[str, object], kind: type, what: str) -> None:
    known = {field.name: field for field in fields(kind)}
    for key in entries:
        if key not in known:
            raise ExperimentFileError(unknown_name(f"key in {what}", key, known))


def _each(key: str, value: object, read: Callable[[object], _T]) -> tuple[_T, ...]:
    """Read every entry of a list; an error names the entry."""
    if not isinstance(value, list):
        raise ExperimentFileError(f"{key} is {shown(value)}; it must be a list in brackets.")
    result = []
    for index, entry in enumerate(value):
        try:
            result.append(read(entry))
        except (ConfigError, ExperimentFileError) as error:
            raise ExperimentFileError(f"{key}[{index}]: {error}") from error
    return tuple(result)


def _run(value: object) -> RunConfig:
    entries: dict[str, Any] = dict(_mapping(value, "a run"))
    _check_keys(entries, RunConfig, "a run")
    for field in RUN_REGISTRIES:
        if field in entries:
            entries[field] = _choice(field, entries[field])
    if "layers" in entries:
        entries["layers"] = _each("layers", entries["layers"], _override)
    return RunConfig(**entries)


def _override(value: object) -> LayerOverride:
    entries = _complete(value, LayerOverride, "an override", ("layer",))
    for field in LAYER_REGISTRIES:
        if entries.get(field) is not None:
            entries[field] = _choice(field, entries[field])
    return LayerOverride(**entries)


def _change(value: object) -> Change:
    entries = _complete(value, Change, "a change", [field.name for field in fields(Change)])
    if entries["field"] == OPTIMIZER:
        entries["value"] = _choice("value", entries["value"])
    elif entries["field"] == LAYER_WEIGHTS:
        redraw = _complete(entries["value"], Redraw, "value", [field.name for field in fields(Redraw)])
        entries["value"] = Redraw(**redraw | {"initializer": _choice("initializer", redraw["initializer"])})
    return Change(**entries)


def _complete(value: object, kind: type, what: str, needed: Iterable[str]) -> dict[str, Any]:
    """Return the entries of an object, or refuse it if it has unknown ones or lacks needed ones."""
    entries: dict[str, Any] = dict(_mapping(value, what))
    _check_keys(entries, kind, what)
    for name in needed:
        if name not in entries:
            raise ExperimentFileError(f"{what} has no {name!r}; add it.")
    return entries


def _choice(field: str, value: object) -> Choice:
    entries = dict(_mapping(value, field))
    if "name" not in entries:
        raise ExperimentFileError(f"{field} has no 'name'; add it.")
    name: Any = entries.pop("name")
    return Choice(name, entries)


def _plain(value: object) -> Any:
    """Return what JSON knows: objects with the fields of ours, choices written flat, lists for tuples."""
    if isinstance(value, Choice):
        return {"name": value.name, **value.parameters}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for key, value in pairs:
        if key in entries:
            raise ExperimentFileError(f"the key {shown(key)} stands twice in one object; remove one of them.")
        entries[key] = value
    return entries


def _refuse_constant(name: str) -> NoReturn:
    raise ExperimentFileError(f"{name} is no number that a setting can have; write a finite one.")


def _read_float(text: str) -> float:
    value = float(text)
    try:
        refuse_vanished(value, text, "")
    except ConfigError as error:
        raise ExperimentFileError(error.message) from error
    return value


def _pretty(value: object, indent: str = "") -> str:
    """Write JSON with a line per entry, but lists and objects that hold no others on one line."""
    inner = indent + "  "
    if isinstance(value, dict) and any(isinstance(entry, dict | list) for entry in value.values()):
        lines = [f"{inner}{json.dumps(key)}: {_pretty(entry, inner)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value):
        lines = [inner + _pretty(entry, inner) for entry in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return json.dumps(value)
