"""Forward and backward passes against central differences and published runs."""

import math
from itertools import pairwise, product

import numpy as np
import pytest

from engine.activations import ACTIVATIONS, resolve
from engine.fields import choose
from engine.layers import parameter_count
from engine.losses import LOSSES
from engine.network import (
    backward_calls,
    forward,
    forward_calls,
    forward_only,
    layer_views,
    lean_pass,
    perform,
    training_pass,
    with_ones,
)

STEP = 1e-5


class Net:
    """A stack of one network in float64, with its flat parameters and the gradients."""

    def __init__(self, sizes, activation, loss, x, targets, runs=1):
        self.sizes, self.loss = sizes, LOSSES[loss]
        self.phi = [resolve(choose(ACTIVATIONS, "activation", activation))] * (len(sizes) - 2)
        self.pass_ = training_pass(runs, sizes, len(x), "float64")
        self.pass_.inputs[:] = with_ones(x, "float64")
        self.pass_.targets[:] = targets
        self.flat = np.zeros((runs, parameter_count(sizes)))
        self.gradient = np.zeros_like(self.flat)
        w, gradient = layer_views(self.flat, sizes), layer_views(self.gradient, sizes)
        self.forward = forward_calls(w, self.pass_, self.phi)
        self.backward = backward_calls(w, gradient, self.pass_, self.phi)

    def losses(self):
        """Return the loss of each run."""
        perform(self.forward)
        targets = self.pass_.targets[0]
        return self.loss.per_sample(self.pass_.z[-1], targets, self.loss.classes(targets)).mean(axis=-1)

    def differentiate(self):
        perform(self.forward)
        delta = self.pass_.delta[-1]
        self.loss.delta(self.pass_.z[-1], self.pass_.targets, delta)
        delta /= len(self.pass_.inputs)
        perform(self.backward)

    def distance_to_kinks(self, kinks):
        perform(self.forward)
        return min(np.abs(z - kink).min() for z in self.pass_.z[:-1] for kink in kinks)


def move_away_from_kinks(net, kinks):
    """Set parameters at which no step of the differences takes a pre-activation across a kink."""
    for seed in range(100):
        net.flat[:] = np.random.default_rng(seed).normal(0, 0.8, net.flat.shape)
        if not kinks or len(net.sizes) == 2 or net.distance_to_kinks(kinks) > 100 * STEP:
            return
    raise AssertionError("no parameters far enough from the kinks")


def assert_backpropagation_agrees_with_central_differences(activation, loss, hidden, n_classes):
    rng = np.random.default_rng(1)
    entry = LOSSES[loss]
    sizes = (4, *hidden, entry.n_outputs(n_classes))
    x, targets = rng.normal(0, 1, (7, 4)), entry.targets(np.arange(7) % n_classes, n_classes, "float64")
    net = Net(sizes, activation, loss, x, targets)
    move_away_from_kinks(net, ACTIVATIONS[activation].kinks)
    net.differentiate()
    steps = STEP * np.eye(net.flat.size)
    moved = Net(sizes, activation, loss, x, targets, runs=2 * net.flat.size)
    moved.flat[:] = net.flat + np.concatenate([steps, -steps])
    above, below = np.split(moved.losses(), 2)
    numeric = (above - below)[np.newaxis] / (2 * STEP)
    for ours, theirs in zip(layer_views(net.gradient, sizes), layer_views(numeric, sizes), strict=True):
        assert np.linalg.norm(ours - theirs) <= 1e-7 * max(np.linalg.norm(theirs), 1e-3), sizes


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_agrees_with_central_differences(activation, loss):
    with np.errstate(all="ignore"):
        for hidden, n_classes in product([(5,), (6, 5, 4)], [2, 3]):
            assert_backpropagation_agrees_with_central_differences(activation, loss, hidden, n_classes)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_backpropagation_without_a_hidden_layer_agrees_with_central_differences(loss, n_classes):
    assert_backpropagation_agrees_with_central_differences("tanh", loss, (), n_classes)


def test_a_forward_only_pass_gives_the_same_outputs():
    rng = np.random.default_rng(0)
    sizes, phi = (5, 7, 3, 6, 2), [resolve(choose(ACTIVATIONS, "activation", "tanh"))] * 3
    flat = rng.normal(0, 1, (2, parameter_count(sizes)))
    full, lean = training_pass(2, sizes, 9, "float64"), forward_only(2, sizes, 9, "float64")
    full.inputs[:] = lean.inputs[:] = with_ones(rng.normal(0, 1, (9, 5)), "float64")
    # The activations' column of ones must survive the passes before: two buffers serve all layers in turn.
    for _ in range(2):
        forward(layer_views(flat, sizes), full, phi)
        forward(layer_views(flat, sizes), lean, phi)
        np.testing.assert_array_equal(full.z[-1], lean.z[-1])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "sizes",
    [(1, 1), (1, 1, 1), (2, 4, 2, 1), (64, 32, 32, 10), (3, 17, 1, 9), (784, 30, 10), (65, 130, 33)],
    ids=str,
)
def test_a_run_in_a_stack_has_the_bits_that_it_has_alone(sizes, dtype):
    # Alone a run takes another way, two-dimensional products. Vectors, as of one unit or one sample, go to
    # other routines than matrices, and those look at the strides.
    for batch in (1, 2, 7, 10, 33):
        assert_a_run_has_the_bits_that_it_has_alone(sizes, batch, dtype)


def assert_a_run_has_the_bits_that_it_has_alone(sizes, batch, dtype):
    rng = np.random.default_rng(0)
    flat = rng.normal(0, 0.5, (5, parameter_count(sizes))).astype(dtype)
    x, targets = rng.normal(0, 1, (batch, sizes[0])), rng.uniform(0, 1, (batch, sizes[-1]))

    phi = [resolve(choose(ACTIVATIONS, "activation", "tanh"))] * (len(sizes) - 2)

    def gradient(flat):
        p, gradient = training_pass(len(flat), sizes, batch, dtype), np.zeros_like(flat)
        p.inputs[:], p.targets[:] = with_ones(x, dtype), targets
        w = layer_views(flat, sizes)
        forward(w, p, phi)
        LOSSES["softmax_cross_entropy"].delta(p.z[-1], p.targets, p.delta[-1])
        perform(backward_calls(w, layer_views(gradient, sizes), p, phi))
        return [gradient, *p.z, *p.delta]

    together = gradient(flat)
    for run in range(5):
        for stacked, alone in zip(together, gradient(flat[run : run + 1]), strict=True):
            assert stacked[run].tobytes() == alone[0].tobytes(), f"in batches of {batch}"


@pytest.mark.parametrize("activations", [("tanh", "relu", "mish"), ("silu", "tanh", "relu")], ids=str)
def test_a_lean_pass_gives_the_same_gradient(activations):
    rng = np.random.default_rng(0)
    sizes, phi = (5, 7, 3, 6, 2), [resolve(choose(ACTIVATIONS, "activation", name)) for name in activations]
    flat = rng.normal(0, 1, (2, parameter_count(sizes)))
    w, gradients = layer_views(flat, sizes), []
    for p in (training_pass(2, sizes, 9, "float64"), lean_pass(2, sizes, 9, "float64", phi)):
        p.inputs[:] = with_ones(np.linspace(-2, 2, 45).reshape(9, 5), "float64")
        p.targets[:] = np.eye(2)[np.arange(9) % 2]
        gradients.append(np.zeros_like(flat))
        # Twice, so that nothing of the first time helps the second.
        for _ in range(2):
            forward(w, p, phi)
            LOSSES["softmax_cross_entropy"].delta(p.z[-1], p.targets, p.delta[-1])
            perform(backward_calls(w, layer_views(gradients[-1], sizes), p, phi))
    np.testing.assert_array_equal(*gradients)


def gradient_descent(sizes, activation, weights, x, targets, rate, steps, record):
    """Full-batch gradient descent with sigmoid cross-entropy from given (out, in) weights and zero biases."""
    net = Net(sizes, activation, "sigmoid_cross_entropy", x, targets)
    for view, w in zip(layer_views(net.flat, sizes), weights, strict=True):
        view[0, :-1] = w.T
    costs = {}
    for step in range(steps):
        if step in record:
            costs[step] = net.losses().item()
        net.differentiate()
        net.flat -= rate * net.gradient
    return costs, net


def ng_circles(seed, n):
    """The data of the course's notebook "Initialization", from NumPy's legacy generator."""
    random = np.random.RandomState(seed)
    angles = np.linspace(0, 2 * np.pi, n // 2, endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    x, y = np.vstack([ring, 0.8 * ring]), np.repeat([0, 1], n // 2)
    order = np.arange(n)
    random.shuffle(order)
    return x[order] + random.normal(scale=0.05, size=x.shape), y[order, None].astype(float)


def ng_weights(scale):
    random = np.random.RandomState(3)
    sizes = (2, 10, 5, 1)
    return [random.randn(b, a) * scale(a) for a, b in pairwise(sizes)]


def test_the_he_run_of_a_published_notebook():
    # Andrew Ng, Deep Learning Specialization, course 2 week 1, "Initialization": costs as printed there.
    x, y = ng_circles(1, 300)
    weights = ng_weights(lambda fan_in: math.sqrt(2 / fan_in))
    costs, net = gradient_descent((2, 10, 5, 1), "relu", weights, x, y, 0.01, 15_000, (0, 14_000))
    assert costs[0] == pytest.approx(0.8830537463419761, rel=1e-12)
    assert costs[14_000] == pytest.approx(0.07357895962677363, rel=1e-9)
    net.losses()
    answers, classes = (net.loss.classes(array[0]) for array in (net.pass_.z[-1], net.pass_.targets))
    assert np.mean(answers == classes) == pytest.approx(0.9933333, abs=1e-6)


def test_the_zeros_run_of_a_published_notebook_never_leaves_ln_2():
    x, y = ng_circles(1, 300)
    costs, _ = gradient_descent(
        (2, 10, 5, 1), "relu", ng_weights(lambda _: 0.0), x, y, 0.01, 3_001, (0, 3_000)
    )
    assert costs == pytest.approx({0: math.log(2), 3_000: math.log(2)}, rel=1e-15)


def test_the_large_random_start_of_a_published_notebook_is_finite_in_the_stable_form():
    x, y = ng_circles(1, 300)
    costs, _ = gradient_descent((2, 10, 5, 1), "relu", ng_weights(lambda _: 10.0), x, y, 0.01, 1, (0,))
    assert costs[0] == pytest.approx(1773.5859549373833, rel=1e-12)


def test_the_flower_of_a_published_notebook():
    # Course 1 week 3, "Planar data classification with one hidden layer".
    random = np.random.RandomState(1)
    x, y = np.zeros((400, 2)), np.zeros((400, 1))
    for j in range(2):
        part = range(200 * j, 200 * (j + 1))
        t = np.linspace(j * 3.12, (j + 1) * 3.12, 200) + random.randn(200) * 0.2
        r = 4 * np.sin(4 * t) + random.randn(200) * 0.2
        x[part], y[part] = np.column_stack([r * np.sin(t), r * np.cos(t)]), j
    random = np.random.RandomState(2)
    weights = [random.randn(4, 2) * 0.01, random.randn(1, 4) * 0.01]
    record = range(0, 8_000, 1_000)
    costs, _ = gradient_descent((2, 4, 1), "tanh", weights, x, y, 1.2, 7_001, record)
    published = (0.693048, 0.288083, 0.254385, 0.233864, 0.226792, 0.222644, 0.219731, 0.217504)
    assert [round(cost, 6) for cost in costs.values()] == list(published)


def test_the_single_neuron_of_nielsens_third_chapter():
    # Michael Nielsen, Neural Networks and Deep Learning: x = 1, y = 0, eta 0.15, 300 steps; printed 0.09.
    net = Net((1, 1), "identity", "quadratic", np.ones((1, 1)), np.zeros((1, 1)))
    net.flat[:] = 0.6, 0.9
    output = np.zeros((1, 1, 1))
    net.losses()
    net.loss.output(net.pass_.z[-1], output)
    assert output.item() == pytest.approx(0.817574, abs=1e-6)
    for _ in range(300):
        net.differentiate()
        net.flat -= 0.15 * net.gradient
    net.losses()
    net.loss.output(net.pass_.z[-1], output)
    assert output.item() == pytest.approx(0.093956, abs=1e-6)
    assert net.flat[0] == pytest.approx([-1.283132, -0.983132], abs=1e-6)
