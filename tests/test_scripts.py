"""The scripts that a person types, run in a copy of the project whose empty lock file needs no network."""

import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pip
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ["setup", "run", "test", "lock"]
EMPTY_LOCK = "# [core]\n# [dev]\n# [pip]\n"
SAY_WHERE = "import os, sys; print(os.getcwd(), sys.argv[1:])"


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the Python of these tests; neither an interpreter nor an index is inherited."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    environment = inherited | {"PYTHON": sys.executable, "PIP_CONFIG_FILE": os.devnull} | variables
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that has been set up, with nothing to install and no library missing.

    Its environment borrows the pip of these tests, because installing one takes some seconds.
    """
    copy = tmp_path_factory.mktemp("a project")
    shutil.copytree(ROOT / "scripts", copy / "scripts")
    (copy / "requirements.lock").write_text(EMPTY_LOCK)
    (copy / "main.py").write_text(SAY_WHERE)
    (copy / "gui").mkdir()
    (copy / "gui" / "preflight.py").touch()
    run(sys.executable, "-m", "venv", "--without-pip", copy / ".venv")
    (packages,) = (copy / ".venv" / "lib").glob("python3*/site-packages")
    (packages / "pip").symlink_to(Path(pip.__file__).parent)
    done = run(copy / "scripts" / "setup")
    assert done.returncode == 0, done.stderr
    return copy


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_finds_nothing(name: str) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed: sudo apt-get install shellcheck")
    assert run("shellcheck", ROOT / "scripts" / name).stdout == ""


def test_setup_explains_itself() -> None:
    done = run(ROOT / "scripts" / "setup", "--help")
    assert "scripts/setup dev" in done.stdout
    assert "set -euo" not in done.stdout
    assert done.returncode == 0


def test_an_unknown_set_is_refused() -> None:
    done = run(ROOT / "scripts" / "setup", "everything")
    assert (
        done.stderr == "InitScope: unknown set 'everything'; there are core and dev (scripts/setup --help)\n"
    )
    assert done.returncode == 1


@pytest.mark.parametrize("python", ["/nowhere/python3", "false"])
def test_an_interpreter_that_is_none_is_refused(project: Path, python: str) -> None:
    done = run(project / "scripts" / "setup", PYTHON=python)
    assert done.stderr == f"InitScope: PYTHON={python} is not Python 3.11 or newer.\n"
    assert done.returncode == 1


def test_the_second_time_nothing_is_done_at_once(project: Path) -> None:
    def state() -> list[tuple[Path, int]]:
        return sorted((path, path.lstat().st_mtime_ns) for path in (project / ".venv").rglob("*"))

    before = state()
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        done = run(project / "scripts" / "setup", PYTHON="")
        seconds.append(time.perf_counter() - start)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert state() == before
    assert min(seconds) < 0.25


def test_run_passes_arguments_on_and_stays_in_the_folder(project: Path, tmp_path: Path) -> None:
    done = run(project / "scripts" / "run", "--out", "a b", cwd=tmp_path, PYTHON="")
    assert done.stdout == f"{tmp_path} ['--out', 'a b']\n"
    assert done.stderr == ""


def test_a_new_lock_file_installs_anew(project: Path) -> None:
    (project / "requirements.lock").write_text(EMPTY_LOCK + "# changed\n")
    done = run(project / "scripts" / "setup")
    assert "installing the packages" in done.stderr
    assert "making a virtual environment" not in done.stderr


def test_a_failed_installation_is_said_and_begun_anew_once(project: Path) -> None:
    """Two set-ups at once repair it, also where the link to Python is broken; one waits and finds it done."""
    setup, lock = project / "scripts" / "setup", project / "requirements.lock"
    lock.write_text(f"# [core]\nnot-to-be-had==1 --hash=sha256:{'0' * 64}\n# [dev]\n# [pip]\n")
    done = run(setup, PIP_NO_INDEX="1")
    assert "InitScope: the packages could not be installed; pip says why above." in done.stderr
    assert done.returncode == 1

    lock.write_text(EMPTY_LOCK)
    (project / ".venv" / "bin" / "python").unlink()
    environment = os.environ | {"PYTHON": sys.executable}
    both = [subprocess.Popen([setup], env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = "".join(process.communicate()[1] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert told.count("making a virtual environment in .venv with Python 3.") == 1
    assert run(project / "scripts" / "run", PYTHON="").returncode == 0


@pytest.mark.parametrize("name", ["core", "dev"])
def test_the_lock_file_serves_every_range(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ranges = project["dependencies"] if name == "core" else project["optional-dependencies"][name]
    text = (ROOT / "requirements.lock").read_text()
    section = re.split(r"^# \[", text, flags=re.MULTILINE)[1:]
    (wanted,) = [part for part in section if part.startswith(f"{name}]")]
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", wanted, flags=re.MULTILINE))
    for requirement in map(Requirement, ranges):
        assert requirement.specifier.contains(locked[requirement.name.lower()]), requirement
    assert wanted.count("--hash=sha256:") >= len(locked)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Path]:
    """Serve a folder as a package index that offers the pip which Python brings along; yield that wheel."""
    bundled = find_spec("ensurepip")
    wheels = list(Path(bundled.origin or "").parent.glob("_bundled/pip-*.whl")) if bundled else []
    if not wheels:
        pytest.skip("this Python comes without ensurepip: sudo apt-get install python3-venv")
    folder = tmp_path / "simple" / "pip"
    folder.mkdir(parents=True)
    wheel = Path(shutil.copy(wheels[0], folder))
    (folder / "index.html").write_text(f'<a href="../pip/{wheel.name}#sha256=0">{wheel.name}</a>')
    serve = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="package index")
        thread.start()
        (tmp_path / "url").write_text(f"http://127.0.0.1:{server.server_port}/simple")
        yield wheel
        server.shutdown()
        thread.join()


def fetch_pip(index: Path, lock: str) -> subprocess.CompletedProcess[str]:
    """Make an environment without pip beside the index, and let fetch_pip install it."""
    folder = index.parents[2]
    (folder / "lock").write_text(lock)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    fetch = ROOT / "scripts" / "fetch_pip.py"
    return run(python, "-I", fetch, folder / "lock", PIP_INDEX_URL=(folder / "url").read_text())


def test_pip_is_fetched_where_python_has_none(index: Path) -> None:
    checksum = hashlib.sha256(index.read_bytes()).hexdigest()
    done = fetch_pip(index, f"pip=={index.name.split('-')[1]} \\\n    --hash=sha256:{checksum}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert run(index.parents[2] / "venv" / "bin" / "python", "-m", "pip", "--version").returncode == 0


def test_a_pip_with_another_checksum_is_not_installed(index: Path) -> None:
    done = fetch_pip(index, f"pip=={index.name.split('-')[1]} \\\n    --hash=sha256:{'0' * 64}\n")
    assert "has not the checksum" in done.stderr
    assert run(index.parents[2] / "venv" / "bin" / "python", "-m", "pip", "--version").returncode != 0


def test_an_index_without_that_pip_is_named(index: Path) -> None:
    done = fetch_pip(index, f"pip==0.0 \\\n    --hash=sha256:{'0' * 64}\n")
    assert re.fullmatch(r"http://\S+/simple/pip/ does not offer pip-0.0-py3-none-any.whl.\n", done.stderr)
