"""Benchmarks that a person runs with scripts/bench; each part is a module, named in `__main__`."""
