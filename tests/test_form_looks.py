"""What the form shows beside its fields, where the keys lead, and that nothing is cut off."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QAction, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QMainWindow,
    QScrollArea,
)

from engine import memory
from engine.activations import ACTIVATIONS
from engine.config import RUN_SETTINGS, Experiment, LayerOverride, RunConfig
from engine.fields import Choice
from engine.initializers import INITIALIZERS
from gui.controls.activation_curve import ActivationCurve
from gui.controls.fitted_text import CodeView, FittedText
from gui.controls.form import ExperimentForm
from gui.controls.layer_chooser import LayerChooser
from gui.controls.layer_panel import LayerPanel
from gui.controls.variance_table import VarianceTable
from gui.style import DARK, LIGHT
from gui.typing_guard import TypingGuard
from tests import frames
from tests.form_keys import begin, document, pick, shown_texts, type_in, with_run


def test_sizes_counts_and_memory_are_shown(form):
    texts = "\n".join(shown_texts(form))
    assert "1,797 × 64, 10 classes" in texts
    assert "1,438 training, 359 validation" in texts
    assert "64 – [ 32, 32 ] – 10" in texts
    parameters = 65 * 32 + 33 * 32 + 33 * 10
    needed = memory.format_bytes(memory.training_bytes(Experiment()))
    assert f"{parameters:,} parameters, {needed}" in texts.replace("\N{NO-BREAK SPACE}", " ")
    assert "45 steps per epoch" in texts
    type_in(form, "hidden", "")
    assert "\n64 – 10\n650 parameters" in "\n".join(shown_texts(form))


def test_numbers_beside_the_fields_follow_the_data(form):
    pick(form, "dataset", "iris")
    type_in(form, "train_fraction", "1")
    texts = shown_texts(form)
    assert "150 × 4, 3 classes" in texts
    assert "150 training, no validation" in texts


def test_a_frame_shades_the_shown_layer_and_nothing_under_the_output(form):
    curve = form.findChild(ActivationCurve)
    plain = curve.grab().toImage()
    form.show_frame(frames.frame(Experiment()).runs[0])
    first = curve.grab().toImage()
    panel = form.findChild(LayerPanel)
    panel.select_layer(1)
    second = curve.grab().toImage()
    panel.select_layer(2)
    output = curve.grab().toImage()
    assert first != plain
    assert second != first
    assert output == plain


def test_the_activation_of_the_shown_layer_is_drawn(form):
    curve, panel = form.findChild(ActivationCurve), form.findChild(LayerPanel)
    relu = curve.grab().toImage()
    begin(form, with_run(layers=(LayerOverride(2, Choice("tanh")),)))
    assert curve.grab().toImage() == relu
    panel.select_layer(1)
    tanh = curve.grab().toImage()
    begin(form, with_run(activation=Choice("tanh")))
    assert curve.grab().toImage() == tanh != relu
    form.show_frame(frames.frame(Experiment()).runs[0])
    assert curve.grab().toImage() != tanh


def test_a_live_change_keeps_the_pre_activations_and_a_new_network_drops_them(form):
    curve = form.findChild(ActivationCurve)
    plain = curve.grab().toImage()
    form.show_frame(frames.frame(Experiment()).runs[0])
    shaded = curve.grab().toImage()
    type_in(form, "learning_rate", "0.5")
    begin(form, document(form).settings)
    assert curve.grab().toImage() == shaded
    type_in(form, "seed", "1")
    assert curve.grab().toImage() == plain


def test_the_chosen_layer_is_one_in_chooser_code_and_table(form):
    chooser, code, table = (form.findChild(kind) for kind in (LayerChooser, CodeView, VarianceTable))
    panel = form.findChild(LayerPanel)
    assert code.toPlainText() == "W1 = rng.standard_normal((64, 32)) * np.sqrt(2 / 64)"
    pick_layer = chooser.editor
    pick_layer.setFocus()
    QTest.keyClick(pick_layer, Qt.Key.Key_Down)
    assert panel.layer() == 1
    assert code.toPlainText().startswith("W2 = rng.standard_normal((32, 32))")
    assert table.currentRow() == 1
    QTest.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        table.visualItemRect(table.item(2, 0)).center(),
    )
    assert panel.layer() == 2
    assert chooser.editor.currentText() == "Output: 32 → 10"
    assert code.toPlainText().startswith("W3 = rng.standard_normal((32, 10))")


def stops(form):
    """Return what the tab key leads through, beginning at the first heading."""
    first = next(button for button in form.findChildren(QAbstractButton) if button.text() == "DATA")
    first.setFocus()
    found = [first]
    while True:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused in found or not form.isAncestorOf(focused):
            return found
        found.append(focused)


def test_the_tab_key_leads_from_top_to_bottom(form):
    form.resize(330, 1200)  # where nothing has to be scrolled into sight
    own = (LayerOverride(1, Choice("elu"), Choice("normal")),)
    begin(form, with_run(activation=Choice("elu"), optimizer=Choice("adam"), layers=own))
    QApplication.processEvents()
    places = [widget.mapTo(form, widget.rect().bottomLeft()) for widget in stops(form)]
    assert len(places) > 25
    for place, following in pairwise(places):
        assert following.y() > place.y() + 4 or following.x() > place.x()
        assert following.y() > place.y() - 30  # a button beside a high text stands at its top


def test_the_tab_key_reaches_every_setting(form):
    begin(form, with_run(optimizer=Choice("adam")))
    reached = stops(form)
    fields = [*Experiment().__dataclass_fields__, *RunConfig().__dataclass_fields__, "optimizer.beta2"]
    for name in fields:
        if name not in ("runs", "changes", "name"):
            assert form.field(name).editor in reached


def test_everything_that_can_have_the_focus_has_a_name(form):
    own = (LayerOverride(1, Choice("elu"), Choice("normal")),)
    begin(form, replace(with_run(layers=own), dataset=Choice("blobs")))
    names = [
        widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        for widget in stops(form)
    ]
    assert all(names)
    assert {
        "Data set",
        "Data set: Noise",
        "Hidden layers",
        "Batch size in samples",
        "Full batch",
        "Own settings of Layer 1",
        "Own initializer: Standard deviation",
    } <= set(names)


def test_a_combo_box_is_related_to_its_label(form):
    """On Linux the accessible name of a combo box is its text; a screen reader asks for the label."""
    combo = QAccessible.queryAccessibleInterface(form.field("activation").editor)
    labels = [other for other, kind in combo.relations() if kind & QAccessible.RelationFlag.Label]
    assert [label.text(QAccessible.Text.Name) for label in labels] == ["Activation"]


def test_a_screen_reader_gets_the_explanation_and_the_error(form):
    editor = form.field("learning_rate").editor
    assert RUN_SETTINGS["learning_rate"].help in editor.accessibleDescription()
    assert ACTIVATIONS["relu"].explanation in form.field("activation").editor.accessibleDescription()
    form.show_error("learning_rate", "too much.")
    assert editor.accessibleDescription() == "Too much."


def test_space_is_a_shortcut_of_the_window_except_in_text_and_on_buttons(qtbot, qapp):
    window = QMainWindow()
    qtbot.addWidget(window)
    guard = TypingGuard(qapp)
    form = ExperimentForm()
    window.setCentralWidget(form)
    played = []
    play = QAction("Play", window)
    play.setShortcut("Space")
    play.triggered.connect(lambda: played.append("played"))
    window.addAction(play)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    def space(field):
        form.field(field).editor.setFocus()
        qtbot.keyClick(form.field(field).editor, Qt.Key.Key_Space)

    for field in ("hidden", "learning_rate", "standardize"):
        space(field)
    assert played == []
    assert form.field("standardize").value() is False
    space("activation")  # after choosing with the mouse, the combo box still has the focus
    assert played == ["played"]
    guard.deleteLater()
    QCoreApplication.sendPostedEvents(guard, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("width", [300, 340])
@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(),
        with_run(hidden=(100,) * 100, initializer=Choice("rand")),
        with_run(
            hidden=tuple(range(4000, 4020)),
            activation=Choice("leaky_relu"),
            initializer=Choice("truncated_normal"),
            optimizer=Choice("adamw"),
        ),
        with_run(
            hidden=(100,) * 100,
            layers=tuple(
                LayerOverride(n, Choice("tanh"), Choice("truncated_normal")) for n in range(1, 99, 2)
            ),
        ),
    ],
    ids=["default", "hundred", "wide", "own"],
)
def test_no_text_is_cut_off(form, width, experiment):
    begin(form, experiment)
    type_in(form, "learning_rate", "a very bad learning rate indeed")
    form.resize(width, 600)
    QApplication.processEvents()
    fields = form.findChild(QScrollArea)
    assert fields.widget().width() == fields.viewport().width()
    for label in form.findChildren(QLabel):
        if label.isVisibleTo(form) and label.text():
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert label.height() >= needed, label.text()
            assert label.width() >= label.minimumSizeHint().width(), label.text()
    for text in form.findChildren(FittedText):
        assert text.document().size().height() <= text.height()


HUNDRED = tuple(range(201, 301))
OWN = (LayerOverride(1, initializer=Choice("rand")),)


@pytest.mark.parametrize("initializer", INITIALIZERS)
@pytest.mark.parametrize(
    ("hidden", "layers"),
    [((), ()), ((32, 32), ()), ((100, 90, 80, 70, 60), ()), (HUNDRED, ()), (HUNDRED, OWN)],
    ids=["0", "2", "5", "100", "own"],
)
def test_what_the_initializer_does_is_always_in_sight(kept_form, hidden, layers, initializer):
    """At 593 pixels, what a window of 1280x720 leaves of its height, wherever the fields are scrolled to."""
    begin(
        kept_form,
        with_run(hidden=hidden, layers=layers, initializer=Choice(initializer), activation=Choice("elu")),
    )
    kept_form.resize(330, 593)
    QApplication.processEvents()
    scroll = kept_form.findChild(QScrollArea)
    assert scroll.viewport().height() > 200
    for position in (0, scroll.verticalScrollBar().maximum()):
        scroll.verticalScrollBar().setValue(position)
        for kind in (ActivationCurve, LayerChooser, FittedText, CodeView, VarianceTable):
            part = kept_form.findChild(kind)
            seen = part.viewport() if isinstance(part, QAbstractScrollArea) else part
            assert seen.visibleRegion().boundingRect() == seen.rect()
    table = kept_form.findChild(VarianceTable)
    rows = table.viewport().height() // table.rowHeight(0)
    assert rows >= min(table.rowCount(), 3)
    assert table.verticalScrollBar().isVisible() == (rows < table.rowCount())


def test_the_form_asks_for_no_more_height_than_a_small_screen_has(qtbot):
    form = ExperimentForm()
    qtbot.addWidget(form)
    assert form.minimumSizeHint().height() < 433  # what the smallest window leaves


def test_a_large_window_shows_more_layers_and_leaves_the_rest_to_the_fields(form):
    begin(form, with_run(hidden=(100, 90, 80, 70, 60)))
    form.resize(330, 950)
    QApplication.processEvents()
    assert not form.findChild(VarianceTable).verticalScrollBar().isVisible()
    panel = form.findChild(LayerPanel)
    before = panel.height()
    form.resize(330, 1200)
    QApplication.processEvents()
    assert panel.height() == before


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_theme_reaches_what_the_palette_does_not(form, theme):
    form.set_theme(theme)
    table = form.findChild(VarianceTable)
    assert table.palette().color(QPalette.ColorRole.HighlightedText).name() == theme.text.lower()


def test_long_names_in_combo_boxes_do_not_widen_the_form(form):
    for combo in form.findChildren(QComboBox):
        assert combo.minimumSizeHint().width() < 150
