import csv
import errno
import io
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from engine import datasets, experiment_file, memory, session
from engine.config import Change, Experiment, LayerOverride, RunConfig
from engine.fields import Choice
from engine.frame import Frame
from engine.history import History
from engine.metrics import metrics_table
from engine.trainer import Trainer
from gui import headless, headless_output, preflight
from gui.command_line import Job, parse
from tests.full_disk import full_after

ROOT = Path(__file__).resolve().parent.parent
XOR = Choice("xor", {"n_samples": 100})
SMALL = Experiment((RunConfig(hidden=(4, 2)),), XOR, batch_size=10)
NUMBERS = ["config.json", "metrics.csv"]
FIGURES = ["activations", "gradients", "loss"]


def job(folder: Path, experiment: Experiment = SMALL, steps: int = 6, every: int = 2) -> Job:
    return Job(experiment, steps, every, folder, formats=())


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "metrics.csv").read_text())))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# As main.py does it; but where the tests run in the background, an interruption would be ignored.
INTERRUPTIBLE = """
import signal, sys, main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main.main(sys.argv[1:]))
"""


def command(folder: Path, arguments: str, program: Sequence[str] = ("main.py",)) -> list[str]:
    given = "--headless --dataset xor --samples 100 --batch-size 10 --hidden 4,2 " + arguments
    return [sys.executable, *program, *given.split(), "--out", str(folder)]


def run_main(folder: Path, arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, arguments), cwd=ROOT, capture_output=True, text=True, check=False)


def read_terminal(master: int) -> str:
    """Return all that was and will be written to a terminal, until nobody holds it open any more."""
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            part = b""
        if not part:
            return b"".join(parts).decode()
        parts.append(part)


def test_numbers_and_configuration_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a" / "b"
    assert headless.run(job(folder)) == 0
    assert names(folder) == NUMBERS
    assert experiment_file.load(folder / "config.json") == SMALL
    out, err = capsys.readouterr()
    assert out == f"Wrote metrics.csv, config.json to {folder}.\n"
    assert err == ""


@pytest.mark.parametrize(
    ("steps", "every", "recorded"),
    [(6, 2, [0, 2, 4, 6]), (10, 4, [0, 4, 8, 10]), (3, 100, [0, 3]), (0, 1, [0])],
)
def test_every_so_many_steps_a_frame_is_recorded(
    tmp_path: Path, steps: int, every: int, recorded: Sequence[int]
) -> None:
    assert headless.run(job(tmp_path, steps=steps, every=every)) == 0
    assert [int(row["step"]) for row in rows(tmp_path)] == recorded


def test_the_numbers_are_those_of_an_uninterrupted_training(tmp_path: Path) -> None:
    runs = (RunConfig(hidden=(4, 2)), RunConfig(hidden=(3,), optimizer=Choice("adam")))
    changes = (Change(3, 0, "learning_rate", 0.5), Change(5, None, "batch_size", 7))
    experiment = Experiment(runs, XOR, batch_size=10, changes=changes)
    assert headless.run(job(tmp_path, experiment, steps=20, every=6)) == 0
    trainer = Trainer(experiment)
    frames = [trainer.observe()]
    for steps in (6, 6, 6, 2):
        trainer.train(steps)
        frames.append(trainer.observe())
    assert (tmp_path / "metrics.csv").read_text() == metrics_table(experiment, frames).to_csv()


def test_single_layers_of_a_configuration_keep_their_own_settings(tmp_path: Path) -> None:
    # The identity gives the activations the spread of the pre-activations; ReLU gives them another.
    own = LayerOverride(2, Choice("identity"), Choice("zeros"))
    output = LayerOverride(3, initializer=Choice("constant", {"value": 0.5}))
    experiment = replace(SMALL, runs=(replace(SMALL.runs[0], layers=(own, output)),))
    experiment_file.save(experiment, tmp_path / "own.json")
    asked = ["--headless", "--config", str(tmp_path / "own.json"), "--steps", "8", "--format", "none"]
    told = parse([*asked, "--out", str(tmp_path)])
    assert isinstance(told, Job)
    assert headless.run(told) == 0
    first, *_, last = rows(tmp_path)
    assert float(first["layer1_weight_rms"]) > 0.1
    assert float(first["layer2_weight_rms"]) == 0
    assert float(first["layer3_weight_rms"]) == 0.5
    assert float(last["layer2_activation_std"]) == float(last["layer2_z_std"]) > 0
    assert float(last["layer1_activation_std"]) != float(last["layer1_z_std"])
    assert experiment_file.load(tmp_path / "config.json") == experiment


def test_no_row_is_lost_when_the_history_is_thinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "History", partial(History, limit_bytes=20_000))
    assert headless.run(job(tmp_path, steps=100, every=1)) == 0
    assert [int(row["step"]) for row in rows(tmp_path)] == list(range(101))


def test_what_was_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    assert headless.run(job(tmp_path)) == 0
    assert names(tmp_path) == ["config.json", "metrics.csv", "notes.txt"]
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert len(rows(tmp_path)) == 4


def test_a_network_that_does_not_fit_is_refused_with_the_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(memory, "machine_bytes", lambda: 10_000_000)
    experiment = Experiment((RunConfig(hidden=(1000, 1000)),))
    assert headless.run(job(tmp_path / "a", experiment)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"1,076,010 parameters would take .* this machine has 10 MB; .*\n", err)
    assert names(tmp_path) == []


@pytest.mark.parametrize("place", ["file", "file/a", "taken", "/proc/none/a", "x" * 300])
def test_a_folder_that_cannot_be_written_to_is_refused_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "taken" / "metrics.csv").mkdir(parents=True)
    # It would take days.
    assert headless.run(job(tmp_path / place, steps=10**9, every=10**9)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"--out .* cannot be written to \(.*\); choose another folder\.\n", err)
    assert names(tmp_path) == ["file", "taken"]
    assert names(tmp_path / "taken") == ["metrics.csv"]


def test_a_folder_of_somebody_else_is_refused(bound_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bound_folder.chmod(0o500)
    assert headless.run(job(bound_folder / "a")) == 2
    bound_folder.chmod(0o700)
    assert "(Permission denied)" in capsys.readouterr().err
    assert names(bound_folder) == []


def test_a_disk_that_is_full_in_the_end_leaves_everything_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # With so many changes, the file that is written last is the largest.
    logged = replace(SMALL, changes=tuple(Change(step, 0, "l2", 0.1) for step in range(1, 50)))
    assert headless.run(job(tmp_path, logged, steps=0)) == 0
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    small, large = (len((tmp_path / name).read_bytes()) for name in ("metrics.csv", "config.json"))
    assert small < large
    capsys.readouterr()
    for folder in (tmp_path / "a" / "b", tmp_path):
        with full_after(large - 1):
            assert headless.run(job(folder, replace(logged, data_seed=1), steps=0)) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == f"--out {folder} cannot be written to (File too large); choose another folder.\n"
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_only_a_folder_that_was_made_for_nothing_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "empty" / "a" / ".." / "b"):
        with pytest.raises(headless_output.JobError, match="File too large"), full_after(1000):
            headless_output.write_files(folder, {"small": b"x", "large": b"x" * 2000})
        assert names(tmp_path) == ["empty"]
        assert names(tmp_path / "empty") == []


def test_data_that_cannot_be_had_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(datasets, "DIGITS_FILE", tmp_path / "none.npz")
    assert headless.run(job(tmp_path / "a", Experiment())) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"The handwritten digits cannot be read from {tmp_path / 'none.npz'}: ")
    assert err.count("\n") == 1
    assert names(tmp_path) == []


def test_without_the_libraries_of_qt_numbers_can_still_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preflight, "check", lambda _platform: "libEGL.so.1 is missing.")
    assert headless.run(Job(SMALL, 6, 2, tmp_path / "a", ("png",))) == 2
    assert capsys.readouterr().err == "libEGL.so.1 is missing. Without figures: --format none.\n"
    assert names(tmp_path) == []
    assert headless.run(job(tmp_path / "a")) == 0


def test_divergence_is_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = (RunConfig(hidden=(4,), learning_rate=1e6, l2=1e6), RunConfig(hidden=(4,)))
    experiment = Experiment(runs, XOR)
    assert headless.run(job(tmp_path, experiment, steps=60, every=20)) == 0
    err = capsys.readouterr().err
    assert re.fullmatch(
        r"Run 1 \(learning rate 1e6, L2 1e6\) diverged at step \d+, layer \d: .* not finite\.\n", err
    )
    by_run = [[row["train_loss"] for row in rows(tmp_path) if row["run"] == run] for run in ("1", "2")]
    assert by_run[0][-1] == ""
    assert "" not in by_run[1]
    assert len(by_run[0]) == len(by_run[1]) == 4


def test_a_comparison_with_seeds_says_which_runs_diverged_and_writes_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "--dataset xor --samples 100 --hidden 4 --loss mean_squared_error --learning-rate 3000 --seeds 3"
    told = parse(
        [
            "--headless",
            *asked.split(),
            "--out",
            str(tmp_path),
            "--format",
            "none",
            "--steps",
            "9",
            "--compare",
            "zeros,randn",
        ]
    )
    assert isinstance(told, Job)
    assert headless.run(told) == 0
    assert {(row["run"], row["seed"]) for row in rows(tmp_path)} == {
        (run, seed) for run in "12" for seed in "012"
    }
    err = capsys.readouterr().err
    assert re.fullmatch(
        r"Run 2 \(randn\) diverged with 3 of 3 seeds, first at step \d, layer \d: .* not finite\.\n", err
    )
    assert experiment_file.load(tmp_path / "config.json") == told.experiment


def test_training_ends_when_all_runs_have_diverged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = Experiment((RunConfig(hidden=(4,), learning_rate=1e6, l2=1e6),), XOR)
    assert headless.run(job(tmp_path, experiment, steps=10**9, every=10)) == 0
    assert capsys.readouterr().err.startswith("Training diverged at step ")


def test_progress_is_shown_on_a_terminal(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    with subprocess.Popen(
        command(tmp_path / "a", "--steps 20 --every 1 --format none"),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=slave,
    ) as child:
        os.close(slave)
        text = read_terminal(master)
    os.close(master)
    assert child.returncode == 0
    assert re.search(r"\r\[#* *\] step \d+ of 20, training loss 0\.\d+", text)
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_an_interruption_ends_it_cleanly_and_writes_nothing(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    with subprocess.Popen(
        command(tmp_path / "a", "--steps 1000000000 --every 100 --format none", ("-c", INTERRUPTIBLE)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=slave,
    ) as child:
        os.close(slave)
        assert os.read(master, 1).startswith(b"\r")  # it trains
        child.send_signal(signal.SIGINT)
        text = read_terminal(master)
        assert child.stdout is not None
        assert child.stdout.read() == b""
    os.close(master)
    assert child.returncode == 130
    assert text.endswith("\r\x1b[KInterrupted.\r\n")
    assert names(tmp_path) == []


WHILE_QT_IS_LOADED = """
import os
def interrupt(event, arguments):
    if event == "import" and arguments[0].startswith("shibokensupport"):
        os.kill(os.getpid(), signal.SIGINT)
import signal, sys
sys.addaudithook(interrupt)
"""

WHILE_QT_PAINTS = """
import os, signal
from gui.combo import Combo
style = Combo.initStyleOption
def interrupted(combo, option):
    os.kill(os.getpid(), signal.SIGINT)
    style(combo, option)
Combo.initStyleOption = interrupted
"""


@pytest.mark.parametrize("when", [WHILE_QT_IS_LOADED, WHILE_QT_PAINTS], ids=["loaded", "painting"])
def test_an_interruption_of_qt_ends_it_as_cleanly(tmp_path: Path, when: str) -> None:
    asked = command(tmp_path / "a", "--steps 3", ("-c", when + INTERRUPTIBLE))
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")
    assert names(tmp_path) == []


def test_the_bar_is_gone_before_an_interruption_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def interrupted(_experiment: Experiment, frames: Iterator[Frame]) -> None:
        next(frames)
        next(frames)
        raise KeyboardInterrupt

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(headless, "metrics_table", interrupted)
    with pytest.raises(KeyboardInterrupt) as interruption:
        headless.run(job(tmp_path / "a"))
    assert terminal.getvalue().endswith("\x1b[K\r\x1b[K")
    # Whoever tells of it holds what was under way.
    assert interruption.traceback


def test_two_runs_of_a_config_write_the_same_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    done = run_main(first, "--steps 12 --format png,svg,pdf --initializer orthogonal --seed 3")
    assert (done.returncode, done.stderr) == (0, "")
    figures = [f"{name}.{suffix}" for name in FIGURES for suffix in ("pdf", "png", "svg")]
    assert names(first) == sorted(NUMBERS + figures)
    done = run_main(second, f"--config {first / 'config.json'} --steps 12 --format png,svg,pdf")
    assert (done.returncode, done.stderr) == (0, "")
    assert names(second) == names(first)
    for path in second.iterdir():
        assert path.read_bytes() == (first / path.name).read_bytes(), path.name


def test_figures_of_a_training_that_diverged_are_drawn(tmp_path: Path) -> None:
    done = run_main(tmp_path, "--initializer randn --learning-rate 1e6 --l2 1e6 --steps 100 --every 1")
    assert done.returncode == 0
    assert re.fullmatch(r"Training diverged at step \d+, layer \d: .* not finite\.\n", done.stderr)
    assert names(tmp_path) == sorted([*NUMBERS, *(f"{name}.png" for name in FIGURES)])
