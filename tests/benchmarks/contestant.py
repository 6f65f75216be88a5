"""One program in a process of its own, which trains for as long as it is told on its standard input.

It gets a line with what to do, as JSON, and answers with its loss after the first steps; then it gets lines
with seconds, and answers each with the steps per second that it did in that time.
"""

from __future__ import annotations

import json
import os
import sys
import time

from engine import experiment_file
from engine.config import steps_per_epoch
from tests.benchmarks.programs import PROGRAMS, Task

CHECKED_STEPS = 20
"""After so many steps all programs must have the same loss."""


def main() -> None:
    """Do what is asked for until the input ends."""
    orders = json.loads(sys.stdin.readline())
    if orders["cores"] is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, orders["cores"])
    clock = time.process_time if orders["processor_time"] else time.perf_counter
    experiment = experiment_file.from_json(orders["experiment"])
    program = PROGRAMS[orders["program"]].make(Task(experiment))
    program.train(CHECKED_STEPS)
    print(program.loss(), flush=True)
    # From here on whole epochs: what compiles for a number of steps does it once.
    epoch = steps_per_epoch(experiment.n_train, experiment.batch_size)
    program.train(-CHECKED_STEPS % epoch)
    program.train(epoch)
    for line in sys.stdin:
        steps, began = 0, clock()
        while clock() - began < float(line):
            program.train(epoch)
            steps += epoch
        print(steps / (clock() - began), flush=True)


if __name__ == "__main__":
    main()
