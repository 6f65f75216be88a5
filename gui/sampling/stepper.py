"""Steps through the numbers of a draw as the transport bar steps through a training."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from gui.icons import icon
from gui.quiet_label import QuietLabel
from gui.style import Theme

_TICK_MS = 60
_TICKS = 100
"""However long a draw is, it is played in about so many ticks."""

_TEN = 10


class Stepper(QWidget):
    """Buttons and a slider for a position from 0 to the length of a draw.

    Signals:
        moved(int): show so many numbers.
    """

    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Step through the draw")
        self._length = 0
        self._ink = "#808080"
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 14, 8)
        row.setSpacing(4)
        for name, tip, action in (
            ("reset", "Begin again (R)", self.rewind),
            ("play", "Draw on and on, pause (Space)", self.toggle),
            ("step", "One number (Right)", self.step),
            ("step-n", "Ten numbers (Shift+Right)", self.step_ten),
            ("epoch", "To the end (Ctrl+Right)", self.finish),
        ):
            row.addWidget(self._button(name, tip, action))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName("Numbers drawn so far")
        self._slider.valueChanged.connect(self._on_slider_moved)
        row.addWidget(self._slider, 1)
        self._counter = QuietLabel("1,000,000 of 1,000,000")
        self._counter.setAccessibleName("Numbers drawn so far")
        row.addWidget(QLabel("drawn"))
        row.addWidget(self._counter)

    @property
    def position(self) -> int:
        """How many numbers are shown."""
        return self._slider.value()

    @property
    def playing(self) -> bool:
        """Whether it moves by itself."""
        return self._timer.isActive()

    def set_length(self, length: int) -> None:
        """Begin with a draw of another length, all of it shown; nothing is emitted."""
        self.pause()
        self._length = length
        blocked = self._slider.blockSignals(True)
        self._slider.setRange(0, length)
        self._slider.setValue(length)
        self._slider.setPageStep(_TEN)
        self._slider.blockSignals(blocked)
        self._say()

    @Slot()
    def rewind(self) -> None:
        """Show no number yet."""
        self.pause()
        self._slider.setValue(0)

    @Slot()
    def toggle(self) -> None:
        """Play, from the beginning if all is shown; or pause."""
        if self.playing:
            self.pause()
            return
        if self.position == self._length:
            self._slider.setValue(0)
        self._timer.start()
        self._draw_play()

    @Slot()
    def step(self) -> None:
        """Show one number more."""
        self._move(1)

    @Slot()
    def step_ten(self) -> None:
        """Show ten numbers more."""
        self._move(_TEN)

    @Slot()
    def finish(self) -> None:
        """Show all numbers."""
        self._move(self._length)

    @Slot()
    def pause(self) -> None:
        """Move no more."""
        self._timer.stop()
        self._draw_play()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._ink = theme.text
        for name, button in self._buttons.items():
            button.setIcon(icon(name, self._ink))
        self._draw_play()

    def _button(self, name: str, tip: str, action: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        button.setIcon(icon(name, self._ink))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action)
        self._buttons[name] = button
        return button

    def _move(self, by: int) -> None:
        self.pause()
        self._slider.setValue(min(self.position + by, self._length))

    def _draw_play(self) -> None:
        self._buttons["play"].setIcon(icon("pause" if self.playing else "play", self._ink))

    def _say(self) -> None:
        self._counter.set_text(f"{self.position:,} of {self._length:,}")

    @Slot()
    def _on_tick(self) -> None:
        self._slider.setValue(min(self.position + max(1, self._length // _TICKS), self._length))
        if self.position == self._length:
            self.pause()

    @Slot(int)
    def _on_slider_moved(self, position: int) -> None:
        self._say()
        self.moved.emit(position)
