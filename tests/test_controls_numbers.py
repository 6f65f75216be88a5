"""Numbers as text: what is read, what is shown, and where the arrows lead."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import BATCH_SIZE, EXPERIMENT_SETTINGS, RUN_REGISTRIES, RUN_SETTINGS
from engine.datasets import DATASETS
from engine.fields import ConfigError, Number
from gui.controls.number_text import (
    by_decades,
    by_leading_digits,
    evenly,
    format_number,
    limits,
    parse_number,
    usual_step,
)

ANY = Number("x", "x", "", 0.0, -1e300, 1e300)
RATE = RUN_SETTINGS["learning_rate"]

_ALL = [
    setting
    for setting in (*EXPERIMENT_SETTINGS.values(), *RUN_SETTINGS.values(), BATCH_SIZE)
    if isinstance(setting, Number)
] + [
    parameter
    for registry in (DATASETS, *RUN_REGISTRIES.values())
    for variant in registry.values()
    for parameter in variant.parameters
    if isinstance(parameter, Number)
]
DECLARED = dict.fromkeys(_ALL)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E-3", 0.001),
        ("0,001", 0.001),
        ("0.001", 0.001),
        (".1", 0.1),
        (",1", 0.1),
        ("5.", 5.0),
        ("  0.5 ", 0.5),
        ("+2", 2.0),
        ("1,5e2", 150.0),
    ],
)
def test_numbers_are_read_with_comma_and_point(text, value):
    assert parse_number(RATE, text) == value


@pytest.mark.parametrize("text", ["-3", "\N{MINUS SIGN}3"])
def test_both_signs_of_minus_are_read(text):
    assert parse_number(ANY, text) == -3


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        # Their thousands may be set apart, and there may be decimals of nothing.
        (["10000", "10,000", "10 000", "10\N{NO-BREAK SPACE}000", "1e4"], 10_000),
        (["10.0", "10.00", "10,0", "10.", "10.0000"], 10),
    ],
)
def test_whole_numbers_are_read_in_all_their_spellings(texts, read):
    for text in texts:
        value = parse_number(BATCH_SIZE, text)
        assert value == read, text
        assert type(value) is int


@pytest.mark.parametrize(
    "text", ["", "abc", "1,2,3", "1.2.3", "1e", "nan", "inf", "0x10", "1_000", "1 2", "-1", "1e999"]
)
def test_what_is_no_number_within_the_limits_is_refused(text):
    with pytest.raises(ConfigError, match="learning rate is"):
        parse_number(RATE, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("fast", "'fast'"),
        ("-1", "-1"),
        ("1e999", "1e999"),
        ("1,5e9", "1,5e9"),
        ("9" * 5000, "9" * 27 + "..." + "9" * 28),
    ],
)
def test_a_refused_text_is_said_as_it_was_typed(text, said):
    with pytest.raises(ConfigError) as caught:
        parse_number(RATE, text)
    assert caught.value.message == f"learning rate is {said}; it must be a number between 0 and 1e6."


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("10.000", "10000 or 10"),
        (" 1.000 ", "1000 or 1"),
        ("-1.000", "-1000 or -1"),
        ("1.797", "1797"),
        ("1.500", "1500"),
    ],
)
def test_a_point_that_may_set_thousands_apart_is_asked_about(text, remedy):
    with pytest.raises(ConfigError) as caught:
        parse_number(BATCH_SIZE, text)
    said = f"batch size is {text.strip()}, whose point may mark thousands or decimals; type {remedy}."
    assert (caught.value.field, caught.value.message) == ("batch_size", said)


@pytest.mark.parametrize(("text", "value"), [("10.000", 10.0), ("1.500", 1.5), ("0.125", 0.125)])
def test_a_point_in_what_is_no_whole_number_is_the_decimal_one(text, value):
    assert parse_number(RATE, text) == value


@pytest.mark.parametrize("text", ["1e-400", "1,5E-400", ".001e-330", "0." + "0" * 400 + "1"])
@pytest.mark.parametrize("number", [RATE, EXPERIMENT_SETTINGS["data_seed"]], ids=["rate", "seed"])
def test_a_number_that_would_become_zero_is_refused(number, text):
    with pytest.raises(ConfigError, match="is so close to 0 that it would become 0; give 0 or") as caught:
        parse_number(number, text)
    assert caught.value.field == number.name
    assert caught.value.message.startswith(text[:10])
    assert len(caught.value.message) < 150


@pytest.mark.parametrize(("text", "value"), [("0e-400", 0), ("0.000", 0), ("-0", 0), ("5e-324", 5e-324)])
def test_zero_and_the_smallest_number_are_read(text, value):
    assert parse_number(RATE, text) == value


@pytest.mark.parametrize("text", ["1.5", "1,5", "1,23", "0", "100001", "0,001", "0 001"])
def test_what_is_no_whole_number_within_the_limits_is_refused(text):
    with pytest.raises(ConfigError, match="whole number"):
        parse_number(BATCH_SIZE, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "0.001"),
        (0.00025, "2.5e-4"),
        (1e-8, "1e-8"),
        (0.01, "0.01"),
        (0.1, "0.1"),
        (1.0, "1"),
        (0.0, "0"),
        (-0.5, "-0.5"),
        (32, "32"),
        (4294967295, "4294967295"),
        (1e6, "1e6"),
        (math.sqrt(2), "1.41421"),
        (0.1 + 0.2, "0.3"),
        (0.123456789, "0.123456789"),
    ],
)
def test_numbers_are_shown_briefly(value, text):
    assert format_number(value) == text


@given(st.floats(-1e300, 1e300))
def test_shown_numbers_read_back_as_what_they_are_to_six_digits(value):
    assert parse_number(ANY, format_number(value)) == pytest.approx(value, rel=5e-6, abs=0)


@pytest.mark.parametrize("number", [pytest.param(n, id=f"{i}-{n.name}") for i, n in enumerate(DECLARED)])
def test_the_arrows_lead_from_the_default_through_the_whole_range_to_both_limits(number):
    step = usual_step(number)
    for direction, end in ((1, number.maximum), (-1, number.minimum)):
        value = number.default
        for _ in range(2000):
            after = step(value, direction)
            assert direction * (after - value) > 0
            value = after
            if direction * (value - end) >= 0:
                break
        else:
            assert number.maximum > 1e9  # a seed, stepped by one


def test_decades_go_by_one_two_five():
    values = [0.01]
    for _ in range(7):
        values.append(by_decades(values[-1], 1))
    assert values == [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
    assert by_decades(0.03, 1) == 0.05
    assert by_decades(0.03, -1) == 0.02


def test_decades_reach_zero_and_leave_it():
    assert by_decades(1e-12, -1) == 0
    assert by_decades(0.0, 1) == 1e-4
    assert by_decades(-1e-12, 1) == 0
    assert by_decades(-0.2, -1) == -0.5


def test_whole_numbers_step_in_their_second_digit():
    assert [by_leading_digits(value, 1) for value in (8, 99, 100, 400, 1797)] == [9, 100, 110, 410, 1800]
    assert [by_leading_digits(value, -1) for value in (9, 100, 110, 1000, 1797)] == [8, 99, 100, 990, 1700]


def test_even_steps_lead_to_multiples():
    step = evenly(0.05)
    assert step(0.8, 1) == 0.85
    assert step(0.83, 1) == 0.85
    assert step(0.83, -1) == 0.8


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (BATCH_SIZE, "From 1 to 100,000 samples."),
        (RATE, "From 0 to 1e6."),
        (EXPERIMENT_SETTINGS["train_fraction"], "From 0.05 to 1."),
    ],
    ids=["batch_size", "learning_rate", "train_fraction"],
)
def test_limits_are_said(number, text):
    assert limits(number) == text
