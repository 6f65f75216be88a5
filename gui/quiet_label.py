"""A label for texts that change many times a second: a new text repaints it, and moves nothing else."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.fitted_text import elided


class QuietLabel(QWidget):
    """Shows one line of text, cut where there is no room.

    Every change of a QLabel's text lays out the whole window anew, which takes milliseconds.
    """

    def __init__(self, widest: str = "", parent: QWidget | None = None) -> None:
        """Make room for `widest`; without it, take what room there is."""
        super().__init__(parent)
        self._text = ""
        self._widest = widest
        horizontal = QSizePolicy.Policy.Fixed if widest else QSizePolicy.Policy.Ignored
        self.setSizePolicy(horizontal, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the text, whole."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text; the whole is in the tooltip where it is cut."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)
            self.setToolTip(text if self._shown() != text else "")
            self.update()

    def sizeHint(self) -> QSize:
        """Ask for the widest text."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._widest) + 2, metrics.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._shown()
        )
        painter.end()

    def _shown(self) -> str:
        return elided(self._text, QFontMetricsF(self.font()), self.width())
