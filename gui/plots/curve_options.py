"""What a person may choose for curves over the steps, and how short their axis is at least."""

from __future__ import annotations

from engine.fields import Number, OneOf, Switch

LOG_X = Switch(
    "log_x", "log x", "Show the steps on a logarithmic axis, which spreads the first ones out.", False
)
SMOOTHING = Number(
    "smoothing",
    "smooth",
    "Exponential moving average, debiased as in TensorBoard; the curves as measured stay visible, paler.",
    0.0,
    0.0,
    0.99,
)

BAND = OneOf(
    "band",
    "seeds",
    "What is drawn of a run with several weight seeds: the median with the band from the 10th to the 90th "
    "percentile, or the mean with one standard deviation below and above.",
    "median",
    {"median": "median", "mean": "mean ± std"},
)
CURVES = OneOf(
    "curves",
    "curves",
    "Of several runs, show the curves of training, of validation, or both.",
    "both",
    {"both": "both", "train": "training", "validation": "validation"},
)

FEWEST_STEPS = 10.0
"""The axis of steps is at least so long."""
