"""Benchmarks that a person runs with scripts/bench; they print what they measured."""
