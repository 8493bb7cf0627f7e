"""What is counted of samples that are known as a group only."""

import keras
import numpy as np
import pytest
import small
from small import one_hot

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.scores.coarse_counts import CoarseCounts
from keras_hier.training.node_accuracy import NodeAccuracy

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)
ROOT, ANIMAL, DOG, CAT, VEHICLE, FOOD = range(6, 12)
TREE = small.hierarchy()
NUMBERING = NodeLabels(TREE)
ANIMALS = TREE.cut(depth=1)
# Two exact, one cat, which is a tabby, and four coarse ones.
LABELS = np.array([HUSKY, BUS, CAT, DOG, DOG, ANIMAL, ROOT])
ANSWERS = np.array([HUSKY, BIKE, TABBY, PUG, TABBY, BUS, PIE])


def matrix_of_head(grouping, head_labels=True):
    options = {"collapse": False, "node_labels": True}
    return kh.ConfusionMatrix(
        TREE, grouping, head_labels=head_labels, **options
    )


@pytest.mark.parametrize("form", ["flat", "column", "soft"])
def test_coarse_labels_stand_in_no_cell(form):
    given = {
        "flat": LABELS,
        "column": LABELS[:, None],
        "soft": one_hot(LABELS, 12),
    }[form]
    metric = kh.ConfusionMatrix(TREE, node_labels=True)
    result = metric(given, one_hot(ANSWERS))
    matrix = metric.matrix()
    assert matrix.sum() == 3
    assert matrix[HUSKY, HUSKY] == matrix[BUS, BIKE] == 1
    assert matrix[TABBY, TABBY] == 1  # the only cat there is
    assert float(result) == pytest.approx(1 / 3)  # bus and bike meet at 1
    coarse = metric.coarse()
    assert coarse.samples == 4
    assert coarse.roots == 1
    found = {
        TREE.node_names[n]: (coarse.labelled[n], coarse.met[n])
        for n in range(12)
        if coarse.labelled[n] or coarse.met[n]
    }
    # A pug is a dog; tabby meets dog at animal, bus animal at the root.
    assert found == {"all classes": (1, 2), "animal": (1, 1), "dog": (2, 1)}
    # Which of animal, vehicle and food: three are decided, two rightly.
    assert coarse.at(ANIMALS) == (3, 2)
    fine = TREE.cut(nodes=["dog", "cat", "vehicle", "food"])
    assert coarse.at(fine) == (2, 1)
    assert coarse.at(TREE.cut(max_size=1)) == (0, 0)


def test_of_a_head_with_labels_of_nodes():
    metric = matrix_of_head(ANIMALS, head_labels=False)
    with pytest.raises(ValueError, match=r"do not lie in 0\.\.11"):
        metric.update_state(np.array([12]), one_hot([0], 3))
    with pytest.raises(ValueError, match=r"\[N, 6\] or \[N, 12\], got shape"):
        metric.update_state(one_hot([0], 3), one_hot([0], 3))


def test_labels_of_a_head_need_one():
    with pytest.raises(ValueError, match="those of a `grouping`"):
        NodeAccuracy(TREE, head_labels=True)
    for options in (
        {"node_labels": True},
        {"at": ANIMALS},
        {"at": ANIMALS, "node_labels": True, "collapse": True},
    ):
        with pytest.raises(ValueError, match="head over the groups `at`"):
            kh.ConfusionMatrix(TREE, head_labels=True, **options)


@pytest.mark.any_backend
def test_samples_without_weight_are_not_counted():
    weights = np.array([1.0, 0, 1, 1, 0, 0.5, 0])
    metric = kh.ConfusionMatrix(TREE, node_labels=True)
    metric.update_state(LABELS, one_hot(ANSWERS), weights)
    assert metric.matrix().sum() == 2
    assert metric.coarse().samples == 2
    assert metric.coarse().roots == 0
    metric.reset_state()
    assert metric.coarse().samples == 0


def test_without_an_exact_label_nothing_is_known():
    metric = kh.ConfusionMatrix(TREE, node_labels=True)
    assert float(metric.result()) == 0  # no sample at all
    assert np.isnan(float(metric([DOG, ROOT], one_hot([PUG, PUG]))))
    assert metric.matrix().sum() == 0
    accuracy = NodeAccuracy(TREE)
    assert np.isnan(float(accuracy([DOG, ROOT], one_hot([PUG, PUG]))))


@pytest.mark.parametrize("labels", [[PUG, BUS], [DOG, ROOT]])
def test_without_a_sample_that_counts_all_say_what_keras_does(labels):
    right = keras.metrics.SparseCategoricalAccuracy()
    nobody = np.zeros(2)
    scores = one_hot([PUG, PUG])
    expected = float(right([PUG, BUS], scores, sample_weight=nobody))
    for metric in (
        NodeAccuracy(TREE),
        NodeAccuracy(TREE, k=2),
        kh.ConfusionMatrix(TREE, node_labels=True),
        kh.ConfusionMatrix(TREE),
    ):
        result = metric(labels, scores, sample_weight=nobody)
        assert float(result) == expected == 0
    accuracy = NodeAccuracy(TREE)
    counted = accuracy([DOG, PUG], scores, sample_weight=[1, 0])
    assert np.isnan(float(counted))


@pytest.mark.parametrize("label", [-1, 12, 40, 0.5])
def test_labels_of_no_node_are_an_error(label):
    metric = kh.ConfusionMatrix(TREE, node_labels=True)
    with pytest.raises(ValueError, match=r"0\.\.11"):
        metric.update_state(np.array([1, label]), one_hot([0, 0]))


def test_of_many_samples_none_is_lost():
    metric = kh.ConfusionMatrix(TREE, node_labels=True)
    # As after so many samples, most of them exact: float32 holds no odd sums
    # from here on, and those of the parts are rounded apart.
    for variable in metric.variables:
        if variable.name in ("samples", "tally"):
            first = np.zeros(variable.shape, "float32")
            first[(0,) * first.ndim] = 2**24
            variable.assign(first)
    few = [1, 3, 4]  # a bus and two dogs
    result = metric(LABELS[few], one_hot(ANSWERS[few]))
    assert float(result) == pytest.approx(1 / 2**24)


def test_accuracy_by_hand():
    # Of husky, bus and the only cat two are right; a cat has no second chance.
    accuracy = NodeAccuracy(TREE)
    assert float(accuracy(LABELS, one_hot(ANSWERS))) == pytest.approx(2 / 3)
    accuracy.reset_state()
    weights = np.array([1.0, 2, 0, 5, 5, 5, 5])
    assert float(
        accuracy(LABELS[:, None], one_hot(ANSWERS), weights[:, None])
    ) == pytest.approx(1 / 3)
    best = NodeAccuracy(TREE, k=2)
    scores = one_hot(ANSWERS) + 0.5 * one_hot([0, BUS, 0, 0, 0, 0, 0])
    assert float(best(one_hot(LABELS, 12), scores)) == 1
    head = NodeAccuracy(TREE, ANIMALS, head_labels=True)
    labels = NUMBERING.head_labels(ANIMALS)[LABELS]
    found = float(head(labels, one_hot(ANIMALS.of_class[ANSWERS], 3)))
    assert found == pytest.approx(5 / 6)


@pytest.mark.any_backend
def test_equal_scores_have_the_accuracy_of_keras():
    labels, scores = np.arange(4), np.zeros((4, 6), "float32")
    plain = keras.metrics.SparseCategoricalAccuracy()
    assert float(NodeAccuracy(TREE)(labels, scores)) == 0.25
    assert float(plain(labels, scores)) == 0.25
    head = NodeAccuracy(TREE, ANIMALS)
    assert float(head(np.arange(3), np.zeros((3, 3)))) == pytest.approx(1 / 3)
    top = keras.metrics.SparseTopKCategoricalAccuracy(2)
    assert float(NodeAccuracy(TREE, k=2)(labels, scores)) == float(
        top(labels, scores)
    )
    # A network that has diverged knows nothing, not even the first class.
    assert float(NodeAccuracy(TREE)(labels, scores * np.nan)) == 0


@pytest.mark.any_backend
def test_a_masked_class_is_none_of_the_best():
    scores = np.array([[0, 1, -np.inf, -np.inf, -np.inf, -np.inf]], "float32")
    for label, right in ((0, 1), (PIE, 0)):
        assert float(NodeAccuracy(TREE, k=5)([label], scores)) == right
    assert float(NodeAccuracy(TREE, k=5)([0], scores * np.nan)) == 0


def test_saved_metrics_are_the_same():
    for metric in (
        NodeAccuracy(TREE, ANIMALS, 2, "best"),
        NodeAccuracy(TREE, ANIMALS, head_labels=True),
        NodeAccuracy(TREE),
        kh.ConfusionMatrix(TREE, node_labels=True),
        matrix_of_head(ANIMALS),
        matrix_of_head(ANIMALS, head_labels=False),
    ):
        again = keras.metrics.deserialize(keras.metrics.serialize(metric))
        assert again.get_config() == metric.get_config()


def test_other_groups_than_those_of_the_tree_have_no_count():
    # A husky that is called a bus: right in a group of both, but they meet at
    # the root, as a husky and a pie do, which are in two groups.
    dogs, bus = np.array([TREE.find("dog")]), np.array([BUS])
    group = np.full(6, 1)
    group[PIE] = 0
    foreign = kh.Grouping(["x", "y"], group)
    with pytest.raises(
        kh.HierarchyError, match=r"Expected a cut .*at=grouping"
    ):
        CoarseCounts.of(TREE, dogs, bus).at(foreign)
    metric = kh.ConfusionMatrix(TREE, foreign, node_labels=True)
    metric.update_state(np.array([DOG]), one_hot(bus))
    assert metric.matrix().tolist() == [[0, 0], [0, 1]]


def test_a_tree_without_inner_nodes_of_several_classes():
    flat = kh.Hierarchy.from_paths([("only",)])
    metric = kh.ConfusionMatrix(flat, node_labels=True)
    metric.update_state(np.array([0, 1]), np.ones((2, 1)))
    assert metric.matrix().tolist() == [[2]]  # the root is the only class
