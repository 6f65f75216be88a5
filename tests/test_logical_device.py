"""What is painted through a logical painter comes out as if painted directly, and with pens that scale."""

from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtSvg import QSvgGenerator
from pytestqt.qtbot import QtBot

from gui.logical_device import LOGICAL_DPI, logical_painter

WIDTH, HEIGHT = 320, 200
pytestmark = pytest.mark.usefixtures("qapp")

DOTS_PER_METRE = round(LOGICAL_DPI / 0.0254)

Draw = Callable[[QPainter], None]


def image(scale: float = 1.0) -> QImage:
    blank = QImage(round(WIDTH * scale), round(HEIGHT * scale), QImage.Format.Format_RGB32)
    blank.setDotsPerMeterX(DOTS_PER_METRE)
    blank.setDotsPerMeterY(DOTS_PER_METRE)
    blank.fill(Qt.GlobalColor.white)
    return blank


def pixels(picture: QImage) -> np.ndarray:
    """Return the colours as (height, width, blue green red)."""
    rows = np.array(picture.constBits(), np.uint8).reshape(picture.height(), -1, 4)
    return rows[:, : picture.width(), :3].astype(int)


def painted(draw: Draw, scale: float = 1.0, font_dpi: int = LOGICAL_DPI) -> np.ndarray:
    picture = image(scale)
    target = QPainter(picture)
    target.scale(scale, scale)
    with logical_painter(target, QSize(WIDTH, HEIGHT), font_dpi) as painter:
        draw(painter)
    target.end()
    return pixels(picture)


def painted_directly(draw: Draw) -> np.ndarray:
    picture = image()
    painter = QPainter(picture)
    draw(painter)
    painter.end()
    return pixels(picture)


def dark(colors: np.ndarray) -> np.ndarray:
    return colors.sum(axis=2) < 3 * 128


@pytest.fixture
def scene(qtbot: QtBot) -> Draw:
    """A plot with what pyqtgraph offers: axes, curves, symbols, bars, an image, text, a legend."""
    view = pg.GraphicsLayoutWidget()
    qtbot.addWidget(view)
    view.setBackground("w")
    curves = view.addPlot(row=0, col=0)
    curves.addLegend()
    x = np.linspace(0.0, 1000.0, 50)
    curves.plot(x, np.sin(x / 100) * 1e-3, pen=pg.mkPen("#0072B2", width=2), name="sine")
    curves.plot(
        x[::10], np.cos(x[::10] / 100) * 1e-3, pen=pg.mkPen("r", style=Qt.PenStyle.DashLine), symbol="o"
    )
    curves.setLabel("left", "value")
    curves.showGrid(x=True, y=True)
    curves.addItem(pg.InfiniteLine(500, pen="k"))
    bars = view.addPlot(row=0, col=1)
    bars.addItem(pg.BarGraphItem(x=np.arange(8), height=np.arange(8) % 3, width=1.0, brush="g", pen=None))
    heat = pg.ImageItem(np.arange(12.0).reshape(3, 4))
    heat.setRect(QRectF(0, 2, 4, 2))
    bars.addItem(heat)
    note = pg.TextItem("note", color="k")
    bars.addItem(note)
    view.resize(WIDTH, HEIGHT)
    for item in view.scene().items():
        if isinstance(item, pg.GraphicsItem):
            item.setExportMode(True, {"antialias": True})
    for _ in range(3):
        view.grab()
        view.ci.layout.activate()
    area = QRectF(0, 0, WIDTH, HEIGHT)
    return lambda painter: view.scene().render(painter, area, area)


def test_plot_looks_as_if_painted_directly(scene: Draw) -> None:
    difference = np.abs(painted(scene) - painted_directly(scene)).max(axis=2)
    # Qt draws thin cosmetic lines by a routine of their own, so the shade of smoothed edges differs a little.
    assert difference.max() < 64
    assert np.mean(difference > 0) < 0.01


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.125, 6.25])
@pytest.mark.parametrize("width", [1, 3])
def test_width_of_a_cosmetic_pen_scales(scale: float, width: int) -> None:
    def draw(painter: QPainter) -> None:
        painter.scale(1e-3, 1e4)  # as from data to pixels
        pen = QPen(Qt.GlobalColor.black, width)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLine(QPointF(0, 0.01), QPointF(WIDTH * 1e3, 0.01))

    thickness = dark(painted(draw, scale))[:, round(WIDTH * scale) // 2].sum()
    assert abs(thickness - width * scale) <= 1


def test_width_of_any_other_pen_is_in_the_units_of_the_drawing() -> None:
    def draw(painter: QPainter) -> None:
        painter.scale(4, 4)
        painter.setPen(QPen(Qt.GlobalColor.black, 2))
        painter.drawLine(QPointF(0, 20), QPointF(60, 20))

    assert dark(painted(draw))[:, 100].sum() == 8


def test_pen_of_width_zero_is_one_logical_pixel_wide() -> None:
    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(Qt.GlobalColor.black, 0))
        painter.drawLine(QPointF(0, 100), QPointF(WIDTH, 100))

    assert dark(painted(draw, 4.0))[:, 600].sum() == 4


def test_clips_intersect_and_come_back() -> None:
    def draw(painter: QPainter) -> None:
        painter.setClipRect(QRectF(10, 10, 100, 100))
        painter.save()
        painter.translate(50, 50)
        painter.setClipRect(QRectF(0, 0, 100, 100), Qt.ClipOperation.IntersectClip)
        painter.fillRect(QRectF(-200, -200, 1000, 1000), QColor("red"))
        painter.restore()
        painter.fillRect(QRectF(0, 0, 30, 30), QColor("blue"))

    colors = painted(draw)
    assert np.array_equal(colors, painted_directly(draw))
    red = np.argwhere((colors == (0, 0, 255)).all(axis=2))
    assert red.min(axis=0).tolist() == [50, 50]
    assert red.max(axis=0).tolist() == [109, 109]
    blue = np.argwhere((colors == (255, 0, 0)).all(axis=2))
    assert blue.min(axis=0).tolist() == [10, 10]


def test_opacity_and_smoothness_are_taken_over() -> None:
    def draw(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawEllipse(QRectF(10.3, 10.3, 50, 50))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setOpacity(0.5)
        painter.drawEllipse(QRectF(100.3, 10.3, 50, 50))

    colors, expected = painted(draw), painted_directly(draw)
    assert np.abs(colors - expected).max() <= 16
    assert {tuple(color) for color in colors[:, 90:].reshape(-1, 3).tolist()} == {
        (255,) * 3,
        tuple(expected[35, 100]),
    }


def test_bars_that_touch_leave_no_gap_where_edges_are_smoothed() -> None:
    bars = [QRectF(10 + i * 3.3, 190, 3.3, -100 - i) for i in range(40)]

    def draw(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("black"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRects(bars)

    assert painted(draw)[100:185, 12:140].max() <= 2


@pytest.mark.parametrize("scale", [2.0, 4.0])
def test_text_scales(scale: float) -> None:
    def draw(painter: QPainter) -> None:
        painter.setFont(QFont("DejaVu Sans", 20))
        painter.drawText(QPointF(20, 100), "HHH")

    once, larger = (np.argwhere(dark(painted(draw, factor))) for factor in (1.0, scale))
    extent, larger_extent = (ink.max(axis=0) - ink.min(axis=0) for ink in (once, larger))
    assert np.all(np.abs(larger_extent / scale - extent) <= 2)


def test_fonts_in_points_have_the_resolution_of_the_screen() -> None:
    def draw(size: Callable[[QFont], None]) -> Draw:
        font = QFont("DejaVu Sans")
        size(font)

        def write(painter: QPainter) -> None:
            painter.setFont(font)
            painter.drawText(QPointF(20, 100), "HHH")

        return write

    points = np.argwhere(dark(painted(draw(lambda font: font.setPointSize(18)), font_dpi=2 * LOGICAL_DPI)))
    by_pixels = np.argwhere(dark(painted(draw(lambda font: font.setPixelSize(48)), font_dpi=2 * LOGICAL_DPI)))
    assert np.abs(points.max(axis=0) - by_pixels.max(axis=0)).max() <= 1


def test_svg_gets_text_as_text_and_lines_without_transform(scene: Draw) -> None:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(WIDTH, HEIGHT))
    target = QPainter(generator)
    with logical_painter(target, QSize(WIDTH, HEIGHT), LOGICAL_DPI) as painter:
        scene(painter)
    target.end()
    svg = bytes(buffer.data().data()).decode()
    texts = {
        "".join(node.itertext()).strip()
        for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    }
    assert {"sine", "note", "500"} <= texts
    assert "non-scaling-stroke" not in svg
