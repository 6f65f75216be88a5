"""The themes can be read by everybody: contrasts after WCAG, colours that differ for colour-blind eyes."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QWidget,
)

from gui import style
from gui.style import DARK, LIGHT, PRINT, Theme

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=lambda theme: theme.name)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(color: str) -> float:
    ink = QColor(color)
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (ink.redF(), ink.greenF(), ink.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)  # the grey that just fails 4.5


@THEMES
def test_text_has_contrast_of_4_5(theme: Theme) -> None:
    for background in (theme.window, theme.base, theme.button, theme.tooltip):
        for color in (theme.text, theme.muted, theme.link, theme.error):
            assert contrast(color, background) >= 4.5, (color, background)
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@THEMES
def test_lines_have_contrast_of_3(theme: Theme) -> None:
    for color, _ in theme.runs:
        assert contrast(color, theme.base) >= 3.0, color
    for color in theme.layer_colors(13):
        assert contrast(color, theme.base) >= 3.0, color


def _as_seen(color: str, matrix: np.ndarray) -> np.ndarray:
    """A colour for an eye that lacks one kind of cone, in linear RGB."""
    srgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return matrix @ linear


# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A physiologically-based model for simulation of color
# vision deficiency" (2009), https://doi.org/10.1109/TVCG.2009.113, table 1, severity 1.0.
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


@THEMES
@pytest.mark.parametrize(
    "matrix", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["all cones", "protanopia", "deuteranopia"]
)
def test_runs_look_different(theme: Theme, matrix: np.ndarray) -> None:
    for (one, one_dash), (other, other_dash) in itertools.combinations(theme.runs, 2):
        assert one_dash != other_dash
        assert np.linalg.norm(_as_seen(one, matrix) - _as_seen(other, matrix)) > 0.05, (one, other)


@THEMES
def test_32_runs_have_a_colour_and_a_dash_of_their_own(theme: Theme) -> None:
    looks = [theme.run(index) for index in range(32)]
    assert len(set(looks)) == 32
    assert looks[:6] == list(theme.runs)
    assert all(one[0] != other[0] for one, other in itertools.pairwise(looks))


@THEMES
def test_ramps_rise_evenly_in_one_direction(theme: Theme) -> None:
    for colors in (
        theme.layer_colors(20),
        [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in theme.heat_table()[::16]],
    ):
        steps = np.diff([contrast(color, "#000000") for color in colors])
        assert np.all(steps > 0) or np.all(steps < 0)


@THEMES
def test_heat_map_starts_at_the_background(theme: Theme) -> None:
    assert theme.heat[0].lower() == theme.base.lower()
    assert theme.heat_table().shape == (256, 3)


@pytest.mark.parametrize("n", [0, 1, 2, 100])
def test_layer_colors_are_as_many_as_layers(n: int) -> None:
    colors = LIGHT.layer_colors(n)
    assert len(set(colors)) == len(colors) == n


@pytest.fixture
def undressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, to be dressed and left as it was."""
    before = qapp.palette()
    yield qapp
    qapp.setPalette(before)
    qapp.setStyleSheet("")


@THEMES
def test_apply_sets_fusion_and_every_color(theme: Theme, undressed: QApplication) -> None:
    style.apply(undressed, theme)
    assert undressed.style().metaObject().className() in ("QFusionStyle", "QStyleSheetStyle")
    assert undressed.palette().color(QPalette.ColorRole.Window).name() == theme.window.lower()
    assert undressed.palette().color(QPalette.ColorRole.Base).name() == theme.base.lower()
    disabled = undressed.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled.name() == theme.disabled.lower()


def outline(widget: QWidget) -> str:
    """Return the colour of the topmost line that a widget draws in its middle."""
    host = QWidget()
    host.resize(200, 60)
    widget.setParent(host)
    widget.setGeometry(20, 15, 160, 30)
    column = host.grab().toImage()
    colors = [column.pixelColor(100, y).name() for y in range(10, 30)]
    return next(color for color in colors if color != colors[0])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox, QComboBox, QPushButton, QProgressBar])
def test_outlines_have_contrast_of_3(kind: type[QWidget], theme: Theme, undressed: QApplication) -> None:
    # W3C: Web Content Accessibility Guidelines 2.2, 1.4.11, https://www.w3.org/TR/WCAG22/#non-text-contrast
    style.apply(undressed, theme)
    color = outline(kind())
    assert contrast(color, theme.window) >= 3.0
    assert contrast(color, theme.base) >= 3.0


def test_outlines_follow_where_only_the_palette_is_that_of_the_theme(undressed: QApplication) -> None:
    style.apply(undressed, DARK)
    undressed.setPalette(style.palette(LIGHT))
    style.apply(undressed, LIGHT)
    assert contrast(outline(QLineEdit()), LIGHT.window) >= 3.0


@pytest.mark.parametrize(
    ("scheme", "theme"),
    [(Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Unknown, LIGHT)],
    ids=["dark", "light", "silent"],
)
def test_system_theme_follows_the_system(
    scheme: Qt.ColorScheme, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hints:
        def colorScheme(self) -> Qt.ColorScheme:
            return scheme

    monkeypatch.setattr(QGuiApplication, "styleHints", Hints)
    assert style.system_theme() is theme


def test_fonts_of_plots_keep_the_family_of_the_program(qapp: QApplication) -> None:
    assert style.tick_font().family() == qapp.font().family()
    assert style.tick_font().pointSize() == 9
    assert style.label_font().pointSize() == 10
