"""The data sets to train on, and their split into training and validation samples.

scikit-learn takes a second to import, so only the sets that come from it import it, when they are generated.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from engine.fields import Choice, ConfigError, Number, Parameter

Array = np.ndarray[Any, np.dtype[Any]]
Samples = tuple[Array, Array]
"""x, float64 (n_samples, n_features), and the labels, int64 (n_samples,), from 0."""

_STREAM = int.from_bytes(b"data", "big")
"""Part of the seed of every generator here: seeds of data, weights and batches are often the same number, and
neither a layer's weights nor an epoch's order may repeat the draws behind the data."""

DIGITS_FILE = Path(__file__).resolve().parent.parent / "resources" / "digits.npz"


class DataError(Exception):
    """A data set that cannot be had: which, why, and the remedy."""


@dataclass(frozen=True)
class DataShape:
    """How large a data set is; known without loading it."""

    n_samples: int
    n_features: int
    n_classes: int


@dataclass(frozen=True, eq=False)
class Data:
    """What a network trains on and is validated on: read-only arrays in C order.

    Attributes:
        x_train: float64 (n_train, n_features).
        labels_train: int64 (n_train,), from 0 to n_classes - 1.
        x_validation: float64 (n_validation, n_features); n_validation may be 0.
        labels_validation: int64 (n_validation,).
        n_classes: the number of classes of the whole set, whether or not each occurs in a part.
    """

    x_train: Array
    labels_train: Array
    x_validation: Array
    labels_validation: Array
    n_classes: int


@dataclass(frozen=True)
class DataSet:
    """A data set that a person may choose."""

    label: str
    formula: str
    explanation: str
    parameters: tuple[Parameter, ...]
    reference: str
    shape: Callable[..., DataShape]
    """shape(**parameters), without loading anything."""
    generate: Callable[..., Samples]
    """generate(rng, **parameters): fresh samples, not shuffled (split does that). Raises DataError."""


def load(choice: Choice, train_fraction: float, standardize: bool, seed: int) -> Data:
    """Generate the chosen data set and split it; the arguments alone determine the result.

    Points and split are drawn from separate generators, so that another fraction splits the same points.

    Raises:
        DataError: if scikit-learn or the file with the digits is missing or damaged.
        ConfigError: for `train_fraction` if it is not within (0, 1].
    """
    data_set = DATASETS[choice.name]
    x, labels = data_set.generate(np.random.default_rng([seed, 0, _STREAM]), **choice.parameters)
    n_classes = data_set.shape(**choice.parameters).n_classes
    return split(x, labels, n_classes, train_fraction, standardize, np.random.default_rng([seed, 1, _STREAM]))


def n_train(n_samples: int, train_fraction: float) -> int:
    """Return how many of `n_samples` are trained on: the nearest whole number (halves go up), at least 1.

    Raises:
        ConfigError: for `train_fraction` if it is not within (0, 1].
    """
    if not 0 < train_fraction <= 1:
        raise ConfigError(
            "train_fraction", f"The training fraction is {train_fraction}; it must be above 0 and at most 1."
        )
    return max(1, math.floor(n_samples * train_fraction + 0.5))


def split(
    x: Array,
    labels: Array,
    n_classes: int,
    train_fraction: float,
    standardize: bool,
    rng: np.random.Generator,
) -> Data:
    """Shuffle the samples and split them into a training and a validation part.

    A fraction of 1 leaves the validation part empty. Standardizing uses mean and standard deviation (divisor
    n) of the training part only; a feature that is constant there becomes 0 in both parts.

    Raises:
        ConfigError: for `train_fraction` if it is not within (0, 1].
    """
    order = rng.permutation(len(x))
    first, rest = np.split(order, [n_train(len(x), train_fraction)])
    x_train = np.ascontiguousarray(x[first], np.float64)
    x_validation = np.ascontiguousarray(x[rest], np.float64)
    if standardize:
        _standardize(x_train, x_validation)
    data = Data(
        x_train, labels[first].astype(np.int64), x_validation, labels[rest].astype(np.int64), n_classes
    )
    for array in (data.x_train, data.labels_train, data.x_validation, data.labels_validation):
        array.flags.writeable = False
    return data


def _standardize(x_train: Array, x_validation: Array) -> None:
    # Constants are found by their range: round-off leaves the std of a constant such as 0.1 just above zero.
    constant = x_train.min(axis=0) == x_train.max(axis=0)
    mean = x_train.mean(axis=0)
    std = np.where(constant, 1.0, x_train.std(axis=0))
    for part in (x_train, x_validation):
        part -= mean
        part /= std
        part[:, constant] = 0.0


def _digits(_rng: np.random.Generator) -> Samples:
    try:
        with DIGITS_FILE.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            pixels, labels = arrays["pixels"], arrays["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        message = f"The handwritten digits cannot be read from {DIGITS_FILE}: {error}. Restore that file."
        raise DataError(message) from error
    found = (pixels.shape, pixels.dtype, labels.shape, labels.dtype)
    if found != ((1797, 64), np.uint8, (1797,), np.uint8) or pixels.max() > 16 or labels.max() > 9:
        raise DataError(
            f"{DIGITS_FILE} does not hold the handwritten digits: expected 1797 images of 64 pixels from 0 "
            "to 16 and as many labels from 0 to 9. Restore that file."
        )
    return pixels.astype(np.float64), labels.astype(np.int64)


def _scikit_learn() -> Any:
    try:
        return import_module("sklearn.datasets")
    except ImportError as error:
        raise DataError(
            f"This data set comes with scikit-learn, which cannot be imported: {error}. Install it "
            "(pip install scikit-learn), or choose the digits, XOR or the spiral, which do without."
        ) from error


def _bundled(loader: str, _rng: np.random.Generator) -> Samples:
    x, labels = getattr(_scikit_learn(), loader)(return_X_y=True)
    return np.asarray(x, np.float64), np.asarray(labels, np.int64)


def _legacy_seed(rng: np.random.Generator) -> int:
    """Draw a seed for scikit-learn, which knows only the legacy RandomState."""
    return int(rng.integers(2**32))


def _moons(rng: np.random.Generator, n_samples: int, noise: float) -> Samples:
    x, labels = _scikit_learn().make_moons(
        n_samples, noise=noise, shuffle=False, random_state=_legacy_seed(rng)
    )
    return x, labels.astype(np.int64)


def _circles(rng: np.random.Generator, n_samples: int, noise: float) -> Samples:
    x, labels = _scikit_learn().make_circles(
        n_samples, noise=noise, factor=0.5, shuffle=False, random_state=_legacy_seed(rng)
    )
    return x, labels.astype(np.int64)


def _xor(rng: np.random.Generator, n_samples: int, noise: float) -> Samples:
    corners = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])  # neighbours differ in class
    corner = np.arange(n_samples) % 4
    x = corners[corner] + noise * rng.standard_normal((n_samples, 2))
    return x, corner % 2


def _blobs(
    rng: np.random.Generator, n_samples: int, noise: float, n_features: int, n_classes: int
) -> Samples:
    x, labels = _scikit_learn().make_blobs(
        n_samples,
        centers=_spread_centres(rng, n_features, n_classes),
        cluster_std=noise,
        shuffle=False,
        random_state=_legacy_seed(rng),
    )
    return x, labels.astype(np.int64)


def _spread_centres(rng: np.random.Generator, n_features: int, n_classes: int) -> Array:
    """Draw centres in a ball of radius 4, each the farthest of ten candidates from those before it.

    The radius does not grow with the number of features, so neither does the distance between blobs: in many
    dimensions it is about 4 sqrt(2), and a feature's variance is close to noise^2. Best-candidate sampling:
    D. Mitchell, Spectrally optimal sampling for distribution ray tracing, 1991,
    https://doi.org/10.1145/127719.122736
    """
    centres = np.empty((n_classes, n_features))
    for k in range(n_classes):
        candidates = rng.standard_normal((10, n_features))
        radius = 4.0 * rng.random((10, 1)) ** (1 / n_features)  # uniform in the ball
        candidates *= radius / np.linalg.norm(candidates, axis=1, keepdims=True)
        distances = np.linalg.norm(candidates[:, None] - centres[None, :k], axis=2)
        centres[k] = candidates[np.argmax(distances.min(axis=1, initial=np.inf))]
    return centres


def _spiral(rng: np.random.Generator, n_samples: int, noise: float) -> Samples:
    arm = np.arange(n_samples) % 2
    # The half keeps the arms, which meet at radius 0, apart.
    radius = (np.arange(n_samples) // 2 + 0.5) / ((n_samples + 1) // 2)
    angle = 2 * np.pi * 1.75 * radius + np.pi * arm
    x = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    return x + noise * rng.standard_normal((n_samples, 2)), arm


def _fixed(shape: DataShape) -> Callable[[], DataShape]:
    return lambda: shape


def _two_classes_in_the_plane(n_samples: int, **_noise: float) -> DataShape:
    return DataShape(n_samples, 2, 2)


def _blobs_shape(n_samples: int, n_features: int, n_classes: int, **_noise: float) -> DataShape:
    return DataShape(n_samples, n_features, n_classes)


_N_SAMPLES = Number(
    "n_samples",
    "samples",
    "How many points to draw, over all classes; the classes are equally large, to within one point.",
    400,
    10,
    100_000,
    integer=True,
)


def _noise(default: float, maximum: float, scale: str) -> Number:
    return Number(
        "noise",
        "noise",
        f"The standard deviation of the Gaussian noise added to each coordinate. For scale: {scale}.",
        default,
        0.0,
        maximum,
    )


_PLAYGROUND = "Smilkov et al., Direct-Manipulation Visualization of Deep Networks, 2017, https://arxiv.org/abs/1708.03788"
_PEDREGOSA = "Pedregosa et al., Scikit-learn: Machine Learning in Python, 2011, https://jmlr.org/papers/v12/pedregosa11a.html"

DATASETS: dict[str, DataSet] = {
    "digits": DataSet(
        "Handwritten digits (8x8)",
        "1797 samples, 64 features, 10 classes",
        "Scanned digits from 0 to 9 of 13 writers, reduced to 8 x 8 pixels with ink from 0 to 16.",
        (),
        "Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, 1998, https://doi.org/10.24432/C50P49",
        _fixed(DataShape(1797, 64, 10)),
        _digits,
    ),
    "iris": DataSet(
        "Iris",
        "150 samples, 4 features, 3 classes",
        "Length and width of the sepals and petals of three species of iris, 50 flowers each; one species "
        "stands apart, the other two overlap.",
        (),
        "Fisher, The Use of Multiple Measurements in Taxonomic Problems, 1936, "
        "https://doi.org/10.1111/j.1469-1809.1936.tb02137.x",
        _fixed(DataShape(150, 4, 3)),
        partial(_bundled, "load_iris"),
    ),
    "wine": DataSet(
        "Wine",
        "178 samples, 13 features, 3 classes",
        "Thirteen chemical measurements of wines from three cultivars; the features differ in scale by a "
        "factor of thousands, so it shows what standardizing is for.",
        (),
        "Aeberhard and Forina, Wine, 1992, https://doi.org/10.24432/C5PC7J",
        _fixed(DataShape(178, 13, 3)),
        partial(_bundled, "load_wine"),
    ),
    "breast_cancer": DataSet(
        "Breast cancer (Wisconsin)",
        "569 samples, 30 features, 2 classes",
        "Measurements of cell nuclei from breast tumours, 212 malignant (class 0) and 357 benign (class 1).",
        (),
        "Wolberg, Mangasarian, Street and Street, Breast Cancer Wisconsin (Diagnostic), 1995, "
        "https://doi.org/10.24432/C5DW2B",
        _fixed(DataShape(569, 30, 2)),
        partial(_bundled, "load_breast_cancer"),
    ),
    "moons": DataSet(
        "Two moons",
        "(cos t, sin t) and (1 - cos t, 1/2 - sin t), 0 <= t <= pi",
        "Two half circles that reach into each other; no straight line separates them.",
        (_N_SAMPLES, _noise(0.1, 2.0, "the half circles have radius 1")),
        _PEDREGOSA,
        _two_classes_in_the_plane,
        _moons,
    ),
    "circles": DataSet(
        "Circles",
        "radius 1 (class 0) around radius 1/2 (class 1)",
        "A circle inside a circle; no straight line separates them, but the distance from the middle does.",
        (_N_SAMPLES, _noise(0.1, 2.0, "the circles have radius 1 and 0.5")),
        _PEDREGOSA,
        _two_classes_in_the_plane,
        _circles,
    ),
    "xor": DataSet(
        "XOR",
        "corners (+-1, +-1); class 1 where the signs differ",
        "Four groups in the corners of a square, opposite corners in the same class: the classic problem "
        "that a network without a hidden layer cannot solve.",
        (_N_SAMPLES, _noise(0.25, 2.0, "neighbouring corners are 2 apart")),
        _PLAYGROUND,
        _two_classes_in_the_plane,
        _xor,
    ),
    "blobs": DataSet(
        "Gaussian blobs",
        "centre_k + noise N(0, I), |centre_k| <= 4",
        "One Gaussian cloud per class, with as many features and classes as wanted; how far the clouds "
        "overlap does not depend on the number of features.",
        (
            _N_SAMPLES,
            _noise(1.0, 10.0, "the centres lie within 4 of the origin"),
            Number("n_features", "features", "How many inputs the network gets.", 2, 2, 4096, integer=True),
            Number(
                "n_classes", "classes", "How many clouds, each a class of its own.", 3, 2, 20, integer=True
            ),
        ),
        _PEDREGOSA,
        _blobs_shape,
        _blobs,
    ),
    "spiral": DataSet(
        "Two-arm spiral",
        "r (sin t, cos t), t = 3.5 pi r + pi k, 0 < r < 1",
        "Two arms wound around each other one and three quarter times: the hardest of the sets in the plane, "
        "it needs hidden layers that keep their signal.",
        (_N_SAMPLES, _noise(0.02, 2.0, "the outer end has radius 1 and the arms are 0.29 apart")),
        _PLAYGROUND,
        _two_classes_in_the_plane,
        _spiral,
    ),
}
