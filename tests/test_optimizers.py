"""Optimizers against the textbooks' rules, PyTorch where it is there, and functions with a known minimum."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from engine.fields import choose
from engine.optimizers import OPTIMIZERS

every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)


class Descent:
    """Parameters (runs, n) under an optimizer, with its buffers."""

    def __init__(
        self,
        name: str,
        start: object,
        rates: object,
        dtype: str = "float64",
        given: dict[str, float] | None = None,
    ) -> None:
        self.parameters = np.array(start, dtype)
        self.rates = np.array(rates, dtype)[:, None]
        optimizer = OPTIMIZERS[name]
        self.states = [np.zeros_like(self.parameters) for _ in range(optimizer.n_states)]
        self.scratch = np.full_like(self.parameters, np.nan)
        self.update = optimizer.update
        self.options = choose(OPTIMIZERS, "optimizer", name, given).parameters
        self.t = 0

    def step(self, gradient: np.ndarray) -> None:
        self.t += 1
        own = np.array(gradient)  # which the update may spoil
        self.update(self.parameters, own, self.states, self.scratch, self.rates, self.t, **self.options)


# One parameter from 1, gradients .1, .2, -.3. SGD: 1 - .01 = .99, - .02 = .97, + .03 = 1. Momentum .9: b =
# .1, .29, -.039; Nesterov: .1 + .09 = .19, .2 + .261 = .461, -.3 - .0351 = -.3351.
GOLDEN = [
    ("sgd", 0.1, (0.99, 0.97, 1.00)),
    ("momentum", 0.1, (0.99, 0.961, 0.9649)),
    ("nesterov", 0.1, (0.981, 0.9349, 0.96841)),
    ("adagrad", 0.01, (0.99, 0.9810557281, 0.9890735654)),
    ("rmsprop", 0.01, (0.9000001000, 0.8104678439, 0.8908182718)),
    ("adam", 1e-3, (0.9990000001, 0.9980348181, 0.9981014171)),
]


@pytest.mark.parametrize(("name", "rate", "expected"), GOLDEN, ids=[row[0] for row in GOLDEN])
def test_golden_trajectory(name: str, rate: float, expected: tuple[float, ...]) -> None:
    descent = Descent(name, [[1.0]], [rate])
    for gradient, parameter in zip((0.1, 0.2, -0.3), expected, strict=True):
        descent.step(np.array([[gradient]]))
        assert descent.parameters.item() == pytest.approx(parameter, abs=5.1e-11)


def test_adamw_worked_by_hand() -> None:
    # Adam's first step is lr g / (|g| + eps) whatever the gradient: .9 * (1 - .1 * .5) - .1 = .755. Without
    # one, then, m = .09 g and v = .000999 g^2: .755 * .95 - .1 * (.09 / .19) / sqrt(.000999 / .001999).
    descent = Descent("adamw", [[0.9]], [0.1], given={"weight_decay": 0.5, "eps": 1e-16})
    descent.step(np.array([[3.0]]))
    assert descent.parameters.item() == pytest.approx(0.755, abs=1e-14)
    descent.step(np.array([[0.0]]))
    expected = 0.755 * 0.95 - 0.1 * (0.09 / 0.19) / math.sqrt(0.000999 / 0.001999)
    assert descent.parameters.item() == pytest.approx(expected, abs=1e-14)


def test_adamw_without_weight_decay_is_adam() -> None:
    rng = np.random.default_rng(0)
    adam, adamw = (
        Descent("adam", [[1.0, 2.0]], [0.01]),
        Descent("adamw", [[1.0, 2.0]], [0.01], given={"weight_decay": 0.0}),
    )
    for _ in range(20):
        gradient = rng.normal(size=(1, 2))
        adam.step(gradient)
        adamw.step(gradient)
    np.testing.assert_array_equal(adam.parameters, adamw.parameters)


def parabola(p: np.ndarray) -> np.ndarray:
    """The gradient of x^2 / 2 + 5 (y - 1)^2, least at (0, 1)."""
    return p * [1.0, 10.0] - [0.0, 10.0]


def rosenbrock(p: np.ndarray) -> np.ndarray:
    """The gradient of (1 - x)^2 + 100 (y - x^2)^2, least at (1, 1), at the end of a bent valley."""
    ((x, y),) = p.tolist()  # with numbers of Python it takes a third of the time
    return np.array([[-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)]])


# Where an optimizer ends in a circle of about its learning rate, the rate falls to zero.
MINIMA = [
    (parabola, (0.0, 1.0), "sgd", 0.05, 500),
    (parabola, (0.0, 1.0), "momentum", 0.01, 500),
    (parabola, (0.0, 1.0), "nesterov", 0.01, 500),
    (parabola, (0.0, 1.0), "adagrad", 0.5, 500),
    (parabola, (0.0, 1.0), "rmsprop", 0.02, 500),
    (parabola, (0.0, 1.0), "adam", 0.05, 500),
    (parabola, (0.0, 1.0), "adamw", 0.05, 500),
    (rosenbrock, (1.0, 1.0), "sgd", 2e-3, 10_000),
    (rosenbrock, (1.0, 1.0), "momentum", 1e-3, 2_000),
    (rosenbrock, (1.0, 1.0), "nesterov", 1e-3, 2_000),
    (rosenbrock, (1.0, 1.0), "adagrad", 0.3, 15_000),
    (rosenbrock, (1.0, 1.0), "rmsprop", 0.01, 8_000),
    (rosenbrock, (1.0, 1.0), "adam", 0.05, 3_000),
    (rosenbrock, (1.0, 1.0), "adamw", 0.05, 3_000),
]


def test_every_optimizer_has_to_find_both_minima() -> None:
    assert [row[2] for row in MINIMA] == [*OPTIMIZERS, *OPTIMIZERS]


@pytest.mark.parametrize(
    ("gradient", "minimum", "name", "rate", "steps"),
    MINIMA,
    ids=[f"{row[0].__name__}-{row[2]}" for row in MINIMA],
)
def test_reaches_the_minimum(
    gradient: Callable[[np.ndarray], np.ndarray],
    minimum: tuple[float, float],
    name: str,
    rate: float,
    steps: int,
) -> None:
    given = {"weight_decay": 0.0} if name == "adamw" else {}
    descent = Descent(name, [[-1.0, 1.5]], [rate], given=given)
    for step in range(steps):
        descent.rates[:] = rate * min(1, 2 - 2 * step / steps)
        descent.step(gradient(descent.parameters))
    np.testing.assert_allclose(descent.parameters[0], minimum, atol=1e-2)


@every_optimizer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_runs_with_rates_of_their_own_have_the_bits_that_they_have_alone(name: str, dtype: str) -> None:
    rng = np.random.default_rng(0)
    start, rates = rng.normal(size=(3, 1001)).astype(dtype), [0.1, 0.003, 0.02]
    together = Descent(name, start, rates, dtype)
    alone = [Descent(name, start[run : run + 1], rates[run : run + 1], dtype) for run in range(3)]
    alone[2].rates = np.array(rates[2], dtype)  # without the axis of runs, as stacks do it that have one rate
    for _ in range(10):
        gradient = rng.normal(size=(3, 1001)).astype(dtype)
        together.step(gradient)
        for run in range(3):
            alone[run].step(gradient[run : run + 1])
    for run in range(3):
        assert together.parameters[run].tobytes() == alone[run].parameters.tobytes()
        for state, state_alone in zip(together.states, alone[run].states, strict=True):
            assert state[run].tobytes() == state_alone.tobytes()


@every_optimizer
def test_works_in_place_and_in_float32(name: str) -> None:
    descent = Descent(name, [[1.0, -2.0]], [0.1], "float32")
    buffers = [descent.parameters, *descent.states]
    reference = Descent(name, [[1.0, -2.0]], [0.1], "float64")
    for gradient in ([0.1, 0.2], [-0.3, 0.1], [0.2, 0.2]):
        descent.step(np.array([gradient], "float32"))
        reference.step(np.array([gradient]))
    assert all(
        buffer is now for buffer, now in zip(buffers, [descent.parameters, *descent.states], strict=True)
    )
    assert all(buffer.dtype == np.float32 for buffer in buffers)
    # Some dozen operations on numbers up to 2, each rounded to 2^-24.
    np.testing.assert_allclose(descent.parameters, reference.parameters, rtol=0, atol=48 * 2**-24)


@every_optimizer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_gradient_of_zero_moves_nothing(name: str, dtype: str) -> None:
    given = {"weight_decay": 0.0} if name == "adamw" else {}
    descent = Descent(name, [[1.0, -2.0]], [0.1], dtype, given=given)
    for _ in range(3):
        descent.step(np.zeros((1, 2), dtype))
    assert descent.parameters.tolist() == [[1.0, -2.0]]


class Textbook:
    """The rules as they are written, for one parameter after the other; m and v start at 0."""

    def __init__(self, rate: float) -> None:
        self.rate, self.m, self.v, self.t = rate, 0.0, 0.0, 0

    def step(self, name: str, p: float, g: float) -> float:
        self.t += 1
        return float(getattr(self, name)(p, g))

    def sgd(self, p: float, g: float) -> float:
        return p - self.rate * g

    def momentum(self, p: float, g: float) -> float:
        self.m = 0.9 * self.m + g
        return p - self.rate * self.m

    def nesterov(self, p: float, g: float) -> float:
        self.m = 0.9 * self.m + g
        return p - self.rate * (g + 0.9 * self.m)

    def adagrad(self, p: float, g: float) -> float:
        self.v += g**2
        return p - self.rate * g / (math.sqrt(self.v) + 1e-10)

    def rmsprop(self, p: float, g: float) -> float:
        self.v = 0.99 * self.v + 0.01 * g**2
        return p - self.rate * g / (math.sqrt(self.v) + 1e-8)

    def adam(self, p: float, g: float) -> float:
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g**2
        root = math.sqrt(self.v / (1 - 0.999**self.t))
        return p - self.rate * self.m / (1 - 0.9**self.t) / (root + 1e-8)

    def adamw(self, p: float, g: float) -> float:
        return self.adam(p * (1 - self.rate * 0.01), g)


@every_optimizer
@pytest.mark.parametrize("size", [1.0, 1e-7], ids=["gradients of 1", "gradients near epsilon"])
def test_follows_the_textbook(name: str, size: float) -> None:
    rng = np.random.default_rng(0)
    descent, textbook = Descent(name, [[1.0]], [0.01]), Textbook(0.01)
    p = 1.0
    for _ in range(200):
        g = rng.normal(0, size)
        descent.step(np.array([[g]]))
        p = textbook.step(name, p, g)
        assert descent.parameters.item() == pytest.approx(p, rel=1e-12)


@every_optimizer
def test_follows_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch")
    options = {
        "sgd": {},
        "momentum": {"momentum": 0.9},
        "nesterov": {"momentum": 0.9, "nesterov": True},
    }
    make = {"adagrad": torch.optim.Adagrad, "rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam}
    make["adamw"] = torch.optim.AdamW
    rng = np.random.default_rng(0)
    start = rng.normal(size=(1, 50))
    theirs = torch.tensor(start, requires_grad=True)
    optimizer = make.get(name, torch.optim.SGD)([theirs], lr=0.01, **options.get(name, {}))
    ours = Descent(name, start, [0.01])
    for _ in range(100):
        gradient = rng.normal(size=(1, 50))
        theirs.grad = torch.tensor(gradient)
        optimizer.step()
        ours.step(gradient)
    np.testing.assert_allclose(ours.parameters, theirs.detach().numpy(), rtol=1e-12, atol=1e-13)


@every_optimizer
def test_a_person_can_read_about_it(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    assert "p ← " in optimizer.formula
    assert optimizer.explanation.endswith(".")
    assert "https://" in optimizer.reference
    assert optimizer.default_learning_rate > 0
