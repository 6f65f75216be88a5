"""The activation functions phi and their derivatives, computed into arrays that the caller owns.

A function `f(z, out)` writes phi(z) into `out`, which is never `z`. Its `f_slope(z, a, out)` writes phi'(z),
given a = phi(z); it may overwrite `z`, because the backward pass is its last reader. Both run inside the
training step, in float32 and float64, so each is a handful of NumPy calls, with `out` as their room where one
is enough.

Floating-point overflow on the way to a right result, as in 1 / (1 + inf) = 0, is normal here: the caller sets
`np.errstate`.
"""

from __future__ import annotations

import math

import numpy as np

from engine.scalars import scalar

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
"""Klambauer et al. 2017: with these two, mean 0 and variance 1 are a fixed point of the layers."""

_LOWEST = -1000.0
"""Below this a sigmoid is 0 in every precision; clipped there, z times a sigmoid is 0 even at -inf."""


def identity(z: np.ndarray, out: np.ndarray) -> None:
    """Write z."""
    np.copyto(out, z)


def identity_slope(_z: np.ndarray, _a: np.ndarray, out: np.ndarray) -> None:
    """Write 1."""
    out.fill(1)


def sigmoid(z: np.ndarray, out: np.ndarray) -> None:
    """Write 1 / (1 + e^-z); where e^-z overflows to inf, its reciprocal is the right 0."""
    np.negative(z, out=out)
    np.exp(out, out=out)
    np.add(out, scalar(1, z.dtype), out=out)
    np.reciprocal(out, out=out)


def sigmoid_slope(_z: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    """Write a (1 - a)."""
    np.subtract(scalar(1, a.dtype), a, out=out)
    np.multiply(out, a, out=out)


def tanh(z: np.ndarray, out: np.ndarray) -> None:
    """Write tanh z."""
    np.tanh(z, out=out)


def tanh_slope(_z: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    """Write 1 - a^2: as in all libraries 0 where a rounds to 1: |z| > 9 in float32, 19 in float64."""
    np.multiply(a, a, out=out)
    np.subtract(scalar(1, out.dtype), out, out=out)


def hard_tanh(z: np.ndarray, out: np.ndarray) -> None:
    """Write z clipped to [-1, 1]."""
    np.clip(z, -1, 1, out=out)


def hard_tanh_slope(_z: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    """Write 1 - floor |a|: |a| is 1 where z was clipped, else less. Unlike a comparison this keeps NaN."""
    np.abs(a, out=out)
    np.floor(out, out=out)
    np.subtract(scalar(1, out.dtype), out, out=out)


def relu(z: np.ndarray, out: np.ndarray) -> None:
    """Write max(0, z)."""
    # Of two arrays NumPy finds the larger numbers three times as fast as of an array and a number.
    out.fill(0)
    np.maximum(z, out, out=out)


def relu_slope(_z: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    """Write the sign of a: 1 where z > 0 and 0 elsewhere, at z = 0 too, as PyTorch and TensorFlow have it."""
    np.sign(a, out=out)


def leaky_relu(z: np.ndarray, out: np.ndarray, slope: float) -> None:
    """Write max(z, slope z), which is z for z > 0 and slope z below as long as slope <= 1."""
    np.multiply(z, scalar(slope, z.dtype), out=out)
    np.maximum(z, out, out=out)


def leaky_relu_slope(z: np.ndarray, _a: np.ndarray, out: np.ndarray, slope: float) -> None:
    """Write 1 where z > 0, else the slope, as the maximum of slope and sign z."""
    np.sign(z, out=out)
    np.maximum(out, scalar(slope, z.dtype), out=out)


def scaled_elu(z: np.ndarray, out: np.ndarray, alpha: float, scale: float) -> None:
    """Write scale * (max(z, 0) + alpha (e^min(z, 0) - 1)), the general form of ELU and SELU."""
    zero = scalar(0, z.dtype)
    np.minimum(z, zero, out=out)
    np.expm1(out, out=out)
    np.multiply(out, scalar(alpha, z.dtype), out=out)
    np.add(out, np.maximum(z, zero), out=out)
    np.multiply(out, scalar(scale, z.dtype), out=out)


def scaled_elu_slope(z: np.ndarray, a: np.ndarray, out: np.ndarray, alpha: float, scale: float) -> None:
    """Write min(a, 0) + scale * alpha, plus scale * (1 - alpha) where z > 0."""
    np.greater(z, scalar(0, z.dtype), out=out)
    np.multiply(out, scalar(scale * (1 - alpha), z.dtype), out=out)
    np.minimum(a, scalar(0, a.dtype), out=z)
    np.add(z, scalar(scale * alpha, z.dtype), out=z)
    np.add(out, z, out=out)


def gelu(z: np.ndarray, out: np.ndarray) -> None:
    """Write z Phi(z) with the exact normal distribution function Phi, not its tanh approximation."""
    # Here, because SciPy takes long to import and only this activation needs it.
    from scipy.special import ndtr

    np.maximum(z, scalar(_LOWEST, z.dtype), out=out)
    np.multiply(out, ndtr(out), out=out)


def gelu_slope(z: np.ndarray, _a: np.ndarray, out: np.ndarray) -> None:
    """Write Phi(z) + z e^(-z^2 / 2) / sqrt(2 pi)."""
    from scipy.special import ndtr

    np.clip(z, _LOWEST, -_LOWEST, out=z)
    ndtr(z, out=out)
    t = np.multiply(z, z)
    np.multiply(t, scalar(-0.5, z.dtype), out=t)
    np.exp(t, out=t)
    np.multiply(t, scalar(1 / math.sqrt(2 * math.pi), z.dtype), out=t)
    np.multiply(t, z, out=t)
    np.add(out, t, out=out)


def silu(z: np.ndarray, out: np.ndarray) -> None:
    """Write z / (1 + e^-z)."""
    numerator = np.maximum(z, scalar(_LOWEST, z.dtype))
    np.negative(numerator, out=out)
    np.exp(out, out=out)
    np.add(out, scalar(1, z.dtype), out=out)
    np.divide(numerator, out, out=out)


def silu_slope(z: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    """Write s + a (1 - s) with s = sigmoid(z); where a > 100, 1 - s is 0, and must not meet inf."""
    sigmoid(z, out)
    np.subtract(scalar(1, out.dtype), out, out=z)
    np.multiply(z, np.minimum(a, scalar(100, a.dtype)), out=z)
    np.add(out, z, out=out)


def softplus(z: np.ndarray, out: np.ndarray) -> None:
    """Write log(1 + e^z), which to any precision is z beyond 80, where e^z is still finite in float32."""
    np.minimum(z, scalar(80, z.dtype), out=out)
    np.exp(out, out=out)
    np.log1p(out, out=out)
    np.maximum(out, z, out=out)


def softplus_slope(z: np.ndarray, _a: np.ndarray, out: np.ndarray) -> None:
    """Write sigmoid(z)."""
    sigmoid(z, out)


def softsign(z: np.ndarray, out: np.ndarray) -> None:
    """Write z / (1 + |z|), which is 1 to any precision where z is clipped to avoid inf / inf."""
    numerator = np.clip(z, -1e30, 1e30)
    np.abs(numerator, out=out)
    np.add(out, scalar(1, z.dtype), out=out)
    np.divide(numerator, out, out=out)


def softsign_slope(z: np.ndarray, _a: np.ndarray, out: np.ndarray) -> None:
    """Write 1 / (1 + |z|)^2."""
    np.abs(z, out=out)
    np.add(out, scalar(1, z.dtype), out=out)
    np.reciprocal(out, out=out)
    np.multiply(out, out, out=out)


def mish(z: np.ndarray, out: np.ndarray) -> None:
    """Write z tanh(softplus(z))."""
    factor = np.maximum(z, scalar(_LOWEST, z.dtype))
    softplus(z, out)
    np.tanh(out, out=out)
    np.multiply(out, factor, out=out)


def mish_slope(z: np.ndarray, _a: np.ndarray, out: np.ndarray) -> None:
    """Write u / d * ((u + 1) (1 + 4 z / d) + 1) with u = e^z and d = u^2 + 2 u + 2.

    That is the derivative with tanh(softplus(z)) = 1 - 2 / d put in, and no digits are lost in the tails.
    Beyond z = 30 it is 1 to any precision, and u^2 would overflow.
    """
    np.clip(z, _LOWEST, 30, out=z)
    u = np.exp(z)
    d = np.add(u, scalar(2, z.dtype))
    np.multiply(d, u, out=d)
    np.add(d, scalar(2, z.dtype), out=d)
    np.divide(z, d, out=z)
    np.multiply(z, scalar(4, z.dtype), out=z)
    np.add(z, scalar(1, z.dtype), out=z)
    np.add(u, scalar(1, z.dtype), out=out)
    np.multiply(out, z, out=out)
    np.add(out, scalar(1, z.dtype), out=out)
    np.multiply(out, u, out=out)
    np.divide(out, d, out=out)


def sin(z: np.ndarray, out: np.ndarray) -> None:
    """Write sin z."""
    np.sin(z, out=out)


def sin_slope(z: np.ndarray, _a: np.ndarray, out: np.ndarray) -> None:
    """Write cos z."""
    np.cos(z, out=out)
