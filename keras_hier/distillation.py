"""`keras_hier.heads.distillation`, under its public name."""

from keras_hier.heads.distillation import (
    OUTPUT,
    TEMPERATURE,
    Distillation,
    DivergenceLoss,
)

__all__ = ["OUTPUT", "TEMPERATURE", "Distillation", "DivergenceLoss"]
