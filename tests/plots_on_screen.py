"""Plots on the (offscreen) screen, for the tests of what they draw."""

from collections.abc import Mapping
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.history import History
from gui.plots import PLOTS
from gui.plots.activations import Activations
from gui.plots.plot import Plot
from gui.style import LIGHT, Theme

EVERY_PLOT = pytest.mark.parametrize("name", PLOTS)


def made(qtbot: QtBot, name: str, theme: Theme = LIGHT) -> Plot:
    """Return a plot that is there until the test is over.

    qtbot itself does not keep it, and the garbage collector may come in the middle of painting it.
    """
    plot = PLOTS[name](theme)
    qtbot.addWidget(plot, before_close_func=lambda _plot: plot.hide())
    return plot


def shown(
    qtbot: QtBot,
    name: str,
    experiment: Experiment,
    history: History | None = None,
    *,
    options: Mapping[str, object] | None = None,
    size: tuple[int, int] = (560, 260),
    theme: Theme = LIGHT,
) -> Plot:
    """Return a plot that shows the last frame of a history."""
    plot = made(qtbot, name, theme)
    plot.resize(*size)
    plot.show()
    plot.reset(experiment)
    plot.restore(options or {})
    if history is not None:
        plot.show_frame(history, history.last.step)
    plot.grab()
    return plot


def shown_activations(qtbot: QtBot, experiment: Experiment, history: History, **given: Any) -> Activations:
    """Return histograms of activations, wider than high; `given` as in `shown`."""
    plot = shown(qtbot, "activations", experiment, history, **{"size": (1000, 260)} | given)
    assert isinstance(plot, Activations)
    return plot
