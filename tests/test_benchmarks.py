"""What the benchmarks make of what they measure; not how fast anything is."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from engine.config import Experiment, RunConfig
from engine.fields import Choice
from engine.session import Session
from engine.trainer import Trainer
from tests.benchmarks.__main__ import PARTS
from tests.benchmarks.__main__ import main as bench
from tests.benchmarks.aims import Aim
from tests.benchmarks.contest import (
    TOLERANCE,
    Conditions,
    ContestError,
    Entrant,
    against_peers,
    check_agreement,
    compared,
    contest,
    per_second,
    versus,
)
from tests.benchmarks.contestant import CHECKED_STEPS
from tests.benchmarks.engine import disturbed
from tests.benchmarks.growth import GROWTH
from tests.benchmarks.history import filled, go_back
from tests.benchmarks.programs import OURS, PEERS, PROGRAMS, Entry, ScikitLearn, Task
from tests.benchmarks.report import Measured, Report, options
from tests.benchmarks.start import seconds
from tests.benchmarks.workloads import WORKLOADS, with_runs
from tests.same import runs_equal

ROOT = Path(__file__).resolve().parent.parent


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


def test_a_report_can_have_a_second_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(chosen(tmp_path), {"what": 8, "rate": 6})
    report.row(["short", "1,000"], Figures("short", Measured(1000.0, 900.0, 1100.0)))
    report.begin_table({"figure": 10})
    report.row(["a frame"], Figures("frame", Measured(3.0, 2.0, 4.0)))
    report.write()
    lines = capsys.readouterr().out.splitlines()
    assert [line.rstrip() for line in lines[3:6]] == ["short    1,000", "", "figure"]
    content = json.loads((tmp_path / "new" / "some.json").read_text())
    assert [result["name"] for result in content["results"]] == ["short", "frame"]


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


SMALL = Experiment((RunConfig((4, 2), Choice("tanh")),))
BRIEFLY = Conditions(threads=1, rounds=2, seconds=0.01, processor_time=False)


@pytest.mark.parametrize("name", WORKLOADS)
def test_all_programs_that_are_installed_compute_the_same(name: str) -> None:
    task = Task(WORKLOADS[name])
    losses = {}
    for program, entry in PROGRAMS.items():
        if entry.installed:
            made = entry.make(task)
            at_first = made.loss()
            made.train(CHECKED_STEPS)
            losses[program] = made.loss()
            assert abs(losses[program] - at_first) > 10 * TOLERANCE
    assert {OURS, "scikit-learn"} <= losses.keys()
    check_agreement(losses)


def test_runs_in_a_stack_take_part_as_one() -> None:
    entrants = {"one": Entrant(OURS, SMALL), "many": Entrant(OURS, with_runs(SMALL, 3))}
    rates = contest(entrants, BRIEFLY)
    assert [len(measured) for measured in rates.values()] == [2, 2]
    assert min(min(measured) for measured in rates.values()) > 0


def test_programs_that_compute_something_else_are_refused() -> None:
    other = SMALL.with_value("learning_rate", 0.2)
    with pytest.raises(
        ContestError, match=r"do not compute the same; their losses are one \d\.\d+, two \d\.\d+"
    ):
        contest({"one": Entrant(OURS, SMALL), "two": Entrant(OURS, other)}, BRIEFLY)


@pytest.mark.parametrize(("loss", "same"), [(0.50009, True), (0.50011, False), (math.nan, False)])
def test_losses_may_be_apart_by_a_ten_thousandth(loss: float, same: bool) -> None:
    refused = nullcontext() if same else pytest.raises(ContestError)
    with refused:
        check_agreement({"one": 0.5, "two": loss})


def test_one_loss_that_is_no_number_is_refused_too() -> None:
    with pytest.raises(ContestError):
        check_agreement({"one": math.nan})


def test_a_program_that_ends_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ContestError, match="no program ended with code 1"):
        contest({"one": Entrant("no program", SMALL)}, BRIEFLY)
    assert "KeyError: 'no program'" in capfd.readouterr().err


def test_a_program_that_is_missing_is_a_dash() -> None:
    rates = {OURS: [200.0, 202.0, 400.0], "JAX jit": [100.0, 101.0, 100.0]}
    assert versus("JAX jit", rates, per_second) == "100 (2.00x ±0.50)"
    assert versus("PyTorch eager", rates, per_second) == "-"
    assert compared(rates).keys() == {"JAX jit"}


def test_what_is_not_installed_does_not_take_part(monkeypatch: pytest.MonkeyPatch) -> None:
    for peer in PEERS:
        monkeypatch.setitem(PROGRAMS, peer, Entry("no_such_package", ScikitLearn))
    assert against_peers(SMALL, BRIEFLY).keys() == {OURS}


def test_all_programs_are_held_to_as_many_cores_as_threads() -> None:
    single = BRIEFLY
    assert single.environment["OPENBLAS_NUM_THREADS"] == single.environment["OMP_NUM_THREADS"] == "1"
    assert single.cores is None or len(single.cores) == 1
    assert replace(single, threads=None).cores is None


def test_a_core_that_is_busy_is_measured_beside_none() -> None:
    alone, beside = disturbed(SMALL, replace(BRIEFLY, threads=None))
    assert len(alone) == len(beside) == 2


@pytest.mark.parametrize("grown", GROWTH)
def test_what_grows_grows(grown: str) -> None:
    experiment_for, values = GROWTH[grown]
    experiments = [experiment_for(value) for value in values]
    sizes = {
        "width": [max(experiment.runs[0].hidden) for experiment in experiments],
        "depth": [len(experiment.runs[0].hidden) for experiment in experiments],
        "batch": [experiment.batch_size for experiment in experiments],
        "runs": [len(experiment.runs) for experiment in experiments],
    }
    assert sizes[grown] == list(values)
    assert (
        len({tuple(names) for names in zip(*(sizes[name] for name in sizes.keys() - {grown}), strict=True)})
        == 1
    )


def test_a_start_that_draws_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContestError, match="before it had drawn anything"):
        seconds("pass", processor_time=False, compiled=str(tmp_path))


@pytest.mark.parametrize("processor_time", [True, False])
def test_a_start_is_timed_until_something_is_drawn(processor_time: bool, tmp_path: Path) -> None:
    spinning = "import time\nwhile time.process_time() < 0.2: pass\nprint(time.process_time(), flush=True)"
    assert 0.2 <= seconds(spinning, processor_time, str(tmp_path)) < 20


def test_copied_frames_share_nothing_and_show_the_same() -> None:
    trainer = Trainer(SMALL)
    seen = trainer.observe()
    history = filled([seen], 3)
    assert history.steps == [0, 1, 2]
    for frame in history:
        runs_equal(frame.runs[0], seen.runs[0])
        for array in (frame.runs[0].layers, frame.runs[0].z.shares, frame.runs[0].activation.shares):
            assert array.base is None
            assert not np.shares_memory(array, seen.runs[0].layers)
            assert not np.shares_memory(array, seen.runs[0].z.shares)


def test_going_back_waits_for_the_frame() -> None:
    session = Session()
    session.start(SMALL)
    session.advance(40)
    waits = go_back(session, [7, 23, 7])
    assert [step in session.history.steps for step in (7, 23)] == [True, True]
    assert len(waits) == 3
    session.close()
    assert session.closed(10)


def test_an_aim_is_of_the_median_and_the_worst() -> None:
    aim = Aim.of("waiting", [3.0, 1.0, 2000.0], 33, "ms")
    assert aim.cells == ["waiting", "3 ms", "2,000 ms", "<= 33 ms"]


_JOINED = """
from tests.benchmarks import window
from tests.benchmarks.lockstep import join
from tests.small import small
window._WARM_UP_SECONDS = 0.0
bench = window.Bench()
bench.begin(small())
alone, joining = join(bench, 0.2)
bench.close()
print(len(bench.window.session.runs), min(map(len, (alone, joining))) > 0)
"""


def test_a_window_in_which_a_run_has_joined_is_closed_without_a_question() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", _JOINED], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.stdout == "2 True\n", answer.stderr
