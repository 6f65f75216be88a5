"""Exported files, read back without the code that wrote them."""

import csv
import errno
import io
import json
import os
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QGuiApplication, QImage

from engine import blas, experiment_file
from gui.export import (
    FORMATS,
    ExportOrder,
    carry_out,
    copy_figure,
    figure_file,
    numbered,
    preview,
)
from gui.figure import ExportError, FigureSpec, Rows, Shot
from gui.plots import FIGURES, PLOTS
from gui.style import DARK, PRINT
from tests import frames
from tests.full_disk import full_after

pytestmark = pytest.mark.usefixtures("qapp")

ALL: Rows = tuple(FIGURES.values())
PLOT_NAMES = [name for row in ALL for name in row]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def shot() -> Shot:
    experiment = frames.experiment()
    return Shot(experiment, frames.history(experiment), 30)


# 180 mm x 200 mm at 300 dots per inch.
SPEC = FigureSpec(ALL, 2126, 2362, 300, PRINT, caption=True)
SMALL = FigureSpec((("loss",),), 600, 400, 96, PRINT, caption=False)


def png_chunks(data: bytes) -> dict[str, list[bytes]]:
    """Split a PNG file into its chunks (PNG specification, third edition, https://www.w3.org/TR/png-3/)."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[str, list[bytes]] = {}
    position = 8
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        chunks.setdefault(kind.decode(), []).append(data[position + 8 : position + 8 + length])
        position += 12 + length
    return chunks


def png_texts(data: bytes) -> dict[str, str]:
    chunks = png_chunks(data)
    texts = {}
    for chunk in chunks.get("tEXt", []):
        key, _, text = chunk.partition(b"\0")
        texts[key.decode("latin-1")] = text.decode("latin-1")
    for chunk in chunks.get("zTXt", []):
        key, _, packed = chunk.partition(b"\0")
        texts[key.decode("latin-1")] = zlib.decompress(packed[1:]).decode("latin-1")
    return texts


def check_stamp(configuration: object, seeds: object, step: object, kernel: object, shot: Shot) -> None:
    assert experiment_file.from_json(configuration) == shot.experiment
    assert seeds == "weights 0, data 0, batches 0"
    assert step == str(shot.step)
    assert kernel == blas.describe()


def test_png_has_its_size_resolution_and_texts(shot: Shot) -> None:
    data = figure_file("png", shot, SPEC)
    chunks = png_chunks(data)
    assert struct.unpack(">II", chunks["IHDR"][0][:8]) == (2126, 2362)
    dots_x, dots_y, unit = struct.unpack(">IIB", chunks["pHYs"][0])
    assert (dots_x, dots_y, unit) == (11811, 11811, 1)  # dots per metre: 300 to the inch
    assert "tIME" not in chunks
    texts = png_texts(data)
    check_stamp(json.loads(texts["Configuration"]), texts["Seeds"], texts["Step"], texts["BLAS"], shot)


def test_svg_has_its_size_text_as_text_and_the_stamp(shot: Shot) -> None:
    root = ElementTree.fromstring(figure_file("svg", shot, SPEC))
    width, height = (float(root.attrib[side].removesuffix("mm")) for side in ("width", "height"))
    assert width == pytest.approx(180, abs=0.05)
    assert height == pytest.approx(200, abs=0.05)
    box = [float(number) for number in root.attrib["viewBox"].split()]
    assert box == pytest.approx([0, 0, 2126 * 0.32, 2362 * 0.32], abs=0.01)
    texts = {"".join(node.itertext()).strip() for node in root.iter(f"{SVG}text")}
    assert {PLOTS[name].title for name in PLOT_NAMES} <= texts
    assert any("he_normal" in text for text in texts), "the caption"
    stamp = json.loads(root.findtext(f"{SVG}desc", ""))
    check_stamp(stamp["Configuration"], stamp["Seeds"], stamp["Step"], stamp["BLAS"], shot)
    assert "step 30" in root.findtext(f"{SVG}title", "")


def test_svg_looks_the_same_in_any_program(shot: Shot) -> None:
    """Line widths are plain numbers, what leaves a plot is cut off, and every font has a substitute."""
    svg = figure_file("svg", shot, SPEC).decode()
    assert "non-scaling-stroke" not in svg
    assert "<clipPath" in svg
    families = set(re.findall(r'font-family="([^"]*)"', svg))
    assert families
    assert all(family.endswith(", sans-serif") for family in families)
    widths = {float(width) for width in re.findall(r'stroke-width="([^"]*)"', svg)}
    assert max(widths) < 10


def test_pdf_is_one_page_of_the_size_with_the_stamp_in_its_title(shot: Shot) -> None:
    data = figure_file("pdf", shot, SPEC)
    assert data.startswith(b"%PDF-1.")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 1
    (box,) = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", data)
    assert [float(side) for side in box] == pytest.approx([180 / 25.4 * 72, 200 / 25.4 * 72], abs=0.6)


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler is not installed")
def test_pdf_as_another_program_reads_it(shot: Shot, tmp_path: Path) -> None:
    path = tmp_path / "figure.pdf"
    carry_out(ExportOrder(path, SPEC), shot)
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    title = re.search(r"^Title:\s*(.*)$", info, re.MULTILINE)
    assert title is not None
    stamp = json.loads(title[1][title[1].index("{") :])
    check_stamp(stamp["Configuration"], stamp["Seeds"], stamp["Step"], stamp["BLAS"], shot)
    assert re.search(r"^Pages:\s*1$", info, re.MULTILINE)
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert {PLOTS[name].title for name in PLOT_NAMES} <= set(text.splitlines())
    images = subprocess.run(["pdfimages", "-list", path], capture_output=True, text=True, check=True).stdout
    assert len(images.splitlines()) == 2, "only the heading of the list: lines and text, no pictures of them"


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_two_exports_of_a_frame_are_the_same_file(shot: Shot, suffix: str) -> None:
    first = figure_file(suffix, shot, SPEC)
    figure_file(suffix, shot, SMALL)
    figure_file("pdf", shot, SPEC)
    assert figure_file(suffix, shot, SPEC) == first


def test_tables_hold_the_numbers_of_each_plot(shot: Shot, tmp_path: Path) -> None:
    order = ExportOrder(tmp_path / "figure.png", SPEC, tables=True)
    paths = carry_out(order, shot)
    assert paths == order.paths()
    tables = [tmp_path / f"figure-{name}.csv" for name in PLOT_NAMES]
    assert paths == [tmp_path / "figure.png", *tables]
    for table in tables:
        heading, *rows = list(csv.reader(io.StringIO(table.read_text())))
        assert rows
        assert all(len(row) == len(heading) for row in rows)
    before = [table.read_bytes() for table in tables]
    carry_out(order, shot)
    assert [table.read_bytes() for table in tables] == before


def test_numbers_of_the_loss_are_those_of_the_history(shot: Shot, tmp_path: Path) -> None:
    carry_out(ExportOrder(tmp_path / "loss.svg", SMALL, tables=True), shot)
    cells = set((tmp_path / "loss.csv").read_text().replace("\n", ",").split(","))
    _steps, values = shot.history.scalars(0, "train_loss")
    assert {repr(float(value)) for value in values} <= cells


@pytest.mark.parametrize("suffix", FORMATS)
def test_one_file_for_each_plot(shot: Shot, tmp_path: Path, suffix: str) -> None:
    spec = FigureSpec(ALL, 400, 300, 96, DARK, caption=False)
    paths = carry_out(ExportOrder(tmp_path / f"run.{suffix}", spec, one_file_each=True), shot)
    assert paths == [tmp_path / f"run-{name}.{suffix}" for name in PLOT_NAMES]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert len({path.read_bytes() for path in paths}) == len(PLOT_NAMES)


def test_suffix_in_capitals_is_as_good(shot: Shot, tmp_path: Path) -> None:
    carry_out(ExportOrder(tmp_path / "FIGURE.PNG", SMALL), shot)
    assert (tmp_path / "FIGURE.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["figure.gif", "figure", "figure.", "figure.png.txt"])
def test_unknown_suffix_is_refused_with_the_known_ones(shot: Shot, tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=re.escape("one of .png, .svg, .pdf")):
        carry_out(ExportOrder(tmp_path / name, SMALL), shot)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["missing/figure.png", "file/figure.png", f"{'long' * 100}.png"])
def test_place_that_cannot_be_written_is_named(shot: Shot, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ExportError, match="was not written") as raised:
        carry_out(ExportOrder(tmp_path / name, SMALL), shot)
    assert str(tmp_path / name) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_folder_in_the_place_of_the_file(shot: Shot, tmp_path: Path) -> None:
    (tmp_path / "figure.png").mkdir()
    with pytest.raises(ExportError, match="was not written"):
        carry_out(ExportOrder(tmp_path / "figure.png", SMALL), shot)
    assert [path.name for path in tmp_path.iterdir()] == ["figure.png"]


def test_writing_that_fails_half_way_leaves_what_was_there(shot: Shot, tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    path.write_text("of yesterday")
    with pytest.raises(ExportError, match="was not written"), full_after(4096):
        carry_out(ExportOrder(path, SMALL), shot)
    assert path.read_text() == "of yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_full_disk_leaves_nothing_and_says_so(
    shot: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ExportError, match="No space left on device"):
        carry_out(ExportOrder(tmp_path / "figure.svg", SMALL, tables=True), shot)
    assert not list(tmp_path.iterdir())


def test_of_several_files_none_is_written_where_one_cannot_be(shot: Shot, tmp_path: Path) -> None:
    path, table = tmp_path / "figure.svg", tmp_path / "figure.csv"
    path.write_text("of yesterday")
    table.mkdir()
    with pytest.raises(ExportError) as raised:
        carry_out(ExportOrder(path, SMALL, tables=True), shot)
    assert str(raised.value) == (
        f"The 2 files were not written to {tmp_path}: Is a directory; choose another place."
    )
    assert path.read_text() == "of yesterday"
    assert sorted(tmp_path.iterdir()) == [table, path]


def test_too_large_an_image_is_refused(shot: Shot, tmp_path: Path) -> None:
    spec = FigureSpec((("loss",),), 20_000, 20_000, 2400, PRINT, caption=False)
    with pytest.raises(ExportError, match="lower the dots per inch"):
        carry_out(ExportOrder(tmp_path / "figure.png", spec), shot)
    assert not list(tmp_path.iterdir())


def test_numbers_are_added_until_no_file_of_the_set_is_there(tmp_path: Path) -> None:
    order = ExportOrder(tmp_path / "figure.png", SPEC, tables=True)
    assert numbered(order) == order
    (tmp_path / "figure.png").touch()
    assert numbered(order).path == tmp_path / "figure-2.png"
    (tmp_path / "figure-2-loss.csv").touch()
    assert numbered(order).path == tmp_path / "figure-3.png"


def test_clipboard_holds_the_image_of_the_png(shot: Shot) -> None:
    clipboard = QGuiApplication.clipboard()
    try:
        copy_figure(shot, SMALL)
        expected = QImage.fromData(figure_file("png", shot, SMALL))
        assert clipboard.image().size() == expected.size()
        assert clipboard.image().convertToFormat(expected.format()) == expected
        assert not clipboard.image().hasAlphaChannel()
    finally:
        clipboard.clear()


@pytest.mark.parametrize(("width", "height"), [(2126, 2362), (1920, 1080), (300, 3000)])
def test_preview_fits_into_its_square(shot: Shot, width: int, height: int) -> None:
    image = preview(shot, FigureSpec((("loss",),), width, height, 144, PRINT, caption=False), 200)
    assert max(image.width(), image.height()) == 200
    assert image.width() / image.height() == pytest.approx(width / height, rel=0.05)
