"""Icons: every file can be painted, at every size, in any colour."""

from __future__ import annotations

import gc
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui.icons import application_icon, icon, icon_names

pytestmark = pytest.mark.usefixtures("qapp")

RESOURCES = Path(__file__).parent.parent / "resources"
ICON_FILES = sorted((RESOURCES / "icons").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


def rgba(image: QImage) -> np.ndarray:
    """Return the pixels, uint8 (height, width, 4), colours not multiplied with alpha."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    # A copy: a view of the image's memory would outlive it in the traceback of a test that fails.
    lines = np.array(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return lines[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)


def alpha(picture: QIcon, size: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> np.ndarray:
    return rgba(picture.pixmap(QSize(size, size), mode).toImage())[:, :, 3]


def test_no_icon_is_kept_that_the_window_does_not_show() -> None:
    sources = "".join(path.read_text() for path in (RESOURCES.parent / "gui").rglob("*.py"))
    assert [name for name in icon_names() if f'"{name}"' not in sources] == []


@pytest.mark.parametrize("path", ICON_FILES, ids=lambda path: path.stem)
def test_icon_file_keeps_to_the_grid_of_the_set(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == "0 0 24 24"
    assert (root.get("stroke"), root.get("stroke-width")) == ("currentColor", "2")
    assert (root.get("stroke-linecap"), root.get("stroke-linejoin")) == ("round", "round")
    for element in root.iter():
        assert element.get("fill") in (None, "none", "currentColor")
    assert QSvgRenderer(str(path)).isValid()


@pytest.mark.parametrize("path", ICON_FILES, ids=lambda path: path.stem)
def test_icon_is_not_cut_at_the_border(path: Path) -> None:
    border = alpha(icon(path.stem, "#000000"), 96)
    border[4:-4, 4:-4] = 0  # keeps the outermost of the 24 units
    assert not border.any()


@pytest.mark.parametrize("size", [16, 24, 48])
@pytest.mark.parametrize("name", icon_names())
def test_icon_shows_ink_at_every_size(name: str, size: int) -> None:
    ink = alpha(icon(name, "#000000"), size)
    assert ink.shape == (size, size)
    # A stroke is 2/24 of the side: at 16 pixels 4/3 of one, so at worst two rows are 2/3 covered.
    assert ink.max() >= 255 * 2 // 3
    assert 0.01 < (ink > 128).mean() < 0.6


@pytest.mark.parametrize("name", icon_names())
def test_icon_takes_the_colour(name: str) -> None:
    pixels = rgba(icon(name, "#3366cc").pixmap(QSize(48, 48)).toImage())
    solid = pixels[pixels[:, :, 3] == 255]
    assert len(solid) > 0
    # Where strokes overlap at an edge, blending rounds each channel once per stroke.
    np.testing.assert_allclose(solid[:, :3], np.broadcast_to([0x33, 0x66, 0xCC], (len(solid), 3)), atol=2)


def test_colours_differ_in_colour_only() -> None:
    np.testing.assert_array_equal(alpha(icon("play", "#000000"), 24), alpha(icon("play", "#ffffff"), 24))


@pytest.mark.parametrize("name", ["play", "close"])
def test_translucent_and_disabled_icons_are_evenly_paler(name: str) -> None:
    # Fill and stroke overlap in "play", two strokes in "close": an opacity per stroke would show there.
    full = alpha(icon(name, "#000000"), 48).astype(float)
    half = alpha(icon(name, "#80000000"), 48)
    disabled = alpha(icon(name, "#000000"), 48, QIcon.Mode.Disabled)

    np.testing.assert_allclose(half, full * 128 / 255, atol=1)
    np.testing.assert_allclose(
        disabled / full.max(), full / full.max() * disabled.max() / full.max(), atol=0.01
    )
    assert 64 < disabled.max() < 128


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("size", [16, 20, 24, 32])
def test_icon_is_painted_at_the_resolution_of_the_screen(size: int, scale: float) -> None:
    side = round(size * scale)
    canvas = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(Qt.GlobalColor.transparent)
    canvas.setDevicePixelRatio(scale)
    painter = QPainter(canvas)
    icon("warning", "#000000").paint(painter, QRect(0, 0, size, size))
    painter.end()

    direct = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    direct.fill(Qt.GlobalColor.transparent)
    painter = QPainter(direct)
    QSvgRenderer(str(RESOURCES / "icons" / "warning.svg")).render(painter)
    painter.end()

    np.testing.assert_array_equal(rgba(canvas)[:, :, 3], rgba(direct)[:, :, 3])


def test_pixmap_for_a_dense_screen_has_its_pixels() -> None:
    pixmap = icon("save", "#000000").pixmap(QSize(24, 24), 2.0)
    assert pixmap.size() == QSize(48, 48)
    assert pixmap.devicePixelRatio() == 2.0


def test_straight_strokes_are_crisp_at_100_and_200_percent() -> None:
    for size in (24, 48):
        inside = alpha(icon("add", "#000000"), size)[size // 2, size // 4 : -size // 4]
        assert set(inside.tolist()) == {255}
        column = alpha(icon("add", "#000000"), size)[:, size // 3]
        assert set(column.tolist()) == {0, 255}, "no half-covered pixels beside the horizontal stroke"


def test_icons_are_cached() -> None:
    assert icon("play", "#000000") is icon("play", "#000000")
    assert icon("play", "#000000") is not icon("play", "#ffffff")
    assert application_icon() is application_icon()


def test_icon_survives_being_copied_and_collected() -> None:
    copies = []
    for _ in range(50):
        copy = QIcon(icon("play", "#000000"))
        copy.addPixmap(QPixmap(1, 1))  # detaches the copy: Qt clones what is behind it
        copies.append(copy)
    gc.collect()
    expected = alpha(icon("play", "#000000"), 24)
    for copy in copies:
        np.testing.assert_array_equal(alpha(copy, 24), expected)


def test_unknown_icon_is_named_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match=r"Unknown icon 'pley'; did you mean 'play'\? Known: .*zoom-reset"):
        icon("pley", "#000000")


def test_path_is_no_icon_name() -> None:
    with pytest.raises(ValueError, match="Unknown icon"):
        icon("../icon", "#000000")


def test_wrong_colour_is_named() -> None:
    with pytest.raises(ValueError, match="'greenish' is no colour"):
        icon("play", "greenish")


@pytest.mark.parametrize("size", [16, 24, 32, 48, 64, 128, 256])
@pytest.mark.parametrize("background", ["#ffffff", "#101010"])
def test_application_icon_stands_out_at_every_size(size: int, background: str) -> None:
    canvas = QImage(size, size, QImage.Format.Format_RGB32)
    canvas.fill(background)
    before = rgba(canvas)[:, :, :3].astype(int)
    painter = QPainter(canvas)
    application_icon().paint(painter, QRect(0, 0, size, size))
    painter.end()
    after = rgba(canvas)[:, :, :3].astype(int)

    changed = np.abs(after - before).max(axis=2) > 16
    assert 0.75 < changed.mean() < 1.0, "a body with free round corners"
    amber = (after[:, :, 0] > 180) & (after[:, :, 2] < 120)
    blue = (after[:, :, 2] > 180) & (after[:, :, 0] < 130)
    assert amber.mean() > 0.02, "the bell curve"
    assert blue.mean() > 0.02, "the steady trace"
