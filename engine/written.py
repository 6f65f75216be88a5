"""Choices as people write them on a command line: "he_normal", "normal(std=0.02)", and lists of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.fields import Choice, ConfigError, Variant, choose, shown

_WRITTEN = re.compile(r"(?P<name>\w+)\s*(\((?P<given>[^()]*)\))?")
_BETWEEN = re.compile(r",(?![^()]*\))")
"""A comma that stands in no brackets."""


def read_choice(registry: Mapping[str, Variant], what: str, text: str, field: str) -> Choice:
    """Read a choice: a name, or name(parameter=value, parameter=value).

    Args:
        registry: what there is to choose from.
        what: what its variants are called, as "law".
        text: what is written.
        field: the one to name in errors.

    Raises:
        ConfigError: for `field`, whatever is wrong with the text.
    """
    whole = _WRITTEN.fullmatch(text.strip())
    inside = (whole["given"] or "").strip() if whole is not None else ""
    pairs = [pair.partition("=") for pair in inside.split(",")] if inside else []
    if whole is None or not all(name.strip() and sign for name, sign, _ in pairs):
        raise ConfigError(
            field, f"{shown(text)} is no {what}; write its name, or name(parameter=value, parameter=value)."
        )
    values = {name.strip(): _read_value(value.strip()) for name, _, value in pairs}
    try:
        return choose(registry, what, whole["name"], values)
    except ConfigError as error:
        raise ConfigError(field, error.message) from error


def split_list(text: str) -> list[str]:
    """Return the parts of a list with commas between them; those in brackets belong to a part."""
    return [part.strip() for part in _BETWEEN.split(text)]


def _read_value(text: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value
