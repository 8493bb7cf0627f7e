"""`keras_hier.scores.fusion`, under its public name."""

from keras_hier.scores.fusion import (
    CHUNK,
    Experts,
    FloatArray,
    fuse,
    fusion_weights,
)

__all__ = ["CHUNK", "Experts", "FloatArray", "fuse", "fusion_weights"]
