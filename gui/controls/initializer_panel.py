"""What the initializers do: formula and NumPy code of the shown layer's, and the weights of each layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from engine.fields import Choice
from engine.initializers import INITIALIZERS
from engine.run_config import RunConfig
from engine.sampling.sample_laws import law_of_initializer
from gui.controls.field import MARGIN, tooltip
from gui.controls.fitted_text import CodeView, FittedText
from gui.controls.variance_table import VarianceTable
from gui.icons import icon
from gui.style import Theme


class InitializerPanel(QFrame):
    """Formula and code for the shown layer, and a table of all layers.

    Signals:
        layer_chosen(int): the person chose a layer in the table, 0 being the first.
        own_settings_dropped(range): let these layers, 1 being the first, do as the network.
        law_requested(Choice): show the law of the shown layer's weights.
    """

    layer_chosen = Signal(int)
    own_settings_dropped = Signal(object)
    law_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._initializers: tuple[Choice, ...] = (Choice("zeros"),)
        self._sizes: tuple[int, ...] = (1, 1)
        self._layer = 0
        self._formula = FittedText()
        self._formula.setAccessibleName("Formula of the initializer")
        self._code = CodeView()
        self._code.setAccessibleName("NumPy code of the initializer for the shown layer")
        self._code.setToolTip(
            tooltip("What the initializer does, for the shown layer: rng is a NumPy random generator.")
        )
        self._copy = _button("Copy this code", "Copy the NumPy code", self._on_copy_clicked)
        self._law = _button("", "Show law", self._on_law_clicked)
        self._table = VarianceTable()
        self._table.layer_chosen.connect(self.layer_chosen)
        self._table.own_settings_dropped.connect(self.own_settings_dropped)
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self._code, 1)
        for button in (self._copy, self._law):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(4)
        column.addWidget(self._formula)
        column.addLayout(line)
        column.addWidget(self._table)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._table.set_theme(theme)
        self._copy.setIcon(icon("copy", theme.text))
        self._law.setIcon(icon("law", theme.text))

    def set_weights(self, run: RunConfig, sizes: Sequence[int]) -> None:
        """Explain the initializers of a run for a network of these layer sizes, input first."""
        self._initializers, self._sizes = run.initializers, tuple(sizes)
        self._table.set_weights(run, self._sizes)
        self.select_layer(min(self._layer, len(self._initializers) - 1))

    def select_layer(self, layer: int) -> None:
        """Explain the initializer of a layer, 0 being the first; nothing is emitted."""
        self._layer = layer
        choice = self._initializers[layer]
        fan_in, fan_out = self._sizes[layer : layer + 2]
        variant = INITIALIZERS[choice.name]
        self._formula.set_text(variant.formula)
        self._formula.setToolTip(tooltip(variant.explanation, variant.reference))
        self._code.set_text(variant.code(layer + 1, fan_in, fan_out, **choice.parameters))
        self._table.select_layer(layer)
        random = self._shown_law() is not None
        self._law.setEnabled(random)
        self._law.setToolTip(
            tooltip(
                "Show law: draw numbers like the weights of this layer, on the sampling bench."
                if random
                else "The identity is not random: it has no law to draw from."
            )
        )

    def _shown_law(self) -> Choice | None:
        fan_in, fan_out = self._sizes[self._layer : self._layer + 2]
        return law_of_initializer(self._initializers[self._layer], fan_in, fan_out)

    @Slot()
    def _on_law_clicked(self) -> None:
        self.law_requested.emit(self._shown_law())

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._code.toPlainText())


def _button(tip: str, name: str, action: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setIconSize(QSize(14, 14))
    button.setToolTip(tip)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(action)
    return button
