"""The sampling bench: four questions about random numbers, each with its fields, picture and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from engine.fields import Choice, ConfigError
from gui.icons import icon
from gui.sampling.form import BenchForm
from gui.sampling.one_draw_picture import OneDrawPicture
from gui.sampling.parts import CODES, QUESTIONS, SIZES, TABS
from gui.sampling.questions import Question
from gui.sampling.sample_picture import SamplePicture
from gui.sampling.shot import PICTURES, Answered, BenchShot
from gui.sampling.stepper import Stepper
from gui.sampling.worker import Worker
from gui.style import Theme

POLL_MS = 100
"""Ten pictures a second are enough to see how it goes on, and leave the processors to the drawing."""

_HEADING_LARGER = 5

_KEYS = {
    (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier): "toggle",
    (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier): "step",
    (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier): "step_ten",
    (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier): "finish",
    (Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier): "rewind",
    (Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier): "draw_again",
}
"""The keys of the training, and what they do to a draw."""


class SamplingBench(QWidget):
    """Asks what the fields say, in a worker; draws what comes, and says where it goes on.

    Attributes:
        tabs: the four parts.
        form: their fields.
        pictures: by their names.
        stepper: for the draw.

    Signals:
        initializer_chosen(Choice): draw the weights of the network from this law.
        export_requested(str): export the picture of this name, which is on show.
        answer_painted(): a result is on the screen.
    """

    initializer_chosen = Signal(object)
    export_requested = Signal(str)
    answer_painted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Sampling bench")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._worker = Worker()
        self._asked: Question | None = None
        self._last: Any = None
        self._answered: dict[str, tuple[Question, Any]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.tabs = QTabBar()
        self.form = BenchForm()
        self.pictures: dict[str, SamplePicture] = {name: kind(theme) for name, kind in PICTURES.items()}
        self.stepper = Stepper()
        self._heading = QLabel()
        self._buttons: dict[str, QToolButton] = {}
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self.set_theme(theme)
        self._show_part()

    @property
    def part(self) -> str:
        """The name of the picture on show."""
        return list(TABS)[self.tabs.currentIndex()]

    @property
    def picture(self) -> SamplePicture:
        """The picture on show."""
        return self.pictures[self.part]

    @property
    def busy(self) -> bool:
        """Whether a question is being answered."""
        return self._asked is not None

    def open_part(self, part: str) -> None:
        """Show one of the four."""
        self.tabs.setCurrentIndex(list(TABS).index(part))

    @property
    def exportable(self) -> bool:
        """Whether the question on show has been answered."""
        return self.part in self._answered and not self.busy

    def show_law(self, law: Choice) -> None:
        """Show how the numbers of a law are distributed."""
        self.form.set_law(law)
        self.open_part("two_laws")
        self._ask()

    def subject(self) -> BenchShot:
        """Return what can be exported: all parts that have been answered."""
        return BenchShot(
            {
                name: Answered(question, result, self.pictures[name].options(), self.pictures[name].zooms())
                for name, (question, result) in self._answered.items()
            }
        )

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.form.set_theme(theme)
        self.stepper.set_theme(theme)
        for picture in self.pictures.values():
            picture.set_theme(theme)
        for name, button in self._buttons.items():
            button.setIcon(icon(name, theme.muted))
        self._right.setStyleSheet(f"#bench-right {{ background: {theme.base}; }}")

    def stop(self) -> None:
        """End what is being computed."""
        self._timer.stop()
        self.stepper.pause()
        self._worker.cancel()
        self._asked = None

    def stopped(self, seconds: float) -> bool:
        """Wait so long for the worker's thread to end, and return whether it has."""
        return self._worker.ended(seconds)

    # What happens ------------------------------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        """Compute what the fields ask for, unless it is known or under way; say at a field what cannot be."""
        if not self.isVisible():
            return
        question = QUESTIONS[self.part](self.form)
        try:
            question.check()
        except ConfigError as error:
            self.form.show_error(error.field, error.message)
            return
        self.form.accept()
        answered = self._answered.get(self.part)
        if answered is not None and answered[0] == question:
            self._worker.cancel()
            self._asked = None
            if self.picture.shown is not answered[1]:
                # Another question was given up when it was half drawn.
                self.picture.show_result(*answered)
            self._show_answer()
            return
        if question != self._asked:
            self._asked = question
            self._worker.start(question.results)
            self._timer.start()
            self._allow_export()

    @Slot()
    def _poll(self) -> None:
        """Draw the newest result; when there is no more to come, it is the answer."""
        try:
            result = self._worker.take()
        except MemoryError:
            self._give_up()
            self.form.show_error(
                SIZES[self.part], "There is not enough memory for so many numbers; draw fewer."
            )
            return
        except Exception:
            self._give_up()
            raise
        if result is not None and self._asked is not None:
            self._last = result
            self.picture.show_result(self._asked, result)
            self._heading.setText(self.picture.heading)
            # At once: what is posted would wait behind the next result where painting is slow.
            self.picture.view.viewport().repaint()
            self.answer_painted.emit()
        if not self._worker.busy:
            self._timer.stop()
            if self._asked is not None:
                self._answered[self.part] = (self._asked, self._last)
                self._asked = None
                self._show_answer()

    def _give_up(self) -> None:
        self._timer.stop()
        self._asked = None

    @Slot()
    def _show_part(self) -> None:
        part = self.part
        self._worker.cancel()
        self._asked = None
        self.stepper.pause()
        self.form.accept()
        self.form.show_part(part)
        self._stack.setCurrentWidget(self.picture)
        self.stepper.setVisible(part == OneDrawPicture.name)
        for name, picture in self.pictures.items():
            for control in picture.option_widgets():
                control.setVisible(name == part)
        self._show_answer()
        self._ask()

    def _show_answer(self) -> None:
        """Show what belongs to the answer of the part on show, as far as there is one."""
        self._heading.setText(self.picture.heading)
        _, result = self._answered.get(self.part, (None, None))
        self.form.show_code(CODES[self.part](result) if result is not None else "")
        picture = self.picture
        if isinstance(picture, OneDrawPicture) and picture.shown is not None:
            self.stepper.set_length(picture.length)
            picture.show_position(None)
        self._allow_export()

    def _allow_export(self) -> None:
        self._buttons["export"].setEnabled(self.exportable)

    @Slot()
    def _on_form_changed(self) -> None:
        picture = self.picture
        if isinstance(picture, OneDrawPicture):
            picture.show_observed(self.form.value("observed"))
        self._ask()

    @Slot(int)
    def _on_stepped(self, position: int) -> None:
        picture = self.pictures[OneDrawPicture.name]
        assert isinstance(picture, OneDrawPicture)
        picture.show_position(position)

    @Slot()
    def _on_export_clicked(self) -> None:
        self.export_requested.emit(self.part)

    @Slot()
    def reset_zoom(self) -> None:
        """Show the ranges again that the picture on show owns."""
        self.picture.zoom_reset()

    # How it is made ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        for text in TABS.values():
            self.tabs.addTab(text)
        self.tabs.setExpanding(False)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Questions")
        font = self._heading.font()
        font.setPointSize(font.pointSize() + _HEADING_LARGER)
        font.setBold(True)
        self._heading.setFont(font)
        self._heading.setWordWrap(True)
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        head = QHBoxLayout()
        head.setContentsMargins(10, 8, 8, 0)
        head.setSpacing(4)
        head.addWidget(self._heading, 1)
        for picture in self.pictures.values():
            # Clicked, a picture leaves the keys to the bench: a view would scroll with them.
            picture.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._stack.addWidget(picture)
            for control in picture.option_widgets():
                head.addWidget(control)
        for name, tip, action in (
            ("zoom-reset", "Reset the zoom", self.reset_zoom),
            ("export", "Export this picture", self._on_export_clicked),
        ):
            head.addWidget(self._button(name, tip, action))
        self._right = QWidget()
        self._right.setObjectName("bench-right")
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(4)
        right.addLayout(head)
        right.addWidget(self._stack, 1)
        right.addWidget(self.stepper)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.form)
        below.addWidget(self._right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addLayout(below, 1)

    def _button(self, name: str, tip: str, action: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(16, 16))
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action)
        self._buttons[name] = button
        return button

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._show_part)
        self.form.changed.connect(self._on_form_changed)
        self.form.initializer_chosen.connect(self.initializer_chosen)
        self.stepper.moved.connect(self._on_stepped)

    # Qt ----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what the part on show lacks."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the processors to the training."""
        super().hideEvent(event)
        self.stop()

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the training, which here mean the draw."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _command(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through the draw, or draw again."""
        command = _command(event)
        if command == "draw_again":
            self.form.draw_again()
        elif command and self.part == OneDrawPicture.name:
            getattr(self.stepper, command)()
        elif not command:
            super().keyPressEvent(event)


def _command(event: QKeyEvent) -> str:
    """Return what a key means, or nothing."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return _KEYS.get((Qt.Key(event.key()), modifiers), "")
