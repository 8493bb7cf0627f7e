"""Trees of classes that are computed: from confusions, or from class means.

Most people have predictions and no taxonomy. The errors hold one: classes that
are confused, or confused with the same others, belong together.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.computed.computed_table import (
    confusions_table,
    means_table,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.node_table import NodeTable
from keras_hier.hierarchy.tree.origin import Origin
from keras_hier.tensors import FloatArray

BOOTSTRAP = 40


class ComputedTree(NamedTuple):
    """A tree, and how far it can be believed.

    Attributes:
        hierarchy: `Hierarchy` of the C classes; its `origin` has the same.
        support: float [V], how far each group would come back in other errors
            (or features). It is the largest share in common with a group of a
            new tree (Jaccard), averaged over errors drawn anew and over halves,
            which correct the draws. 1 for classes and root.
        support_chance: float [V], the same for as many classes at random.
        inside: float [L], the share of the errors inside the groups of each
            level but the last. The tree was made to have them there.
        inside_held_out: float [L], that share for trees made from half of the
            errors and judged by the other half.
        inside_chance: float [L], the share of these that would be inside if
            each error drew its wrong class by how often classes are predicted.
            If `inside_held_out` is empty, of the tree's own errors.
    """

    hierarchy: Hierarchy
    support: FloatArray
    support_chance: FloatArray
    inside: FloatArray
    inside_held_out: FloatArray
    inside_chance: FloatArray

    @property
    def weak(self) -> npt.NDArray[np.bool_]:
        """Groups that other errors may not make again, bool [V].

        Their support is not half of the way from chance to 1. If ten classes
        are confused at random, most groups have a support above 0.5. In other
        images 23 to 54 % of such groups came back all the same (a share in
        common of 0.5 or more), and 2 % of random ones at most.
        """
        return self.support < (1 + self.support_chance) / 2


def tree_from_confusions(
    matrix: Any,
    classes: Iterable[str],
    names: Iterable[str] | None = None,
    *,
    bootstrap: int = BOOTSTRAP,
    seed: int = 0,
    independent: bool = True,
) -> ComputedTree:
    """Computes the tree that the errors of a classifier make.

    A random walk steps from class to class by how often they are confused; the
    likelier it gets from one to another, the nearer they are. So two dogs that
    are confused with the same third are near, though never with each other.
    Average linkage joins them, and the groups that the display levels show stay
    of its binary tree. A group is named by the class that is nearest to all of
    it, and by one or two that are nearest to the rest. If all classes are of
    ILSVRC-2012, the hypernym that covers these and no other goes first. Classes
    without any error stand alone at the end.

    Args:
        matrix: counts [C, C], rows true, columns predicted, in label order: an
            array or a SciPy sparse array.
        classes: str [C], class ids in label order.
        names: str [C], for display; by default the ids.
        bootstrap: how many trees measure support: half of them of errors drawn
            anew, the others of halves, in pairs.
        seed: of the draws.
        independent: whether each error is of another sample. It is not if the
            counts of several epochs were added up. Then support and held-out
            shares, which would flatter the tree, are left out.

    Returns:
        The tree, and the evidence for it. The same errors give the same tree.

    Raises:
        HierarchyError: another number of classes or names.
        ValueError: no matrix of counts, or more than 5,000 classes.

    Example:
        >>> confusion = np.diag([90] * 6) + np.kron(
        ...     np.eye(3, dtype=int), [[0, 10], [10, 0]])
        >>> tree = tree_from_confusions(confusion, list("abcdef"))
        >>> tree.hierarchy.levels()[0].names
        ('a, b', 'c, d', 'e, f')
        >>> tree.inside.tolist(), tree.inside_held_out.tolist()
        ([1.0], [1.0])
        >>> tree.inside_chance.tolist()
        [0.2]

    Reference:
        Tong, Faloutsos and Pan: Fast random walk with restart and its
        applications, ICDM 2006; Hennig: Cluster-wise assessment of cluster
        stability, CSDA 52, 2007 (support).
    """
    table = confusions_table(
        matrix, classes, names, bootstrap, seed, independent
    )
    return _with_evidence(table)


def tree_from_means(
    means: Any,
    classes: Iterable[str],
    names: Iterable[str] | None = None,
    *,
    bootstrap: int = BOOTSTRAP,
    seed: int = 0,
) -> ComputedTree:
    """Computes the tree of classes whose mean features are alike.

    Two classes are as near as their means correlate, each feature standardised
    over the classes. Needs no errors, and is stabler than confusions.

    Args:
        means: float [C, F], the mean logits or features of each class.
        classes: str [C], class ids in label order.
        names: str [C], for display; by default the ids.
        bootstrap: how many trees measure support, as in `tree_from_confusions`:
            of features drawn anew, and of halves of them where there are four.
        seed: of the draws.

    Returns:
        The tree, and the support of its groups; there are no errors that could
        be inside them.

    Raises:
        HierarchyError: another number of classes or names.
        ValueError: no finite numbers [C, F], means that tell no class from
            another, a single feature, or more than 5,000 classes.

    Example:
        >>> means = np.repeat(np.eye(3), 2, axis=0) + 0.1 * np.eye(6, 3)
        >>> tree_from_means(means, list("abcdef")).hierarchy.levels()[0].names
        ('a, b', 'c, d', 'e, f')
    """
    return _with_evidence(means_table(means, classes, names, bootstrap, seed))


def _with_evidence(table: NodeTable) -> ComputedTree:
    origin = table.origin or Origin("unknown")
    numbers = (np.array(values) for values in origin[3:])
    return ComputedTree(Hierarchy(*table), *numbers)
