"""How long does it take from the command to frame 0 on the screen, beside a bare script with an empty plot?

The script does what any program with these libraries has to do: it imports NumPy, PySide6.QtWidgets and
pyqtgraph and shows a plot. They take turns, after one start each that fills the caches. The aim is 1.6
times its time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.contest import ContestError, times
from tests.benchmarks.report import Measured, Report, options

# Both say on the terminal when something is on the screen, with the processor time spent so far, and end.
_DRAWN = """
import os, time
def drawn():
    print(time.process_time(), flush=True)
    os._exit(0)
"""

# Frame 0 is on the screen when every plot has painted it. Nothing is imported earlier than without looking.
_OURS = f"""{_DRAWN}
import main
from gui import lean_qt
load = lean_qt.load
def load_and_watch():
    load()
    import pyqtgraph
    from gui.workspace import Workspace
    waiting = []
    show_frame, paint_event = Workspace.show_frame, pyqtgraph.GraphicsView.paintEvent
    def show_and_wait(workspace, history, step):
        show_frame(workspace, history, step)
        waiting[:] = [panel.plot.view for panel in workspace.panels.values()]
    def paint_and_end(view, event):
        paint_event(view, event)
        if view in waiting:
            waiting.remove(view)
            if not waiting:
                drawn()
    Workspace.show_frame, pyqtgraph.GraphicsView.paintEvent = show_and_wait, paint_and_end
lean_qt.load = load_and_watch
main.main([])
"""

_BARE = f"""{_DRAWN}
import numpy
import pyqtgraph
from PySide6 import QtWidgets
class Plot(pyqtgraph.PlotWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        drawn()
application = QtWidgets.QApplication([])
plot = Plot()
plot.show()
application.exec()
"""


@dataclass
class Result:
    """Seconds from the command to the picture, and how many times as long this program takes."""

    ours: Measured
    bare: Measured
    ratio: Measured


def seconds(code: str, processor_time: bool, compiled: str) -> float:
    """Start a program, with settings of its own, and return how long it takes until something is drawn.

    Args:
        code: of the program.
        processor_time: whether the processor's time is counted.
        compiled: the folder for Python's compiled modules, which there are from the second start on, as for
            everybody.

    Raises:
        ContestError: if it ends without.
    """
    with tempfile.TemporaryDirectory() as settings:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= {
            "XDG_CONFIG_HOME": settings,
            "XDG_STATE_HOME": settings,
            "PYTHONPYCACHEPREFIX": compiled,
        }
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            answer = child.stdout.readline()
            passed = time.perf_counter() - began
    if not answer:
        raise ContestError("a program ended before it had drawn anything; it says why above")
    return float(answer) if processor_time else passed


def main(arguments: Sequence[str]) -> int:
    """Print a table, and write the figures."""
    parser = options("start", __doc__, 10)
    parser.add_argument(
        "--processor-time",
        action="store_true",
        help="count the time of the processor, not of the clock, on a machine that does other work too",
    )
    chosen = parser.parse_args(arguments)
    report = Report(chosen, {"": 24, "InitScope s": 13, "bare script s": 15, "ratio": 15})
    result = measure(chosen)
    cells = (f"{result.ours.median:.2f}", f"{result.bare.median:.2f}", times(result.ratio))
    report.row(["from command to picture", *cells], result)
    report.write("± is half the width of the middle half of the rounds.")
    return 0


def measure(chosen: argparse.Namespace) -> Result:
    """Start both in turn."""
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as compiled:
        for _ in range(chosen.rounds + 1):
            ours.append(seconds(_OURS, chosen.processor_time, compiled))
            bare.append(seconds(_BARE, chosen.processor_time, compiled))
    del ours[0], bare[0]  # with cold caches
    return Result(Measured.of(ours), Measured.of(bare), Measured.ratio(ours, bare))
