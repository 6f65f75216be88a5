"""The rows of the form: which fields there are, what they are called, and how they lie in sections."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.config import EXPERIMENT_SETTINGS, RUN_REGISTRIES, RUN_SETTINGS
from engine.datasets import DATASETS
from engine.fields import Number, OneOf, Switch
from engine.run_config import N_SEEDS
from gui.controls.batch_size_field import BatchSizeField
from gui.controls.choice_field import ChoiceField
from gui.controls.field import MARGIN, Field
from gui.controls.layers_field import LayersField
from gui.controls.own_settings_field import OwnSettingsField
from gui.controls.run_heading import RunHeading
from gui.controls.section import Section
from gui.controls.setting_field import setting_field
from gui.style import Theme

_SETTINGS: dict[str, Number | OneOf | Switch] = {
    **EXPERIMENT_SETTINGS,
    **RUN_SETTINGS,
    "n_seeds": N_SEEDS,
}

_CHOICES = {
    "dataset": ("Data set", "What the network learns to tell apart."),
    "activation": ("Activation", "What each hidden layer makes of its pre-activations z."),
    "initializer": ("Initializer", "How the first weights of every layer, the output too, are drawn."),
    "bias_initializer": (
        "Bias initializer",
        "How the first biases of every layer, the output too, are drawn.",
    ),
    "loss": ("Loss", "What training makes small. It brings the output function along."),
    "optimizer": (
        "Optimizer",
        "What a step makes of the gradient. Choosing another one proposes its usual learning rate, unless "
        "you have set a rate of your own. May be changed while training goes on.",
    ),
}
"""Label and explanation of the fields that choose from a registry, and are not declared otherwise."""

_SIZE = QSize(330, 480)
"""So much room that what is explained below the rows gives way in a small window."""


class FormRows(QScrollArea):
    """A field for every setting of an experiment, in sections that fold, of which some are of all runs.

    Attributes:
        fields: name of a setting -> its row.
        own: that of the settings of single layers.
        batch_size: that of the batch size.
    """

    def __init__(self, heading: RunHeading) -> None:
        """Lay the rows out, with the heading above those that each run has for itself."""
        super().__init__()
        self._hidden = LayersField()
        self.own = OwnSettingsField()
        self.batch_size = BatchSizeField()
        self._choices = {
            name: ChoiceField(*_CHOICES[name], registry)
            for name, registry in {"dataset": DATASETS, **RUN_REGISTRIES}.items()
        }
        self.fields: dict[str, Field] = {
            "hidden": self._hidden,
            "layers": self.own,
            "batch_size": self.batch_size,
            **self._choices,
            **{name: setting_field(setting) for name, setting in _SETTINGS.items()},
        }
        self._section_of: dict[str, Section] = {}
        self._explanation = QLabel()
        self._build(heading)

    def field(self, name: str) -> Field:
        """Return the row of a field, such as "hidden" or "initializer.std".

        Raises:
            KeyError: if there is no such field.
        """
        name, _, parameter = name.partition(".")
        return self._choices[name].parameter(parameter) if parameter else self.fields[name]

    def bring_to_sight(self, field: str) -> None:
        """Unfold the section of a field, and scroll to it."""
        self._section_of[field.partition(".")[0]].unfold()
        # What has just been unfolded counts with its height.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        self.ensureWidgetVisible(self.field(field))

    def set_shared_note(self, text: str) -> None:
        """Say something beside the titles of the sections that are of all runs."""
        for section in self._shared_sections:
            section.set_note(text)

    def explain(self, text: str) -> None:
        """Explain the initializer below its field."""
        self._explanation.setText(text)

    def set_theme(self, theme: Theme) -> None:
        """Draw what the palette does not reach in the colours of a theme."""
        self._hidden.set_theme(theme)
        self.own.set_theme(theme)

    def sizeHint(self) -> QSize:
        """Ask for room for most rows."""
        return _SIZE

    def _build(self, heading: RunHeading) -> None:
        data, network, training, batches = map(Section, ("DATA", "NETWORK", "TRAINING", "BATCHES"))
        self._shared_sections = (data, batches)
        self._add(data, "dataset", "train_fraction", "standardize", "data_seed")
        self._add(network, "hidden", "activation", "initializer")
        network.add(self._explanation)
        self._add(network, "bias_initializer", "layers")
        self._add(training, "loss", "optimizer", "learning_rate", "l2", "seed", "n_seeds")
        self._add(batches, "batch_size", "batch_seed", "dtype")
        self._explanation.setWordWrap(True)
        self._explanation.setTextFormat(Qt.TextFormat.PlainText)
        self._explanation.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._explanation.setContentsMargins(MARGIN, 0, MARGIN, 4)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.setSpacing(4)
        for part in (data, heading, network, training, batches):
            rows.addWidget(part)
        rows.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _add(self, section: Section, *names: str) -> None:
        for name in names:
            section.add(self.fields[name])
            self._section_of[name] = section
