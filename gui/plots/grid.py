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
    """`n` charts in `area`; with `shared` axes, the first column alone has numbers on the left."""

    area: QRectF
    n: int
    shared: bool

    @property
    def readable(self) -> bool:
        """Whether the charts are large enough to be read at all."""
        width, height = self._size(self._rows())
        return width >= _SMALLEST[0] and height >= _SMALLEST[1]

    def cells(self) -> list[tuple[QRectF, int]]:
        """Return for each chart its place, and the width of its left axis, which lies inside of it."""
        n_rows = self._rows()
        n_columns = -(-self.n // n_rows)
        width, height = self._size(n_rows)
        cells = []
        for i in range(self.n):
            row, column = divmod(i, n_columns)
            axis = self._axis(width) if column == 0 or not self.shared else 0
            # Shared, the axis stands beside the cells, so that all boxes are equal; else in each of them.
            before = self._axis(width) if self.shared else 0
            x = self.area.left() + before + column * (width + _SPACE_X) - (axis if self.shared else 0)
            y = self.area.top() + row * (height + _SPACE_Y)
            cells.append((QRectF(x, y, width + (axis if self.shared else 0), height), axis))
        return cells

    def _rows(self) -> int:
        """Return the number of rows; fewer win a tie."""
        return max(range(1, max(self.n, 1) + 1), key=lambda rows: (_fitness(*self._size(rows)), -rows))

    def _size(self, n_rows: int) -> tuple[float, float]:
        n_columns = max(1, -(-self.n // n_rows))
        rough = self.area.width() / n_columns
        room = self.area.width() - (self._axis(rough) if self.shared else 0)
        width = (room - _SPACE_X * (n_columns - 1)) / n_columns
        return width, (self.area.height() - _SPACE_Y * (n_rows - 1)) / n_rows

    def _axis(self, width: float) -> int:
        return _AXIS if width >= (_AXIS_FROM_WIDTH if self.shared else _OWN_AXIS_FROM_WIDTH) else 0


def _fitness(width: float, height: float) -> float:
    return round(min(width / _GOOD[0], height / _GOOD[1], 1.0), 3)
