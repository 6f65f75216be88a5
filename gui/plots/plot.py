"""What every plot of a training obeys: it draws frames from the history."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.config import Experiment
from engine.frame import Frame
from engine.history import History
from engine.run_names import run_names
from gui.plots.picture import Picture
from gui.plots.run_looks import height_with_legend
from gui.plots.runs_view import RunsView
from gui.style import Theme


class Plot(Picture):
    """A picture of a training: the frame on show, and over time all frames so far.

    Attributes:
        over_time: whether it shows all frames so far, so that one more hardly changes it.
        runs: which runs are shown.
        names: of all runs.

    Signals:
        run_toggled(int): a person wants to hide a run, or to see it again.
    """

    run_toggled = Signal(int)

    over_time: ClassVar[bool] = False

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.experiment: Experiment | None = None
        self.history: History | None = None
        self.frame: Frame | None = None
        self.runs = RunsView()
        self.names: list[str] = []
        self._extent: tuple[int, Frame] | None = None
        self._has_news = True
        super().__init__(theme, parent)

    # What the window calls.

    def reset(self, experiment: Experiment, runs: RunsView = RunsView()) -> None:
        """Prepare for other runs; the plot is empty until it is shown a frame."""
        self.experiment = experiment
        self.runs = runs
        self.names = run_names(experiment)
        self.history = self.frame = self._extent = None
        self._renew()
        self._empty()
        self._hide_reading()
        self.describe()

    def show_runs(self, runs: RunsView) -> None:
        """Show other ones of the runs that there are; what a person zoomed to stays."""
        if runs != self.runs:
            zooms = self.zooms()
            self.runs = runs
            self._apply_options()
            self.restore_zooms(zooms)

    def show_frame(self, history: History, step: int) -> None:
        """Draw the frame at `step`, and over time everything there is, with a mark at the step."""
        if self._take(history, step):
            self.redraw()

    def follow(self, history: History, step: int) -> None:
        """Draw a frame as `show_frame` does, and leave to `describe` what it is in words."""
        if self._take(history, step):
            self.draw()

    @property
    def visible(self) -> list[int]:
        """The runs to draw."""
        return self.runs.visible(len(self.names))

    @property
    def compares(self) -> bool:
        """Whether there are several runs, hidden ones among them: it has to be said which is which."""
        return len(self.names) > 1

    # What a kind of plot says.

    @classmethod
    def figure_height(cls, experiment: Experiment, runs: RunsView, _options: Mapping[str, Any]) -> float:
        """Return how high it should be in a figure: 1 for one chart, more with a legend of several runs."""
        return height_with_legend(len(runs.visible(len(experiment.runs))))

    @abstractmethod
    def _prepare(self, experiment: Experiment) -> None:
        """Make what an experiment and the options need: lines, scales, texts; forget ranges."""

    @abstractmethod
    def _empty(self) -> None:
        """Draw that there is no frame yet."""

    @abstractmethod
    def _draw(self, history: History, frame: Frame) -> None:
        """Draw a frame."""

    @abstractmethod
    def _summary(self, frame: Frame) -> str:
        """Return the last values of the visible runs in words, for who cannot see the plot."""

    # How it works.

    def _take(self, history: History, step: int) -> bool:
        """Take the frame to show, and return whether there is anything new in it."""
        if self.experiment is None or not len(history):
            return False
        frame = history.at(step)
        if not self._knows(history):
            self._has_news = True
        elif frame is self.frame:
            return False
        self.history, self.frame, self._extent = history, frame, (len(history), history.last)
        return True

    def _knows(self, history: History) -> bool:
        """Return whether these frames are those that were shown last: none more, none fewer, none other."""
        if history is not self.history or self._extent is None:
            return False
        count, newest = self._extent
        return count == len(history) and newest is history.last

    def _shows_something(self) -> bool:
        return self.history is not None and self.frame is not None

    def _take_news(self) -> bool:
        """Return whether there are other frames, runs or options than when this was asked last.

        A plot over time reads its curves only then: a person who drags the time line only moves the mark.
        """
        news, self._has_news = self._has_news, False
        return news

    def _prepare_shown(self) -> None:
        self._has_news = True
        if self.experiment is not None:
            self._prepare(self.experiment)

    def _draw_shown(self) -> None:
        if self.history is not None and self.frame is not None:
            # A hidden plot may have missed that the history was cut off before its frame.
            self.frame = self.history.at(self.frame.step)
            self._draw(self.history, self.frame)

    def _apply_options(self) -> None:
        if self.experiment is not None:
            self._renew()
            self.redraw()

    def _words(self) -> str:
        if self.frame is None:
            return "no frame yet"
        if not self.visible:
            return f"Step {self.frame.step:,}. Every run is hidden."
        return self._summary(self.frame)
