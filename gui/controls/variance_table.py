"""A table of the random weights of each layer: how large they are, and what that does to a signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from engine.initializers import INITIALIZERS
from engine.run_config import LAYER_REGISTRIES, LayerOverride, RunConfig
from engine.run_names import brief_choice, layers_name, override_text
from gui.calm_wheel import CalmWheel
from gui.controls.field import sentence, tooltip
from gui.controls.number_text import format_number
from gui.style import Theme

_FEWEST_ROWS, _MOST_ROWS = 3, 6
"""How many rows are shown without scrolling, in a small window and in a large one."""

_PADDING = 6
"""Room between columns, beside what the style leaves."""

_LEAST_OWN = 64
"""Less room tells too little of what a layer does of its own, in pixels."""

_HEADINGS = {
    "layer": "Layers of the same size with the same settings stand in one row.",
    "in → out": "fan_in and fan_out: how many inputs and outputs the layer has.",
    "own": "What the layer does differently from the network: its own activation, its own initializer.",
    "mean": "The mean of one weight. Where it is not 0, all units of a layer get nearly the same signal.",
    "std": "The standard deviation of one weight.",
    "σ_w²": "sigma_w² = fan_in · Var(W): by what factor the layer multiplies the power of its signal. ReLU "
    "halves the power, so it wants 2; around zero, tanh and the identity want 1.",
}

_SIZES, _OWN, _MEAN = 1, 2, 3
"""Columns that are stretched, or hidden where there is nothing to say."""


@dataclass(frozen=True)
class VarianceRow:
    """Layers `first` to `last`, 1 being the first hidden one, which are alike, and what a weight is like."""

    first: int
    last: int
    fan_in: int
    fan_out: int
    own: LayerOverride
    """What each of them overrides, as the first one does."""
    mean: float
    std: float

    @property
    def overrides(self) -> bool:
        """Whether they do anything differently from the network."""
        return self.own != LayerOverride(self.first)

    @property
    def gain(self) -> float:
        """Return sigma_w^2 = fan_in * Var(W)."""
        return self.fan_in * self.std**2


def variance_rows(run: RunConfig, sizes: Sequence[int]) -> list[VarianceRow]:
    """Return what the initializers do to the layers between `sizes`; hidden neighbours alike share a row."""
    output = len(sizes) - 1
    own = {override.layer: (override.activation, override.initializer) for override in run.layers}
    layers = (
        (fan_in, fan_out, layer == output, own.get(layer, (None, None)))
        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), 1)
    )
    rows, first = [], 1
    for (fan_in, fan_out, _, (activation, initializer)), group in groupby(layers):
        choice = initializer or run.initializer
        moments = INITIALIZERS[choice.name].moments(fan_in, fan_out, **choice.parameters)
        last = first + len(list(group)) - 1
        override = LayerOverride(first, activation, initializer)
        rows.append(VarianceRow(first, last, fan_in, fan_out, override, moments.mean, moments.std))
        first = last + 1
    return rows


class VarianceTable(CalmWheel, QTableWidget):
    """The table; the row of the shown layer is selected, and clicking another shows its first layer.

    Its context menu, and the delete key, let the layers of the selected row do as the network.

    Signals:
        layer_chosen(int): the person chose a layer, 0 being the first.
        own_settings_dropped(range): let these layers, 1 being the first, do as the network.
    """

    layer_chosen = Signal(int)
    own_settings_dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_HEADINGS), parent)
        self._rows: list[VarianceRow] = []
        self._layer = 0
        self.setAccessibleName("Weights of each layer")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.verticalHeader().setMinimumSectionSize(1)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, (heading, help_text) in enumerate(_HEADINGS.items()):
            item = QTableWidgetItem(heading)
            item.setToolTip(tooltip(help_text))
            item.setTextAlignment(_alignment(column))
            self.setHorizontalHeaderItem(column, item)
        self._drop, self._drop_all = QAction(self), QAction("All layers as the network", self)
        self._drop.setShortcut(QKeySequence.StandardKey.Delete)
        self._drop.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._drop.setWhatsThis("Take back the shown layer's own settings")
        self._drop.triggered.connect(self._on_drop_triggered)
        self._drop_all.triggered.connect(self._on_drop_all_triggered)
        self.addActions([self._drop, self._drop_all])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.itemSelectionChanged.connect(self._on_selection_changed)

    def set_theme(self, theme: Theme) -> None:
        """Mark the row of the shown layer in the colours of a theme."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, QColor(theme.pale(theme.accent, 0.22)))
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor(theme.text))
        self.setPalette(palette)

    def set_weights(self, run: RunConfig, sizes: Sequence[int]) -> None:
        """Show what a run's initializers give the layers between `sizes`, input first."""
        rows = variance_rows(run, sizes)
        if rows == self._rows:
            return
        self._rows = rows
        blocked = self.blockSignals(True)
        self.setRowCount(len(rows))
        for index, row in enumerate(rows):
            for column, text in enumerate(_texts(row, rows[-1].last)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_alignment(column))
                item.setToolTip(_explanation(row, rows[-1].last))
                self.setItem(index, column, item)
        self.setColumnHidden(_OWN, not any(row.overrides for row in rows))
        self.setColumnHidden(_MEAN, all(row.mean == 0 for row in rows))
        self.blockSignals(blocked)
        self._fit()
        self.updateGeometry()

    def select_layer(self, layer: int) -> None:
        """Select the row of a layer, 0 being the first; nothing is emitted."""
        self._layer = layer
        blocked = self.blockSignals(True)
        for index, row in enumerate(self._rows):
            if row.first <= layer + 1 <= row.last:
                self.selectRow(index)
        self.blockSignals(blocked)
        self._describe_actions()

    def sizeHint(self) -> QSize:
        """Ask for the height of the rows."""
        return QSize(240, self._height_of(_MOST_ROWS))

    def minimumSizeHint(self) -> QSize:
        """Ask for the height of a few rows."""
        return QSize(120, self._height_of(_FEWEST_ROWS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share another width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Share the width. Sizes, which stand beside the name of the shown layer, give way to what is own."""
        header, columns = self.horizontalHeader(), range(self.columnCount())
        own = not self.isColumnHidden(_OWN)
        widths = [
            max(self.sizeHintForColumn(column), header.sectionSizeHint(column)) + _PADDING
            for column in columns
        ]
        others = sum(
            widths[column] for column in columns if column == _SIZES or not self.isColumnHidden(column)
        )
        room = self.viewport().width() - others + widths[_OWN]
        self.setColumnHidden(_SIZES, own and room < min(widths[_OWN], _LEAST_OWN))
        fixed, stretched = (_SIZES, _OWN) if own else (_OWN, _SIZES)
        header.setSectionResizeMode(fixed, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        for column in columns:
            self.setColumnWidth(column, widths[column])

    def _height_of(self, most_rows: int) -> int:
        rows = min(len(self._rows), most_rows) * self.verticalHeader().defaultSectionSize()
        return self.horizontalHeader().sizeHint().height() + rows + 2

    def _describe_actions(self) -> None:
        row = self._rows[self.currentRow()]
        name = sentence(layers_name(row.first, row.last, self._rows[-1].last))
        self._drop.setText(f"{name} as the network")
        self._drop.setEnabled(row.overrides)
        self._drop_all.setEnabled(any(row.overrides for row in self._rows))

    @Slot()
    def _on_drop_triggered(self) -> None:
        row = self._rows[self.currentRow()]
        self.own_settings_dropped.emit(range(row.first, row.last + 1))

    @Slot()
    def _on_drop_all_triggered(self) -> None:
        self.own_settings_dropped.emit(range(1, self._rows[-1].last + 1))

    @Slot()
    def _on_selection_changed(self) -> None:
        chosen = self._rows[self.currentRow()]
        self._describe_actions()
        if not chosen.first <= self._layer + 1 <= chosen.last:
            self._layer = chosen.first - 1
            self.layer_chosen.emit(self._layer)


def _texts(row: VarianceRow, n_layers: int) -> tuple[str, ...]:
    if row.first == n_layers:
        name = "output"
    else:
        name = str(row.first) if row.first == row.last else f"{row.first}–{row.last}"
    numbers = (format_number(float(f"{number:.3g}")) for number in (row.mean, row.std, row.gain))
    return (name, f"{row.fan_in} → {row.fan_out}", override_text(row.own), *numbers)


def _explanation(row: VarianceRow, n_layers: int) -> str:
    """Say in full which layers a row is of, and what they do differently from the network."""
    own = [
        f"Own {field}: {brief_choice(field, choice)}"
        for field in LAYER_REGISTRIES
        if (choice := getattr(row.own, field)) is not None
    ]
    name = sentence(layers_name(row.first, row.last, n_layers))
    return tooltip(f"{name}: {row.fan_in} → {row.fan_out}", *(own or ["As the network"]))


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column <= _OWN else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
