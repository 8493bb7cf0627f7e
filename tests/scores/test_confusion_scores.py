from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse
from sklearn import metrics
from strategies import hierarchies_with_counts, naive_height, naive_lca

from keras_hier import scores
from keras_hier.hierarchy import Grouping, Hierarchy

DATA = Path(__file__).parents[3] / "shared" / "data"

# Heights: dog 1, animal 2, vehicle 1, root 3. Labels: 0 bus, 1 cat, 2 pug,
# 3 husky; d(pug, husky) = 1, d(cat, pug) = d(cat, husky) = 2, d(bus, any) = 3.
TREE = Hierarchy.from_paths(
    [
        ("vehicle", "bus"),
        ("animal", "cat"),
        ("animal", "dog", "pug"),
        ("animal", "dog", "husky"),
    ]
)
ECE = scores.expected_calibration_error
KINDS = Grouping(["animal", "vehicle"], [1, 0, 0, 0])
# 20 samples, 11 right. Distances of the 9 mistakes: bus 3; cat 2 + 2;
# pug 2 * 1; husky 3 + 3 * 1; together 15.
COUNTS = np.array(
    [
        [3, 0, 0, 1],
        [0, 2, 1, 1],
        [0, 0, 4, 2],
        [1, 0, 3, 2],
    ]
)

# The first cell is masked.
HIDDEN = np.ma.array(COUNTS, mask=np.arange(16).reshape(4, 4) == 0)


@pytest.mark.parametrize(
    ("name", "true_positives", "actual", "predicted"),
    [
        ("all classes", 20, 20, 20),
        ("animal", 15, 16, 16),
        ("vehicle", 3, 4, 4),
        ("dog", 11, 12, 14),
        ("pug", 4, 6, 8),
    ],
)
def test_node_counts_by_hand(name, true_positives, actual, predicted):
    counts = scores.node_counts(COUNTS, TREE)
    node = TREE.find(name)
    assert counts.true_positives[node] == true_positives
    assert counts.actual[node] == actual
    assert counts.predicted[node] == predicted
    assert counts.false_negatives[node] == actual - true_positives
    assert counts.false_positives[node] == predicted - true_positives
    assert counts.recall[node] == true_positives / actual
    assert counts.precision[node] == true_positives / predicted
    assert counts.f1[node] == 2 * true_positives / (actual + predicted)
    assert all(column.dtype == np.int64 for column in counts)


def test_matrix_scores_by_hand():
    assert scores.accuracy(COUNTS) == 11 / 20
    assert scores.majority_accuracy(COUNTS) == 6 / 20
    assert scores.distance_at_1(COUNTS, TREE) == 15 / 20
    assert scores.severity(COUNTS, TREE) == 15 / 9
    assert scores.group_accuracy(COUNTS, KINDS) == 18 / 20
    # Inside blocks: cat 1 + 1, pug 2, husky 3. So are 3 * 2 of 4 * 3 cells.
    assert scores.block_confusion_ratio(COUNTS, KINDS) == 7 / 9
    assert scores.block_confusion_chance(KINDS) == 6 / 12


def test_hierarchical_scores_by_hand():
    # |anc|: bus 2, cat 2, pug 3, husky 3. Shared by pairs, root left out:
    # 3*2 + 2*2 + 4*3 + 2*3 on the diagonal, cat with dogs 1 each, dogs 2 each.
    shared = 28 + 2 * 1 + 5 * 2
    found = scores.hierarchical_scores(COUNTS, TREE)
    assert found.precision == shared / (4 * 2 + 2 * 2 + 8 * 3 + 6 * 3)
    assert found.recall == shared / (4 * 2 + 4 * 2 + 6 * 3 + 6 * 3)
    assert found.f1 == pytest.approx(
        2 * found.precision * found.recall / (found.precision + found.recall)
    )


def test_scores_of_rankings_by_hand():
    labels, top = [2, 0], [[3, 2], [1, 3]]
    assert scores.top_k_accuracy(labels, top) == 0.5
    assert scores.distance_at_k(labels, top, TREE) == (1 + 0 + 3 + 3) / 4
    assert scores.best_at_k(labels, top, TREE) == (0 + 3) / 2
    assert scores.group_accuracy_at_k(labels, top, KINDS) == 0.5


def test_group_accuracy_has_two_meanings():
    probabilities = np.array([[0.4, 0.25, 0.2, 0.15]])
    best = scores.top_k(probabilities, 1)
    assert scores.group_accuracy_at_k([2], best, KINDS) == 0  # bus
    assert scores.summed_group_accuracy([2], probabilities, KINDS) == 1
    assert scores.summed_group_accuracy([0], probabilities, KINDS) == 0
    assert scores.summed_group_accuracy([0], probabilities, KINDS, k=2) == 1


def test_conditional_risk_by_hand():
    probabilities = np.array([[0.4, 0.1, 0.25, 0.25]])
    risk = scores.conditional_risk(probabilities, TREE)
    np.testing.assert_allclose(risk, [[1.8, 2.2, 1.65, 1.65]])
    # The likeliest class is the bus; a dog is the safer guess.
    assert scores.crm_predictions(probabilities, TREE) == [2]


@given(hierarchies_with_counts())
def test_a_groups_counts_are_its_block_and_its_bands(drawn):
    tree, matrix = drawn
    shown = matrix[np.ix_(tree.order, tree.order)]
    counts = scores.node_counts(matrix, tree)
    for node in range(len(tree.parents)):
        span = slice(tree.start[node], tree.stop[node])
        block = shown[span, span].sum()
        assert counts.true_positives[node] == block
        assert counts.false_negatives[node] == shown[span].sum() - block
        assert counts.false_positives[node] == shown[:, span].sum() - block


@given(hierarchies_with_counts())
def test_group_counts_are_those_of_the_nodes_of_a_cut(drawn):
    tree, matrix = drawn
    of_nodes = scores.node_counts(matrix, tree)
    for cut in tree.levels():
        at = [tree.find(node) for node in cut.nodes]
        of_groups = scores.group_counts(matrix, cut)
        for groups, nodes in zip(of_groups, of_nodes, strict=True):
            np.testing.assert_array_equal(groups, nodes[at])
        small = cut.aggregate(matrix)
        right = small.diagonal()
        np.testing.assert_array_equal(of_groups.true_positives, right)
        accuracy = scores.group_accuracy(matrix, cut)
        np.testing.assert_equal(accuracy, scores.accuracy(small))


@given(hierarchies_with_counts())
def test_sparse_and_float_matrices_count_alike(drawn):
    tree, matrix = drawn
    expected = scores.node_counts(matrix, tree)
    for other in (sparse.csr_array(matrix), matrix.astype(np.float32)):
        found = scores.node_counts(other, tree)
        np.testing.assert_array_equal(found, expected)


@given(hierarchies_with_counts())
@settings(max_examples=40)
def test_distances_equal_a_walk_over_the_samples(drawn):
    tree, matrix = drawn
    walked = [
        naive_height(tree, naive_lca(tree, true, named))
        for true, named in zip(*np.nonzero(matrix), strict=True)
        for _ in range(matrix[true, named])
    ]
    wrong = [distance for distance in walked if distance]
    for score, of in ((scores.distance_at_1, walked), (scores.severity, wrong)):
        expected = np.mean(of) if of else np.nan
        found = score(matrix, tree)
        assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("height", [1, 2, 4])
def test_balanced_trees_have_one_hierarchical_score(height):
    rng = np.random.default_rng(height)
    paths = [
        tuple(f"{c:0{height}b}"[:n] for n in range(1, height + 1))
        for c in range(2**height)
    ]
    tree = Hierarchy.from_paths(paths)
    matrix = rng.integers(0, 50, (2**height,) * 2)
    expected = 1 - scores.distance_at_1(matrix, tree) / height
    assert scores.hierarchical_scores(matrix, tree) == pytest.approx(
        (expected, expected, expected)
    )


def test_scikit_learn_agrees():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 12, 400)
    probabilities = rng.dirichlet(np.ones(12), 400)
    probabilities[np.arange(400), labels] += 0.1
    named = probabilities.argmax(axis=1)
    matrix = scores.confusion_matrix(labels, named, 12)
    np.testing.assert_array_equal(
        matrix, metrics.confusion_matrix(labels, named)
    )
    assert scores.accuracy(matrix) == metrics.accuracy_score(labels, named)
    top = scores.top_k(probabilities, 5)
    assert scores.top_k_accuracy(labels, top) == metrics.top_k_accuracy_score(
        labels, probabilities, k=5
    )
    grouping = Grouping(list("abcd"), np.arange(12) % 4)
    counts = scores.group_counts(matrix, grouping)
    precision, recall, f1, actual = metrics.precision_recall_fscore_support(
        grouping.lookup(labels), grouping.lookup(named)
    )
    np.testing.assert_allclose(counts.precision, precision)
    np.testing.assert_allclose(counts.recall, recall)
    np.testing.assert_allclose(counts.f1, f1)
    np.testing.assert_array_equal(counts.actual, actual)


def test_conditional_risk_of_float16_is_not_rounded_to_float16():
    """One class has 0.5, each of 2,047 others 2**-12: together 0.99976."""
    p = np.full((1, 2048), 2.0**-12, np.float16)
    p[0, 5] = 0.5
    tree = Hierarchy.from_paths([(f"c{i}",) for i in range(2048)])
    risk = scores.conditional_risk(p, tree)
    assert risk.dtype == np.float32
    # All but what is its own; float16 has no number between 0.9995 and 1.
    expected = p.astype(float).sum() - p.astype(float)
    np.testing.assert_allclose(risk, expected, rtol=1e-6)
    assert scores.conditional_risk(p.astype(float), tree).dtype == np.float64


def test_equal_scores_are_ranked_in_label_order():
    assert scores.top_k([[1, 2, 2, 2, 0]], 4).tolist() == [[1, 2, 3, 0]]


def test_nothing_to_share_is_nan():
    empty = np.zeros((4, 4), int)
    for value in (
        scores.accuracy(empty),
        scores.majority_accuracy(empty),
        scores.severity(np.eye(4, dtype=int), TREE),
        scores.distance_at_1(empty, TREE),
        scores.group_accuracy(empty, KINDS),
        scores.block_confusion_ratio(np.eye(4, dtype=int), KINDS),
        scores.block_confusion_chance(Grouping(["one"], [0])),
        scores.top_k_accuracy([], np.zeros((0, 2), int)),
        *scores.hierarchical_scores(empty, TREE),
        *scores.node_counts(empty, TREE).recall,
    ):
        assert np.isnan(value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scores.accuracy(np.ones((2, 3))), r"shape \(2, 3\)"),
        (lambda: scores.severity(np.ones((3, 3)), TREE), r"\[4, 4\]"),
        (lambda: scores.node_counts(-COUNTS, TREE), "none below 0"),
        (lambda: scores.node_counts(COUNTS / 2, TREE), "whole numbers"),
        (lambda: scores.confusion_matrix([0, 1], [0], 2), "one shape"),
        (lambda: scores.confusion_matrix([1, 4], [0, 0], 4), "one-based"),
        (lambda: scores.confusion_matrix([0], [-1], 4), r"`predictions`.*-1"),
        (lambda: scores.confusion_matrix([0.0], [0], 4), "float64"),
        (lambda: scores.top_k([1, 2], 1), r"\[N, C\]"),
        (lambda: scores.top_k([[1, 2]], 3), "k=3"),
        (lambda: scores.top_k([[1, np.nan]], 1), "NaN"),
        (lambda: scores.top_k_accuracy([0], [0]), r"\[N, K\]"),
        (lambda: scores.distance_at_k([0], [[4]], TREE), "`top`"),
        (lambda: scores.crm_predictions([[1.0, 0]], TREE), r"\[N, 4\]"),
        (lambda: scores.crm_predictions([[-1, 0, 1, 2]], TREE), "softmax"),
        (lambda: scores.crm_predictions(4 * [[np.nan] * 4], TREE), "0 or more"),
        (lambda: ECE([0], [[1.0]], bins=0), "bins"),
        (lambda: ECE([0], [[80, 20]]), r"1 or less.* Got 80\.0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "count",
    [
        lambda: scores.confusion_matrix(HIDDEN[0], [1, 1, 1, 1], 4),
        lambda: scores.accuracy(HIDDEN),
        lambda: scores.severity(HIDDEN, TREE),
        lambda: scores.top_k(HIDDEN, 2),
        lambda: scores.top_k_accuracy(HIDDEN[0], COUNTS),
        lambda: scores.group_probabilities(HIDDEN, KINDS),
        lambda: KINDS.aggregate(HIDDEN),
        lambda: KINDS.lookup(HIDDEN[0]),
        lambda: TREE.ordered_by(HIDDEN),
    ],
)
def test_what_is_masked_is_not_counted(count):
    with pytest.raises(ValueError, match=r"1 of \d+ masked"):
        count()


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300, 0.5, -1])
def test_what_is_no_count_is_named_without_a_warning(value):
    with pytest.raises(ValueError, match="whole numbers, none below 0"):
        scores.accuracy([[value, 1], [0, 1]])


def test_sums_that_integers_do_not_hold_are_no_counts():
    with pytest.raises(ValueError, match=r"fewer than 2\^53 samples"):
        scores.accuracy(np.full((2, 2), 2**62))
    assert scores.accuracy([[2**51, 0], [0, 1]]) == 1


@pytest.mark.skipif(not DATA.exists(), reason=f"no real data in {DATA}")
def test_a_real_network_errs_mostly_inside_blocks():
    with np.load(DATA / "imagenet_val_predictions.npz") as file:
        matrix = scores.confusion_matrix(
            file["labels"], file["predictions"], 1000
        )
    tree = Hierarchy.imagenet()
    assert (matrix.sum(), matrix.trace()) == (50_000, 36_366)
    assert np.count_nonzero(matrix) == 10_566
    cut = tree.cut(groups=30)
    ratio = scores.block_confusion_ratio(matrix, cut)
    assert ratio > 5 * scores.block_confusion_chance(cut)
    dog = tree.find("dog")
    counts = scores.node_counts(sparse.coo_array(matrix), tree)
    assert counts.actual[dog] == 118 * 50
    wrong = (counts.false_negatives[dog], counts.false_positives[dog])
    assert wrong == (323, 182)


@pytest.mark.parametrize(
    ("bins", "expected"),
    [
        # (0, 0.5] is empty, confidence 0.6 and 0.8 fall into (0.5, 1]. Right
        # once of twice: |(0.6 - 1) + (0.8 - 0)| / 2.
        (2, 0.2),
        # Each in a bin of its own: (0.4 + 0.8) / 2.
        (10, 0.6),
    ],
)
def test_calibration_error_by_hand(bins, expected):
    error = ECE([0, 1], [[0.6, 0.4], [0.8, 0.2]], bins=bins)
    assert error == pytest.approx(expected)


def test_certain_and_right_is_calibrated():
    assert ECE([0, 1], np.eye(2)) == 0
    assert ECE([1, 0], np.eye(2)) == 1


def test_sums_of_half_precision_are_no_smaller():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(20_000), 8)
    groups = Grouping(["many", "few"], [0] * 15_000 + [1] * 5_000)
    half = p.astype(np.float16)
    found = scores.group_probabilities(half, groups)
    assert found.dtype == np.float32
    exact = scores.group_probabilities(half.astype(np.float64), groups)
    np.testing.assert_allclose(found, exact, atol=1e-5)
