"""What runs are called: by a person, by what sets them apart, or by their number."""

from dataclasses import fields, replace

from engine.config import Experiment, LayerOverride, RunConfig
from engine.fields import Choice
from engine.run_names import _FIELDS, differences, own_settings, run_name, run_names

HE = RunConfig()
ZEROS = replace(HE, initializer=Choice("zeros"))
SMALL = replace(HE, initializer=Choice("normal", {"std": 0.02}), learning_rate=0.01)


def names(*runs: RunConfig) -> list[str]:
    experiment = Experiment(runs)
    assert run_names(experiment) == [run_name(experiment, run) for run in range(len(runs))]
    return run_names(experiment)


def test_runs_are_called_by_what_sets_them_apart():
    assert names(HE, ZEROS) == ["he_normal", "zeros"]


def test_the_reference_is_told_apart_in_every_field_that_any_run_changes():
    assert names(HE, SMALL) == ["he_normal, learning rate 0.1", "normal (std 0.02), learning rate 0.01"]


def test_runs_that_differ_in_a_parameter_both_say_it():
    usual = replace(HE, initializer=Choice("normal"))
    wider = replace(HE, initializer=Choice("normal", {"std": 0.02}))
    assert names(usual, wider, ZEROS) == ["normal (std 0.01)", "normal (std 0.02)", "zeros"]
    assert differences(Experiment((wider, usual)), 1) == ["normal (std 0.01)"]
    assert differences(Experiment((HE, usual)), 1) == ["normal"]
    biases = [replace(HE, bias_initializer=Choice("constant", {"value": value})) for value in (0.1, 0.2)]
    assert names(*biases) == ["biases constant (value 0.1)", "biases constant (value 0.2)"]


def test_a_name_of_ones_own_stands():
    assert names(HE, replace(ZEROS, name="nothing")) == ["he_normal", "nothing"]


def test_a_single_run_has_a_number():
    assert names(HE) == ["run 1"]


def test_twins_are_told_apart_by_number():
    assert names(HE, HE, ZEROS) == ["he_normal run 1", "he_normal run 2", "zeros"]
    assert names(replace(HE, name="a"), replace(ZEROS, name="a")) == ["a run 1", "a run 2"]


def test_differences_are_from_the_reference():
    experiment = Experiment((HE, SMALL, replace(HE, hidden=(100,) * 5, n_seeds=8)))
    assert differences(experiment, 0) == []
    assert differences(experiment, 1) == ["normal (std 0.02)", "learning rate 0.01"]
    assert differences(experiment, 2) == ["layers 100x5", "8 seeds"]
    assert differences(experiment.of_runs([2, 0]), 1) == ["layers 32, 32", "1 seed"]


def test_overrides_of_layers_are_spelled_out():
    override = LayerOverride(2, activation=Choice("tanh"), initializer=Choice("zeros"))
    experiment = Experiment((HE, replace(HE, layers=(override,))))
    assert differences(experiment, 1) == ["layer 2: tanh, zeros"]
    assert differences(experiment.of_runs([1, 0]), 1) == ["all layers alike"]


def test_runs_are_told_apart_by_the_layers_that_do_not_override_the_same():
    one = LayerOverride(1, Choice("tanh"), Choice("normal", {"std": 0.5}))
    shared = replace(HE, layers=(one, LayerOverride(2, initializer=Choice("zeros"))))
    other = shared.with_layer(LayerOverride(3, initializer=Choice("orthogonal")))
    experiment = Experiment((shared, other))
    assert differences(experiment, 1) == ["output: orthogonal"]
    assert differences(experiment.of_runs([1, 0]), 1) == ["output: as the network"]
    assert run_names(experiment) == ["output: as the network", "output: orthogonal"]
    without = shared.with_layer(LayerOverride(2))
    assert differences(Experiment((shared, without)), 1) == ["layer 2: as the network"]
    assert run_names(Experiment((HE, shared, without))) == [
        "all layers alike",
        "layer 1: tanh, normal (std 0.5); layer 2: zeros",
        "layer 1: tanh, normal (std 0.5); layer 2: as the network",
    ]


def test_the_output_is_the_output_in_networks_of_any_depth():
    zeros = HE.with_layer(LayerOverride(3, initializer=Choice("zeros")))
    deeper = replace(HE, hidden=(32,) * 3)
    assert differences(Experiment((zeros, zeros.with_hidden((32,) * 3))), 1) == ["layers 32x3"]
    hidden = deeper.with_layer(LayerOverride(3, initializer=Choice("zeros")))
    assert differences(Experiment((zeros, hidden)), 1) == [
        "layers 32x3",
        "layer 3: zeros; output: as the network",
    ]
    more = zeros.with_hidden((32,) * 6).with_layer(LayerOverride(5, Choice("tanh")))
    assert differences(Experiment((more, zeros)), 1) == ["layers 32, 32"]
    assert run_names(Experiment((more, zeros))) == ["layers 32x6, layer 5: tanh", "layers 32, 32"]


def test_neighbours_that_override_the_same_are_named_together():
    tanh = tuple(LayerOverride(layer, Choice("tanh")) for layer in (2, 3, 4, 6))
    small = LayerOverride(7, initializer=Choice("normal", {"std": 0.02}))
    run = replace(HE, hidden=(9,) * 6, layers=(*tanh, small))
    assert own_settings(run) == ["layers 2–4: tanh", "layer 6: tanh", "output: normal (std 0.02)"]


def test_the_output_is_named_apart_from_hidden_layers_that_override_the_same():
    zeros = tuple(LayerOverride(layer, initializer=Choice("zeros")) for layer in (1, 2, 3))
    assert own_settings(replace(HE, layers=zeros)) == ["layers 1–2: zeros", "output: zeros"]
    assert own_settings(HE) == []


def test_many_kinds_of_layers_are_counted():
    layers = tuple(LayerOverride(layer, Choice("tanh")) for layer in (1, 3, 5, 7))
    assert own_settings(replace(HE, hidden=(9,) * 7, layers=layers)) == [
        "4 layers with settings of their own"
    ]


def test_every_field_of_a_run_is_described():
    assert _FIELDS.keys() == {field.name for field in fields(RunConfig)} - {"name"}
