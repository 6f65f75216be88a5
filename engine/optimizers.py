"""Optimizers: how parameters follow their gradients.

Updates work in place on the flat buffers of a stack, (runs, parameters), and allocate nothing of that size.
There p are the parameters and g is their gradient, whose memory they may use; states start as zeros. The
learning rate is in the precision of the parameters, () or (runs, 1): then each run has its own. Rules and
defaults are PyTorch's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.fields import Number, Parameter
from engine.scalars import scalar

Array = np.ndarray
Arrays = Sequence[np.ndarray]


@dataclass(frozen=True)
class Optimizer:
    """An optimizer: what a person reads about it, and the function that does a step."""

    label: str
    formula: str
    explanation: str
    reference: str
    update: Callable[..., None]
    """update(parameters, gradient, states, scratch, learning_rate, t, **own): do step number t, from 1 on.

    `states` are `n_states` buffers like the parameters, `scratch` one more; what is left in it and in the
    gradient is of no use.
    """
    n_states: int
    default_learning_rate: float
    parameters: tuple[Parameter, ...] = ()


def sgd(p: Array, g: Array, _states: Arrays, _scratch: Array, rate: Array, _t: int) -> None:
    """Go against the gradient."""
    _descend(p, g, g, rate)


def momentum(
    p: Array, g: Array, states: Arrays, _scratch: Array, rate: Array, _t: int, momentum: float
) -> None:
    """Go against the sum of the gradients so far, older ones fading: b = momentum b + g."""
    (b,) = states
    np.multiply(b, scalar(momentum, b.dtype), out=b)
    np.add(b, g, out=b)
    _descend(p, b, g, rate)


def nesterov(
    p: Array, g: Array, states: Arrays, scratch: Array, rate: Array, _t: int, momentum: float
) -> None:
    """Go against g + momentum b, the sum as it will be if the next gradient is the same."""
    (b,) = states
    ahead, factor = scratch, scalar(momentum, b.dtype)
    np.multiply(b, factor, out=b)
    np.add(b, g, out=b)
    np.multiply(b, factor, out=ahead)
    np.add(ahead, g, out=ahead)
    _descend(p, ahead, ahead, rate)


def adagrad(p: Array, g: Array, states: Arrays, scratch: Array, rate: Array, _t: int, eps: float) -> None:
    """Divide the gradient by the root of the sum of its squares so far."""
    (squares,) = states
    np.multiply(g, g, out=scratch)
    np.add(squares, scratch, out=squares)
    _descend_normalized(p, g, squares, scratch, rate, eps)


def rmsprop(
    p: Array, g: Array, states: Arrays, scratch: Array, rate: Array, _t: int, alpha: float, eps: float
) -> None:
    """Divide the gradient by the root of the running mean of its squares.

    The state holds mean / (1 - alpha), which saves an operation: squares = alpha squares + g^2.
    """
    (squares,) = states
    _fade_and_add_square(squares, alpha, g, scratch)
    root = math.sqrt(1 - alpha)
    _descend_normalized(p, g, squares, scratch, rate * (1 / root), eps / root)


def adam(
    p: Array,
    g: Array,
    states: Arrays,
    _scratch: Array,
    rate: Array,
    t: int,
    beta1: float,
    beta2: float,
    eps: float,
) -> None:
    """Divide the running mean of g by the root of that of its squares, corrected for starting at 0.

    The states hold mean / (1 - beta), which saves two operations: m = beta1 m + g, v = beta2 v + g^2.
    """
    m, v = states
    np.multiply(m, scalar(beta1, m.dtype), out=m)
    np.add(m, g, out=m)
    _fade_and_add_square(v, beta2, g, g)
    mean = (1 - beta1) / (1 - beta1**t)
    root = math.sqrt((1 - beta2) / (1 - beta2**t))
    _descend_normalized(p, m, v, g, rate * (mean / root), eps / root)


def adamw(
    p: Array,
    g: Array,
    states: Arrays,
    scratch: Array,
    rate: Array,
    t: int,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> None:
    """Shrink the parameters by the factor 1 - rate weight_decay, then do as Adam."""
    np.multiply(p, 1 - rate * weight_decay, out=p)
    adam(p, g, states, scratch, rate, t, beta1, beta2, eps)


def _descend(p: Array, direction: Array, room: Array, rate: Array) -> None:
    np.multiply(direction, rate, out=room)
    np.subtract(p, room, out=p)


def _descend_normalized(
    p: Array, direction: Array, squares: Array, room: Array, rate: Array, eps: float
) -> None:
    np.sqrt(squares, out=room)
    np.add(room, eps, out=room)
    np.divide(direction, room, out=room)
    _descend(p, room, room, rate)


def _fade_and_add_square(squares: Array, factor: float, g: Array, room: Array) -> None:
    np.multiply(squares, scalar(factor, squares.dtype), out=squares)
    np.multiply(g, g, out=room)
    np.add(squares, room, out=squares)


def _factor(name: str, label: str, text: str, default: float) -> Number:
    # Less than 1, or the past would never fade, and the correction for the start would divide by zero.
    return Number(name, label, text, default, 0.0, 0.999999)


def _eps(default: float) -> Number:
    text = "Added outside the root, so that nothing is divided by zero; gradients far below it move little."
    return Number("eps", "epsilon", text, default, 1e-16, 1.0)


_MOMENTUM = _factor(
    "momentum", "Momentum", "What is left of the last step's direction: 0.9 adds up about ten steps.", 0.9
)
_ADAM: tuple[Parameter, ...] = (
    _factor("beta1", "Beta 1", "What is left of the running mean of the gradient after a step.", 0.9),
    _factor("beta2", "Beta 2", "What is left of the running mean of its square after a step.", 0.999),
    _eps(1e-8),
)

OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(
        label="SGD",
        formula="p ← p - lr · g",
        explanation=(
            "Goes straight downhill, as far as the gradient is long; layers with small gradients hardly "
            "learn."
        ),
        reference=(
            "Herbert Robbins, Sutton Monro: A Stochastic Approximation Method, 1951, "
            "https://doi.org/10.1214/aoms/1177729586"
        ),
        update=sgd,
        n_states=0,
        default_learning_rate=0.1,
    ),
    "momentum": Optimizer(
        label="SGD with momentum",
        formula="b ← momentum · b + g, p ← p - lr · b",
        explanation=(
            "Rolls on like a ball: steady directions add up, to ten times the step at momentum 0.9, and "
            "zigzags cancel out."
        ),
        reference=(
            "Boris Polyak: Some methods of speeding up the convergence of iteration methods, 1964, "
            "https://doi.org/10.1016/0041-5553(64)90137-5"
        ),
        update=momentum,
        n_states=1,
        default_learning_rate=0.01,
        parameters=(_MOMENTUM,),
    ),
    "nesterov": Optimizer(
        label="Nesterov momentum",
        formula="b ← momentum · b + g, p ← p - lr · (g + momentum · b)",
        explanation="Momentum that looks one step ahead, and so brakes earlier before it overshoots.",
        reference=(
            "Ilya Sutskever, James Martens, George Dahl, Geoffrey Hinton: On the importance of "
            "initialization and momentum in deep learning, 2013, "
            "https://proceedings.mlr.press/v28/sutskever13.html"
        ),
        update=nesterov,
        n_states=1,
        default_learning_rate=0.01,
        parameters=(_MOMENTUM,),
    ),
    "adagrad": Optimizer(
        label="AdaGrad",
        formula="s ← s + g², p ← p - lr · g / (√s + eps)",
        explanation=(
            "Gives every parameter a step of its own, smaller the more gradient it has seen, so layers with "
            "small gradients learn too. Keras starts s at 0.1 and has eps inside the root."
        ),
        reference=(
            "John Duchi, Elad Hazan, Yoram Singer: Adaptive Subgradient Methods for Online Learning and "
            "Stochastic Optimization, 2011, https://jmlr.org/papers/v12/duchi11a.html"
        ),
        update=adagrad,
        n_states=1,
        default_learning_rate=0.01,
        parameters=(_eps(1e-10),),
    ),
    "rmsprop": Optimizer(
        label="RMSprop",
        formula="v ← alpha · v + (1 - alpha) g², p ← p - lr · g / (√v + eps)",
        explanation=(
            "AdaGrad that forgets: steps are about lr long whatever the size of the gradient. Keras has 0.9 "
            "for alpha and eps inside the root."
        ),
        reference=(
            "Tijmen Tieleman, Geoffrey Hinton: Lecture 6.5, RMSprop, 2012, "
            "https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf"
        ),
        update=rmsprop,
        n_states=1,
        default_learning_rate=0.001,
        parameters=(
            _factor("alpha", "Alpha", "What is left of the running mean of g² after a step.", 0.99),
            _eps(1e-8),
        ),
    ),
    "adam": Optimizer(
        label="Adam",
        formula=(
            "m ← beta1 · m + (1 - beta1) g, v ← beta2 · v + (1 - beta2) g², p ← p - lr · m̂ / (√v̂ + eps), "
            "m̂ = m / (1 - beta1^t), v̂ = v / (1 - beta2^t)"
        ),
        explanation=(
            "RMSprop with momentum: every parameter moves by about lr per step, which hides vanishing "
            "gradients until they are as small as eps."
        ),
        reference=(
            "Diederik Kingma, Jimmy Ba: Adam: A Method for Stochastic Optimization, 2014, "
            "https://arxiv.org/abs/1412.6980"
        ),
        update=adam,
        n_states=2,
        default_learning_rate=0.001,
        parameters=_ADAM,
    ),
    "adamw": Optimizer(
        label="AdamW",
        formula="p ← (1 - lr · weight_decay) p, then as Adam",
        explanation=(
            "Adam that shrinks all parameters, as in PyTorch biases too, by the same share per step; L2 "
            "within Adam would shrink those with small gradients most."
        ),
        reference=(
            "Ilya Loshchilov, Frank Hutter: Decoupled Weight Decay Regularization, 2017, "
            "https://arxiv.org/abs/1711.05101"
        ),
        update=adamw,
        n_states=2,
        default_learning_rate=0.001,
        parameters=(
            *_ADAM,
            Number(
                "weight_decay",
                "weight decay",
                "The share lost per step is this times the learning rate.",
                0.01,
                0.0,
                100.0,
            ),
        ),
    ),
}
