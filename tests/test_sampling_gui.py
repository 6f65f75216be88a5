"""The bench in the window: what a person asks, what the worker answers, and what stops it."""

from collections.abc import Iterator
from threading import Semaphore
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from engine.fields import Choice
from engine.sampling.large_numbers import large_numbers
from engine.sampling.sample_laws import SAMPLE_LAWS, check_law
from engine.sampling.seeds import first_numbers
from gui.sampling.bench import SamplingBench
from gui.sampling.large_numbers_picture import LargeNumbersPicture
from gui.sampling.one_draw_picture import OneDrawPicture
from gui.sampling.parts import TABS
from gui.sampling.questions import LargeNumbersQuestion
from gui.sampling.seeds_picture import SeedsPicture
from gui.sampling.shot import PICTURES
from gui.sampling.two_laws_picture import TwoLawsPicture
from gui.sampling.worker import Results
from gui.style import DARK, LIGHT
from tests.kept import Kept
from tests.kept_bench import answered, kept_bench

SECOND = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def lent_bench(qapp: QApplication) -> Iterator[Kept[SamplingBench]]:  # noqa: ARG001  (it must be there)
    kept = kept_bench()
    yield kept
    kept.close()


@pytest.fixture
def bench(lent_bench: Kept[SamplingBench]) -> SamplingBench:
    return lent_bench.lend()


def type_into(qtbot: QtBot, bench: SamplingBench, field: str, text: str) -> None:
    editor: Any = bench.form.field(field).editor
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)


def choose_law(bench: SamplingBench, field: str, name: str) -> None:
    combo: Any = bench.form.field(field).editor
    combo.setCurrentIndex(combo.findData(name))
    combo.activated.emit(combo.currentIndex())


def shown(bench: SamplingBench) -> Any:
    return bench.picture.shown


def one_draw(bench: SamplingBench) -> OneDrawPicture:
    picture = bench.pictures["one_draw"]
    assert isinstance(picture, OneDrawPicture)
    return picture


@pytest.mark.parametrize("part", TABS)
def test_each_part_answers_its_question_in_words_and_numbers(part: str, bench: SamplingBench) -> None:
    answered(bench, part)
    assert bench.picture is bench.pictures[part]
    assert bench.picture.heading.endswith("?")
    words = bench.picture.accessibleDescription()
    assert words.endswith((".", ":"))
    assert any(letter.isdigit() for letter in words)
    assert bench.picture.table().rows


@pytest.mark.parametrize("name", SAMPLE_LAWS)
def test_every_law_can_be_shown(name: str, bench: SamplingBench) -> None:
    # Here no law is asked for.
    answered(bench, "seeds")
    bench.form.set_law(Choice(name))
    for part, law_of in (
        ("large_numbers", lambda answer: answer.law),
        ("one_draw", lambda answer: answer.draw.law),
        ("two_laws", lambda answer: answer.sides[0].law),
    ):
        answered(bench, part)
        assert law_of(shown(bench)).name == name
        bench.grab()


def test_the_shares_in_the_bands_are_written_beside_those_expected(bench: SamplingBench) -> None:
    answered(bench, "large_numbers")
    picture = bench.picture
    assert isinstance(picture, LargeNumbersPicture)
    texts = [entry.text for entry in picture.means.caption.entries]
    assert [text.partition(":")[0] for text in texts] == ["±1σ", "±2σ", "±3σ"]
    share = shown(bench).mean_shares[0]
    assert f"{100 * share.inside:.1f}" in texts[0]
    assert "68.3" in texts[0]
    points = picture.points[0]
    np.testing.assert_array_equal(points.x, np.arange(1, 301))
    np.testing.assert_array_equal(points.y, shown(bench).means)


@pytest.fixture
def painted(bench: SamplingBench, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Compute each result when the one before is painted, and keep how many sizes were.

    Left to themselves, all results can be there before the window looks for the first one.
    """
    counts: list[int] = []
    wanted = Semaphore(0)

    def note() -> None:
        counts.append(len(shown(bench).means))
        wanted.release()

    def results(question: LargeNumbersQuestion) -> Results:
        for result in large_numbers(question.law, question.largest, question.seed, seconds=0):
            yield result
            wanted.acquire()

    monkeypatch.setattr(LargeNumbersQuestion, "results", results)
    noting = bench.answer_painted.connect(note)
    yield counts
    bench.answer_painted.disconnect(noting)
    bench.stop()
    wanted.release()


def test_what_comes_first_is_shown_before_all_is_there(
    bench: SamplingBench, qtbot: QtBot, painted: list[int]
) -> None:
    type_into(qtbot, bench, "largest", "1000")
    qtbot.waitUntil(lambda: not bench.busy, timeout=60_000)
    # 500,500 numbers are drawn in four blocks.
    assert (len(painted), painted[0], painted[-1]) == (5, 0, 1_000)
    assert painted == sorted(set(painted))


def test_drawing_again_takes_the_next_seed(bench: SamplingBench, qtbot: QtBot) -> None:
    answered(bench, "large_numbers")
    before = shown(bench).means
    qtbot.keyClick(bench, Qt.Key.Key_R, SECOND)
    answered(bench)
    assert bench.form.value("seed") == 1
    assert not np.array_equal(shown(bench).means, before)
    type_into(qtbot, bench, "seed", "0")
    answered(bench)
    np.testing.assert_array_equal(shown(bench).means, before)


def test_the_newest_question_is_answered_however_fast_they_come(bench: SamplingBench) -> None:
    for _ in range(20):
        bench.form.draw_again()
    answered(bench)
    assert shown(bench).seed == 20


def test_a_question_that_was_answered_is_not_computed_again(bench: SamplingBench) -> None:
    answered(bench, "large_numbers")
    before = shown(bench)
    answered(bench, "two_laws")
    bench.open_part("large_numbers")
    assert not bench.busy
    assert shown(bench) is before


def test_an_answer_comes_back_when_another_question_is_given_up_half_drawn(
    bench: SamplingBench, qtbot: QtBot, painted: list[int]
) -> None:
    before, words = shown(bench), bench.picture.accessibleDescription()
    type_into(qtbot, bench, "largest", "1000")
    qtbot.waitUntil(lambda: len(painted) == 2)
    assert not shown(bench).complete
    type_into(qtbot, bench, "largest", "300")
    assert not bench.busy
    assert shown(bench) is before
    assert bench.picture.accessibleDescription() == words


@pytest.mark.parametrize(("field", "text", "old"), [("length", "1,000,000", 100), ("draws", "1e6", 10_000)])
def test_escape_brings_back_what_could_be_drawn(
    bench: SamplingBench, qtbot: QtBot, field: str, text: str, old: int
) -> None:
    answered(bench, "one_draw")
    before = shown(bench)
    type_into(qtbot, bench, field, text)
    draws = bench.form.field("draws")
    assert draws.error
    qtbot.keyClick(draws.editor, Qt.Key.Key_Escape)
    assert (bench.form.value(field), draws.error) == (old, "")
    assert shown(bench) is before
    assert not bench.busy


def test_hiding_the_bench_ends_the_work_and_showing_it_takes_it_up(qtbot: QtBot) -> None:
    bench = SamplingBench(LIGHT)
    qtbot.addWidget(bench)
    bench.show()
    assert bench.busy
    bench.hide()
    assert bench.stopped(5.0)
    assert bench.picture.shown is None or not shown(bench).complete
    bench.form.field("largest").set_value(50)
    bench.show()
    qtbot.waitUntil(lambda: not bench.busy, timeout=20_000)
    assert len(shown(bench).means) == 50
    bench.close()


@pytest.mark.parametrize(
    ("part", "field", "text", "words"),
    [
        ("large_numbers", "largest", "0", "between 2 and 1,000,000"),
        ("one_draw", "n", "0", "between 1 and 1,000,000"),
        ("one_draw", "draws", "1e12", "between 1 and 1,000,000"),
        ("two_laws", "count", "1000000000000", "between 1 and 10,000,000"),
        ("two_laws", "count", "0", "between 1 and 10,000,000"),
        ("two_laws", "bins", "many", "whole number"),
        ("seeds", "seed", "-1", "between 0 and"),
    ],
)
def test_a_bad_number_is_told_at_its_field_and_the_picture_stays(
    part: str, field: str, text: str, words: str, bench: SamplingBench, qtbot: QtBot
) -> None:
    answered(bench, part)
    before = shown(bench)
    type_into(qtbot, bench, field, text)
    assert words in bench.form.field(field).error
    assert not bench.busy
    assert shown(bench) is before


def test_a_bad_parameter_of_the_law_is_told_at_its_field(bench: SamplingBench, qtbot: QtBot) -> None:
    choose_law(bench, "law", "normal")
    answered(bench)
    type_into(qtbot, bench, "law.std", "-1")
    assert "between 0 and 100" in bench.form.field("law.std").error


def test_numbers_that_are_too_many_together_are_told_with_what_is_possible(
    bench: SamplingBench, qtbot: QtBot
) -> None:
    answered(bench, "one_draw")
    type_into(qtbot, bench, "n", "100000")
    assert "100 draws of 100,000" in bench.form.field("draws").error
    type_into(qtbot, bench, "draws", "100")
    assert not bench.form.field("draws").error
    answered(bench)
    assert one_draw(bench).length == 100_000


def test_the_observed_mean_is_placed_among_the_means(bench: SamplingBench, qtbot: QtBot) -> None:
    """0.2245 is 2.245 standard deviations of a mean of 100 away from 0; both tails hold 2.477 %."""
    answered(bench, "one_draw")
    words = bench.picture.accessibleDescription()
    assert "0.2245 has z = 2.2" in words
    assert "2.48\N{NO-BREAK SPACE}%" in words
    assert one_draw(bench).means.marks.marks[0].value == 0.2245
    type_into(qtbot, bench, "observed", "0.1")
    assert "z = 1:" in bench.picture.accessibleDescription()
    assert "31.7\N{NO-BREAK SPACE}%" in bench.picture.accessibleDescription()


def test_the_draw_is_stepped_through_with_the_keys_of_the_training(
    bench: SamplingBench, qtbot: QtBot
) -> None:
    answered(bench, "one_draw")
    picture, keys = one_draw(bench), Qt.Key
    assert picture.shown_position == 100
    for key, modifier, position in (
        (keys.Key_R, Qt.KeyboardModifier.NoModifier, 0),
        (keys.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (keys.Key_Right, SECOND, 11),
        (keys.Key_Right, Qt.KeyboardModifier.ControlModifier, 100),
    ):
        qtbot.keyClick(bench, key, modifier)
        assert picture.shown_position == position
        assert len(picture.points.x) == position
    np.testing.assert_allclose(picture.lines[1].getData()[1][-1], shown(bench).draw.sums[-1])


def test_the_draw_plays_to_its_end(bench: SamplingBench, qtbot: QtBot) -> None:
    answered(bench, "one_draw")
    type_into(qtbot, bench, "n", "5")
    answered(bench)
    bench.setFocus()
    qtbot.keyClick(bench, Qt.Key.Key_Space)
    assert bench.stepper.playing
    assert bench.stepper.position == 0
    qtbot.waitUntil(lambda: not bench.stepper.playing, timeout=20_000)
    assert one_draw(bench).shown_position == 5


def test_a_histogram_has_the_area_one_under_bars_and_density(bench: SamplingBench) -> None:
    answered(bench, "two_laws")
    picture = bench.picture
    assert isinstance(picture, TwoLawsPicture)
    for chart in picture.histograms:
        bars = chart.bars.opts
        assert len(bars["x0"]) == 20
        assert np.sum(bars["height"]) * bars["width"] == pytest.approx(1)
        x, density = chart.curve.getData()
        assert np.trapezoid(density, x) == pytest.approx(1, abs=0.01)


def test_axes_are_shared_or_own(bench: SamplingBench, qtbot: QtBot) -> None:
    answered(bench, "two_laws")
    picture = bench.picture
    assert isinstance(picture, TwoLawsPicture)
    bench.grab()
    first, second = picture.histograms
    assert first.ranges == second.ranges
    qtbot.mouseClick(picture.option_widgets()[0], Qt.MouseButton.LeftButton)
    bench.grab()
    assert first.ranges != second.ranges
    assert second.x_range[1] - second.x_range[0] < 1.2


def test_the_statistics_stand_beside_those_expected(bench: SamplingBench) -> None:
    answered(bench, "two_laws")
    picture = bench.picture
    assert isinstance(picture, TwoLawsPicture)
    rows = {row.name: row for row in picture.statistics[1].rows}
    assert rows["mean"].expected == "0.5"
    assert rows["variance"].expected == "0.08333"
    assert rows["kurtosis (normal: 3)"].expected == "1.8"
    assert rows["beyond 1 sigma"].expected == "42.3\N{NO-BREAK SPACE}%"
    assert rows["smallest"].drawn == "3.492e−6"


def test_the_first_numbers_of_seeds_can_be_copied(bench: SamplingBench) -> None:
    answered(bench, "seeds")
    bench.form._copy.click()
    assert QGuiApplication.clipboard().text() == "\n\n".join(stream.code for stream in first_numbers(0))
    picture = bench.picture
    assert isinstance(picture, SeedsPicture)
    lines = [text for text, _ in picture.codes[0].lines]
    assert lines.count(first_numbers(0)[0].printed) == 2
    assert first_numbers(1)[0].printed in lines


def test_a_law_becomes_an_initializer_where_there_is_one(bench: SamplingBench, qtbot: QtBot) -> None:
    answered(bench, "large_numbers")
    choose_law(bench, "law", "he_normal")
    with qtbot.waitSignal(bench.initializer_chosen) as chosen:
        bench.form._use.click()
    assert chosen.args[0].name == "he_normal"
    bench.form.set_law(check_law(Choice("normal", {"mean": 1.0})))
    assert not bench.form._use.isEnabled()
    assert "mean" in bench.form._use.toolTip()


def test_the_law_of_a_layer_is_shown_as_a_histogram(bench: SamplingBench) -> None:
    law = check_law(Choice("he_normal", {"fan_in": 100, "fan_out": 7}))
    bench.show_law(law)
    answered(bench)
    assert bench.part == "two_laws"
    assert shown(bench).sides[0].law == law
    assert shown(bench).sides[0].distribution.std == pytest.approx((2 / 100) ** 0.5)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_pictures_are_painted_in_the_colours_of_the_theme(theme, bench: SamplingBench) -> None:
    answered(bench, "large_numbers")
    bench.set_theme(theme)
    image = bench.picture.view.grab().toImage()
    colors = {
        image.pixelColor(x, y).name().upper()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }
    assert {theme.base, theme.run(1)[0]} <= colors


def test_the_picture_is_read_with_the_mouse(bench: SamplingBench) -> None:
    answered(bench, "large_numbers")
    bench.grab()
    picture = bench.picture
    assert isinstance(picture, LargeNumbersPicture)
    centre = picture.means.box.sceneBoundingRect().center()
    picture.view.pointed.emit(centre)
    reading = picture.means.readout.reading
    assert reading is not None
    assert reading.title.startswith("n = 1")
    assert [row.name for row in reading.rows] == ["mean", "expected"]


def test_every_picture_and_control_has_a_name_for_those_who_cannot_see_it(bench: SamplingBench) -> None:
    for part in PICTURES:
        bench.open_part(part)
        assert bench.picture.accessibleName()
    for button in bench.findChildren(QToolButton):
        assert button.accessibleName() or button.text()
