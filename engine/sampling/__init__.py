"""The sampling bench: what a random generator gives before any network is involved. NumPy, no Qt."""
