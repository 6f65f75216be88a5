"""The sampling bench of the window: four questions about random numbers, each answered by a picture."""
