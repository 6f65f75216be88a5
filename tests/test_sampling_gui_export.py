"""Figures of the bench: like those of a training, with what reproduces them."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from engine.fields import Choice
from gui.export import ExportOrder, carry_out, copy_figure, figure_file
from gui.export_dialog import ALL_IN_ONE, ExportDialog
from gui.figure import ExportError, FigureSpec, composed
from gui.figure_size import PRESETS
from gui.sampling.questions import (
    LargeNumbersQuestion,
    OneDrawQuestion,
    Question,
    SeedsQuestion,
    TwoLawsQuestion,
)
from gui.sampling.shot import PICTURES, Answered, BenchShot
from gui.style import PRINT

pytestmark = pytest.mark.usefixtures("qapp")

SVG = "{http://www.w3.org/2000/svg}"
LAW = Choice("normal", {"mean": 1.0, "std": 0.5})
QUESTIONS: dict[str, Question] = {
    "large_numbers": LargeNumbersQuestion(LAW, 200, 3),
    "one_draw": OneDrawQuestion(LAW, 50, 100, 3),
    "two_laws": TwoLawsQuestion((LAW, Choice("rand")), 1000, 20, 3),
    "seeds": SeedsQuestion(3, 4),
}


@pytest.fixture(scope="module")
def shot() -> BenchShot:
    answered = {}
    for name, question in QUESTIONS.items():
        *_, result = question.results()
        answered[name] = Answered(question, result)
    return BenchShot(answered)


def spec(*names: str) -> FigureSpec:
    return FigureSpec(tuple((name,) for name in names), 1000, 640, 96, PRINT, caption=True)


def texts(svg: bytes) -> str:
    return " ".join(node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_holds_question_answer_and_origin(name: str, shot: BenchShot) -> None:
    words = texts(figure_file("svg", shot, spec(name)))
    assert "?" in words
    assert "seed" in words
    assert f"NumPy {np.__version__}" in words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_two_exports_are_the_same(name: str, suffix: str, shot: BenchShot) -> None:
    first, second = (figure_file(suffix, shot, spec(name)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", PICTURES)
def test_what_reproduces_a_figure_is_in_its_file(name: str, shot: BenchShot) -> None:
    image = QImage.fromData(figure_file("png", shot, spec(name)))
    assert (image.width(), image.height()) == (1000, 640)
    configuration = json.loads(image.text("Configuration"))[name]
    assert configuration["seed"] == 3
    if name == "large_numbers":
        law = {"name": "normal", "parameters": {"mean": 1.0, "std": 0.5}}
        assert configuration == {"law": law, "largest": 200, "seed": 3}


def test_points_are_shapes_in_vector_files(shot: BenchShot) -> None:
    svg = figure_file("svg", shot, spec("large_numbers"))
    assert not list(ElementTree.fromstring(svg).iter(f"{SVG}image"))


def test_thousands_of_points_are_some_hundreds_to_a_shape() -> None:
    question = OneDrawQuestion(LAW, 10_000, 100, 3)
    *_, result = question.results()
    svg = figure_file("svg", BenchShot({"one_draw": Answered(question, result)}), spec("one_draw"))
    # A point is a line: M where it is, L to its end.
    points = [
        path.get("d", "").count("M")
        for path in ElementTree.fromstring(svg).iter(f"{SVG}path")
        if path.get("d", "").count("M") > 50
    ]
    assert sum(points) > 2_000
    assert max(points) <= 500


def test_the_numbers_go_to_csv(shot: BenchShot, tmp_path: Path) -> None:
    order = ExportOrder(tmp_path / "bench.png", spec(*PICTURES), one_file_each=True, tables=True)
    paths = {path.name for path in carry_out(order, shot)}
    assert paths == {f"bench-{name}.{suffix}" for name in PICTURES for suffix in ("png", "csv")}
    rows = list(csv.DictReader(io.StringIO((tmp_path / "bench-large_numbers.csv").read_text())))
    assert len(rows) == 200
    np.testing.assert_array_equal(
        [float(row["mean"]) for row in rows], shot.answered["large_numbers"].result.means
    )
    statistics = list(csv.DictReader(io.StringIO((tmp_path / "bench-two_laws.csv").read_text())))
    assert [row["statistic"] for row in statistics][:2] == ["mean", "variance"]


def test_a_figure_is_copied(shot: BenchShot) -> None:
    copy_figure(shot, spec("seeds"))
    assert QGuiApplication.clipboard().image().width() == 1000


def test_the_position_in_a_draw_is_exported(shot: BenchShot) -> None:
    answered = shot.answered["one_draw"]
    halfway = Answered(answered.question, answered.result, {"position": 7, "observed": 1.25})
    words = texts(figure_file("svg", BenchShot({"one_draw": halfway}), spec("one_draw")))
    assert "After 7 numbers" in words
    assert "1.25 has z" in words


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", PICTURES)
def test_every_usual_size_has_room_for_a_picture(name: str, preset: str, shot: BenchShot) -> None:
    rows = ((name,),)
    size = PRESETS[preset].size(rows, shot.stretch)
    with composed(shot, FigureSpec(rows, *size.pixels(), size.dpi, PRINT, caption=True)) as figure:
        for chart in figure.panels[0].plot.charts:
            assert not chart.isVisible() or chart.box.height() > 25


def test_a_picture_too_small_to_be_read_is_refused(shot: BenchShot) -> None:
    with pytest.raises(ExportError, match="too little to draw in"):
        figure_file("png", shot, FigureSpec((("seeds",),), 300, 300, 96, PRINT, caption=False))


def test_the_dialog_offers_what_has_been_answered(qtbot: QtBot, shot: BenchShot, tmp_path: Path) -> None:
    dialog = ExportDialog({"folder": str(tmp_path)})
    qtbot.addWidget(dialog)
    dialog.open_for(shot, PRINT, "two_laws")
    assert dialog.plots.currentData() == "two_laws"
    assert dialog.plots.findData(ALL_IN_ONE) >= 0
    assert dialog.destination.path().name == "initscope-two_laws-normal-rand.png"
    with qtbot.waitSignal(dialog.exported):
        dialog.export_button.click()
    assert [path.name for path in tmp_path.iterdir()] == ["initscope-two_laws-normal-rand.png"]
    dialog.open_for(BenchShot({"seeds": shot.answered["seeds"]}), PRINT, "seeds")
    assert dialog.plots.count() == 1
    dialog.reject()
