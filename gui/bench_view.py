"""The sampling bench in the main window: a view of its own, in place of form, plots and transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMainWindow, QToolButton, QWidget

from engine.fields import Choice
from engine.initializers import INITIALIZERS
from gui.exports import Exports
from gui.message_bar import Level
from gui.run_commands import RunCommands
from gui.style import Theme
from gui.workspace import Workspace

if TYPE_CHECKING:
    from gui.sampling.bench import SamplingBench

_TRAINING, _BENCH = range(2)
_VIEWS = (
    ("Training", "The network, its training and the plots (Ctrl+1)"),
    ("Sampling bench", "What a random generator gives before any network is involved (Ctrl+2)"),
)


class BenchView(QObject):
    """Switches between the training and the bench, which is made when it is first asked for.

    Training goes on meanwhile as it was; its plots are hidden, and do not draw.

    Attributes:
        switch: two buttons in the corner of the menu bar.
        bench: what is shown; None before it was first asked for.

    Signals:
        export_requested(str): export the picture of this name, which is on show.
        said(str, Level): what the person should know.
        switched(bool): whether the bench is on show now.
    """

    export_requested = Signal(str)
    said = Signal(str, object)
    switched = Signal(bool)

    def __init__(
        self, window: QMainWindow, workspace: Workspace, run_commands: RunCommands, theme: Theme
    ) -> None:
        super().__init__(window)
        self._run_commands = run_commands
        self._window = window
        self._workspace = workspace
        self._theme = theme
        self.bench: SamplingBench | None = None
        self.switch = QButtonGroup(self)
        row = QWidget(window.menuBar())
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(2)
        for view, (text, tip) in enumerate(_VIEWS):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setAutoRaise(True)
            # The keys stay with what is on show.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.switch.addButton(button, view)
            layout.addWidget(button)
        self.switch.button(_TRAINING).setChecked(True)
        self.switch.idToggled.connect(self._on_toggled)
        window.menuBar().setCornerWidget(row)
        workspace.brought_back.connect(self._on_brought_back)

    @property
    def shown(self) -> bool:
        """Whether the bench is on show."""
        return self.switch.checkedId() == _BENCH

    @Slot()
    def open(self) -> None:
        """Show the bench."""
        self.switch.button(_BENCH).setChecked(True)

    @Slot()
    def leave(self) -> None:
        """Show the training."""
        self.switch.button(_TRAINING).setChecked(True)

    @Slot(object)
    def show_law(self, law: Choice) -> None:
        """Show the bench with a law."""
        self.open()
        self._made().show_law(law)

    def export(self, exports: Exports) -> None:
        """Open the export dialog for the picture on show, once it is whole."""
        bench = self._made()
        if bench.exportable:
            exports.open(bench.subject(), self._theme, bench.part)
        else:
            self.said.emit("There is nothing to export before all numbers are drawn.", Level.WARNING)

    @Slot()
    def reset_zoom(self) -> None:
        """Bring what is on show back to ranges of its own: the bench's picture, or every plot."""
        if self.shown:
            self._made().reset_zoom()
        else:
            self._workspace.reset_zoom()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        if self.bench is not None:
            self.bench.set_theme(theme)

    def stop(self) -> None:
        """End what is being computed, for the window closes."""
        if self.bench is not None:
            self.bench.stop()

    def stopped(self) -> bool:
        """Return whether nothing is being computed any more."""
        return self.bench is None or self.bench.stopped(0.0)

    @Slot(int, bool)
    def _on_toggled(self, view: int, checked: bool) -> None:
        if not checked:
            return
        self.switched.emit(view == _BENCH)
        if view == _TRAINING:
            self._workspace.bring_back()
            return
        bench = self._made()
        self._workspace.set_aside()
        bench.show()
        bench.setFocus()

    @Slot()
    def _on_brought_back(self) -> None:
        if self.bench is not None:
            self.bench.hide()
        self._window.setFocus()
        self.leave()

    @Slot(object)
    def _on_initializer_chosen(self, initializer: Choice) -> None:
        """Draw the weights of the run that the form shows from the law of the bench."""
        self.leave()
        self._run_commands.set_initializer(initializer, "initializer from the bench")
        label = INITIALIZERS[initializer.name].label
        self.said.emit(f"The initializer is now {label}, from the sampling bench.", Level.DONE)

    def _made(self) -> SamplingBench:
        if self.bench is None:
            # Imported when it is asked for, like all that the first picture does without.
            from gui.sampling.bench import SamplingBench

            self.bench = SamplingBench(self._theme, self._window)
            self.bench.hide()
            self.bench.initializer_chosen.connect(self._on_initializer_chosen)
            self.bench.export_requested.connect(self.export_requested)
            self._window.setCentralWidget(self.bench)
        return self.bench
