import csv
import io
import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import Experiment, RunConfig
from engine.fields import Choice
from engine.frame import Frame
from engine.history import History
from engine.metrics import metrics_table
from engine.network import layer_views
from engine.table import Table
from engine.trainer import Trainer

XOR = Choice("xor", {"n_samples": 40})


TEXT = st.text(st.characters(exclude_characters="\r"))
"""The csv module of Python 3.11 does not quote a carriage return; no name of ours has one."""


def trained(experiment: Experiment, steps: Iterable[int]) -> History:
    """Return the frames of an experiment at these steps."""
    trainer = Trainer(experiment)
    history = History()
    for step in steps:
        trainer.train(step - trainer.step_index)
        history.append(trainer.observe())
    return history


def read(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.to_csv())))


def test_the_columns_of_one_hidden_layer_are_these() -> None:
    assert metrics_table(Experiment((RunConfig(hidden=(3,)),), XOR), []).columns == (
        "run",
        "step",
        "epoch",
        "train_loss",
        "val_loss",
        "train_accuracy",
        "val_accuracy",
        "layer1_z_mean",
        "layer1_z_std",
        "layer1_activation_mean",
        "layer1_activation_std",
        "layer1_saturated",
        "layer1_dead",
        "layer1_weight_rms",
        "layer1_gradient_rms",
        "layer1_delta_rms",
        "layer1_update_ratio",
        "layer2_z_mean",
        "layer2_z_std",
        "layer2_activation_mean",
        "layer2_activation_std",
        "layer2_saturated",
        "layer2_dead",
        "layer2_weight_rms",
        "layer2_gradient_rms",
        "layer2_delta_rms",
        "layer2_update_ratio",
    )


def test_there_is_a_row_per_seed_where_a_run_has_several() -> None:
    runs = (RunConfig(hidden=(3,)), RunConfig(hidden=(3,), seed=4, n_seeds=2))
    experiment = Experiment(runs, XOR, batch_size=8)
    history = trained(experiment, (0, 3))
    rows = read(metrics_table(experiment, history))
    expected = [(step, *whose) for step in ("0", "3") for whose in (("1", "0"), ("2", "4"), ("2", "5"))]
    assert [(row["step"], row["run"], row["seed"]) for row in rows] == expected
    assert list(rows[0])[:3] == ["run", "seed", "step"]
    alone = Experiment((RunConfig(hidden=(3,), seed=5),), XOR, batch_size=8)
    (_, last) = read(metrics_table(alone, trained(alone, (0, 3))))
    assert {**last, "run": "2", "seed": "5"} == rows[-1]


def test_there_is_a_row_per_frame_and_run() -> None:
    experiment = Experiment((RunConfig(hidden=(3,)), RunConfig(hidden=(3,), seed=1)), XOR, batch_size=8)
    rows = read(metrics_table(experiment, trained(experiment, (0, 2, 5))))
    assert [(row["step"], row["run"]) for row in rows] == [
        ("0", "1"),
        ("0", "2"),
        ("2", "1"),
        ("2", "2"),
        ("5", "1"),
        ("5", "2"),
    ]
    assert [float(row["epoch"]) for row in rows[::2]] == [0.0, 0.5, 1.25]
    assert rows[0]["train_loss"] != rows[1]["train_loss"]


def test_the_numbers_are_those_of_the_network() -> None:
    experiment = Experiment((RunConfig(hidden=(3, 4), initializer=Choice("constant", {"value": 0.5})),), XOR)
    (row,) = read(metrics_table(experiment, trained(experiment, (0,))))
    for layer in (1, 2, 3):
        assert float(row[f"layer{layer}_weight_rms"]) == 0.5
    # Two equal outputs: the loss of a network that knows nothing, and half of the labels right.
    assert float(row["train_loss"]) == pytest.approx(math.log(2), rel=1e-6)
    assert float(row["val_accuracy"]) == pytest.approx(0.5, abs=0.25)
    assert float(row["layer1_dead"]) == 0.0


def test_each_layer_has_its_own_numbers() -> None:
    experiment = Experiment((RunConfig(hidden=(3, 4)),), XOR)
    trainer = Trainer(experiment)
    (row,) = read(metrics_table(experiment, [trainer.observe()]))
    (stack,) = trainer._stacks
    for layer, weights in enumerate(layer_views(stack.parameters, experiment.sizes()), 1):
        rms = np.sqrt(np.mean(np.square(weights[0, :-1], dtype=np.float64)))
        assert float(row[f"layer{layer}_weight_rms"]) == pytest.approx(rms, rel=1e-12)


def test_every_number_is_read_back_exactly() -> None:
    experiment = Experiment((RunConfig(hidden=(3,)),), XOR)
    history = trained(experiment, (0, 7))
    for row, frame in zip(read(metrics_table(experiment, history)), history, strict=True):
        (run,) = frame.runs
        assert float(row["train_loss"]) == run.train_loss
        assert float(row["val_loss"]) == run.validation_loss
        assert float(row["train_accuracy"]) == run.train_accuracy
        assert float(row["val_accuracy"]) == run.validation_accuracy
        for layer in (1, 2):
            record = run.layers[layer - 1]
            for name in ("z_std", "saturated", "delta_rms", "gradient_rms", "update_ratio"):
                assert float(row[f"layer{layer}_{name}"]) == record[name]


def test_a_run_with_fewer_layers_has_empty_cells() -> None:
    experiment = Experiment((RunConfig(hidden=()), RunConfig(hidden=(3, 3))), XOR)
    shallow, deep = read(metrics_table(experiment, trained(experiment, (0,))))
    assert list(shallow) == list(deep)
    assert shallow["layer1_z_std"] != ""
    assert {shallow[name] for name in shallow if name.startswith(("layer2_", "layer3_"))} == {""}
    assert "" not in deep.values()


def test_without_validation_samples_its_cells_are_empty() -> None:
    experiment = Experiment((RunConfig(hidden=(3,)),), XOR, train_fraction=1.0)
    (row,) = read(metrics_table(experiment, trained(experiment, (0,))))
    assert row["val_loss"] == row["val_accuracy"] == ""
    assert float(row["train_loss"]) > 0


def test_a_run_that_diverged_has_empty_losses() -> None:
    runs = (
        RunConfig(hidden=(3,), learning_rate=1e6, optimizer=Choice("sgd"), l2=1e6),
        RunConfig(hidden=(3,)),
    )
    experiment = Experiment(runs, XOR)
    history = trained(experiment, (0, 50))
    assert history.last.runs[0].divergence is not None
    rows = read(metrics_table(experiment, history))
    assert rows[2]["train_loss"] == ""
    assert float(rows[3]["train_loss"]) > 0


def test_frames_of_any_kind_of_source_are_taken() -> None:
    experiment = Experiment((RunConfig(hidden=(3,)),), XOR)
    history = trained(experiment, (0, 1))
    frames: list[Frame] = list(history)
    assert metrics_table(experiment, frames) == metrics_table(experiment, history)


@given(st.lists(st.tuples(st.floats(), st.integers(), TEXT), min_size=1, max_size=5))
def test_a_table_is_read_back_from_its_csv(rows: list[tuple[float, int, str]]) -> None:
    table = Table(("a", "b", 'c, "quoted"'), rows)
    header, *lines = csv.reader(io.StringIO(table.to_csv(), newline=""))
    assert tuple(header) == table.columns
    for line, (number, whole, text) in zip(lines, rows, strict=True):
        if math.isnan(number):
            assert line[0] == ""
        else:
            assert float(line[0]) == number
        assert int(line[1]) == whole
        assert line[2] == text


def test_numbers_of_numpy_are_written_like_any_other() -> None:
    table = Table(("a", "b", "c", "d"), [(np.float64(0.1), 1e-300, None, math.inf), (math.nan, 2, "x", -0.0)])
    assert table.to_csv() == "a,b,c,d\n0.1,1e-300,,inf\n,2,x,-0.0\n"
