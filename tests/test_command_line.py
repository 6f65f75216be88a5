"""What a command line asks for, and how a mistake in it is named."""

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import experiment_file
from engine.comparisons import COMPARISONS
from engine.config import (
    EXPERIMENT_SETTINGS,
    RUN_REGISTRIES,
    RUN_SETTINGS,
    Change,
    Experiment,
    LayerOverride,
    RunConfig,
)
from engine.datasets import DATASETS
from engine.fields import Choice, Number, OneOf, Parameter, Switch
from engine.optimizers import OPTIMIZERS
from gui.command_line import Job, Opening, parse
from gui.flags import MAX_FRAMES, FlagParser
from tests.command_lines import job, opening, refused

ROOT = Path(__file__).resolve().parent.parent
REGISTRIES = {"dataset": DATASETS, **RUN_REGISTRIES}
FLAGS = FlagParser().flags

PARAMETERS = [
    pytest.param(field, variant, parameter, id=f"{field}-{variant}-{parameter.name}")
    for field, registry in REGISTRIES.items()
    for variant, entry in registry.items()
    for parameter in entry.parameters
]


def another(setting: Number | OneOf | Switch) -> Any:
    """Return an allowed value that is not the default."""
    match setting:
        case Number():
            return setting.maximum if setting.default != setting.maximum else setting.minimum
        case OneOf():
            return next(name for name in setting.choices if name != setting.default)
        case Switch():
            return not setting.default


def test_nothing_asks_for_a_window_with_nothing() -> None:
    assert parse([]) == Opening(None, None)


def test_a_file_is_opened(tmp_path: Path) -> None:
    experiment = Experiment((RunConfig(seed=5),), changes=(Change(3, 0, "l2", 0.5),))
    path = tmp_path / "a.json"
    experiment_file.save(experiment, path)
    assert parse([str(path)]) == Opening(experiment, path)
    assert parse(["--config", str(path)]) == Opening(experiment, None)
    changed = experiment.with_runs([RunConfig(seed=6)])
    assert parse([str(path), "--seed", "6"]) == Opening(changed, path)


def test_the_example_of_the_readme() -> None:
    given = "--dataset digits --hidden 32,32 --activation relu --initializer he_normal --steps 500 --seed 0"
    assert job(*given.split()) == Job(Experiment(), 500, 1, Path("folder"), ("png",))


LEAKY = Choice("leaky_relu", {"slope": 0.3})
HE = Choice("he_normal", {"gain": 1, "mode": "fan_out"})
MOMENTUM = Choice("momentum", {"momentum": 0.5})
FLAGS_OF_A_RUN = {
    "--learning-rate 1e-3": RunConfig(learning_rate=0.001),
    "--l2 0.5 --seed 7": RunConfig(l2=0.5, seed=7),
    "--hidden 100x3,20": RunConfig((100, 100, 100, 20)),
    "--hidden=": RunConfig(()),
    "--activation leaky_relu --activation-slope 0.3": RunConfig(activation=LEAKY),
    "--initializer normal --init-std 0.02": RunConfig(initializer=Choice("normal", {"std": 0.02})),
    "--init-gain 1 --init-mode fan_out": RunConfig(initializer=HE),
    "--bias-init normal --bias-std 2": RunConfig(bias_initializer=Choice("normal", {"std": 2})),
    "--loss quadratic": RunConfig(loss=Choice("quadratic")),
    "--optimizer momentum --momentum 0.5 --learning-rate 1": RunConfig(optimizer=MOMENTUM, learning_rate=1),
}

WITH_A_COMMA = {
    "--learning-rate 0,01": "--learning-rate 0.01",
    "--l2 ,5": "--l2 .5",
    "--train-fraction 0,5": "--train-fraction 0.5",
    "--initializer normal --init-std 1,5e-2": "--initializer normal --init-std 0.015",
    "--dataset moons --noise 0,2 --samples 1,000": "--dataset moons --noise 0.2 --samples 1000",
    "--batch-size 1,000": "--batch-size 1000",
}
"""Arguments -> the same with a point, and without one between thousands."""


@pytest.mark.parametrize("arguments", WITH_A_COMMA)
def test_numbers_may_have_a_comma(arguments: str) -> None:
    assert opening(*arguments.split()) == opening(*WITH_A_COMMA[arguments].split())


@pytest.mark.parametrize("number", ["-0,5", "-,5", "-5,0e-1", "-0.5"])
def test_a_negative_number_may_stand_after_its_flag_with_a_comma_too(number: str) -> None:
    run = opening("--bias-init", "constant", "--bias-value", number).runs[0]
    assert run.bias_initializer.parameters["value"] == -0.5


def test_a_comma_between_two_numbers_still_makes_a_list() -> None:
    assert opening("--hidden", "10,100").runs == (RunConfig((10, 100)),)


MOONS = Choice("moons", {"n_samples": 500, "noise": 0.2})
BLOBS = Choice("blobs", {"n_features": 784, "n_classes": 5})
FLAGS_OF_ALL_RUNS = {
    "--dataset moons --samples 500 --noise 0.2": Experiment(dataset=MOONS),
    "--dataset blobs --features 784 --classes 5": Experiment(dataset=BLOBS),
    "--train-fraction 0.5": Experiment(train_fraction=0.5),
    "--no-standardize": Experiment(standardize=False),
    "--standardize --data-seed 1 --batch-seed 2": Experiment(data_seed=1, batch_seed=2),
    "--batch-size 10": Experiment(batch_size=10),
    "--batch-size full": Experiment(batch_size=None),
    "--dtype float64": Experiment(dtype="float64"),
}


@pytest.mark.parametrize("arguments", FLAGS_OF_A_RUN)
def test_flags_of_a_run(arguments: str) -> None:
    assert opening(*arguments.split()) == Experiment((FLAGS_OF_A_RUN[arguments],))


@pytest.mark.parametrize("arguments", FLAGS_OF_ALL_RUNS)
def test_flags_of_all_runs(arguments: str) -> None:
    assert opening(*arguments.split()) == FLAGS_OF_ALL_RUNS[arguments]


@pytest.mark.parametrize(("field", "variant", "parameter"), PARAMETERS)
def test_every_parameter_of_every_variant_has_a_flag(field: str, variant: str, parameter: Parameter) -> None:
    value = another(parameter)
    # Full, because of few samples or features there may be only a small batch.
    experiment = opening(
        FLAGS[field], variant, FLAGS[f"{field}.{parameter.name}"], str(value), "--batch-size", "full"
    )
    choice = getattr(experiment if field == "dataset" else experiment.runs[0], field)
    assert choice.name == variant
    defaults = {each.name: each.default for each in REGISTRIES[field][variant].parameters}
    assert dict(choice.parameters) == defaults | {parameter.name: value}


@pytest.mark.parametrize("field", [*RUN_SETTINGS, *EXPERIMENT_SETTINGS])
def test_every_setting_has_a_flag(field: str) -> None:
    setting: Any = (RUN_SETTINGS | EXPERIMENT_SETTINGS)[field]
    value = another(setting)
    flag = [FLAGS[field], str(value)] if not isinstance(setting, Switch) else [f"--no-{field}"]
    experiment = opening(*flag)
    assert getattr(experiment if field in EXPERIMENT_SETTINGS else experiment.runs[0], field) == value


def test_a_setting_that_is_the_default_asks_for_nothing_new() -> None:
    assert parse(["--seed", "0", "--hidden", "32,32"]) == Opening(None, None)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_another_optimizer_brings_its_learning_rate(optimizer: str) -> None:
    (run,) = opening("--optimizer", optimizer).runs
    assert run.learning_rate == OPTIMIZERS[optimizer].default_learning_rate
    (run,) = opening("--optimizer", optimizer, "--learning-rate", "0.25").runs
    assert run.learning_rate == 0.25


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A file with two runs and a log of changes."""
    runs = (
        RunConfig(initializer=Choice("normal", {"std": 0.5}), optimizer=Choice("adam"), learning_rate=0.3),
        RunConfig(initializer=Choice("truncated_normal", {"std": 0.7}), seed=1),
    )
    changes = (Change(5, 0, "learning_rate", 0.01), Change(6, 1, "l2", 0.1), Change(7, None, "batch_size", 8))
    path = tmp_path / "config.json"
    experiment_file.save(Experiment(runs, Choice("moons", {"noise": 0.3}), changes=changes), path)
    return path


def test_flags_override_a_config_in_all_runs(config: Path) -> None:
    base = experiment_file.load(config)
    experiment = opening("--config", str(config), "--init-std", "0.9", "--hidden", "5", "--samples", "300")
    assert experiment == replace(
        base,
        dataset=Choice("moons", {"noise": 0.3, "n_samples": 300}),
        runs=(
            replace(base.runs[0], hidden=(5,), initializer=Choice("normal", {"std": 0.9})),
            replace(base.runs[1], hidden=(5,), initializer=Choice("truncated_normal", {"std": 0.9})),
        ),
    )


def test_layers_that_a_flag_takes_away_take_their_own_settings_along(tmp_path: Path) -> None:
    own = (LayerOverride(2, Choice("tanh")), LayerOverride(3, initializer=Choice("zeros")))
    path = tmp_path / "config.json"
    experiment_file.save(Experiment((RunConfig(layers=own),)), path)
    run = opening("--config", str(path), "--hidden", "5").runs[0]
    assert run == RunConfig((5,), layers=(LayerOverride(2, initializer=Choice("zeros")),))


def test_another_variant_starts_from_its_own_defaults(config: Path) -> None:
    experiment = opening("--config", str(config), "--initializer", "normal", "--dataset", "xor")
    assert [run.initializer.parameters["std"] for run in experiment.runs] == [0.5, 0.01]
    assert experiment.dataset == Experiment(dataset=Choice("xor")).dataset


def test_the_learning_rate_of_a_config_stays_unless_the_optimizer_changes(config: Path) -> None:
    experiment = opening("--config", str(config), "--optimizer", "adam")
    assert [run.learning_rate for run in experiment.runs] == [0.3, 0.001]


def test_an_overridden_run_of_a_comparison_is_called_by_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "compared.json"
    experiment_file.save(COMPARISONS["initializers"].apply(Experiment()), path)
    experiment = opening("--config", str(path), "--initializer", "orthogonal")
    assert {run.name for run in experiment.runs} == {"orthogonal"}


def test_a_parameter_of_an_optimizer_holds_to_the_end(tmp_path: Path) -> None:
    changes = (Change(5, 0, "optimizer", Choice("adam", {"beta1": 0.5})),)
    path = tmp_path / "config.json"
    experiment_file.save(Experiment((RunConfig(optimizer=Choice("adam")),), changes=changes), path)
    experiment = opening("--config", str(path), "--beta1", "0.8")
    assert experiment.value_at(1000, "optimizer").parameters["beta1"] == 0.8


def test_an_overridden_setting_holds_to_the_end(config: Path) -> None:
    experiment = opening("--config", str(config), "--learning-rate", "0.2", "--batch-size", "full")
    assert [change.field for change in experiment.changes] == ["l2"]
    assert experiment.value_at(1000, "learning_rate", 0) == 0.2
    assert experiment.value_at(1000, "batch_size") is None


@pytest.mark.parametrize(
    ("arguments", "steps", "every"),
    [
        ("", 500, 1),
        ("--steps 501", 501, 2),
        ("--steps 0", 0, 1),
        ("--steps 1000 --every 7", 1000, 7),
        ("--steps 1,000", 1000, 2),
        ("--epochs 2", 90, 1),  # 1438 samples in batches of 32
        ("--epochs 3 --batch-size full", 3, 1),
        ("--steps 1000000000", 10**9, 10**9 // MAX_FRAMES),
    ],
)
def test_how_long_and_how_often(arguments: str, steps: int, every: int) -> None:
    request = job(*arguments.split())
    assert (request.steps, request.every) == (steps, every)


def test_epochs_count_logged_changes_of_the_batch_size(config: Path) -> None:
    # 320 samples: seven batches of 32, then 96 samples in batches of 8, then whole epochs of those.
    assert job("--config", str(config), "--epochs", "2").steps == 7 + 12 + 40


@pytest.mark.parametrize(
    ("text", "formats"),
    [("png", ("png",)), ("svg,pdf", ("svg", "pdf")), ("PNG, svg,png", ("png", "svg")), ("none", ())],
)
def test_formats_of_figures(text: str, formats: tuple[str, ...]) -> None:
    assert job("--format", text).formats == formats


MISTAKES = {
    "--initalizer zeros": "unknown argument '--initalizer'; did you mean --initializer?",
    "--initalizer=zeros": "unknown argument '--initalizer=zeros'; did you mean --initializer?",
    "--lr 0.1": "unknown argument '--lr'; did you mean --learning-rate?",
    "--std 0.3": "unknown argument '--std'; did you mean --init-std?",
    "--act tanh": "unknown argument '--act'; did you mean --activation?",
    "--layers 10": "unknown argument '--layers'; --help lists all.",
    "--init zeros": "unknown argument '--init'; ",
    "a.json b.json": "unknown argument 'b.json'; --help lists all.",
    "--seed": "--seed takes a value; --help shows how it is written.",
    "--headless --out=": "--out takes a value; --help shows how it is written.",
    "--headless=1": "--headless takes no value; --help shows how it is written.",
    "--seed one": "--seed: weight seed is 'one'; it must be a whole number between 0 and 4,294,967,295.",
    "--seed 1.5": "--seed: weight seed is 1.5; it must be a whole number",
    "--seed -1": "--seed: weight seed is -1; it must be a whole number",
    "--learning-rate nan": "--learning-rate: learning rate is 'nan'; it must be a number between 0 and",
    "--learning-rate inf": "--learning-rate: learning rate is 'inf'; it must be a number between 0 and",
    "--learning-rate 1e400": "--learning-rate: learning rate is '1e400'; it must be a number between 0 and",
    "--learning-rate=-1e400": "--learning-rate: learning rate is '-1e400'; it must be a number between",
    "--learning-rate 1e-400": "--learning-rate: 1e-400 is so close to 0 that it would become 0; give 0 or",
    "--learning-rate 0,0,1": "--learning-rate: learning rate is '0,0,1'; it must be a number between",
    "--seed 99999999999999999999": "--seed: weight seed is 99999999999999999999; it must be",
    "--batch-size 10.000": "--batch-size: batch size is 10.000, whose point may mark thousands or",
    "--batch-size 1e-400": "--batch-size: 1e-400 is so close to 0 that it would become 0; give 0 or",
    "--batch-size all": "--batch-size: batch size is 'all'; it must be a whole number",
    "--batch-size 1439": "--batch-size: Batch size is 1,439, but there are 1,438 training samples;",
    "--dtype float16": "--dtype: Unknown precision 'float16'; did you mean 'float64'?",
    "--hidden 3O": "--hidden: '3O' is not a layer; write widths such as 100, 50 or 100x5 for five of 100.",
    "--hidden 5000": "--hidden: A hidden layer has 5000 units; it must have 1 to 4,096.",
    "--initializer he_norml": "--initializer: Unknown initializer 'he_norml'; did you mean 'he_normal'?",
    "--bias-init xavier": "--bias-init: Unknown bias initializer 'xavier'. Known: zeros, constant,",
    "--init-std 0.1": "--init-std: he_normal has no such parameter; it is for normal (0.01),",
    "--noise 0.1": "--noise: digits has no such parameter; it is for moons (0.1), circles (0.1),",
    "--momentum 0.5": "--momentum: sgd has no such parameter; it is for momentum (0.9), nesterov (0.9).",
    "--initializer normal --init-std -1": "--init-std: ",
    "--init-mode fan": "--init-mode: Unknown ",
    "--sample rand --out a --init-std 1": "--init-std: it belongs to a training, and --sample trains",
    "--sample rand --out a --config b.json": "--config: it belongs to a training, and --sample trains",
    "--sample rand --out a --seeds 2": "--seeds: it belongs to a training, and --sample trains nothing;",
    "--sample rand --out a b.json": "b.json belongs to a training, and --sample trains nothing;",
    "--config none.json": "There is no file none.json; check its name and folder.",
    "none.json": "There is no file none.json; check its name and folder.",
    "a.json --config b.json": "a.json and --config b.json are two experiments; give one.",
    "--headless": "--headless needs a folder to write to; add --out DIR.",
    "--out folder": "--out is only for work without a window; add --headless, or leave it out.",
    "--steps 5": "--steps is only for work without a window; add --headless, or leave it out.",
    "--headless --out a --steps 5 --epochs 5": "--steps and --epochs are both given; give one.",
    "--headless --out a --steps -1": "--steps: number of steps is -1; it must be a whole number",
    "--headless --out a --every 0": "--every: number of steps between frames is 0; it must be a whole number",
    "--headless --out a --format gif": "--format is 'gif'; it must be one or more of png,svg,pdf, or none.",
    "--headless --out a --format none,png": "--format is 'none,png'; it must be",
    "--headless --out a --format=": "--format is ''; it must be",
}
"""Arguments -> how the line on stderr goes on after the name of the program."""


@pytest.mark.parametrize("arguments", MISTAKES)
def test_a_mistake_is_named_in_one_line(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    assert refused(capsys, *arguments.split()).startswith(MISTAKES[arguments])


NUMBERS = ["0", "-1", "-0,5", "1.000", "10,000", "1e400", "1e-400", "nan"]
NAMES = ["adam", "blobs", "depths", "full", "he_normal", "normal(std=x)", "zeros,rand", "svg,pdf", "100x5"]
NEITHER = ["", "-", "--", "%", "a=b", "none.json"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_arguments_are_understood_or_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], config: Path, data: st.DataObject
) -> None:
    value = st.sampled_from([*NUMBERS, *NAMES, *NEITHER, str(config)])
    flag = st.sampled_from([*FLAGS.values(), "--headless"]).filter(
        lambda flag: flag not in ("-h", "--version")
    )
    argument = st.one_of(st.builds("{}={}".format, flag, value), flag, value)
    arguments = data.draw(st.lists(argument, max_size=6))
    with suppress(SystemExit):
        parse(arguments)
        return
    _, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert "expected" not in err


def test_a_malformed_config_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"format": "initscope-experiment", "version": 99}')
    assert refused(capsys, "--config", str(path)) == (
        f"{path} cannot be used: its version 99 is newer than version 2, which this program knows; "
        "update InitScope."
    )


def test_help_explains_every_flag_and_names_every_variant(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--help"])
    assert caught.value.code == 0
    out, err = capsys.readouterr()
    assert err == ""
    words = set(re.findall(r"[\w-]+", out))
    assert set(FLAGS.values()) <= words
    for registry in REGISTRIES.values():
        assert set(registry) <= words
    assert "%" not in out
    assert max(map(len, out.splitlines())) <= 100


def test_no_two_fields_share_a_flag() -> None:
    assert len(set(FLAGS.values())) == len(FLAGS)
