"""The nodes between the likeliest class of a sample and the root."""

import numpy as np

from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.quantities import quantity


class Paths:
    """From each class the nodes up to the root, D at most.

    Args:
        hierarchy: `Hierarchy` of the C classes.

    Attributes:
        labels: int32 [C, D], labels of the nodes (`NodeLabels`), the class
            first. The root fills the places above itself.
        start: int32 [C, D], display position of the first class of each.
        stop: int32 [C, D], one past its last.
        bits: float64 [C, D], what each says: log2(C) less the log2 of its
            classes. It is 0 for the root.

    Raises:
        ValueError: more places than are held.
    """

    def __init__(self, hierarchy: Hierarchy) -> None:
        depth = int(hierarchy.depth[hierarchy.leaves].max()) + 1
        count = hierarchy.num_classes
        if count * depth > limits.PATHS:
            raise ValueError(
                f"Expected a tree with at most {limits.PATHS:,} places, its "
                f"classes times its depth. Got {quantity(count, 'class')} and "
                f"a depth of {depth}."
            )
        columns = [hierarchy.leaves]
        for _ in range(depth - 1):
            columns.append(np.maximum(hierarchy.parents[columns[-1]], 0))
        nodes = np.stack(columns, axis=1)
        self.order = hierarchy.order
        self.labels = NodeLabels(hierarchy).labels[nodes]
        self.start, self.stop = hierarchy.start[nodes], hierarchy.stop[nodes]
        self.bits = np.log2(count) - np.log2(self.stop - self.start)

    def upwards(self, told: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns the likeliest classes, and how likely the nodes above are.

        Args:
            told: probabilities of the classes [n, C].

        Returns:
            best: int [n], the first in label order where several are equal.
            path: float64 [n, D], probabilities of the class and of the nodes
                above it, ascending.
        """
        best = told.argmax(axis=1)
        sums = np.zeros((len(told), told.shape[1] + 1))
        np.cumsum(told[:, self.order], axis=1, out=sums[:, 1:])
        stop = np.take_along_axis(sums, self.stop[best], axis=1)
        path = stop - np.take_along_axis(sums, self.start[best], axis=1)
        path[:, 0] = told[np.arange(len(told)), best]
        # Rounding must not make a node less likely than one below it.
        return best, np.minimum(np.maximum.accumulate(path, axis=1), 1)
