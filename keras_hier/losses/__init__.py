"""Losses on the output of the classes that know their tree.

Each takes the place of a crossentropy in `model.compile`, and reads labels
[N] or [N, 1], or one-hot or soft labels [N, C]. Labels outside 0..C-1, soft
ones that do not sum to 1, and scores that contradict `from_logits` are errors.
In a compiled step none can be raised: the loss of such a sample is NaN there,
and its gradient 0. `NodeCrossentropy` takes labels of any node, gives NaN for
an integer outside in any step, and looks neither at sums nor at scores.
Everything is computed in float32, also under mixed precision.

A step costs O(N V), V the nodes of the tree: sums go up it level by level, and
no table [C, C] is made. A grouping costs O(N C). A tensor [N, C] takes 1 MB at
1,000 classes and a batch of 256, 22 MB at 21,841; a loss holds ten to twenty of
that size until the gradients are known.
"""

from keras_hier.losses.hierarchical_crossentropy import HierarchicalCrossentropy
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.losses.soft_label_crossentropy import SoftLabelCrossentropy

__all__ = [
    "HierarchicalCrossentropy",
    "NodeCrossentropy",
    "SoftLabelCrossentropy",
]
