"""The panels of the window: enlarged, hidden, and remembered."""

from pathlib import Path

import pytest

from gui.settings import Settings
from tests import windows
from tests.windows import idle


@pytest.fixture
def open_window(qtbot):
    with windows.opening(qtbot) as open_window:
        yield open_window


@pytest.fixture
def window(open_window):
    return open_window()


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
    first = open_window()
    first.workspace.panels["accuracy"].hide()
    first.transport.set_speed(None)
    first.close()
    qtbot.waitUntil(lambda: not first.isVisible(), timeout=5000)
    second = open_window()
    assert not second.workspace.panels["accuracy"].isVisible()
    assert second.transport.speed is None
    second.workspace.arrange()
    assert second.workspace.panels["accuracy"].isVisible()


def test_settings_that_make_no_sense_count_as_not_set(open_window):
    settings = Settings()
    settings.set("recent", [1, None, "x.json"])
    settings.set("speed", True)
    window = open_window()
    assert window.files.recent_paths() == [Path("x.json")]
    assert window.transport.speed == 10
