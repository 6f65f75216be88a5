"""Data sets: sizes, balance, reproducibility, and errors that say what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import datasets
from engine.datasets import DATASETS, DataError, load
from engine.fields import Number
from tests.data_points import choice, points

REAL = ("digits", "iris", "wine", "breast_cancer")
GENERATED = tuple(name for name in DATASETS if name not in REAL)
SIZES = {
    "digits": (1797, 64, 10),
    "iris": (150, 4, 3),
    "wine": (178, 13, 3),
    "breast_cancer": (569, 30, 2),
    "moons": (400, 2, 2),
    "circles": (400, 2, 2),
    "xor": (400, 2, 2),
    "blobs": (400, 2, 3),
    "spiral": (400, 2, 2),
}
FROM_SCIKIT_LEARN = ("iris", "wine", "breast_cancer", "moons", "circles", "blobs")


def test_sets_stand_in_the_order_of_the_combo_box() -> None:
    assert list(DATASETS) == list(SIZES)


@pytest.mark.parametrize("name", DATASETS)
def test_set_has_its_published_or_default_size(name: str) -> None:
    shape = DATASETS[name].shape(**choice(name).parameters)
    x, labels = points(name)

    assert (shape.n_samples, shape.n_features, shape.n_classes) == SIZES[name]
    assert x.shape == SIZES[name][:2]
    assert x.dtype == np.float64
    assert np.isfinite(x).all()
    assert labels.shape == SIZES[name][:1]
    assert labels.dtype == np.int64
    assert set(labels) == set(range(shape.n_classes))


@pytest.mark.parametrize("name", DATASETS)
def test_set_explains_itself(name: str) -> None:
    entry = DATASETS[name]
    assert entry.label
    assert entry.formula
    assert entry.explanation.endswith(".")
    assert "https://" in entry.reference
    for parameter in entry.parameters:
        assert isinstance(parameter, Number)
        assert parameter.help.endswith(".")
        assert parameter.check(parameter.default, name) == parameter.default


@pytest.mark.parametrize("n_samples", [10, 11, 401])
@pytest.mark.parametrize("name", GENERATED)
def test_generated_classes_are_equally_large_to_within_one(name: str, n_samples: int) -> None:
    _, labels = points(name, n_samples=n_samples)
    counts = np.bincount(labels)
    assert len(labels) == n_samples
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", GENERATED)
def test_extremes_of_every_parameter_are_generated(name: str) -> None:
    for parameter in DATASETS[name].parameters:
        assert isinstance(parameter, Number)
        for value in (parameter.minimum, parameter.maximum):
            extreme = choice(name, **{parameter.name: value})
            x, labels = DATASETS[name].generate(np.random.default_rng(0), **extreme.parameters)
            shape = DATASETS[name].shape(**extreme.parameters)
            assert x.shape == (shape.n_samples, shape.n_features)
            assert np.isfinite(x).all()
            assert labels.max() < shape.n_classes


@pytest.mark.parametrize("name", DATASETS)
def test_seed_determines_the_data(name: str) -> None:
    first, again, other = (load(choice(name), 0.8, True, seed) for seed in (3, 3, 4))
    for field in ("x_train", "labels_train", "x_validation", "labels_validation"):
        np.testing.assert_array_equal(getattr(first, field), getattr(again, field))
    assert not np.array_equal(first.x_train, other.x_train)


@pytest.mark.parametrize("name", GENERATED)
def test_different_seeds_draw_different_points(name: str) -> None:
    assert not np.array_equal(points(name, seed=0)[0], points(name, seed=1)[0])


@pytest.mark.parametrize("name", ["moons", "xor"])
def test_another_fraction_splits_the_same_points(name: str) -> None:
    def rows(fraction: float) -> list[tuple[float, ...]]:
        data = load(choice(name), fraction, False, 5)
        return sorted(map(tuple, np.vstack([data.x_train, data.x_validation])))

    assert rows(0.5) == rows(0.9)


def test_draws_are_not_those_of_weights_or_batches_with_the_same_seed() -> None:
    # Weights are drawn from [seed, layer], the order of an epoch from [seed, epoch].
    data = load(choice("xor", n_samples=10, noise=1.0), 1.0, False, 0)
    for word in (0, 1):
        draws = np.random.default_rng([0, word]).standard_normal((10, 2))
        for corner in np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]):
            assert not np.isclose(data.x_train[:, None], draws + corner, atol=1e-12).any()


@pytest.mark.parametrize("name", DATASETS)
def test_arrays_are_read_only_in_c_order(name: str) -> None:
    data = load(choice(name), 0.8, False, 0)
    for array in (data.x_train, data.x_validation, data.labels_train, data.labels_validation):
        assert array.flags.c_contiguous
        assert not array.flags.writeable
    assert data.x_train.dtype == data.x_validation.dtype == np.float64
    assert data.labels_train.dtype == data.labels_validation.dtype == np.int64


@pytest.mark.parametrize("name", FROM_SCIKIT_LEARN)
def test_missing_scikit_learn_is_one_clear_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(DataError, match=r"scikit-learn.*Install"):
        load(choice(name), 0.8, True, 0)


def _write_wrong_arrays(path: Path) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, pixels=np.zeros((5, 64), np.uint8), labels=np.zeros(5, np.uint8))


def _write_pickle(path: Path) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, pixels=np.array([{}], object), labels=np.zeros(1797, np.uint8))


def _write_damaged_copy(path: Path) -> None:
    content = bytearray(datasets.DIGITS_FILE.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    "write",
    [
        lambda _path: None,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not an archive"),
        lambda path: path.write_bytes(datasets.DIGITS_FILE.read_bytes()[:20_000]),
        _write_damaged_copy,
        _write_wrong_arrays,
        _write_pickle,
    ],
    ids=["missing", "empty", "text", "cut off", "one wrong byte", "wrong arrays", "pickle"],
)
def test_broken_digits_file_is_one_clear_error(
    write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "digits.npz"
    write(path)
    monkeypatch.setattr(datasets, "DIGITS_FILE", path)
    with pytest.raises(DataError) as caught:
        load(choice("digits"), 0.8, True, 0)
    assert str(path) in str(caught.value)
    assert "Restore" in str(caught.value)


def test_sets_of_our_own_do_without_scikit_learn() -> None:
    program = """
import sys
import engine.datasets as datasets
from engine.fields import choose
for name, entry in datasets.DATASETS.items():
    choice = choose(datasets.DATASETS, "dataset", name)
    entry.shape(**choice.parameters)
    if name in ("digits", "xor", "spiral"):
        datasets.load(choice, 0.8, True, 0)
sys.exit(", ".join(name for name in sys.modules if name.split(".")[0] in ("sklearn", "PySide6")) or 0)
"""
    root = Path(datasets.__file__).parent.parent
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
