"""Zooming every plot with the mouse, and back."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.plots.plot import Plot
from tests import frames
from tests.plots_on_screen import EVERY_PLOT, shown


def _send_wheel(widget: QWidget, place: QPoint) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def _wheel(plot: Plot) -> None:
    center = plot.charts[-1].box.sceneBoundingRect().center()
    _send_wheel(plot.view.viewport(), plot.view.mapFromScene(center))


@EVERY_PLOT
def test_a_zoom_by_hand_stays_until_it_is_reset(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    history = frames.history(experiment, range(10))
    plot = shown(qtbot, name, experiment, history)
    chart = [chart for chart in plot.charts if chart.isVisible()][-1]
    plot.charts.sort(key=lambda other: other is chart)
    before = chart.box.viewRange()
    _wheel(plot)
    zoomed = chart.box.viewRange()
    assert zoomed != before
    for frame in frames.history(experiment, range(10, 200, 10)):
        history.append(frame)
        plot.show_frame(history, frame.step)
    assert chart.box.viewRange() == zoomed
    plot.zoom_reset()
    assert chart.box.viewRange() != zoomed
    assert chart.owned


@EVERY_PLOT
def test_the_context_menu_resets_the_zoom(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown(qtbot, name, experiment, frames.history(experiment))
    chart = next(chart for chart in plot.charts if chart.isVisible())
    chart.zoom(chart.ranges)
    (action,) = plot.actions()
    action.trigger()
    assert chart.owned


@EVERY_PLOT
def test_a_double_click_resets_the_zoom(name: str, qtbot: QtBot) -> None:
    experiment = frames.experiment()
    plot = shown(qtbot, name, experiment, frames.history(experiment))
    chart = [chart for chart in plot.charts if chart.isVisible()][-1]
    plot.charts.sort(key=lambda other: other is chart)
    before = chart.box.viewRange()
    _wheel(plot)
    place = plot.view.mapFromScene(chart.box.sceneBoundingRect().center())
    qtbot.mouseDClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chart.box.viewRange() == before


@EVERY_PLOT
def test_the_wheel_leaves_controls_without_focus_alone(name: str, qtbot: QtBot) -> None:
    plot = shown(qtbot, name, frames.experiment((8,) * 20))
    before = plot.options()
    for control in plot.option_widgets():
        for widget in (control, *control.findChildren(QWidget)):
            _send_wheel(widget, QPoint(3, 3))
    assert plot.options() == before
