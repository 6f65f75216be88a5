"""What a person may set: numbers with limits, choices between named variants, the error that names a field.

The configuration, the form in the window, the command line and the documentation all read these declarations,
so a limit or an explanation stands in one place.
"""

from __future__ import annotations

import difflib
import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from types import MappingProxyType
from typing import Any, Protocol

_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2
_SHORT.maxstring = 60


class ConfigError(ValueError):
    """A setting that cannot be used: which field, what is wrong, the value, and the remedy."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Number:
    """A number that a person may set, with its limits, unit and explanation."""

    name: str
    label: str
    help: str
    default: float
    minimum: float
    maximum: float
    integer: bool = False
    unit: str = ""

    def check(self, value: object, field: str) -> float | int:
        """Return `value` as a plain int or float, or raise ConfigError for `field`."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self._allows(value):
            raise ConfigError(field, self.refusal(shown(value)))
        # The sum makes 0 of -0: what is equal is to be written alike.
        return int(value) if self.integer else float(value) + 0.0

    def refusal(self, value: str) -> str:
        """Say that a value, as a person reads it, cannot be used, and which can."""
        wanted = "a whole number" if self.integer else "a number"
        limits = f"between {_plain(self.minimum)} and {_plain(self.maximum)}"
        return f"{self.label} is {value}; it must be {wanted} {limits}."

    def _allows(self, value: float) -> bool:
        # The limits come first: nan is within none, and infinity is no whole number to compare with.
        return self.minimum <= value <= self.maximum and (not self.integer or value == int(value))


@dataclass(frozen=True)
class OneOf:
    """A choice between a few names, for example fan_in, fan_out and fan_avg."""

    name: str
    label: str
    help: str
    default: str
    choices: Mapping[str, str]
    """What is stored -> what a person reads."""

    def check(self, value: object, field: str) -> str:
        """Return `value` if it is one of the names, or raise ConfigError for `field`."""
        if isinstance(value, str) and value in self.choices:
            return value
        raise ConfigError(field, unknown_name(self.label, value, self.choices))


@dataclass(frozen=True)
class Switch:
    """Something that a person turns on or off."""

    name: str
    label: str
    help: str
    default: bool

    def check(self, value: object, field: str) -> bool:
        """Return `value` if it is true or false, or raise ConfigError for `field`."""
        if isinstance(value, bool):
            return value
        raise ConfigError(field, f"{self.label} is {shown(value)}; it must be true or false.")


Parameter = Number | OneOf


class Variant(Protocol):
    """What every entry of a registry carries, whatever else it does."""

    @property
    def label(self) -> str:
        """What a person reads."""

    @property
    def formula(self) -> str:
        """In plain text."""

    @property
    def explanation(self) -> str:
        """One or two sentences for a student."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its own settings, in the order of the form."""

    @property
    def reference(self) -> str:
        """Author, title, year, link."""


@dataclass(frozen=True)
class Choice:
    """A variant by its name, with the values of all its parameters: what is stored instead of a function."""

    name: str
    parameters: Mapping[str, Any] = dataclass_field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.parameters.items()))))


def choose(
    registry: Mapping[str, Variant], field: str, name: object, given: Mapping[str, object] | None = None
) -> Choice:
    """Return the choice of `name` from `registry`, parameters that are not given at their defaults.

    Raises:
        ConfigError: for `field` if the name is unknown, for `field.parameter` if a parameter is unknown
            or out of limits.
    """
    if not isinstance(name, str) or name not in registry:
        raise ConfigError(field, unknown_name(field.replace("_", " "), name, registry))
    known = {parameter.name: parameter for parameter in registry[name].parameters}
    given = given or {}
    for key in given:
        if key not in known:
            message = (
                unknown_name(f"parameter of {name}", key, known)
                if known
                else f"{name} has no parameter {shown(key)}."
            )
            raise ConfigError(f"{field}.{key}", message)
    values = {
        key: parameter.check(given.get(key, parameter.default), f"{field}.{key}")
        for key, parameter in known.items()
    }
    return Choice(name, values)


def unknown_name(what: str, value: object, known: Mapping[str, object]) -> str:
    """Say that `value` is not a known `what`, with the nearest known name and the whole list."""
    near = difflib.get_close_matches(value, known, n=1) if isinstance(value, str) else []
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return f"Unknown {what} {shown(value)}{hint} Known: {', '.join(known)}."


def shown(value: object) -> str:
    """Write a value that somebody gave so that it fits into a message, however long or deep it is."""
    return _SHORT.repr(value)


def brief(value: float, digits: int = 4) -> str:
    """Write the number of a setting with so many significant digits: 0.001, 50000, 1.5e-4, 1e6."""
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    rounded = float(f"{value:.{digits}g}")
    if rounded == 0 or 1e-3 <= abs(rounded) < 1e5:
        return repr(rounded).removesuffix(".0")
    mantissa, exponent = f"{rounded:.{digits - 1}e}".split("e")
    return f"{mantissa.rstrip('0').removesuffix('.')}e{int(exponent)}"


def _plain(number: float) -> str:
    """Write a limit as people do: 4,096 or 1e6."""
    return f"{number:,}" if isinstance(number, int) else brief(number)
