"""The panels of the window: enlarged, hidden, and remembered."""

from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest

from engine.pacing import FASTEST, SELDOM
from gui.controls.transport import THROUGHPUT
from gui.panel import PlotPanel
from gui.plots import PLOTS
from gui.settings import Settings
from gui.style import LIGHT
from gui.workspace import FORM_WIDTH
from tests import frames
from tests.windows import idle


def test_a_panel_fills_the_window_and_goes_back(window):
    panels = window.workspace.panels
    window.workspace.toggle_enlarged(panels["activations"])
    assert [name for name, panel in panels.items() if panel.isVisible()] == ["activations"]
    assert not window.workspace.form_dock.isVisible()
    window.workspace.toggle_enlarged(panels["activations"])
    assert all(panel.isVisible() for panel in panels.values())
    assert window.workspace.form_dock.isVisible()


def test_enlarging_another_panel_takes_the_place_of_the_first(window):
    panels = window.workspace.panels
    window.workspace.toggle_enlarged(panels["loss"])
    window.workspace.toggle_enlarged(panels["gradients"])
    assert [name for name, panel in panels.items() if panel.isVisible()] == ["gradients"]
    assert not any(action.isEnabled() for action in window.workspace.toggle_actions())
    window.workspace.restore_enlarged()
    assert all(panel.isVisible() for panel in panels.values())
    assert all(action.isEnabled() for action in window.workspace.toggle_actions())


def test_a_hidden_panel_draws_nothing_and_catches_up_when_shown(qtbot, window):
    panel = window.workspace.panels["gradients"]
    panel.hide()
    before = panel.plot.table()
    window.transport.steps_requested.emit(3)
    idle(qtbot, window)
    assert panel.plot.table() == before
    panel.show()
    qtbot.waitUntil(lambda: panel.plot.table() != before)


def test_the_arrangement_and_the_options_are_remembered(qtbot, open_window):
    window = open_window()
    window.workspace.panels["accuracy"].hide()
    for speed in (50, None, THROUGHPUT):
        window.transport.set_speed(speed)
        window.close()
        qtbot.waitUntil(lambda closed=window: not closed.isVisible(), timeout=5000)
        window = open_window()
        assert not window.workspace.panels["accuracy"].isVisible()
        assert window.transport.speed == speed
        assert window.session.frame_seconds == (SELDOM if speed == THROUGHPUT else FASTEST)
        assert window.session.steps_per_frame == (50 if speed == 50 else None)
    window.workspace.arrange()
    assert window.workspace.panels["accuracy"].isVisible()


def test_settings_that_make_no_sense_count_as_not_set(open_window):
    settings = Settings()
    settings.set("recent", [1, None, "x.json"])
    settings.set("speed", True)
    window = open_window()
    assert window.files.recent_paths() == [Path("x.json")]
    assert window.transport.speed == 10


@pytest.mark.parametrize(("width", "all_shown"), [(900, False), (1024, False), (1280, True)])
def test_nothing_in_a_title_bar_overlaps_or_is_cut(qtbot, window, width, all_shown):
    window.resize(width, 720)
    panels = window.workspace.panels.values()
    qtbot.waitUntil(lambda: max(panel.geometry().right() for panel in panels) == width - 1)
    hidden = 0
    for panel in panels:
        bar = panel.titleBarWidget()
        items = (bar.layout().itemAt(index).widget() for index in range(bar.layout().count()))
        # A control that means nothing for this network wants no room.
        parts = [item for item in items if item is not None and getattr(item, "wanted", 1)]
        shown = [part.geometry() for part in parts if part.isVisible()]
        assert all(bar.rect().contains(place) for place in shown)
        assert not any(one.intersects(other) for one, other in combinations(shown, 2))
        hidden += sum(part.isHidden() for part in parts)
    assert (hidden == 0) == all_shown


def test_the_plots_get_what_the_window_wins_in_width(window):
    form = window.workspace.form_dock
    for width in (1280, 1400, 900, 1920):
        window.resize(width, 720)
        assert abs(form.width() - FORM_WIDTH) < 10


def test_the_form_keeps_the_width_that_a_person_dragged_it_to(qtbot, window):
    window.resize(1280, 720)
    form = window.workspace.form_dock
    edge = QPoint(form.geometry().right() + 3, 400)
    screen = window.windowHandle()
    QTest.mousePress(screen, Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(screen, edge + QPoint(60, 0))
    QTest.mouseRelease(screen, Qt.MouseButton.LeftButton, pos=edge + QPoint(60, 0))
    qtbot.waitUntil(lambda: form.width() > FORM_WIDTH + 40)
    dragged = form.width()
    window.resize(1920, 720)
    assert abs(form.width() - dragged) < 10


def enlarge(window):
    window.workspace.toggle_enlarged(window.workspace.panels["loss"])


def enlarge_by_double_click(window):
    """With the button down when the panels come and go."""
    bar = window.workspace.panels["loss"].titleBarWidget()
    place = bar.mapTo(window, QPoint(20, bar.height() // 2))
    QTest.mouseDClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)


def switch_to_the_bench_and_back(window):
    window.bench_view.leave() if window.bench_view.shown else window.bench_view.open()


@pytest.mark.parametrize("switch", [enlarge, enlarge_by_double_click, switch_to_the_bench_and_back])
@pytest.mark.parametrize("width", [1280, 1000, 1920])
def test_the_form_has_its_width_again_when_the_window_was_resized_while_it_was_hidden(
    qtbot, window, switch, width
):
    form = window.workspace.form_dock
    window.resize(1280, 720)
    switch(window)
    qtbot.waitUntil(lambda: not form.isVisible())
    window.resize(width, 800)
    QCoreApplication.processEvents()
    switch(window)
    qtbot.waitUntil(form.isVisible)
    QCoreApplication.processEvents()
    assert abs(form.width() - FORM_WIDTH) < 10
    panels = window.workspace.panels.values()
    assert max(panel.geometry().right() for panel in panels if panel.isVisible()) == width - 1
    window.resize(1400, 800)
    QCoreApplication.processEvents()
    assert abs(form.width() - FORM_WIDTH) < 10


def test_controls_step_aside_one_by_one_in_a_narrow_panel(qtbot):
    panel = PlotPanel(PLOTS["loss"](LIGHT))
    qtbot.addWidget(panel)
    panel.set_theme(LIGHT)
    panel.resize(900, 300)
    panel.show()
    controls = panel.plot._options.controls
    experiment = frames.experiment(runs=2)
    usual = ["log_y", "log_x", "smoothing"]

    def shown():
        # Panels are laid out by posted events.
        QCoreApplication.sendPostedEvents()
        return [name for name, control in controls.items() if control.isVisible()]

    assert shown() == usual
    panel.plot.reset(experiment)
    assert shown() == [*usual, "curves"], "what means something only for several runs comes with them"
    counts = []
    for width in range(900, 150, -50):
        panel.resize(width, 300)
        counts.append(len(shown()))
        assert shown() == [*usual, "curves"][: counts[-1]], "the last ones first"
        bar = panel.titleBarWidget()
        for control in controls.values():
            if control.isVisible():
                right = control.mapTo(bar, control.rect().topRight()).x()
                assert right < bar.width() - 4 * 14, "beside the four buttons"
    assert counts == sorted(counts, reverse=True)
    assert {0, 4} < set(counts), "with steps between"
    panel.resize(900, 300)
    assert shown() == [*usual, "curves"]
