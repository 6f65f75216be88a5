"""The laws to sample from, most of them those of the weight initializers; numbers are independent throughout.

A law is chosen like everything else: a `Choice` of a name and parameters, from `SAMPLE_LAWS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine import laws
from engine.distributions import Distribution
from engine.fields import Choice, Number, Parameter, choose
from engine.initializers import INITIALIZERS
from engine.laws import Law
from engine.written import read_choice


@dataclass(frozen=True)
class SampleLaw:
    """A law to sample from: what a person reads about it, and `law(**parameters)`.

    Attributes:
        law: the law of independent numbers; draws arrays of any shape.
        initializer: the weight initializer that draws from it, in `engine.initializers.INITIALIZERS`.
    """

    label: str
    formula: str
    explanation: str
    reference: str
    law: Callable[..., Law]
    initializer: str
    parameters: tuple[Parameter, ...] = ()


def check_law(law: Choice, field: str = "law") -> Choice:
    """Return the choice with all its parameters.

    Raises:
        ConfigError: for `field` if the name is unknown, for `field.parameter` if a parameter is unknown or
            out of limits.
    """
    return choose(SAMPLE_LAWS, field, law.name, law.parameters)


def law_of(choice: Choice) -> Law:
    """Return what draws the numbers of a checked choice."""
    return SAMPLE_LAWS[choice.name].law(**choice.parameters)


def distribution_of(choice: Choice) -> Distribution:
    """Return how a number of a checked choice is distributed: moments, density, limits, shares outside."""
    return law_of(choice).entry(())


def code_of(choice: Choice, seed: int, *shape: int) -> str:
    """Return the NumPy code that draws x, the numbers of a checked choice, in this shape."""
    return f"rng = np.random.default_rng({seed})\n{law_of(choice).code('x', shape)}"


def title_of(choice: Choice) -> str:
    """Return the name with the values of the parameters: "rand", "normal(mean=0, std=0.5)"."""
    values = ", ".join(
        f"{name}={value}" if isinstance(value, str) else f"{name}={value:g}"
        for name, value in choice.parameters.items()
    )
    return f"{choice.name}({values})" if values else choice.name


def parse_law(text: str, field: str = "law") -> Choice:
    """Read a law as `title_of` writes it: "rand", "normal(mean=0, std=0.5)".

    Raises:
        ConfigError: for `field`, whatever is wrong with the text.
    """
    return read_choice(SAMPLE_LAWS, "law", text, field)


def law_of_initializer(initializer: Choice, fan_in: int, fan_out: int) -> Choice | None:
    """Return the law of the weights of a layer; None for the identity, which is not random.

    Args:
        initializer: checked, from `engine.initializers.INITIALIZERS`.
        fan_in: the layer's number of inputs.
        fan_out: the layer's number of units.
    """
    if initializer.name == "zeros":
        return choose(SAMPLE_LAWS, "law", "constant", {"value": 0.0})
    if initializer.name not in _LAW_NAMES:
        return None
    name = _LAW_NAMES[initializer.name]
    given = dict(initializer.parameters) | {"fan_in": fan_in, "fan_out": fan_out}
    known = {parameter.name for parameter in SAMPLE_LAWS[name].parameters}
    return choose(SAMPLE_LAWS, "law", name, {key: given[key] for key in known & given.keys()})


def initializer_of_law(choice: Choice) -> Choice | None:
    """Return the initializer that draws weights from a checked law; None for a normal law with a mean.

    The law's fan_in and fan_out are left behind: a network's layers have their own.
    """
    # No initializer is a normal law about anything but 0.
    if choice.parameters.get("mean"):
        return None
    name = SAMPLE_LAWS[choice.name].initializer
    known = {parameter.name for parameter in INITIALIZERS[name].parameters}
    given = {key: value for key, value in choice.parameters.items() if key in known}
    return choose(INITIALIZERS, "initializer", name, given)


_FANS = (
    Number("fan_in", "fan_in", "The layer's number of inputs.", 64, 1, 1_000_000, integer=True),
    Number("fan_out", "fan_out", "The layer's number of units.", 32, 1, 1_000_000, integer=True),
)


def _weights(name: str) -> SampleLaw:
    """Return the law of the weights of a layer fan_in x fan_out."""
    initializer = INITIALIZERS[name]

    def law(fan_in: int, fan_out: int, **parameters: float | str) -> Law:
        return initializer.law(fan_in, fan_out, **parameters).numbers((fan_in, fan_out))

    return SampleLaw(
        label=initializer.label,
        formula=initializer.formula.replace("W", "x"),
        explanation=initializer.explanation,
        reference=initializer.reference,
        law=law,
        initializer=name,
        parameters=(*_FANS, *initializer.parameters),
    )


def _plain(name: str, label: str, formula: str, explanation: str) -> SampleLaw:
    """Return the law of an initializer that does not ask how large the layer is."""
    initializer = INITIALIZERS[name]

    def law(**parameters: float | str) -> Law:
        return initializer.law(1, 1, **parameters)

    return SampleLaw(label, formula, explanation, initializer.reference, law, name, initializer.parameters)


_OWN: dict[str, SampleLaw] = {
    "rand": _plain(
        "rand",
        "rand: uniform [0, 1)",
        "x ~ U[0, 1), mean 1/2, variance 1/12",
        "All numbers from 0 to 1 are equally likely: none is negative, and the mean is 1/2.",
    ),
    "randn": _plain(
        "randn",
        "randn: standard normal",
        "x ~ N(0, 1)",
        "The bell curve about 0: two of three numbers lie within ±1, one of 370 beyond ±3.",
    ),
    "normal": SampleLaw(
        label="normal(mean, std)",
        formula="x ~ N(mean, std²)",
        explanation="The bell curve about any mean, with any standard deviation.",
        reference=INITIALIZERS["normal"].reference,
        law=laws.shifted_normal,
        initializer="normal",
        parameters=(
            Number("mean", "mean", "The middle of the bell curve.", 0.0, -100.0, 100.0),
            Number(
                "std", "standard deviation", "Two of three numbers lie closer to the mean.", 1.0, 0.0, 100.0
            ),
        ),
    ),
    "scaled_randn": _plain(
        "normal",
        "std * randn: scaled",
        "x = std · z, z ~ N(0, 1)",
        "Multiplying stretches or shrinks the bell curve about 0 and leaves its shape: 0.01 * randn has a "
        "standard deviation of 0.01.",
    ),
    "uniform": _plain(
        "uniform",
        "Uniform ±limit",
        "x ~ U(-limit, limit), variance limit² / 3",
        "All numbers from -limit to limit are equally likely; the mean is 0.",
    ),
    "truncated_normal": _plain(
        "truncated_normal",
        "Truncated normal",
        "x ~ N(0, std²) cut off at ±2 std, variance 0.774 std²",
        "The bell curve without its ends: numbers beyond 2 std are drawn again. 0.88 of the std remain.",
    ),
    "orthogonal": replace(
        _weights("orthogonal"),
        label="Entries of orthogonal matrices",
        formula="x = gain · q, q² ~ Beta(1/2, (d - 1) / 2), d = max(fan_in, fan_out); variance gain² / d",
        explanation=(
            "One entry each of many uniformly random orthogonal matrices: nearly normal in large matrices, "
            "and never beyond ±gain. Entries of the same matrix depend on each other."
        ),
    ),
    "sparse": replace(
        _weights("sparse"),
        label="Sparse: mostly zero",
        formula="x ~ N(0, std²) with probability p = connections / fan_in, otherwise 0; variance p std²",
        explanation=(
            "Most numbers are exactly 0 and the others make up the variance, so the kurtosis is 3 / p: many "
            "numbers are needed before a mean settles."
        ),
    ),
    "constant": _plain(
        "constant",
        "Constant",
        "x = value",
        "Nothing is random: the variance is 0, and every mean is the value.",
    ),
}

# All others follow from the initializers; but the identity is not random, and zeros are a constant.
SAMPLE_LAWS: dict[str, SampleLaw] = _OWN | {
    name: _weights(name)
    for name in INITIALIZERS
    if name not in {law.initializer for law in _OWN.values()} | {"identity", "zeros"}
}

# Initializer -> law; of the two laws of the initializer normal, the one that is written alike.
_LAW_NAMES = {law.initializer: name for name, law in SAMPLE_LAWS.items()}
