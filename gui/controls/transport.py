"""The transport bar: play, pause, step, run to an epoch, how fast, and the counters."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QSpinBox,
    QToolBar,
    QToolButton,
    QWidget,
)

from engine.session import State
from gui.calm_wheel import CalmWheel
from gui.combo import Combo
from gui.icons import icon
from gui.quiet_label import QuietLabel
from gui.style import Theme

THROUGHPUT = -1
"""In the place of steps per frame: as fast as possible, with few frames."""

_SPEEDS: tuple[int | None, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, None, THROUGHPUT)
DEFAULT_SPEED = 10
_RUNNING = (State.PLAYING, State.STEPPING, State.SEEKING)
_CAN_TRAIN = (State.PAUSED, *_RUNNING)


class TransportBar(QToolBar):
    """Buttons, with their keys, that say what to train, and counters that say where the training is.

    Signals:
        reset_requested(): to frame 0, with the same weights.
        seed_requested(): to frame 0, with other weights.
        play_requested(), pause_requested(): train on and on, or no more.
        steps_requested(int): so many steps.
        epoch_requested(): to the end of the epoch.
        run_requested(int): to the end of that epoch.
        stop_requested(): choose when playing stops by itself.
        speed_changed(object): see `speed`.
    """

    reset_requested = Signal()
    seed_requested = Signal()
    play_requested = Signal()
    pause_requested = Signal()
    steps_requested = Signal(int)
    epoch_requested = Signal()
    run_requested = Signal(int)
    stop_requested = Signal()
    speed_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Transport", parent)
        self._ink = theme.text
        self.setObjectName("transport")
        self.setMovable(False)
        self.setIconSize(QSize(20, 20))
        self.reset_action = self._action("reset", "Reset", "R", "Back to frame 0, with the same weights")
        self.seed_action = self._action(
            "new-seed", "New seed", "Shift+R", "Frame 0 with other random weights"
        )
        self.play_action = self._action("play", "Play", "Space", "Train on and on")
        self.step_action = self._action("step", "Step", "Right", "Train one mini-batch")
        self.ten_action = self._action("step-n", "Step 10", "Shift+Right", "Train ten mini-batches")
        self.steps_action = self._action("step-n", "Step N", "", "Train as many mini-batches as the box says")
        self.epoch_action = self._action(
            "epoch", "Step one epoch", "Ctrl+Right", "Train to the end of the epoch"
        )
        self.run_action = self._action(
            "run-until", "Run until epoch", "Ctrl+Space", "Train until that epoch ends"
        )
        self.stop_action = self._action("stop-when", "Stop when …", "Ctrl+Shift+Space", "")
        self._n_steps = self._number(100, 1, 1_000_000, " steps", "Number of steps of the button Step N")
        self._until = self._number(10, 1, 1_000_000, "", "Epoch at whose end the run stops")
        self._until.setPrefix("epoch ")
        self._speed = Combo()
        self._speed.setAccessibleName("Speed")
        self._speed.setToolTip(
            "Speed: how many steps are trained between two frames. Full speed draws up to 30 frames a second "
            "and trains in all the time that is left; throughput draws 5, and nearly all time is left."
        )
        self._speed.setMinimumContentsLength(len("10 steps/frame"))
        for speed in _SPEEDS:
            self._speed.addItem(_speed_text(speed), speed)
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Progress of the run")
        self._progress.setFixedWidth(80)
        self._progress.setTextVisible(True)
        self._counters = _Counters()
        self._arrange()
        self._connect()
        self.show_state(State.EMPTY)
        self.show_progress(None)

    @property
    def actions_in_order(self) -> list[QAction]:
        """All actions, as the Run menu lists them."""
        return [
            self.play_action,
            self.step_action,
            self.ten_action,
            self.steps_action,
            self.epoch_action,
            self.run_action,
            self.stop_action,
            self.reset_action,
            self.seed_action,
        ]

    @property
    def speed(self) -> int | None:
        """Steps per frame, None for as fast as possible, or THROUGHPUT."""
        speed: int | None = self._speed.currentData()
        return speed

    def set_speed(self, speed: int | None) -> None:
        """Choose a speed; one that is not offered becomes the default."""
        index = self._speed.findData(speed)
        self._speed.setCurrentIndex(index if index >= 0 else self._speed.findData(DEFAULT_SPEED))

    @Slot(object)
    def show_state(self, state: State) -> None:
        """Enable what can be done in a state of the session."""
        self._playing = state in _RUNNING
        name = "pause" if self._playing else "play"
        self.play_action.setText("Pause" if self._playing else "Play")
        self.play_action.setToolTip(f"{'Pause' if self._playing else 'Train on and on'} (Space)")
        self.play_action.setIcon(icon(name, self._ink))
        for action in self.actions_in_order:
            action.setEnabled(state in _CAN_TRAIN)
        for action in (self.reset_action, self.seed_action, self.stop_action):
            action.setEnabled(state is not State.EMPTY)

    def show_counters(self, step: int, epoch: float, rate: float, elapsed: float) -> None:
        """Show where the training is; `rate` in steps per second, `elapsed` in seconds of playing."""
        self._counters.show_numbers(step, epoch, rate, elapsed)

    def show_stop_rules(self, rules: Sequence[str]) -> None:
        """Show, in the words given, when playing stops by itself."""
        self.stop_action.setData("stop-when-set" if rules else "stop-when")
        self.stop_action.setIcon(icon(str(self.stop_action.data()), self._ink))
        listed = "".join(f"<br>• {html.escape(rule)}" for rule in rules)
        tip = f"Playing stops by itself at:{listed}" if rules else "Choose when playing stops by itself"
        self.stop_action.setToolTip(f"<p>{tip}</p><p>(Ctrl+Shift+Space)</p>")

    def show_progress(self, fraction: float | None) -> None:
        """Show how much of a run to an epoch is done, or nothing."""
        self._progress_action.setVisible(fraction is not None)
        if fraction is not None:
            self._progress.setValue(round(100 * fraction))

    def set_theme(self, theme: Theme) -> None:
        """Paint the icons in the theme's colour of text."""
        self._ink = theme.text
        for action in self.actions_in_order:
            action.setIcon(icon(str(action.data()), self._ink))
        if self._playing:
            self.play_action.setIcon(icon("pause", self._ink))
        self._counters.set_theme(theme)

    _playing = False

    def _action(self, name: str, text: str, key: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setData(name)
        action.setIcon(icon(name, self._ink))
        if key:
            action.setShortcut(QKeySequence(key))
        action.setToolTip(f"{tip} ({key})" if key else tip)
        return action

    def _number(self, value: int, low: int, high: int, suffix: str, tip: str) -> QSpinBox:
        box = _StepsBox()
        box.setRange(low, high)
        box.setValue(value)
        box.setSuffix(suffix)
        box.setGroupSeparatorShown(True)
        box.setKeyboardTracking(False)
        box.setToolTip(tip)
        box.setAccessibleName(tip)
        box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        return box

    def _arrange(self) -> None:
        for action in (self.reset_action, self.seed_action):
            self.addAction(action)
        self.addSeparator()
        for action in (self.play_action, self.step_action, self.epoch_action):
            self.addAction(action)
        self.addSeparator()
        self.addAction(self.steps_action)
        self.addWidget(self._n_steps)
        self.addAction(self.run_action)
        self.addWidget(self._until)
        self.addAction(self.stop_action)
        self.addSeparator()
        self.addWidget(self._speed)
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(space)
        # Where the space gives way, so that nothing moves when it comes and goes.
        self._progress_action = self.addWidget(self._progress)
        self.addWidget(self._counters)
        for button in self.findChildren(QToolButton):
            button.pressed.connect(self._commit_typing)

    def _connect(self) -> None:
        self.reset_action.triggered.connect(self.reset_requested)
        self.seed_action.triggered.connect(self.seed_requested)
        self.play_action.triggered.connect(self._on_play_triggered)
        self.step_action.triggered.connect(lambda: self.steps_requested.emit(1))
        self.ten_action.triggered.connect(lambda: self.steps_requested.emit(10))
        self.steps_action.triggered.connect(lambda: self.steps_requested.emit(self._n_steps.value()))
        self.epoch_action.triggered.connect(self.epoch_requested)
        self.stop_action.triggered.connect(self.stop_requested)
        self.run_action.triggered.connect(lambda: self.run_requested.emit(self._until.value()))
        self._speed.currentIndexChanged.connect(lambda: self.speed_changed.emit(self.speed))

    @Slot()
    def _commit_typing(self) -> None:
        """End the typing in a field, which a press on a button does not do by itself."""
        self.window().setFocus()

    @Slot()
    def _on_play_triggered(self) -> None:
        (self.pause_requested if self._playing else self.play_requested).emit()


def _speed_text(speed: int | None) -> str:
    if speed is None:
        return "full speed"
    return "throughput" if speed == THROUGHPUT else f"{speed:,} step{'s' * (speed > 1)}/frame"


_WIDEST = {"step": "9,999,999", "epoch": "99,999.9", "steps/s": "999,999", "elapsed": "9:59:59"}
"""The room that each counter keeps free."""


class _StepsBox(CalmWheel, QSpinBox):
    """A spin box that the wheel changes only where it has the focus; Escape takes back what is typed."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Bring the text of the value back on Escape."""
        typed = self.text() != f"{self.prefix()}{self.textFromValue(self.value())}{self.suffix()}"
        if event.key() == Qt.Key.Key_Escape and typed:
            self.setValue(self.value())
            return
        super().keyPressEvent(event)


class _Counters(QWidget):
    """Step, epoch, steps per second and elapsed time, in places that do not move while the numbers grow."""

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 6, 0)
        layout.setSpacing(4)
        self._captions: list[QLabel] = []
        self._numbers: dict[str, QuietLabel] = {}
        for name, widest in _WIDEST.items():
            caption, number = QLabel(name), QuietLabel(widest)
            number.setAccessibleName(name)
            layout.addWidget(caption)
            layout.addWidget(number)
            layout.addSpacing(8)
            self._captions.append(caption)
            self._numbers[name] = number
        self.show_numbers(0, 0.0, 0.0, 0.0)

    def show_numbers(self, step: int, epoch: float, rate: float, elapsed: float) -> None:
        minutes, seconds = divmod(int(elapsed), 60)
        hours, minutes = divmod(minutes, 60)
        texts = {
            "step": f"{step:,}",
            "epoch": f"{epoch:,.1f}",
            "steps/s": f"{rate:,.0f}" if rate >= 9.5 or not rate else f"{rate:.1f}",
            "elapsed": f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}",
        }
        for name, text in texts.items():
            self._numbers[name].set_text(text)

    def set_theme(self, theme: Theme) -> None:
        for caption in self._captions:
            caption.setStyleSheet(f"color: {theme.muted}")
