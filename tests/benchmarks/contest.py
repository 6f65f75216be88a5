"""Programs beside each other: each in its own process, on the same cores, with the same number of threads.

They take turns, one measurement each per round, so that a machine that is now faster and now slower treats
all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from engine import blas, experiment_file
from engine.config import Experiment
from tests.benchmarks.programs import OURS, PEERS, PROGRAMS
from tests.benchmarks.report import MISSING, Measured, options

TOLERANCE = 1e-4
"""How far the losses after the first steps may be apart."""


class ContestError(Exception):
    """A contest that cannot be held: a program failed, or does not compute the same as the others."""


@dataclass(frozen=True)
class Entrant:
    """A program and what it trains."""

    program: str
    experiment: Experiment


@dataclass(frozen=True)
class Conditions:
    """How all programs of a contest are measured.

    Attributes:
        threads: of each program; it is held to as many cores. None: as the program chooses, on all cores.
        rounds: how often each is measured.
        seconds: how long each time.
        processor_time: whether the processor's time is counted, not that on the clock.
    """

    threads: int | None
    rounds: int
    seconds: float
    processor_time: bool

    @property
    def cores(self) -> list[int] | None:
        """The cores that the programs may use; the last ones, because the first has most to do besides."""
        if self.threads is None or not hasattr(os, "sched_getaffinity"):
            return None
        return sorted(os.sched_getaffinity(0))[-self.threads :]

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the programs' processes."""
        inherited = {name: value for name, value in os.environ.items() if name not in blas.THREAD_VARIABLES}
        inherited["JAX_PLATFORMS"] = "cpu"
        if self.threads is None:
            chosen = dict(inherited)
            blas.leave_a_core(chosen)
            return chosen
        if self.threads == 1:
            inherited["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        names = (*blas.THREAD_VARIABLES, "MKL_NUM_THREADS")
        return inherited | dict.fromkeys(names, str(self.threads))


def contest_options(
    name: str, description: str | None, seconds: float
) -> tuple[argparse.ArgumentParser, argparse._MutuallyExclusiveGroup]:
    """Return a parser with the options of a contest, and those of them that exclude each other.

    Args:
        name: of the part.
        description: for its help.
        seconds: how long each measurement takes if nothing is said.
    """
    parser = options(name, description, 5)
    parser.add_argument("--seconds", type=float, default=seconds, help=f"of each measurement ({seconds})")
    exclusive = parser.add_mutually_exclusive_group()
    exclusive.add_argument("--threads", type=int, default=1, help="of each program, on as many cores (1)")
    exclusive.add_argument(
        "--processor-time",
        action="store_true",
        help="count the time of the processor, not of the clock, on a machine that does other work too",
    )
    return parser, exclusive


def conditions(chosen: argparse.Namespace) -> Conditions:
    """Return what the options say."""
    return Conditions(chosen.threads, chosen.rounds, chosen.seconds, chosen.processor_time)


class Contestant:
    """A program in a process of its own.

    Attributes:
        loss: after the first steps.
    """

    def __init__(self, entrant: Entrant, under: Conditions) -> None:
        """Start it, and wait until it is ready to be measured."""
        self._name = entrant.program
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.contestant"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=under.environment,
            text=True,
        )
        orders = {
            "program": entrant.program,
            "experiment": experiment_file.to_json(entrant.experiment),
            "cores": under.cores,
            "processor_time": under.processor_time,
        }
        self.loss = self._ask(json.dumps(orders))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def rate(self, seconds: float) -> float:
        """Return the steps per second over so long."""
        return self._ask(str(seconds))

    def _ask(self, line: str) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            self._process.communicate()
            raise ContestError(f"{self._name} ended with code {self._process.returncode}; it says why above")
        return float(answer)


def contest(entrants: Mapping[str, Entrant], under: Conditions) -> dict[str, list[float]]:
    """Return the steps per second of each entrant, round by round.

    Raises:
        ContestError: if a program fails, or not all have the same loss after the same steps.
    """
    with ExitStack() as running:
        contestants = {
            name: running.enter_context(Contestant(entrant, under)) for name, entrant in entrants.items()
        }
        check_agreement({name: contestant.loss for name, contestant in contestants.items()})
        rates: dict[str, list[float]] = {name: [] for name in contestants}
        order = list(contestants)
        for _ in range(under.rounds):
            for name in order:
                rates[name].append(contestants[name].rate(under.seconds))
            order.reverse()
    return rates


def check_agreement(losses: Mapping[str, float]) -> None:
    """Refuse losses that are not the same.

    Raises:
        ContestError: with all of them.
    """
    first, *others = losses.values()
    # Written so that it holds for no loss that is not a number.
    if not all(abs(other - first) <= TOLERANCE * max(1.0, abs(first)) for other in [first, *others]):
        listed = ", ".join(f"{name} {loss:.6f}" for name, loss in losses.items())
        raise ContestError(f"the programs do not compute the same; their losses are {listed}")


def against_peers(experiment: Experiment, under: Conditions) -> dict[str, list[float]]:
    """Return the steps per second of this program and of each that is installed, round by round."""
    entrants = {name: Entrant(name, experiment) for name, entry in PROGRAMS.items() if entry.installed}
    return contest(entrants, under)


def compared(rates: Mapping[str, Sequence[float]]) -> dict[str, Measured]:
    """Return how many times as fast as each peer this program is."""
    return {name: Measured.ratio(rates[OURS], rates[name]) for name in PEERS if name in rates}


def versus(name: str, rates: Mapping[str, Sequence[float]], shown: Callable[[float], str]) -> str:
    """Return the cell of a peer: its figure, and how many times as fast this program is.

    Args:
        name: of the peer.
        rates: of all, round by round.
        shown: turns steps per second into what the table shows.
    """
    if name not in rates:
        return MISSING
    ratio = Measured.ratio(rates[OURS], rates[name])
    return f"{shown(Measured.of(rates[name]).median)} ({times(ratio)})"


def times(ratio: Measured) -> str:
    """Write a ratio with its spread."""
    return f"{ratio.median:.2f}x ±{ratio.spread:.2f}"


def per_second(rate: float) -> str:
    """Write steps per second."""
    return f"{rate:,.0f}"


def microseconds(rate: float) -> str:
    """Write the time of a step."""
    return f"{1e6 / rate:,.0f}"
