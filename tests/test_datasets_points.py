"""What the data sets hold: the published numbers, and the geometry of those that are generated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.datasets
from scipy.optimize import linprog

from tests.data_points import points


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
