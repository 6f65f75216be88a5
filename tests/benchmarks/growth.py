"""How does the time of a step grow with the width, the depth, the batch and the number of runs?

One of them grows at a time, from 64-64-64-10 with tanh and batches of 32: in a deep network with ReLU the
last digits of one program grow into another loss within 20 steps. A number of runs is compared with no peer:
they train one network at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.config import Experiment, RunConfig
from engine.fields import Choice
from tests.benchmarks.contest import (
    Entrant,
    against_peers,
    compared,
    conditions,
    contest,
    contest_options,
    microseconds,
    versus,
)
from tests.benchmarks.programs import OURS, PEERS
from tests.benchmarks.report import Measured, Report
from tests.benchmarks.workloads import with_runs

_BASE = Experiment(
    (RunConfig((64, 64), Choice("tanh"), Choice("xavier_normal"), learning_rate=0.01),),
    Choice("blobs", {"n_samples": 2560, "n_features": 64, "n_classes": 10}),
)
"""2048 of the samples are trained on."""


@dataclass
class Result:
    """Steps per second of each program where something has grown, and how many times as fast this one is."""

    grown: str
    value: int
    rates: dict[str, Measured]
    ratios: dict[str, Measured]


def _with_hidden(*hidden: int) -> Experiment:
    return _BASE.with_runs([replace(_BASE.runs[0], hidden=hidden)])


GROWTH: dict[str, tuple[Callable[[int], Experiment], tuple[int, ...]]] = {
    "width": (lambda width: _with_hidden(width, width), (4, 16, 64, 256, 1024)),
    "depth": (lambda depth: _with_hidden(*(64,) * depth), (1, 4, 16, 64)),
    "batch": (lambda batch: replace(_BASE, batch_size=batch), (1, 8, 32, 256, 2048)),
    "runs": (lambda runs: with_runs(_BASE, runs), (1, 4, 16, 32)),
}
"""What grows -> the experiment for a value, and the values."""


def main(arguments: Sequence[str]) -> int:
    """Print a table, and write the figures."""
    parser, _ = contest_options("growth", __doc__, 0.3)
    chosen = parser.parse_args(arguments)
    under = conditions(chosen)
    report = Report(chosen, {"": 12, f"{OURS} µs/step": 19} | dict.fromkeys(PEERS, 24))
    for grown, (experiment_for, values) in GROWTH.items():
        for value in values:
            experiment = experiment_for(value)
            if len(experiment.runs) == 1:
                rates = against_peers(experiment, under)
            else:
                rates = contest({OURS: Entrant(OURS, experiment)}, under)
            measured = {program: Measured.of(of_program) for program, of_program in rates.items()}
            cells = [versus(peer, rates, microseconds) for peer in PEERS]
            report.row(
                [f"{grown} {value}", microseconds(measured[OURS].median), *cells],
                Result(grown, value, measured, compared(rates)),
            )
    report.write(
        "Microseconds per step of all runs, and how many times as fast as the other program this one is; "
        "± is half the width of the middle half of the rounds."
    )
    return 0
