"""The form of the bench: which law, how many numbers, which seed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.fields import Choice, Number
from engine.sampling.sample_laws import SAMPLE_LAWS, initializer_of_law
from engine.sampling.settings import BINS, COUNT, DRAWS, LARGEST, LENGTH, SEED
from gui.controls.choice_field import ChoiceField
from gui.controls.field import MARGIN, Field
from gui.controls.fitted_text import CodeView
from gui.controls.number_field import NumberField
from gui.controls.section import Section
from gui.icons import icon
from gui.sampling.one_draw_picture import OBSERVED
from gui.style import Theme

WIDTH = 330

OTHER_SEED = Number(
    "other", "Another seed", "It gives other numbers.", 1, SEED.minimum, SEED.maximum, integer=True
)

NUMBERS = {
    "largest": LARGEST,
    "length": LENGTH,
    "draws": DRAWS,
    "observed": OBSERVED,
    "count": COUNT,
    "bins": BINS,
    "seed": SEED,
    "other": OTHER_SEED,
}
"""Field -> what may be typed there, in the order in which they stand below each other."""

_FIELDS = {
    "large_numbers": ("law", "largest", "seed"),
    "one_draw": ("law", "length", "draws", "observed", "seed"),
    "two_laws": ("law", "second", "count", "bins", "seed"),
    "seeds": ("seed", "other"),
}
"""Part -> the fields that it shows."""

_CALLED = {"n": "length"}
"""What the engine calls a field by another name."""


class BenchForm(QWidget):
    """Shows the fields of one part of the bench. The law and the seed are the same in all of them.

    Attributes:
        code: the NumPy lines to copy.

    Signals:
        changed(): a field has another, good value.
        initializer_chosen(Choice): draw the weights of the network from this law.
    """

    changed = Signal()
    initializer_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._refused: Field | None = None
        self._accepted: dict[str, Any] = {}
        self._part = "large_numbers"
        self._laws = {
            "law": ChoiceField("Law", "What the numbers are drawn from.", SAMPLE_LAWS),
            "second": ChoiceField("Second law", "What the law is compared with.", SAMPLE_LAWS),
        }
        self._fields: dict[str, Field] = {
            **self._laws,
            **{name: NumberField(number) for name, number in NUMBERS.items()},
        }
        self._explanations = {name: QLabel() for name in self._laws}
        self._use = QPushButton("Use as initializer")
        self._again = QPushButton("Draw again with the next seed")
        self.code = CodeView()
        self._copy = QToolButton()
        self._sections = {name: Section(name) for name in ("LAW", "SECOND LAW", "NUMBERS", "NUMPY")}
        self._build()
        self._connect()
        self._laws["law"].set_value(Choice("randn"))
        self._laws["second"].set_value(Choice("rand"))
        self._describe_laws()
        self.accept()
        self.show_part(self._part)

    def value(self, name: str) -> Any:
        """Return the last good value of a field, such as "law" or "bins"."""
        return self._fields[name].value()

    def field(self, name: str) -> Field:
        """Return the row of a field, such as "law", "law.std" or "n".

        Raises:
            KeyError: if there is no such field.
        """
        name, _, parameter = name.partition(".")
        return self._laws[name].parameter(parameter) if parameter else self._fields[_CALLED.get(name, name)]

    def set_law(self, law: Choice) -> None:
        """Show another law; nothing is emitted."""
        self._laws["law"].set_value(law)
        self._describe_laws()

    def show_part(self, part: str) -> None:
        """Show the fields of a part of the bench."""
        self._part = part
        for name, field in self._fields.items():
            field.setVisible(name in _FIELDS[part])
        self._sections["LAW"].setVisible("law" in _FIELDS[part])
        self._sections["SECOND LAW"].setVisible("second" in _FIELDS[part])

    def show_code(self, code: str) -> None:
        """Offer code to be copied; without any, the section goes."""
        self.code.set_text(code)
        self._sections["NUMPY"].setVisible(bool(code))

    def show_error(self, field: str, message: str) -> None:
        """Say at a field why its value cannot be used, until `accept`."""
        self._clear_error()
        self._refused = self.field(field)
        self._refused.show_error(message)
        self._scroll.ensureWidgetVisible(self._refused)

    def accept(self) -> None:
        """Take back what `show_error` said, and keep the values for when another is given up."""
        self._clear_error()
        self._accepted = {name: field.value() for name, field in self._fields.items()}

    def _clear_error(self) -> None:
        if self._refused is not None:
            self._refused.show_error("")
            self._refused = None

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._copy.setIcon(icon("copy", theme.text))
        self._again.setIcon(icon("new-seed", theme.text))

    @Slot()
    def draw_again(self) -> None:
        """Take the next seed."""
        seed = (self.value("seed") + 1) % (int(SEED.maximum) + 1)
        self._fields["seed"].set_value(seed)
        if self._part == "seeds" and seed == self.value("other"):
            self._fields["other"].set_value((seed + 1) % (int(SEED.maximum) + 1))
        self.changed.emit()

    @Slot()
    def _on_field_given_up(self) -> None:
        """Bring back the values that could be used: the one at fault may be another than the one marked."""
        for name, value in self._accepted.items():
            if value != self._fields[name].value():
                self._fields[name].set_value(value)
        self._describe_laws()
        self.changed.emit()

    @Slot()
    def _on_law_committed(self) -> None:
        self._describe_laws()

    def _describe_laws(self) -> None:
        for name, field in self._laws.items():
            law = SAMPLE_LAWS[field.value().name]
            self._explanations[name].setText(f"{law.formula}\n{law.explanation}")
        initializer = initializer_of_law(self._laws["law"].value())
        self._use.setEnabled(initializer is not None)
        self._use.setToolTip(
            "Draw the weights of the network from this law."
            if initializer is not None
            else "Weights are drawn around 0: there is no initializer with another mean."
        )

    @Slot()
    def _on_use_clicked(self) -> None:
        initializer = initializer_of_law(self._laws["law"].value())
        if initializer is not None:
            self.initializer_chosen.emit(initializer)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())

    def _build(self) -> None:
        law, second, numbers, numpy = self._sections.values()
        for section, name in ((law, "law"), (second, "second")):
            explanation = self._explanations[name]
            explanation.setWordWrap(True)
            explanation.setTextFormat(Qt.TextFormat.PlainText)
            explanation.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            explanation.setContentsMargins(MARGIN, 2, MARGIN, 6)
            section.add(self._fields[name])
            section.add(explanation)
        law.add(self._use)
        for name in NUMBERS:
            numbers.add(self._fields[name])
        self._again.setToolTip("Other numbers of the same law (Shift+R)")
        numbers.add(self._again)
        self._copy.setAutoRaise(True)
        self._copy.setIconSize(QSize(14, 14))
        self._copy.setToolTip("Copy this code")
        self._copy.setAccessibleName("Copy the NumPy code")
        self._copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.code.setAccessibleName("NumPy code that draws these numbers")
        box = QWidget()
        line = QHBoxLayout(box)
        line.setContentsMargins(MARGIN, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.code, 1)
        line.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        numpy.add(box)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.setSpacing(4)
        for section in self._sections.values():
            rows.addWidget(section)
        rows.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("What to draw")

    def _connect(self) -> None:
        for law in self._laws.values():
            law.committed.connect(self._on_law_committed)
        for field in self._fields.values():
            field.committed.connect(self.changed)
            field.given_up.connect(self._on_field_given_up)
        self._again.clicked.connect(self.draw_again)
        self._use.clicked.connect(self._on_use_clicked)
        self._copy.clicked.connect(self._on_copy_clicked)
