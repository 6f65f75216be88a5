"""What the plots of gradients show: which magnitude, of which layers."""

from __future__ import annotations

from engine.config import Experiment
from engine.fields import OneOf

QUANTITY = OneOf(
    "quantity",
    "quantity",
    "Root mean square over a layer: of the gradient with respect to its weights (mean over the samples), or "
    "with respect to its pre-activations z or activations a (for each sample).",
    "gradient_rms",
    {"gradient_rms": "∂L/∂W", "delta_rms": "∂L/∂z", "activation_gradient_rms": "∂L/∂a"},
)

NAMES = {
    "gradient_rms": "rms of ∂L/∂W",
    "delta_rms": "rms of ∂L/∂z per sample",
    "activation_gradient_rms": "rms of ∂L/∂a per sample",
}


def heading(quantity: str, n_layers: int) -> str:
    """Return what stands above a plot of a quantity of so many layers."""
    return (
        NAMES[quantity] if n_layers else f"{NAMES[quantity]}: only hidden layers have it, and there is none"
    )


def n_layers_with(quantity: str, experiment: Experiment, run: int) -> int:
    """Return how many layers have a quantity: the loss takes the output's z, so dL/da ends before it."""
    n_layers = len(experiment.sizes(run)) - 1
    return n_layers - 1 if quantity == "activation_gradient_rms" else n_layers
