"""Confusions that the tree does not explain, or that go one way, on request."""

from typing import Any

import numpy as np
from scipy import sparse
from tensorboard import errors
from werkzeug import wrappers

from keras_hier.hierarchy import Hierarchy
from tb_plugin.reading import analysis_limits, parameters
from tb_plugin.reading.answers import Json, memory_of, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.display_levels import display_levels
from tb_plugin.reading.store import Scope, epoch_key
from tb_plugin.routing import Readers, Service, route

CACHE_BYTES = 32 * 2**20
# The clearest of each kind: a list is read from its beginning.
MAX_PAIRS = 2_000
RATE = 0.05
FAMILY = "pairs of this level, each way"
ONE_WAY = "pairs of this level confused often enough"


def surprises(matrix: Any, tree: Hierarchy, level: int) -> Json:
    """Tests the confusions between the groups of a level."""
    # TensorBoard shall not wait for scipy.stats before it is asked for.
    from keras_hier.analysis import evidence

    levels = display_levels(tree)
    if not 0 <= level < len(levels):
        raise errors.InvalidArgumentError(
            f"levels are numbered 0..{len(levels) - 1}, got {level}"
        )
    nodes = levels[level].nodes
    counts, groups = _between(matrix, tree, nodes)
    found = evidence.surprising_confusions(counts, groups)
    one_way = evidence.one_way_confusions(
        counts, sizes=tree.stop[nodes] - tree.start[nodes]
    )
    top = slice(MAX_PAIRS)
    size = len(nodes)
    return {
        "surprise": {
            "family": FAMILY,
            "tested": size * (size - 1),
            "total": len(found.counts),
            "rate": RATE,
            "found": int((found.rates <= RATE).sum()),
            "rows": nodes[found.rows[top]].tolist(),
            "columns": nodes[found.columns[top]].tolist(),
            "counts": found.counts[top].tolist(),
            "expected": numbers(found.expected[top]),
            "p": numbers(found.p[top]),
            "q": numbers(found.rates[top]),
        },
        "one_way": {
            "family": ONE_WAY,
            "tested": one_way.beyond.tested,
            "total": len(one_way.p),
            "rate": one_way.beyond.rate,
            "found": int(one_way.beyond.found.sum()),
            "rows": nodes[one_way.a[top]].tolist(),
            "columns": nodes[one_way.b[top]].tolist(),
            "counts": one_way.a_as_b[top].tolist(),
            "back": one_way.b_as_a[top].tolist(),
            "expected": numbers(one_way.expected[top]),
            "p": numbers(one_way.p[top]),
            "q": numbers(one_way.beyond.rates[top]),
        },
    }


def _between(
    matrix: Any, tree: Hierarchy, nodes: np.ndarray
) -> tuple[sparse.coo_array, Hierarchy]:
    """Returns the counts between the groups, and the tree over them."""
    # The group of each class: its groups lie together in display order.
    of_class = np.empty(tree.num_classes, np.int64)
    of_class[tree.order] = np.repeat(
        np.arange(len(nodes)), tree.stop[nodes] - tree.start[nodes]
    )
    cells = sparse.coo_array(matrix)
    counts = sparse.coo_array(
        (cells.data, (of_class[cells.row], of_class[cells.col])),
        (len(nodes), len(nodes)),
    )
    return counts, tree.collapse(tree.cut(nodes=nodes.tolist()))


class SurpriseService(Service):
    """Tests the confusions of an epoch at a level, once."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._found = Cache(CACHE_BYTES)

    @route
    def surprise(self, request: wrappers.Request, scope: Scope) -> Json:
        """Tests the confusions between the groups of a level.

        Query:
            run, output, step: the epoch of a single run.
            level: number of a level.

        Returns:
            surprise: pairs confused more often than the tree leads to expect.
            one_way: pairs confused more often one way than back. Both have the
                lists below, of the 2,000 clearest pairs at most.
            rows, columns: nodes, true and predicted.
            counts, expected: how often they were confused, and how often that
                was to be expected. In `one_way` that is in proportion to the
                samples that a class of either side has.
            back: how often they were confused the other way, in `one_way`.
            total: how many pairs were confused at all.
        """
        run, output, step = parameters.epoch_of(request)
        level = parameters.number("level", parameters.text(request, "level"))
        epoch = self._store.epoch(scope, run, output, step)
        analysis_limits.check_single(epoch)

        def compute() -> Json:
            header, matrix = epoch.decode()
            tree = self._store.tree_of(scope, run, header)
            analysis_limits.check_matrix(header, tree)
            return surprises(matrix, tree, level)

        key = (epoch_key(scope, run, output, epoch), level)
        found: Json = self._found.get_or_compute(key, compute, _size)
        return found


def _size(found: Json) -> int:
    columns = (c for kind in found.values() for c in kind.values())
    return memory_of(columns)
