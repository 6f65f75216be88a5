"""A short piece of a run's line, as the plots draw it: what connects a run's name with its curve."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from gui.style import Theme

SIZE = QSize(26, 12)
_WIDTH = 2.0


def swatch(theme: Theme, run: int | None, ratio: float) -> QPixmap:
    """Return a piece of the line of a run of the frames, in a theme; a run that has none yet is grey.

    Args:
        theme: whose colours it has.
        run: the run's number in the frames.
        ratio: device pixels per pixel.
    """
    color, dash = theme.run(run) if run is not None else (theme.disabled, ())
    pixmap = QPixmap(SIZE * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        pen = QPen(QColor(color), _WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if dash:
            pen.setDashPattern([length / _WIDTH for length in dash])
        painter.setPen(pen)
        middle = SIZE.height() / 2
        painter.drawLine(QLineF(0, middle, SIZE.width(), middle))
    finally:
        painter.end()
    return pixmap
