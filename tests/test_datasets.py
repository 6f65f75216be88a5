"""Data sets: shapes, balance, reproducibility, and a split that leaks nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn.datasets
from scipy.optimize import linprog

from engine import datasets
from engine.datasets import DATASETS, DataError, load, n_train, split
from engine.fields import Choice, ConfigError, Number, choose

REAL = ("digits", "iris", "wine", "breast_cancer")
GENERATED = tuple(name for name in DATASETS if name not in REAL)
FROM_SCIKIT_LEARN = ("iris", "wine", "breast_cancer", "moons", "circles", "blobs")
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


def default(name: str, **given: object) -> Choice:
    return choose(DATASETS, "dataset", name, given)


def points(name: str, seed: int = 0, **given: object) -> tuple[np.ndarray, np.ndarray]:
    return DATASETS[name].generate(np.random.default_rng(seed), **default(name, **given).parameters)


def test_sets_stand_in_the_order_of_the_combo_box() -> None:
    assert list(DATASETS) == list(SIZES)


@pytest.mark.parametrize("name", DATASETS)
def test_set_has_its_published_or_default_size(name: str) -> None:
    shape = DATASETS[name].shape(**default(name).parameters)
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
            choice = default(name, **{parameter.name: value})
            x, labels = DATASETS[name].generate(np.random.default_rng(0), **choice.parameters)
            shape = DATASETS[name].shape(**choice.parameters)
            assert x.shape == (shape.n_samples, shape.n_features)
            assert np.isfinite(x).all()
            assert labels.max() < shape.n_classes


@pytest.mark.parametrize("name", DATASETS)
def test_seed_determines_the_data(name: str) -> None:
    first, again, other = (load(default(name), 0.8, True, seed) for seed in (3, 3, 4))
    for field in ("x_train", "labels_train", "x_validation", "labels_validation"):
        np.testing.assert_array_equal(getattr(first, field), getattr(again, field))
    assert not np.array_equal(first.x_train, other.x_train)


@pytest.mark.parametrize("name", GENERATED)
def test_different_seeds_draw_different_points(name: str) -> None:
    assert not np.array_equal(points(name, seed=0)[0], points(name, seed=1)[0])


@pytest.mark.parametrize("name", ["moons", "xor"])
def test_another_fraction_splits_the_same_points(name: str) -> None:
    def rows(fraction: float) -> list[tuple[float, ...]]:
        data = load(default(name), fraction, False, 5)
        return sorted(map(tuple, np.vstack([data.x_train, data.x_validation])))

    assert rows(0.5) == rows(0.9)


def test_draws_are_not_those_of_weights_or_batches_with_the_same_seed() -> None:
    # Weights are drawn from [seed, layer], the order of an epoch from [seed, epoch].
    data = load(default("xor", n_samples=10, noise=1.0), 1.0, False, 0)
    for word in (0, 1):
        draws = np.random.default_rng([0, word]).standard_normal((10, 2))
        for corner in np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]):
            assert not np.isclose(data.x_train[:, None], draws + corner, atol=1e-12).any()


@pytest.mark.parametrize("name", DATASETS)
def test_arrays_are_read_only_in_c_order(name: str) -> None:
    data = load(default(name), 0.8, False, 0)
    for array in (data.x_train, data.x_validation, data.labels_train, data.labels_validation):
        assert array.flags.c_contiguous
        assert not array.flags.writeable
    assert data.x_train.dtype == data.x_validation.dtype == np.float64
    assert data.labels_train.dtype == data.labels_validation.dtype == np.int64


# What the sets hold


def test_digits_equal_those_of_scikit_learn() -> None:
    x, labels = points("digits")
    expected = sklearn.datasets.load_digits()
    np.testing.assert_array_equal(x, expected.data)
    np.testing.assert_array_equal(labels, expected.target)


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_bundled_set_equals_that_of_scikit_learn(name: str) -> None:
    x, labels = points(name)
    expected_x, expected_labels = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
    np.testing.assert_array_equal(x, expected_x)
    np.testing.assert_array_equal(labels, expected_labels)


@pytest.mark.parametrize(("name", "options"), [("moons", {}), ("circles", {"factor": 0.5})])
def test_planar_set_of_scikit_learn_comes_through_unchanged(name: str, options: dict[str, Any]) -> None:
    make = getattr(sklearn.datasets, f"make_{name}")
    seed = int(np.random.default_rng(7).integers(2**32))
    for noise in (0.0, 0.3):
        x, labels = points(name, seed=7, noise=noise)
        expected_x, expected_labels = make(400, noise=noise, shuffle=False, random_state=seed, **options)
        np.testing.assert_array_equal(x, expected_x)
        np.testing.assert_array_equal(labels, expected_labels)


def test_moons_without_noise_lie_on_their_half_circles() -> None:
    x, labels = points("moons", noise=0.0)
    centres = np.array([[0.0, 0.0], [1.0, 0.5]])
    np.testing.assert_allclose(np.linalg.norm(x - centres[labels], axis=1), 1.0, atol=1e-14)
    assert (x[labels == 0, 1] >= 0).all()
    assert (x[labels == 1, 1] <= 0.5).all()


def test_circles_without_noise_have_radius_one_and_a_half() -> None:
    x, labels = points("circles", noise=0.0)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), np.where(labels == 0, 1.0, 0.5), atol=1e-14)


def test_xor_without_noise_is_the_truth_table() -> None:
    x, labels = points("xor", noise=0.0)
    assert (np.abs(x) == 1).all()
    np.testing.assert_array_equal(labels, np.logical_xor(x[:, 0] > 0, x[:, 1] > 0))
    _, corners = np.unique(x, axis=0, return_counts=True)
    assert corners.tolist() == [100] * 4


def test_spiral_without_noise_lies_on_its_arms() -> None:
    x, labels = points("spiral", noise=0.0)
    radius = np.linalg.norm(x, axis=1)
    angle = np.arctan2(x[:, 0], x[:, 1])
    turned = angle - (3.5 * np.pi * radius + np.pi * labels)
    np.testing.assert_allclose(np.exp(1j * turned), 1.0, atol=1e-12)
    assert ((radius > 0) & (radius < 1)).all()


@pytest.mark.parametrize("name", ["moons", "circles", "xor", "spiral"])
def test_no_line_separates_the_classes(name: str) -> None:
    x, labels = points(name, noise=0.0)
    signs = np.where(labels == 1, 1.0, -1.0)
    constraints = -signs[:, None] * np.column_stack([x, np.ones(len(x))])  # y (w x + b) >= 1
    found = linprog(np.zeros(3), A_ub=constraints, b_ub=-np.ones(len(x)), bounds=(None, None))
    assert found.status == 2, "the linear program is infeasible exactly when no line separates the classes"


@pytest.mark.parametrize(
    ("name", "noise"), [("xor", 0.25), ("spiral", 0.02), ("moons", 0.1), ("circles", 0.1)]
)
def test_noise_is_the_standard_deviation_of_each_coordinate(name: str, noise: float) -> None:
    deviations = points(name, n_samples=20_000, noise=noise)[0] - points(name, n_samples=20_000, noise=0.0)[0]
    four_sigma = 4 / np.sqrt(
        2 * deviations.size
    )  # relative standard error of a normal sample's std: 1 / sqrt(2 n)
    assert deviations.std() == pytest.approx(noise, rel=four_sigma)


@pytest.mark.parametrize(("n_features", "n_classes"), [(2, 2), (2, 20), (784, 10), (4096, 2)])
def test_blobs_are_clouds_of_the_chosen_width_within_radius_four(n_features: int, n_classes: int) -> None:
    sizes = {"n_features": n_features, "n_classes": n_classes}
    on_centres, _ = points("blobs", n_samples=10 * n_classes, noise=0.0, **sizes)
    centres = on_centres[::10]
    x, labels = points("blobs", n_samples=2000, noise=0.5, **sizes)

    assert (np.linalg.norm(centres, axis=1) <= 4 + 1e-12).all()
    deviations = x - centres[labels]
    assert deviations.std() == pytest.approx(0.5, rel=4 / np.sqrt(2 * deviations.size))


@pytest.mark.parametrize("n_features", [2, 10, 784])
def test_three_blobs_stand_apart_whatever_the_number_of_features(n_features: int) -> None:
    for seed in range(20):
        on_centres, _ = points(
            "blobs", seed=seed, n_samples=12, noise=0.0, n_features=n_features, n_classes=3
        )
        centres = on_centres[::4]
        distances = np.linalg.norm(centres[:, None] - centres, axis=2)[np.triu_indices(3, 1)]
        assert distances.min() > 2, "two standard deviations at the default noise"


# Splitting


@pytest.mark.parametrize(
    ("n_samples", "fraction", "expected"),
    [
        (1797, 0.8, 1438),
        (1797, 0.5, 899),
        (10, 0.7, 7),
        (10, 1.0, 10),
        (10, 0.01, 1),
        (150, 1e-9, 1),
        (10, 0.25, 3),
    ],
)
def test_training_part_is_rounded_half_up_and_never_empty(
    n_samples: int, fraction: float, expected: int
) -> None:
    assert n_train(n_samples, fraction) == expected


@pytest.mark.parametrize("fraction", [0.0, -0.5, 1.01, float("nan"), float("inf")])
def test_impossible_fraction_names_the_field(fraction: float) -> None:
    with pytest.raises(ConfigError) as caught:
        n_train(100, fraction)
    assert caught.value.field == "train_fraction"
    assert str(fraction) in caught.value.message


def numbered(n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples whose first feature and label tell their row."""
    rows = np.arange(n_samples)
    return np.column_stack([rows, rows**2, np.ones(n_samples)]).astype(float), rows


def test_every_sample_lands_in_one_part_with_its_label() -> None:
    x, labels = numbered(101)
    data = split(x, labels, 101, 0.75, False, np.random.default_rng(0))

    assert len(data.x_train) == 76
    assert len(data.x_validation) == 25
    for part, part_labels in ((data.x_train, data.labels_train), (data.x_validation, data.labels_validation)):
        np.testing.assert_array_equal(part, x[part_labels])
    assert sorted([*data.labels_train, *data.labels_validation]) == list(range(101))
    assert list(data.labels_train) != sorted(data.labels_train), "the samples are shuffled"


def test_fraction_of_one_leaves_validation_empty() -> None:
    data = load(default("iris"), 1.0, True, 0)
    assert data.x_train.shape == (150, 4)
    assert data.x_validation.shape == (0, 4)
    assert data.labels_validation.shape == (0,)


@pytest.mark.parametrize("name", DATASETS)
def test_standardized_training_part_has_mean_zero_and_std_one(name: str) -> None:
    plain = load(default(name), 0.8, False, 1)
    data = load(default(name), 0.8, True, 1)
    varies = np.ptp(plain.x_train, axis=0) > 0

    np.testing.assert_allclose(data.x_train.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(data.x_train[:, varies].std(axis=0), 1.0, atol=1e-12)
    assert (data.x_train[:, ~varies] == 0).all()
    assert (data.x_validation[:, ~varies] == 0).all()
    np.testing.assert_array_equal(data.labels_train, plain.labels_train)


def test_digits_have_constant_pixels_and_they_become_zero() -> None:
    data = load(default("digits"), 0.8, True, 0)
    assert (data.x_train == 0).all(axis=0).sum() >= 3  # the paper around the digits


def test_constant_that_binary_fractions_cannot_hold_becomes_zero() -> None:
    x = np.full((1000, 1), 0.1)
    assert x.std() > 0, "round-off gives this constant a std"
    data = split(x, np.zeros(1000, int), 2, 0.5, True, np.random.default_rng(0))
    assert (data.x_train == 0).all()
    assert (data.x_validation == 0).all()


def test_validation_uses_the_statistics_of_the_training_part() -> None:
    # Worked by hand: the training part is {1, 3} or {3, 1} around mean 2, std 1, so 10 becomes 8.
    x = np.array([[1.0], [3.0], [10.0]])
    for seed in range(50):
        data = split(x, np.arange(3), 3, 2 / 3, True, np.random.default_rng(seed))
        if data.labels_validation.tolist() == [2]:
            assert sorted(data.x_train.ravel()) == [-1.0, 1.0]
            assert data.x_validation.tolist() == [[8.0]]
            return
    pytest.fail("no seed put the third sample into the validation part")


def test_validation_samples_do_not_touch_the_training_part() -> None:
    x, labels = numbered(200)
    honest = split(x, labels, 200, 0.8, True, np.random.default_rng(2))
    x[honest.labels_validation] = 1e6
    changed = split(x, labels, 200, 0.8, True, np.random.default_rng(2))
    np.testing.assert_array_equal(changed.x_train, honest.x_train)
    assert not np.array_equal(changed.x_validation, honest.x_validation)


def test_split_leaves_its_input_alone() -> None:
    x, labels = numbered(20)
    before = x.copy()
    split(x, labels, 20, 0.5, True, np.random.default_rng(0))
    np.testing.assert_array_equal(x, before)
    assert x.flags.writeable


# What goes wrong, and what gets imported


@pytest.mark.parametrize("name", FROM_SCIKIT_LEARN)
def test_missing_scikit_learn_is_one_clear_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(DataError, match=r"scikit-learn.*Install"):
        load(default(name), 0.8, True, 0)


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
        load(default("digits"), 0.8, True, 0)
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
