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
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from pathlib import Path

import pip
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = [
    ".ci/run",
    *sorted(f"scripts/{file.name}" for file in (ROOT / "scripts").iterdir() if not file.suffix),
]
SAY_WHERE = "import os, sys; print(os.getcwd(), sys.argv[1:])"


# Nothing is compiled that is installed, which would take seconds, and no certificates are fetched.
OURS = {"PIP_CONFIG_FILE": os.devnull, "PIP_COMPILE": "0", "SSL_CERT_FILE": os.devnull}

# Like Debian's without python3-venv and python3-pip; called as scripts/setup does.
PYTHON_WITHOUT_PIP = f"""#!/bin/sh
[ "$2" != pip ] || exit 1
"{sys.executable}" "$@" || exit
if [ "$2" = venv ]; then
    cd "$5"/lib/python3*/site-packages && echo "import sys; sys.modules['ensurepip'] = None" >without.pth
fi
"""


def environment(**variables: str) -> dict[str, str]:
    """Return what names the Python of these tests; neither another one nor an index is inherited."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    return inherited | OURS | {"PYTHON": sys.executable} | variables


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in that environment."""
    return subprocess.run(
        command, cwd=cwd, env=environment(**variables), capture_output=True, text=True, check=False
    )


@dataclass(frozen=True)
class Index:
    """A package index on this machine that offers one package, pip."""

    url: str
    version: str
    checksum: str

    @property
    def lock(self) -> str:
        """Return a lock file with nothing in it but that pip."""
        return f"# [core]\n# [dev]\n# [pip]\npip=={self.version} \\\n    --hash=sha256:{self.checksum}\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Serve the pip of these tests, packed into a wheel again."""
    root = tmp_path_factory.mktemp("index")
    folder = root / "simple" / "pip"
    folder.mkdir(parents=True)
    distribution = metadata.distribution("pip")
    wheel = folder / f"pip-{distribution.version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in distribution.files or []:
            if file.suffix != ".pyc" and ".." not in file.parts:
                archive.write(str(file.locate()), str(file))
    (folder / "index.html").write_text(f'<a href="../pip/{wheel.name}#sha256=0">{wheel.name}</a>')

    serve = partial(Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="package index")
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/simple"
        yield Index(url, distribution.version, hashlib.sha256(wheel.read_bytes()).hexdigest())
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing about it."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, index: Index) -> Path:
    """Return a project that has been set up, with nothing to install and no library missing.

    Its environment borrows the pip of these tests, because installing one takes some seconds.
    """
    copy = tmp_path_factory.mktemp("a project")
    shutil.copytree(ROOT / "scripts", copy / "scripts")
    (copy / "requirements.lock").write_text(index.lock)
    (copy / "main.py").write_text(SAY_WHERE)
    (copy / "gui").mkdir()
    (copy / "gui" / "preflight.py").touch()
    run(sys.executable, "-m", "venv", "--without-pip", copy / ".venv")
    (packages,) = (copy / ".venv" / "lib").glob("python3*/site-packages")
    (packages / "pip").symlink_to(Path(pip.__file__).parent)
    done = run(copy / "scripts" / "setup")
    assert done.returncode == 0, done.stderr
    return copy


@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script: str) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed: sudo apt-get install shellcheck")
    assert run("shellcheck", ROOT / script).stdout == ""


def test_setup_explains_itself() -> None:
    done = run(ROOT / "scripts" / "setup", "--help")
    assert "scripts/setup dev" in done.stdout
    assert "set -euo" not in done.stdout
    assert done.returncode == 0


def test_an_unknown_set_is_refused() -> None:
    done = run(ROOT / "scripts" / "setup", "everything")
    assert (
        done.stderr
        == "InitScope: unknown set 'everything'; there are core, dev and bench (scripts/setup --help)\n"
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


def test_a_new_lock_file_installs_anew(project: Path, index: Index) -> None:
    (project / "requirements.lock").write_text(index.lock + "# changed\n")
    done = run(project / "scripts" / "setup")
    assert "installing the packages" in done.stderr
    assert "making a virtual environment" not in done.stderr


def test_a_failed_installation_is_said_and_begun_anew_once_without_a_pip_too(
    project: Path, index: Index, tmp_path: Path
) -> None:
    """Two set-ups at once repair it, also where the link to Python is broken; one waits and finds it done."""
    setup, lock = project / "scripts" / "setup", project / "requirements.lock"
    wanted = f"# [core]\nnot-to-be-had==1 --hash=sha256:{'0' * 64}\n"
    lock.write_text(index.lock.replace("# [core]\n", wanted))
    done = run(setup, PIP_INDEX_URL=index.url)
    assert "InitScope: the packages could not be installed; pip says why above." in done.stderr
    assert done.returncode == 1

    lock.write_text(index.lock)
    (project / ".venv" / "bin" / "python").unlink()
    python = tmp_path / "python"
    python.write_text(PYTHON_WITHOUT_PIP)
    python.chmod(0o700)
    variables = environment(PYTHON=str(python), PIP_INDEX_URL=index.url)
    both = [subprocess.Popen([setup], env=variables, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = "".join(process.communicate()[1] for process in both)
    assert [process.returncode for process in both] == [0, 0], told
    assert told.count("making a virtual environment in .venv with Python 3.") == 1
    assert told.count("fetching pip") == 1
    assert run(project / "scripts" / "run", PYTHON="").returncode == 0


@pytest.mark.parametrize("name", ["core", "dev", "bench"])
def test_the_lock_file_serves_every_range(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ranges = project["dependencies"] if name == "core" else project["optional-dependencies"][name]
    text = (ROOT / "requirements.lock").read_text()
    section = re.split(r"^# \[", text, flags=re.MULTILINE)[1:]
    (wanted,) = [part for part in section if part.startswith(f"{name}]")]
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", wanted, flags=re.MULTILINE))
    for requirement in map(Requirement, ranges):
        if requirement.name == "torch":  # comes from another index
            continue
        assert requirement.specifier.contains(locked[requirement.name.lower()]), requirement
    assert wanted.count("--hash=sha256:") >= len(locked)


def fetch_pip(folder: Path, index: Index) -> subprocess.CompletedProcess[str]:
    """Make an environment without pip and let fetch_pip install it there."""
    (folder / "lock").write_text(index.lock)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    fetch = ROOT / "scripts" / "fetch_pip.py"
    return run(folder / "venv" / "bin" / "python", "-I", fetch, folder / "lock", PIP_INDEX_URL=index.url)


def has_pip(folder: Path) -> bool:
    return run(folder / "venv" / "bin" / "python", "-m", "pip", "--version").returncode == 0


def test_a_pip_with_another_checksum_is_not_installed(tmp_path: Path, index: Index) -> None:
    assert "has not the checksum" in fetch_pip(tmp_path, replace(index, checksum="0" * 64)).stderr
    assert not has_pip(tmp_path)


def test_an_index_without_that_pip_is_named(tmp_path: Path, index: Index) -> None:
    done = fetch_pip(tmp_path, replace(index, version="0.0"))
    assert done.stderr == f"{index.url}/pip/ does not offer pip-0.0-py3-none-any.whl.\n"
    assert not has_pip(tmp_path)


def test_an_index_that_is_down_is_named(tmp_path: Path, index: Index) -> None:
    done = fetch_pip(tmp_path, replace(index, url="http://127.0.0.1:1/simple"))
    assert done.stderr.startswith("http://127.0.0.1:1/simple/pip/ cannot be read: ")
    assert "sudo apt-get install python3-venv" in done.stderr
