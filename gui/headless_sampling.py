"""The sampling bench without a window: figures and a table of statistics go to a folder."""

from __future__ import annotations

import sys

from engine.fields import ConfigError
from engine.sampling.comparison import draw_sample, statistics_table
from engine.sampling.settings import SEED
from gui.command_line import SamplingJob
from gui.headless_output import JobError, check_figures, check_folder, refuse, write_files

TABLE = "statistics.csv"
FIGURES = ("large_numbers", "one_draw", "two_laws", "seeds")
"""One picture each, of this name."""


def run(job: SamplingJob) -> int:
    """Do a job, and return the exit code: 0, or 2 with one line on stderr and nothing written."""
    try:
        check_figures(job.formats)
        figures = [f"{name}.{suffix}" for name in FIGURES for suffix in job.formats]
        check_folder(job.folder, [*figures, TABLE])
        files = _figures(job)
        samples = [draw_sample(law, job.n, job.seed) for law in job.laws]
        files[TABLE] = statistics_table(samples).to_csv().encode()
        write_files(job.folder, files)
    except (ConfigError, JobError) as error:
        return refuse(str(error))
    except MemoryError:
        return refuse(f"The memory is used up by {job.n:,} numbers; give a smaller --n.")
    sys.stdout.write(f"Wrote {', '.join(files)} to {job.folder}.\n")
    return 0


def _figures(job: SamplingJob) -> dict[str, bytes]:
    """Draw the pictures of the bench; Qt is imported only where they are wanted."""
    if not job.formats:
        return {}
    from gui.figure import ExportError
    from gui.headless_figures import render
    from gui.sampling.questions import (
        LargeNumbersQuestion,
        OneDrawQuestion,
        SeedsQuestion,
        TwoLawsQuestion,
    )
    from gui.sampling.shot import Answered, BenchShot

    law = job.laws[0]
    other = job.seed + 1 if job.seed < SEED.maximum else 0
    questions = {
        "large_numbers": LargeNumbersQuestion(law, seed=job.seed),
        "one_draw": OneDrawQuestion(law, seed=job.seed),
        "two_laws": TwoLawsQuestion(job.laws, job.n, job.bins, job.seed),
        "seeds": SeedsQuestion(job.seed, other),
    }
    answered = {}
    for name, question in questions.items():
        *_, result = question.results()
        answered[name] = Answered(question, result)
    try:
        return render(BenchShot(answered), {name: (name,) for name in FIGURES}, job.formats)
    except ExportError as error:
        raise JobError(str(error)) from error
