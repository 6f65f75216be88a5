"""What a person changes in the form, what it emits then, and what it says of values that cannot be used."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea

from engine import memory
from engine.config import LIVE_FIELDS, Change, Experiment, RunConfig
from engine.fields import Choice
from engine.optimizers import OPTIMIZERS
from gui.controls.variance_table import VarianceTable
from tests.form_keys import begin, document, line, pick, shown_texts, type_in, with_run


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("hidden", "100x5", with_run(hidden=(100,) * 5)),
        ("hidden", "", with_run(hidden=())),
        ("seed", "3", with_run(seed=3)),
        ("data_seed", "3", Experiment(data_seed=3)),
        ("batch_seed", "3", Experiment(batch_seed=3)),
        ("train_fraction", "0,5", Experiment(train_fraction=0.5)),
        (
            "initializer.gain",
            "1",
            with_run(initializer=Choice("he_normal", {"gain": 1.0})),
        ),
    ],
)
def test_what_is_typed_makes_a_new_experiment(form, emitted, field, text, expected):
    type_in(form, field, text)
    assert emitted == [expected]
    assert document(form).settings == expected


@pytest.mark.parametrize(
    ("field", "name", "expected"),
    [
        ("activation", "sin", with_run(activation=Choice("sin"))),
        ("initializer", "zeros", with_run(initializer=Choice("zeros"))),
        ("bias_initializer", "constant", with_run(bias_initializer=Choice("constant"))),
        ("loss", "mean_squared_error", with_run(loss=Choice("mean_squared_error"))),
        ("dtype", "float64", Experiment(dtype="float64")),
        ("dataset", "spiral", Experiment(dataset=Choice("spiral"))),
    ],
)
def test_what_is_chosen_makes_a_new_experiment(form, emitted, field, name, expected):
    pick(form, field, name)
    assert emitted[-1] == expected


def test_the_check_boxes_make_a_new_experiment(form, emitted):
    form.field("standardize").editor.click()
    assert emitted == [Experiment(standardize=False)]


@pytest.mark.parametrize(
    ("field", "text", "value"), [("learning_rate", "1e-3", 1e-3), ("l2", ",1", 0.1), ("batch_size", "64", 64)]
)
def test_live_fields_do_not_restart(form, emitted, field, text, value):
    type_in(form, field, text)
    assert emitted == [(field, value)]
    owner = document(form).settings if field == "batch_size" else document(form).settings.runs[0]
    assert getattr(owner, field) == value


def test_the_full_batch_is_live_too(form, emitted):
    full = form.field("batch_size").findChild(QAbstractButton, "full")
    full.click()
    full.click()
    assert emitted == [("batch_size", None), ("batch_size", 32)]


def test_the_live_fields_are_those_of_the_engine(form, emitted):
    for field in LIVE_FIELDS:
        type_in(form, field, "3")
    assert emitted == [(field, 3) for field in LIVE_FIELDS]


def test_a_live_change_is_part_of_the_next_experiment(form, emitted):
    type_in(form, "learning_rate", "0.02")
    type_in(form, "seed", "1")
    assert emitted == [("learning_rate", 0.02), with_run(learning_rate=0.02, seed=1)]


def test_an_edit_drops_the_log_of_changes_and_keeps_the_other_runs(form, emitted):
    experiment = Experiment(runs=(RunConfig(), RunConfig(seed=5)))
    begin(form, experiment.with_change(Change(3, 0, "l2", 0.5)))
    type_in(form, "data_seed", "2")
    assert emitted == [replace(experiment, data_seed=2)]


def test_setting_in_answer_to_an_edit_loses_nothing_typed(form, emitted):
    type_in(form, "hidden", "32, 3O")
    type_in(form, "seed", "4")
    assert emitted == [with_run(seed=4)]
    assert line(form, "hidden").text() == "32, 3O"
    assert form.field("hidden").error


def test_setting_another_experiment_shows_its_values(form):
    type_in(form, "hidden", "32, 3O")
    begin(form, with_run(hidden=(5,)))
    assert line(form, "hidden").text() == "5"
    assert not form.field("hidden").error


def test_an_optimizer_proposes_its_rate_while_that_of_the_old_one_stands(form):
    begin(form, with_run(optimizer=Choice("sgd"), learning_rate=OPTIMIZERS["sgd"].default_learning_rate))
    pick(form, "optimizer", "adam")
    adam = OPTIMIZERS["adam"].default_learning_rate
    assert document(form).settings.runs[0].optimizer.name == "adam"
    assert document(form).settings.runs[0].learning_rate == adam
    assert form.field("learning_rate").value() == adam


def test_an_optimizer_leaves_a_rate_of_ones_own_alone(form, emitted):
    type_in(form, "learning_rate", "0.037")
    pick(form, "optimizer", "adam")
    assert [value for field, value in emitted if field == "learning_rate"] == [0.037]
    assert document(form).settings.runs[0].learning_rate == 0.037


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("hidden", "1O, 2", "1O"),
        ("hidden", "5000", "4,096"),
        ("hidden", "10x101", "100"),
        ("learning_rate", "fast", "fast"),
        ("learning_rate", "-1", "between 0"),
        ("seed", "1.5", "whole number"),
        ("batch_size", "0", "between 1"),
        ("train_fraction", "2", "between 0.05 and 1"),
        ("initializer.gain", "", "Gain is empty; it must be a number between 0 and 100."),
        ("learning_rate", "1e400", "Learning rate is 1e400;"),
        ("batch_size", "1e9", "Batch size is 1e9;"),
        ("seed", "1,5", "Weight seed is 1,5; it must be a whole number"),
    ],
)
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab], ids=["enter", "tab"])
def test_a_bad_value_is_told_at_its_field_and_changes_nothing(form, emitted, field, text, told, key):
    before = document(form).settings
    type_in(form, field, text, key)
    assert told in form.field(field).error
    assert line(form, field).text() == text
    assert emitted == []
    assert document(form).settings == before


def test_other_fields_go_on_beside_a_bad_one(form, emitted):
    type_in(form, "learning_rate", "fast")
    type_in(form, "seed", "8")
    assert emitted == [with_run(seed=8)]
    assert form.field("learning_rate").error
    assert line(form, "learning_rate").text() == "fast"


def test_a_batch_larger_than_the_training_set_is_told_at_the_batch_size(form, emitted):
    type_in(form, "batch_size", "1,439")
    assert "1,438" in form.field("batch_size").error
    assert emitted == []
    type_in(form, "batch_size", "1438")
    assert not form.field("batch_size").error
    assert emitted == [("batch_size", 1438)]


def test_smaller_data_lowers_the_batch_size(form, emitted):
    type_in(form, "batch_size", "1000")
    pick(form, "dataset", "iris")
    assert emitted[-1] == Experiment(dataset=Choice("iris"), batch_size=120)
    type_in(form, "train_fraction", "0.5")
    assert emitted[-1].batch_size == 75
    assert not form.field("batch_size").error


def test_what_does_not_fit_in_memory_is_refused_with_the_number(form, emitted, monkeypatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 100_000_000)
    type_in(form, "hidden", "4096x100")
    assert "100 MB" in form.field("hidden").error
    assert document(form).settings == Experiment()
    type_in(form, "seed", "5")
    assert emitted == []
    assert form.field("hidden").error
    type_in(form, "hidden", "16")
    assert emitted == [with_run(hidden=(16,), seed=5)]
    assert not form.field("hidden").error


def test_an_optimizer_and_its_rate_are_given_to_the_network_in_use_beside_a_refused_one(form, monkeypatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 100_000_000)
    type_in(form, "hidden", "4096x100")
    pick(form, "optimizer", "adam")
    in_use = document(form).settings.runs[0]
    assert in_use.hidden == RunConfig().hidden
    assert in_use.optimizer.name == "adam"
    assert in_use.learning_rate == OPTIMIZERS["adam"].default_learning_rate
    assert form.field("hidden").error
    type_in(form, "hidden", "16")
    assert document(form).settings.runs[0] == replace(in_use, hidden=(16,))


def test_undoing_a_batch_size_brings_its_note_back(form):
    type_in(form, "batch_size", "64")
    assert "23 steps per epoch" in shown_texts(form)
    document(form).undo_stack.undo()
    assert "45 steps per epoch" in shown_texts(form)


def test_beside_a_refused_network_stands_which_one_is_in_use(form, monkeypatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 100_000_000)

    def note():
        return next(
            label.text() for label in form.field("hidden").findChildren(QLabel) if "–" in label.text()
        )

    usual = note()
    assert usual.startswith("64 – [ 32, 32 ] – 10\n3,466 parameters")
    type_in(form, "hidden", "4096x100")
    assert "1,661," in form.field("hidden").error
    assert note() == f"In use: {usual}"
    assert form.findChild(VarianceTable).rowCount() == 3
    type_in(form, "hidden", "16")
    assert note().startswith("64 – [ 16 ] – 10")


def test_fields_changed_beside_a_refused_network_describe_themselves(form, monkeypatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 100_000_000)
    type_in(form, "hidden", "4096x100")
    pick(form, "dataset", "iris")
    texts = [label.text() for label in form.field("dataset").findChildren(QLabel)]
    assert "150 × 4, 3 classes" in texts


def test_an_error_from_outside_goes_with_the_next_good_edit(form):
    form.show_error("dataset", "the file is damaged.")
    assert form.field("dataset").error == "The file is damaged."
    pick(form, "dataset", "iris")
    assert not form.field("dataset").error


def test_an_error_at_a_parameter_is_brought_into_view(form):
    begin(form, Experiment(dataset=Choice("moons")))
    row = form.field("dataset.noise")
    bar = form.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    assert row.visibleRegion().isEmpty()
    form.show_error("dataset.noise", "too much noise.")
    assert row.error == "Too much noise."
    assert not row.visibleRegion().isEmpty()


def test_an_error_opens_a_folded_section(form):
    heading = next(button for button in form.findChildren(QAbstractButton) if button.text() == "TRAINING")
    heading.click()
    assert not form.field("loss").isVisible()
    form.show_error("loss", "It does not fit.")
    assert form.field("loss").isVisible()


def test_runs_that_do_not_fit_together_are_refused_where_that_was_given(form, emitted, monkeypatch):
    three = with_run().with_runs([RunConfig((16, 16))] * 3)
    begin(form, three)
    more = three.with_runs([RunConfig((16, 17)), *three.runs[1:]])
    needed = memory.training_bytes(more) + memory.kept_bytes(more)
    monkeypatch.setattr(memory, "machine_bytes", lambda: needed)
    type_in(form, "hidden", "16, 17")
    assert emitted == []
    assert "fewer runs than 3" in form.field("hidden").error
