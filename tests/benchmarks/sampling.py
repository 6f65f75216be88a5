"""How long do 11,200 samples of up to 11,200 numbers take, 63 million in all, alone and while it is painted?

Each law is drawn in turn alone and on the bench, 1400x900, which paints what has come ten times a second. The
aim is 3 seconds on the bench, with a picture every 0.1 seconds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.fields import Choice
from engine.sampling.large_numbers import large_numbers
from gui.application import make_application
from gui.sampling.bench import SamplingBench
from gui.style import LIGHT
from tests.benchmarks.report import Report, options
from tests.benchmarks.window import process_events

_LAWS = ("randn", "rand", "truncated_normal", "sparse", "orthogonal")
_LIMIT_SECONDS = 60.0


@dataclass
class Result:
    """What one law showed, medians over the rounds; the interval is the longest between two pictures."""

    law: str
    alone_seconds: float
    bench_seconds: float
    pictures: int
    first_ms: float
    interval_max_ms: float


def alone(law: Choice, seed: int) -> float:
    """Return the seconds that the drawing takes without a window."""
    began = time.perf_counter()
    for _ in large_numbers(law, seed=seed):
        pass
    return time.perf_counter() - began


def on_the_bench(bench: SamplingBench, law: Choice) -> tuple[float, list[float]]:
    """Draw with the next seed; return the seconds until all is painted, and when each picture was."""
    painted: list[float] = []
    bench.form.set_law(law)
    began = time.perf_counter()
    bench.answer_painted.connect(lambda: painted.append(time.perf_counter() - began))
    bench.form.draw_again()
    process_events(lambda: not bench.busy, _LIMIT_SECONDS)
    bench.answer_painted.disconnect()
    return painted[-1], painted


def measure(bench: SamplingBench, name: str, rounds: int) -> Result:
    """Measure one law."""
    law = Choice(name)
    plain, shown, pictures, firsts, intervals = [], [], [], [], []
    for seed in range(rounds):
        plain.append(alone(law, seed))
        seconds, painted = on_the_bench(bench, law)
        shown.append(seconds)
        pictures.append(len(painted))
        firsts.append(painted[0])
        intervals.append(max(np.diff(painted), default=0.0))
    return Result(
        name,
        statistics.median(plain),
        statistics.median(shown),
        round(statistics.median(pictures)),
        1000 * statistics.median(firsts),
        1000 * float(max(intervals)),
    )


def main(arguments: Sequence[str]) -> int:
    """Print a table, and write the figures."""
    chosen = options("sampling", __doc__, 3).parse_args(arguments)
    application = make_application()
    bench = SamplingBench(LIGHT)
    bench.resize(1400, 900)
    bench.show()
    process_events(lambda: not bench.busy, _LIMIT_SECONDS)
    columns = {"law": 20, "alone s": 10, "bench s": 10, "pictures": 10, "first ms": 10, "longest ms": 12}
    report = Report(chosen, columns)
    for name in _LAWS:
        result = measure(bench, name, chosen.rounds)
        cells = (result.law, f"{result.alone_seconds:.2f}", f"{result.bench_seconds:.2f}")
        times = (f"{result.first_ms:.0f}", f"{result.interval_max_ms:.0f}")
        report.row((*cells, f"{result.pictures}", *times), result)
    bench.close()
    bench.stopped(_LIMIT_SECONDS)
    application.processEvents()
    report.write()
    return 0
