"""How fast are many runs in lockstep: of their own, beside one run, and in the window?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks import lockstep
from tests.benchmarks.aims import COLUMNS
from tests.benchmarks.contest import Entrant, conditions, contest, contest_options, per_second, times
from tests.benchmarks.programs import OURS
from tests.benchmarks.report import Measured, Report
from tests.benchmarks.workloads import WORKLOADS, with_runs

_RUNS = 16


@dataclass
class Result:
    """Run-steps per second of one run and of many, and how many times as many that is."""

    workload: str
    one: Measured
    many: Measured
    ratio: Measured


def main(arguments: Sequence[str]) -> int:
    """Print a table, and write the figures."""
    parser, _ = contest_options("cohort", __doc__, 2.5)
    chosen = parser.parse_args(arguments)
    report = Report(chosen, {"workload": 32, "one run": 12, f"{_RUNS} runs": 12, "ratio": 16})
    for name, experiment in WORKLOADS.items():
        entrants = {"one": Entrant(OURS, experiment), "many": Entrant(OURS, with_runs(experiment, _RUNS))}
        rates = contest(entrants, conditions(chosen))
        many = [_RUNS * rate for rate in rates["many"]]
        result = Result(
            name, Measured.of(rates["one"]), Measured.of(many), Measured.ratio(many, rates["one"])
        )
        cells = (per_second(result.one.median), per_second(result.many.median), times(result.ratio))
        report.row([name, *cells], result)
    report.begin_table(COLUMNS)
    for aim in lockstep.figures(chosen.rounds, chosen.seconds):
        report.row(aim.cells, aim)
    report.write(
        "Steps a second, those of all runs added up; ± is half the width of the middle half. The window is\n"
        "1400x900 with every plot; a frame is counted when it is on the screen."
    )
    return 0
