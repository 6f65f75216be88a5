"""A row for the hidden layers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from engine.layers import MAX_LAYERS, MAX_UNITS, format_layers, parse_layers
from gui.controls.field import Field
from gui.controls.value_edit import ValueEdit
from gui.icons import icon
from gui.style import Theme

_FIRST_WIDTH = 32
"""Units of a layer that is added where there is none to be like."""

_HELP = (
    "The units of each hidden layer, such as 100, 50 or 100x5 for five layers of 100; empty for none. "
    f"Up to {MAX_LAYERS} layers of 1 to {MAX_UNITS:,} units. Below stand all sizes from input to output, "
    "and how many parameters and how much memory the training takes."
)


class LayersField(Field):
    """A row with the widths of the hidden layers as text, and a button each to add and to remove a layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Hidden layers", _HELP, parent)
        self._edit = ValueEdit((), parse_layers, format_layers)
        self._edit.setPlaceholderText("none")
        self._edit.committed.connect(self._enable_buttons)
        self.follow(self._edit)
        self.set_editor(self._edit)
        self._remove = self._add_button("Remove the last hidden layer")
        self._add = self._add_button("Add a hidden layer like the last")
        self._remove.clicked.connect(self._on_remove_clicked)
        self._add.clicked.connect(self._on_add_clicked)
        self.set_value(())

    def value(self) -> tuple[int, ...]:
        """Return the widths of the hidden layers."""
        return self._edit.value()

    def set_value(self, value: tuple[int, ...]) -> None:
        """Show the widths of hidden layers; nothing is emitted."""
        self._edit.set_value(value)
        self._enable_buttons()
        self.accept_text()

    def set_theme(self, theme: Theme) -> None:
        """Draw the buttons in the colours of a theme."""
        self._remove.setIcon(icon("remove", theme.text))
        self._add.setIcon(icon("add", theme.text))

    def _add_button(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setIconSize(QSize(14, 14))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.row.addWidget(button)
        return button

    @Slot()
    def _enable_buttons(self) -> None:
        self._remove.setEnabled(len(self.value()) > 0)
        self._add.setEnabled(len(self.value()) < MAX_LAYERS)

    @Slot()
    def _on_add_clicked(self) -> None:
        if self._edit.commit() and len(self.value()) < MAX_LAYERS:
            self._edit.give((*self.value(), *(self.value()[-1:] or (_FIRST_WIDTH,))))

    @Slot()
    def _on_remove_clicked(self) -> None:
        if self._edit.commit():
            self._edit.give(self.value()[:-1])
