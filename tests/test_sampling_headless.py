"""Random numbers without a window: `python main.py --sample randn --vs rand --n 100000 --out DIR`."""

import csv
import math
import subprocess
import sys
from pathlib import Path

import pytest

from engine.fields import Choice, ConfigError
from engine.sampling.sample_laws import SAMPLE_LAWS, check_law, parse_law, title_of
from gui import headless_sampling
from gui.command_line import SamplingJob, parse

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ["large_numbers", "one_draw", "two_laws", "seeds"]


def run_main(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "main.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def table(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "statistics.csv").open() as file:
        return {row["statistic"]: row for row in csv.DictReader(file)}


def test_the_command_of_the_manual_writes_figures_and_the_table(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    done = run_main("--sample", "randn", "--vs", "rand", "--n", "100000", "--out", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*(f"{name}.png" for name in FIGURES), "statistics.csv"]
    )
    assert all(name in done.stdout for name in FIGURES)
    rows = table(folder)
    # Four standard errors: one run in 16,000 would fail if the seed were not fixed.
    error = 4 / math.sqrt(100_000)
    assert abs(float(rows["mean"]["randn, seed 0"])) < error
    assert abs(float(rows["mean"]["rand, seed 0"]) - 0.5) < error * math.sqrt(1 / 12)
    assert float(rows["variance"]["rand, seed 0, expected"]) == pytest.approx(1 / 12)
    assert float(rows["kurtosis"]["randn, seed 0, expected"]) == 3


def test_numbers_alone_need_no_qt(tmp_path: Path) -> None:
    code = f"""
import sys, main
code = main.main("--sample randn --n 50 --format none --out".split() + [{str(tmp_path)!r}])
assert "PySide6" not in sys.modules
sys.exit(code)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    assert [path.name for path in tmp_path.iterdir()] == ["statistics.csv"]


def test_the_same_command_writes_the_same_files(tmp_path: Path) -> None:
    for name in "ab":
        job = SamplingJob((Choice("he_normal"),), 1000, 20, 3, tmp_path / name, ())
        assert headless_sampling.run(job) == 0
    first, second = ((tmp_path / name / "statistics.csv").read_bytes() for name in "ab")
    assert first == second


def test_what_is_asked_for_is_read(tmp_path: Path) -> None:
    asked = f"--vs=rand --n 200 --bins 7 --seed 5 --format svg,pdf --out {tmp_path}".split()
    job = parse(["--sample", "normal(mean=1, std=0.5)", *asked])
    assert job == SamplingJob(
        (Choice("normal", {"mean": 1.0, "std": 0.5}), Choice("rand")), 200, 7, 5, tmp_path, ("svg", "pdf")
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--sample rand --n 0", ["--n", "0", "between 1 and 10,000,000"]),
        ("--sample rand --n 1000000000000", ["--n", "1000000000000", "10,000,000"]),
        ("--sample rand --n many", ["--n", "'many'", "whole number"]),
        ("--sample rand --bins 0", ["--bins", "0", "between 1 and 1,000"]),
        ("--sample rand --seed -1", ["--seed", "-1"]),
        ("--sample normal(std=-1)", ["--sample", "-1", "between 0 and 100"]),
        ("--sample randm", ["--sample", "'randm'", "did you mean 'rand'"]),
        ("--sample randn --vs randq", ["--vs", "'randq'"]),
        ("--sample normal(std)", ["--sample", "'normal(std)'", "name(parameter=value"]),
        ("--sample normal(std=1", ["--sample", "name(parameter=value"]),
        ("--sample rand(std=1)", ["--sample", "'std'"]),
        ("--sample rand --format gif", ["--format", "'gif'", "png"]),
        ("--sample rand --hidden 3", ["--hidden", "training"]),
        ("--sample rand --steps 3", ["--steps", "training"]),
        ("--sample rand settings.json", ["settings.json", "training"]),
        ("--vs rand", ["--vs", "--sample"]),
        ("--n 10", ["--n", "--sample"]),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_nothing_is_written(
    arguments: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    with pytest.raises(SystemExit) as left:
        parse([*arguments.split(), "--out", str(folder)])
    assert left.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    for word in words:
        assert word in lines[0]
    assert not folder.exists()


def test_a_folder_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(["--sample", "rand"])
    assert "--out DIR" in capsys.readouterr().err


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "file"
    place.write_text("mine")
    assert headless_sampling.run(SamplingJob((Choice("rand"),), 10, 20, 0, place, ())) == 2
    assert str(place) in capsys.readouterr().err
    assert place.read_text() == "mine"


def test_the_help_tells_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        parse(["--help"])
    text = capsys.readouterr().out
    for word in ("--sample LAW", "--vs LAW", "--n N", "--bins N", "statistics.csv"):
        assert word in text


@pytest.mark.parametrize("name", SAMPLE_LAWS)
def test_a_law_is_read_as_it_is_written(name: str) -> None:
    law = check_law(Choice(name))
    read = parse_law(title_of(law))
    assert read.name == law.name
    for key, value in law.parameters.items():
        assert read.parameters[key] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-5))


@pytest.mark.parametrize("text", ["", "()", "rand)", "rand(", "normal(=1)", "normal(std=1)x", "normal(,)"])
def test_what_is_no_law_is_told(text: str) -> None:
    with pytest.raises(ConfigError) as told:
        parse_law(text, "vs")
    assert told.value.field == "vs"


def test_an_empty_list_of_parameters_is_none() -> None:
    assert parse_law(" normal( ) ") == check_law(Choice("normal"))
