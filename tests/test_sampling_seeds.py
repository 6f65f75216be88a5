"""The first numbers of a seed, against what NumPy prints in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from engine.fields import ConfigError
from engine.sampling.seeds import Stream, first_numbers

SEEDS = (0, 1, 3, 42, 12345, 2**32 - 1)


def in_a_fresh_process(streams: list[Stream]) -> list[str]:
    """Run the code of each as a person would, and return what it prints: the array, and its exact bits."""
    lines = ["import numpy as np"]
    for stream in streams:
        *before, last = stream.code.split("\n")
        lines += [*before, f"x = {last}", "print(x)", "print(*(number.hex() for number in x.tolist()))"]
    child = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    return child.stdout.splitlines()


def test_the_numbers_are_those_that_numpy_prints() -> None:
    streams = [stream for seed in SEEDS for stream in first_numbers(seed)]
    expected = []
    for stream in streams:
        expected += [stream.printed, " ".join(number.hex() for number in stream.numbers)]
    assert in_a_fresh_process(streams) == expected


def test_the_lines_to_copy() -> None:
    new, legacy = first_numbers(3)
    assert new.code == "rng = np.random.default_rng(3)\nrng.standard_normal(5)"
    assert legacy.code == "np.random.seed(3)\nnp.random.randn(5)"


def test_the_published_legacy_numbers() -> None:
    # Deep Learning Specialization, course 2, week 1: np.random.seed(3), random weights * 10.
    _, legacy = first_numbers(3)
    assert legacy.printed == "[ 1.78862847  0.43650985  0.09649747 -1.8634927  -0.2773882 ]"


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others() -> None:
    assert first_numbers(7) == first_numbers(7)
    for same, other in zip(first_numbers(7), first_numbers(8), strict=True):
        assert not set(same.numbers) & set(other.numbers)


def test_the_printed_numbers_do_not_depend_on_how_this_process_prints() -> None:
    usual = first_numbers(1)
    with np.printoptions(precision=2, suppress=True, linewidth=20):
        assert first_numbers(1) == usual


def test_the_global_generator_is_left_alone() -> None:
    before = np.random.get_state(legacy=False)  # noqa: NPY002 - it is what must not change
    first_numbers(5)
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    np.testing.assert_array_equal(before["state"]["key"], after["state"]["key"])
    assert before["state"]["pos"] == after["state"]["pos"]


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5, None, "3"])
def test_a_seed_that_numpy_would_not_take_is_refused(seed: object) -> None:
    with pytest.raises(ConfigError, match="it must be a whole number between 0 and 4,294,967,295") as caught:
        first_numbers(seed)  # type: ignore[arg-type]
    assert caught.value.field == "seed"
