"""One run as data: a network, how it is initialized, and how it is trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from engine.activations import ACTIVATIONS
from engine.fields import Choice, ConfigError, Number, choose, shown
from engine.initializers import BIAS_INITIALIZERS, INITIALIZERS
from engine.layers import check_layers
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS

MAX_SEED = 2**32 - 1

RUN_SETTINGS: dict[str, Number] = {
    "learning_rate": Number(
        "learning_rate",
        "learning rate",
        "How far each step goes along the negative gradient. May be changed while training goes on.",
        0.1,
        0.0,
        1e6,
    ),
    "l2": Number(
        "l2",
        "L2",
        "Adds lambda/2 times the sum of the squared weights to what is minimized; not of the biases, and "
        "not to the loss on show.",
        0.0,
        0.0,
        1e6,
    ),
    "seed": Number("seed", "weight seed", "Draws the initial weights and biases.", 0, 0, MAX_SEED, True),
}

N_SEEDS = Number(
    "n_seeds",
    "weight seeds",
    "Trains the run with so many weight seeds at once, the weight seed and those after it: is it the "
    "initializer or luck?",
    1,
    1,
    64,
    True,
)

MAX_NAME = 60
"""Characters in the name of a run."""

LAYER = Number(
    "layer", "layer", "1 is the first hidden layer; the output layer is the last.", 1, 1, 101, True
)

RUN_REGISTRIES: dict[str, Any] = {
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "bias_initializer": BIAS_INITIALIZERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
}
"""Fields of a RunConfig that hold a Choice -> where it chooses from."""

LAYER_REGISTRIES: dict[str, Any] = {"activation": ACTIVATIONS, "initializer": INITIALIZERS}
"""Those that a single layer can override."""


def settle(config: object, field: str, value: object) -> None:
    """Store a checked value in a frozen dataclass while it is being made."""
    object.__setattr__(config, field, value)


@dataclass(frozen=True)
class LayerOverride:
    """What one layer does differently from the rest of its run; None is as the run says.

    Raises:
        ConfigError: for a value that cannot be used.
    """

    layer: int
    """1 is the first hidden layer."""
    activation: Choice | None = None
    initializer: Choice | None = None

    def __post_init__(self) -> None:
        settle(self, "layer", LAYER.check(self.layer, "layers"))
        for field, registry in LAYER_REGISTRIES.items():
            choice = getattr(self, field)
            if choice is not None:
                settle(self, field, choose(registry, field, choice.name, choice.parameters))


@dataclass(frozen=True)
class RunConfig:
    """One network, how it is initialized, and how it is trained.

    Raises:
        ConfigError: for a value that cannot be used.
    """

    hidden: tuple[int, ...] = (32, 32)
    activation: Choice = Choice("relu")
    initializer: Choice = Choice("he_normal")
    bias_initializer: Choice = Choice("zeros")
    loss: Choice = Choice("softmax_cross_entropy")
    optimizer: Choice = Choice("sgd")
    learning_rate: float = 0.1
    l2: float = 0.0
    seed: int = 0
    layers: tuple[LayerOverride, ...] = ()
    """In the order of the layers; what overrides nothing is left out."""
    n_seeds: int = 1
    """It is trained with the seeds from `seed` on, so many."""
    name: str = ""
    """What a person calls it; empty for a name that says what it is."""

    def __post_init__(self) -> None:
        settle(self, "hidden", check_layers(self.hidden))
        for field, registry in RUN_REGISTRIES.items():
            choice = getattr(self, field)
            settle(self, field, choose(registry, field, choice.name, choice.parameters))
        for field, setting in RUN_SETTINGS.items():
            settle(self, field, setting.check(getattr(self, field), field))
        settle(self, "layers", self._checked_overrides(self.layers))
        settle(self, "n_seeds", N_SEEDS.check(self.n_seeds, "n_seeds"))
        if self.seed + self.n_seeds - 1 > MAX_SEED:
            raise ConfigError(
                "n_seeds",
                f"{self.n_seeds} weight seeds from {self.seed:,} on go beyond {MAX_SEED:,}; begin lower.",
            )
        settle(self, "name", _checked_name(self.name))

    @property
    def seeds(self) -> range:
        """The weight seeds that it is trained with."""
        return range(self.seed, self.seed + self.n_seeds)

    @property
    def activations(self) -> tuple[Choice, ...]:
        """The activation of each hidden layer."""
        own = {override.layer: override.activation for override in self.layers}
        return tuple(own.get(layer) or self.activation for layer in range(1, len(self.hidden) + 1))

    @property
    def initializers(self) -> tuple[Choice, ...]:
        """The weight initializer of each layer, the output layer's last."""
        own = {override.layer: override.initializer for override in self.layers}
        return tuple(own.get(layer) or self.initializer for layer in range(1, len(self.hidden) + 2))

    def with_layer(self, override: LayerOverride) -> RunConfig:
        """Return the run with another override of a layer."""
        others = [other for other in self.layers if other.layer != override.layer]
        return replace(self, layers=(*others, override))

    def with_hidden(self, hidden: tuple[int, ...]) -> RunConfig:
        """Return the run with other hidden layers.

        What the output layer overrides stays with it; what a layer overrides that is no longer there goes.
        """
        before, after = len(self.hidden) + 1, len(hidden) + 1
        kept = [override for override in self.layers if override.layer < min(before, after)]
        output = [replace(override, layer=after) for override in self.layers if override.layer == before]
        return replace(self, hidden=hidden, layers=(*kept, *output))

    def _checked_overrides(self, overrides: Iterable[LayerOverride]) -> tuple[LayerOverride, ...]:
        n_layers = len(self.hidden) + 1
        checked: dict[int, LayerOverride] = {}
        for override in overrides:
            if override.layer > n_layers:
                raise ConfigError(
                    "layers",
                    f"An override names layer {override.layer}; the layers are numbered from 1 to "
                    f"{n_layers}.",
                )
            if override.layer in checked:
                raise ConfigError("layers", f"Two overrides name layer {override.layer}; leave one of them.")
            if override.layer == n_layers and override.activation is not None:
                raise ConfigError(
                    "layers",
                    f"Layer {n_layers} is the output layer, whose function follows from the loss; override "
                    "the activation of hidden layers only.",
                )
            checked[override.layer] = override
        filled = (checked[layer] for layer in sorted(checked) if checked[layer] != LayerOverride(layer))
        return tuple(filled)


def _checked_name(name: object) -> str:
    if isinstance(name, str) and len(name) <= MAX_NAME and name.isprintable():
        return name
    raise ConfigError(
        "name",
        f"The name of a run is {shown(name)}; it must be one line of up to {MAX_NAME} printable characters.",
    )
