"""Lowest common ancestors of classes, in constant time a pair."""

import numpy as np


class LowestCommonAncestors:
    """Answers lowest-common-ancestor queries over the labels of a hierarchy.

    The lowest common ancestor of two leaves is the shallowest node at which
    neighbours in display order between them meet. A sparse table holds that
    minimum for every run of 2^k neighbours: int32 [log2 C, C - 1].

    Args:
        parents: int32 [V], -1 for the root; nodes are numbered depth-first.
        stop: int32 [V], one past the display position of a node's last class.
        rank: int32 [C], display position of each label.
        leaves: int32 [C], the node of each label.

    Reference:
        Bender & Farach-Colton, "The LCA Problem Revisited", LATIN 2000.
    """

    def __init__(
        self,
        parents: np.ndarray,
        stop: np.ndarray,
        rank: np.ndarray,
        leaves: np.ndarray,
    ) -> None:
        self._rank, self._leaves = rank, leaves
        lowest = np.zeros(max(len(leaves) - 1, 0), np.int32)
        above = parents[1:]
        not_last = stop[1:] < stop[above]
        lowest[stop[1:][not_last] - 1] = above[not_last]
        table, width = [lowest], 1
        while 2 * width <= len(lowest):
            last = table[-1]
            # Depth-first numbers grow downwards: the least node is shallowest.
            shallowest = last.copy()
            shallowest[:-width] = np.minimum(last[:-width], last[width:])
            table.append(shallowest)
            width *= 2
        self._table = np.stack(table)

    def of(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Returns int32 nodes for labels a and b, broadcast."""
        a, b = np.broadcast_arrays(a, b)
        first = np.minimum(self._rank[a], self._rank[b])
        span = np.maximum(self._rank[a], self._rank[b]) - first
        differ = span > 0
        nodes = np.array(self._leaves[a])
        first, span = first[differ], span[differ]
        level = np.frexp(span)[1] - 1  # floor(log2(span))
        left = self._table[level, first]
        right = self._table[level, first + span - (1 << level)]
        nodes[differ] = np.minimum(left, right)
        return nodes
