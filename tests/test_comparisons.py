"""Comparisons make runs that differ in one thing only."""

from dataclasses import fields, replace
from itertools import pairwise

import pytest

from engine.comparisons import COMPARISONS, keep_name_true
from engine.config import Change, Experiment, LayerOverride, RunConfig
from engine.fields import Choice, ConfigError
from engine.optimizers import OPTIMIZERS
from engine.run_names import differences
from engine.trainer import Trainer

DIFFER = {
    "initializers": {"initializer"},
    "activations": {"activation"},
    "learning_rates": {"learning_rate"},
    "optimizers": {"optimizer", "learning_rate"},
    "depths": {"hidden"},
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_the_runs_differ_in_what_is_compared(name):
    experiment = Experiment(
        (RunConfig((8, 8)), RunConfig((6, 6), seed=7)), changes=(Change(3, 0, "l2", 0.1),)
    )
    compared = COMPARISONS[name].apply(experiment, 1)
    assert len(compared.runs) >= 4
    assert len({run.name for run in compared.runs}) == len(compared.runs)
    assert compared.changes == ()
    first = compared.runs[0]
    different = {
        field.name
        for run in compared.runs
        for field in fields(RunConfig)
        if getattr(run, field.name) != getattr(first, field.name)
    }
    assert different == DIFFER[name] | {"name"}
    assert {run.seed for run in compared.runs} == {7}
    assert len(Trainer(compared).observe().runs) == len(compared.runs)


def test_the_initializers_that_everybody_argues_about():
    names = [run.initializer.name for run in COMPARISONS["initializers"].apply(Experiment()).runs]
    assert names == ["zeros", "normal", "rand", "randn", "xavier_normal", "he_normal", "orthogonal"]


def test_every_optimizer_is_compared():
    runs = COMPARISONS["optimizers"].apply(Experiment()).runs
    assert [run.optimizer.name for run in runs] == list(OPTIMIZERS)


def test_an_override_of_what_is_compared_goes():
    override = LayerOverride(1, Choice("elu"), Choice("zeros"))
    runs = COMPARISONS["initializers"].apply(Experiment((RunConfig(layers=(override,)),))).runs
    assert all(run.layers == (LayerOverride(1, Choice("elu")),) for run in runs)


def test_learning_rates_have_no_digits_of_round_off():
    rates = [run.learning_rate for run in COMPARISONS["learning_rates"].apply(Experiment()).runs]
    assert rates == [0.001, 0.01, 0.1, 1.0]


def test_the_name_of_a_learning_rate_is_written_as_in_what_differs():
    for rate in (1e-7, 0.00037, 0.01, 0.037, 123.4567, 5e4, 1e6):
        experiment = COMPARISONS["learning_rates"].apply(Experiment((RunConfig(learning_rate=rate),)))
        for number, run in enumerate(experiment.runs[1:], start=1):
            assert differences(experiment, number) == [f"learning {run.name}"]


@pytest.mark.parametrize("rate", [0.0, 5e-324])
def test_around_a_learning_rate_of_nothing_there_is_nothing_to_compare(rate):
    with pytest.raises(ConfigError, match="farther from 0"):
        COMPARISONS["learning_rates"].apply(Experiment((RunConfig(learning_rate=rate),)))


@pytest.mark.parametrize("comparison", COMPARISONS)
def test_the_name_of_a_compared_run_follows_what_is_changed(comparison):
    runs = COMPARISONS[comparison].apply(Experiment()).runs
    for before, after in pairwise(runs):
        changed = replace(after, name=before.name)
        assert keep_name_true(before, changed) == after


def test_a_name_says_no_more_what_is_not_so():
    he = next(run for run in COMPARISONS["initializers"].apply(Experiment()).runs if run.name == "He")
    louder = replace(he, initializer=Choice("he_normal", {"gain": 3.0}))
    assert keep_name_true(he, louder).name == ""
    assert keep_name_true(he, replace(he, seed=3)).name == "He"
    mine = replace(he, name="mine")
    assert keep_name_true(mine, replace(louder, name="mine")).name == "mine"
