"""Escape in a field whose value cannot be used: what is in use comes back, and the error goes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from engine import memory
from engine.config import RunConfig
from engine.datasets import DATASETS
from engine.fields import Choice, choose
from engine.run_config import LayerOverride
from tests.form_keys import begin, document, line, pick, type_in, with_run

OWN = (LayerOverride(2, initializer=Choice("zeros")),)


@pytest.fixture
def only_as_large(monkeypatch):
    """Give a function that leaves no room in the memory for more than an experiment."""

    def limit(experiment):
        needed = memory.training_bytes(experiment) + memory.kept_bytes(experiment)
        monkeypatch.setattr(memory, "_SHARE", 1.0)
        monkeypatch.setattr(memory, "machine_bytes", lambda: needed)

    return limit


def escape(form, field):
    QTest.keyClick(form.field(field).editor, Qt.Key.Key_Escape)


def in_use(form):
    return document(form).settings


@pytest.mark.parametrize(
    ("field", "text"), [("batch_size", "1,439"), ("hidden", "4096x9"), ("n_seeds", "64")]
)
def test_a_refused_number_gives_way_to_the_one_in_use(form, emitted, only_as_large, field, text):
    only_as_large(in_use(form))
    shown = line(form, field).text()
    type_in(form, field, text)
    assert form.field(field).error
    escape(form, field)
    assert (line(form, field).text(), form.field(field).error) == (shown, "")
    assert form.experiment() == in_use(form)
    assert emitted == []


SEVERAL = with_run().with_runs([RunConfig((16, 16), layers=OWN)] * 3)


@pytest.mark.parametrize(("field", "name"), [("dataset", "digits"), ("dtype", "float64")])
def test_a_refused_choice_gives_way_to_the_one_in_use(form, emitted, only_as_large, field, name):
    begin(form, replace(SEVERAL, dataset=choose(DATASETS, "dataset", "iris"), batch_size=100))
    only_as_large(in_use(form))
    pick(form, field, name)
    assert form.field(field).error
    escape(form, field)
    assert not form.field(field).error
    assert form.experiment() == in_use(form)
    assert emitted == []


def test_escape_in_a_parameter_takes_the_whole_choice_back(form, only_as_large):
    moons = choose(DATASETS, "dataset", "moons")
    begin(form, replace(SEVERAL, dataset=moons))
    only_as_large(in_use(form))
    type_in(form, "dataset.n_samples", "50,000")
    assert form.field("dataset").error
    escape(form, "dataset.n_samples")
    assert not form.field("dataset").error
    assert form.experiment() == in_use(form)


def test_what_had_adapted_to_a_refused_value_comes_back_with_it(form, emitted, only_as_large):
    begin(form, replace(SEVERAL, dataset=choose(DATASETS, "dataset", "moons"), batch_size=200))
    only_as_large(in_use(form))
    type_in(form, "hidden", "4096")
    assert (form.field("layers").value(), form.field("hidden").error != "") == ((), True)
    escape(form, "hidden")
    assert form.field("layers").value() == OWN
    pick(form, "dataset", "iris")
    assert form.field("batch_size").value() == 120
    escape(form, "dataset")
    assert form.field("batch_size").value() == 200
    assert form.experiment() == in_use(form)
    assert emitted == []


def test_what_waited_for_a_refused_value_is_taken(form, emitted, only_as_large):
    only_as_large(in_use(form))
    type_in(form, "hidden", "4096x9")
    type_in(form, "seed", "5")
    assert emitted == []
    escape(form, "hidden")
    assert emitted == [with_run(seed=5)]
    assert not form.field("hidden").error
    note = next(label.text() for label in form.field("hidden").findChildren(QLabel) if "–" in label.text())
    assert not note.startswith("In use")


def test_only_the_field_that_stands_in_the_way_last_is_marked(form, only_as_large):
    only_as_large(in_use(form))
    type_in(form, "hidden", "4096x9")
    type_in(form, "batch_size", "1,439")
    assert (form.field("hidden").error, form.field("batch_size").error != "") == ("", True)
    escape(form, "batch_size")
    assert (form.field("hidden").error != "", form.field("batch_size").error) == (True, "")
    escape(form, "hidden")
    assert form.field("hidden").error == ""
    assert form.experiment() == in_use(form)


def test_half_typed_text_is_given_up_before_the_value(form):
    type_in(form, "batch_size", "1,439")
    QTest.keyClicks(form.field("batch_size").editor, "7")
    escape(form, "batch_size")
    assert line(form, "batch_size").text() == "1439"
    escape(form, "batch_size")
    assert line(form, "batch_size").text() == "32"


def test_what_is_wrong_with_the_value_in_use_stays_said(form, emitted):
    form.show_error("dataset", "The file is damaged.")
    escape(form, "dataset")
    assert form.field("dataset").error == "The file is damaged."
    assert emitted == []
