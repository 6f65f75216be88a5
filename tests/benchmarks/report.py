"""What every benchmark prints and writes: a table, row by row as it is measured, and a JSON file."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine import blas

FOLDER = Path("bench-results")
"""Where the JSON files go."""

MISSING = "-"
"""What stands in the table for a program that is not installed."""


@dataclass(frozen=True)
class Measured:
    """A figure over the rounds: the median, and the bounds of the middle half."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Measured:
        """Return the figure of these rounds."""
        low, median, high = np.percentile(values, [25, 50, 75])
        return cls(float(median), float(low), float(high))

    @classmethod
    def ratio(cls, ours: Sequence[float], theirs: Sequence[float]) -> Measured:
        """Return how many times theirs ours is, round by round: both met the same disturbances."""
        return cls.of([own / other for own, other in zip(ours, theirs, strict=True)])

    @property
    def spread(self) -> float:
        """Half the width of the middle half."""
        return (self.high - self.low) / 2


def options(name: str, description: str | None, rounds: int) -> argparse.ArgumentParser:
    """Return a parser with the options that every part has.

    Args:
        name: of the part.
        description: for its help.
        rounds: how many there are if nothing is said.
    """
    parser = argparse.ArgumentParser(prog=f"scripts/bench {name}", description=description)
    parser.set_defaults(name=name)
    parser.add_argument("--rounds", type=int, default=rounds, help=f"how many rounds ({rounds})")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument(
        "--json",
        type=Path,
        help=f"write the figures to this file ({FOLDER / f'{name}.json'})",
    )
    return parser


class Report:
    """A table on the terminal, or several, and the figures behind them in a file."""

    def __init__(self, chosen: argparse.Namespace, columns: Mapping[str, int]) -> None:
        """Print the head of the table.

        Args:
            chosen: the options, as `options` reads them.
            columns: title -> width; the first column is flush left, the others right.
        """
        self._chosen = chosen
        self._figures: list[Any] = []
        print(machine(), flush=True)
        self.begin_table(columns)

    def begin_table(self, columns: Mapping[str, int]) -> None:
        """Print the head of another table, whose rows come next."""
        self._widths = list(columns.values())
        print()
        self._print(columns)
        if self._chosen.markdown:
            self._print(["---", *["---:"] * (len(columns) - 1)])

    def row(self, cells: Sequence[str], figures: Any) -> None:
        """Print a row, and keep its figures (a dataclass) for the file."""
        self._print(cells)
        self._figures.append(asdict(figures))

    def write(self, note: str = "") -> None:
        """Write the file, and print under the table how it is to be read."""
        if note:
            print(f"\n{note}")
        content = {
            "benchmark": self._chosen.name,
            "machine": machine(),
            "options": {name: str(value) for name, value in vars(self._chosen).items()},
            "results": self._figures,
        }
        file: Path = self._chosen.json or FOLDER / f"{self._chosen.name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=1))
        print(f"\nThe figures are in {file}.\n", flush=True)

    def _print(self, cells: Iterable[str]) -> None:
        if self._chosen.markdown:
            print(f"| {' | '.join(cells)} |", flush=True)
        else:
            first, *rest = zip(cells, self._widths, strict=True)
            parts = [f"{first[0]:{first[1]}}", *(f"{cell:>{width}}" for cell, width in rest)]
            print("".join(parts), flush=True)


def machine() -> str:
    """Return the line that says on what was measured."""
    cores = os.cpu_count()
    return (
        f"{_processor()}, {cores} core{'s' if cores != 1 else ''}, {platform.system()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__}, {blas.describe()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
