"""Figures of the docs, each by a command: `python -m benchmarks.ROOM.NAME`."""
