"""What the four pictures of the bench share: a question, its answer in words, and charts below."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from gui.plots.picture import Picture
from gui.sampling.answer import Answer
from gui.sampling.questions import Question
from gui.style import Theme


class SamplePicture(Picture):
    """Shows the results for a question.

    Attributes:
        question: what was asked.
        shown: the newest result.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.question: Question | None = None
        self.shown: Any | None = None
        super().__init__(theme, parent)

    def show_result(self, question: Question, result: Any) -> None:
        """Draw a result; to a question of its own, it is drawn in ranges of its own."""
        fresh = question != self.question
        self.question, self.shown = question, result
        if fresh:
            self._renew()
        self.redraw()

    def _build(self) -> None:
        self._answer = Answer(self.theme, self.board)
        self._answer.write("Drawing …")
        self._answer_height = 0.0
        self._build_charts()
        for chart in self.charts:
            # Axes without anything would be read for an answer.
            chart.hide()

    def _dress(self) -> None:
        self._answer.set_theme(self.theme)
        self._dress_charts()

    def _lay_out(self, area: QRectF) -> None:
        self._answer_height = self._answer.height_for(area.width())
        self._answer.setGeometry(QRectF(area.left(), area.top(), area.width(), self._answer_height))
        self._lay_out_charts(area.adjusted(0, self._answer_height, 0, 0))

    def _prepare_shown(self) -> None:
        for chart in self.charts:
            chart.show()

    def _shows_something(self) -> bool:
        return self.shown is not None

    def _draw_shown(self) -> None:
        self._answer.write(self._words())
        area = self.board.rect()
        if self._answer.height_for(area.width()) != self._answer_height:
            self._lay_out(area)
            self.view.forget_still()
        self._draw_charts()

    def _apply_options(self) -> None:
        if self._shows_something():
            self._renew()
            self.redraw()

    @abstractmethod
    def _build_charts(self) -> None:
        """Make the charts, by `_add_chart`."""

    @abstractmethod
    def _dress_charts(self) -> None:
        """Set pens and brushes from the theme."""

    @abstractmethod
    def _lay_out_charts(self, area: QRectF) -> None:
        """Give the charts their places."""

    @abstractmethod
    def _draw_charts(self) -> None:
        """Draw the result."""
