import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import (
    EXPERIMENT_SETTINGS,
    LIVE_FIELDS,
    RUN_REGISTRIES,
    RUN_SETTINGS,
    Change,
    Experiment,
    LayerOverride,
    Redraw,
    RunConfig,
    step_at_epoch,
    steps_per_epoch,
)
from engine.fields import Choice, ConfigError, Number
from engine.trainer import Trainer

XOR = Choice("xor", {"n_samples": 100})
"""Of which 80 are trained on."""


def refused(make: Callable[..., Any], **values: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        make(**values)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 500
    return caught.value


def with_changes(*changes: Change, **values: Any) -> Experiment:
    return Experiment(dataset=XOR, changes=changes, **values)


def test_the_program_opens_on_digits_64_32_32_10() -> None:
    experiment = Experiment()
    assert experiment.dataset.name == "digits"
    assert experiment.sizes() == (64, 32, 32, 10)
    assert experiment.n_parameters() == 65 * 32 + 33 * 32 + 33 * 10
    assert (experiment.n_features, experiment.n_classes) == (64, 10)
    assert experiment.n_train == 1438  # 0.8 * 1797 = 1437.6
    assert experiment.runs == (RunConfig(),)


@pytest.mark.parametrize("field", RUN_REGISTRIES)
def test_every_variant_can_be_chosen_and_gets_all_its_parameters(field: str) -> None:
    for name, variant in RUN_REGISTRIES[field].items():
        chosen: dict[str, Any] = {field: Choice(name)}
        choice = getattr(RunConfig(**chosen), field)
        assert choice.name == name
        assert dict(choice.parameters) == {each.name: each.default for each in variant.parameters}


@pytest.mark.parametrize("field", RUN_REGISTRIES)
def test_unknown_variants_and_parameters_are_refused(field: str) -> None:
    assert refused(RunConfig, **{field: Choice("nothing")}).field == field
    name = next(iter(RUN_REGISTRIES[field]))
    assert refused(RunConfig, **{field: Choice(name, {"nothing": 1})}).field == f"{field}.nothing"


def test_unknown_data_are_refused() -> None:
    assert refused(Experiment, dataset=Choice("mnist")).field == "dataset"
    assert refused(Experiment, dataset=Choice("xor", {"noise": -1})).field == "dataset.noise"
    assert refused(Experiment, dataset=Choice("digits", {"noise": 1})).field == "dataset.noise"


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, "1", None, [1], 10**400], ids=repr)
@pytest.mark.parametrize("field", RUN_SETTINGS)
def test_settings_of_a_run_are_checked(field: str, value: object) -> None:
    assert refused(RunConfig, **{field: value}).field == field


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, "1", None, [1], 10**400], ids=repr)
@pytest.mark.parametrize("field", EXPERIMENT_SETTINGS)
def test_settings_of_an_experiment_are_checked(field: str, value: object) -> None:
    assert refused(Experiment, **{field: value}).field == field


@pytest.mark.parametrize(
    ("field", "setting"),
    [*RUN_SETTINGS.items(), *EXPERIMENT_SETTINGS.items()],
    ids=lambda value: str(value)[:20],
)
def test_defaults_stand_in_the_declarations_and_in_the_dataclasses_alike(field: str, setting: Number) -> None:
    assert getattr(RunConfig() if field in RUN_SETTINGS else Experiment(), field) == setting.default
    assert setting.name == field


def test_hidden_layers_are_checked() -> None:
    assert refused(RunConfig, hidden=(0,)).field == "hidden"
    assert RunConfig(hidden=[8, 4]).hidden == (8, 4)  # type: ignore[arg-type]
    assert Experiment((RunConfig(hidden=()),)).sizes() == (64, 10)


def test_the_loss_decides_how_many_outputs_two_classes_need() -> None:
    runs = (RunConfig(hidden=(4, 2)), RunConfig(hidden=(4, 2), loss=Choice("sigmoid_cross_entropy")))
    experiment = Experiment(runs, XOR)
    assert experiment.sizes(0) == (2, 4, 2, 2)
    assert experiment.sizes(1) == (2, 4, 2, 1)
    assert experiment.n_parameters(1) == 12 + 10 + 3


def test_an_experiment_needs_a_run() -> None:
    assert refused(Experiment, runs=()).field == "runs"


def test_experiments_are_values() -> None:
    one = Experiment([RunConfig(seed=1)], Choice("moons"))  # type: ignore[arg-type]
    other = Experiment((RunConfig(seed=1),), Choice("moons", {"noise": 0.1}))
    assert one == other
    assert hash(one) == hash(other)
    assert one != replace(other, data_seed=1)


@pytest.mark.parametrize("size", [1, 80, None])
def test_a_batch_is_at_most_the_training_set(size: int | None) -> None:
    assert Experiment(dataset=XOR, batch_size=size).batch_size == size


@pytest.mark.parametrize("size", [0, -1, 1.5, math.nan, "full", True], ids=repr)
def test_other_batch_sizes_are_refused(size: object) -> None:
    assert refused(Experiment, batch_size=size).field == "batch_size"


def test_a_batch_larger_than_the_training_set_is_refused_with_its_size() -> None:
    error = refused(Experiment, dataset=XOR, batch_size=81)
    assert error.field == "batch_size"
    assert error.message == (
        "Batch size is 81, but there are 80 training samples; use at most that, or the full batch."
    )
    error = refused(Experiment, dataset=XOR, train_fraction=0.1)
    assert error.message.startswith("Batch size is 32, but there are 10 training samples;")


@pytest.mark.parametrize(
    "change",
    [
        Change(-1, 0, "l2", 0.1),
        Change(1.5, 0, "l2", 0.1),  # type: ignore[arg-type]
        Change(True, 0, "l2", 0.1),
        Change(0, None, "l2", 0.1),
        Change(0, 1, "l2", 0.1),
        Change(0, -1, "l2", 0.1),
        Change(0, False, "l2", 0.1),
        Change(0, 0.0, "l2", 0.1),  # type: ignore[arg-type]
        Change(0, [0], "l2", 0.1),  # type: ignore[arg-type]
        Change(0, 0, "seed", 1),
        Change(0, 0, ["l2"], 1),  # type: ignore[arg-type]
        Change(0, 0, "batch_size", 8),
        Change(0, 0, "optimizer", "adam"),  # type: ignore[arg-type]
        Change(0, None, "optimizer", Choice("adam")),
        Change(0, 0, "layer_weights", 1),
        Change(0, 0, "layer_weights", Redraw(4, Choice("zeros"), 0)),
    ],
    ids=str,
)
def test_changes_that_cannot_be_are_refused(change: Change) -> None:
    with pytest.raises(ConfigError) as caught:
        with_changes(change)
    assert caught.value.field == "changes"


@pytest.mark.parametrize(
    "change",
    [
        Change(0, 0, "learning_rate", -1),
        Change(0, 0, "learning_rate", None),
        Change(0, 0, "l2", math.nan),
        Change(0, None, "batch_size", 81),
        Change(0, None, "batch_size", 0),
    ],
    ids=str,
)
def test_the_value_of_a_change_is_checked_like_the_setting(change: Change) -> None:
    with pytest.raises(ConfigError) as caught:
        with_changes(change)
    assert caught.value.field == change.field


def test_a_change_holds_from_its_step_until_the_next_one() -> None:
    experiment = with_changes(
        Change(10, 0, "learning_rate", 0.5),
        Change(20, 0, "learning_rate", 0),
        Change(10, None, "batch_size", None),
    )
    steps = (0, 9, 10, 19, 20, 1000)
    assert [experiment.value_at(step, "learning_rate") for step in steps] == [0.1, 0.1, 0.5, 0.5, 0.0, 0.0]
    assert [experiment.value_at(step, "batch_size") for step in steps] == [32, 32, None, None, None, None]
    assert [experiment.value_at(step, "l2") for step in steps] == [0.0] * 6


def test_a_change_belongs_to_its_run() -> None:
    runs = (RunConfig(), RunConfig(learning_rate=0.2))
    experiment = with_changes(Change(5, 1, "learning_rate", 0.9), runs=runs)
    assert [experiment.value_at(5, "learning_rate", run) for run in (0, 1)] == [0.1, 0.9]


def test_the_log_is_in_the_order_of_the_steps() -> None:
    late, early = Change(20, 0, "l2", 0.2), Change(10, 0, "l2", 0.1)
    experiment = with_changes(late, early)
    assert experiment.changes == (early, late)
    assert experiment == with_changes(early, late)
    assert experiment.value_at(30, "l2") == 0.2


def test_a_new_change_replaces_its_like_and_what_was_to_come() -> None:
    experiment = with_changes(
        Change(10, 0, "l2", 0.1),
        Change(20, 0, "l2", 0.2),
        Change(20, None, "batch_size", 8),
        Change(30, 0, "l2", 0.3),
    )
    changed = experiment.with_change(Change(20, 0, "l2", 0.5))
    assert changed.changes == (
        Change(10, 0, "l2", 0.1),
        Change(20, 0, "l2", 0.5),
        Change(20, None, "batch_size", 8),
    )
    assert len(experiment.changes) == 4


def test_what_is_so_already_is_no_change() -> None:
    experiment = with_changes(Change(10, 0, "l2", 0.1), Change(20, 0, "l2", 0.2))
    assert experiment.with_change(Change(12, 0, "l2", 0.1)) == with_changes(Change(10, 0, "l2", 0.1))
    assert experiment.with_change(Change(30, 0, "l2", 0.2)) == experiment
    assert experiment.with_change(Change(30, None, "batch_size", experiment.batch_size)) == experiment
    assert experiment.with_change(Change(30, 0, "optimizer", Choice("sgd"))) == experiment
    back = experiment.with_change(Change(20, 0, "l2", 0.1))
    assert back == with_changes(Change(10, 0, "l2", 0.1))
    redraw = Change(30, 0, "layer_weights", Redraw(1, experiment.runs[0].initializer, 0))
    assert experiment.with_change(redraw).changes[-1] == redraw


def test_a_new_change_is_checked() -> None:
    with pytest.raises(ConfigError):
        with_changes().with_change(Change(0, None, "batch_size", 81))


def test_settled_starts_with_what_was_in_force() -> None:
    runs = (RunConfig(l2=0.1), RunConfig(l2=0.2))
    experiment = with_changes(
        Change(10, 1, "l2", 0.5),
        Change(10, None, "batch_size", 8),
        Change(20, 0, "learning_rate", 7),
        runs=runs,
    )
    settled = experiment.settled(15)
    assert settled.changes == ()
    assert settled.batch_size == 8
    assert [run.l2 for run in settled.runs] == [0.1, 0.5]
    assert [run.learning_rate for run in settled.runs] == [0.1, 0.1]
    assert experiment.settled(20).runs[0].learning_rate == 7.0
    for field in LIVE_FIELDS:
        for run in (0, 1):
            assert settled.value_at(0, field, run) == experiment.value_at(15, field, run)


def test_with_runs_checks_them_against_the_log() -> None:
    experiment = with_changes(Change(5, 1, "l2", 0.9), runs=(RunConfig(), RunConfig()))
    assert experiment.with_runs([RunConfig(seed=1), RunConfig(seed=2)]).runs[1].seed == 2
    with pytest.raises(ConfigError):
        experiment.with_runs([RunConfig()])


@pytest.mark.parametrize(
    ("n", "batch", "steps"), [(10, 10, 1), (10, 3, 4), (10, 1, 10), (10, None, 1), (9, 3, 3), (1, 1, 1)]
)
def test_steps_per_epoch_count_the_smaller_last_batch(n: int, batch: int | None, steps: int) -> None:
    assert steps_per_epoch(n, batch) == steps


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(1, 80))), max_size=3),
    st.integers(1, 80),
    st.integers(0, 3),
)
def test_the_step_at_an_epoch_is_where_the_trainer_ends_it(
    resizes: list[tuple[int, int | None]], batch_size: int, epochs: int
) -> None:
    changes = tuple(Change(step, None, "batch_size", size) for step, size in resizes)
    experiment = Experiment((RunConfig(hidden=()),), XOR, batch_size=batch_size, changes=changes)
    trainer = Trainer(experiment)
    trainer.train(step_at_epoch(experiment, epochs))
    assert trainer.epoch == epochs


def test_an_end_far_ahead_is_found_at_once() -> None:
    # 80 samples: two mini-batches of 32, then the 16 left and all the rest in batches of 10.
    experiment = with_changes(Change(2, None, "batch_size", 10))
    assert step_at_epoch(experiment, 10**12) == 2 + 2 + 8 * (10**12 - 1)


# Layers that differ, and changes of more than a number


def test_a_layer_can_override_activation_and_initializer() -> None:
    overrides = (LayerOverride(2, Choice("tanh")), LayerOverride(3, initializer=Choice("zeros")))
    config = RunConfig(hidden=(5, 4), layers=overrides)
    relu, he = config.activation, config.initializer
    assert config.activations == (relu, Choice("tanh"))
    assert config.initializers == (he, he, Choice("zeros"))
    assert config.with_layer(LayerOverride(2)).layers == overrides[1:]
    assert config.with_layer(LayerOverride(1, Choice("elu"))).activations[0].name == "elu"
    assert RunConfig(layers=overrides[::-1]).layers == overrides


OWN = tuple(
    LayerOverride(layer, initializer=Choice(name)) for layer, name in enumerate(("zeros", "randn", "rand"), 1)
)


@pytest.mark.parametrize(
    ("hidden", "kept"),
    [
        ((5, 4), {1: "zeros", 2: "randn", 3: "rand"}),
        ((7, 7, 7, 7), {1: "zeros", 2: "randn", 5: "rand"}),
        ((5,), {1: "zeros", 2: "rand"}),
        ((), {1: "rand"}),
    ],
    ids=str,
)
def test_with_other_hidden_layers_the_output_keeps_what_is_its_own(
    hidden: tuple[int, ...], kept: dict[int, str]
) -> None:
    run = RunConfig(hidden=(5, 4), layers=OWN).with_hidden(hidden)
    assert run.hidden == hidden
    assert run.layers == tuple(LayerOverride(layer, None, Choice(name)) for layer, name in kept.items())
    assert RunConfig(hidden=(5, 4), layers=OWN[:2]).with_hidden((5,)).layers == OWN[:1]


@pytest.mark.parametrize(
    "overrides",
    [
        (LayerOverride(4),),
        (LayerOverride(3, Choice("tanh")),),
        (LayerOverride(1), LayerOverride(1, Choice("tanh"))),
    ],
    ids=str,
)
def test_overrides_that_cannot_be_are_refused(overrides: tuple[LayerOverride, ...]) -> None:
    assert refused(RunConfig, layers=overrides).field == "layers"


def test_the_values_of_an_override_are_checked_like_those_of_the_run() -> None:
    assert refused(LayerOverride, layer=0).field == "layers"
    assert refused(LayerOverride, layer=1, activation=Choice("no")).field == "activation"
    wrong = Choice("normal", {"std": -1})
    assert refused(LayerOverride, layer=1, initializer=wrong).field == "initializer.std"


def test_an_optimizer_is_in_force_from_its_change_on() -> None:
    first, second = Change(10, 0, "optimizer", Choice("adam")), Change(20, 0, "optimizer", Choice("sgd"))
    experiment = with_changes(first, second)
    assert [experiment.value_at(step, "optimizer").name for step in (9, 10, 20)] == ["sgd", "adam", "sgd"]
    assert [experiment.optimizer_since(step, 0) for step in (9, 10, 19, 20)] == [0, 10, 10, 20]
    assert experiment.settled(15).runs[0].optimizer.name == "adam"
    assert experiment.value_at(10, "optimizer").parameters["beta1"] == 0.9


def test_changes_of_two_layers_at_one_step_stand_side_by_side() -> None:
    redraws = [Redraw(layer, Choice("zeros"), 0) for layer in (1, 2, 1)]
    experiment = with_changes()
    for redraw in redraws:
        experiment = experiment.with_change(Change(5, 0, "layer_weights", redraw))
    assert [change.value for change in experiment.changes] == [redraws[1], redraws[2]]
