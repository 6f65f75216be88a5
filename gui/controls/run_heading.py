"""What stands over the form's sections of one run: which of the runs it is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from engine.config import Experiment
from engine.run_names import run_name
from gui.quiet_label import QuietLabel
from gui.style import LIGHT, Theme
from gui.swatch import swatch


class RunHeading(QWidget):
    """The line, the name and the number of a run; nothing where there is only one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._place: int | None = 0
        self._swatch = QLabel()
        self._name = QuietLabel()
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._number = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._swatch)
        row.addWidget(self._name, 1)
        row.addWidget(self._number)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setAutoFillBackground(True)

    def show_run(self, experiment: Experiment, run: int) -> None:
        """Say which run this is."""
        count = len(experiment.runs)
        self.setVisible(count > 1)
        if count == 1:
            return
        name = run_name(experiment, run)
        self._name.set_text(name)
        self._number.setText(f"run {run + 1} of {count}")
        self.setAccessibleName(f"Settings of {name}, run {run + 1} of {count}")

    def show_line(self, place: int | None) -> None:
        """Draw the line of a run of the frames; None while it is in none of them, because it catches up."""
        self._place = place
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw the line in the colours of a theme."""
        self._theme = theme
        self._draw()

    def _draw(self) -> None:
        self._swatch.setPixmap(swatch(self._theme, self._place, self.devicePixelRatioF()))
