"""Which layers a person wants to see, as typed: "1-6, 50, output"; nothing means all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.fields import ConfigError

MOST_SINGLE = 12
"""More layers than that share one heat map."""

_ITEM = re.compile(r"(\d+|output)(?:\s*[-–]\s*(\d+|output))?", re.IGNORECASE)


@dataclass(frozen=True)
class LayersSetting:
    """A choice of layers."""

    name: str
    label: str
    help: str
    default: str = ""

    def check(self, value: object, field: str) -> str:
        """Return `value` if it is a choice of layers, or raise ConfigError for `field`."""
        if not isinstance(value, str):
            raise ConfigError(field, f"{self.label} is {value!r}; it must be a text such as 1-6, 50, output.")
        for item in _items(value):
            if _ITEM.fullmatch(item) is None:
                raise ConfigError(
                    field, f"{item!r} is not a layer; write numbers, ranges or output: 1-6, 50, output."
                )
        return value


LAYERS = LayersSetting(
    "layers",
    "layers",
    f"Which layers to show, for example 1-6, 50, output. More than {MOST_SINGLE} share one heat map.",
)


def chosen_layers(text: str, n_layers: int) -> list[int]:
    """Return the indexes (0 is the first hidden layer) that a valid choice names, in order.

    What the network does not have is left out; if nothing is left, all layers are meant.
    """
    chosen: set[int] = set()
    for item in _items(text):
        match = _ITEM.fullmatch(item)
        if match is not None:
            first = _number(match[1], n_layers)
            last = _number(match[2], n_layers) if match[2] else first
            chosen.update(range(min(first, last), min(max(first, last), n_layers) + 1))
    return [layer - 1 for layer in sorted(chosen) if 1 <= layer <= n_layers] or list(range(n_layers))


def layers_on_show(text: str, n_layers: int) -> list[int]:
    """Return the chosen layers of a deep network, and all of one whose layers fit side by side.

    There the choice, made for a deeper network, can neither be seen nor changed.
    """
    return chosen_layers(text, n_layers) if n_layers > MOST_SINGLE else list(range(n_layers))


def layer_name(index: int, n_layers: int) -> str:
    """Return what a layer is called: "layer 1", and "output" for the last one."""
    return "output" if index == n_layers - 1 else f"layer {index + 1}"


def short_name(index: int, n_layers: int) -> str:
    """Return what a layer is called on an axis of layers: "1", and "output" for the last one."""
    return "output" if index == n_layers - 1 else str(index + 1)


def _items(text: str) -> list[str]:
    return [item for item in (part.strip() for part in re.split(r"[,;]", text)) if item]


def _number(text: str, n_layers: int) -> int:
    return n_layers if text.lower() == "output" else int(text)
