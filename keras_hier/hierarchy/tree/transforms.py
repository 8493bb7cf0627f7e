"""Trees made from a hierarchy, and its drawing as text."""

from collections.abc import Mapping, Sequence

import numpy as np

from keras_hier.hierarchy.tree import cuts
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import (
    HierarchyError,
    quoted,
    twins_hint,
)
from keras_hier.hierarchy.tree.node_table import NodeTable, flat_table
from keras_hier.hierarchy.tree.origin import Origin
from keras_hier.hierarchy.tree.rows import collapse_chains
from keras_hier.hierarchy.tree.tree import Tree
from keras_hier.terminal import escaped


def collapsed(tree: Tree, grouping: Grouping) -> NodeTable:
    """Returns the tree whose classes are the groups, label g for group g."""
    if grouping.nodes is None:
        ids = [f"group {g}" for g in range(grouping.num_groups)]
        return flat_table(ids, grouping.names)
    labels = np.full(len(tree.parents), -1)
    below = np.zeros(len(tree.parents), bool)
    for group, node in enumerate(_nodes_of(tree, grouping)):
        labels[node] = group
        below[node] = True
    for node in range(1, len(below)):
        below[node] |= below[tree.parents[node]]
    table = _select(tree, np.flatnonzero(~below | (labels >= 0)), labels)
    return _with_level_names(tree, table)


def _nodes_of(tree: Tree, grouping: Grouping) -> list[int]:
    index = {node_id: node for node, node_id in enumerate(tree.node_ids)}
    nodes = [index.get(node_id, -1) for node_id in grouping.nodes or ()]
    if -1 not in nodes and sorted(nodes) == cuts.by_nodes(tree, nodes):
        of_class = grouping.of_class[tree.order]
        spans = [of_class[tree.start[n] : tree.stop[n]] for n in nodes]
        if all((span == g).all() for g, span in enumerate(spans)):
            return nodes
    raise HierarchyError(
        "The grouping is a cut of another tree: its nodes "
        f"{quoted(grouping.nodes or ())} do not hold the same "
        "classes here. To use its groups without its nodes: "
        "Grouping(grouping.names, grouping.of_class)."
    )


def subset(tree: Tree, classes: Sequence[str]) -> NodeTable:
    """Returns the tree of some classes, in their order, chains collapsed."""
    label_of = {class_id: label for label, class_id in enumerate(tree.classes)}
    unknown = [c for c in classes if c not in label_of]
    if unknown:
        raise HierarchyError(
            "Classes that the hierarchy does not have: "
            f"{quoted(unknown)}." + twins_hint(unknown, label_of)
        )
    labels = np.full(len(tree.parents), -1)
    kept = tree.leaves[[label_of[c] for c in classes]]
    labels[kept] = np.arange(len(classes))
    before = np.zeros(tree.num_classes + 1, int)
    np.cumsum(labels[tree.leaves[tree.order]] >= 0, out=before[1:])
    nonempty = np.flatnonzero(before[tree.stop] > before[tree.start])
    table = collapse_chains(_select(tree, nonempty, labels))
    return _with_level_names(tree, table)


def reordered(tree: Tree, siblings: Mapping[int, Sequence[int]]) -> NodeTable:
    """Returns the tree with the children of some nodes in another order."""
    nodes: list[int] = []
    stack = [0]
    while stack:
        node = stack.pop()
        nodes.append(node)
        stack.extend(reversed(list(siblings.get(node, tree.children(node)))))
    table = _select(tree, np.array(nodes), tree.labels)
    origin = tree.origin and tree.origin.of_nodes(nodes)
    return _with_level_names(tree, table)._replace(origin=origin)


def bare(origin: Origin | None) -> Origin | None:
    """Returns the source of a computed tree, without its evidence."""
    return origin and Origin(origin.kind, origin.samples, origin.errors)


def _select(tree: Tree, nodes: np.ndarray, labels: np.ndarray) -> NodeTable:
    index = np.full(len(tree.parents) + 1, -1)  # the last is the root's parent
    index[nodes] = np.arange(len(nodes))
    return NodeTable(
        index[tree.parents[nodes]].tolist(),
        [tree.node_ids[n] for n in nodes],
        [tree.node_names[n] for n in nodes],
        labels[nodes].tolist(),
    )


def _with_level_names(tree: Tree, table: NodeTable) -> NodeTable:
    """Gives each level the name that its groups had in another tree.

    There are no names where groups of several levels stand at one depth.
    """
    if tree.level_names is None:
        return table
    node_of = {node_id: node for node, node_id in enumerate(tree.node_ids)}
    depth = [0] * len(table.parents)
    found: dict[int, set[int]] = {}
    for node, parent in enumerate(table.parents[1:], start=1):
        depth[node] = depth[parent] + 1
        if table.labels[node] < 0:
            before = int(tree.depth[node_of[table.ids[node]]])
            found.setdefault(depth[node], set()).add(before)
    if any(len(depths) > 1 for depths in found.values()):
        return table
    names = [tree.level_names[found[at].pop() - 1] for at in sorted(found)]
    return table._replace(level_names=names)


# Most characters of indentation: more would show nothing, and the drawing of a
# chain of nodes would grow with the square of their number.
_INDENT = 300


def drawing(tree: Tree) -> str:
    """Draws the tree with box characters, a line a node."""
    lines = []
    stack = [(0, "", "")]
    while stack:
        node, branch, indent = stack.pop()
        size = int(tree.stop[node] - tree.start[node])
        count = "" if tree.labels[node] >= 0 else f" {size}"
        lines.append(f"{branch}{escaped(tree.node_names[node])}{count}")
        below = tree.children(node).tolist()
        indent = indent[-_INDENT:]
        for child in reversed(below):
            last = child == below[-1]
            stack.append(
                (
                    child,
                    indent + ("└─ " if last else "├─ "),
                    indent + ("   " if last else "│  "),
                )
            )
    return "\n".join(lines)
