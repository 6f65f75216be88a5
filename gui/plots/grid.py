"""Places for equal charts in an area, in as many rows as bring each nearest to a size that reads well."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

_GOOD = (96.0, 110.0)
"""Width and height from which on a histogram with its statistics reads well."""

_SMALLEST = (56.0, 70.0)

_SPACE_X = 18
_SPACE_Y = 6

_AXIS = 44
_AXIS_FROM_WIDTH = 70
"""Narrower charts do without numbers on the left axis."""

_OWN_AXIS_FROM_WIDTH = 210


@dataclass(frozen=True)
class Grid:
    """`n` charts in `area`.

    Args:
        area: in pixels.
        n: how many charts.
        shared: whether they share axes; then only the first column has numbers on the left.
        apart: whether the last chart has axes of its own all the same.
    """

    area: QRectF
    n: int
    shared: bool
    apart: bool

    @property
    def readable(self) -> bool:
        """Whether the charts are large enough to be read at all."""
        width, height, *_ = self._size(self._rows())
        return width >= _SMALLEST[0] and height >= _SMALLEST[1]

    def cells(self) -> list[tuple[QRectF, int]]:
        """Return for each chart its place, and the width of its left axis, which lies inside of it."""
        n_rows = self._rows()
        n_columns = -(-self.n // n_rows)
        # Shared numbers stand before the first column, so all boxes are equal; own ones inside of the chart.
        width, height, before, after = self._size(n_rows)
        inside = _AXIS if width >= _OWN_AXIS_FROM_WIDTH else 0
        cells = []
        for i in range(self.n):
            row, column = divmod(i, n_columns)
            x = self.area.left() + before + column * (width + _SPACE_X)
            cell = QRectF(x, self.area.top() + row * (height + _SPACE_Y), width, height)
            if self.shared and self.apart and i == self.n - 1:
                # Beside charts with numbers, one on another scale must not go without.
                cells.append((cell.adjusted(0, 0, after, 0), after))
            elif not self.shared:
                cells.append((cell, inside))
            elif column == 0:
                cells.append((cell.adjusted(-before, 0, 0, 0), before))
            else:
                cells.append((cell, 0))
        return cells

    def _rows(self) -> int:
        """Return the number of rows; fewer win a tie."""
        return max(range(1, max(self.n, 1) + 1), key=lambda rows: (_fitness(*self._size(rows)), -rows))

    def _size(self, n_rows: int) -> tuple[float, float, int, int]:
        """Return the width and height of a chart, and the room for the first and the last one's numbers."""
        n_columns = max(1, -(-self.n // n_rows))
        room = self.area.width() - _SPACE_X * (n_columns - 1)
        height = (self.area.height() - _SPACE_Y * (n_rows - 1)) / n_rows
        before = _AXIS if self.shared and room / n_columns >= _AXIS_FROM_WIDTH else 0
        after = before if self.apart else 0
        return (room - before - after) / n_columns, height, before, after


def _fitness(width: float, height: float, *_numbers: int) -> float:
    return round(min(width / _GOOD[0], height / _GOOD[1], 1.0), 3)
