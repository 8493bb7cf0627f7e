"""Class hierarchies: trees, their cuts into groups, their orders.

NumPy and SciPy only.
"""

from keras_hier.hierarchy.computed_tree import (
    ComputedTree,
    tree_from_confusions,
    tree_from_means,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.cut_tree import require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError

__all__ = [
    "ComputedTree",
    "Grouping",
    "Hierarchy",
    "HierarchyError",
    "NodeLabels",
    "require_hierarchy",
    "tree_from_confusions",
    "tree_from_means",
]
