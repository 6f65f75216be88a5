"""What stands over the form's sections of one run: which of the runs it is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.quiet_label import QuietLabel
from gui.style import LIGHT, Theme
from gui.swatch import swatch


class RunHeading(QWidget):
    """The line, the name and the number of a run; nothing where there is only one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._shown: tuple[str, int, int, int | None] = ("", 0, 1, 0)
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
        self.hide()

    def show_run(self, name: str, run: int, count: int, place: int | None) -> None:
        """Say which run this is.

        Args:
            name: what the run is called.
            run: its number, of `count`.
            count: how many there are.
            place: its number in the frames; None while it is in none of them, because it catches up.
        """
        shown = (name, run, count, place)
        if shown == self._shown:
            return
        self._shown = shown
        self.setVisible(count > 1)
        self._name.set_text(name)
        self._number.setText(f"run {run + 1} of {count}")
        self.setAccessibleName(f"Settings of {name}, run {run + 1} of {count}")
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw the line in the colours of a theme."""
        self._theme = theme
        self._draw()

    def _draw(self) -> None:
        self._swatch.setPixmap(swatch(self._theme, self._shown[-1], self.devicePixelRatioF()))
