"""The door of scripts/bench: all parts one after the other, or one with its options."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module

from engine import blas

PARTS = {
    "engine": "how many steps a second, beside PyTorch, JAX and scikit-learn?",
    "cohort": "how fast are many runs in lockstep: beside one, in the window, and while another joins?",
    "window": "does the window stay alive, and what share of its speed does training keep in it?",
    "history": "what do 10,000 frames take, and how soon is an earlier one on show?",
    "start": "how long from the command to the first picture, beside an empty plot?",
    "growth": "how does a step's time grow with width, depth, batch and runs, beside the others?",
    "sampling": "how long do 63 million random numbers take, alone and while the window paints?",
    "memory": "how much does the process grow while it plays? (ten minutes)",
}
"""Each is a module of this package, whose main(arguments) returns the exit code."""


ALL = [*([part] for part in PARTS), ["engine", "--busy"]]
"""What is measured where no part is named."""


def main(arguments: Sequence[str]) -> int:
    """Measure one part in this process, or each in one of its own."""
    names = "\n".join(f"  {name:10}{question}" for name, question in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures the program on this machine, prints tables and writes the figures as JSON.",
        epilog=f"The parts; scripts/bench NAME --help tells the options of one:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="scripts/bench [--markdown | NAME [OPTIONS]]",
    )
    parser.add_argument("name", nargs="?", choices=PARTS, metavar="NAME", help="one part; else all of them")
    parser.add_argument("--markdown", action="store_true", help="print all tables as Markdown")
    chosen = parser.parse_args(arguments[:1])
    name = chosen.name
    if name is None:
        return max(_measure_alone(part, ["--markdown"] if chosen.markdown else []) for part in ALL)
    # As in the program, and before NumPy and Qt are loaded.
    blas.set_up()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.benchmarks.contest import ContestError

    try:
        result: int = import_module(f"{__package__}.{name}").main(arguments[1:])
    except ContestError as error:
        print(f"scripts/bench: {error}", file=sys.stderr)
        return 1
    return result


def _measure_alone(part: Sequence[str], shared: Sequence[str]) -> int:
    """Measure a part in a process of its own, under its name; return the exit code."""
    print(f"## {' '.join(part)}\n", flush=True)
    return subprocess.call([sys.executable, "-m", __package__, *part, *shared])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
