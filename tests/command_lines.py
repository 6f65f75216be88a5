"""Command lines, and what becomes of them."""

import pytest

from engine.config import Experiment
from gui.command_line import Job, Opening, parse


def opening(*arguments: str) -> Experiment:
    """Return the experiment that a window would open with."""
    request = parse(arguments)
    assert isinstance(request, Opening)
    return request.experiment or Experiment()


def job(*arguments: str) -> Job:
    request = parse(["--headless", "--out", "folder", *arguments])
    assert isinstance(request, Job)
    return request


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line on stderr that refuses these arguments."""
    with pytest.raises(SystemExit) as caught:
        parse(arguments)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return err.rstrip().partition(": ")[2]
