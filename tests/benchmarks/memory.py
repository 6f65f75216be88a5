"""How much do the window and the process that trains grow while the digits play at full speed?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings

from engine.config import Experiment
from tests.benchmarks.report import Report, options
from tests.benchmarks.window import Bench, process_events

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Size:
    """How large both were together after so many minutes, with what was kept and done."""

    minute: float
    mb: float
    growth_mb: float
    frames: int
    steps: int


def resident_mb() -> float:
    """Return what of this process and of those that it has started is in memory now, in megabytes."""
    own = os.getpid()
    started = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    sizes = [Path(f"/proc/{process}/statm").read_text().split()[1] for process in (own, *started)]
    return sum(map(int, sizes)) * _PAGE_BYTES / 1e6


def main(arguments: Sequence[str]) -> int:
    """Play, and print the size of the process as it goes."""
    parser = options("memory", __doc__, 10)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to play (10)")
    chosen = parser.parse_args(arguments)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.devnull)
    bench = Bench()
    bench.window.begin(Experiment(), None)
    process_events(lambda: len(bench.window.session.history) > 0, 60)
    bench.window.transport.set_speed(None)
    bench.window.transport.play_action.trigger()
    process_events(lambda: False, min(30.0, 6 * chosen.minutes))
    first = resident_mb()
    sizes = [first]
    report = Report(chosen, {"minute": 8, "MB": 9, "growth": 9, "frames": 9, "steps": 13})
    for round_ in range(1, chosen.rounds + 1):
        process_events(lambda: False, 60 * chosen.minutes / chosen.rounds)
        sizes.append(resident_mb())
        session = bench.window.session
        size = Size(
            round_ * chosen.minutes / chosen.rounds,
            sizes[-1],
            sizes[-1] - first,
            len(session.history),
            session.step_index,
        )
        cells = (f"{size.minute:.1f}", f"{size.mb:.1f}", f"{size.growth_mb:.1f}", f"{size.frames:,}")
        report.row((*cells, f"{size.steps:,}"), size)
    bench.close()
    lately = sizes[-1] - sizes[len(sizes) // 2]
    report.write(
        f"In {chosen.minutes:g} minutes they grew by {sizes[-1] - first:.1f} MB, in the second half by "
        f"{lately:.1f} MB.\nFrames are kept up to a limit, which the digits reach in seven minutes."
    )
    return 0
