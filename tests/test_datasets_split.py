"""The split into training and validation samples leaks nothing, and standardizing uses the training part."""

from __future__ import annotations

import numpy as np
import pytest

from engine.datasets import DATASETS, load, n_train, split
from engine.fields import ConfigError
from tests.data_points import choice


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
    data = load(choice("iris"), 1.0, True, 0)
    assert data.x_train.shape == (150, 4)
    assert data.x_validation.shape == (0, 4)
    assert data.labels_validation.shape == (0,)


@pytest.mark.parametrize("name", DATASETS)
def test_standardized_training_part_has_mean_zero_and_std_one(name: str) -> None:
    plain = load(choice(name), 0.8, False, 1)
    data = load(choice(name), 0.8, True, 1)
    varies = np.ptp(plain.x_train, axis=0) > 0

    np.testing.assert_allclose(data.x_train.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(data.x_train[:, varies].std(axis=0), 1.0, atol=1e-12)
    assert (data.x_train[:, ~varies] == 0).all()
    assert (data.x_validation[:, ~varies] == 0).all()
    np.testing.assert_array_equal(data.labels_train, plain.labels_train)


def test_digits_have_constant_pixels_and_they_become_zero() -> None:
    data = load(choice("digits"), 0.8, True, 0)
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
