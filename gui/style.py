"""How the program looks: three themes, the palettes that Fusion draws with, and the fonts of the plots.

The platform's own style cannot be relied on (it ignores a dark scheme where there is no platform theme), so
the style is always Fusion, with palettes of our own. Colours of runs follow M. Okabe and K. Ito, "Color
universal design" (2008), https://jfly.uni-koeln.de/color/, darker or lighter where a background asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

_RESOURCES = Path(__file__).resolve().parent.parent / "resources"

Dash = tuple[float, ...]
"""Lengths of line and gap in turn, in line widths; empty is a solid line."""

TICK_POINTS = 9
LABEL_POINTS = 10

VALIDATION_DASH: Dash = (3.0, 2.0)

_OUTLINED = (
    "QLineEdit",
    "QAbstractSpinBox",
    "QComboBox",
    "QPushButton",
    "QToolButton",
    "QSlider",
    "QProgressBar",
)
_FUSION_DARKER = 140
"""Fusion draws an outline in the colour of the window made darker by this, in per cent."""


@dataclass(frozen=True)
class Theme:
    """Every colour of the program, as "#rrggbb"."""

    name: str
    dark: bool
    window: str
    base: str
    """Behind plots, lists and text fields."""
    button: str
    outline: str
    """Around what is typed into, chosen from or pressed."""
    border: str
    text: str
    muted: str
    """Text that steps back: tick labels, captions, hints."""
    disabled: str
    grid: str
    axis: str
    accent: str
    on_accent: str
    """Text on the accent colour."""
    link: str
    error: str
    tooltip: str
    runs: tuple[tuple[str, Dash], ...]
    """Colour and dash of the first run, the second, ..."""
    layers: tuple[str, ...]
    """What a line's colour runs through from the first layer to the output."""
    heat: tuple[str, ...]
    """What a heat map's shade runs through from nothing to most."""
    nothing: str
    """A heat map's cell whose value is zero where the scale is logarithmic."""

    def run(self, index: int) -> tuple[str, Dash]:
        """Return the colour and dash of a run.

        After the last colour they come again with other dashes: 36 runs look different.
        """
        n = len(self.runs)
        turn, place = divmod(index, n)
        return self.runs[place][0], self.runs[(place + turn) % n][1]

    def layer_colors(self, n: int) -> list[str]:
        """Return `n` colours from the first layer to the output."""
        return [] if n == 0 else _blend(self.layers, np.linspace(0.0, 1.0, n) if n > 1 else np.zeros(1))

    def heat_table(self) -> np.ndarray:
        """Return the colours of a heat map as (256, 3) bytes."""
        return _blend_bytes(self.heat, np.linspace(0.0, 1.0, 256))

    def pale(self, color: str, strength: float) -> str:
        """Return `color` mixed with the background: opaque, since see-through lines are slow to draw."""
        return _blend((self.base, color), np.array([strength]))[0]


_DASHES: tuple[Dash, ...] = ((), (6.0, 2.0), (2.0, 2.0), (6.0, 2.0, 1.5, 2.0), (10.0, 3.0), (1.5, 3.0))

LIGHT = Theme(
    name="light",
    dark=False,
    window="#F3F4F7",
    base="#FFFFFF",
    button="#FBFBFD",
    outline="#848C99",
    border="#CDD2DA",
    text="#1C2129",
    muted="#5A6372",
    disabled="#9AA2AF",
    grid="#E9ECF0",
    axis="#AEB6C2",
    accent="#0067A5",
    on_accent="#FFFFFF",
    link="#0067A5",
    error="#C0281C",
    tooltip="#FFFFFF",
    runs=tuple(zip(("#0072B2", "#D55E00", "#008560", "#CC79A7", "#C08700", "#3C4450"), _DASHES, strict=True)),
    layers=("#1B0C8C", "#6A00A8", "#A8228F", "#CC4779", "#DB5C52"),
    heat=("#FFFFFF", "#D3E4F3", "#8FC1DF", "#3F8FC4", "#11599C", "#08264F"),
    nothing="#D9D5CF",
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#14171C",
    base="#1B1F26",
    button="#262B34",
    outline="#6A7484",
    border="#3A414D",
    text="#E7EAF0",
    muted="#A0A9B8",
    disabled="#646D7B",
    grid="#2A303A",
    axis="#566070",
    accent="#4FA9E6",
    on_accent="#0B1117",
    link="#6CBBF0",
    error="#FF7B6B",
    tooltip="#2A303A",
    runs=tuple(zip(("#56B4E9", "#F28E2B", "#2BC49A", "#E08DBB", "#F0E442", "#C9D0DB"), _DASHES, strict=True)),
    layers=("#7A7DFF", "#B277F2", "#EC7BB0", "#FF9A6B", "#FFE27A"),
    heat=("#1B1F26", "#1F3A5A", "#2A659C", "#4297D3", "#8FCBF3", "#F4FBFF"),
    nothing="#4A433B",
)

PRINT = Theme(
    name="print",
    dark=False,
    window="#FFFFFF",
    base="#FFFFFF",
    button="#FFFFFF",
    outline="#848C99",
    border="#B5B5B5",
    text="#000000",
    muted="#404040",
    disabled="#8A8A8A",
    grid="#E4E4E4",
    axis="#707070",
    accent="#0067A5",
    on_accent="#FFFFFF",
    link="#0067A5",
    error="#B3170B",
    tooltip="#FFFFFF",
    runs=LIGHT.runs,
    layers=LIGHT.layers,
    heat=LIGHT.heat,
    nothing="#D9D5CF",
)


def system_theme() -> Theme:
    """Return the theme that the system asks for; the light one where it says nothing."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the program in `theme`: Fusion, its palette, and a small style sheet.

    Nothing is done where it wears that already: each widget would be measured and drawn anew.
    """
    apply_palette(app, theme)
    sheet = style_sheet(theme)
    if app.styleSheet() != sheet:
        app.setStyleSheet(sheet)


def apply_palette(app: QApplication, theme: Theme) -> None:
    """Dress the program in Fusion and the palette of `theme`: what the first window is built in.

    With a style sheet, a widget and all that it holds are dressed anew whenever it is put into another one.
    """
    colors = palette(theme)
    # On a dark window a darker outline cannot be seen; with this window colour it comes out right.
    outlined = palette(theme)
    outlined.setColor(QPalette.ColorRole.Window, _lighter(theme.outline, _FUSION_DARKER))
    worn: list[QPalette] = [app.palette(name) for name in _OUTLINED]  # type: ignore[call-overload]  # as below
    if app.palette() == colors and all(one == outlined for one in worn):
        return
    app.setStyle("Fusion")
    _font.cache_clear()
    app.setPalette(colors)
    for name in _OUTLINED:
        app.setPalette(outlined, name)  # type: ignore[arg-type]  # the stub says bytes, which are refused


def palette(theme: Theme) -> QPalette:
    """Return the palette that Fusion draws `theme` with."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    colors = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.pale(theme.window, 0.6),
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.button,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.ToolTipBase: theme.tooltip,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.link,
        role.LinkVisited: theme.link,
        # Fusion draws edges, shadows and grooves with these.
        role.Light: theme.pale(theme.button, 0.9) if theme.dark else "#FFFFFF",
        role.Midlight: theme.button,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: "#000000" if theme.dark else theme.axis,
    }
    result = QPalette()
    for name, color in colors.items():
        result.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        result.setColor(group.Disabled, name, QColor(theme.disabled))
    for name in (role.Highlight, role.Accent):
        result.setColor(group.Disabled, name, QColor(theme.border))
    result.setColor(group.Disabled, role.HighlightedText, QColor(theme.muted))
    return result


def style_sheet(theme: Theme) -> str:
    """Return the little that Fusion's palette cannot say; its check boxes vanish on a dark background.

    So do the icons that it gives the buttons of dialogs.
    """
    mark = (_RESOURCES / f"indicator-{'dark' if theme.dark else 'light'}.svg").as_posix()
    return f"""
QToolTip {{ color: {theme.text}; background: {theme.tooltip}; border: 1px solid {theme.border} }}
QStatusBar::item {{ border: none; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QComboBox QAbstractItemView {{ border: 1px solid {theme.outline}; }}
QMainWindow::separator {{ background: {theme.window}; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {theme.accent}; }}
QCheckBox {{ spacing: 6px; margin-right: 6px; }}
QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {theme.outline}; border-radius: 3px;
    background: {theme.base}; }}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {theme.accent}; }}
QCheckBox::indicator:checked {{ border-color: {theme.accent}; background: {theme.accent};
    image: url("{mark}"); }}
QCheckBox::indicator:disabled {{ border-color: {theme.border}; background: {theme.window}; }}
"""


def tick_font() -> QFont:
    """Return the font of tick labels and captions."""
    return QFont(_font(TICK_POINTS))


def label_font() -> QFont:
    """Return the font of axis labels and of the names of layers."""
    return QFont(_font(LABEL_POINTS))


def code_font() -> QFont:
    """Return the system's font for code."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def _lighter(color: str, percent: int) -> QColor:
    """Return the colour of which `color` is QColor.darker(percent)."""
    ink = QColor(color)
    return QColor.fromHsvF(ink.hueF(), ink.saturationF(), min(1.0, ink.valueF() * percent / 100))


@lru_cache
def _font(points: int) -> QFont:
    """Return the font of the program in another size, made once: it is asked for with every text."""
    font = QFont(QApplication.font())
    font.setPointSize(points)
    return font


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _blend(colors: tuple[str, ...], at: np.ndarray) -> list[str]:
    """Return the colours at places between 0, the first of `colors`, and 1, the last."""
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in _blend_bytes(colors, at).tolist()]


def _blend_bytes(colors: tuple[str, ...], at: np.ndarray) -> np.ndarray:
    """Return the same as (places, 3) bytes."""
    corners = np.array([_rgb(color) for color in colors], float)
    places = np.linspace(0.0, 1.0, len(colors))
    channels = [np.interp(at, places, corners[:, channel]) for channel in range(3)]
    return np.column_stack(channels).round().astype(np.uint8)
