import itertools
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import adjusted_rand_score
from strategies import hierarchies_with_counts

from keras_hier.hierarchy import Hierarchy
from keras_hier.hierarchy.orders import seriation
from keras_hier.hierarchy.orders.sibling_orders import order_siblings

SIZE = 48


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


@pytest.mark.parametrize("seed", range(3))
def test_linkage_recovers_a_planted_tree(seed):
    matrix, coarse, fine = planted(seed)
    tree = Hierarchy.from_linkage(
        seriation.linkage(matrix), [f"class {c}" for c in range(SIZE)]
    )
    for groups, truth in ((4, coarse), (12, fine)):
        # A binary tree may split one group before another: look at the cut
        # that size decides.
        found = tree.cut(max_size=SIZE // groups).of_class
        assert adjusted_rand_score(truth, found) > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_order_recovers_planted_blocks(seed):
    matrix, coarse, fine = planted(seed)
    order = seriation.order(matrix)
    assert sorted(order) == list(range(SIZE))
    # Each group is one run of the order.
    for truth in (coarse, fine):
        assert np.count_nonzero(np.diff(truth[order])) == truth.max()
    assert order.dtype == np.int32


@pytest.mark.parametrize("seed", range(3))
def test_order_is_better_than_random_and_given_by_every_measure(seed):
    matrix, _, _ = planted(seed)
    rng = np.random.default_rng(seed)
    good = seriation.measures(matrix, seriation.order(matrix))
    others = [seriation.measures(matrix)]
    others += [
        seriation.measures(matrix, rng.permutation(SIZE)) for _ in range(20)
    ]
    for other in others:
        assert good.anti_robinson_events < other.anti_robinson_events
        assert good.relative_generalized_ar < other.relative_generalized_ar
        assert good.linear_seriation < other.linear_seriation
        assert good.path_length < other.path_length
        assert good.band_density > other.band_density


@pytest.mark.parametrize("size", [3, 5, 7])
def test_of_few_classes_no_order_is_better(size):
    rng = np.random.default_rng(size)
    orders = np.array([*itertools.permutations(range(size))])
    for _ in range(5):
        matrix = rng.poisson(1.5, (size, size))
        found = seriation.measures(matrix, seriation.order(matrix))
        # As `measures` has it, of all orders at a time.
        alike = seriation.similarity(matrix)
        unlike = 1 - alike / alike.max()
        best = -max(
            sum(
                (j - i) * unlike[orders[:, i], orders[:, j]]
                for i, j in combinations(range(size), 2)
            )
        )
        assert found.linear_seriation == pytest.approx(best)


def test_of_equally_good_orders_the_given_one_stays():
    # Every class is confused with every other alike.
    matrix = np.ones((6, 6)) + 4 * np.eye(6)
    assert seriation.order(matrix).tolist() == list(range(6))


def test_a_shuffled_chain_is_put_back():
    # Confusion falls with the distance along a line: a Robinson matrix.
    away = np.abs(np.subtract.outer(np.arange(30), np.arange(30)))
    chain = np.maximum(40 - away, 0) + 60 * (away == 0)
    rows = np.max(chain.sum(axis=1))
    chain[np.diag_indices(30)] += rows - chain.sum(axis=1)  # equal row sums
    assert seriation.measures(chain).anti_robinson_events == 0
    shuffle = np.random.default_rng(0).permutation(30)
    shuffled = chain[np.ix_(shuffle, shuffle)]
    order = seriation.order(shuffled)
    assert seriation.measures(shuffled, order).anti_robinson_events == 0
    line = shuffle[order].tolist()
    assert line in (list(range(30)), list(range(29, -1, -1)))


@given(st.integers(2, 8), st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_measures_equal_their_definitions(size, seed, window):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 3, (size, size)) + 9 * np.eye(size, dtype=int)
    order = rng.permutation(size)
    found = seriation.measures(matrix, order, band=2, window=window)
    unlike = seriation.dissimilarity(matrix)[np.ix_(order, order)]
    alike = seriation.similarity(matrix)[np.ix_(order, order)]

    def events(width):
        triples = [
            trio
            for i in range(size)
            for j, k in combinations(range(size), 2)
            for trio in ([(i, j, k)] if i < j else [(i, k, j)] if k < i else [])
            if abs(trio[2] - i) <= width
        ]
        wrong = [unlike[i, near] > unlike[i, far] for i, near, far in triples]
        return sum(wrong), len(triples)

    pairs = list(combinations(range(size), 2))
    assert found.anti_robinson_events == events(size)[0]
    wrong, triples = events(window)
    assert found.relative_generalized_ar == wrong / max(triples, 1)
    assert found.linear_seriation == pytest.approx(
        sum(-unlike[i, j] * (j - i) for i, j in pairs)
    )
    assert found.path_length == pytest.approx(
        sum(unlike[i, i + 1] for i in range(size - 1))
    )
    near = sum(alike[i, j] for i, j in pairs if j - i <= 2)
    total = sum(alike[i, j] for i, j in pairs)
    assert found.band_density == pytest.approx(
        near / total if total else float("nan"), nan_ok=True
    )


def test_similarity_by_hand():
    # Row shares off the diagonal: .2 from 0 to 1, .5 from 1 to 0.
    alike = seriation.similarity([[8, 2, 0], [3, 3, 0], [0, 0, 0]])
    np.testing.assert_allclose(alike[0], [0, 0.35, 0])
    assert (alike == alike.T).all()
    assert not alike[2].any()  # a class without samples is like no other


def test_sparse_counts_order_alike():
    matrix, _, _ = planted(0)
    tree = Hierarchy.from_paths([(f"g{c % 5}", f"c{c}") for c in range(SIZE)])
    other = sparse.csr_array(matrix)
    np.testing.assert_array_equal(
        seriation.order(matrix), seriation.order(other)
    )
    assert order_siblings(tree, matrix) == order_siblings(tree, other)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_without_confusion_the_given_order_stays(size):
    matrix = np.eye(size, dtype=int) * 7
    assert seriation.order(matrix).tolist() == list(range(size))
    tree = Hierarchy.from_paths([(f"c{c}",) for c in range(size)])
    assert tree.ordered_by(matrix) == tree


@given(hierarchies_with_counts())
@settings(max_examples=60)
def test_siblings_only_change_places(drawn):
    tree, matrix = drawn
    orders = order_siblings(tree, matrix)
    assert set(orders) == set(np.flatnonzero(tree.labels < 0).tolist())
    for node, children in orders.items():
        assert sorted(children) == tree.children(node).tolist()
    kept = order_siblings(tree, matrix, fixed=orders)
    for node, children in kept.items():
        assert children == tree.children(node).tolist()


def test_siblings_that_are_confused_become_neighbours():
    # a - c and c - b are confused, d with nothing.
    tree = Hierarchy.from_paths([(name,) for name in "abcd"])
    matrix = np.diag([50] * 4)
    matrix[0, 2] = matrix[2, 0] = matrix[2, 1] = matrix[1, 2] = 9
    names = "".join(tree.ordered_by(matrix).names[i] for i in range(4))
    assert names == "abcd"  # labels stay
    ordered = tree.ordered_by(matrix)
    shown = "".join("abcd"[label] for label in ordered.order)
    assert shown in ("acbd", "bcad", "dacb", "dbca")


def test_groups_turn_their_confused_ends_to_each_other():
    # Of the groups {b, a} and {d, c} only b and c are confused.
    tree = Hierarchy.from_paths(
        [("g", "b"), ("g", "a"), ("h", "d"), ("h", "c")]
    )
    matrix = np.diag([50] * 4)
    matrix[0, 3] = matrix[3, 0] = 5
    ordered = tree.ordered_by(matrix)
    assert [ordered.classes[label] for label in ordered.order] == list("abcd")
    # A third group between those two would not part them.
    tree = Hierarchy.from_paths(
        [("g", "b"), ("g", "a"), ("k", "x"), ("k", "y"), ("h", "d"), ("h", "c")]
    )
    matrix = np.diag([50] * 6)
    matrix[0, 5] = matrix[5, 0] = 5
    ordered = tree.ordered_by(matrix)
    shown = [ordered.classes[label] for label in ordered.order]
    assert abs(shown.index("b") - shown.index("c")) == 1


@pytest.mark.parametrize("seed", range(3))
def test_ordered_siblings_are_better_by_every_measure(seed):
    matrix, _, fine = planted(seed)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(SIZE)
    # A chain of groups: neighbours in the planted numbering are confused.
    for group in range(12):
        pair = np.ix_(fine == group, fine == (group + 1) % 12)
        matrix[pair] += rng.poisson(3, matrix[pair].shape)
    tree = Hierarchy.from_nested(
        {f"fine {g}": [f"c{c}" for c in rows if fine[c] == g] for g in
         rng.permutation(12)},
        classes=[f"c{c}" for c in range(SIZE)],
    )  # fmt: skip
    before = seriation.measures(matrix, tree.order)
    after = seriation.measures(matrix, tree.ordered_by(matrix).order)
    assert after.anti_robinson_events < before.anti_robinson_events
    assert after.linear_seriation < before.linear_seriation
    assert after.path_length < before.path_length
    assert after.band_density > before.band_density


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: seriation.order(np.ones((2, 3))), r"shape \(2, 3\)"),
        (lambda: seriation.order([[1, -1], [0, 1]]), "none below 0"),
        (lambda: seriation.order([[1, np.inf], [0, 1]]), "Got inf"),
        (lambda: seriation.order([[1, np.nan], [0, 1]]), "Got nan"),
        (lambda: seriation.linkage([[3]]), "two classes"),
        (lambda: seriation.measures(np.eye(3), [0, 1, 1]), "permutation"),
        (
            lambda: order_siblings(
                Hierarchy.from_paths([("a",), ("b",)]), np.eye(3)
            ),
            r"\[2, 2\]",
        ),
        (
            lambda: order_siblings(
                Hierarchy.from_paths([("a",), ("b",)]), -np.eye(2)
            ),
            "none below 0",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
