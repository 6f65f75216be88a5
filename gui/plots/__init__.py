"""The plots of the window, one file each; a new one is one entry here."""

from __future__ import annotations

from gui.plots.accuracy import Accuracy
from gui.plots.activations import Activations
from gui.plots.gradients import Gradients
from gui.plots.gradients_over_time import GradientsOverTime
from gui.plots.loss import Loss
from gui.plots.plot import Plot

PLOTS: dict[str, type[Plot]] = {
    plot.name: plot for plot in (Loss, Accuracy, Activations, Gradients, GradientsOverTime)
}

FIGURES = {
    "loss": ("loss", "accuracy"),
    "activations": ("activations",),
    "gradients": ("gradients", "gradients_over_time"),
}
"""Figure -> its plots, side by side: what is written without a window, and the rows in the window."""
