"""The editors by themselves: boxes, lines and combo boxes under a person's keys, wheel and clicks."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QVBoxLayout, QWidget

from engine.config import BATCH_SIZE, RUN_SETTINGS
from engine.fields import Choice, Number, OneOf
from engine.initializers import INITIALIZERS
from gui.controls.batch_size_field import BatchSizeField
from gui.controls.choice_field import ChoiceField
from gui.controls.fitted_text import CodeView
from gui.controls.layers_field import LayersField
from gui.controls.number_field import NumberField
from gui.controls.one_of_field import OneOfField
from gui.controls.section import Section
from gui.style import LIGHT

RATE = RUN_SETTINGS["learning_rate"]


class Page(QWidget):
    """A field, and something else that can have the focus; counts what the field emits."""

    def __init__(self, field):
        super().__init__()
        self.field, self.elsewhere, self.commits = field, QLineEdit(), 0
        column = QVBoxLayout(self)
        column.addWidget(field)
        column.addWidget(self.elsewhere)
        field.committed.connect(self.count)

    @Slot()
    def count(self):
        self.commits += 1

    def type(self, qtbot, text):
        self.field.editor.setFocus()
        line = self.field.editor.findChild(QLineEdit) or self.field.editor
        line.selectAll()
        qtbot.keyClick(self.field.editor, Qt.Key.Key_Delete)
        qtbot.keyClicks(self.field.editor, text)

    def press(self, qtbot, key):
        qtbot.keyClick(self.field.editor, key)

    def leave(self):
        self.elsewhere.setFocus()

    @property
    def text(self):
        line = self.field.editor.findChild(QLineEdit) or self.field.editor
        return line.text()


@pytest.fixture
def page(qtbot):
    def make(field):
        page = Page(field)
        qtbot.addWidget(page)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        page.leave()
        return page

    return make


def turn_wheel(widget, notches=1):
    middle = QPointF(widget.rect().center())
    turn = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, turn)
    return turn.isAccepted()


TYPED = {
    "number": (lambda: NumberField(RATE), "0,02", 0.02, "0.02", "abc"),
    "layers": (LayersField, "100x5, 3", (100,) * 5 + (3,), "100x5, 3", "1O, 2"),
    "batch size": (BatchSizeField, "64", 64, "64", "0"),
}


@pytest.fixture(params=[pytest.param(case, id=name) for name, case in TYPED.items()])
def typed(request, page):
    make, *rest = request.param
    return page(make()), *rest


def test_enter_takes_the_text_once(qtbot, typed):
    page, text, value, shown, _bad = typed
    page.type(qtbot, text)
    assert page.commits == 0
    page.press(qtbot, Qt.Key.Key_Return)
    assert (page.field.value(), page.text, page.commits) == (value, shown, 1)
    page.press(qtbot, Qt.Key.Key_Enter)
    page.leave()
    assert page.commits == 1


def test_leaving_takes_the_text_once(qtbot, typed):
    page, text, value, shown, _bad = typed
    page.type(qtbot, text)
    page.leave()
    assert (page.field.value(), page.text, page.commits) == (value, shown, 1)


def test_bad_text_stays_and_says_why_until_it_is_good(qtbot, typed):
    page, text, value, _shown, bad = typed
    before = page.field.value()
    page.type(qtbot, bad)
    assert not page.field.error  # nobody is told off while typing
    page.leave()
    assert (page.field.value(), page.text, page.commits) == (before, bad, 0)
    assert page.field.error
    assert page.field.editor.accessibleDescription() == page.field.error
    page.type(qtbot, text)
    assert not page.field.error
    page.press(qtbot, Qt.Key.Key_Return)
    assert (page.field.value(), page.commits) == (value, 1)


def test_going_back_to_the_good_text_takes_the_error_away(qtbot, typed):
    page, _text, _value, _shown, bad = typed
    good = page.text
    page.type(qtbot, bad)
    page.press(qtbot, Qt.Key.Key_Return)
    page.type(qtbot, good)
    page.press(qtbot, Qt.Key.Key_Return)
    assert not page.field.error
    assert page.commits == 0


def test_escape_brings_the_good_text_back(qtbot, typed):
    page, _text, _value, _shown, bad = typed
    good = page.text
    page.type(qtbot, bad)
    page.press(qtbot, Qt.Key.Key_Return)
    page.press(qtbot, Qt.Key.Key_Escape)
    assert (page.text, page.field.error, page.commits) == (good, "", 0)


def test_escape_is_left_to_the_window_where_nothing_was_typed(typed):
    page, *_ = typed
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(page.field.editor, press)
    assert not press.isAccepted()


def test_undo_is_left_to_the_window_where_nothing_was_typed(qtbot, typed):
    page, text, *_ = typed

    def takes_undo():
        press = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        press.ignore()
        QApplication.sendEvent(page.field.editor, press)
        return press.isAccepted()

    page.field.editor.setFocus()
    assert not takes_undo()
    page.type(qtbot, text)
    assert takes_undo()
    page.press(qtbot, Qt.Key.Key_Return)
    assert not takes_undo()


def test_setting_emits_nothing(typed):
    page, _text, value, shown, _bad = typed
    page.field.set_value(value)
    assert (page.field.value(), page.text, page.commits) == (value, shown, 0)


def test_what_is_shown_rounded_is_not_changed_by_looking_at_it(qtbot, page):
    page = page(NumberField(Number("gain", "gain", "", 2**0.5, 0.0, 100.0)))
    page.field.editor.setFocus()
    page.press(qtbot, Qt.Key.Key_Return)
    page.leave()
    assert (page.text, page.field.value(), page.commits) == ("1.41421", 2**0.5, 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: NumberField(RATE),
        lambda: OneOfField(OneOf("mode", "mode", "", "b", {"a": "a", "b": "b", "c": "c"})),
        lambda: ChoiceField("Initializer", "", INITIALIZERS),
    ],
    ids=["number", "one of", "choice"],
)
def test_the_wheel_changes_only_what_has_the_focus(page, make):
    page = page(make())
    before = page.field.value()
    assert page.field.editor.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert not turn_wheel(page.field.editor, -1)  # left to the scroll area
    assert (page.field.value(), page.commits) == (before, 0)
    page.field.editor.setFocus()
    assert turn_wheel(page.field.editor, -1)
    assert page.field.value() != before
    assert page.commits == 1


def test_code_leaves_the_wheel_to_the_scroll_area(page):
    field = NumberField(RATE)
    field.column.addWidget(code := CodeView())
    shown = page(field)
    assert shown.isVisible()
    assert not turn_wheel(code.viewport())


def test_arrows_step_within_the_limits_and_from_what_is_typed(qtbot, page):
    page = page(NumberField(RATE))
    page.type(qtbot, "1e-3")
    page.press(qtbot, Qt.Key.Key_Up)
    assert (page.field.value(), page.text, page.commits) == (2e-3, "0.002", 1)
    page.type(qtbot, "1e6")
    page.press(qtbot, Qt.Key.Key_Return)
    page.press(qtbot, Qt.Key.Key_Up)
    assert (page.field.value(), page.commits) == (1e6, 2)


def test_arrows_replace_bad_text_and_its_error(qtbot, page):
    page = page(NumberField(RATE))
    page.type(qtbot, "abc")
    page.press(qtbot, Qt.Key.Key_Return)
    page.press(qtbot, Qt.Key.Key_Down)
    assert (page.field.value(), page.text, page.field.error) == (0.05, "0.05", "")


def buttons(field):
    remove, add = field.findChildren(QToolButton)
    return remove, add


def test_the_buttons_add_and_remove_a_layer(qtbot, page):
    page = page(LayersField())
    remove, add = buttons(page.field)
    assert not remove.isEnabled()
    qtbot.mouseClick(add, Qt.MouseButton.LeftButton)
    assert page.field.value() == (32,)
    page.field.set_value((7, 5))
    qtbot.mouseClick(add, Qt.MouseButton.LeftButton)
    assert page.field.value() == (7, 5, 5)
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert page.field.value() == (7,)
    assert page.commits == 4
    page.field.set_value((9,) * 100)
    assert not add.isEnabled()


def test_a_button_takes_the_typed_text_first(qtbot, page):
    page = page(LayersField())
    remove, add = buttons(page.field)
    page.type(qtbot, "20, 10")
    qtbot.mouseClick(add, Qt.MouseButton.LeftButton)
    assert page.field.value() == (20, 10, 10)
    page.type(qtbot, "20, x")
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert (page.field.value(), page.text) == ((20, 10, 10), "20, x")
    assert page.field.error


def test_full_batch_is_none_and_keeps_the_number(qtbot, page):
    page = page(BatchSizeField())
    page.field.set_value(48)
    full = page.field.findChild(QWidget, "full")
    qtbot.mouseClick(full, Qt.MouseButton.LeftButton, pos=QPoint(8, full.height() // 2))
    assert page.field.value() is None
    assert not page.field.editor.isEnabled()
    qtbot.mouseClick(full, Qt.MouseButton.LeftButton, pos=QPoint(8, full.height() // 2))
    assert page.field.value() == 48
    assert page.commits == 2


def test_a_field_says_its_label_unit_and_limits(page):
    page = page(NumberField(BATCH_SIZE))
    assert page.field.editor.accessibleName() == "Batch size in samples"
    assert BATCH_SIZE.help in page.field.toolTip()
    assert "From 1 to 100,000 samples." in page.field.toolTip()


def test_a_marked_editor_has_a_frame_in_the_colour_of_errors(page):
    page = page(NumberField(RATE))
    palette = page.palette()
    palette.setColor(palette.ColorRole.BrightText, LIGHT.error)
    page.setPalette(palette)

    def frame_ink():
        image = page.field.grab().toImage()
        edge = page.field.editor.geometry()
        y = edge.center().y() * image.devicePixelRatio()
        return image.pixelColor(int((edge.left() - 1) * image.devicePixelRatio()), int(y))

    plain = frame_ink()
    page.field.show_error("It is bad.")
    marked = frame_ink()
    assert marked.red() > marked.green() + 60
    page.field.show_error("")
    assert frame_ink() == plain


def test_a_section_folds_away_and_opens(qtbot):
    section, inside = Section("DATA"), QLineEdit()
    section.add(inside)
    qtbot.addWidget(section)
    section.show()
    heading = section.findChild(QToolButton)
    qtbot.mouseClick(heading, Qt.MouseButton.LeftButton)
    assert not inside.isVisible()
    section.unfold()
    assert inside.isVisible()


def test_the_tab_key_visits_parameters_that_were_chosen_later(page):
    field = ChoiceField("Initializer", "", INITIALIZERS)
    shown = page(field)
    for name in ("constant", "he_normal", "normal", "he_normal"):
        field.set_value(Choice(name))
    assert len(INITIALIZERS["he_normal"].parameters) > 1
    rows = [field.parameter(parameter.name) for parameter in INITIALIZERS["he_normal"].parameters]
    field.editor.setFocus()
    for editor in [*(row.editor for row in rows), shown.elsewhere]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert editor.hasFocus()
