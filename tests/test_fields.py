import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fields import (
    Choice,
    ConfigError,
    Number,
    OneOf,
    Parameter,
    Switch,
    brief,
    choose,
    shown,
    unknown_name,
)

RATE = Number("rate", "learning rate", "How far each step goes.", 0.1, 0.0, 1e6)
COUNT = Number("count", "samples", "How many.", 10, 1, 100_000, integer=True)
MODE = OneOf("mode", "mode", "Which fan.", "fan_in", {"fan_in": "inputs", "fan_out": "outputs"})
STANDARDIZE = Switch("standardize", "standardize", "Shift and scale.", True)


@dataclass(frozen=True)
class Law:
    parameters: tuple[Parameter, ...] = ()
    label: str = "A law"
    formula: str = "w = 0"
    explanation: str = "Draws."
    reference: str = "A. Author: A law, 2020, https://example.org"


LAWS = {"zeros": Law(), "normal": Law((RATE,)), "he_normal": Law((RATE, MODE))}


@pytest.mark.parametrize("value", [0.0, 0, 0.1, 1e-300, 1e6, 10**6])
def test_a_number_within_the_limits_becomes_a_float(value: float) -> None:
    checked = RATE.check(value, "rate")
    assert checked == value
    assert type(checked) is float


def test_minus_zero_becomes_zero() -> None:
    assert math.copysign(1.0, float(RATE.check(-0.0, "rate"))) == 1.0


@pytest.mark.parametrize("value", [1, 100_000, 32.0])
def test_a_whole_number_within_the_limits_becomes_an_int(value: float) -> None:
    checked = COUNT.check(value, "count")
    assert checked == value
    assert type(checked) is int


@pytest.mark.parametrize(
    "value",
    [-1e-300, 1e6 + 1, -1, math.nan, math.inf, -math.inf, 10**400, -(10**400), True, None, "0.1", [0.1], {}],
    ids=repr,
)
def test_any_other_number_is_refused_with_its_value_and_the_limits(value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        RATE.check(value, "optimizer.rate")
    assert caught.value.field == "optimizer.rate"
    assert caught.value.message == f"learning rate is {shown(value)}; it must be a number between 0 and 1e6."


@pytest.mark.parametrize("value", [0, 100_001, 1.5, math.nan, math.inf, False, "3", 10**400], ids=repr)
def test_any_other_whole_number_is_refused(value: object) -> None:
    with pytest.raises(ConfigError, match=r"it must be a whole number between 1 and 100,000\.$"):
        COUNT.check(value, "count")


def test_a_number_that_barely_misses_a_limit_is_shown_exactly() -> None:
    fraction = Number("fraction", "fraction", "A share.", 0.5, 0.05, 1.0)
    with pytest.raises(ConfigError, match=r"fraction is 1\.0000000000000002; it must be"):
        fraction.check(math.nextafter(1.0, 2.0), "fraction")


@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.none())
    )
)
def test_a_number_is_either_returned_within_its_limits_or_refused(value: object) -> None:
    try:
        checked = COUNT.check(value, "count")
    except ConfigError:
        return
    assert checked == value
    assert 1 <= checked <= 100_000


def test_one_of_takes_its_names_only() -> None:
    assert MODE.check("fan_out", "mode") == "fan_out"
    for value in ("fan_avg", "", None, 1, ["fan_in"]):
        with pytest.raises(ConfigError) as caught:
            MODE.check(value, "initializer.mode")
        assert caught.value.field == "initializer.mode"
        assert caught.value.message.endswith("Known: fan_in, fan_out.")


def test_a_switch_takes_true_and_false_only() -> None:
    assert STANDARDIZE.check(True, "standardize") is True
    assert STANDARDIZE.check(False, "standardize") is False
    for value in (0, 1, "true", None):
        with pytest.raises(ConfigError, match=r"standardize is .*; it must be true or false\."):
            STANDARDIZE.check(value, "standardize")


def test_a_choice_has_all_parameters_of_its_variant() -> None:
    choice = choose(LAWS, "initializer", "he_normal", {"mode": "fan_out"})
    assert choice.name == "he_normal"
    assert dict(choice.parameters) == {"rate": 0.1, "mode": "fan_out"}
    assert choose(LAWS, "initializer", "zeros") == Choice("zeros")


@pytest.mark.parametrize(
    ("name", "given", "field", "message"),
    [
        (
            "he_norml",
            {},
            "bias_initializer",
            "Unknown bias initializer 'he_norml'; did you mean 'he_normal'? Known: zeros, normal, he_normal.",
        ),
        ("?", {}, "bias_initializer", "Unknown bias initializer '?'. Known: zeros, normal, he_normal."),
        (None, {}, "bias_initializer", "Unknown bias initializer None. Known: zeros, normal, he_normal."),
        (
            ["zeros"],
            {},
            "bias_initializer",
            "Unknown bias initializer ['zeros']. Known: zeros, normal, he_normal.",
        ),
        ("zeros", {"rate": 1}, "bias_initializer.rate", "zeros has no parameter 'rate'."),
        (
            "he_normal",
            {"moed": "fan_in"},
            "bias_initializer.moed",
            "Unknown parameter of he_normal 'moed'; did you mean 'mode'? Known: rate, mode.",
        ),
        (
            "normal",
            {"rate": -1},
            "bias_initializer.rate",
            "learning rate is -1; it must be a number between 0 and 1e6.",
        ),
    ],
)
def test_a_choice_that_cannot_be_made_names_its_field(
    name: object, given: dict[str, object], field: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        choose(LAWS, "bias_initializer", name, given)
    assert caught.value.field == field
    assert caught.value.message == message


def test_choices_are_values() -> None:
    given = {"rate": 1.0}
    choice = Choice("normal", given)
    given["rate"] = 2.0
    assert choice == Choice("normal", {"rate": 1.0})
    assert hash(choice) == hash(Choice("normal", {"rate": 1.0}))
    assert choice != Choice("normal", {"rate": 2.0})
    with pytest.raises(TypeError):
        choice.parameters["rate"] = 3.0  # type: ignore[index]


def test_messages_stay_short_whatever_was_given() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (deep, "x" * 10**6, list(range(10**6)), {str(i): i for i in range(1000)}, 10**4000):
        assert len(shown(value)) < 200
        assert len(unknown_name("activation", value, LAWS)) < 300


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (0.001, "0.001"),
        (0.0001, "1e-4"),
        (0.00012345, "1.234e-4"),
        (math.sqrt(2), "1.414"),
        (50_000.0, "50000"),
        (100_000.0, "1e5"),
        (99_999.9, "1e5"),
        (-1e6, "-1e6"),
        (1e-300, "1e-300"),
        (0.0, "0"),
        (123_456, "123456"),
        (math.inf, "inf"),
    ],
)
def test_the_number_of_a_setting_is_written_briefly(value: float, text: str) -> None:
    assert brief(value) == text


@given(st.floats(-1e12, 1e12))
def test_a_brief_number_is_the_nearest_of_its_digits(value: float) -> None:
    assert float(brief(value)) == float(f"{value:.4g}")
    assert float(brief(value, 17)) == value
