"""What the benchmarks make of what they measure; not how fast anything is."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import PARTS
from tests.benchmarks.__main__ import main as bench
from tests.benchmarks.report import Measured, Report, options


@dataclass
class Figures:
    """Figures of a row."""

    name: str
    rate: Measured


def chosen(folder: Path, *more: str) -> argparse.Namespace:
    return options("some", "", 5).parse_args(["--json", str(folder / "new" / "some.json"), *more])


def test_a_figure_is_the_median_with_the_middle_half() -> None:
    # Linear interpolation: the quartiles of five values are the second and the fourth.
    assert Measured.of([5.0, 1.0, 100.0, 2.0, 3.0]) == Measured(3.0, 2.0, 5.0)
    assert Measured.of([5.0, 1.0, 100.0, 2.0, 3.0]).spread == 1.5


def test_a_ratio_is_taken_round_by_round() -> None:
    # In a round in which the machine is slow both are slow, and the ratio stays.
    assert Measured.ratio([200.0, 20.0, 100.0], [100.0, 10.0, 50.0]) == Measured(2.0, 2.0, 2.0)


def test_a_table_lines_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(chosen(tmp_path), {"what": 8, "rate": 6})
    report.row(["short", "1,000"], Figures("short", Measured(1000.0, 900.0, 1100.0)))
    assert capsys.readouterr().out.splitlines()[2:] == ["what      rate", "short    1,000"]


def test_a_table_can_be_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(chosen(tmp_path, "--markdown"), {"what": 8, "rate": 6})
    report.row(["short", "1,000"], Figures("short", Measured(1000.0, 900.0, 1100.0)))
    lines = capsys.readouterr().out.splitlines()[2:]
    assert lines == ["| what | rate |", "| --- | ---: |", "| short | 1,000 |"]


def test_the_figures_and_the_machine_are_in_the_file(tmp_path: Path) -> None:
    report = Report(chosen(tmp_path), {"what": 8, "rate": 6})
    report.row(["short", "1,000"], Figures("short", Measured(1000.0, 900.0, 1100.0)))
    report.write("A note.")
    content = json.loads((tmp_path / "new" / "some.json").read_text())
    assert content["results"] == [{"name": "short", "rate": {"median": 1000.0, "low": 900.0, "high": 1100.0}}]
    assert "NumPy" in content["machine"]
    assert content["options"]["rounds"] == "5"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_explains_itself(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        bench([part, "--help"])
    assert ended.value.code == 0
    assert f"scripts/bench {part}" in capsys.readouterr().out


def test_an_unknown_part_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        bench(["nothing"])
    assert ended.value.code == 2
    assert "window" in capsys.readouterr().err
