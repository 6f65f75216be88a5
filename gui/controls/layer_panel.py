"""The foot of the form, always in sight: what the activation and the initializer do to the layers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from engine.config import Experiment
from engine.frame import RunFrame
from engine.run_config import RunConfig
from gui.controls.activation_curve import ActivationCurve
from gui.controls.initializer_panel import InitializerPanel
from gui.controls.layer_chooser import LayerChooser
from gui.style import Theme


class LayerPanel(QWidget):
    """Draws the activation with the shown layer's pre-activations under it, and explains the initializer.

    One layer is on show: its pre-activations, its numbers in the line of code, its row in the table.

    Signals:
        layer_shown(int): which layer is on show, 0 being the first hidden one.
        own_settings_dropped(range): let these layers, 1 being the first hidden one, do as the network.
        law_requested(Choice): show the law of the shown layer's weights.
    """

    layer_shown = Signal(int)
    own_settings_dropped = Signal(object)
    law_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = RunConfig()
        self._seen: RunFrame | None = None
        self._chooser = LayerChooser()
        self._curve = ActivationCurve()
        self._initializer = InitializerPanel()
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setForegroundRole(QPalette.ColorRole.Mid)
        self._head = head = QHBoxLayout()
        head.setContentsMargins(8, 2, 8, 2)
        head.setSpacing(0)
        head.addWidget(self._chooser, 1)
        self._last_in_head: QWidget = self._chooser.editor
        # Like the plots it shows, and is not set: so it has their background.
        self._body = body = QWidget()
        body.setBackgroundRole(QPalette.ColorRole.Base)
        body.setAutoFillBackground(True)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(8, 4, 8, 4)
        rows.setSpacing(4)
        rows.addWidget(self._curve)
        rows.addWidget(self._initializer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(head)
        column.addWidget(body)
        self._chooser.committed.connect(self._on_chooser_committed)
        self._initializer.layer_chosen.connect(self._on_layer_chosen)
        self._initializer.own_settings_dropped.connect(self.own_settings_dropped)
        self._initializer.law_requested.connect(self.law_requested)

    def add_command(self, action: QAction) -> None:
        """Put a button for something to do with the shown layer beside its name."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._head.addWidget(button)
        QWidget.setTabOrder(self._last_in_head, button)
        self._last_in_head = button

    def set_theme(self, theme: Theme) -> None:
        """Draw what the palette does not reach in the colours of a theme."""
        self._curve.set_theme(theme)
        self._initializer.set_theme(theme)

    def set_network(self, experiment: Experiment, number: int) -> None:
        """Explain a run of an experiment; the shown layer stays while there is one."""
        self._run, sizes = experiment.runs[number], experiment.sizes(number)
        self._chooser.set_sizes(sizes)
        self._initializer.set_weights(self._run, sizes)
        self._show_layer()

    def show_frame(self, seen: RunFrame | None) -> None:
        """Shade the pre-activations of the run as seen in a frame; of None, nothing."""
        self._seen = seen
        self._show_pre_activations()

    def layer(self) -> int:
        """Return the shown layer, 0 being the first hidden one."""
        return self._chooser.value()

    def select_layer(self, layer: int) -> None:
        """Show another layer, 0 being the first hidden one."""
        self._chooser.set_value(layer)
        self._show_layer()

    def hasHeightForWidth(self) -> bool:
        """Say no, though a label in it wraps: a layout would never let the panel shrink."""
        return False

    @Slot()
    def _on_chooser_committed(self) -> None:
        self._show_layer()

    @Slot(int)
    def _on_layer_chosen(self, layer: int) -> None:
        self.select_layer(layer)

    def _show_layer(self) -> None:
        layer = self.layer()
        # The output layer has no activation of its own: beside it stands the network's.
        self._curve.set_activation((*self._run.activations, self._run.activation)[layer])
        self._initializer.select_layer(layer)
        self._show_pre_activations()
        self.layer_shown.emit(layer)
        # From the inside out, and at once: by itself each of them would take a turn, and be seen to.
        for part in (self._initializer, self._body, self):
            if (layout := part.layout()) is not None:
                layout.activate()

    def _show_pre_activations(self) -> None:
        layer = self.layer()
        seen = self._seen
        if seen is None or layer >= min(len(self._run.hidden), len(seen.layers) - 1):
            # What the output layer makes of its pre-activations comes with the loss.
            self._curve.clear_pre_activations()
            return
        self._curve.set_pre_activations(
            seen.z.edges(layer), seen.z.share(layer), float(seen.layers["saturated"][layer])
        )
