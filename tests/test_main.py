"""What main.py does around all else: it sets the process up, and says what is missing and how it ended."""

import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from engine import blas
from engine.version import VERSION

ROOT = Path(__file__).resolve().parent.parent


def run_main(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "main.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def test_the_version_is_that_of_the_project() -> None:
    done = run_main("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"InitScope {VERSION}\n", "")
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_main_passes_the_exit_code_on() -> None:
    done = run_main("--sed", "1")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "main.py: unknown argument '--sed'; did you mean --seed?\n"


def test_reading_the_command_line_loads_nothing_slow() -> None:
    code = """
import sys, main
try:
    main.main(["--help"])
finally:
    print({"PySide6", "pyqtgraph", "scipy", "sklearn"} & sys.modules.keys(), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "set()\n")


def test_without_its_packages_the_program_says_how_to_get_them() -> None:
    command = [sys.executable, "-S", "main.py"]  # -S: without the folder that packages are installed to
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "The Python package numpy is not installed; scripts/run installs what is needed.\n"


@pytest.mark.parametrize("options", [("-I",), ("-P",)])
def test_the_program_finds_its_modules_where_python_looks_into_no_folder(options: tuple[str, ...]) -> None:
    command = [sys.executable, *options, "main.py", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"InitScope {VERSION}\n", "")


@pytest.mark.skipif(os.name != "posix", reason="only Unix has an exit status per signal")
def test_ctrl_c_while_qt_is_loaded_ends_the_program_without_a_word() -> None:
    code = """
import os, signal, sys
import main

def interrupt(event, arguments):
    if event == "import" and arguments[0].startswith("shibokensupport"):
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(interrupt)
main.main([])
"""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"OPENBLAS_NUM_THREADS": "N", "OMP_NUM_THREADS": "N"}),
        ({"OMP_NUM_THREADS": "3"}, {"OMP_NUM_THREADS": "3"}),
        ({"OPENBLAS_NUM_THREADS": "3"}, {"OPENBLAS_NUM_THREADS": "3"}),
    ],
)
def test_one_core_is_left_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], expected: dict[str, str]
) -> None:
    for cores, threads in ((1, "1"), (2, "1"), (8, "7")):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid, count=cores: set(range(count)))
        environment = dict(given)
        blas.leave_a_core(environment)
        assert environment == {name: value.replace("N", threads) for name, value in expected.items()}


@pytest.mark.parametrize("threads", [None, "2"])
def test_the_library_starts_with_the_threads_chosen(threads: str | None) -> None:
    code = """
import sys, main
assert "numpy" not in sys.modules
try:
    main.main(["--version"])
except SystemExit:
    from engine import blas
    print(blas.describe())
"""
    environment = {key: value for key, value in os.environ.items() if key not in blas.THREAD_VARIABLES}
    if threads is not None:
        environment["OPENBLAS_NUM_THREADS"] = threads
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    cores = len(os.sched_getaffinity(0))
    wanted = min(cores, int(threads or max(1, cores - 1)))
    words = done.stdout.splitlines()[-1].rpartition(", ")[2]
    assert words == f"{wanted} thread{'s' if wanted > 1 else ''}"


def test_the_library_is_described_by_name_version_kernel_and_threads() -> None:
    assert re.fullmatch(r"OpenBLAS \d+\.\d+\.\d[\d.]* \w+, \d+ threads?", blas.describe())
