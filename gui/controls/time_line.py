"""The time line: which frame of the run is on show, and how to go to another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolBar, QWidget

from gui.controls.field import tooltip
from gui.controls.time_scale import Mark, TimeScale
from gui.icons import icon
from gui.quiet_label import QuietLabel
from gui.style import Theme

_WIDEST = "step 9,999,999 of 9,999,999 · looking back"


class TimeLine(QToolBar):
    """Buttons, with their keys, that go back in time, and a scale to be dragged over the whole run.

    Signals:
        home_requested(), end_requested(): to frame 0; to the newest one, and those to come.
        back_requested(int): so many steps back.
        epoch_back_requested(): to the start of the epoch, or of the one before.
        forward_requested(int): so many steps on.
        steps_requested(object, object): to any of the steps from one to another.
        pause_requested(): give up what is being recomputed.
    """

    home_requested = Signal()
    end_requested = Signal()
    back_requested = Signal(int)
    epoch_back_requested = Signal()
    forward_requested = Signal(int)
    steps_requested = Signal(object, object)
    pause_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Time line", parent)
        self.setObjectName("time-line")
        self.setMovable(False)
        self.setIconSize(QSize(16, 16))
        self._icons: list[tuple[QAction, str]] = []
        self.home_action = self._action("to-first", "First frame", "Home", "The networks as initialized")
        self.back_action = self._action("step-back", "Step back", "Left", "The frame one mini-batch before")
        self.ten_back_action = self._action("step-back", "Step 10 back", "Shift+Left", "")
        self.epoch_back_action = self._action("step-back", "Step one epoch back", "Ctrl+Left", "")
        self.end_action = self._action(
            "to-last", "Newest frame", "End", "The newest frame, and then each newer one"
        )
        self.give_up_action = self._action("close", "Give up recomputing", "Esc", "")
        self.scale = TimeScale()
        self._label = QuietLabel(_WIDEST)
        self._label.setAccessibleName("Frame on show")
        for action in (self.home_action, self.back_action):
            self.addAction(action)
        self.addWidget(self.scale)
        self.addAction(self.end_action)
        self.addWidget(self._label)
        self._connect()
        self.show_recomputation(None)
        self.show_time(0, 0, following=True)

    @property
    def actions_in_order(self) -> list[QAction]:
        """All actions, as the Run menu lists them."""
        return [
            self.back_action,
            self.ten_back_action,
            self.epoch_back_action,
            self.home_action,
            self.end_action,
            self.give_up_action,
        ]

    @property
    def text(self) -> str:
        """What is said about the frame on show."""
        return self._label.text()

    def show_time(self, step: int, newest: int, *, following: bool) -> None:
        """Show which step is on show, of so many, and whether newer ones will be."""
        self.scale.show_step(step, newest)
        where = "following" if following else "looking back"
        self._time = f"step {step:,} of {newest:,} · {where}"
        if self._recomputed is None:
            self._say(self._time)
        self._can_go_back, self._can_follow = step > 0, not following
        self._enable()

    @Slot(object)
    def show_recomputation(self, recomputed: tuple[int, int] | None) -> None:
        """Show to which step, of the one that is wanted, a recomputation has come; None if there is none."""
        self._recomputed = recomputed
        self._enable()
        if recomputed is None:
            self.scale.show_recomputation(0, None)
            self._say(self._time)
        else:
            reached, goal = recomputed
            self.scale.show_recomputation(reached, goal)
            self._say(f"recomputing: {reached:,} of {goal:,} · Esc gives up")

    def show_memory(self, *texts: str) -> None:
        """Say in the tooltip what going back in time takes in memory."""
        self.setToolTip(tooltip("Drag or click to see any step of the run.", *texts))

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark what happened at some steps."""
        self.scale.set_marks(marks)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for action, name in self._icons:
            action.setIcon(icon(name, theme.text))
        self.scale.set_theme(theme)

    _recomputed: tuple[int, int] | None = None
    _can_go_back = _can_follow = False
    _time = ""

    def _enable(self) -> None:
        for action in (self.home_action, self.back_action, self.ten_back_action, self.epoch_back_action):
            action.setEnabled(self._can_go_back)
        self.end_action.setEnabled(self._can_follow)
        self.give_up_action.setEnabled(self._recomputed is not None)

    def _say(self, text: str) -> None:
        self._label.set_text(text)
        self.scale.setAccessibleDescription(text)

    def _action(self, name: str, text: str, key: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.setToolTip(f"{tip or text} ({key})")
        self._icons.append((action, name))
        return action

    def _connect(self) -> None:
        self.home_action.triggered.connect(self.home_requested)
        self.back_action.triggered.connect(lambda: self.back_requested.emit(1))
        self.ten_back_action.triggered.connect(lambda: self.back_requested.emit(10))
        self.epoch_back_action.triggered.connect(self.epoch_back_requested)
        self.end_action.triggered.connect(self.end_requested)
        self.give_up_action.triggered.connect(self.pause_requested)
        self.scale.steps_requested.connect(self.steps_requested)
        self.scale.end_requested.connect(self.end_requested)
        self.scale.wheel_turned.connect(
            lambda n: (self.forward_requested if n > 0 else self.back_requested).emit(abs(n))
        )
