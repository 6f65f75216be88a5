"""Losses against other ways to compute them, central differences, and the limits of floating point."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from engine.losses import LOSSES, Loss

every_loss = pytest.mark.parametrize("name", LOSSES)
both_precisions = pytest.mark.parametrize("dtype", ["float32", "float64"])
every_size = pytest.mark.parametrize("n_classes", [2, 3, 10])


def example(name: str, n_classes: int, spread: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Return z (2 runs, 7 samples, outputs) and targets (7, outputs)."""
    rng = np.random.default_rng(0)
    loss = LOSSES[name]
    targets = loss.targets(rng.integers(n_classes, size=7), n_classes, "float64")
    return rng.normal(0, spread, (2, 7, loss.n_outputs(n_classes))), targets


def delta(name: str, z: np.ndarray, targets: np.ndarray) -> np.ndarray:
    out = np.empty_like(z)
    LOSSES[name].delta(z, targets, out)
    return out


def mean_loss(loss: Loss, z: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the mean over the batch, (runs,)."""
    mean: np.ndarray = loss.per_sample(z.astype(np.float64), targets, loss.classes(targets)).mean(axis=-1)
    return mean


def share_right(loss: Loss, z: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the accuracy over the batch, (runs,)."""
    share: np.ndarray = (loss.classes(z) == loss.classes(targets)).mean(axis=-1)
    return share


# The formulas of the textbooks, from the outputs, one sample at a time.
DIRECT = {
    "softmax_cross_entropy": lambda z, y: special.logsumexp(z) - z @ y,
    "sigmoid_cross_entropy": lambda z, y: -np.sum(y * special.log_expit(z) + (1 - y) * special.log_expit(-z)),
    "mean_squared_error": lambda z, y: np.mean((z - y) ** 2),
    "quadratic": lambda z, y: 0.5 * np.sum((special.expit(z) - y) ** 2),
}


@every_loss
@every_size
def test_value_is_the_mean_of_the_formula(name: str, n_classes: int) -> None:
    z, targets = example(name, n_classes)
    expected = [np.mean([DIRECT[name](*sample) for sample in zip(run, targets, strict=True)]) for run in z]
    value = mean_loss(LOSSES[name], z, targets)
    assert value.dtype == np.float64
    np.testing.assert_allclose(value, expected, rtol=1e-13)


@every_loss
@every_size
def test_delta_equals_central_difference(name: str, n_classes: int) -> None:
    z, targets = example(name, n_classes)
    h = 1e-5
    numeric = np.empty_like(z)
    for at in np.ndindex(z.shape):
        above, below = z.copy(), z.copy()
        above[at] += h
        below[at] -= h
        difference = mean_loss(LOSSES[name], above, targets) - mean_loss(LOSSES[name], below, targets)
        # The value is a mean over 7 samples, delta the gradient of one.
        numeric[at] = 7 * difference[at[0]] / (2 * h)
    # Round-off: a value up to 30 has an error of 30 * 2^-53, times 7 / h.
    np.testing.assert_allclose(delta(name, z, targets), numeric, rtol=0, atol=30 * 2**-53 * 7 / h)


@every_loss
@every_size
def test_output_slope_equals_central_difference(name: str, n_classes: int) -> None:
    z, _ = example(name, n_classes)
    h = 1e-5
    a, above, below, slope = (np.empty_like(z) for _ in range(4))
    LOSSES[name].output(z, a)
    LOSSES[name].output_slope(a, slope)
    for k in range(z.shape[-1]):
        step = h * np.eye(z.shape[-1])[k]
        LOSSES[name].output(z + step, above)
        LOSSES[name].output(z - step, below)
        # |phi'''| <= 1/8 for sigmoid and softmax; round-off of outputs up to 10 is 10 * 2^-53 / h.
        np.testing.assert_allclose(slope[..., k], ((above - below) / (2 * h))[..., k], rtol=0, atol=2e-10)


def test_outputs() -> None:
    z = np.random.default_rng(0).normal(0, 5, (2, 4, 3))
    out = np.empty_like(z)
    LOSSES["softmax_cross_entropy"].output(z, out)
    np.testing.assert_allclose(out, special.softmax(z, axis=-1), rtol=1e-13)
    for name in ("sigmoid_cross_entropy", "quadratic"):
        LOSSES[name].output(z, out)
        np.testing.assert_allclose(out, special.expit(z), rtol=1e-13)
    LOSSES["mean_squared_error"].output(z, out)
    np.testing.assert_array_equal(out, z)


@pytest.mark.parametrize(
    ("n_classes", "expected"), [(2, 0.693147), (3, 1.098612), (10, 2.302585), (27, 3.295837)]
)
def test_a_softmax_that_knows_nothing_has_ln_k(n_classes: int, expected: float) -> None:
    loss = LOSSES["softmax_cross_entropy"]
    targets = loss.targets(np.arange(n_classes), n_classes, "float64")
    value = mean_loss(loss, np.zeros((1, n_classes, n_classes)), targets)
    assert value == pytest.approx(expected, abs=5.1e-7)
    assert value == pytest.approx(math.log(n_classes), rel=1e-15)


def test_a_sigmoid_that_knows_nothing_has_ln_2_per_output() -> None:
    loss = LOSSES["sigmoid_cross_entropy"]
    one = mean_loss(loss, np.zeros((1, 4, 1)), loss.targets(np.array([0, 1, 1, 0]), 2, "float64"))
    assert one[0] == 0.6931471805599453
    ten = mean_loss(loss, np.zeros((1, 4, 10)), loss.targets(np.arange(4), 10, "float64"))
    assert ten == pytest.approx(10 * math.log(2))


@every_loss
@both_precisions
@pytest.mark.parametrize("size", [100.0, 1e4])
def test_stable_for_large_z(name: str, dtype: str, size: float) -> None:
    loss = LOSSES[name]
    for n_classes in (2, 3):
        z = np.full((1, n_classes, loss.n_outputs(n_classes)), -size, dtype)
        z[0, 0] = size
        targets = loss.targets(np.arange(n_classes), n_classes, dtype)
        with np.errstate(over="ignore"):
            assert np.isfinite(mean_loss(loss, z, targets)).all()
            gradient = delta(name, z, targets)
        assert gradient.dtype == dtype
        assert np.isfinite(gradient).all()


@both_precisions
def test_a_saturated_wrong_answer_costs_its_distance(dtype: str) -> None:
    # log(1 + e^z) is z, and log(e^z + 1 + 1) - 0 is z, to any precision at z = 1e4.
    wrong = np.array([[[1e4]]], dtype)
    with np.errstate(over="ignore"):
        assert mean_loss(LOSSES["sigmoid_cross_entropy"], wrong, np.zeros((1, 1), dtype)) == 1e4
        assert mean_loss(LOSSES["sigmoid_cross_entropy"], -wrong, np.ones((1, 1), dtype)) == 1e4
    three = np.array([[[1e4, 0, 0]]], dtype)
    assert mean_loss(LOSSES["softmax_cross_entropy"], three, np.array([[0, 1, 0]], dtype)) == 1e4


def test_infinite_right_answers_cost_nothing() -> None:
    targets = np.array([[1.0], [0.0]])
    assert mean_loss(LOSSES["sigmoid_cross_entropy"], np.array([[[math.inf], [-math.inf]]]), targets) == 0
    z = np.array([[[0.0, -math.inf], [-math.inf, 0.0]]])
    assert mean_loss(LOSSES["softmax_cross_entropy"], z, np.eye(2)) == 0


def test_the_naive_infinity_of_the_large_random_weights_is_finite() -> None:
    # Deep Learning Specialization, course 2, week 1: random * 10 prints inf at iteration 0.
    rng = np.random.RandomState(1)
    angles = np.linspace(0, 2 * np.pi, 150, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    order = np.arange(300)
    rng.shuffle(order)
    x = np.vstack([circle, 0.8 * circle])[order]
    labels = np.repeat([0, 1], 150)[order]
    x = x + rng.normal(scale=0.05, size=x.shape)
    rng = np.random.RandomState(3)
    w = [rng.randn(*shape).T * 10 for shape in ((10, 2), (5, 10), (1, 5))]
    z = np.maximum(np.maximum(x @ w[0], 0) @ w[1], 0) @ w[2]
    loss = LOSSES["sigmoid_cross_entropy"]
    assert mean_loss(loss, z[None], loss.targets(labels, 2, "float64")) == pytest.approx(
        1773.5859549373833, rel=1e-12
    )


def test_nielsens_neuron_learns_as_in_the_book() -> None:
    # Chapter 3: input 1, wish 0, w = .6, b = .9, eta = .15, 300 epochs of the quadratic cost.
    loss = LOSSES["quadratic"]
    w, b, gradient, a = 0.6, 0.9, np.empty((1, 1, 1)), np.empty((1, 1, 1))
    for epoch in range(300):
        z = np.array([[[w + b]]])
        loss.output(z, a)
        if epoch == 0:
            assert a == pytest.approx(0.817574, abs=5.1e-7)
        loss.delta(z, np.zeros((1, 1)), gradient)
        w -= 0.15 * gradient.item()
        b -= 0.15 * gradient.item()
    loss.output(np.array([[[w + b]]]), a)
    assert a == pytest.approx(0.093956, abs=5.1e-7)
    assert w == pytest.approx(-1.283132, abs=5.1e-7)
    assert b == pytest.approx(-0.983132, abs=5.1e-7)


def test_numbers_of_outputs_and_targets() -> None:
    labels = np.array([0, 1, 1])
    for name, loss in LOSSES.items():
        assert loss.n_outputs(5) == 5
        many = loss.targets(np.array([2, 0]), 3, "float32")
        assert many.dtype == np.float32
        assert many.tolist() == [[0, 0, 1], [1, 0, 0]]
        two = loss.targets(labels, 2, "float64")
        if name == "softmax_cross_entropy":
            assert two.tolist() == [[1, 0], [0, 1], [0, 1]]
        else:
            assert two.tolist() == [[0], [1], [1]]
        assert two.shape[1] == loss.n_outputs(2)


@every_loss
@pytest.mark.parametrize("n_classes", [2, 3, 20])
def test_every_loss_fits_any_classes_it_pulls_up_the_right_output(name: str, n_classes: int) -> None:
    loss = LOSSES[name]
    for label in range(n_classes):
        targets = loss.targets(np.array([label]), n_classes, "float64")
        pull = -delta(name, np.zeros((1, *targets.shape)), targets).ravel()
        if loss.n_outputs(n_classes) == 1:
            # One output stands for class 1; with mean squared error it rests at 0, the target of class 0.
            assert (pull.item() > 0) == (label == 1)
        else:
            assert (pull[label] > np.delete(pull, label)).all()


@every_loss
def test_accuracy_takes_the_largest_output(name: str) -> None:
    loss = LOSSES[name]
    z = np.array(
        [[[3.0, 1, 2], [0, 5, 1], [2, 1, 0], [0, 0, 9]], [[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1]]]
    )
    accuracy = share_right(loss, z, loss.targets(np.array([0, 1, 2, 2]), 3, "float64"))
    assert accuracy.dtype == np.float64
    assert accuracy.tolist() == [0.75, 0.5]


@pytest.mark.parametrize(
    ("name", "border"), [("sigmoid_cross_entropy", 0.0), ("quadratic", 0.0), ("mean_squared_error", 0.5)]
)
def test_accuracy_of_one_output_decides_halfway_between_the_targets(name: str, border: float) -> None:
    z = border + np.array([[[-0.1], [0.1], [0.1], [-0.1]]])
    targets = LOSSES[name].targets(np.array([0, 1, 0, 0]), 2, "float64")
    assert share_right(LOSSES[name], z, targets).tolist() == [0.75]


@every_loss
@every_size
@both_precisions
def test_a_run_in_a_stack_has_the_bits_that_it_has_alone(name: str, n_classes: int, dtype: str) -> None:
    rng = np.random.default_rng(0)
    loss = LOSSES[name]
    for batch in (1, 2, 33, 300):
        z = rng.normal(0, 3, (5, batch, loss.n_outputs(n_classes))).astype(dtype)
        targets = loss.targets(rng.integers(n_classes, size=batch), n_classes, dtype)
        together, values = delta(name, z, targets), mean_loss(loss, z, targets)
        for run in range(5):
            alone = z[run : run + 1].copy()
            assert delta(name, alone, targets).tobytes() == together[run : run + 1].tobytes()
            assert mean_loss(loss, alone, targets) == values[run]


@every_loss
def test_a_person_can_read_about_it(name: str) -> None:
    loss = LOSSES[name]
    assert loss.formula.startswith("L = ")
    assert loss.explanation.endswith(".")
    assert "://" in loss.reference


@pytest.mark.parametrize("n_classes", [2, 10, 300])
def test_of_equally_large_outputs_the_first_is_the_answer(n_classes: int) -> None:
    outputs = np.random.default_rng(0).integers(0, 3, (2, 50, n_classes)).astype(np.float32)
    outputs[0, 0] = 0
    outputs[1, 1] = -np.inf
    classes = LOSSES["softmax_cross_entropy"].classes(outputs)
    np.testing.assert_array_equal(classes, outputs.argmax(axis=-1))
    np.testing.assert_array_equal(LOSSES["softmax_cross_entropy"].classes(outputs.swapaxes(0, 1)), classes.T)
