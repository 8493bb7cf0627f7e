"""A tree of classes that can be cut into groups."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from keras_hier.hierarchy.tree import cuts
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.tree import Tree


class CutTree(Tree):
    """A `Tree` and its cuts; see `Hierarchy`."""

    def cut(
        self,
        *,
        groups: int | None = None,
        max_size: int | None = None,
        depth: int | None = None,
        nodes: Iterable[str | int] | None = None,
    ) -> Grouping:
        """Cuts the tree into groups, which stand in display order.

        Args:
            groups: split the largest group (of equals the first in display
                order) into its children until there are at least so many.
            max_size: walk down until no group has more classes than this;
                1 makes every class a group.
            depth: the nodes at this depth, and the leaves above it.
            nodes: exactly these, by id, name or number.

        Returns:
            A `Grouping` of G groups.

        Raises:
            HierarchyError: not exactly one argument, out of range, or nodes
                that overlap or leave classes out.

        Example:
            >>> from keras_hier import Hierarchy
            >>> Hierarchy.imagenet().cut(groups=4).names
            ('organism', 'artifact', 'food', 'rest')
        """
        given = {
            "groups": groups,
            "max_size": max_size,
            "depth": depth,
            "nodes": nodes,
        }
        return self._grouping(cuts.by_one_of(self, given))

    def _grouping(self, nodes: Sequence[int] | np.ndarray) -> Grouping:
        of_class = np.empty(self.num_classes, np.int32)
        for group, node in enumerate(nodes):
            of_class[self.order[self.start[node] : self.stop[node]]] = group
        return Grouping(
            [self.node_names[n] for n in nodes],
            of_class,
            [self.node_ids[n] for n in nodes],
        )

    def levels(self) -> tuple[Grouping, ...]:
        """Returns the cuts that the screen and the logged scores use.

        Where levels have names, these, and cuts by size in wide gaps between
        them; else the nodes below the root and the groups of at most 22, 12.5,
        4.5 and 1.4 % of the classes. Then the classes. Levels that coincide
        are one, and none without a name has more than 70 % single classes.
        Each refines the one before.
        """
        return tuple(self._grouping(level.nodes) for level in cuts.levels(self))


def require_hierarchy(value: Any) -> None:
    """Raises an error unless a value is a `Hierarchy`."""
    if not isinstance(value, CutTree):
        raise ValueError(
            f"Expected a Hierarchy, got {type(value).__name__} {value!r:.80}. "
            "Make one, such as Hierarchy.imagenet() or "
            "Hierarchy.from_csv('tree.csv')."
        )
