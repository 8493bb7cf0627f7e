"""`keras_hier.heads.branches`, under its public name."""

from keras_hier.heads.branches import convolved, hidden

__all__ = ["convolved", "hidden"]
