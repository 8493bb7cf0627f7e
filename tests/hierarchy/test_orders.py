"""Orders of classes and of siblings, against all orders and definitions."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import adjusted_rand_score
from strategies import hierarchies_with_counts

from keras_hier.hierarchy import Hierarchy
from keras_hier.hierarchy.orders import linear_arrangement, seriation
from keras_hier.hierarchy.orders.sibling_orders import order_siblings

SIZE = 48
PAIR = Hierarchy.from_paths([("a",), ("b",)])


def planted(seed):
    """Confusions of 4 groups of 3 groups of 4 classes, labels shuffled."""
    rng = np.random.default_rng(seed)
    fine = rng.permutation(np.arange(SIZE) // 4)
    coarse = fine // 3
    rate = np.full((SIZE, SIZE), 0.2)
    rate[np.equal.outer(coarse, coarse)] = 2
    rate[np.equal.outer(fine, fine)] = 9
    np.fill_diagonal(rate, 60)
    return rng.poisson(rate), coarse, fine


def cost(weights, order):
    places = np.argsort(order)
    return (weights * np.abs(np.subtract.outer(places, places))).sum() / 2


class TestBestOfAll:
    @given(st.integers(1, 6), st.integers(0, 2**32 - 1))
    def test_it_is_the_first_of_the_best(self, size, seed):
        # Small whole numbers: many orders are equally good.
        weights = np.random.default_rng(seed).integers(0, 3, (size, size))
        weights = (weights + weights.T) / 2
        found = linear_arrangement.best_order(weights)
        np.fill_diagonal(weights, 0)  # it is ignored
        orders = list(permutations(range(size)))
        costs = [cost(weights, order) for order in orders]
        best = np.flatnonzero(np.array(costs) <= min(costs) + 1e-9)[0]
        assert tuple(found) == orders[best]

    @pytest.mark.parametrize("size", [9, seriation.FEW])
    def test_it_is_no_worse_than_what_is_taken_for_more_classes(self, size):
        rng = np.random.default_rng(size)
        for _ in range(3):
            alike = seriation.similarity(rng.poisson(0.5, (size, size)))
            order = linear_arrangement.best_order(alike / alike.max())
            assert sorted(order) == list(range(size))
            other = seriation._best_of_three(alike)
            assert cost(alike, order) <= cost(alike, other) + 1e-9

    def test_what_is_no_number_leaves_the_given_order(self):
        order = linear_arrangement.best_order(np.full((5, 5), np.nan))
        assert order.tolist() == list(range(5))


class TestSeriation:
    def test_a_planted_tree_is_recovered(self):
        matrix, coarse, fine = planted(0)
        tree = Hierarchy.from_linkage(
            seriation.linkage(matrix), [f"class {c}" for c in range(SIZE)]
        )
        order = seriation.order(matrix)
        assert sorted(order) == list(range(SIZE))
        assert order.dtype == np.int32
        for groups, truth in ((4, coarse), (12, fine)):
            found = tree.cut(max_size=SIZE // groups).of_class
            assert adjusted_rand_score(truth, found) > 0.9
            # Each group is one run of the order.
            assert np.count_nonzero(np.diff(truth[order])) == truth.max()

    def test_a_shuffled_chain_is_put_back(self):
        # Confusion falls with the distance along a line: a Robinson matrix.
        away = np.abs(np.subtract.outer(np.arange(30), np.arange(30)))
        chain = np.maximum(40 - away, 0) + 60 * (away == 0)
        chain[np.diag_indices(30)] += chain.sum(1).max() - chain.sum(axis=1)
        shuffle = np.random.default_rng(0).permutation(30)
        order = seriation.order(chain[np.ix_(shuffle, shuffle)])
        line = shuffle[order].tolist()
        assert line in (list(range(30)), list(range(29, -1, -1)))

    @pytest.mark.parametrize("size", [1, 2, 6, 14])
    def test_the_given_order_stays_where_none_is_better(self, size):
        for matrix in (np.eye(size) * 7, np.ones((size, size))):
            assert seriation.order(matrix).tolist() == list(range(size))
        tree = Hierarchy.from_paths([(f"c{c}",) for c in range(size)])
        assert tree.ordered_by(np.eye(size)) == tree

    def test_similarity_by_hand(self):
        # Row shares off the diagonal: .2 from 0 to 1, .5 from 1 to 0.
        alike = seriation.similarity([[8, 2, 0], [3, 3, 0], [0, 0, 0]])
        np.testing.assert_allclose(alike[0], [0, 0.35, 0])
        assert (alike == alike.T).all()
        assert not alike[2].any()  # a class without samples is like no other


def node_by_node(tree, matrix, fixed=()):
    """Orders siblings as the definition says, from all pairs of classes."""
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
        best = seriation.order(between) if node not in fixed else at
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


class TestSiblings:
    @given(hierarchies_with_counts(), st.booleans())
    @settings(max_examples=60)
    def test_they_are_ordered_as_by_definition(self, drawn, fixes):
        tree, matrix = drawn
        fixed = range(0, len(tree.parents), 2) if fixes else ()
        expected = node_by_node(tree, matrix, fixed)
        assert order_siblings(tree, matrix, fixed) == expected

    def test_families_of_every_size(self):
        tree, matrix = wide([1, 2, 3, 3, 7, 9, 12, 13, 20, 4, 4], seed=0)
        assert order_siblings(tree, matrix) == node_by_node(tree, matrix)

    def test_confused_ones_become_neighbours(self):
        # a - c and c - b are confused, d with nothing.
        tree = Hierarchy.from_paths([(name,) for name in "abcd"])
        matrix = np.diag([50] * 4)
        matrix[0, 2] = matrix[2, 0] = matrix[2, 1] = matrix[1, 2] = 9
        ordered = tree.ordered_by(matrix)
        assert ordered.names == tree.names  # labels stay
        shown = "".join("abcd"[label] for label in ordered.order)
        assert shown in ("acbd", "bcad", "dacb", "dbca")

    def test_groups_turn_their_confused_ends_to_each_other(self):
        # Only b and c are confused.
        tree = Hierarchy.from_paths(
            [("g", "b"), ("g", "a"), ("h", "d"), ("h", "c")]
        )
        matrix = np.diag([50] * 4)
        matrix[0, 3] = matrix[3, 0] = 5
        ordered = tree.ordered_by(matrix)
        shown = [ordered.classes[label] for label in ordered.order]
        assert shown == list("abcd")

    def test_the_matrix_stays_as_it_is(self):
        tree = Hierarchy.from_paths([("a",), ("b",), ("c",)])
        given = sparse.coo_array(
            ([1.0, 2, 0, 5], ([0, 0, 1, 2], [2, 2, 1, 1])), (3, 3)
        )
        for matrix in (given, sparse.csr_array(given), sparse.csc_array(given)):
            before = matrix.data.copy()
            orders = order_siblings(tree, matrix)
            assert orders == order_siblings(tree, given.toarray())
            np.testing.assert_array_equal(matrix.data, before)

    def test_a_deep_chain(self):
        depth = 2000
        groups = [f"g{i}" for i in range(depth)]
        tree = Hierarchy.from_paths([(*groups, "a"), (*groups, "b"), ("c",)])
        assert len(order_siblings(tree, np.ones((3, 3)))) == depth + 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: seriation.order(np.ones((2, 3))), r"shape \(2, 3\)"),
        (lambda: seriation.order([[1, -1], [0, 1]]), "none below 0"),
        (lambda: seriation.order([[1, np.inf], [0, 1]]), "Got inf"),
        (lambda: seriation.order([[1, np.nan], [0, 1]]), "Got nan"),
        (lambda: seriation.linkage([[3]]), "two classes"),
        (lambda: order_siblings(PAIR, np.eye(3)), r"\[2, 2\]"),
        (lambda: order_siblings(PAIR, -np.eye(2)), "none below 0"),
        (lambda: order_siblings(PAIR, [[np.nan, 1], [0, 1]]), "or NaN"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
