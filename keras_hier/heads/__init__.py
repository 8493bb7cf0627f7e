"""Heads: named outputs that predict a grouping from a layer of a model.

`keras_hier.add_heads` adds them, `keras_hier.fuse_heads` makes one prediction
of all outputs. Here are the classes that saved models hold.
"""

from keras_hier.heads.group_head import GroupHead, ProbeHead
from keras_hier.heads.headed_model import (
    HeadedModel,
    distillation_of,
    heads_of,
    main_output,
)

__all__ = [
    "GroupHead",
    "HeadedModel",
    "ProbeHead",
    "distillation_of",
    "heads_of",
    "main_output",
]
