"""Numbers as people write them, and choices as on a command line: "normal(std=0.02)", and lists of them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress

from engine.fields import Choice, ConfigError, Number, Variant, choose, shown

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([, ]\d{3})+")
_UNCLEAR = re.compile(r"([+-]?[1-9]\d{0,2})\.(\d{3})")
"""Thousands to one half of the world, and a whole number with three decimals to the other."""

_WRITTEN = re.compile(r"(?P<name>\w+)\s*(\((?P<given>[^()]*)\))?")
_BETWEEN = re.compile(r",(?![^()]*\))")
"""A comma that stands in no brackets."""


def read_number(number: Number, text: str, field: str) -> float | int | str:
    """Read a number: "1e-3", ".1", "0,001", and where it is a whole one also "10,000" and "10 000".

    What is no number is returned as it is. The limits of `number` are left to its check.

    Raises:
        ConfigError: for `field`, if the text can be read as two numbers, or would become zero.
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
    if number.integer and (unclear := _UNCLEAR.fullmatch(plain)):
        whole, decimals = unclear.groups()
        remedy = whole + decimals + (f" or {whole}" if decimals == "000" else "")
        raise ConfigError(
            field,
            f"{number.label} is {plain}, whose point may mark thousands or decimals; type {remedy}.",
        )
    if number.integer and _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        return text
    with suppress(ValueError):
        # Exactly: a message about a number of twenty digits is to show these twenty.
        return int(plain)
    value = float(plain.replace(",", "."))
    refuse_vanished(value, plain, field)
    return int(value) if value.is_integer() else value


def refuse_vanished(value: float, text: str, field: str) -> None:
    """Refuse a number that is not zero where it is written, but has become zero by being read.

    Raises:
        ConfigError: for `field`.
    """
    mantissa = text.lower().partition("e")[0]
    if value == 0 and re.search("[1-9]", mantissa):
        written = shown(text)[1:-1]
        raise ConfigError(
            field, f"{written} is so close to 0 that it would become 0; give 0 or a number farther from it."
        )


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
    values = {name.strip(): _read_value(value.strip(), field) for name, _, value in pairs}
    try:
        return choose(registry, what, whole["name"], values)
    except ConfigError as error:
        raise ConfigError(field, error.message) from error


def split_list(text: str) -> list[str]:
    """Return the parts of a list with commas between them; those in brackets belong to a part."""
    return [part.strip() for part in _BETWEEN.split(text)]


def _read_value(text: str, field: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        return text
    refuse_vanished(value, text, field)
    if math.isinf(value):
        return text
    return int(value) if value.is_integer() else value
