"""How much does the process grow while the window plays the digits at full speed?"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    from engine import blas

    blas.leave_a_core()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings

from engine.config import Experiment
from tests.benchmarks.window import Bench, process_events

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def resident_mb() -> float:
    """Return what of the process is in memory now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * _PAGE_BYTES / 1e6


def main() -> int:
    """Play, and print the size of the process as it goes."""
    parser = argparse.ArgumentParser(prog="scripts/bench memory", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to play (default 10)")
    arguments = parser.parse_args()
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.devnull)
    bench = Bench()
    bench.window.begin(Experiment(), None)
    process_events(lambda: len(bench.window.session.history) > 0, 60)
    bench.window.transport.play_action.trigger()
    process_events(lambda: False, min(30.0, 6 * arguments.minutes))
    first = resident_mb()
    sizes = [first]
    print(f"{'minute':>6}{'MB':>9}{'growth':>9}{'frames':>9}{'steps':>13}")
    minutes = max(1, round(arguments.minutes))
    for minute in range(1, minutes + 1):
        process_events(lambda: False, 60 * arguments.minutes / minutes)
        sizes.append(resident_mb())
        growth, session = sizes[-1] - first, bench.window.session
        print(
            f"{minute:6}{sizes[-1]:9.1f}{growth:9.1f}{len(session.history):9,}{session.step_index:13,}",
            flush=True,
        )
    # Frames are kept up to a limit, so the growth of the first minutes does not go on.
    lately = sizes[-1] - sizes[-min(4, len(sizes))]
    per_minute = lately / min(3, minutes) * minutes / arguments.minutes
    hour = sizes[-1] - first + per_minute * max(0.0, 60 - arguments.minutes)
    print(f"in an hour: {hour:.1f} MB, if it goes on as in the last minutes")
    bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
