"""The door: sets the process up, reads the command line, and opens the window or works without one."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.command_line import Opening

EXIT_UNUSABLE = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for, and return the exit code."""
    from engine import blas

    # NumPy reads this when it is loaded, so nothing that needs NumPy is imported before.
    blas.set_up()
    # What is made on the way to the first picture stays: to look for garbage in it costs a tenth of the time.
    gc.disable()
    try:
        return _open(arguments)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("engine", "gui"):
            raise
        return _refuse(
            f"The Python package {error.name} is not installed; scripts/run installs what is needed."
        )


def _open(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--doctor"]:
        # Before anything that needs a package: one of them may be what is missing.
        from gui import doctor

        return doctor.examine()

    from gui import command_line

    request = command_line.parse(arguments)
    if not isinstance(request, command_line.Opening):
        gc.enable()
    if isinstance(request, command_line.Job):
        from gui import headless

        return headless.run(request)
    if isinstance(request, command_line.SamplingJob):
        from gui import headless_sampling

        return headless_sampling.run(request)

    return _open_window(request)


def _open_window(request: Opening) -> int:
    from engine.training_process import TrainingProcess

    try:
        # First: it loads what it needs while the window does.
        training = TrainingProcess()
    except OSError as error:
        return _refuse(
            f"The process that trains cannot be started ({error.strerror}); --headless needs none."
        )
    with training:
        from gui import preflight

        complaint = preflight.check()
        if complaint is not None:
            return _refuse(complaint)

        from gui import lean_qt

        # An exception while Qt for Python is loaded would make it abort; the window takes the signal later.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        lean_qt.load()
        from gui.app import run_window

        return run_window(training.launch, request.experiment, request.path)


def _refuse(reason: str) -> int:
    print(reason, file=sys.stderr)
    return EXIT_UNUSABLE


if __name__ == "__main__":
    if sys.flags.safe_path:
        # With -I, -P or PYTHONSAFEPATH, Python looks for modules in no folder that it is not told of.
        sys.path.insert(0, str(Path(__file__).resolve().parent))
    sys.exit(main(sys.argv[1:]))
