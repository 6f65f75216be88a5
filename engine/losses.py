"""Losses, the output functions they imply, and their gradients at the last pre-activations z.

Shapes: z and `out` (runs, batch, outputs), targets (batch, outputs). A loss is the mean over the batch of one
number per sample; `delta` is the gradient of that number, not divided by the batch size. Sums run over the
outputs of one sample only, so a run in a stack gets the bits that it gets alone.

Every loss takes the labels of two or more classes, which is what all data sets have: each fits all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.activation_functions import identity, sigmoid, sigmoid_slope
from engine.fields import Parameter
from engine.scalars import scalar


@dataclass(frozen=True)
class Loss:
    """A loss: what a person reads about it, and the functions that compute it."""

    label: str
    formula: str
    explanation: str
    reference: str
    output: Callable[[np.ndarray, np.ndarray], None]
    """output(z, out): what the network answers."""
    output_slope: Callable[[np.ndarray, np.ndarray], None]
    """output_slope(a, out): the slope of each output in its own z, given a = output(z)."""
    delta: Callable[[np.ndarray, np.ndarray, np.ndarray], None]
    """delta(z, targets, out): the gradient of each sample's loss with respect to z."""
    per_sample: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    """per_sample(z, targets, classes): (runs, batch), in float64; `classes` are those of the targets."""
    threshold: float | None
    """One output tells two classes: above this z means class 1. None if each class needs its own output."""
    parameters: tuple[Parameter, ...] = ()

    def n_outputs(self, n_classes: int) -> int:
        """Return the number of outputs that the network must have."""
        return 1 if self.threshold is not None and n_classes == 2 else n_classes

    def targets(self, labels: np.ndarray, n_classes: int, dtype: str) -> np.ndarray:
        """Return the wished outputs (samples, outputs): one-hot, or one column of 0 and 1."""
        if self.n_outputs(n_classes) == 1:
            return np.array(labels[:, None], dtype)
        return np.array(labels[:, None] == np.arange(n_classes), dtype)

    def classes(self, outputs: np.ndarray) -> np.ndarray:
        """Return which class each sample belongs to by its z, or by its targets: (..., batch)."""
        if outputs.shape[-1] == 1:
            one: np.ndarray = outputs[..., 0] > self.threshold
            return one
        return _first_largest(outputs)


def _first_largest(outputs: np.ndarray) -> np.ndarray:
    """Return the number of the largest output, the first of equal ones, (..., batch); 0 if there is a nan.

    np.argmax says the same, and takes three times as long for few outputs of many samples.
    """
    at = outputs < np.maximum.reduce(outputs, axis=-1, keepdims=True)
    np.logical_not(at, out=at)
    n = outputs.shape[-1]
    # Outputs count down, so that of the largest ones the first has the largest number.
    countdown = np.arange(n, 0, -1, dtype=np.min_scalar_type(n))
    first: np.ndarray = n - np.maximum.reduce(at.view(np.uint8) * countdown, axis=-1).astype(np.intp)
    return first


def softmax(z: np.ndarray, out: np.ndarray) -> None:
    """Write e^z / sum e^z; the largest z is subtracted first, so that nothing overflows."""
    np.subtract(z, np.maximum.reduce(z, axis=-1, keepdims=True), out=out)
    np.exp(out, out=out)
    np.divide(out, np.add.reduce(out, axis=-1, keepdims=True), out=out)


def softmax_cross_entropy_delta(z: np.ndarray, targets: np.ndarray, out: np.ndarray) -> None:
    """Write softmax(z) - y."""
    softmax(z, out)
    np.subtract(out, targets, out=out)


def softmax_cross_entropy(z: np.ndarray, _targets: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return log sum e^z - z_y; the largest z is subtracted first, so that nothing overflows."""
    # Output by output: NumPy takes five times as long to sum few numbers for each of many samples.
    by_output = np.ascontiguousarray(z.swapaxes(-1, -2))
    largest = by_output.max(axis=-2)
    powers = by_output - largest[..., np.newaxis, :]
    np.exp(powers, out=powers)
    # In float64, where 1 + e^-20 is more than 1.
    total = np.add.reduce(powers, axis=-2, dtype=np.float64)
    places = classes * len(classes) + np.arange(len(classes))
    right = by_output.reshape(*z.shape[:-2], -1).take(places, -1).astype(np.float64)
    loss: np.ndarray = np.log(total) - (right - largest)
    return loss


def logistic_slope(a: np.ndarray, out: np.ndarray) -> None:
    """Write a (1 - a), the slope of a sigmoid, and of a softmax in its own z."""
    sigmoid_slope(a, a, out)


def sigmoid_cross_entropy_delta(z: np.ndarray, targets: np.ndarray, out: np.ndarray) -> None:
    """Write sigmoid(z) - y."""
    sigmoid(z, out)
    np.subtract(out, targets, out=out)


def sigmoid_cross_entropy(z: np.ndarray, targets: np.ndarray, _classes: np.ndarray) -> np.ndarray:
    """Return the sum over outputs of log(1 + e^z) - y z, as log(1 + e^-z) where y = 1: never inf - inf."""
    exact = z.astype(np.float64)
    loss: np.ndarray = np.logaddexp(0, np.where(targets > 0.5, -exact, exact)).sum(axis=-1)
    return loss


def one(_a: np.ndarray, out: np.ndarray) -> None:
    """Write 1."""
    out.fill(1)


def mean_squared_error_delta(z: np.ndarray, targets: np.ndarray, out: np.ndarray) -> None:
    """Write 2 (z - y) / K, K the number of outputs."""
    np.subtract(z, targets, out=out)
    np.multiply(out, scalar(2 / z.shape[-1], z.dtype), out=out)


def mean_squared_error(z: np.ndarray, targets: np.ndarray, _classes: np.ndarray) -> np.ndarray:
    """Return the mean over outputs of (z - y)^2."""
    loss: np.ndarray = np.square(z.astype(np.float64) - targets).mean(axis=-1)
    return loss


def quadratic_delta(z: np.ndarray, targets: np.ndarray, out: np.ndarray) -> None:
    """Write (a - y) a (1 - a) with a = sigmoid(z)."""
    sigmoid(z, out)
    slope = np.subtract(scalar(1, z.dtype), out)
    np.multiply(slope, out, out=slope)
    np.subtract(out, targets, out=out)
    np.multiply(out, slope, out=out)


def quadratic(z: np.ndarray, targets: np.ndarray, _classes: np.ndarray) -> np.ndarray:
    """Return half the sum over outputs of (sigmoid(z) - y)^2."""
    a = z.astype(np.float64)
    sigmoid(a, a)
    loss: np.ndarray = np.square(a - targets).sum(axis=-1) / 2
    return loss


_NIELSEN = "Michael Nielsen: Neural Networks and Deep Learning, {}, 2015, http://neuralnetworksanddeeplearning.com/{}"
_GOODFELLOW = (
    "Ian Goodfellow, Yoshua Bengio, Aaron Courville: Deep Learning, section {}, 2016, "
    "https://www.deeplearningbook.org/contents/mlp.html"
)

LOSSES: dict[str, Loss] = {
    "softmax_cross_entropy": Loss(
        label="Softmax cross-entropy",
        formula="L = log Σ e^z - z_y, outputs p = softmax(z)",
        explanation=(
            "The surprise at the right class; the outputs are probabilities that sum to 1. A network that "
            "knows nothing has ln K for K classes, and its gradient at z is simply p - y."
        ),
        reference=_GOODFELLOW.format("6.2.2.3"),
        output=softmax,
        output_slope=logistic_slope,
        delta=softmax_cross_entropy_delta,
        per_sample=softmax_cross_entropy,
        threshold=None,
    ),
    "sigmoid_cross_entropy": Loss(
        label="Sigmoid cross-entropy",
        formula="L = Σ -y ln a - (1 - y) ln(1 - a), outputs a = sigmoid(z)",
        explanation=(
            "Each output answers yes or no by itself, one output being enough for two classes. The slope of "
            "the sigmoid cancels, so a wrong answer learns fast even where it is saturated."
        ),
        reference=_NIELSEN.format("chapter 3", "chap3.html"),
        output=sigmoid,
        output_slope=logistic_slope,
        delta=sigmoid_cross_entropy_delta,
        per_sample=sigmoid_cross_entropy,
        threshold=0.0,
    ),
    "mean_squared_error": Loss(
        label="Mean squared error",
        formula="L = mean of (z - y)² over the outputs, which are linear",
        explanation=(
            "The squared distance from 0 or 1, as in PyTorch a mean over samples and outputs. An answer "
            "beyond the target is punished like one short of it."
        ),
        reference=_GOODFELLOW.format("6.2.2.1"),
        output=identity,
        output_slope=one,
        delta=mean_squared_error_delta,
        per_sample=mean_squared_error,
        threshold=0.5,
    ),
    "quadratic": Loss(
        label="Quadratic, sigmoid outputs (Nielsen)",
        formula="L = ½ Σ (a - y)², outputs a = sigmoid(z)",
        explanation=(
            "The gradient carries the slope of the sigmoid, so an output that is saturated and wrong hardly "
            "learns: the slow start in Nielsen's book."
        ),
        reference=_NIELSEN.format("chapter 1", "chap1.html"),
        output=sigmoid,
        output_slope=logistic_slope,
        delta=quadratic_delta,
        per_sample=quadratic,
        threshold=0.0,
    ),
}
