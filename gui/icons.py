"""The icons of the window, painted from the SVG files in resources/ in any colour.

The platform's icon theme (QIcon.fromTheme) is missing on many systems, so nothing here asks for it. Icons
hold ready pixmaps: an icon engine written in Python crashes the process when Qt clones it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from engine.fields import unknown_name

_RESOURCES = Path(__file__).resolve().parent.parent / "resources"
_SIZES_PX = (16, 20, 24, 25, 30, 32, 36, 40, 48, 64)
"""16, 20, 24 and 32 on screens of 100, 125, 150 and 200 %; for others Qt scales the next larger one down."""
_APPLICATION_SIZES_PX = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
_DISABLED_OPACITY = 0.38


@cache
def icon_names() -> tuple[str, ...]:
    """Return the names of all icons that `icon` knows."""
    return tuple(sorted(path.stem for path in (_RESOURCES / "icons").glob("*.svg")))


@cache
def icon(name: str, color: str) -> QIcon:
    """Return the icon `name` in `color` ("#rrggbb" or "#aarrggbb"), paler where it is disabled.

    Raises:
        ValueError: if there is no such icon, or `color` is no colour.
    """
    if name not in icon_names():
        raise ValueError(unknown_name("icon", name, dict.fromkeys(icon_names())))
    ink = QColor(color)
    if not ink.isValid():
        raise ValueError(f"{color!r} is no colour; write it as '#rrggbb'.")
    source = (_RESOURCES / "icons" / f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(source.replace(b"currentColor", ink.name().encode()))
    drawing = _draw(renderer, _SIZES_PX)
    painted = QIcon()
    _add(painted, _paler(drawing, ink.alphaF()), _SIZES_PX, QIcon.Mode.Normal)
    _add(painted, _paler(drawing, ink.alphaF() * _DISABLED_OPACITY), _SIZES_PX, QIcon.Mode.Disabled)
    return painted


@cache
def application_icon() -> QIcon:
    """Return the icon of the program, for windows and task bars."""
    renderer = QSvgRenderer(str(_RESOURCES / "icon.svg"))
    painted = QIcon()
    _add(painted, _draw(renderer, _APPLICATION_SIZES_PX), _APPLICATION_SIZES_PX, QIcon.Mode.Normal)
    return painted


def _draw(renderer: QSvgRenderer, sizes_px: Sequence[int]) -> QPixmap:
    """Draw all sizes side by side: a pixmap and a painter for each would take most of the time."""
    pixmap = QPixmap(sum(sizes_px), max(sizes_px))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        for left_px, size_px in _places(sizes_px):
            renderer.render(painter, QRectF(left_px, 0, size_px, size_px))
    finally:
        painter.end()
    return pixmap


def _add(painted: QIcon, drawing: QPixmap, sizes_px: Sequence[int], mode: QIcon.Mode) -> None:
    for left_px, size_px in _places(sizes_px):
        painted.addPixmap(drawing.copy(left_px, 0, size_px, size_px), mode)


def _places(sizes_px: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the left edge and the side of each size in a drawing."""
    return zip(accumulate(sizes_px, initial=0), sizes_px, strict=False)


def _paler(drawing: QPixmap, opacity: float) -> QPixmap:
    """Make a finished drawing paler: were its strokes drawn paler, their overlaps would show."""
    if opacity == 1.0:
        return drawing
    pixmap = QPixmap(drawing.size())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        painter.setOpacity(opacity)
        painter.drawPixmap(0, 0, drawing)
    finally:
        painter.end()
    return pixmap
