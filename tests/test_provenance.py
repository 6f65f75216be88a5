"""What is said about a figure: caption, metadata, file name."""

import json

import pytest

from engine import blas, experiment_file
from engine.config import Change, Experiment, LayerOverride, RunConfig
from engine.fields import Choice
from engine.version import VERSION
from gui.provenance import caption, file_stem, metadata, seeds


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_name_of_a_file_tells_experiments_apart() -> None:
    assert file_stem(Experiment(), 1240) == "initscope-digits-64-32-32-10-relu-he_normal-step1240"


def test_repeated_layers_are_written_once() -> None:
    experiment = Experiment(runs=(RunConfig(hidden=(100,) * 5),))
    assert file_stem(experiment, 0) == "initscope-digits-64-100x5-10-relu-he_normal-step0"


def test_many_different_layers_are_counted() -> None:
    experiment = Experiment(runs=(RunConfig(hidden=tuple(range(1, 101))),))
    assert file_stem(experiment, 0) == "initscope-digits-101layers-relu-he_normal-step0"


def test_runs_that_differ_are_counted() -> None:
    runs = tuple(RunConfig(initializer=Choice(name)) for name in ("zeros", "he_normal"))
    assert file_stem(Experiment(runs=runs), 0) == "initscope-digits-64-32-32-10-relu-2runs-step0"
    assert (
        metadata(Experiment(runs=runs), 0)["Title"] == "InitScope: digits, 64-32-32-10, relu, 2 runs, step 0"
    )


def test_name_of_a_file_needs_no_quoting_anywhere() -> None:
    experiment = Experiment(runs=(RunConfig(hidden=()),), dataset=Choice("moons"))
    assert set(file_stem(experiment, 3)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")


def test_caption_names_what_was_chosen() -> None:
    experiment = Experiment(
        runs=(RunConfig(activation=Choice("leaky_relu", {"slope": 0.25}), seed=7, l2=1e-4),),
        data_seed=8,
        batch_seed=9,
        standardize=False,
    )
    network, reproduction = plain(caption(experiment, 1240)).splitlines()
    assert network.startswith(
        "digits · 64-32-32-10 · leaky_relu (slope 0.25) · he_normal (fan_in, gain 1.414) · "
    )
    assert network.endswith("sgd · learning rate 0.1 · batch size 32 · L2 1e-4")
    assert reproduction.startswith("Step 1,240 · seeds: weights 7, data 8, batches 9 · ")
    assert "not standardized" in reproduction
    assert reproduction.endswith(blas.describe())


def test_caption_tells_what_was_in_force_at_the_step() -> None:
    experiment = Experiment(
        changes=(Change(100, 0, "learning_rate", 0.5), Change(100, None, "batch_size", None))
    )
    assert "learning rate 0.1 · batch size 32" in plain(caption(experiment, 99))
    assert "learning rate 0.5 · full batch" in plain(caption(experiment, 100))


def test_caption_names_what_runs_differ_in_once_each() -> None:
    runs = tuple(
        RunConfig(initializer=Choice("zeros"), seed=seed, learning_rate=0.1 + seed) for seed in range(3)
    )
    experiment = Experiment(runs=runs)
    assert "learning rate 0.1 / 1.1 / 2.1" in plain(caption(experiment, 0))
    assert seeds(experiment) == "weights 0 / 1 / 2, data 0, batches 0"
    assert caption(experiment, 0).count("zeros") == 1


def test_caption_names_the_runs_on_show_and_all_their_seeds() -> None:
    runs = tuple(RunConfig(name=name, n_seeds=8) for name in ("zeros", "He", "Xavier"))
    experiment = Experiment(runs=runs)
    assert plain(caption(experiment, 0)).splitlines()[0] == "Runs: zeros, He, Xavier"
    assert plain(caption(experiment, 0, [0, 2])).splitlines()[0] == "Runs: zeros, Xavier"
    assert "weights 0 to 7" in seeds(experiment)
    assert "Runs" not in caption(Experiment(), 0)
    many = Experiment(runs=tuple(RunConfig(seed=seed) for seed in range(32)))
    assert plain(caption(many, 0)).splitlines()[0].endswith("seed 9, 22 more")


def test_caption_and_file_name_tell_of_layers_with_settings_of_their_own() -> None:
    own = (LayerOverride(1, Choice("tanh")), LayerOverride(3, initializer=Choice("normal")))
    run = RunConfig(layers=own)
    assert " · layer 1: tanh · output: normal (std 0.01) · " in plain(caption(Experiment((run,)), 0))
    assert file_stem(Experiment((run,)), 0) == "initscope-digits-64-32-32-10-relu-he_normal-2overrides-step0"
    both = Experiment((RunConfig(), run))
    assert " · all layers alike / layer 1: tanh; output: normal (std 0.01) · " in plain(caption(both, 0))
    assert file_stem(both, 0) == "initscope-digits-64-32-32-10-relu-he_normal-2runs-step0"
    assert "alike" not in caption(Experiment((RunConfig(), RunConfig(seed=1))), 0)


def test_caption_breaks_only_after_a_dot() -> None:
    for line in caption(Experiment(), 0).splitlines():
        *parts, last = line.split(" ")
        assert all(part.endswith("\N{NO-BREAK SPACE}·") for part in parts)
        assert last.count("·") == 0


def test_caption_names_what_was_changed_of_an_optimizer() -> None:
    def written(**parameters: float) -> str:
        return plain(caption(Experiment(runs=(RunConfig(optimizer=Choice("adam", parameters)),)), 0))

    assert " · adam · " in written()
    assert " · adam (beta1 0.5) · " in written(beta1=0.5)


@pytest.mark.parametrize("step", [0, 12_345])
def test_metadata_reproduces_the_experiment(step: int) -> None:
    experiment = Experiment(
        runs=(RunConfig(seed=5), RunConfig(seed=6)), dataset=Choice("spiral"), data_seed=4
    )
    stamp = metadata(experiment, step)
    assert experiment_file.from_json(json.loads(stamp["Configuration"])) == experiment
    assert stamp["Step"] == str(step)
    assert stamp["Seeds"] == "weights 5 / 6, data 4, batches 0"
    assert stamp["BLAS"] == blas.describe()
    assert stamp["Software"] == f"InitScope {VERSION}"
    assert f"step {step}" in stamp["Title"]
