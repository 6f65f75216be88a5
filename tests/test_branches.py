"""What a change of the optimizer, or of a layer's weights, does from its step on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import Change, Experiment, LayerOverride, Redraw, RunConfig
from engine.fields import Choice
from engine.optimizers import OPTIMIZERS
from engine.trainer import Trainer
from tests.same import frames_equal, runs_equal
from tests.small import POINTS

HE = Choice("he_normal")


def small(*changes, **settings):
    return Experiment((RunConfig((5, 4), **settings),), POINTS, batch_size=10, changes=changes)


def trained(experiment, steps):
    trainer = Trainer(experiment)
    trainer.train(steps)
    return trainer


def weights(trainer):
    return [w[0].copy() for w in trainer._stacks[0].w]


def test_frames_up_to_the_change_are_those_without_it():
    changed = small(
        Change(7, 0, "optimizer", Choice("adam")), Change(7, 0, "layer_weights", Redraw(2, HE, 1))
    )
    frames_equal(trained(changed, 7).observe(), trained(small(), 7).observe())


def test_a_new_optimizer_counts_its_own_steps():
    # The first step of Adam is lr * g / (|g| + eps): as long as the learning rate, whatever the gradient.
    adam = Change(50, 0, "optimizer", Choice("adam"))
    changed = small(adam, activation=Choice("tanh"), learning_rate=0.01)
    trainer = trained(replace(changed, dtype="float64"), 50)
    before = trainer._stacks[0].parameters.copy()
    trainer.train(1)
    steps = np.abs(trainer._stacks[0].parameters - before)
    assert np.median(steps) == pytest.approx(0.01, rel=1e-3)
    assert steps.max() <= 0.01 * (1 + 1e-9)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adagrad"])
def test_a_new_optimizer_has_gathered_nothing(optimizer):
    changed = small(Change(7, 0, "optimizer", Choice(optimizer)), learning_rate=0.01)
    other = Trainer(small(optimizer=Choice(optimizer), learning_rate=0.01))
    place = trained(small(learning_rate=0.01), 7).checkpoint()
    (parameters,) = place.rows[0]
    other.go_back(replace(place, rows={0: (parameters, np.zeros_like(parameters))}))
    other.train(9)
    frames_equal(trained(changed, 16).observe(), other.observe())


def test_drawing_a_layer_anew_leaves_the_others_and_forgets_what_was_gathered_there():
    redraw = Change(7, 0, "layer_weights", Redraw(2, Choice("randn"), 5))
    trainer = trained(small(redraw, optimizer=Choice("momentum"), learning_rate=0.0), 8)
    plain = trained(small(optimizer=Choice("momentum"), learning_rate=0.0), 8)
    fresh = Trainer(small(initializer=Choice("randn"), seed=5))
    for layer, (changed, old, drawn) in enumerate(
        zip(weights(trainer), weights(plain), weights(fresh), strict=True)
    ):
        np.testing.assert_array_equal(changed, drawn if layer == 1 else old)
    gathered = trainer.checkpoint().rows[0][1]
    longer = plain.checkpoint().rows[0][1]
    second = slice(15, 15 + 24)
    assert np.abs(gathered[second]).sum() < np.abs(longer[second]).sum()


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.integers(0, 2),
        st.one_of(
            st.sampled_from(list(OPTIMIZERS)).map(lambda name: ("optimizer", Choice(name))),
            st.integers(1, 3).map(lambda layer: ("layer_weights", Redraw(layer, HE, layer))),
            st.sampled_from([0.001, 0.02]).map(lambda rate: ("learning_rate", rate)),
        ),
    ),
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.lists(st.integers(1, 6), max_size=5))
def test_cuts_and_the_other_runs_change_no_bit(events, cuts):
    """Runs part from their stacks and join others as their optimizers change; the second one diverges."""
    runs = [
        RunConfig((5, 4), learning_rate=0.01),
        RunConfig((5, 4), initializer=Choice("randn"), learning_rate=1e5, loss=Choice("mean_squared_error")),
        RunConfig((5, 4), learning_rate=0.01, seed=1),
    ]
    changes = {change.place: change for change in (Change(s, r, f, v) for s, r, (f, v) in events)}
    experiment = Experiment(tuple(runs), POINTS, batch_size=10, changes=tuple(changes.values()))
    whole = trained(experiment, 20).observe()
    cut = Trainer(experiment)
    for steps in cuts:
        cut.train(min(steps, 20 - cut.step_index))
        place = cut.checkpoint()
        cut.train(1)
        cut.go_back(place)
    cut.train(20 - cut.step_index)
    frames_equal(cut.observe(), whole)
    for run in (0, 2):
        own = [replace(change, run=0) for change in experiment.changes if change.run == run]
        alone = Experiment((runs[run],), POINTS, batch_size=10, changes=tuple(own))
        runs_equal(trained(alone, 20).observe().runs[0], whole.runs[run])


# Layers that differ


def test_a_network_whose_layers_all_override_is_the_one_without_overrides():
    plain = small(activation=Choice("tanh"), initializer=Choice("orthogonal"))
    overrides = [LayerOverride(n, Choice("tanh"), Choice("orthogonal")) for n in (1, 2)]
    overrides.append(LayerOverride(3, None, Choice("orthogonal")))
    frames_equal(trained(small(layers=tuple(overrides)), 9).observe(), trained(plain, 9).observe())


def test_each_layer_has_its_own_activation_and_initializer():
    overrides = (LayerOverride(1, Choice("sigmoid")), LayerOverride(2, None, Choice("zeros")))
    trainer = Trainer(small(layers=overrides))
    layers = trainer.observe().runs[0].layers
    assert 0.2 < layers["activation_mean"][0] < 0.8
    assert (layers["activation_mean"][1], layers["weight_rms"][1]) == (0, 0)
    np.testing.assert_array_equal(weights(trainer)[2], weights(Trainer(small()))[2])


def test_runs_whose_layers_differ_are_trained_in_lockstep():
    runs = [RunConfig((5, 4)), RunConfig((5, 4), layers=(LayerOverride(1, Choice("tanh")),))]
    together = trained(small().with_runs(runs), 12).observe()
    for run, seen in zip(runs, together.runs, strict=True):
        runs_equal(seen, trained(small().with_runs([run]), 12).observe().runs[0])
