"""Sizes of figures: usual ones, units, and what a person types."""

import pytest
from pytestqt.qtbot import QtBot

from gui.figure_size import PRESETS, FigureSize, FigureSizeField

ROWS = (("loss", "accuracy"), ("activations",), ("gradients", "gradients_over_time"))


def test_millimetres_become_dots_by_the_resolution() -> None:
    # 25.4 mm are an inch.
    assert FigureSize(50.8, 25.4, "mm", 300).pixels() == (600, 300)
    assert FigureSize(1920, 1080, "px", 144).pixels() == (1920, 1080)


@pytest.mark.parametrize("size", [FigureSize(180, 200, "mm", 300), FigureSize(85, 48.5, "mm", 1200)])
def test_units_convert_there_and_back(size: FigureSize) -> None:
    in_pixels = size.in_unit("px")
    assert in_pixels.pixels() == size.pixels()
    assert in_pixels.in_unit("mm") == size


@pytest.mark.parametrize("name", PRESETS)
def test_usual_sizes_are_within_the_limits_for_any_plots(qtbot: QtBot, name: str) -> None:
    for rows in (ROWS, (("loss",),)):
        field = FigureSizeField(rows)
        qtbot.addWidget(field)
        field.restore({"preset": name})
        size = field.size_chosen()
        assert size == PRESETS[name].size(rows)
        width, height = size.pixels()
        assert 0.3 < width / height < 5
        assert width * height < 20e6


def test_a_page_of_all_plots_is_two_columns_wide() -> None:
    size = PRESETS["two_columns"].size(ROWS)
    assert size.width == 180
    assert 190 <= size.height <= 210


def test_narrow_figures_get_a_line_for_each_plot() -> None:
    preset = PRESETS["one_column"]
    assert preset.size(ROWS).height == 5 * preset.size((("loss",),)).height


def test_changing_the_unit_keeps_the_size(qtbot: QtBot) -> None:
    field = FigureSizeField(ROWS)
    qtbot.addWidget(field)
    before = field.size_chosen().pixels()
    for unit in ("px", "mm"):
        field.units.set_name(unit)
        field.units.activated.emit(field.units.currentIndex())
        assert field.size_chosen().unit == unit
        assert field.size_chosen().pixels() == pytest.approx(before, abs=1)


def test_a_number_of_ones_own_is_kept_whatever_the_plots(qtbot: QtBot) -> None:
    field = FigureSizeField(ROWS)
    qtbot.addWidget(field)
    box = field.boxes["height"]
    box.selectAll()
    with qtbot.waitSignal(field.changed):
        qtbot.keyClicks(box, "123\r")
    field.set_rows((("loss",),), lambda _rows, _width: 1.0)
    assert field.size_chosen().height == 123
    other = FigureSizeField(ROWS)
    qtbot.addWidget(other)
    other.restore(field.state())
    assert other.size_chosen() == field.size_chosen()
