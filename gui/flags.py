"""The flags of the command line, made from the declarations that the form is made from."""

from __future__ import annotations

import argparse
import difflib
import math
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from engine.comparisons import COMPARISONS
from engine.config import BATCH_SIZE, EXPERIMENT_SETTINGS, RUN_REGISTRIES, RUN_SETTINGS, Experiment, RunConfig
from engine.datasets import DATASETS
from engine.fields import Number, OneOf, Parameter, Switch, Variant, brief
from engine.layers import format_layers
from engine.run_config import N_SEEDS
from engine.sampling.sample_laws import SAMPLE_LAWS
from engine.sampling.settings import BINS, COUNT
from engine.version import VERSION
from engine.written import read_number

REGISTRIES: dict[str, Mapping[str, Variant]] = {"dataset": DATASETS, **RUN_REGISTRIES}
"""Fields that hold a choice -> where it chooses from."""

FIGURE_FORMATS = ("png", "svg", "pdf")

MAX_FRAMES = 500
"""How many frames are recorded at most, where nobody says how often."""

JOB_SETTINGS = {
    "steps": Number("steps", "number of steps", "Train this many steps. Default: 500.", 500, 0, 10**9, True),
    "epochs": Number("epochs", "number of epochs", "Train this many epochs instead.", 1, 0, 10**9, True),
    "every": Number(
        "every",
        "number of steps between frames",
        "Record a frame, which is a row of metrics.csv, every this many steps, and at the beginning and the "
        f"end. Default: so that there are at most {MAX_FRAMES}.",
        1,
        1,
        10**9,
        True,
    ),
}

SAMPLING_FLAGS = ("sample", "vs", "n", "bins")
"""What only --sample understands."""

_FULL = "full"
"""What is given in place of a batch size, for all training samples."""

_NAMES = {"bias_initializer": "bias-init"}
_PARAMETER_PREFIXES = {
    "activation": "activation-",
    "initializer": "init-",
    "bias_initializer": "bias-",
    "loss": "loss-",
}

_USAGE = """\
%(prog)s [FILE.json] [settings]
       %(prog)s --headless --out DIR [--steps N] [settings]
       %(prog)s --sample LAW [--vs LAW] [--n N] [--bins N] [--seed N] --out DIR"""

_DESCRIPTION = """\
InitScope shows what the initialization of a neural network does: choose layers,
activation and initializer, watch the network train, step through the training
frame by frame, and export what you see.

Without arguments, a window opens. With settings, it opens with them; a setting
that is not given has its default. With --headless there is no window: the
network is trained, and figures and numbers go to a folder. With --sample
nothing is trained: random numbers are drawn, and figures and a table of their
statistics go to a folder."""

_EPILOG = """\
examples:
  %(prog)s
  %(prog)s --hidden 100x5 --activation tanh --initializer normal --init-std 0.01
  %(prog)s --headless --out relu --hidden 32,32 --activation relu \\
          --initializer he_normal --steps 500 --seed 0
  %(prog)s --headless --out again --config relu/config.json --seed 1 --format svg,pdf
  %(prog)s --headless --out inits --compare zeros,normal,he_normal --seeds 8
  %(prog)s --sample randn --vs rand --n 100000 --out numbers
  %(prog)s --sample "normal(mean=1, std=0.5)" --vs "he_normal(fan_in=64)" --out laws

The same config.json gives the same numbers, bit for bit, with the same BLAS
library and as many threads of it: one less than there are cores, or what
OPENBLAS_NUM_THREADS or OMP_NUM_THREADS says."""


_FLAG = re.compile(r"--[a-z0-9-]+")
_NEGATIVE_WITH_COMMA = re.compile(r"-\d*,\d+([eE][+-]?\d+)?")


class FlagParser(argparse.ArgumentParser):
    """Knows all flags. What is not given does not appear in the result of `read`.

    Attributes:
        flags: field ("seed", "initializer.std") -> its flag.
    """

    def __init__(self) -> None:
        super().__init__(
            usage=_USAGE,
            description=_DESCRIPTION,
            epilog=_EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            argument_default=argparse.SUPPRESS,
            allow_abbrev=False,
            add_help=False,
            exit_on_error=False,
        )
        self._numbers: dict[str, Number] = {}
        self._add_general()
        self._add_headless()
        self._add_comparison()
        self._add_sampling()
        self._add_data()
        self._add_network()
        self._add_training()
        self.flags = {
            action.dest: action.option_strings[0] for action in self._actions if action.option_strings
        }

    def read(self, arguments: Sequence[str]) -> dict[str, Any]:
        """Return what is given, by field; values are only read here, not checked.

        Raises:
            ConfigError: if a number can be read as two, or would become zero.
            SystemExit: with 0 after --help and --version, with 2 after an error.
        """
        given = self._given(arguments)
        for field, number in self._numbers.items():
            if field in given:
                given[field] = _read(number, given[field], field)
        if given.get("batch_size") == _FULL:
            given["batch_size"] = None
        return given

    def _given(self, arguments: Sequence[str]) -> dict[str, Any]:
        try:
            namespace, unknown = self.parse_known_args(_joined(arguments))
        except argparse.ArgumentError as error:
            wanted = "a value" if error.message.startswith("expected") else "no value"
            self.error(f"{error.argument_name} takes {wanted}; --help shows how it is written.")
        if unknown:
            near = _nearest(unknown[0].partition("=")[0], self._option_string_actions)
            advice = f"did you mean {near}?" if near else "--help lists all."
            self.error(f"unknown argument {unknown[0]!r}; {advice}")
        for field, value in vars(namespace).items():
            if value == []:
                # What Python before 3.12.5 makes of --seed=--.
                self.error(f"{self.flags[field]} takes a value; --help shows how it is written.")
        return vars(namespace)

    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong, without the usage, and exit with 2."""
        self.exit(2, f"{self.prog}: {message}\n")

    def _add_general(self) -> None:
        add = self.add_argument_group("general").add_argument
        # argparse would take the suppressed default of a positional argument for a name.
        add("file", nargs="?", type=_path, default=None, metavar="FILE.json", help="An experiment to open.")
        add(
            "--config",
            type=_path,
            metavar="FILE.json",
            help="Take all settings from an experiment, without opening its file. Flags override it.",
        )
        add("-h", "--help", action="help", help="Show this and exit.")
        add(
            "--doctor",
            action="store_true",
            help="Show versions, the BLAS library with its kernels and threads, the display, and what is "
            "missing, and exit: with 0, or with 1 if something is missing.",
        )
        add("--version", action="version", version=f"InitScope {VERSION}", help="Show the version and exit.")

    def _add_headless(self) -> None:
        group = self.add_argument_group("without a window")
        group.add_argument(
            "--headless", action="store_true", help="Train without a window, write to --out, and exit."
        )
        group.add_argument(
            "--out",
            type=_path,
            metavar="DIR",
            help="The folder for the figures of the last step (loss, activations, gradients), metrics.csv "
            "(a row per frame and run, and per seed where there are several) and config.json. It is "
            "created if it is missing; files of these names are replaced.",
        )
        group.add_argument(
            "--format",
            metavar="LIST",
            help=f"Formats of the figures: some of {', '.join(FIGURE_FORMATS)}, or none. Default: png.",
        )
        for field, number in JOB_SETTINGS.items():
            self._add(group, field, number, number.help)

    def _add_comparison(self) -> None:
        group = self.add_argument_group("comparison: several runs on the same mini-batches")
        group.add_argument(
            "--compare",
            metavar="LIST",
            help="A run for each initializer of a list, as in zeros,he_normal or rand,normal(std=0.02); all "
            f"else is alike. Or one of {', '.join(COMPARISONS)}: those that everybody wants to see. "
            "Settings of what is compared, as --init-std, cannot be given beside it.",
        )
        self._add(group, "n_seeds", N_SEEDS, f"{N_SEEDS.help} Default: 1.")

    def _add_sampling(self) -> None:
        group = self.add_argument_group("random numbers, without a window")
        texts = {
            "sample": "Draw from this law: write large_numbers, one_draw, two_laws and seeds as figures, and "
            f"statistics.csv, to --out. LAW is one of {', '.join(SAMPLE_LAWS)}, with parameters as in "
            "normal(mean=0, std=0.5).",
            "vs": "A second law, beside the first.",
        }
        for field, text in texts.items():
            group.add_argument(f"--{field}", metavar="LAW", help=text)
        for field, number, text in (
            ("n", COUNT, "How many numbers the histograms and the statistics are of."),
            ("bins", BINS, BINS.help),
        ):
            self._add(group, field, number, f"{text} Default: {number.default:,}.")

    def _add_data(self) -> None:
        group = self.add_argument_group("data")
        self._add_choice(group, "dataset", Experiment().dataset.name)
        for field, setting in EXPERIMENT_SETTINGS.items():
            self._add(group, field, setting)

    def _add_network(self) -> None:
        group = self.add_argument_group("network and initialization")
        group.add_argument(
            "--hidden",
            metavar="LIST",
            help="Widths of the hidden layers, as in 32,32 or 100x5,20 (100x5 is five layers of 100); an "
            f"empty list is no hidden layer. Layers that are no longer there take their own settings along; "
            f"the output layer keeps its own. Default: {format_layers(RunConfig().hidden)}.",
        )
        for field in ("activation", "initializer", "bias_initializer"):
            self._add_choice(group, field, getattr(RunConfig(), field).name)
        self._add(group, "seed", RUN_SETTINGS["seed"])

    def _add_training(self) -> None:
        group = self.add_argument_group("training")
        for field in ("loss", "optimizer"):
            self._add_choice(group, field, getattr(RunConfig(), field).name)
        rate = RUN_SETTINGS["learning_rate"]
        self._add(
            group,
            "learning_rate",
            rate,
            f"{rate.help} Default: what suits the optimizer, {rate.default} for SGD.",
        )
        self._add(group, "l2", RUN_SETTINGS["l2"])
        self._numbers["batch_size"] = BATCH_SIZE
        group.add_argument(
            "--batch-size",
            metavar=f"N|{_FULL}",
            help=f"{BATCH_SIZE.help} Or {_FULL}: all training samples. Default: {BATCH_SIZE.default}.",
        )

    def _add_choice(self, group: argparse._ArgumentGroup, field: str, default: str) -> None:
        """Add the flag of a choice, and one per parameter that any of its variants has."""
        registry = REGISTRIES[field]
        text = f"One of {', '.join(registry)}. Default: {default}."
        group.add_argument(f"--{_NAMES.get(field, field)}", dest=field, metavar="NAME", help=text)
        for name in dict.fromkeys(
            parameter.name for entry in registry.values() for parameter in entry.parameters
        ):
            having = owners(registry, name)
            parameter, *others = having.values()
            same = all(other.help == parameter.help for other in others)
            text = f"{parameter.help if same else f'{parameter.label.capitalize()}.'} For {listed(having)}."
            self._add(group, f"{field}.{name}", parameter, text)

    def _add(
        self, group: argparse._ArgumentGroup, field: str, setting: Number | OneOf | Switch, text: str = ""
    ) -> None:
        owner, _, name = field.rpartition(".")
        flag = f"--{_PARAMETER_PREFIXES.get(owner, '')}{name.removeprefix('n_').replace('_', '-')}"
        # A percent sign stands for itself.
        text = (text or f"{setting.help} Default: {_default(setting)}.").replace("%", "%%")
        match setting:
            case Number():
                self._numbers[field] = setting
                group.add_argument(flag, dest=field, metavar="N" if setting.integer else "X", help=text)
            case OneOf():
                group.add_argument(flag, dest=field, metavar="|".join(setting.choices), help=text)
            case Switch():
                group.add_argument(flag, dest=field, action=argparse.BooleanOptionalAction, help=text)


def _path(text: str) -> Path:
    """Read a path; an empty one, as of a variable that is not set, would be the folder that one is in."""
    if not text:
        raise argparse.ArgumentTypeError("expected a path")
    return Path(text)


def _joined(arguments: Sequence[str]) -> list[str]:
    """Join a flag and a negative number with a comma after it, which argparse would take for a flag."""
    joined: list[str] = []
    for argument in arguments:
        if joined and _FLAG.fullmatch(joined[-1]) and _NEGATIVE_WITH_COMMA.fullmatch(argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _nearest(unknown: str, flags: Collection[str]) -> str | None:
    """Return the flag that was probably meant: --learning-rate for --lr, --learn, --rate, --lerning-rate."""
    names = {flag.lstrip("-"): flag for flag in flags}
    name = unknown.lstrip("-")
    by_initials = [known for known in names if name == "".join(word[:1] for word in known.split("-"))]
    by_start = [known for known in names if len(name) > 1 and known.startswith(name)]
    by_end = [known for known in names if known.endswith(f"-{name}")]
    near = [*by_initials, *by_start, *by_end, *difflib.get_close_matches(name, names, n=1)]
    return names[near[0]] if near else None


def owners(registry: Mapping[str, Variant], name: str) -> dict[str, Parameter]:
    """Return the variants that have a parameter of that name, each with it."""
    return {
        variant: parameter
        for variant, entry in registry.items()
        for parameter in entry.parameters
        if parameter.name == name
    }


def listed(having: Mapping[str, Parameter]) -> str:
    """Name variants with the default of the parameter that they have: "normal (0.01), sparse (0.1)"."""
    return ", ".join(f"{variant} ({_default(parameter)})" for variant, parameter in having.items())


def _default(setting: Number | OneOf | Switch) -> str:
    match setting:
        case Number():
            return brief(setting.default)
        case OneOf():
            return setting.default
        case Switch():
            return "yes" if setting.default else "no"


def _read(number: Number, text: str, field: str) -> float | str:
    """Read a number; what is none, or is beyond all, is left for the check to refuse as it was typed."""
    value = read_number(number, text, field)
    return text if value in (math.inf, -math.inf) else value
