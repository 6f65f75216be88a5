"""What single layers do differently from their network, as a person sets it, sees it and takes it back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QScrollArea, QToolButton

from engine import memory
from engine.config import Experiment, LayerOverride, RunConfig
from engine.fields import Choice, choose
from engine.initializers import INITIALIZERS
from gui.controls.fitted_text import CodeView
from gui.controls.layer_panel import LayerPanel
from gui.controls.variance_table import VarianceTable
from tests.form_keys import begin, document, pick, pick_item, shown_texts, type_in, with_run

TANH, ZEROS = Choice("tanh"), Choice("zeros")
NORMAL = choose(INITIALIZERS, "initializer", "normal")
SOME = (LayerOverride(2, TANH), LayerOverride(3, None, ZEROS))


def own(form):
    """Return the row of the layers' own settings."""
    return form.field("layers")


def choose_own(form, field, name):
    """Choose an item for the shown layer."""
    pick_item(own(form).choice(field).editor, name)


def show_layer(form, layer):
    """Show a layer, 1 being the first hidden one."""
    form.findChild(LayerPanel).select_layer(layer - 1)


def button(form):
    """Return the button beside the name of the shown layer."""
    buttons = form.findChild(LayerPanel).findChildren(QToolButton)
    [found] = (button for button in buttons if button.defaultAction() and button.isCheckable())
    return found


def in_force(form):
    """Return what layers of the document's run override."""
    return document(form).settings.runs[0].layers


def test_a_layer_is_as_the_network_until_something_of_its_own_is_chosen(form, emitted):
    assert not own(form).choice("activation").isVisible()
    own(form).editor.click()
    assert own(form).choice("activation").isVisible()
    assert emitted == []
    assert own(form).choice("activation").editor.currentText() == "As the network: ReLU"
    choose_own(form, "activation", "tanh")
    assert in_force(form) == (LayerOverride(1, TANH),)
    choose_own(form, "initializer", "normal")
    assert in_force(form) == (LayerOverride(1, TANH, NORMAL),)


def test_the_parameters_of_a_layers_own_initializer_can_be_typed(form):
    begin(form, with_run(layers=(LayerOverride(1, None, NORMAL),)))
    box = own(form).choice("initializer").parameter("std").editor
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "0.5")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert in_force(form)[0].initializer.parameters == {**NORMAL.parameters, "std": 0.5}
    box.selectAll()
    QTest.keyClicks(box, "wide")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert "wide" in own(form).choice("initializer").parameter("std").error
    assert in_force(form)[0].initializer.parameters["std"] == 0.5


def test_a_choice_like_the_networks_begins_with_its_parameters(form):
    leaky = Choice("leaky_relu", {"slope": 0.25})
    begin(form, with_run(activation=leaky))
    own(form).editor.click()
    choose_own(form, "activation", "leaky_relu")
    assert in_force(form) == (LayerOverride(1, leaky),)
    pick(form, "activation", "relu")
    assert document(form).settings.runs[0].activations == (leaky, Choice("relu"))
    choose_own(form, "activation", "")
    assert in_force(form) == ()
    assert own(form).choice("activation").isVisible()


def test_the_row_is_about_the_shown_layer(form):
    begin(form, with_run(layers=SOME))
    seen = []
    for layer in (1, 2, 3):
        show_layer(form, layer)
        rows = [own(form).choice(field) for field in ("activation", "initializer")]
        seen.append([own(form).editor.isChecked(), *(row.value() if row.isVisible() else "" for row in rows)])
    # What the output makes of its pre-activations comes with the loss.
    assert seen == [[False, "", ""], [True, TANH, None], [True, "", ZEROS]]
    assert "Output" in shown_texts(form)


def test_turned_off_a_layer_does_as_the_network_and_undo_brings_its_own_back(form, emitted):
    begin(form, with_run(layers=SOME))
    show_layer(form, 2)
    own(form).editor.click()
    assert emitted == [with_run(layers=SOME[1:])]
    assert not own(form).choice("activation").isVisible()
    document(form).undo_stack.undo()
    assert own(form).value() == SOME
    assert own(form).editor.isChecked()
    assert own(form).choice("activation").value() == TANH


def test_the_button_beside_the_layers_name_leads_to_its_settings(form):
    form.resize(330, 593)
    assert not button(form).isChecked()
    button(form).click()
    QApplication.processEvents()
    assert button(form).isChecked()
    assert own(form).editor.hasFocus()
    scroll = form.findChild(QScrollArea)
    assert own(form).visibleRegion().boundingRect() == own(form).rect()
    assert scroll.viewport().height() > 200
    choose_own(form, "initializer", "zeros")
    assert "zeros" in button(form).toolTip()
    button(form).click()
    assert in_force(form) == ()
    assert not button(form).isChecked()


def test_foot_and_table_show_what_the_layer_does(form):
    show_layer(form, 2)
    own(form).editor.click()
    choose_own(form, "initializer", "zeros")
    assert form.findChild(CodeView).toPlainText() == "W2 = np.zeros((32, 32))"
    table = form.findChild(VarianceTable)
    assert [table.item(row, 2).text() for row in range(3)] == ["", "zeros", ""]
    assert [table.item(row, 4).text() for row in range(3)] == ["0.177", "0", "0.25"]


def test_layers_can_be_set_back_in_the_table_and_all_at_once(form, emitted):
    begin(form, with_run(layers=(LayerOverride(1, TANH), *SOME)))
    table = form.findChild(VarianceTable)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert emitted == [with_run(layers=(LayerOverride(1, TANH), SOME[1]))]
    [every] = (b for b in own(form).findChildren(QToolButton) if b.text() == "All layers as the network")
    every.click()
    assert emitted[-1] == Experiment()
    assert not every.isVisible()
    assert not own(form).editor.isChecked()


@pytest.mark.parametrize(
    ("hidden", "kept", "told"),
    [
        ("32", {2: ZEROS}, "Layer 2 is gone, and its own settings with it."),
        ("", {1: ZEROS}, "Layer 2 is gone, and its own settings with it."),
        ("32x4", {2: TANH, 5: ZEROS}, ""),
    ],
)
def test_layers_that_go_take_their_own_settings_along_and_the_output_keeps_its(form, hidden, kept, told):
    begin(form, with_run(layers=SOME))
    type_in(form, "hidden", hidden)
    assert {o.layer: o.activation or o.initializer for o in in_force(form)} == kept
    assert ("gone" in "".join(shown_texts(form))) == bool(told)
    assert told in "".join(shown_texts(form))
    assert own(form).error == ""
    type_in(form, "learning_rate", "0.2")
    assert told in "".join(shown_texts(form))
    document(form).undo_stack.undo()
    document(form).undo_stack.undo()
    assert in_force(form) == SOME
    assert "gone" not in "".join(shown_texts(form))


def test_several_layers_that_go_are_named_together(form):
    layers = tuple(LayerOverride(layer, TANH) for layer in (2, 3, 4, 6))
    begin(form, with_run(hidden=(8,) * 6, layers=layers))
    type_in(form, "hidden", "8")
    assert "Layers 2–4, 6 are gone, and their own settings with them." in shown_texts(form)


def test_while_a_shorter_network_is_refused_its_layers_can_still_be_set(form, emitted, monkeypatch):
    show_layer(form, 3)
    with monkeypatch.context() as little:
        little.setattr(memory, "machine_bytes", lambda: 1)
        type_in(form, "hidden", "8")
        own(form).editor.click()
        choose_own(form, "initializer", "zeros")
        assert form.field("hidden").error
        assert emitted == []
    type_in(form, "hidden", "9")
    assert emitted == [with_run(hidden=(9,), layers=(LayerOverride(2, None, ZEROS),))]


def test_another_run_shows_what_its_layers_do(form):
    runs = (RunConfig(), RunConfig((8,), layers=(LayerOverride(1, TANH),)))
    form.show_run(Experiment(runs), 1)
    assert own(form).value() == runs[1].layers
    assert own(form).choice("activation").value() == TANH
    form.show_run(Experiment(runs), 0)
    assert own(form).value() == ()
    assert not own(form).choice("activation").isVisible()
    assert form.experiment() == Experiment(runs)


def test_a_setting_of_the_network_leaves_what_is_half_typed_for_a_layer(form):
    begin(form, with_run(layers=(LayerOverride(1, None, NORMAL),)))
    box = own(form).choice("initializer").parameter("std").editor
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "O.5")
    type_in(form, "seed", "3")
    assert box.text() == "O.5"
    assert own(form).choice("initializer").parameter("std").error
    show_layer(form, 2)
    show_layer(form, 1)
    assert not own(form).choice("initializer").parameter("std").error
    assert document(form).settings == with_run(seed=3, layers=(LayerOverride(1, None, NORMAL),))


def test_a_check_box_says_whose_settings_it_is_about(form):
    box = own(form).findChild(QCheckBox)
    assert box.accessibleName() == "Own settings of Layer 1"
    show_layer(form, 3)
    assert box.accessibleName() == "Own settings of Output"
