"""Figures: what is in them and where, and that making them leaves everything else alone."""

import dataclasses

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.export import figure_file
from gui.figure import ExportError, FigureSpec, Rows, Shot, composed, n_lines
from gui.figure_size import PRESETS
from gui.logical_device import LOGICAL_DPI
from gui.plots import FIGURES, PLOTS
from gui.plots.activations import Activations
from gui.plots.gradients_over_time import GradientsOverTime
from gui.plots.histogram_grid import RunGrid
from gui.plots.histogram_outlines import Outlines
from gui.plots.runs_view import RunsView
from gui.style import DARK, LIGHT, PRINT, Theme
from tests import frames
from tests.plots_on_screen import shown

pytestmark = pytest.mark.usefixtures("qapp")

ALL: Rows = tuple(FIGURES.values())
PLOT_NAMES = [name for row in ALL for name in row]


@pytest.fixture(scope="module")
def shot() -> Shot:
    experiment = frames.experiment()
    return Shot(experiment, frames.history(experiment), 30)


def figure_spec(
    rows: Rows = ALL,
    width: int = 720,
    height: int = 760,
    dpi: float = LOGICAL_DPI,
    theme: Theme = PRINT,
    *,
    caption: bool = True,
) -> FigureSpec:
    return FigureSpec(rows, width, height, dpi, theme, caption)


def image(shot: Shot, spec: FigureSpec) -> np.ndarray:
    """Return the colours of a figure as (height, width, red green blue)."""
    picture = QImage.fromData(figure_file("png", shot, spec)).convertToFormat(QImage.Format.Format_RGBX8888)
    rows = np.array(picture.constBits(), np.uint8).reshape(picture.height(), -1, 4)
    return rows[:, : picture.width(), :3].astype(int)


def rgb(color: str) -> tuple[int, ...]:
    parsed = QColor(color)
    return parsed.red(), parsed.green(), parsed.blue()


def ink(colors: np.ndarray, area: QRect, background: str) -> float:
    """Return the share of pixels of an area that are not of the background's colour."""
    part = colors[area.top() : area.bottom() + 1, area.left() : area.right() + 1]
    return float(np.mean((part != rgb(background)).any(axis=2)))


def areas(shot: Shot, spec: FigureSpec) -> dict[str, QRect]:
    with composed(shot, spec) as figure:
        return {panel.plot.name: panel.area for panel in figure.panels}


@pytest.mark.parametrize("theme", [PRINT, LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_panel_is_drawn_in_its_place_and_nothing_beside_them(shot: Shot, theme: Theme) -> None:
    spec = figure_spec(theme=theme, caption=False)
    colors = image(shot, spec)
    places = areas(shot, spec)
    assert list(places) == PLOT_NAMES
    outside = colors.copy()
    for area in places.values():
        assert ink(colors, area, theme.base) > 0.02
        outside[area.top() : area.bottom() + 1, area.left() : area.right() + 1] = rgb(theme.base)
    assert ink(outside, QRect(0, 0, 720, 760), theme.base) == 0


def test_panels_do_not_overlap_and_stay_inside(shot: Shot) -> None:
    with composed(shot, figure_spec()) as figure:
        inside = figure.area.toRect()
        placed: list[QRect] = []
        for panel in figure.panels:
            assert inside.contains(panel.area)
            assert not any(panel.area.intersects(other) for other in placed)
            placed.append(panel.area)


@pytest.mark.parametrize("name", PLOTS)
def test_any_plot_makes_a_figure_of_its_own(shot: Shot, name: str) -> None:
    spec = figure_spec(((name,),), 480, 300)
    colors = image(shot, spec)
    title = QRect(0, 0, 480, 22)
    assert ink(colors, title, PRINT.base) > 0.01
    assert ink(colors, QRect(0, 22, 480, 278), PRINT.base) > 0.01


def test_a_run_is_drawn_in_its_colour(shot: Shot) -> None:
    colors = image(shot, figure_spec((("loss",),), 480, 300)).reshape(-1, 3)
    color, _dash = PRINT.run(0)
    assert (colors == rgb(color)).all(axis=1).any()


def test_caption_takes_the_foot_and_only_by_choice(shot: Shot) -> None:
    with_caption, without = (areas(shot, figure_spec(caption=caption)) for caption in (True, False))
    colors = image(shot, figure_spec())
    lowest = max(area.bottom() for area in with_caption.values())
    assert max(area.bottom() for area in without.values()) > lowest
    assert ink(colors, QRect(0, lowest + 1, 720, 760 - lowest - 1), PRINT.base) > 0.02
    # Nothing is cut: a margin is left under the last line.
    assert ink(colors, QRect(0, 752, 720, 8), PRINT.base) == 0


def test_title_and_numbers_are_those_of_the_plots(shot: Shot) -> None:
    with composed(shot, figure_spec()) as figure:
        tables = figure.tables()
    assert list(tables) == PLOT_NAMES
    for table in tables.values():
        assert len(table.rows) > 0
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_crowded_rows_are_broken() -> None:
    row = (("loss", "accuracy"),)
    assert n_lines(row, 680) == 1
    assert n_lines(row, 321) == 2
    assert n_lines((("loss",), ("accuracy",)), 2000) == 2


@pytest.mark.parametrize("factor", [2.0, 3.125])
def test_text_and_lines_keep_their_size_when_the_dots_get_finer(shot: Shot, factor: float) -> None:
    """A thin line that kept its width in dots would lose ink in proportion to the resolution."""
    coarse = image(shot, figure_spec(width=720, height=760))
    fine = image(
        shot, figure_spec(width=round(720 * factor), height=round(760 * factor), dpi=LOGICAL_DPI * factor)
    )
    assert fine.shape[:2] == (round(760 * factor), round(720 * factor))
    darkness = [float((255 - colors).sum()) / colors.size for colors in (coarse, fine)]
    assert darkness[1] == pytest.approx(darkness[0], rel=0.05)


def test_options_of_the_plots_are_taken_over(shot: Shot) -> None:
    spec = figure_spec((("loss",),), 480, 300)
    changed = Shot(
        shot.experiment, shot.history, shot.step, {"loss": {"log_y": True}, "accuracy": {"log_x": True}}
    )
    assert not np.array_equal(image(shot, spec), image(changed, spec))


@pytest.mark.parametrize("name", PLOTS)
def test_a_figure_shows_what_a_person_zoomed_to(name: str, shot: Shot, qtbot: QtBot) -> None:
    plot = shown(qtbot, name, shot.experiment, shot.history)
    assert plot.zooms() == {}
    (left, right), (below, above) = plot.charts[-1].ranges
    nearer = ((left, (left + right) / 2), (below, above))
    plot.charts[-1].zoom(nearer)
    spec = figure_spec(((name,),), 480, 300, caption=False)
    zoomed = dataclasses.replace(shot, zooms={name: plot.zooms()})
    with composed(zoomed, spec) as figure:
        np.testing.assert_allclose(figure.panels[0].plot.charts[-1].ranges, nearer)


def test_deep_networks_keep_their_statistics_on_paper() -> None:
    for n_layers in (3, 6, 9, 12):
        experiment = frames.experiment((16,) * (n_layers - 1))
        deep = Shot(experiment, frames.history(experiment), 30)
        with composed(deep, figure_spec()) as figure:
            plots = {panel.plot.name: panel.plot for panel in figure.panels}
            activations = plots["activations"]
            assert isinstance(activations, Activations)
            charts = activations.arrangement.charts[:n_layers]
            assert [chart.isVisible() for chart in charts] == [True] * n_layers
            for chart in charts:
                written = " ".join(value for *_, value in chart.caption.cells())
                for value in chart.caption.statistics:
                    assert value in written


def test_half_a_page_has_room_for_what_the_shades_of_a_heat_map_mean() -> None:
    experiment = frames.experiment((16,) * 20)
    deep = Shot(experiment, frames.history(experiment), 30)
    size = PRESETS["two_columns"].size(ALL, deep.stretch)
    width, height = (round(of * LOGICAL_DPI / size.dpi) for of in size.pixels())
    with composed(deep, figure_spec(width=width, height=height)) as figure:
        plots = {panel.plot.name: panel.plot for panel in figure.panels}
        gradients = plots["gradients_over_time"]
        assert isinstance(gradients, GradientsOverTime)
        assert gradients.crowded
        assert gradients.color_bar.isVisible()
        assert gradients.color_bar.geometry().right() <= gradients.view.width()


@pytest.fixture(scope="module")
def seven() -> Shot:
    experiment = frames.experiment()
    named = (dataclasses.replace(experiment.runs[0], name=f"run number {i}") for i in range(7))
    experiment = experiment.with_runs(tuple(named))
    return Shot(experiment, frames.history(experiment), 30, runs=RunsView(hidden=frozenset({2})))


def test_on_paper_legends_are_complete_and_without_hidden_runs(seven: Shot) -> None:
    spec = figure_spec(width=680, height=998)
    with composed(seven, spec) as figure:
        plots = {panel.plot.name: panel.plot for panel in figure.panels}
        for name in ("loss", "accuracy", "gradients"):
            places = plots[name].charts[0].caption.places()
            texts = [place.entry.text for place in places if place.entry.run is not None]
            assert texts == [f"run number {i}" for i in (0, 1, 3, 4, 5, 6)]
        activations = plots["activations"]
        assert isinstance(activations, Activations)
        grid = activations.arrangement
        assert isinstance(grid, RunGrid)
        assert {cell.run for cell in grid.cells} == {0, 1, 3, 4, 5, 6}
    caption = seven.caption(PLOT_NAMES)
    assert "run number 1, run number 3" in caption.replace("\N{NO-BREAK SPACE}", " ")
    assert "number 2" not in caption


def test_on_paper_the_legend_of_outlines_is_without_hidden_runs(seven: Shot) -> None:
    overlaid = dataclasses.replace(seven, options={"activations": {"arrange": "overlaid"}})
    with composed(overlaid, figure_spec((("activations",),), 680, 400)) as figure:
        activations = figure.panels[0].plot
        assert isinstance(activations, Activations)
        outlines = activations.arrangement
        assert isinstance(outlines, Outlines)
        texts = [place.entry.text for place in outlines.legend.places() if place.entry.run is not None]
        assert texts == [f"run number {i}" for i in (0, 1, 3, 4, 5, 6)]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_two_figures_of_several_runs_are_the_same(seven: Shot, suffix: str) -> None:
    spec = figure_spec(width=680, height=998)
    assert figure_file(suffix, seven, spec) == figure_file(suffix, seven, spec)


def test_several_runs_want_more_height(seven: Shot, shot: Shot) -> None:
    preset = PRESETS["two_columns"]
    usual, more = (preset.size(ALL, of.stretch) for of in (shot, seven))
    assert usual == preset.size(ALL)
    assert 1.2 < more.height / usual.height < 1.45, "and still a page"
    outlines = dataclasses.replace(seven, options={"activations": {"arrange": "overlaid"}})
    assert preset.size(ALL, outlines.stretch).height < more.height


def test_a_figure_shows_the_step_that_was_on_show(shot: Shot) -> None:
    spec = figure_spec((("gradients",),), 480, 300, caption=False)
    at_start = Shot(shot.experiment, shot.history, 0)
    assert not np.array_equal(image(shot, spec), image(at_start, spec))


@pytest.mark.parametrize(("width", "height"), [(70, 600), (600, 100), (1, 1)])
def test_too_small_a_figure_is_refused(shot: Shot, width: int, height: int) -> None:
    with pytest.raises(ExportError, match="make the figure larger"):
        figure_file("png", shot, figure_spec(width=width, height=height))


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_fits_into_the_smallest_panel(shot: Shot, name: str) -> None:
    with composed(shot, figure_spec(((name,),), 128, 105, caption=False)) as figure:
        (panel,) = figure.panels
        assert panel.area.contains(QRect(panel.area.topLeft(), panel.plot.view.size()))


def test_experiment_without_hidden_layers_and_with_a_hundred() -> None:
    for hidden in ((), (8,) * 100):
        experiment = frames.experiment(hidden)
        shot = Shot(experiment, frames.history(experiment, range(3)), 2)
        spec = figure_spec(caption=False)
        colors = image(shot, spec)
        for area in areas(shot, spec).values():
            assert ink(colors, area, PRINT.base) > 0.01


def test_live_plots_are_left_alone(shot: Shot, qtbot: QtBot) -> None:
    live = []
    for kind in PLOTS.values():
        plot = kind(DARK)
        qtbot.addWidget(plot)
        plot.resize(400, 250)
        plot.show()
        plot.reset(shot.experiment)
        plot.show_frame(shot.history, shot.step)
        live.append(plot)
    # Whatever the plots had put off is done before the first look.
    QApplication.processEvents()
    before = [(plot.grab().toImage(), plot.options()) for plot in live]
    for suffix in ("png", "svg", "pdf"):
        figure_file(suffix, shot, figure_spec(dpi=200, width=1500, height=1600))
    assert [(plot.grab().toImage(), plot.options()) for plot in live] == before


def test_making_a_figure_runs_no_event_loop(shot: Shot, qtbot: QtBot) -> None:
    fired: list[bool] = []
    timer = QTimer(singleShot=True, interval=0)
    timer.timeout.connect(lambda: fired.append(True))
    timer.start()
    figure_file("png", shot, figure_spec())
    assert not fired
    qtbot.waitUntil(lambda: bool(fired))


def test_nothing_is_left_of_a_figure(shot: Shot) -> None:
    before = set(QApplication.allWidgets())
    with composed(shot, figure_spec()) as figure:
        plots = [panel.plot for panel in figure.panels]
        assert not any(plot.isVisible() for plot in plots)
    assert not any(shiboken6.isValid(plot) for plot in plots)
    assert set(QApplication.allWidgets()) <= before
