"""What a frame says, against plain float64 formulas written out again."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from engine.config import Experiment, RunConfig
from engine.datasets import load
from engine.fields import Choice
from engine.observer import largest_slopes
from engine.trainer import Trainer
from tests.same import runs_equal


def experiment(**run):
    shared = {key: run.pop(key) for key in ("dtype", "dataset") if key in run}
    return Experiment(
        (RunConfig(**({"hidden": (8, 6), "seed": 3} | run)),), **({"dtype": "float64"} | shared)
    )


def weights_of(trainer):
    return [w[0].astype(np.float64) for w in trainer._stacks[0].w]


def rms(values):
    return np.sqrt(np.mean(np.square(values)))


def test_loss_accuracy_and_layers_of_a_tanh_network():
    config = experiment(
        activation=Choice("tanh"), initializer=Choice("xavier_normal"), l2=0.1, learning_rate=0.5
    )
    trainer = Trainer(config)
    trainer.train(30)
    run, w = trainer.observe().runs[0], weights_of(trainer)
    data = load(config.dataset, config.train_fraction, config.standardize, config.data_seed)

    def through(x):
        a, zs = x, []
        for layer, parameters in enumerate(w):
            zs.append(a @ parameters[:-1] + parameters[-1])
            a = np.tanh(zs[-1]) if layer < 2 else softmax(zs[-1], axis=1)
        return zs

    for x, labels, loss, accuracy in (
        (data.x_train, data.labels_train, run.train_loss, run.train_accuracy),
        (data.x_validation, data.labels_validation, run.validation_loss, run.validation_accuracy),
    ):
        logits = through(x)[-1]
        assert loss == pytest.approx(
            -log_softmax(logits, axis=1)[np.arange(len(x)), labels].mean(), rel=1e-12
        )
        assert accuracy == pytest.approx((logits.argmax(1) == labels).mean(), rel=1e-12)

    x, labels = data.x_train[:256], data.labels_train[:256]
    zs = through(x)
    a = [np.tanh(zs[0]), np.tanh(zs[1]), softmax(zs[2], axis=1)]
    deltas = [a[2] - np.eye(10)[labels]]
    toward = []
    for layer in (1, 0):
        toward.insert(0, deltas[0] @ w[layer + 1][:-1].T)
        deltas.insert(0, toward[0] * (1 - a[layer] ** 2))
    inputs = [x, a[0], a[1]]
    slopes = [1 - a[0] ** 2, 1 - a[1] ** 2, a[2] * (1 - a[2])]
    for layer, seen in enumerate(run.layers):
        gradient = inputs[layer].T @ deltas[layer] / 256
        expected = {
            "z_mean": zs[layer].mean(),
            "z_std": zs[layer].std(),
            "activation_mean": a[layer].mean(),
            "activation_std": a[layer].std(),
            "saturated": (slopes[layer] < 0.05 * (1 if layer < 2 else 0.25)).mean(),
            "dead": (slopes[layer].max(0) < 1e-6).mean(),
            "weight_rms": rms(w[layer][:-1]),
            "gradient_rms": rms(gradient),
            "delta_rms": rms(deltas[layer]),
            "update_ratio": rms(0.5 * (gradient + 0.1 * w[layer][:-1])) / rms(w[layer][:-1]),
        }
        for name, value in expected.items():
            assert seen[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name
    for layer in range(2):
        assert run.layers["activation_gradient_rms"][layer] == pytest.approx(rms(toward[layer]), rel=1e-9)
    assert np.isnan(run.layers["activation_gradient_rms"][2])


@pytest.mark.parametrize("activation", ["relu", "tanh", "identity"])
def test_of_a_layer_that_is_not_a_number_no_share_is_given(activation):
    trainer = Trainer(experiment(activation=Choice(activation)))
    # From here on there are infinities of both signs, and in the output their difference.
    trainer._stacks[0].w[1][...] = np.inf
    layers = trainer.observe().runs[0].layers
    assert np.isfinite(layers["saturated"][0])
    assert np.isfinite(layers["dead"][0])
    assert np.isnan(layers["saturated"][2])
    assert np.isnan(layers["dead"][2])


def test_the_update_ratio_is_that_of_the_optimizer():
    # Adam's first step moves every weight by the learning rate, whatever its gradient.
    config = experiment(optimizer=Choice("adam"), learning_rate=1e-3, activation=Choice("tanh"))
    trainer = Trainer(config)
    run = trainer.observe().runs[0]
    ratio = run.layers["update_ratio"] * run.layers["weight_rms"]
    assert ratio[1:] == pytest.approx(1e-3, rel=1e-3)


def test_small_gradients_do_not_underflow_in_their_squares():
    # tanh with std 0.01 over 20 layers: squares of the first layer's gradients are below what float32 holds.
    def gradients(dtype):
        run = experiment(
            hidden=(100,) * 20,
            activation=Choice("tanh"),
            initializer=Choice("normal", {"std": 0.01}),
            dtype=dtype,
        )
        return Trainer(run).observe().runs[0].layers["gradient_rms"]

    single, double = gradients("float32"), gradients("float64")
    assert 0 < double[0] < 1e-19
    assert single == pytest.approx(double, rel=1e-3)


def test_large_sets_are_looked_at_in_a_fixed_part():
    config = experiment(dataset=Choice("moons", {"n_samples": 8000}))
    trainer = Trainer(config)
    data = load(config.dataset, config.train_fraction, config.standardize, config.data_seed)
    w = weights_of(trainer)
    a = data.x_train[:2048]
    for parameters in w[:-1]:
        a = np.maximum(a @ parameters[:-1] + parameters[-1], 0)
    logits = a @ w[-1][:-1] + w[-1][-1]
    expected = -log_softmax(logits, axis=1)[np.arange(2048), data.labels_train[:2048]].mean()
    assert trainer.observe().runs[0].train_loss == pytest.approx(expected, rel=1e-12)


def test_networks_of_many_parameters_are_evaluated_on_fewer_samples():
    # 64-500-10 has 65 x 500 + 501 x 10 = 37,510 parameters, and 2**26 // 37,510 is 1,789.
    for hidden, count in (((500,), 1789), ((600, 600), 256)):
        config = experiment(
            hidden=hidden, dataset=Choice("blobs", {"n_samples": 4000, "n_features": 64, "n_classes": 10})
        )
        trainer = Trainer(config)
        data = load(config.dataset, config.train_fraction, config.standardize, config.data_seed)
        a = data.x_train[:count]
        w = weights_of(trainer)
        for parameters in w[:-1]:
            a = np.maximum(a @ parameters[:-1] + parameters[-1], 0)
        logits = a @ w[-1][:-1] + w[-1][-1]
        expected = -log_softmax(logits, axis=1)[np.arange(count), data.labels_train[:count]].mean()
        assert trainer.observe().runs[0].train_loss == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("hidden", "count"), [((8, 6), 256), ((600, 600), 165), ((40,) * 100, 74), ((2000, 2000), 32)]
)
def test_large_networks_are_probed_with_fewer_samples(hidden, count):
    config = experiment(hidden=hidden, activation=Choice("tanh"))
    trainer = Trainer(config)
    x = load(config.dataset, config.train_fraction, config.standardize, config.data_seed).x_train
    w = weights_of(trainer)[0]
    for samples, same in ((count, True), (count - 1, False), (count + 1, False)):
        mean = (x[:samples] @ w[:-1] + w[-1]).mean()
        assert np.isclose(trainer.observe().runs[0].layers["z_mean"][0], mean, rtol=1e-9, atol=0) == same


def test_what_is_seen_of_a_run_does_not_depend_on_the_runs_beside_it():
    # They have as many samples in the probe, but not for the loss: 2**26 // 85,002 = 789 for the larger one.
    small, large = RunConfig(hidden=(8,)), RunConfig(hidden=(256, 256))
    alone = Trainer(Experiment(runs=(large,))).observe().runs[0]
    beside = Trainer(Experiment(runs=(small, large))).observe().runs[1]
    runs_equal(beside, alone)


def test_of_many_runs_each_is_seen_as_it_is_alone():
    # More than are looked at at once; one has pre-activations that are not finite.
    runs = [RunConfig(hidden=(32, 32), activation=Choice("tanh"), seed=seed) for seed in range(19)]
    together, bad = Trainer(Experiment(tuple(runs))), 9
    together.train(3)
    together._stacks[0].w[1][bad] = 3e38
    seen = together.observe().runs
    for run in (0, 7, 8, bad, 18):
        alone = Trainer(Experiment((runs[run],)))
        alone.train(3)
        if run == bad:
            alone._stacks[0].w[1][...] = 3e38
        runs_equal(seen[run], alone.observe().runs[0])


def test_wide_networks_are_evaluated_in_pieces_with_the_same_result():
    narrow = experiment(hidden=(20,))
    wide = experiment(hidden=(140,))
    for config in (narrow, wide):
        trainer = Trainer(config)
        data = load(config.dataset, config.train_fraction, config.standardize, config.data_seed)
        first, last = weights_of(trainer)
        logits = np.maximum(data.x_train @ first[:-1] + first[-1], 0) @ last[:-1] + last[-1]
        expected = -log_softmax(logits, axis=1)[np.arange(len(logits)), data.labels_train].mean()
        assert trainer.observe().runs[0].train_loss == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        ("softmax_cross_entropy", 0.25),
        ("sigmoid_cross_entropy", 0.25),
        ("mean_squared_error", 1),
        ("quadratic", 0.25),
    ],
)
def test_the_largest_slope_at_the_output_follows_from_the_loss(loss, slope):
    assert largest_slopes(experiment(loss=Choice(loss)), 0) == [1, 1, slope]
