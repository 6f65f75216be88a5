"""Writes figures as PNG, SVG and PDF, the numbers behind them as CSV, and copies figures to the clipboard.

Everything is rendered in memory first and then written whole, so a failure leaves no half-written file. PNG,
SVG and CSV files of the same frame are the same, byte for byte: nothing in them depends on time or chance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from engine.atomic_file import write_all
from gui.figure import MM_PER_INCH, ExportError, Figure, FigureSpec, Subject, composed
from gui.logical_device import LOGICAL_DPI
from gui.timeless_pdf import timeless

_MAX_PIXELS = 150_000_000
"""An image of that many takes 600 MB while it is painted."""

_POINTS_PER_LOGICAL_PIXEL = 72 / LOGICAL_DPI


@dataclass(frozen=True)
class ExportOrder:
    """Which files to write.

    Args:
        path: of the figure; the suffix decides the format.
        spec: what the figure looks like.
        one_file_each: whether every plot gets a file of its own, with its name added to that of `path`.
        tables: whether a CSV file with the numbers is written for each plot.
    """

    path: Path
    spec: FigureSpec
    one_file_each: bool = False
    tables: bool = False

    def figures(self) -> dict[Path, FigureSpec]:
        """Return the figures by the files that they go to."""
        if not self.one_file_each:
            return {self.path: self.spec}
        names = self.spec.names
        return {_with_name(self.path, name): replace(self.spec, rows=((name,),)) for name in names}

    def paths(self) -> list[Path]:
        """Return all files that will be written."""
        figures = self.figures()
        tables = [table for path, spec in figures.items() for table in _table_paths(path, spec).values()]
        return [*figures, *(tables if self.tables else [])]

    def existing(self) -> list[Path]:
        """Return those of the files that are there already."""
        return [path for path in self.paths() if _is_there(path)]


def carry_out(order: ExportOrder, subject: Subject) -> list[Path]:
    """Write the files of an order, all of them or none, and return their paths.

    Raises:
        ExportError: if a file cannot be made or written; then all is as it was before.
    """
    files: dict[Path, bytes] = {}
    for path, spec in order.figures().items():
        render = _renderer(path.suffix)
        with composed(subject, spec) as figure:
            files[path] = render(figure, spec, subject.metadata(spec.names))
            if order.tables:
                tables = figure.tables()
                files |= {
                    place: tables[name].to_csv().encode() for name, place in _table_paths(path, spec).items()
                }
    try:
        write_all(files)
    except OSError as error:
        first, *others = files
        what = (
            f"The {len(files)} files were not written to {first.parent}"
            if others
            else f"{first} was not written"
        )
        raise ExportError(f"{what}: {error.strerror or error}; choose another place.") from error
    return list(files)


def figure_file(suffix: str, subject: Subject, spec: FigureSpec) -> bytes:
    """Return what a file of a figure holds.

    Args:
        suffix: the format: png, svg or pdf.
        subject: what is on show.
        spec: what the figure looks like.

    Raises:
        ExportError: if the format is unknown or the figure cannot be made.
    """
    render = _renderer(suffix)
    with composed(subject, spec) as figure:
        return render(figure, spec, subject.metadata(spec.names))


def copy_figure(subject: Subject, spec: FigureSpec) -> None:
    """Put a figure on the clipboard, as the image that a PNG file would hold.

    Raises:
        ExportError: if the figure cannot be made.
    """
    with composed(subject, spec) as figure:
        QGuiApplication.clipboard().setImage(_image(figure, spec))


def preview(subject: Subject, spec: FigureSpec, side_px: int) -> QImage:
    """Return a figure as a small image that fits into a square.

    Raises:
        ExportError: if the figure cannot be made.
    """
    factor = side_px / max(spec.width_px, spec.height_px)
    width, height = max(1, round(spec.width_px * factor)), max(1, round(spec.height_px * factor))
    with composed(subject, spec) as figure:
        return _image(figure, replace(spec, width_px=width, height_px=height, dpi=spec.dpi * factor))


def numbered(order: ExportOrder) -> ExportOrder:
    """Return the order with the lowest number in its file names that avoids all files that are there."""
    candidate, number = order, 1
    while candidate.existing():
        number += 1
        candidate = replace(order, path=_with_name(order.path, str(number)))
    return candidate


def _renderer(suffix: str) -> Callable[[Figure, FigureSpec, dict[str, str]], bytes]:
    name = suffix.lower().removeprefix(".")
    if name not in FORMATS:
        known = ", ".join(f".{known}" for known in FORMATS)
        raise ExportError(f"{suffix!r} is no format for figures; end the name of the file in one of {known}.")
    return FORMATS[name]


def _png(figure: Figure, spec: FigureSpec, stamp: Mapping[str, str]) -> bytes:
    image = _image(figure, spec)
    for key, text in stamp.items():
        image.setText(key, text)
    _set_resolution(image, spec.dpi)
    buffer = _open_buffer()
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(image):
        raise ExportError(f"The image was not made: {writer.errorString()}.")
    return _bytes(buffer)


def _svg(figure: Figure, spec: FigureSpec, stamp: Mapping[str, str]) -> bytes:
    buffer = _open_buffer()
    # The other version, SVG Tiny, knows no clipping: curves would run out of their plots.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(LOGICAL_DPI)
    generator.setSize(spec.logical_size.toSize())
    generator.setViewBox(figure.area)
    generator.setTitle(stamp["Title"])
    generator.setDescription(_as_json(stamp))
    painter = QPainter(generator)
    try:
        figure.paint(painter)
    finally:
        painter.end()
    svg = _bytes(buffer)
    # Qt writes whole pixels as millimetres, and fonts without a substitute for machines that lack them.
    width, height = (pixels / spec.dpi * MM_PER_INCH for pixels in (spec.width_px, spec.height_px))
    size = f'width="{width:.6g}mm" height="{height:.6g}mm"'
    svg = re.sub(rb'width="[^"]*mm" height="[^"]*mm"', size.encode(), svg, count=1)
    return re.sub(rb'font-family="([^"]*)"', rb'font-family="\1, sans-serif"', svg)


def _pdf(figure: Figure, spec: FigureSpec, stamp: Mapping[str, str]) -> bytes:
    buffer = _open_buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(LOGICAL_DPI)
    size: QSizeF = spec.logical_size * _POINTS_PER_LOGICAL_PIXEL
    # Exact: a page of nearly the size of A4 is not to become A4.
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF())
    writer.setCreator(stamp["Software"])
    writer.setTitle(f"{stamp['Title']} {_as_json(stamp)}")
    painter = QPainter(writer)
    try:
        figure.paint(painter)
    finally:
        painter.end()
    return timeless(_bytes(buffer))


def _image(figure: Figure, spec: FigureSpec) -> QImage:
    if spec.width_px * spec.height_px > _MAX_PIXELS:
        raise ExportError(
            f"An image of {spec.width_px:,} x {spec.height_px:,} pixels does not fit in memory; "
            "make it smaller or lower the dots per inch."
        )
    image = QImage(spec.width_px, spec.height_px, QImage.Format.Format_RGB32)
    if image.isNull():
        raise ExportError(
            f"There is no memory for {spec.width_px:,} x {spec.height_px:,} pixels; make the image smaller."
        )
    _set_resolution(image, LOGICAL_DPI)  # fonts are sized by it; the painter scales them
    painter = QPainter(image)
    try:
        painter.scale(spec.scale, spec.scale)
        figure.paint(painter)
    finally:
        painter.end()
    return image


def _set_resolution(image: QImage, dpi: float) -> None:
    dots_per_metre = round(dpi / MM_PER_INCH * 1000)
    image.setDotsPerMeterX(dots_per_metre)
    image.setDotsPerMeterY(dots_per_metre)


def _as_json(stamp: Mapping[str, str]) -> str:
    """Return what is stamped into a file as JSON, the configuration being part of it."""
    return json.dumps({**stamp, "Configuration": json.loads(stamp["Configuration"])})


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, or a folder that may not be read: writing will say so
        return False


def _with_name(path: Path, name: str) -> Path:
    return path.with_name(f"{path.stem}-{name}{path.suffix}")


def _table_paths(path: Path, spec: FigureSpec) -> dict[str, Path]:
    """Return where the numbers of each plot of a figure go."""
    names = spec.names
    if len(names) == 1:
        return {names[0]: path.with_suffix(".csv")}
    return {name: _with_name(path, name).with_suffix(".csv") for name in names}


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _bytes(buffer: QBuffer) -> bytes:
    return bytes(buffer.data().data())


FORMATS: dict[str, Callable[[Figure, FigureSpec, dict[str, str]], bytes]] = {
    "png": _png,
    "svg": _svg,
    "pdf": _pdf,
}

VECTOR_FORMATS = ("svg", "pdf")
"""They have no pixels."""
