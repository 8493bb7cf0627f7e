"""Strategies of hypothesis for the tests of the pure core."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from keras_hier.files import limits
from keras_hier.hierarchy import Hierarchy


@st.composite
def nested_trees(draw: Any) -> tuple[list[Any], list[str]]:
    """Draws a nested tree and its class ids in an arbitrary label order.

    Shapes run from one class to deep chains of single children.
    """
    shapes = draw(
        st.lists(
            st.recursive(
                st.none(),
                lambda below: st.lists(below, min_size=1, max_size=4),
                max_leaves=10,
            ),
            min_size=1,
            max_size=4,
        )
    )
    classes: list[str] = []
    groups = iter(range(1000))

    def named(shape: Any) -> Any:
        if shape is None:
            classes.append(f"class {len(classes)}")
            return classes[-1]
        return {f"group {next(groups)}": [named(s) for s in shape]}

    tree = [named(shape) for shape in shapes]
    return tree, draw(st.permutations(classes))


@st.composite
def hierarchies(draw: Any) -> Hierarchy:
    """Draws a random tree whose labels are not in display order.

    Some trees name their levels.
    """
    nested, classes = draw(nested_trees())
    tree = Hierarchy.from_nested(nested, classes=classes)
    names = [f"level {depth}" for depth in range(1, int(tree.height[0]))]
    if len(names) > limits.LEVEL_NAMES or not draw(st.booleans()):
        return tree
    return Hierarchy.from_nested(nested, classes=classes, level_names=names)


@st.composite
def hierarchies_with_counts(draw: Any) -> tuple[Hierarchy, np.ndarray]:
    """Draws a random tree and a sparse confusion matrix, int64 [C, C]."""
    tree = draw(hierarchies())
    size = tree.num_classes
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    counts = rng.integers(1, 9, (size, size))
    return tree, counts * (rng.random((size, size)) < draw(st.floats(0, 1)))


def naive_ancestors(tree: Hierarchy, node: int) -> list[int]:
    """Returns a node and all above it, walked one parent at a time."""
    path = [node]
    while tree.parents[path[-1]] >= 0:
        path.append(int(tree.parents[path[-1]]))
    return path


def naive_lca(tree: Hierarchy, a: int, b: int) -> int:
    """Returns the first node above label `a` that also lies above label `b`."""
    above_b = naive_ancestors(tree, int(tree.leaves[b]))
    above_a = naive_ancestors(tree, int(tree.leaves[a]))
    return next(node for node in above_a if node in above_b)


def naive_height(tree: Hierarchy, node: int) -> int:
    """Edges on the longest path from a node down to a leaf."""
    return max(
        path.index(node)
        for leaf in tree.leaves.tolist()
        if node in (path := naive_ancestors(tree, leaf))
    )
