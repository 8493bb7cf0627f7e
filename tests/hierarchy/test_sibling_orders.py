"""The order of all siblings of a tree at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from strategies import hierarchies_with_counts

from keras_hier.hierarchy import Hierarchy
from keras_hier.hierarchy.orders import sibling_orders
from keras_hier.hierarchy.orders.seriation import order
from keras_hier.hierarchy.orders.sibling_orders import order_siblings


def node_by_node(tree, matrix, fixed=()):
    """Orders siblings as the definition says, one node after another."""
    counts = np.asarray(matrix, float)[np.ix_(tree.order, tree.order)]
    rates = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    both = rates + rates.T
    # Where each class lies from each: +1 to the right, -1 to the left.
    side = np.zeros_like(both)
    orders = {}
    for node in np.flatnonzero(tree.labels < 0).tolist():
        children = tree.children(node)
        spans = [slice(tree.start[c], tree.stop[c]) for c in children]
        between = np.array([[counts[a, b].sum() for b in spans] for a in spans])
        # A group's samples outside of the family count as its own.
        at = np.arange(len(spans))
        between[at, at] = 0
        samples = np.array([counts[a].sum() for a in spans])
        between[at, at] = samples - between.sum(axis=1)
        best = order(between) if node not in fixed else at
        sizes = np.array([s.stop - s.start for s in spans])[best]
        middle = np.cumsum(sizes) - sizes / 2 - sizes.sum() / 2
        pulls = np.array([(side[s] * both[s]).sum() for s in spans])[best]
        if middle @ pulls < -1e-9 and node not in fixed:
            best = best[::-1]
        orders[node] = children[best].tolist()
        for at, one in enumerate(best):
            for other in best[at + 1 :]:
                side[spans[one], spans[other]] = 1
                side[spans[other], spans[one]] = -1
    return orders


def wide(children, seed):
    """A tree of families of some sizes, and confusions between all classes."""
    paths = [
        (f"g{group}", f"g{group} {part}", f"c{group} {part} {leaf}")
        for group, size in enumerate(children)
        for part in range(size)
        for leaf in range(1 + (group + part) % 3)
    ]
    rng = np.random.default_rng(seed)
    tree = Hierarchy.from_paths([paths[i] for i in rng.permutation(len(paths))])
    return tree, rng.poisson(0.4, (len(paths), len(paths)))


@given(hierarchies_with_counts(), st.booleans())
@settings(max_examples=60)
def test_all_at_once_as_node_by_node(drawn, fixes):
    tree, matrix = drawn
    fixed = range(0, len(tree.parents), 2) if fixes else ()
    assert order_siblings(tree, matrix, fixed) == node_by_node(
        tree, matrix, fixed
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("at_once", [1, 100, 2**20])
def test_families_of_every_size_as_node_by_node(seed, at_once, monkeypatch):
    monkeypatch.setattr(sibling_orders, "_AT_ONCE", at_once)
    tree, matrix = wide([1, 2, 3, 3, 7, 9, 12, 13, 20, 4, 4], seed)
    assert order_siblings(tree, matrix) == node_by_node(tree, matrix)


@pytest.mark.parametrize("siblings", [5, 15])
def test_rows_that_are_no_numbers_are_refused(siblings):
    tree = Hierarchy.from_paths([(f"c{at}",) for at in range(siblings)])
    matrix = np.ones((siblings, siblings))
    matrix[2] = np.nan  # as of a class without samples, divided by their sum
    with pytest.raises(ValueError, match="none below 0, infinite or NaN"):
        order_siblings(tree, matrix)


def test_the_matrix_stays_as_it_is():
    tree = Hierarchy.from_paths([("a",), ("b",), ("c",)])
    given = sparse.coo_array(
        ([1.0, 2, 0, 5], ([0, 0, 1, 2], [2, 2, 1, 1])), (3, 3)
    )
    for matrix in (given, sparse.csr_array(given), sparse.csc_array(given)):
        before = matrix.data.copy(), matrix.nnz
        orders = order_siblings(tree, matrix)
        assert orders == order_siblings(tree, given.toarray())
        np.testing.assert_array_equal(matrix.data, before[0])
        assert matrix.nnz == before[1]


def test_of_a_deep_chain_every_node_has_its_child():
    depth = 2000
    tree = Hierarchy.from_paths(
        [(*(f"g{i}" for i in range(depth)), name) for name in "ab"] + [("c",)]
    )
    orders = order_siblings(tree, np.ones((3, 3)))
    assert len(orders) == depth + 1
