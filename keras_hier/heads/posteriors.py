"""Converts log-probabilities between classes and their groups."""

from typing import Any

import numpy as np
from keras import ops

from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.losses.tree_ops import segment_logsumexp


def of_classes(log_p: Any, grouping: Grouping) -> Any:
    """Divides a group's log-probability [N, G] among its classes, [N, C]."""
    sizes = np.log(grouping.sizes).astype(np.float32)
    each = ops.subtract(log_p, sizes)
    return ops.take(each, grouping.of_class, axis=-1)


def of_groups(log_p: Any, grouping: Grouping) -> Any:
    """Sums log-probabilities [N, C] over the classes of each group, [N, G]."""
    groups = grouping.of_class, grouping.num_groups
    return ops.transpose(segment_logsumexp(ops.transpose(log_p), *groups))
