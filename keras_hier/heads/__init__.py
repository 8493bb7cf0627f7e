"""Heads: named outputs that predict a grouping from a layer of a model.

`keras_hier.add_heads` adds them, `keras_hier.fuse_heads` makes one prediction
of all outputs. Here are the classes that saved models hold, and the layers that
a head may have of its own: `hidden` and `convolved`.
"""

from keras_hier.heads.branches import convolved, hidden
from keras_hier.heads.distillation import Distillation, DivergenceLoss
from keras_hier.heads.group_head import GroupHead, ProbeHead
from keras_hier.heads.headed_model import (
    HeadedModel,
    distillation_of,
    heads_of,
    main_output,
)

__all__ = [
    "Distillation",
    "DivergenceLoss",
    "GroupHead",
    "HeadedModel",
    "ProbeHead",
    "convolved",
    "distillation_of",
    "heads_of",
    "hidden",
    "main_output",
]
