"""What the form shows beside its fields, where the keys lead, and that nothing is cut off."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QMainWindow

from engine import memory
from engine.activations import ACTIVATIONS
from engine.config import RUN_SETTINGS, Experiment, RunConfig
from engine.fields import Choice
from gui.controls.activation_curve import ActivationCurve
from gui.controls.code_view import CodeView
from gui.controls.form import ExperimentForm
from gui.controls.layer_chooser import LayerChooser
from gui.controls.variance_table import VarianceTable
from gui.style import DARK, LIGHT
from gui.typing_guard import TypingGuard
from tests import form_keys, frames
from tests.form_keys import pick, type_in, with_run


@pytest.fixture
def form(qtbot):
    return form_keys.shown_form(qtbot)


def shown_texts(form):
    return [label.text() for label in form.findChildren(QLabel) if label.isVisibleTo(form)]


def test_sizes_counts_and_memory_are_shown(form):
    texts = "\n".join(shown_texts(form))
    assert "1,797 × 64, 10 classes" in texts
    assert "1,438 training, 359 validation" in texts
    assert "64 – [ 32, 32 ] – 10" in texts
    parameters = 65 * 32 + 33 * 32 + 33 * 10
    assert f"{parameters:,} parameters, {memory.format_bytes(memory.training_bytes(Experiment()))}" in texts
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
    form.show_frame(frames.frame(Experiment()))
    first = curve.grab().toImage()
    form.select_layer(1)
    second = curve.grab().toImage()
    form.select_layer(2)
    output = curve.grab().toImage()
    assert first != plain
    assert second != first
    assert output == plain


def test_a_live_change_keeps_the_pre_activations_and_a_new_network_drops_them(form):
    curve = form.findChild(ActivationCurve)
    plain = curve.grab().toImage()
    form.show_frame(frames.frame(Experiment()))
    shaded = curve.grab().toImage()
    form.edited.connect(form.set_experiment)
    type_in(form, "learning_rate", "0.5")
    form.set_experiment(form.experiment())
    assert curve.grab().toImage() == shaded
    type_in(form, "seed", "1")
    assert curve.grab().toImage() == plain


def test_the_chosen_layer_is_one_in_chooser_code_and_table(form):
    chooser, code, table = (form.findChild(kind) for kind in (LayerChooser, CodeView, VarianceTable))
    assert code.toPlainText() == "W1 = rng.standard_normal((64, 32)) * np.sqrt(2 / 64)"
    pick_layer = chooser.editor
    pick_layer.setFocus()
    QTest.keyClick(pick_layer, Qt.Key.Key_Down)
    assert form.layer() == 1
    assert code.toPlainText().startswith("W2 = rng.standard_normal((32, 32))")
    assert table.currentRow() == 1
    QTest.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        table.visualItemRect(table.item(2, 0)).center(),
    )
    assert form.layer() == 2
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
        if focused in found or not form.widget().isAncestorOf(focused):
            return found
        found.append(focused)


def test_the_tab_key_leads_from_top_to_bottom(form):
    form.set_experiment(with_run(activation=Choice("elu"), optimizer=Choice("adam")))
    places = [widget.mapTo(form.widget(), widget.rect().bottomLeft()) for widget in stops(form)]
    assert len(places) > 25
    for place, following in pairwise(places):
        assert following.y() > place.y() + 4 or following.x() > place.x()
        assert following.y() > place.y() - 30  # a button beside a high text stands at its top


def test_the_tab_key_reaches_every_setting(form):
    form.set_experiment(with_run(optimizer=Choice("adam")))
    reached = stops(form)
    fields = [*Experiment().__dataclass_fields__, *RunConfig().__dataclass_fields__, "optimizer.beta2"]
    for name in fields:
        if name not in ("runs", "changes"):
            assert form.field(name).editor in reached


def test_everything_that_can_have_the_focus_has_a_name(form):
    form.set_experiment(Experiment(dataset=Choice("blobs")))
    names = [
        widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        for widget in stops(form)
    ]
    assert all(names)
    assert {"Data set", "Data set: Noise", "Hidden layers", "Batch size in samples", "Full batch"} <= set(
        names
    )


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
    guard = TypingGuard(window)
    qapp.installEventFilter(guard)
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
    qapp.removeEventFilter(guard)


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
    ],
    ids=["default", "hundred", "wide"],
)
def test_no_text_is_cut_off(form, width, experiment):
    form.set_experiment(experiment)
    type_in(form, "learning_rate", "a very bad learning rate indeed")
    form.resize(width, 600)
    QApplication.processEvents()
    assert form.widget().width() == form.viewport().width()
    for label in form.findChildren(QLabel):
        if label.isVisibleTo(form) and label.text():
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert label.height() >= needed, label.text()
            assert label.width() >= label.minimumSizeHint().width(), label.text()
    code = form.findChild(CodeView)
    assert code.document().size().height() <= code.height()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_theme_reaches_what_the_palette_does_not(form, theme):
    form.set_theme(theme)
    table = form.findChild(VarianceTable)
    assert table.palette().color(QPalette.ColorRole.HighlightedText).name() == theme.text.lower()


def test_long_names_in_combo_boxes_do_not_widen_the_form(form):
    for combo in form.findChildren(QComboBox):
        assert combo.minimumSizeHint().width() < 150
