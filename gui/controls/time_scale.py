"""A scale over the steps of a run, with a handle at the frame on show that can be dragged."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.controls.field import tooltip
from gui.style import LIGHT, Theme, tick_font

_HANDLE = 6.0
_TRACK, _TRACK_Y = 3.0, 9.0
_TICK = 3.0
_MARK = 4.0
_NEAR_PX = 6.0
"""How near to a mark the mouse must be to be told what it means."""

_TICK_DISTANCE_PX = 90

_NOTCH = 120
"""What Qt counts for a notch of a wheel."""


class Kind(enum.Enum):
    """What a mark stands for."""

    CHANGE = "a setting was changed"
    DIVERGENCE = "a run diverged"
    PARTING = "an earlier course was left"


@dataclass(frozen=True)
class Mark:
    """Something that happened at a step."""

    step: int
    kind: Kind
    text: str


class TimeScale(QWidget):
    """Shows which step is on show of all that there are, and asks for others.

    While it is dragged its end stands still, though the training may go on, so that what is under the mouse
    stays there.

    Signals:
        steps_requested(object, object): any of the steps from one to another, which share a place.
        end_requested(): the newest step, and those to come.
        wheel_turned(int): so many steps on; negative is back.
    """

    steps_requested = Signal(object, object)
    end_requested = Signal()
    wheel_turned = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._step = self._newest = 0
        self._dragged_to: int | None = None
        self._goal: int | None = None
        self._reached = 0
        self._marks: tuple[Mark, ...] = ()
        self._turned = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Time line")

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def show_step(self, step: int, newest: int) -> None:
        """Move the handle to the step on show, of so many."""
        if self._dragged_to is None:
            self._newest = newest
        self._step = step
        self.update()

    def show_recomputation(self, reached: int, goal: int | None) -> None:
        """Show how far the frame that was asked for is recomputed; None for the goal if none is."""
        self._reached, self._goal = reached, goal
        self.update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark what happened at some steps."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self.update()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What is marked."""
        return self._marks

    def x_of(self, step: int) -> float:
        """Return where a step stands, in pixels from the left."""
        left, right = self._ends()
        return left + (right - left) * min(step / max(self._newest, 1), 1.0)

    def sizeHint(self) -> QSize:
        """Ask for room to drag in."""
        return QSize(400, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Need the height of the track and the numbers below it."""
        return QSize(120, math.ceil(_TRACK_Y + _TICK + QFontMetrics(tick_font()).height()))

    # What a person does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse is."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse while the button is held."""
        if self._dragged_to is not None:
            self._drag_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay where the mouse was."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_to = None
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go step by step, where the scale has the focus."""
        if not self.hasFocus():
            event.ignore()
            return
        # A touchpad turns in many small parts of a notch.
        self._turned += event.angleDelta().y()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        if notches:
            self.wheel_turned.emit(notches)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Tell what a mark under the mouse means."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            texts = self.texts_at(event.pos().x())
            if texts:
                QToolTip.showText(event.globalPos(), tooltip(*texts), self)
                return True
            QToolTip.hideText()
        return super().event(event)

    def texts_at(self, x: float) -> list[str]:
        """Return what the marks near a place mean."""
        return [mark.text for mark in self._marks if abs(self.x_of(mark.step) - x) <= _NEAR_PX]

    def _drag_to(self, x: float) -> None:
        left, right = self._ends()
        if x >= right:
            self._dragged_to = self._newest
            self.end_requested.emit()
        else:
            per_pixel = self._newest / (right - left)
            middle = max(x - left, 0.0) * per_pixel
            self._dragged_to = round(middle)
            # Where one step has many pixels, these are all the same.
            first, last = (math.ceil(middle - per_pixel / 2), math.floor(middle + per_pixel / 2))
            if first > last:
                first = last = self._dragged_to
            self.steps_requested.emit(max(first, 0), min(last, self._newest))
        self.update()

    # How it looks

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint track, numbers, marks and handle."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_numbers(painter)
        shown = self._step if self._dragged_to is None else self._dragged_to
        left, right = self._ends()
        here = QPointF(self.x_of(shown), _TRACK_Y)
        painter.setPen(_wide(theme.border))
        painter.drawLine(QPointF(left, _TRACK_Y), QPointF(right, _TRACK_Y))
        painter.setPen(_wide(theme.accent))
        painter.drawLine(QPointF(left, _TRACK_Y), here)
        for mark in self._marks:
            if mark.step <= self._newest:
                self._paint_mark(painter, mark)
        if self._goal is not None:
            self._paint_recomputation(painter, self._goal)
        painter.setPen(QPen(QColor(theme.window), 2.0))
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(here, _HANDLE, _HANDLE)
        if self.hasFocus():
            painter.setPen(QColor(theme.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(here, _HANDLE + 2, _HANDLE + 2)
        painter.end()

    def _paint_numbers(self, painter: QPainter) -> None:
        painter.setFont(tick_font())
        metrics = painter.fontMetrics()
        left, right = self._ends()
        end = 0.0
        every = _round_step(self._newest * _TICK_DISTANCE_PX / (right - left))
        for step in range(0, self._newest + 1, every):
            text = f"{step:,}"
            x, width = self.x_of(step), metrics.horizontalAdvance(text)
            start = max(x - width / 2, 0.0)
            if start < end or start + width > self.width():
                break
            end = start + width + 8
            painter.setPen(QColor(self._theme.axis))
            painter.drawLine(QPointF(x, _TRACK_Y + 2), QPointF(x, _TRACK_Y + 2 + _TICK))
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QPointF(start, _TRACK_Y + 2 + _TICK + metrics.ascent()), text)

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        x, theme = self.x_of(mark.step), self._theme
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark.kind is Kind.DIVERGENCE:
            painter.setPen(QPen(QColor(theme.error), 2.0))
            for slope in (-1, 1):
                shift = QPointF(_MARK, slope * _MARK)
                painter.drawLine(QPointF(x, _TRACK_Y) - shift, QPointF(x, _TRACK_Y) + shift)
        elif mark.kind is Kind.CHANGE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.text))
            corners = [QPointF(x - _MARK, 0), QPointF(x + _MARK, 0), QPointF(x, _MARK + 2)]
            painter.drawPolygon(QPolygonF(corners))
        else:
            painter.setPen(QPen(QColor(theme.muted), 1.5))
            painter.drawRect(QRectF(x - _MARK / 2, 1, _MARK, _MARK))

    def _paint_recomputation(self, painter: QPainter, goal: int) -> None:
        painter.setPen(QPen(QColor(self._theme.accent), 1.5))
        painter.setBrush(QColor(self._theme.window))
        painter.drawEllipse(QPointF(self.x_of(goal), _TRACK_Y), _HANDLE, _HANDLE)
        painter.setBrush(QColor(self._theme.accent))
        painter.drawEllipse(QPointF(self.x_of(self._reached), _TRACK_Y), 2, 2)

    def _ends(self) -> tuple[float, float]:
        margin = _HANDLE + 4
        return margin, max(self.width() - margin, margin + 1)


def _wide(color: str) -> QPen:
    pen = QPen(QColor(color), _TRACK)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _round_step(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, ... that is not below `least`."""
    decade = 10 ** max(math.ceil(math.log10(max(least, 1.0))) - 1, 0)
    return next(decade * factor for factor in (1, 2, 5, 10) if decade * factor >= least)
