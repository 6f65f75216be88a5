from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fields import ConfigError
from engine.layers import (
    MAX_LAYERS,
    MAX_UNITS,
    check_layers,
    format_layers,
    neighbours,
    parameter_count,
    parse_layers,
)

WIDTHS = st.lists(st.integers(1, MAX_UNITS), max_size=MAX_LAYERS).map(tuple)
REPEATED = st.lists(st.sampled_from([1, 20, 100]), max_size=MAX_LAYERS).map(tuple)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("", ()),
        ("   ", ()),
        ("32", (32,)),
        ("100, 100, 20", (100, 100, 20)),
        ("100,100,20", (100, 100, 20)),
        ("100 100 20", (100, 100, 20)),
        ("100; 100;20,", (100, 100, 20)),
        ("100x5", (100,) * 5),
        ("100x5, 20", (100, 100, 100, 100, 100, 20)),
        ("100 x 5 20", (100, 100, 100, 100, 100, 20)),
        ("100X2", (100, 100)),
        ("100×2", (100, 100)),
        ("100*2", (100, 100)),
        ("1x100", (1,) * 100),
        (" 4096\n", (4096,)),
    ],
)
def test_lists_are_read_as_people_write_them(text: str, hidden: tuple[int, ...]) -> None:
    assert parse_layers(text) == hidden


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1O, 2", "'1O' is not a layer; write widths such as 100, 50 or 100x5 for five of 100."),
        ("-3", "'-3' is not a layer"),
        ("3.5", "'3.5' is not a layer"),
        ("5x", "'5x' is not a layer"),
        ("x5", "'x5' is not a layer"),
        ("5x5x5", "'5x5x5' is not a layer"),
        ("100x0", "'100x0' is not a layer"),
        ("9" * 5000, "is not a layer"),
        ("0", "A hidden layer has 0 units; it must have 1 to 4,096."),
        ("4097", "A hidden layer has 4097 units; it must have 1 to 4,096."),
        ("1x101", "There are 101 hidden layers; there can be at most 100."),
        ("1x999999999", "There are 999,999,999 hidden layers"),
        ("1x60 1x41", "There are 101 hidden layers"),
    ],
)
def test_other_lists_are_refused_with_the_item(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_layers(text)
    assert message in caught.value.message
    assert len(caught.value.message) < 200
    assert caught.value.field == "hidden"


def test_a_long_paste_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="is not a layer"):
        parse_layers("1" + " " * 200_000 + "a")


@given(st.one_of(WIDTHS, REPEATED))
def test_what_is_written_is_read_back(hidden: tuple[int, ...]) -> None:
    assert parse_layers(format_layers(hidden)) == hidden


@given(st.text(alphabet="0123456789x×*,; -.a\n", max_size=30))
def test_every_text_is_read_or_refused(text: str) -> None:
    try:
        hidden = parse_layers(text)
    except ConfigError:
        return
    assert check_layers(hidden) == hidden


@pytest.mark.parametrize(
    ("hidden", "text"),
    [
        ((), ""),
        ((32, 32), "32, 32"),
        ((32, 32, 32), "32x3"),
        ((100,) * 5 + (20,), "100x5, 20"),
        ((1, 2, 1), "1, 2, 1"),
    ],
)
def test_lists_are_written_briefly(hidden: tuple[int, ...], text: str) -> None:
    assert format_layers(hidden) == text


def test_checked_layers_are_a_tuple() -> None:
    assert check_layers([32, 16]) == (32, 16)
    assert check_layers(()) == ()


@pytest.mark.parametrize(
    ("hidden", "message"),
    [
        (5, "Hidden layers are 5; they must be a list of whole numbers, or empty."),
        ("32, 32", "Hidden layers are '32, 32'; they must be a list"),
        (b"ab", "Hidden layers are b'ab'; they must be a list"),
        (None, "Hidden layers are None; they must be a list"),
        ({1: 2}, "they must be a list"),
        ([0], "A hidden layer has 0 units; it must have 1 to 4,096."),
        ([4097], "A hidden layer has 4097 units"),
        ([True], "A hidden layer has True units"),
        ([32.0], "A hidden layer has 32.0 units"),
        (["32"], "A hidden layer has '32' units"),
        ([[32]], "A hidden layer has [32] units"),
        ([1] * 101, "There are 101 hidden layers; there can be at most 100."),
    ],
    ids=str,
)
def test_layers_that_cannot_be_are_refused(hidden: object, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_layers(hidden)
    assert message in caught.value.message
    assert caught.value.field == "hidden"


@pytest.mark.parametrize(
    ("sizes", "count"),
    [
        ((2, 1), 3),  # two weights, one bias
        ((2, 4, 2, 1), 12 + 10 + 3),
        ((64, 32, 32, 10), 65 * 32 + 33 * 32 + 33 * 10),
        ((784, 100, 100, 100, 100, 100, 10), 785 * 100 + 4 * 101 * 100 + 101 * 10),
    ],
)
def test_parameters_are_weights_and_biases(sizes: tuple[int, ...], count: int) -> None:
    assert parameter_count(sizes) == count


@given(st.sets(st.integers(1, MAX_LAYERS)))
def test_neighbours_are_all_layers_and_as_few_spans_as_there_are_gaps(layers: set[int]) -> None:
    spans = neighbours(sorted(layers))
    assert [layer for first, last in spans for layer in range(first, last + 1)] == sorted(layers)
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(spans))
