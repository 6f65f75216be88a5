"""Experiments as files: what is written is read again, also by later versions."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import (
    EXPERIMENT_SETTINGS,
    RUN_REGISTRIES,
    RUN_SETTINGS,
    Change,
    Experiment,
    LayerOverride,
    Redraw,
    RunConfig,
)
from engine.datasets import DATASETS, n_train
from engine.experiment_file import from_json, load, save, to_json, to_text
from engine.fields import Choice, Number, OneOf, Switch
from engine.layers import MAX_LAYERS, MAX_UNITS

REGISTRIES = {"dataset": DATASETS, **RUN_REGISTRIES}

HEADER = '{"format": "initscope-experiment", "version": 2'


def values(setting: Number | OneOf | Switch) -> st.SearchStrategy[Any]:
    """Everything that a setting allows."""
    if isinstance(setting, Switch):
        return st.booleans()
    if isinstance(setting, OneOf):
        return st.sampled_from(list(setting.choices))
    if setting.integer:
        return st.integers(int(setting.minimum), int(setting.maximum))
    return st.floats(setting.minimum, setting.maximum)


@cache  # Hypothesis takes longer to look at a new strategy than to draw from it
def choices(field: str) -> st.SearchStrategy[Choice]:
    return st.one_of(
        [
            st.builds(
                Choice,
                st.just(name),
                st.fixed_dictionaries({each.name: values(each) for each in variant.parameters}),
            )
            for name, variant in REGISTRIES[field].items()
        ]
    )


@st.composite
def runs(draw: st.DrawFn) -> RunConfig:
    hidden = tuple(draw(st.lists(st.integers(1, MAX_UNITS), max_size=MAX_LAYERS)))
    layers = draw(st.lists(st.integers(1, len(hidden) + 1), max_size=3, unique=True))
    overrides = [
        LayerOverride(
            layer,
            draw(st.none() | choices("activation")) if layer <= len(hidden) else None,
            draw(st.none() | choices("initializer")),
        )
        for layer in layers
    ]
    given: dict[str, Any] = {field: draw(choices(field)) for field in RUN_REGISTRIES}
    given |= {field: draw(values(setting)) for field, setting in RUN_SETTINGS.items()}
    return RunConfig(hidden=hidden, layers=tuple(overrides), **given)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any experiment at all: drawn from the registries, so a new variant is tested as soon as it is there."""
    dataset = draw(choices("dataset"))
    shared = {field: draw(values(setting)) for field, setting in EXPERIMENT_SETTINGS.items()}
    shape = DATASETS[dataset.name].shape(**dataset.parameters)
    sizes = st.none() | st.integers(1, n_train(shape.n_samples, shared["train_fraction"]))
    configs = draw(st.lists(runs(), min_size=1, max_size=3))
    redraws = st.builds(Redraw, st.just(1), choices("initializer"), values(RUN_SETTINGS["seed"]))
    changes = st.one_of(
        st.builds(Change, st.integers(0, 10**9), st.none(), st.just("batch_size"), sizes),
        *(
            st.builds(
                Change,
                st.integers(0, 10**9),
                st.integers(0, len(configs) - 1),
                st.just(field),
                values(RUN_SETTINGS[field]),
            )
            for field in ("learning_rate", "l2")
        ),
        *(
            st.builds(Change, st.integers(0, 10**9), st.just(0), st.just(field), new)
            for field, new in (("optimizer", choices("optimizer")), ("layer_weights", redraws))
        ),
    )
    log = tuple(draw(st.lists(changes, max_size=4)))
    return Experiment(tuple(configs), dataset, batch_size=draw(sizes), changes=log, **shared)


@settings(max_examples=60, deadline=None)
@given(experiments())
def test_every_experiment_survives_the_way_through_its_text(experiment: Experiment) -> None:
    text = to_text(experiment)
    parsed = json.loads(text)
    assert parsed == to_json(experiment)
    again = from_json(parsed)
    assert again == experiment
    assert to_text(again) == text


def test_save_and_load_go_through_a_file(tmp_path: Path) -> None:
    experiment = Experiment((RunConfig(), RunConfig(seed=3)), changes=(Change(5, 1, "l2", 0.5),))
    save(experiment, tmp_path / "a.json")
    assert load(tmp_path / "a.json") == experiment
    assert (tmp_path / "a.json").read_text() == to_text(experiment)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_version_1_looks_like_this_for_good() -> None:
    experiment = Experiment(
        runs=(
            RunConfig(hidden=(100, 100), activation=Choice("leaky_relu"), learning_rate=0.05, seed=7),
            RunConfig(
                hidden=(),
                initializer=Choice("constant", {"value": -0.25}),
                bias_initializer=Choice("normal", {"std": 0.5}),
                loss=Choice("quadratic"),
                optimizer=Choice("momentum"),
                l2=1e-5,
            ),
        ),
        dataset=Choice("moons", {"n_samples": 500}),
        batch_size=None,
        dtype="float64",
        changes=(Change(10, 0, "learning_rate", 0.001), Change(20, None, "batch_size", 16)),
    )
    text = """\
{
  "format": "initscope-experiment",
  "version": 1,
  "dataset": {"name": "moons", "n_samples": 500, "noise": 0.1},
  "train_fraction": 0.8,
  "standardize": true,
  "data_seed": 0,
  "batch_size": null,
  "batch_seed": 0,
  "dtype": "float64",
  "runs": [
    {
      "hidden": [100, 100],
      "activation": {"name": "leaky_relu", "slope": 0.01},
      "initializer": {"name": "he_normal", "mode": "fan_in", "gain": 1.4142135623730951},
      "bias_initializer": {"name": "zeros"},
      "loss": {"name": "softmax_cross_entropy"},
      "optimizer": {"name": "sgd"},
      "learning_rate": 0.05,
      "l2": 0.0,
      "seed": 7
    },
    {
      "hidden": [],
      "activation": {"name": "relu"},
      "initializer": {"name": "constant", "value": -0.25},
      "bias_initializer": {"name": "normal", "std": 0.5},
      "loss": {"name": "quadratic"},
      "optimizer": {"name": "momentum", "momentum": 0.9},
      "learning_rate": 0.1,
      "l2": 1e-05,
      "seed": 0
    }
  ],
  "changes": [
    {"step": 10, "run": 0, "field": "learning_rate", "value": 0.001},
    {"step": 20, "run": null, "field": "batch_size", "value": 16}
  ]
}
"""
    assert from_json(json.loads(text)) == experiment


def test_version_2_looks_like_this_for_good() -> None:
    override = LayerOverride(2, initializer=Choice("constant", {"value": 0.5}))
    tanh = LayerOverride(1, Choice("tanh"), Choice("randn"))
    redraw = Redraw(1, Choice("zeros"), 4)
    experiment = Experiment(
        runs=(RunConfig(hidden=(8,), layers=(override, tanh), n_seeds=8, name="tanh first"),),
        changes=(Change(10, 0, "optimizer", Choice("momentum")), Change(20, 0, "layer_weights", redraw)),
    )
    text = """\
{
  "format": "initscope-experiment",
  "version": 2,
  "dataset": {"name": "digits"},
  "train_fraction": 0.8,
  "standardize": true,
  "data_seed": 0,
  "batch_size": 32,
  "batch_seed": 0,
  "dtype": "float32",
  "runs": [
    {
      "hidden": [8],
      "activation": {"name": "relu"},
      "initializer": {"name": "he_normal", "mode": "fan_in", "gain": 1.4142135623730951},
      "bias_initializer": {"name": "zeros"},
      "loss": {"name": "softmax_cross_entropy"},
      "optimizer": {"name": "sgd"},
      "learning_rate": 0.1,
      "l2": 0.0,
      "seed": 0,
      "layers": [
        {
          "layer": 1,
          "activation": {"name": "tanh"},
          "initializer": {"name": "randn"}
        },
        {
          "layer": 2,
          "activation": null,
          "initializer": {"name": "constant", "value": 0.5}
        }
      ],
      "n_seeds": 8,
      "name": "tanh first"
    }
  ],
  "changes": [
    {
      "step": 10,
      "run": 0,
      "field": "optimizer",
      "value": {"name": "momentum", "momentum": 0.9}
    },
    {
      "step": 20,
      "run": 0,
      "field": "layer_weights",
      "value": {
        "layer": 1,
        "initializer": {"name": "zeros"},
        "seed": 4
      }
    }
  ]
}
"""
    assert to_text(experiment) == text
    assert from_json(json.loads(text)) == experiment


def test_no_parameter_is_called_like_the_name_of_its_variant() -> None:
    for registry in REGISTRIES.values():
        for variant in registry.values():
            assert "name" not in [parameter.name for parameter in variant.parameters]


def test_a_file_written_by_hand_may_leave_out_what_has_a_default(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(HEADER + ', "runs": [{"hidden": [5], "activation": {"name": "elu"}}, {}]}')
    assert load(path) == Experiment((RunConfig((5,), Choice("elu")), RunConfig()))
    path.write_text(HEADER + "}")
    assert load(path) == Experiment()


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf" + to_text(Experiment()).encode())
    assert load(path) == Experiment()
