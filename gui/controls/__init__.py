"""The left side of the window: the form that describes the experiment, and the bar that plays it."""
