"""Training: frames depend on the experiment alone, and one run's fate is no other's."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import Change, Experiment, RunConfig
from engine.fields import Choice
from engine.initializers import INITIALIZERS
from engine.optimizers import OPTIMIZERS
from engine.trainer import Trainer
from tests.same import frames_equal, runs_equal
from tests.small import small, trained


def with_runs(experiment, *runs):
    return experiment.with_runs([replace(experiment.runs[0], **run) for run in runs])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_how_steps_are_cut_into_calls_changes_no_bit(optimizer):
    experiment = small(optimizer=Choice(optimizer), l2=0.01, learning_rate=0.01)
    whole = trained(experiment, 23)
    trainer = Trainer(experiment)
    for steps in (1, 4, 0, 7, 11):
        trainer.train(steps)
        trainer.observe()
    frames_equal(trainer.observe(), whole)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9), max_size=6), st.integers(0, 3))
def test_random_cuts_with_looks_between_change_no_bit(cuts, stops):
    experiment = small()
    trainer = Trainer(experiment)
    for steps in cuts:
        asked = iter([True] * stops)
        trainer.train(steps, lambda asked=asked: next(asked, False))
        trainer.observe()
    frames_equal(trainer.observe(), trained(experiment, trainer.step_index))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_in_a_stack_has_the_bits_that_it_has_alone(optimizer, dtype):
    base = small(optimizer=Choice(optimizer), dtype=dtype, learning_rate=0.02)
    runs = [
        {"initializer": Choice(name), "seed": seed, "l2": l2}
        for seed, (name, l2) in enumerate(
            [("he_normal", 0.0), ("zeros", 0.0), ("rand", 0.1), ("xavier_uniform", 0.0)]
        )
    ]
    together = trained(with_runs(base, *runs), 15)
    for run, frame in zip(runs, together.runs, strict=True):
        runs_equal(frame, trained(with_runs(base, run), 15).runs[0])


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_large_runs_in_a_stack_have_the_bits_that_they_have_alone(optimizer):
    # 48 samples of 200 units: these take turns in the same memory. The second one diverges by SGD.
    base = small(optimizer=Choice(optimizer), batch_size=None)
    runs = [
        {"hidden": (200,), "seed": seed, "l2": l2, "learning_rate": rate}
        for seed, (l2, rate) in enumerate([(0.0, 0.02), (0.1, 1e6), (0.1, 0.02)])
    ]
    together = trained(with_runs(base, *runs), 9)
    for run, frame in zip(runs, together.runs, strict=True):
        runs_equal(frame, trained(with_runs(base, run), 9).runs[0])
    assert (together.runs[1].divergence is not None) == (optimizer == "sgd")


def test_runs_of_different_structure_are_trained_in_lockstep():
    runs = [
        {},
        {"hidden": (3,)},
        {"activation": Choice("tanh")},
        {"loss": Choice("mean_squared_error")},
        {"hidden": ()},
    ]
    together = trained(with_runs(small(), *runs), 12)
    assert [len(run.layers) for run in together.runs] == [3, 2, 3, 3, 1]
    for run, frame in zip(runs, together.runs, strict=True):
        runs_equal(frame, trained(with_runs(small(), run), 12).runs[0])


def test_another_initializer_changes_neither_the_batches_nor_the_data():
    one, other = Trainer(small()), Trainer(small(initializer=Choice("zeros")))
    for _ in range(12):
        np.testing.assert_array_equal(one._order, other._order)
        np.testing.assert_array_equal(one._x, other._x)
        one.step()
        other.step()


def test_the_weights_are_those_of_the_numpy_line_on_show():
    experiment = small(initializer=Choice("he_normal"), seed=7, dtype="float64")
    trainer = Trainer(experiment)
    for layer, (fan_in, fan_out) in enumerate([(2, 5), (5, 4), (4, 2)], 1):
        names = {"np": np, "rng": np.random.default_rng([7, layer])}
        parameters = experiment.runs[0].initializer.parameters
        exec(INITIALIZERS["he_normal"].code(layer, fan_in, fan_out, **parameters), names)
        np.testing.assert_array_equal(trainer._stacks[0].w[layer - 1][0, :-1], names[f"W{layer}"])


def test_an_epoch_covers_every_sample_once_and_its_last_batch_is_smaller():
    trainer = Trainer(small())
    seen = []
    for _ in range(5):
        seen.append(trainer._order[trainer._position : trainer._position + trainer._batch])
        trainer.step()
    assert [len(batch) for batch in seen] == [10, 10, 10, 10, 8]
    assert sorted(np.concatenate(seen)) == list(range(48))
    assert trainer.epoch == 1.0


def test_full_batch_steps_are_epochs():
    trainer = Trainer(small(batch_size=None))
    trainer.train(3)
    assert trainer.epoch == 3.0


def test_without_a_validation_set_its_values_are_missing():
    run = trained(small(train_fraction=1.0), 1).runs[0]
    assert math.isfinite(run.train_loss)
    assert math.isnan(run.validation_loss)
    assert math.isnan(run.validation_accuracy)


def test_a_look_changes_nothing():
    trainer = Trainer(small(optimizer=Choice("adam")))
    trainer.train(4)
    stack = trainer._stacks[0]
    before = [array.copy() for array in (stack.parameters, *stack.states)]
    frames_equal(trainer.observe(), trainer.observe())
    for old, new in zip(before, (stack.parameters, *stack.states), strict=True):
        np.testing.assert_array_equal(old, new)


def test_frames_are_read_only():
    run = Trainer(small()).observe().runs[0]
    for array in (run.layers, run.z.shares, run.activation.first):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


# Changes while training goes on


def test_a_logged_change_is_replayed_like_a_change_by_hand():
    change = Change(7, 0, "learning_rate", 0.9)
    by_hand = Trainer(small())
    by_hand.train(7)
    by_hand.follow(by_hand.experiment.with_change(change))
    by_hand.follow(by_hand.experiment.with_change(Change(7, None, "batch_size", 16)))
    by_hand.train(9)
    logged = small(changes=(change, Change(7, None, "batch_size", 16)))
    frames_equal(trained(logged, 16), by_hand.observe())
    assert by_hand.experiment == logged
    unchanged = trained(small(), 16)
    assert unchanged.runs[0].train_loss != by_hand.observe().runs[0].train_loss


def test_a_frame_is_the_same_before_and_after_a_change_at_its_step():
    trainer = Trainer(small())
    trainer.train(4)
    before = trainer.observe()
    trainer.follow(trainer.experiment.with_change(Change(4, 0, "learning_rate", 0.9)))
    frames_equal(trainer.observe(), before)
    frames_equal(trained(trainer.experiment, 4), before)


def test_a_change_of_what_was_done_already_is_refused():
    trainer = Trainer(small())
    trainer.train(5)
    with pytest.raises(ValueError, match="from step 3 on"):
        trainer.follow(trainer.experiment.with_change(Change(3, 0, "learning_rate", 1.0)))


# Divergence


def exploding(**settings):
    return small(
        **(
            {"initializer": Choice("randn"), "learning_rate": 1e6, "loss": Choice("mean_squared_error")}
            | settings
        )
    )


def test_divergence_is_a_frame_that_names_the_step_and_the_layer():
    trainer = Trainer(exploding())
    done = trainer.train(50)
    frame = trainer.observe()
    divergence = frame.runs[0].divergence
    assert trainer.diverged
    assert divergence is not None
    assert frame.step == divergence.step == done < 50
    assert 1 <= divergence.layer <= 3
    assert math.isnan(frame.runs[0].train_loss)
    assert trainer.train(5) == 0
    assert trainer.observe().step == frame.step


def test_the_step_of_divergence_does_not_depend_on_the_slices():
    whole = Trainer(exploding())
    whole.train(50)
    stepped = Trainer(exploding())
    while not stepped.diverged:
        stepped.train(1)
    frames_equal(whole.observe(), stepped.observe())


def test_the_step_before_divergence_is_finite_and_the_next_is_not():
    trainer = Trainer(exploding())
    trainer.train(50)
    step = trainer.observe().runs[0].divergence.step
    plain = Trainer(exploding())
    with np.errstate(all="ignore"):
        for _ in range(step - 1):
            plain.step()
        assert np.isfinite(plain._stacks[0].parameters).all()
        plain.step()
    assert not np.isfinite(plain._stacks[0].parameters).all()


def test_divergence_of_one_run_leaves_the_others_as_they_would_be_alone():
    runs = [{}, {"learning_rate": 1e6, "initializer": Choice("randn")}, {"seed": 5}]
    base = small(loss=Choice("mean_squared_error"), optimizer=Choice("momentum"), learning_rate=0.01)
    together = trained(with_runs(base, *runs), 40)
    assert together.step == 40
    assert together.runs[1].divergence is not None
    for index in (0, 2):
        runs_equal(together.runs[index], trained(with_runs(base, runs[index]), 40).runs[0])


def test_divergence_is_located_with_the_settings_that_caused_it():
    run = {
        "hidden": (40,) * 12,
        "activation": Choice("identity"),
        "initializer": Choice("normal", {"std": 100.0}),
    }
    calm = with_runs(small(learning_rate=0.0), run)
    trainer = Trainer(replace(calm, changes=(Change(4, 0, "learning_rate", 1e6),)))
    trainer.train(20)
    late = trainer.observe().runs[0].divergence
    early = Trainer(with_runs(calm, {**run, "learning_rate": 1e6}))
    early.train(20)
    first = early.observe().runs[0].divergence
    assert late.step == 4 + first.step
    assert (late.layer, late.quantity) == (first.layer, first.quantity)
    # The step that diverges takes its samples: the fifth ends the epoch.
    assert (late.step, trainer.observe().epoch) == (5, 1.0)


def test_the_published_divergence_of_a_large_relu_net():
    experiment = Experiment(
        (RunConfig((100,) * 5, initializer=Choice("randn"), learning_rate=1.0),),
        Choice("blobs", {"n_samples": 400, "n_features": 784, "n_classes": 10}),
        batch_size=128,
    )
    trainer = Trainer(experiment)
    first = trainer.observe()
    trainer.train(100)
    assert first.runs[0].divergence is None
    assert math.isfinite(first.runs[0].train_loss)
    assert trainer.diverged
    assert trainer.observe().runs[0].divergence.step == trainer.step_index


def test_a_signal_that_overflows_at_initialization_is_shown_and_not_suffered():
    experiment = small(initializer=Choice("constant", {"value": 100.0}))
    trainer = Trainer(with_runs(experiment, {"hidden": (50,) * 20}))
    frame = trainer.observe()
    assert frame.step == 0
    assert not math.isfinite(frame.runs[0].layers["z_std"][-1])
    trainer.train(1)
    assert trainer.observe().runs[0].divergence.step == 1


# What zeros and constants do, exactly


def test_zeros_with_relu_leave_every_hidden_number_at_zero_and_train_only_the_output_bias():
    trainer = Trainer(small(initializer=Choice("zeros")))
    trainer.train(20)
    layers = trainer.observe().runs[0].layers
    assert (layers["weight_rms"] == 0).all()
    assert (layers["gradient_rms"] == 0).all()
    assert (layers["activation_std"][:-1] == 0).all()
    assert (layers["dead"][:-1] == 1).all()
    assert (trainer._stacks[0].w[-1][0, -1] != 0).any()


def test_the_initial_loss_of_zeros_is_that_of_guessing():
    experiment = Experiment((RunConfig(initializer=Choice("zeros")),))
    assert Trainer(experiment).observe().runs[0].train_loss == pytest.approx(math.log(10), rel=1e-6)


def test_a_constant_keeps_all_units_of_a_layer_alike():
    experiment = small(
        initializer=Choice("constant", {"value": 0.1}), activation=Choice("tanh"), dtype="float64"
    )
    trainer = Trainer(experiment)
    trainer.train(100)
    for w in trainer._stacks[0].w[:-1]:
        columns = w[0]
        np.testing.assert_allclose(columns, columns[:, :1] * np.ones(columns.shape[1]), rtol=1e-9)


def test_the_digits_are_learnt():
    trainer = Trainer(Experiment())
    trainer.train(45 * 20)
    run = trainer.observe().runs[0]
    assert run.train_accuracy > 0.99
    assert run.validation_accuracy > 0.94
