"""The activations to choose from, and how the chosen one is bound to its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine import activation_functions as functions
from engine.fields import Choice, Number, Parameter


@dataclass(frozen=True)
class Activation:
    """An activation: what a person reads about it, and the two functions that compute it."""

    label: str
    formula: str
    derivative_formula: str
    explanation: str
    reference: str
    forward: Callable[..., None]
    """forward(z, out, **parameters): phi(z) into `out`."""
    derivative: Callable[..., None]
    """derivative(z, a, out, **parameters): phi'(z) into `out`, given a = phi(z); may overwrite `z`."""
    steepest: tuple[float, ...]
    """Where |phi'| is largest: at one of these points, whatever the parameters."""
    kinks: tuple[float, ...] = ()
    """Where phi' can jump."""
    needs_z: bool = True
    """Whether `derivative` reads z, and not a alone."""
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class BoundActivation:
    """An activation whose parameters have their values: what the training step calls."""

    forward: Callable[[np.ndarray, np.ndarray], None]
    derivative: Callable[[np.ndarray, np.ndarray, np.ndarray], None]
    needs_z: bool


def resolve(choice: Choice) -> BoundActivation:
    """Return the functions of the chosen activation, parameters bound."""
    activation = ACTIVATIONS[choice.name]
    forward, derivative = activation.forward, activation.derivative
    if choice.parameters:
        forward, derivative = (partial(f, **choice.parameters) for f in (forward, derivative))
    return BoundActivation(forward, derivative, activation.needs_z)


def largest_slope(choice: Choice) -> float:
    """Return max |phi'| of the chosen activation, the measure against which a unit counts as saturated."""
    bound = resolve(choice)
    z = np.array(ACTIVATIONS[choice.name].steepest)
    a, slope = np.empty_like(z), np.empty_like(z)
    bound.forward(z, a)
    bound.derivative(z, a, slope)
    return float(np.max(np.abs(slope)))


_GLOROT_2010 = (
    "Xavier Glorot, Yoshua Bengio: Understanding the difficulty of training deep feedforward neural "
    "networks, 2010, https://proceedings.mlr.press/v9/glorot10a.html"
)
_GLOROT_2011 = (
    "Xavier Glorot, Antoine Bordes, Yoshua Bengio: Deep Sparse Rectifier Neural Networks, 2011, "
    "https://proceedings.mlr.press/v15/glorot11a.html"
)

ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation(
        label="Identity (linear)",
        formula="φ(z) = z",
        derivative_formula="φ'(z) = 1",
        explanation=(
            "Passes signals on unchanged, so the whole network is one linear map, however many layers it has."
        ),
        reference=(
            "Andrew Saxe, James McClelland, Surya Ganguli: Exact solutions to the nonlinear dynamics of "
            "learning in deep linear neural networks, 2013, https://arxiv.org/abs/1312.6120"
        ),
        forward=functions.identity,
        derivative=functions.identity_slope,
        steepest=(0.0,),
        needs_z=False,
    ),
    "sigmoid": Activation(
        label="Sigmoid (logistic)",
        formula="φ(z) = 1 / (1 + e^-z)",
        derivative_formula="φ'(z) = φ(z) (1 - φ(z))",
        explanation=(
            "Squeezes signals into (0, 1); its slope is at most 1/4, so gradients shrink at every layer they "
            "pass."
        ),
        reference=(
            "David Rumelhart, Geoffrey Hinton, Ronald Williams: Learning representations by back-propagating "
            "errors, 1986, https://doi.org/10.1038/323533a0"
        ),
        forward=functions.sigmoid,
        derivative=functions.sigmoid_slope,
        steepest=(0.0,),
        needs_z=False,
    ),
    "tanh": Activation(
        label="Tanh",
        formula="φ(z) = tanh z",
        derivative_formula="φ'(z) = 1 - φ(z)²",
        explanation=(
            "Squeezes signals into (-1, 1) around zero; large ones land on the flat ends, where almost no "
            "gradient passes."
        ),
        reference=(
            "Yann LeCun, Léon Bottou, Genevieve Orr, Klaus-Robert Müller: Efficient BackProp, 1998, "
            "https://doi.org/10.1007/3-540-49430-8_2"
        ),
        forward=functions.tanh,
        derivative=functions.tanh_slope,
        steepest=(0.0,),
        needs_z=False,
    ),
    "hard_tanh": Activation(
        label="Hard tanh",
        formula="φ(z) = max(-1, min(1, z))",
        derivative_formula="φ'(z) = 1 if |z| < 1, else 0",
        explanation=(
            "Tanh made of straight lines: exactly linear in the middle, and no gradient at all passes a unit "
            "that is clipped."
        ),
        reference=(
            "Ronan Collobert, Jason Weston, Léon Bottou and others: Natural Language Processing (Almost) "
            "from Scratch, 2011, https://www.jmlr.org/papers/v12/collobert11a.html"
        ),
        forward=functions.hard_tanh,
        derivative=functions.hard_tanh_slope,
        steepest=(0.0,),
        kinks=(-1.0, 1.0),
        needs_z=False,
    ),
    "relu": Activation(
        label="ReLU",
        formula="φ(z) = max(0, z)",
        derivative_formula="φ'(z) = 1 if z > 0, else 0",
        explanation=(
            "Passes positive signals unchanged and stops the others, so about half of the signal's power is "
            "lost per layer; a unit that is negative for every sample is dead."
        ),
        reference=(
            "Vinod Nair, Geoffrey Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines, "
            "2010, https://www.cs.toronto.edu/~fritz/absps/reluICML.pdf"
        ),
        forward=functions.relu,
        derivative=functions.relu_slope,
        steepest=(1.0,),
        kinks=(0.0,),
        needs_z=False,
    ),
    "leaky_relu": Activation(
        label="Leaky ReLU",
        formula="φ(z) = z if z > 0, else slope · z",
        derivative_formula="φ'(z) = 1 if z > 0, else slope",
        explanation="ReLU that lets a little of the negative signals through, so no unit can die.",
        reference=(
            "Andrew Maas, Awni Hannun, Andrew Ng: Rectifier Nonlinearities Improve Neural Network Acoustic "
            "Models, 2013, https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf"
        ),
        forward=functions.leaky_relu,
        derivative=functions.leaky_relu_slope,
        steepest=(1.0,),
        kinks=(0.0,),
        parameters=(
            Number(
                name="slope",
                label="negative slope",
                help="The slope for z < 0: 0.01 in PyTorch and JAX, 0.3 in Keras. 0 makes it ReLU.",
                default=0.01,
                minimum=0.0,
                maximum=1.0,
            ),
        ),
    ),
    "elu": Activation(
        label="ELU",
        formula="φ(z) = z if z > 0, else alpha (e^z - 1)",
        derivative_formula="φ'(z) = 1 if z > 0, else alpha e^z",
        explanation=(
            "Like ReLU for positive signals, but levels off smoothly at -alpha below, which pulls the mean "
            "of the activations towards zero."
        ),
        reference=(
            "Djork-Arné Clevert, Thomas Unterthiner, Sepp Hochreiter: Fast and Accurate Deep Network "
            "Learning by Exponential Linear Units, 2015, https://arxiv.org/abs/1511.07289"
        ),
        forward=partial(functions.scaled_elu, scale=1.0),
        derivative=partial(functions.scaled_elu_slope, scale=1.0),
        steepest=(0.0, 1.0),
        kinks=(0.0,),
        parameters=(
            Number(
                name="alpha",
                label="alpha",
                help="The activation levels off at -alpha for very negative z; at 1 it has no kink at zero.",
                default=1.0,
                minimum=0.0,
                maximum=10.0,
            ),
        ),
    ),
    "selu": Activation(
        label="SELU",
        formula="φ(z) = 1.0507 z if z > 0, else 1.7581 (e^z - 1)",
        derivative_formula="φ'(z) = 1.0507 if z > 0, else 1.7581 e^z",
        explanation=(
            "An ELU scaled so that, with LeCun normal weights, signals settle at mean 0 and variance 1 by "
            "themselves."
        ),
        reference=(
            "Günter Klambauer, Thomas Unterthiner, Andreas Mayr, Sepp Hochreiter: Self-Normalizing Neural "
            "Networks, 2017, https://arxiv.org/abs/1706.02515"
        ),
        forward=partial(functions.scaled_elu, alpha=functions.SELU_ALPHA, scale=functions.SELU_SCALE),
        derivative=partial(
            functions.scaled_elu_slope, alpha=functions.SELU_ALPHA, scale=functions.SELU_SCALE
        ),
        steepest=(0.0,),
        kinks=(0.0,),
    ),
    "gelu": Activation(
        label="GELU (exact)",
        formula="φ(z) = z Φ(z), Φ the normal distribution function",
        derivative_formula="φ'(z) = Φ(z) + z e^(-z²/2) / √(2π)",
        explanation=(
            "A smooth ReLU that weighs a signal by the chance that a normal number is smaller; JAX uses a "
            "tanh approximation of it by default, PyTorch and Keras this exact form."
        ),
        reference=(
            "Dan Hendrycks, Kevin Gimpel: Gaussian Error Linear Units (GELUs), 2016, "
            "https://arxiv.org/abs/1606.08415"
        ),
        forward=functions.gelu,
        derivative=functions.gelu_slope,
        steepest=(math.sqrt(2),),
    ),
    "silu": Activation(
        label="SiLU (Swish)",
        formula="φ(z) = z s(z), s the sigmoid",
        derivative_formula="φ'(z) = s(z) (1 + z (1 - s(z)))",
        explanation=(
            "A smooth ReLU that dips below zero for small negative signals, so those still pass some "
            "gradient."
        ),
        reference=(
            "Stefan Elfwing, Eiji Uchibe, Kenji Doya: Sigmoid-Weighted Linear Units for Neural Network "
            "Function Approximation in Reinforcement Learning, 2017, https://arxiv.org/abs/1702.03118"
        ),
        forward=functions.silu,
        derivative=functions.silu_slope,
        steepest=(2.39935728,),
    ),
    "softplus": Activation(
        label="Softplus",
        formula="φ(z) = log(1 + e^z)",
        derivative_formula="φ'(z) = s(z), s the sigmoid",
        explanation=(
            "A rounded ReLU that is positive everywhere, so every layer adds to the mean of the signals."
        ),
        reference=_GLOROT_2011,
        forward=functions.softplus,
        derivative=functions.softplus_slope,
        steepest=(100.0,),
    ),
    "softsign": Activation(
        label="Softsign",
        formula="φ(z) = z / (1 + |z|)",
        derivative_formula="φ'(z) = 1 / (1 + |z|)²",
        explanation=(
            "Squeezes signals into (-1, 1) like tanh, but reaches its ends so slowly that units saturate "
            "much less."
        ),
        reference=_GLOROT_2010,
        forward=functions.softsign,
        derivative=functions.softsign_slope,
        steepest=(0.0,),
    ),
    "mish": Activation(
        label="Mish",
        formula="φ(z) = z t, t = tanh(log(1 + e^z))",
        derivative_formula="φ'(z) = t + z (1 - t²) s(z), s the sigmoid",
        explanation="A smooth ReLU much like SiLU, with a slightly steeper rise.",
        reference=(
            "Diganta Misra: Mish: A Self Regularized Non-Monotonic Activation Function, 2019, "
            "https://arxiv.org/abs/1908.08681"
        ),
        forward=functions.mish,
        derivative=functions.mish_slope,
        steepest=(1.49057,),
    ),
    "sin": Activation(
        label="Sine",
        formula="φ(z) = sin z",
        derivative_formula="φ'(z) = cos z",
        explanation="A wave: small signals pass unchanged, large ones wrap around instead of saturating.",
        reference=(
            "Vincent Sitzmann, Julien Martel, Alexander Bergman, David Lindell, Gordon Wetzstein: Implicit "
            "Neural Representations with Periodic Activation Functions, 2020, "
            "https://arxiv.org/abs/2006.09661"
        ),
        forward=functions.sin,
        derivative=functions.sin_slope,
        steepest=(0.0,),
    ),
}
