"""The export dialog: what is chosen becomes files, is remembered, and never replaces a file unasked."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gui.combo import Combo
from gui.controls.number_box import NumberBox
from gui.export import FORMATS
from gui.export_dialog import ALL_IN_ONE, ONE_FILE_EACH, Answer, ExportDialog
from gui.figure import Shot
from gui.plots import PLOTS
from gui.style import DARK, PRINT
from tests import frames

STEM = "initscope-digits-64-32-32-10-tanh-he_normal-step30"

Open = Callable[..., ExportDialog]


@pytest.fixture(scope="module")
def shot() -> Shot:
    experiment = frames.experiment()
    return Shot(experiment, frames.history(experiment), 30)


@pytest.fixture
def opened(qtbot: QtBot, shot: Shot, tmp_path: Path) -> Open:
    """Return a function that opens a dialog with choices, for a plot; its last folder is tmp_path."""

    def open_dialog(plot: str | None = None, **choices: object) -> ExportDialog:
        dialog = ExportDialog({"folder": str(tmp_path), **choices})
        qtbot.addWidget(dialog)
        dialog.open_for(shot, DARK, plot)
        qtbot.waitExposed(dialog)
        return dialog

    return open_dialog


def choose(combo: Combo, name: str) -> None:
    """Choose an item as a person does, so that the combo box says so."""
    combo.set_name(name)
    combo.activated.emit(combo.currentIndex())


def type_into(qtbot: QtBot, edit: QLineEdit | NumberBox, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def test_enter_exports_at_once_and_says_where_to(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened()
    assert dialog.focusWidget() is dialog.export_button
    with qtbot.waitSignal(dialog.exported) as said:
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert said.args == [f"Exported to {tmp_path / STEM}.png."]
    image = QImage(str(tmp_path / f"{STEM}.png"))
    assert image.width() == round(180 / 25.4 * 300)
    assert not dialog.isVisible()


def test_all_plots_are_in_the_first_figure(opened: Open) -> None:
    order = opened().order()
    assert [name for row in order.spec.rows for name in row] == list(PLOTS)
    assert order.spec.theme is PRINT
    assert order.spec.caption
    assert not order.tables


def test_a_name_that_is_taken_gets_a_number(opened: Open, tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.png").touch()
    assert opened().order().path == tmp_path / f"{STEM}-2.png"


def test_a_panel_exports_its_own_plot(opened: Open, tmp_path: Path) -> None:
    dialog = opened("accuracy")
    assert dialog.order().spec.rows == (("accuracy",),)
    assert dialog.order().path == tmp_path / f"{STEM}-accuracy.png"
    dialog.export()
    assert (tmp_path / f"{STEM}-accuracy.png").exists()
    assert dialog.choices()["plots"] != "accuracy", "what a panel chose is not the choice for next time"


def test_a_single_plot_is_less_high_than_all(opened: Open) -> None:
    dialog = opened()
    whole = dialog.order().spec
    choose(dialog.plots, "loss")
    assert dialog.order().spec.height_px < whole.height_px
    choose(dialog.plots, ONE_FILE_EACH)
    assert dialog.order().spec.height_px < whole.height_px
    choose(dialog.plots, ALL_IN_ONE)
    assert dialog.order().spec == whole


def test_one_file_for_each(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened()
    choose(dialog.plots, ONE_FILE_EACH)
    choose(dialog.formats, "svg")
    dialog.tables.click()
    assert not dialog.copy_button.isEnabled()
    with qtbot.waitSignal(dialog.exported) as said:
        dialog.export_button.click()
    names = {f"{STEM}-{name}.{suffix}" for name in PLOTS for suffix in ("svg", "csv")}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert said.args is not None
    assert str(tmp_path) in said.args[0]
    assert all(name in said.args[0] for name in names)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_can_be_chosen(opened: Open, name: str) -> None:
    dialog = opened()
    choose(dialog.plots, name)
    assert dialog.order().spec.rows == ((name,),)
    assert dialog.plots.currentText() == PLOTS[name].title


def test_choices_are_kept_for_next_time(opened: Open, tmp_path: Path) -> None:
    dialog = opened()
    choose(dialog.plots, "loss")
    choose(dialog.formats, "pdf")
    choose(dialog.size_field.presets, "one_column")
    choose(dialog.themes, "screen")
    dialog.caption.click()
    dialog.tables.click()
    order = dialog.order()
    dialog.export()
    kept = json.loads(json.dumps(dialog.choices()))
    again = opened(**kept).order()
    assert again.path == tmp_path / f"{STEM}-loss-2.pdf"
    assert again.spec == order.spec
    assert again.spec.theme is DARK
    assert again.tables


def test_choices_that_were_given_up_are_not_kept(opened: Open) -> None:
    dialog = opened()
    before = dialog.choices()
    choose(dialog.formats, "pdf")
    dialog.reject()
    assert dialog.choices() == before


@pytest.mark.parametrize(
    "choices",
    [
        {"plots": "weather", "format": "gif", "theme": 3, "size": "large", "caption": "no", "tables": None},
        {"size": {"preset": "custom", "width": -1, "height": 1, "unit": "mm", "dpi": 300}},
        {"size": {"preset": "custom", "unit": "px"}},
        {"size": {"preset": ["list"], "unit": {}}},
        {"folder": "/no/such/folder"},
        {"folder": 7},
    ],
)
def test_choices_that_cannot_be_used_are_left_out(opened: Open, choices: dict[str, object]) -> None:
    dialog = opened(**choices)
    assert dialog.order().spec == opened().order().spec
    assert dialog.order().path.parent.is_dir()


def test_a_named_file_keeps_its_name(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened()
    type_into(qtbot, dialog.destination.edit, "mine")
    choose(dialog.formats, "svg")
    choose(dialog.plots, "loss")
    assert dialog.order().path == tmp_path / "mine.svg"


def test_typed_suffix_decides_the_format(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened()
    type_into(qtbot, dialog.destination.edit, "figure.pdf")
    with qtbot.waitSignal(dialog.exported):
        qtbot.keyClick(dialog.destination.edit, Qt.Key.Key_Return)
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")
    assert dialog.formats.currentData() == "pdf"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", f"{STEM}.png"),
        ("   ", f"{STEM}.png"),
        ("name", "name.png"),
        (".", f"{STEM}.png"),
        ("sub", f"sub/{STEM}.png"),
        ("sub/", f"sub/{STEM}.png"),
        ("sub/a b.svg", "sub/a b.svg"),
        ("~no body/figure", "~no body/figure.png"),
    ],
)
def test_what_is_left_out_of_a_path_is_added(opened: Open, tmp_path: Path, typed: str, expected: str) -> None:
    (tmp_path / "sub").mkdir()
    dialog = opened()
    dialog.destination.edit.setText(typed)
    assert dialog.order().path == tmp_path / expected


def test_browsing_gives_the_file(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = opened()
    monkeypatch.setattr(dialog.destination, "ask_path", lambda: str(tmp_path / "chosen.svg"))
    dialog.destination.browse_button.click()
    assert dialog.order().path == tmp_path / "chosen.svg"
    assert dialog.formats.currentData() == "svg"
    monkeypatch.setattr(dialog.destination, "ask_path", lambda: "")
    dialog.destination.browse_button.click()
    assert dialog.order().path == tmp_path / "chosen.svg"


@pytest.mark.parametrize("answer", Answer)
def test_a_file_that_is_there_is_never_replaced_unasked(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    dialog = opened()
    (tmp_path / "mine.png").write_text("precious")
    dialog.destination.edit.setText("mine.png")
    asked: list[list[Path]] = []

    def ask(existing: list[Path]) -> Answer:
        asked.append(existing)
        return answer

    monkeypatch.setattr(dialog, "ask_about_existing", ask)
    dialog.export()
    assert asked == [[tmp_path / "mine.png"]]
    kept = (tmp_path / "mine.png").read_bytes() == b"precious"
    assert kept == (answer is not Answer.REPLACE)
    assert (tmp_path / "mine-2.png").exists() == (answer is Answer.NUMBER)
    assert dialog.isVisible() == (answer is Answer.CANCEL)


def test_the_resolution_is_offered_where_it_has_an_effect(opened: Open) -> None:
    dialog = opened()
    resolution = dialog.size_field.boxes["dpi"]
    offered = {}
    for preset in ("two_columns", "slide"):
        choose(dialog.size_field.presets, preset)
        for name in FORMATS:
            choose(dialog.formats, name)
            offered[dialog.size_field.units.currentData(), name] = resolution.isEnabled()
    assert [where for where, enabled in offered.items() if not enabled] == [("mm", "svg"), ("mm", "pdf")]
    choose(dialog.size_field.units, "mm")
    assert not resolution.isEnabled()


def test_escape_in_the_path_closes_the_dialog(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    type_into(qtbot, dialog.destination.edit, "half")
    qtbot.keyClick(dialog.destination.edit, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_escape_brings_a_refused_size_back_and_what_was_said_of_it_goes(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    box = dialog.size_field.boxes["width"]
    before = box.text()
    type_into(qtbot, box, "0\r")
    assert "between" in dialog.message.text()
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert (box.text(), dialog.message.text(), dialog.size_field.problem) == (before, "", "")
    assert dialog.isVisible()


@pytest.mark.parametrize("typed", ["missing/figure.png", "figure.gif", "x" * 300])
def test_what_fails_is_said_and_can_be_mended(opened: Open, qtbot: QtBot, tmp_path: Path, typed: str) -> None:
    dialog = opened()
    dialog.destination.edit.setText(typed)
    with qtbot.waitSignal(dialog.failed) as said:
        dialog.export()
    assert said.args == [dialog.message.text()]
    assert dialog.message.text().endswith(".")
    assert dialog.isVisible()
    assert not list(tmp_path.iterdir())
    dialog.destination.edit.setText("good")
    dialog.export()
    assert (tmp_path / "good.png").exists()


def test_a_number_that_cannot_be_used_stops_the_export(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened()
    box = dialog.size_field.boxes["dpi"]
    type_into(qtbot, box, "9999999")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "between 36 and 2,400" in dialog.message.text()
    assert not list(tmp_path.iterdir())
    type_into(qtbot, box, "96")
    with qtbot.waitSignal(dialog.exported):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert QImage(str(tmp_path / f"{STEM}.png")).width() == round(180 / 25.4 * 96)


def test_copy_leaves_the_dialog_open(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened("loss")
    choose(dialog.size_field.presets, "screen")
    try:
        with qtbot.waitSignal(dialog.exported) as said:
            dialog.copy_button.click()
        assert said.args == ["Copied the figure to the clipboard."]
        assert QGuiApplication.clipboard().image().width() == 1200
    finally:
        QGuiApplication.clipboard().clear()
    assert dialog.isVisible()
    assert not list(tmp_path.iterdir())


def test_preview_follows_the_choices(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: not dialog.preview.pixmap().isNull())
    pixel = dialog.preview.pixmap().toImage().pixelColor(1, 1)
    assert pixel.name().upper() == PRINT.base
    choose(dialog.themes, "screen")
    qtbot.waitUntil(lambda: dialog.preview.pixmap().toImage().pixelColor(1, 1).name().upper() == DARK.base)


def test_a_size_that_cannot_be_drawn_is_said_in_place_of_the_preview(opened: Open, qtbot: QtBot) -> None:
    size = {"preset": "custom", "width": 10, "height": 10, "unit": "mm", "dpi": 300}
    dialog = opened(size=size)
    qtbot.waitUntil(lambda: "make the figure larger" in dialog.message.text())


def test_every_control_has_a_name_for_those_who_cannot_see_it(opened: Open) -> None:
    dialog = opened()
    field = dialog.size_field
    for control in (field.presets, field.units, *field.boxes.values(), dialog.preview):
        assert control.accessibleName()


def test_no_cursor_is_left_waiting(opened: Open) -> None:
    dialog = opened()
    dialog.destination.edit.setText("figure.gif")
    dialog.export()
    assert QApplication.overrideCursor() is None
