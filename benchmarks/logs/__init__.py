"""Makers of logs that benchmarks and tests read."""
