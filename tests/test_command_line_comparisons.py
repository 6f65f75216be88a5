"""Several runs on the command line, and what cannot be compared."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine import experiment_file
from engine.comparisons import COMPARISONS
from engine.config import Experiment, RunConfig
from engine.fields import Choice
from tests.command_lines import opening, refused


def test_initializers_are_compared() -> None:
    base = RunConfig((4,), learning_rate=0.3)
    asked = opening(
        "--hidden", "4", "--learning-rate", "0.3", "--compare", "zeros, normal(std=0.02),he_normal"
    )
    names = [Choice("zeros"), Choice("normal", {"std": 0.02}), Choice("he_normal")]
    assert asked.runs == tuple(replace(base, initializer=name) for name in names)


@pytest.mark.parametrize("name", COMPARISONS)
def test_what_the_menu_compares_is_compared(name: str) -> None:
    asked = opening("--hidden", "4", "--compare", name, "--seeds", "3")
    runs = COMPARISONS[name].runs(RunConfig((4,)))
    assert asked.runs == tuple(replace(run, n_seeds=3) for run in runs)


def test_every_run_of_a_file_gets_the_seeds(tmp_path: Path) -> None:
    experiment = Experiment((RunConfig((3,)), RunConfig((4,), n_seeds=2)))
    experiment_file.save(experiment, tmp_path / "two.json")
    asked = opening("--config", str(tmp_path / "two.json"), "--seeds", "5")
    assert [run.n_seeds for run in asked.runs] == [5, 5]
    (one,) = opening("--config", str(tmp_path / "two.json"), "--compare", "zeros").runs
    assert one == RunConfig((3,), initializer=Choice("zeros"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--compare zeros,he_norml", "--compare: Unknown initializer 'he_norml'; did you mean 'he_normal'?"),
        ("--compare depthz", "--compare: Unknown initializer 'depthz'; did you mean 'depths'?"),
        ("--compare zeros,,randn", "--compare: '' is no initializer; write its name"),
        ("--compare normal(std=-1)", "--compare: standard deviation is -1; it must be"),
        ("--compare normal(std=1e-400)", "--compare: 1e-400 is so close to 0 that it would become 0; give 0"),
        ("--compare normal(std=1e400)", "--compare: standard deviation is '1e400'; it must be a number"),
        ("--compare optimizers --learning-rate 1", "--learning-rate is what --compare varies; give one"),
        ("--compare zeros,randn --initializer zeros", "--initializer is what --compare varies; give one"),
        ("--compare zeros --initializer randn", "--initializer is what --compare varies; give one"),
        (
            "--compare initializers --init-gain 2",
            "--init-gain: it belongs to the initializer, which --compare varies; write it there",
        ),
        (
            "--compare optimizers --momentum 0.5 --optimizer momentum",
            "--momentum: it belongs to the optimizer, which --compare varies; give one of them.",
        ),
        ("--compare optimizers --seeds 65", "--seeds: weight seeds is 65; it must be"),
        (f"--compare {','.join(['zeros'] * 33)}", "There are 33 runs; there can be at most 32."),
        (
            f"--compare {','.join(['zeros'] * 9)} --seeds 64",
            "--seeds: There are 576 networks, weight seeds counted; there can",
        ),
    ],
)
def test_comparisons_that_cannot_be_are_told(
    capsys: pytest.CaptureFixture[str], arguments: str, told: str
) -> None:
    assert told in refused(capsys, *arguments.split())
