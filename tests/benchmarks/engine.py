"""How many training steps a second does the engine do, beside PyTorch, JAX and scikit-learn?

All train the same networks from the same weights on the same shuffled mini-batches; before anything is
measured, their losses after 20 steps must agree. Each has its own process, they take turns, and each is held
to the same cores and number of threads. With --busy the engine is measured by itself, with the threads that
it chooses: undisturbed, and while another process keeps one core busy.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from engine.config import Experiment
from tests.benchmarks.contest import (
    Conditions,
    Contestant,
    Entrant,
    against_peers,
    compared,
    conditions,
    contest_options,
    per_second,
    times,
    versus,
)
from tests.benchmarks.programs import OURS, PEERS
from tests.benchmarks.report import Measured, Report
from tests.benchmarks.workloads import WORKLOADS


@dataclass
class Result:
    """Steps per second of each program, and how many times as fast as each peer this one is."""

    workload: str
    rates: dict[str, Measured]
    ratios: dict[str, Measured]


@dataclass
class Disturbed:
    """Steps per second alone and beside a process that keeps a core busy, and what share that is."""

    workload: str
    alone: Measured
    beside: Measured
    share: Measured


def main(arguments: Sequence[str]) -> int:
    """Print a table, and write the figures."""
    parser, exclusive = contest_options("engine", __doc__, 1.0)
    exclusive.add_argument(
        "--busy", action="store_true", help="measure beside a process that keeps a core busy"
    )
    chosen = parser.parse_args(arguments)
    if chosen.busy:
        chosen.name = "engine-busy"
        _beside_a_busy_process(chosen, replace(conditions(chosen), threads=None))
    else:
        _beside_peers(chosen, conditions(chosen))
    return 0


def _beside_peers(chosen: argparse.Namespace, under: Conditions) -> None:
    report = Report(chosen, {"workload": 32, f"{OURS} steps/s": 18} | dict.fromkeys(PEERS, 24))
    for name, experiment in WORKLOADS.items():
        rates = against_peers(experiment, under)
        measured = {program: Measured.of(values) for program, values in rates.items()}
        cells = [versus(peer, rates, per_second) for peer in PEERS]
        report.row([name, per_second(measured[OURS].median), *cells], Result(name, measured, compared(rates)))
    report.write(
        "Beside each program's steps per second: how many times as fast this one is, the median over the "
        "rounds ± half the width of their middle half."
    )


def _beside_a_busy_process(chosen: argparse.Namespace, under: Conditions) -> None:
    report = Report(chosen, {"workload": 32, "alone steps/s": 15, "core busy": 15, "share": 15})
    for name, experiment in WORKLOADS.items():
        alone, beside = disturbed(experiment, under)
        result = Disturbed(name, Measured.of(alone), Measured.of(beside), Measured.ratio(beside, alone))
        rates = (per_second(result.alone.median), per_second(result.beside.median))
        report.row([name, *rates, times(result.share)], result)
    report.write("The share is the median over the rounds ± half the width of their middle half.")


def disturbed(experiment: Experiment, under: Conditions) -> tuple[list[float], list[float]]:
    """Return the steps per second round by round, alone and beside a process that keeps a core busy."""
    alone, beside = [], []
    with Contestant(Entrant(OURS, experiment), under) as ours:
        for _ in range(under.rounds):
            alone.append(ours.rate(under.seconds))
            with _busy_core():
                beside.append(ours.rate(under.seconds))
    return alone, beside


@contextmanager
def _busy_core() -> Iterator[None]:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            yield
        finally:
            process.kill()
