"""When playing stops of itself: rules that look at the frames.

A rule holds at a frame, or not. Playing stops at the first frame at which a rule begins to hold, so what is
already so when a person presses play does not keep the training from going on.

Of a run with several weight seeds the median counts, over those that have not diverged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.fields import Choice, Number, OneOf, Parameter, brief, choose
from engine.frame import Frame
from engine.history import History
from engine.pooling import median_band


@dataclass(frozen=True)
class StopRule:
    """A rule: what a person reads about it, and `holds(history, **parameters)` at the newest frame."""

    label: str
    brief: str
    """What holds, with its parameters in braces."""
    formula: str
    explanation: str
    holds: Callable[..., bool]
    parameters: tuple[Parameter, ...] = ()
    reference: str = ""


def loss_below(history: History, value: float, of: str, runs: str) -> bool:
    """Whether the loss of any run, or of all, is below a value."""
    frame = history.last
    return _of_runs(runs, [frame.median(run, f"{of}_loss") < value for run in range(len(frame.runs))])


def accuracy_above(history: History, value: float, of: str, runs: str) -> bool:
    """Whether the accuracy of any run, or of all, is above a value."""
    frame = history.last
    return _of_runs(runs, [frame.median(run, f"{of}_accuracy") > value for run in range(len(frame.runs))])


def no_progress(history: History, epochs: int, gain: float, runs: str) -> bool:
    """Whether the smallest training loss has hardly fallen in the last epochs; diverged runs make none."""
    return _of_runs(
        runs,
        [no_progress_of(history, run, history.last, epochs, gain) for run in range(len(history.last.runs))],
    )


def no_progress_of(history: History, run: int, frame: Frame, epochs: float, gain: float) -> bool:
    """Whether one run's smallest training loss has fallen by less than a share in the epochs up to a frame.

    Args:
        history: has the frame in question.
        run: which run.
        frame: where to look back from.
        epochs: how far to look back; a shorter history says nothing.
        gain: the share of the smallest loss before that counts as progress.
    """
    if frame.run_diverged(run):
        return True
    before = history.count_until_epoch(frame.epoch - epochs)
    if not before:
        return False
    if len(frame.seeds(run)) > 1:
        losses = history.bands(run, "train_loss", median_band)[1].middle
    else:
        losses = history.scalars(run, "train_loss")[1]
    losses = losses[: history.count_until_epoch(frame.epoch)]
    # A loss can be no number for a while where the weights are finite.
    best = np.fmin.reduce(losses[:before])
    return not bool(np.fmin.reduce(losses[before:]) < (1 - gain) * best)


def divergence(history: History, runs: str) -> bool:
    """Whether any run has diverged, with any of its seeds, or all have with all of them."""
    frame = history.last
    if runs == "all":
        return frame.diverged
    every = (seen for run in range(len(frame.runs)) for seen in frame.seeds(run))
    return any(seen.divergence is not None for seen in every)


def at_step(history: History, step: int) -> bool:
    """Whether the training has come to a step."""
    return history.last.step >= step


def _of_runs(runs: str, held: Sequence[bool]) -> bool:
    return any(held) if runs == "any" else all(held)


_RUNS = OneOf(
    "runs", "runs", "Whether one run is enough.", "all", {"any": "any of the runs", "all": "all runs"}
)
_OF = OneOf(
    "of",
    "of",
    "Which samples to look at.",
    "train",
    {"train": "training samples", "validation": "validation samples"},
)

STOP_RULES: dict[str, StopRule] = {
    "loss_below": StopRule(
        label="Loss below",
        brief="loss of {of} below {value}",
        formula="loss < value",
        explanation="Stops when the loss has fallen below a value; of several weight seeds, their median.",
        holds=loss_below,
        parameters=(Number("value", "loss", "Stop below this loss.", 0.1, 0.0, 1e6), _OF, _RUNS),
    ),
    "accuracy_above": StopRule(
        label="Accuracy above",
        brief="accuracy of {of} above {value}",
        formula="accuracy > value",
        explanation="Stops when more than this share of the samples is classified rightly; of several weight "
        "seeds, their median.",
        holds=accuracy_above,
        parameters=(Number("value", "accuracy", "Stop above this share.", 0.95, 0.0, 1.0), _OF, _RUNS),
    ),
    "no_progress": StopRule(
        label="No progress",
        brief="no progress in {epochs} epochs",
        formula="min of the last k epochs >= (1 - gain) · min before",
        explanation="Stops when the smallest training loss has hardly fallen in so many epochs; of several "
        "weight seeds, their median.",
        holds=no_progress,
        parameters=(
            Number("epochs", "epochs", "How many epochs to wait for progress.", 10, 1, 1_000_000, True),
            Number("gain", "gain", "A fall by this share of the loss is progress.", 0.01, 0.0, 1.0),
            _RUNS,
        ),
    ),
    "divergence": StopRule(
        label="Divergence",
        brief="divergence",
        formula="numbers that are not finite",
        explanation="Stops when a run diverges, with any weight seed; when all have, it always stops.",
        holds=divergence,
        parameters=(
            OneOf(
                "runs",
                "runs",
                "Whether one run is enough.",
                "any",
                {"any": "any of the runs", "all": "all runs"},
            ),
        ),
    ),
    "step": StopRule(
        label="At a step",
        brief="step {step}",
        formula="step = n",
        explanation="Stops exactly after so many steps.",
        holds=at_step,
        parameters=(Number("step", "step", "Stop after so many steps.", 1000, 1, 2**53, True),),
    ),
}


def describe_rule(rule: Choice, n_runs: int) -> str:
    """Say when a rule stops, of so many runs: "loss of training samples below 0.1 in all runs"."""
    variant = STOP_RULES[rule.name]
    words = {
        parameter.name: _in_words(parameter, rule.parameters[parameter.name])
        for parameter in variant.parameters
    }
    text = variant.brief.format(**words)
    return f"{text} in {words['runs']}" if n_runs > 1 and "runs" in words else text


def _in_words(parameter: Parameter, value: float | int | str) -> str:
    if isinstance(parameter, OneOf):
        return parameter.choices[str(value)]
    return f"{value:,}" if isinstance(value, int) else brief(float(value), 6)


class Stop:
    """Rules that end a play at the first frame at which one of them begins to hold.

    Attributes:
        by: the rule that has ended the last play, if one has.
    """

    def __init__(self) -> None:
        self.by: Choice | None = None
        self._rules: tuple[Choice, ...] = ()
        self._held: set[Choice] = set()

    @property
    def rules(self) -> tuple[Choice, ...]:
        """Choices of STOP_RULES."""
        return self._rules

    @rules.setter
    def rules(self, rules: Sequence[Choice]) -> None:
        """Take other rules.

        Raises:
            ConfigError: for `stop_when` if one of them cannot be.
        """
        checked = (choose(STOP_RULES, "stop_when", rule.name, rule.parameters) for rule in rules)
        self._rules = tuple(checked)

    def begin(self, history: History) -> None:
        """Begin to play: what holds already stops nothing."""
        self.by = None
        self._held = self._holding(history)

    def at(self, history: History) -> bool:
        """Return whether to stop at the newest frame, because a rule holds that did not at the one before."""
        held, self._held = self._held, self._holding(history)
        self.by = next((rule for rule in self._rules if rule in self._held - held), None)
        return self.by is not None

    def steps_from(self, step: int) -> float:
        """Return how many steps after `step` a rule names a step at which to stop; infinite if none does."""
        named = [rule.parameters["step"] - step for rule in self._rules if rule.name == "step"]
        return min((steps for steps in named if steps > 0), default=math.inf)

    def _holding(self, history: History) -> set[Choice]:
        if not len(history):
            return set()
        return {rule for rule in self._rules if STOP_RULES[rule.name].holds(history, **rule.parameters)}
