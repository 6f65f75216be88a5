"""What the form explains: the activation's curve with the pre-activations, and what an initializer does."""

import html
import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QToolButton

from engine.activations import ACTIVATIONS
from engine.fields import Choice, choose
from engine.initializers import INITIALIZERS
from engine.run_config import LayerOverride, RunConfig
from engine.sampling.sample_laws import law_of_initializer
from gui.controls.activation_curve import ActivationCurve, half_range, sample
from gui.controls.fitted_text import CodeView, FittedText
from gui.controls.initializer_panel import InitializerPanel
from gui.controls.layer_chooser import LayerChooser
from gui.controls.variance_table import VarianceTable, variance_rows
from gui.style import DARK, LIGHT
from tests.frames import histograms

# Where the slope falls to 5 % of its maximum: tanh' = 1 - tanh^2; s' = s (1 - s) <= 1/4; 1 / (1 + |z|)^2.
EDGES_OF_FLAT = {
    "tanh": math.atanh(math.sqrt(0.95)),
    "sigmoid": math.log((1 + math.sqrt(0.95)) / (1 - math.sqrt(0.95))),
    "softsign": math.sqrt(20) - 1,
    "hard_tanh": 1.0,
}


@pytest.mark.parametrize("name", EDGES_OF_FLAT)
def test_the_flat_part_begins_where_the_formula_says(name):
    curves = sample(choose(ACTIVATIONS, "activation", name), 8.0)
    np.testing.assert_array_equal(curves.flat, np.abs(curves.z) > EDGES_OF_FLAT[name] - 1e-12)


def test_the_flat_part_of_relu_is_the_negative_side():
    curves = sample(Choice("relu"), 4.0)
    np.testing.assert_array_equal(curves.flat[curves.z != 0], curves.z[curves.z != 0] < 0)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("reach", [4.0, 4.0 * 2**20])
def test_the_curves_of_all_activations_fill_their_scale(name, reach):
    curves = sample(choose(ACTIVATIONS, "activation", name), reach)
    for curve in (curves.value, curves.slope):
        assert np.isfinite(curve).all()
        assert curve.min() >= 0
        assert curve.max() <= 1


@pytest.mark.parametrize(("std", "reach"), [(1e-3, 4), (1.0, 4), (2.0, 8), (10.0, 32), (1000.0, 4096)])
def test_the_range_holds_nearly_all_pre_activations(std, reach):
    seen = histograms([np.random.default_rng(0).standard_normal(10_000) * std])
    assert half_range(seen.edges(0), seen.share(0), 4.0) == reach


def test_the_range_grows_at_once_and_shrinks_late():
    edges, share = np.array([-7.0, 7.0]), np.array([1.0])
    assert half_range(edges, share, 4.0) == 8
    assert half_range(edges, share, 16.0) == 16
    assert half_range(edges, share, 32.0) == 8


def ink(image, color):
    """Count the pixels of a colour."""
    wanted = QColor(color).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


@pytest.fixture
def curve(qtbot):
    curve = ActivationCurve()
    qtbot.addWidget(curve)
    curve.resize(280, curve.sizeHint().height())
    curve.set_activation(Choice("tanh"))
    return curve


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("centre", "flat"), [(0.0, False), (3.0, True), (-3.0, True)])
def test_bars_on_the_flat_part_have_another_colour(curve, theme, centre, flat):
    curve.set_theme(theme)
    alive, dead = (theme.pale(color, 0.55) for color in (theme.accent, theme.error))
    before = curve.grab().toImage()
    curve.set_pre_activations(np.array([centre - 0.5, centre + 0.5]), np.array([1.0]), float(flat))
    after = curve.grab().toImage()
    gained, other = (dead, alive) if flat else (alive, dead)
    assert ink(after, gained) > ink(before, gained) + 1000
    assert ink(after, other) == ink(before, other)


def test_pre_activations_that_are_not_finite_draw_nothing(curve):
    before = curve.grab().toImage()
    seen = histograms([np.full(10, np.nan)])
    curve.set_pre_activations(seen.edges(0), seen.share(0), math.nan)
    assert curve.grab().toImage() == before


def test_another_activation_takes_the_pre_activations_away(curve):
    curve.set_pre_activations(np.array([-0.5, 0.5]), np.array([1.0]), 0.0)
    curve.set_activation(Choice("relu"))
    shaded = curve.grab().toImage()
    curve.clear_pre_activations()
    assert curve.grab().toImage() == shaded


SIZES = (64, 100, 100, 100, 20, 10)


def run_of(initializer, sizes, *own):
    """Return a run with layers of these sizes, input and output too."""
    return RunConfig(tuple(sizes)[1:-1], initializer=initializer, layers=own)


@pytest.mark.parametrize(
    ("name", "gains"),
    [
        ("he_normal", (2, 2, 2, 2)),
        ("lecun_uniform", (1, 1, 1, 1)),
        ("xavier_normal", (128 / 164, 1, 200 / 120, 40 / 30)),
        ("randn", (64, 100, 100, 20)),
        ("zeros", (0, 0, 0, 0)),
        ("pytorch_default", (1 / 3, 1 / 3, 1 / 3, 1 / 3)),
    ],
)
def test_sigma_w_squared_is_that_of_the_formula(name, gains):
    rows = variance_rows(run_of(choose(INITIALIZERS, "initializer", name), SIZES), SIZES)
    assert [(row.first, row.last) for row in rows] == [(1, 1), (2, 3), (4, 4), (5, 5)]
    assert [row.gain for row in rows] == pytest.approx(gains)


def cells(table):
    return [
        [
            table.item(row, column).text()
            for column in range(table.columnCount())
            if not table.isColumnHidden(column)
        ]
        for row in range(table.rowCount())
    ]


@pytest.fixture
def table(qtbot):
    table = VarianceTable()
    qtbot.addWidget(table)
    table.show()
    return table


def test_the_table_has_a_row_for_layers_of_one_size(table):
    table.set_weights(run_of(choose(INITIALIZERS, "initializer", "he_normal"), SIZES), SIZES)
    assert cells(table) == [
        ["1", "64 → 100", "0.177", "2"],
        ["2–3", "100 → 100", "0.141", "2"],
        ["4", "100 → 20", "0.141", "2"],
        ["output", "20 → 10", "0.316", "2"],
    ]


def test_layers_with_settings_of_their_own_have_rows_of_their_own(table):
    own = (
        LayerOverride(2, Choice("tanh"), Choice("zeros")),
        LayerOverride(4, Choice("relu")),
        LayerOverride(5, Choice("relu")),
        LayerOverride(7, initializer=Choice("normal", {"std": 0.5})),
    )
    sizes = (100,) * 8
    table.resize(400, 200)
    table.set_weights(run_of(choose(INITIALIZERS, "initializer", "he_normal"), sizes, *own), sizes)
    same = "100 → 100"
    assert cells(table) == [
        ["1", same, "", "0.141", "2"],
        ["2", same, "tanh, zeros", "0", "0"],
        ["3", same, "", "0.141", "2"],
        ["4–5", same, "relu", "0.141", "2"],
        ["6", same, "", "0.141", "2"],
        ["output", same, "normal (std 0.5)", "0.5", "25"],
    ]
    tip = html.unescape(table.item(1, 0).toolTip())
    assert all(
        part in tip for part in ("Layer 2: 100 → 100", "Own activation: tanh", "Own initializer: zeros")
    )
    assert "As the network" in table.item(0, 0).toolTip()


def test_where_there_is_no_room_sizes_give_way_to_what_layers_do_of_their_own(table):
    own = LayerOverride(2, Choice("leaky_relu"), Choice("rand"))
    table.set_weights(run_of(Choice("randn"), (4000,) * 4, own), (4000,) * 4)
    table.resize(300, 150)
    assert table.isColumnHidden(1)
    assert table.columnWidth(2) >= 64
    table.resize(600, 150)
    assert not table.isColumnHidden(1)
    assert table.columnWidth(2) >= table.sizeHintForColumn(2)
    table.resize(300, 150)
    table.set_weights(run_of(Choice("randn"), (4000,) * 4), (4000,) * 4)
    assert not table.isColumnHidden(1)


@pytest.mark.parametrize(
    ("row", "layers"), [(0, None), (1, range(2, 4)), (2, range(4, 5))], ids=["none", "several", "output"]
)
def test_the_delete_key_lets_the_layers_of_a_row_do_as_the_network(qtbot, table, row, layers):
    own = [LayerOverride(layer, initializer=Choice("zeros")) for layer in (2, 3, 4)]
    table.set_weights(run_of(Choice("randn"), (5,) * 5, *own), (5,) * 5)
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    dropped = []
    table.own_settings_dropped.connect(dropped.append)
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualItemRect(table.item(row, 0)).center()
    )
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert dropped == ([] if layers is None else [layers])


def test_the_context_menu_names_the_layers_of_the_selected_row(qtbot, table):
    own = [LayerOverride(layer, initializer=Choice("zeros")) for layer in (2, 3)]
    table.set_weights(run_of(Choice("randn"), (5,) * 5, *own), (5,) * 5)
    assert table.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    these, all_layers = table.actions()
    offered = []
    for layer in range(4):
        table.select_layer(layer)
        offered.append((these.text(), these.isEnabled(), all_layers.isEnabled()))
    assert offered == [
        ("Layer 1 as the network", False, True),
        ("Layers 2–3 as the network", True, True),
        ("Layers 2–3 as the network", True, True),
        ("Output as the network", False, True),
    ]
    with qtbot.waitSignal(table.layer_chosen) as chosen:
        qtbot.mouseClick(
            table.viewport(), Qt.MouseButton.RightButton, pos=table.visualItemRect(table.item(1, 0)).center()
        )
    assert chosen.args == [1]
    assert these.text() == "Layers 2–3 as the network"
    dropped = []
    table.own_settings_dropped.connect(dropped.append)
    all_layers.trigger()
    assert dropped == [range(1, 5)]
    table.set_weights(run_of(Choice("randn"), (5,) * 5), (5,) * 5)
    table.select_layer(1)
    assert not these.isEnabled()
    assert not all_layers.isEnabled()


def test_the_table_names_the_output_even_where_it_is_like_the_layer_before(table):
    table.set_weights(run_of(Choice("randn"), (2, 2, 2)), (2, 2, 2))
    assert [row[0] for row in cells(table)] == ["1", "output"]


def test_the_mean_is_shown_where_it_is_not_zero(table):
    table.set_weights(run_of(Choice("rand"), (4, 2)), (4, 2))
    assert cells(table) == [["output", "4 → 2", "0.5", "0.289", "0.333"]]


def test_a_click_on_a_row_chooses_its_first_layer(qtbot, table):
    table.set_weights(run_of(Choice("randn"), SIZES), SIZES)
    table.select_layer(2)
    with qtbot.waitSignal(table.layer_chosen) as chosen:
        qtbot.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualItemRect(table.item(2, 0)).center()
        )
    assert chosen.args == [3]
    with qtbot.assertNotEmitted(table.layer_chosen):
        table.select_layer(1)
    assert table.currentRow() == 1


def test_the_table_of_a_hundred_different_layers_scrolls(table):
    table.set_weights(run_of(Choice("randn"), range(1, 103)), range(1, 103))
    assert table.rowCount() == 101
    assert table.sizeHint().height() < 200
    assert table.minimumSizeHint().height() < 100
    table.resize(table.sizeHint())
    assert table.verticalScrollBar().maximum() > 0


@pytest.fixture
def panel(qtbot):
    panel = InitializerPanel()
    qtbot.addWidget(panel)
    panel.resize(280, 300)
    panel.show()
    return panel


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_panel_explains_each_initializer_with_the_numbers_of_the_shown_layer(panel, name):
    choice = choose(INITIALIZERS, "initializer", name)
    panel.set_weights(run_of(choice, SIZES), SIZES)
    panel.select_layer(3)
    formula, code = panel.findChildren(FittedText)
    assert formula.toPlainText() == INITIALIZERS[name].formula
    assert INITIALIZERS[name].explanation in html.unescape(formula.toolTip())
    assert code.toPlainText() == INITIALIZERS[name].code(4, 100, 20, **choice.parameters)
    for text in (formula, code):
        assert text.document().size().height() <= text.height()
        assert text.document().idealWidth() <= text.viewport().width()


def test_the_panel_explains_the_shown_layers_own_initializer(qtbot, panel):
    own = LayerOverride(2, initializer=Choice("normal", {"std": 0.5}))
    panel.set_weights(run_of(Choice("he_normal"), (64, 32, 32, 10), own), (64, 32, 32, 10))
    formula, code = panel.findChildren(FittedText)
    assert code.toPlainText() == "W1 = rng.standard_normal((64, 32)) * np.sqrt(2 / 64)"
    panel.select_layer(1)
    assert formula.toPlainText() == INITIALIZERS["normal"].formula
    assert code.toPlainText() == "W2 = rng.standard_normal((32, 32)) * 0.5"
    with qtbot.waitSignal(panel.law_requested) as asked:
        qtbot.mouseClick(panel.findChildren(QToolButton)[1], Qt.MouseButton.LeftButton)
    assert asked.args == [law_of_initializer(own.initializer, 32, 32)]
    panel.select_layer(2)
    assert code.toPlainText() == "W3 = rng.standard_normal((32, 10)) * np.sqrt(2 / 32)"


def test_the_code_can_be_copied(qtbot, panel):
    panel.set_weights(run_of(choose(INITIALIZERS, "initializer", "he_normal"), (64, 32, 10)), (64, 32, 10))
    qtbot.mouseClick(panel.findChild(QToolButton), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied == "W1 = rng.standard_normal((64, 32)) * np.sqrt(2 / 64)"


def test_code_can_be_selected_but_not_changed(qtbot, panel):
    panel.set_weights(run_of(choose(INITIALIZERS, "initializer", "zeros"), (2, 1)), (2, 1))
    code = panel.findChild(CodeView)
    qtbot.keyClicks(code, "x")
    assert code.toPlainText() == "W1 = np.zeros((2, 1))"
    code.selectAll()
    assert code.textCursor().selectedText() == "W1 = np.zeros((2, 1))"


def test_the_chooser_keeps_the_layer_while_there_is_one(qtbot):
    chooser = LayerChooser()
    qtbot.addWidget(chooser)
    chooser.set_sizes((64, 32, 16, 10))
    chooser.set_value(1)
    chooser.set_sizes((2, 4, 4, 4, 1))
    assert chooser.value() == 1
    chooser.set_sizes((2, 1))
    assert chooser.value() == 0
    assert chooser.editor.currentText() == "Output: 2 → 1"
