"""What `python main.py --doctor` says, each time in a new process, and where it does without packages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from engine import blas

ROOT = Path(__file__).resolve().parent.parent

# The flags of a processor with AVX-512, shortened; "avx512" alone is part of each name.
AVX512 = "fpu avx2 fma avx512f avx512dq avx512cd avx512bw avx512vl avx512_bf16"


def doctor(*python: str, **environment: str) -> tuple[int, dict[str, str]]:
    """Return the exit code, and name -> what is said about it."""
    cleared = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM")
    inherited = {name: value for name, value in os.environ.items() if name not in cleared}
    command = [sys.executable, *python, "main.py", "--doctor"]
    done = subprocess.run(
        command, cwd=ROOT, env=inherited | environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, {line[:15].strip(): line[15:] for line in done.stdout.splitlines()}


def test_where_all_is_there_it_tells_the_versions() -> None:
    code, said = doctor(QT_QPA_PLATFORM="offscreen")
    assert code == 0
    for name in ("NumPy", "pyqtgraph", "SciPy", "scikit-learn", "threadpoolctl"):
        assert said[name] == metadata.version(name)
    assert said["PySide6"] == metadata.version("PySide6-Essentials")
    assert re.fullmatch(r"OpenBLAS [\d.]+ \w+, \d+ threads? \(OPENBLAS_NUM_THREADS=\d+, .*\)", said["BLAS"])
    assert said["window"] == said["figures"] == "can be shown (offscreen)"


def test_a_missing_display_is_said_and_figures_work() -> None:
    code, said = doctor()
    assert code == 1
    assert "there is no display" in said["window"]
    assert said["figures"] == "can be shown (offscreen)"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux leaves it to the user")
def test_a_missing_library_of_the_system_is_named_with_its_package(tmp_path: Path) -> None:
    (tmp_path / "libEGL.so.1").touch()  # an empty file is found first
    code, said = doctor(QT_QPA_PLATFORM="offscreen", LD_LIBRARY_PATH=str(tmp_path))
    assert code == 1
    assert said["libraries"] == "missing: libEGL.so.1"
    assert said[""] == "Install: sudo apt-get install libegl1"
    assert "libEGL.so.1 is missing" in said["figures"]


def test_missing_packages_are_named() -> None:
    code, said = doctor("-S")  # without the folder that packages are installed to
    assert code == 1
    assert said["NumPy"] == said["pyqtgraph"] == "is not installed; scripts/setup installs it."
    assert "NumPy cannot be loaded" in said["BLAS"]
    assert "PySide6 is not installed" in said["window"]


def cpuinfo(vendor: str, flags: str) -> str:
    """Return what Linux says about a processor with two cores."""
    core = f"processor\t: 0\nvendor_id\t: {vendor}\nmodel name\t: Some\nflags\t\t: {flags}\nbugs\t\t:\n"
    return f"{core}\n{core}"


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        (cpuinfo("AuthenticAMD", AVX512), {"OPENBLAS_CORETYPE": "SkylakeX"}),
        (cpuinfo("GenuineIntel", AVX512), {}),
        (cpuinfo("AuthenticAMD", AVX512.replace("avx512vl", "")), {}),
        (cpuinfo("AuthenticAMD", "fpu avx2 fma"), {}),
        ("processor\t: 0\nFeatures\t: fp asimd\n", {}),
        ("", {}),
    ],
    ids=["AMD with AVX-512", "Intel", "AMD with part of it", "AMD with AVX2", "ARM", "nothing"],
)
def test_the_kernels_for_avx512_are_chosen_where_they_are_missed(text: str, chosen: dict[str, str]) -> None:
    environment: dict[str, str] = {}
    blas.choose_kernels(environment, text)
    assert environment == chosen


def test_kernels_that_the_user_has_chosen_stay() -> None:
    environment = {"OPENBLAS_CORETYPE": "Haswell"}
    blas.choose_kernels(environment, cpuinfo("AuthenticAMD", AVX512))
    assert environment == {"OPENBLAS_CORETYPE": "Haswell"}


def test_a_system_without_cpuinfo_is_set_up_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(blas, "_CPUINFO", tmp_path / "none")
    environment: dict[str, str] = {}
    blas.set_up(environment)
    assert environment.keys() == set(blas.THREAD_VARIABLES)


def test_a_processor_that_needs_it_gets_its_kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text(cpuinfo("AuthenticAMD", AVX512))
    monkeypatch.setattr(blas, "_CPUINFO", tmp_path / "cpuinfo")
    environment: dict[str, str] = {}
    blas.set_up(environment)
    assert environment["OPENBLAS_CORETYPE"] == "SkylakeX"
