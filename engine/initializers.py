"""The weight and bias initializers to choose from; each is a name for a law of `engine.laws`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine import laws
from engine.distributions import Distribution
from engine.fields import Number, OneOf, Parameter
from engine.laws import Law, Rng, Scale


@dataclass(frozen=True)
class Initializer:
    """A weight initializer: what a person reads about it, and `law(fan_in, fan_out, **parameters)`."""

    label: str
    formula: str
    explanation: str
    reference: str
    law: Callable[..., Law]
    parameters: tuple[Parameter, ...] = ()

    def draw(self, rng: Rng, fan_in: int, fan_out: int, **parameters: float | str) -> np.ndarray:
        """Return weights (fan_in, fan_out) in float64."""
        return self.law(fan_in, fan_out, **parameters).draw(rng, (fan_in, fan_out))

    def moments(self, fan_in: int, fan_out: int, **parameters: float | str) -> Distribution:
        """Return how one weight is distributed."""
        return self.law(fan_in, fan_out, **parameters).entry((fan_in, fan_out))

    def code(self, layer: int, fan_in: int, fan_out: int, **parameters: float | str) -> str:
        """Return the NumPy code for this layer; executed with np and rng it gives what `draw` gives."""
        return self.law(fan_in, fan_out, **parameters).code(f"W{layer}", (fan_in, fan_out))


@dataclass(frozen=True)
class BiasInitializer(Initializer):
    """The same for the biases of a layer, (fan_out,)."""

    def draw(self, rng: Rng, fan_in: int, fan_out: int, **parameters: float | str) -> np.ndarray:
        """Return biases (fan_out,) in float64."""
        return self.law(fan_in, fan_out, **parameters).draw(rng, (fan_out,))

    def moments(self, fan_in: int, fan_out: int, **parameters: float | str) -> Distribution:
        """Return how one bias is distributed."""
        return self.law(fan_in, fan_out, **parameters).entry((fan_out,))

    def code(self, layer: int, fan_in: int, fan_out: int, **parameters: float | str) -> str:
        """Return the NumPy code for this layer; executed with np and rng it gives what `draw` gives."""
        return self.law(fan_in, fan_out, **parameters).code(f"b{layer}", (fan_out,))


def variance_scaling(
    law: Callable[[Scale], Law], factor: int, fan_in: int, fan_out: int, mode: str, gain: float
) -> Law:
    """Return the law whose variance is gain**2 / fan: the one formula behind LeCun, Xavier and He.

    Args:
        law: `laws.normal`, or `laws.uniform`.
        factor: (scale of the law)**2 / variance, 1 for the normal law and 3 for the uniform one.
        fan_in: the layer's number of inputs.
        fan_out: the layer's number of units.
        mode: which of them is `fan`, or fan_avg: their mean.
        gain: what the layer multiplies the signal by; sqrt(2) makes up for ReLU.
    """
    # sqrt(2)**2 is 2.0000000000000004: the student shall read, and get, the 2 of the paper.
    squared = 2.0 if gain == math.sqrt(2) else gain**2
    if mode == "fan_avg":
        factor, fan, fan_text = 2 * factor, fan_in + fan_out, f"({fan_in} + {fan_out})"
    else:
        fan = {"fan_in": fan_in, "fan_out": fan_out}[mode]
        fan_text = str(fan)
    times = "" if factor == 1 else f"{factor} * "
    numerator = f"{factor * squared:.0f}" if squared == int(squared) else f"{times}{gain!r}**2"
    return law(Scale(math.sqrt(factor * squared / fan), f"np.sqrt({numerator} / {fan_text})"))


def pytorch_default(fan_in: int, _fan_out: int) -> Law:
    """Return U(-1 / sqrt(fan_in), 1 / sqrt(fan_in)), for weights and biases alike."""
    return laws.uniform(Scale(math.sqrt(1 / fan_in), f"np.sqrt(1 / {fan_in})"))


def _std(text: str, default: float) -> Number:
    return Number("std", "standard deviation", text, default, 0.0, 100.0)


def _value(text: str, default: float) -> Number:
    return Number("value", "value", text, default, -100.0, 100.0)


def _gain(text: str, default: float) -> Number:
    return Number("gain", "gain", text, default, 0.0, 100.0)


_GAIN = _gain(
    "Multiplies the weights. 1 suits linear layers; PyTorch recommends 5/3 for tanh, √2 for ReLU.", 1.0
)
_HE_GAIN = _gain(
    "√2 makes up for the half that ReLU stops; √(2 / (1 + slope²)) suits a leaky ReLU.", math.sqrt(2)
)
_MODE = OneOf(
    name="mode",
    label="fan",
    help="What divides the variance, and so whether signals or gradients keep their size.",
    default="fan_in",
    choices={
        "fan_in": "fan_in: signals keep their size",
        "fan_out": "fan_out: gradients keep their size",
        "fan_avg": "fan_avg: the mean of both",
    },
)

_GOODFELLOW = (
    "Ian Goodfellow, Yoshua Bengio, Aaron Courville: Deep Learning, section 8.4, 2016, "
    "https://www.deeplearningbook.org/contents/optimization.html"
)
_LECUN = (
    "Yann LeCun, Léon Bottou, Genevieve Orr, Klaus-Robert Müller: Efficient BackProp, 1998, "
    "https://doi.org/10.1007/3-540-49430-8_2"
)
_GLOROT = (
    "Xavier Glorot, Yoshua Bengio: Understanding the difficulty of training deep feedforward neural "
    "networks, 2010, https://proceedings.mlr.press/v9/glorot10a.html"
)
_HE = (
    "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun: Delving Deep into Rectifiers, 2015, "
    "https://arxiv.org/abs/1502.01852"
)
_NIELSEN = (
    "Michael Nielsen: Neural Networks and Deep Learning, chapter 3, 2015, "
    "http://neuralnetworksanddeeplearning.com/chap3.html"
)
_KERAS = "François Chollet and others: Keras, 2015, https://keras.io/api/layers/initializers/"
_PYTORCH = (
    "PyTorch contributors: torch.nn.Linear, 2016, "
    "https://pytorch.org/docs/stable/generated/torch.nn.Linear.html"
)

INITIALIZERS: dict[str, Initializer] = {
    "zeros": Initializer(
        label="Zeros",
        formula="W = 0",
        explanation=(
            "All units of a layer compute the same and learn the same, if they learn at all: with tanh or "
            "ReLU no signal and no gradient passes."
        ),
        reference=_GOODFELLOW,
        law=lambda _fan_in, _fan_out: laws.constant(0.0),
    ),
    "constant": Initializer(
        label="Constant",
        formula="W = value",
        explanation=(
            "All units of a layer are copies of each other and stay so: however wide it is, the layer acts "
            "as a single unit."
        ),
        reference=_GOODFELLOW,
        law=lambda _fan_in, _fan_out, value: laws.constant(value),
        parameters=(_value("What every weight is set to.", 0.5),),
    ),
    "rand": Initializer(
        label="rand: uniform [0, 1)",
        formula="W ~ U[0, 1), mean 1/2",
        explanation=(
            "All weights are positive, so all units of a layer say nearly the same and signals grow by about "
            "fan_in / 2 per layer; sigmoid and tanh saturate at once."
        ),
        reference=(
            "Charles Harris, Jarrod Millman, Stéfan van der Walt and others: Array programming with NumPy, "
            "2020, https://doi.org/10.1038/s41586-020-2649-2"
        ),
        law=lambda _fan_in, _fan_out: laws.unit_uniform(),
    ),
    "uniform": Initializer(
        label="Uniform ±limit",
        formula="W ~ U(-limit, limit), variance limit² / 3",
        explanation=(
            "The same spread whatever the layer's width, so signals shrink in narrow layers and grow in wide "
            "ones. Keras has a limit of 0.05 by default."
        ),
        reference=_KERAS,
        law=lambda _fan_in, _fan_out, limit: laws.uniform(Scale.plain(limit)),
        parameters=(Number("limit", "limit", "No weight is larger than this in size.", 0.05, 0.0, 100.0),),
    ),
    "randn": Initializer(
        label="randn: standard normal",
        formula="W ~ N(0, 1)",
        explanation="Signals grow by about √fan_in per layer: sigmoid and tanh saturate, ReLU explodes.",
        reference=_NIELSEN,
        law=lambda _fan_in, _fan_out: laws.normal(Scale.plain(1.0)),
    ),
    "normal": Initializer(
        label="Normal with chosen std",
        formula="W ~ N(0, std²)",
        explanation=(
            "The same spread whatever the layer's width; with the 0.01 of the textbooks signals fade away "
            "within a few layers."
        ),
        reference=(
            "Andrej Karpathy and others: CS231n, Neural Networks Part 2, 2015, "
            "https://cs231n.github.io/neural-networks-2/"
        ),
        law=lambda _fan_in, _fan_out, std: laws.normal(Scale.plain(std)),
        parameters=(
            _std("The standard deviation of the weights; the small number of the textbooks is 0.01.", 0.01),
        ),
    ),
    "truncated_normal": Initializer(
        label="Truncated normal",
        formula="W ~ N(0, std²) cut off at ±2 std, variance 0.774 std²",
        explanation=(
            "A normal law without its rare large weights; cutting leaves 0.88 of the std. So do Keras and "
            "JAX, while PyTorch's trunc_normal_ cuts at the numbers ±2, which at std 0.02 is not at all."
        ),
        reference=_KERAS,
        law=lambda _fan_in, _fan_out, std: laws.truncated_normal(Scale.plain(std)),
        parameters=(_std("The standard deviation before the cut.", 0.02),),
    ),
    "lecun_normal": Initializer(
        label="LeCun normal",
        formula="W ~ N(0, 1 / fan_in)",
        explanation=(
            "A linear layer keeps the size of its signals; SELU is made for it. Keras and JAX cut this "
            "normal off at 2 std, and some books call it Xavier."
        ),
        reference=_LECUN,
        law=partial(variance_scaling, laws.normal, 1, mode="fan_in", gain=1.0),
    ),
    "lecun_uniform": Initializer(
        label="LeCun uniform",
        formula="W ~ U(-l, l), l = √(3 / fan_in), variance 1 / fan_in",
        explanation=(
            "LeCun with a uniform law of the same variance: a linear layer keeps the size of its signals."
        ),
        reference=_LECUN,
        law=partial(variance_scaling, laws.uniform, 3, mode="fan_in", gain=1.0),
    ),
    "xavier_normal": Initializer(
        label="Xavier / Glorot normal",
        formula="W ~ N(0, gain² · 2 / (fan_in + fan_out))",
        explanation=(
            "A compromise between signals that keep their size on the way forward and gradients that keep "
            "theirs on the way back. Of the four formulas called Xavier this is the plain normal one, "
            "PyTorch's; Keras and JAX cut it off at 2 std, some books have N(0, 1 / fan_in), and the paper "
            "itself the uniform one."
        ),
        reference=_GLOROT,
        law=partial(variance_scaling, laws.normal, 1, mode="fan_avg"),
        parameters=(_GAIN,),
    ),
    "xavier_uniform": Initializer(
        label="Xavier / Glorot uniform",
        formula="W ~ U(-l, l), l = gain · √(6 / (fan_in + fan_out))",
        explanation=(
            "A compromise between signals that keep their size on the way forward and gradients that keep "
            "theirs on the way back. Of the four formulas called Xavier this is the paper's own, the same in "
            "PyTorch, Keras (its default) and JAX; others are the plain normal, the normal cut off at 2 std, "
            "and N(0, 1 / fan_in)."
        ),
        reference=_GLOROT,
        law=partial(variance_scaling, laws.uniform, 3, mode="fan_avg"),
        parameters=(_GAIN,),
    ),
    "he_normal": Initializer(
        label="He normal (Kaiming)",
        formula="W ~ N(0, gain² / fan), by default N(0, 2 / fan_in)",
        explanation=(
            "ReLU stops half of the signal's power and the factor 2 makes up for it, so signals keep their "
            "size through any number of layers. Keras and JAX cut this normal off at 2 std."
        ),
        reference=_HE,
        law=partial(variance_scaling, laws.normal, 1),
        parameters=(_MODE, _HE_GAIN),
    ),
    "he_uniform": Initializer(
        label="He uniform (Kaiming)",
        formula="W ~ U(-l, l), l = gain · √(3 / fan), by default √(6 / fan_in)",
        explanation=(
            "He with a uniform law of the same variance: signals keep their size through ReLU layers."
        ),
        reference=_HE,
        law=partial(variance_scaling, laws.uniform, 3),
        parameters=(_MODE, _HE_GAIN),
    ),
    "pytorch_default": Initializer(
        label="PyTorch's default (nn.Linear)",
        formula="W ~ U(-l, l), l = 1 / √fan_in, variance 1 / (3 fan_in)",
        explanation=(
            "What nn.Linear does unasked: signals shrink to 0.58 per tanh layer and 0.41 per ReLU layer. It "
            "is not He, although written as kaiming_uniform_(a=√5)."
        ),
        reference=_PYTORCH,
        law=pytorch_default,
    ),
    "orthogonal": Initializer(
        label="Orthogonal",
        formula="W = gain · Q, columns (or rows) of Q orthonormal",
        explanation=(
            "Turns signals without stretching them, so a deep linear network passes signals and gradients on "
            "exactly."
        ),
        reference=(
            "Andrew Saxe, James McClelland, Surya Ganguli: Exact solutions to the nonlinear dynamics of "
            "learning in deep linear neural networks, 2013, https://arxiv.org/abs/1312.6120"
        ),
        law=lambda _fan_in, _fan_out, gain: laws.orthogonal(Scale.plain(gain)),
        parameters=(_GAIN,),
    ),
    "sparse": Initializer(
        label="Sparse",
        formula="per unit k = connections weights ~ N(0, std²), the others 0; variance std² k / fan_in",
        explanation=(
            "Each unit listens to a few inputs only, so units differ strongly; signals grow by about std "
            "· √k per layer, however wide it is. PyTorch's sparse_ instead silences a share of each input's "
            "outgoing weights."
        ),
        reference=(
            "James Martens: Deep learning via Hessian-free optimization, 2010, "
            "https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf"
        ),
        law=lambda _fan_in, _fan_out, connections, std: laws.sparse(connections, Scale.plain(std)),
        parameters=(
            Number(
                "connections",
                "connections",
                "How many incoming weights of each unit are not zero; all, where fan_in is smaller.",
                15,
                1,
                4096,
                integer=True,
            ),
            _std("The standard deviation of the weights that are not zero.", 1.0),
        ),
    ),
    "identity": Initializer(
        label="Identity",
        formula="W = gain · I",
        explanation=(
            "Each unit starts as a copy of one input; units beyond the number of inputs start at zero, and "
            "inputs beyond the number of units are ignored."
        ),
        reference=(
            "Quoc Le, Navdeep Jaitly, Geoffrey Hinton: A Simple Way to Initialize Recurrent Networks of "
            "Rectified Linear Units, 2015, https://arxiv.org/abs/1504.00941"
        ),
        law=lambda _fan_in, _fan_out, gain: laws.identity(Scale.plain(gain)),
        parameters=(_GAIN,),
    ),
}

BIAS_INITIALIZERS: dict[str, BiasInitializer] = {
    "zeros": BiasInitializer(
        label="Zeros",
        formula="b = 0",
        explanation="The usual choice: random weights are enough to make units differ.",
        reference=_GOODFELLOW,
        law=lambda _fan_in, _fan_out: laws.constant(0.0),
    ),
    "constant": BiasInitializer(
        label="Constant",
        formula="b = value",
        explanation="Shifts all units alike; a small positive value starts most ReLU units switched on.",
        reference=_GOODFELLOW,
        law=lambda _fan_in, _fan_out, value: laws.constant(value),
        parameters=(_value("What every bias is set to; TensorFlow Playground has 0.1.", 0.1),),
    ),
    "normal": BiasInitializer(
        label="Normal with chosen std",
        formula="b ~ N(0, std²)",
        explanation=(
            "Makes units differ even where the weights do not, and adds std² to the variance of every "
            "pre-activation."
        ),
        reference=_NIELSEN,
        law=lambda _fan_in, _fan_out, std: laws.normal(Scale.plain(std)),
        parameters=(_std("The standard deviation of the biases; Nielsen's book has 1.", 1.0),),
    ),
    "pytorch_default": BiasInitializer(
        label="PyTorch's default (nn.Linear)",
        formula="b ~ U(-l, l), l = 1 / √fan_in",
        explanation=(
            "What nn.Linear does unasked: the law of its weights, which keeps deep signals from fading to "
            "zero."
        ),
        reference=_PYTORCH,
        law=pytorch_default,
    ),
}
