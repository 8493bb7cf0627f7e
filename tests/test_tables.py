"""Tables of pandas, which `crosstab` makes in an order of its own."""

import keras
import numpy as np
import pandas
import pytest

import keras_hier as kh
from keras_hier import Hierarchy
from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.trees.tree_agreement import tree_agreement
from keras_hier.plausibility import require_label_order

TREE = Hierarchy.from_paths([("pet", "dog"), ("pet", "cat"), ("car",)])
TRUE = ["dog", "dog", "cat", "car", "car", "car"]
NAMED = ["dog", "cat", "cat", "car", "car", "dog"]
COUNTS = [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


def ways(matrix):
    """Every place that takes counts of classes together with a tree."""
    yield lambda: kh.scores.distance_at_1(matrix, TREE)
    yield lambda: kh.scores.severity(matrix, TREE)
    yield lambda: kh.scores.node_counts(matrix, TREE)
    yield lambda: kh.scores.hierarchical_scores(matrix, TREE)
    yield lambda: null_model.errors_of(matrix, TREE)
    yield lambda: tree_agreement(matrix, TREE)
    yield lambda: TREE.ordered_by(matrix)
    yield lambda: Hierarchy.from_confusions(matrix, TREE.classes)


@pytest.mark.filterwarnings("ignore:There are .* errors")
def test_counts_in_the_order_of_labels():
    table = pandas.crosstab(TRUE, NAMED)
    ids = list(TREE.classes)
    in_order = table.reindex(index=ids, columns=ids, fill_value=0)
    assert in_order.to_numpy().tolist() == COUNTS
    for way, same in zip(ways(in_order), ways(np.array(COUNTS)), strict=True):
        np.testing.assert_equal(way(), same())
    for way in ways(pandas.DataFrame(COUNTS)):
        way()


def test_counts_in_another_order():
    table = pandas.crosstab(TRUE, NAMED)
    for way in ways(table):
        with pytest.raises(
            ValueError,
            match=r"Of label 0, 'dog', this one names the index 'car' and "
            r"the column 'car'.*reindex",
        ):
            way()


def test_counts_of_some_classes():
    """A class that nobody named has no column in a crosstab."""
    table = pandas.crosstab(TRUE, ["car", *NAMED[1:-1], "cat"])
    assert list(table.columns) == ["car", "cat"]
    for count in (kh.scores.accuracy, kh.scores.majority_accuracy):
        with pytest.raises(ValueError, match=r"label 2.*column 'nothing'"):
            count(table)
    with pytest.raises(ValueError, match=r"label 0.*index 'dog'.*column 'car'"):
        kh.scores.accuracy(table.loc[["dog", "car"]])


def test_counts_of_numbers():
    """Numbers are positions, unless the ids of the classes are these."""
    table = pandas.DataFrame(np.eye(3, dtype=int))
    require_label_order(table, ["a", "b", "c"])
    require_label_order(table, ["0", "1", "2"])
    with pytest.raises(ValueError, match=r"Of label 0, '2', .* index '0'"):
        require_label_order(table, ["2", "1", "0"])


SCORES = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.0, 0.1, 0.9], [0.2, 0.1, 0.7]]


def test_scores(tmp_path):
    """Columns are in the order of the labels, rows are samples."""
    ids = list(TREE.classes)
    table = pandas.DataFrame(SCORES, list("wxyz"), ids)
    labels = [0, 1, 2, 2]
    with kh.BlocksWriter(tmp_path, TREE) as writer:

        def ways(table, step=1):
            yield lambda: kh.scores.crm_predictions(table, TREE)
            yield lambda: kh.scores.conditional_risk(table, TREE)
            yield lambda: writer.predictions(labels, table, step)
            yield lambda: writer.samples(labels, table, step)

        for way in ways(table[sorted(ids)]):
            with pytest.raises(
                ValueError, match=r"label 0, 'dog', .* the column 'car'.*loc"
            ):
                way()
        for way, same in zip(
            ways(table[sorted(ids)].loc[:, ids]),
            ways(np.array(SCORES), step=2),
            strict=True,
        ):
            np.testing.assert_equal(way(), same())
    log = kh.RunLog(tmp_path)
    assert (
        log.matrix("class", 1)[1].toarray().tolist()
        == np.diag([1, 1, 2]).tolist()
    )


def test_means():
    """`groupby` sorts the classes."""
    rng = np.random.default_rng(0)
    table = pandas.DataFrame(rng.normal(size=(30, 4)))
    means = table.groupby(["dog", "cat", "car"] * 10).mean()
    with pytest.raises(
        ValueError, match=r"label 0, 'dog', .* index 'car'.*loc"
    ):
        Hierarchy.from_means(means, TREE.classes)
    in_order = means.loc[list(TREE.classes)]
    same = Hierarchy.from_means(in_order.to_numpy(), TREE.classes)
    assert Hierarchy.from_means(in_order, TREE.classes) == same


def test_what_is_below_a_label():
    """`value_counts` puts what came most often first."""
    ids = list(TREE.classes)
    numbering = kh.NodeLabels(TREE)
    pets = numbering.labels_of(["pet"] * 4)
    said = pandas.DataFrame(SCORES, columns=ids)
    known = pandas.Series(["cat"] * 3 + ["dog"] + ["car"] * 2)
    counts = known.value_counts()
    expected = numbering.within(pets, SCORES, [1, 3, 2])
    for frequencies in (counts.loc[ids], counts.loc[ids].to_numpy()):
        for p in (said, said.to_numpy()):
            found = numbering.within(pets, p, frequencies)
            np.testing.assert_array_equal(found, expected)
    with pytest.raises(
        ValueError, match=r"label 0, 'dog', .* index 'cat'.*loc"
    ):
        numbering.within(pets, said, counts)
    numbers = pandas.Series(numbering.labels_of(known)).value_counts()
    with pytest.raises(ValueError, match=r"'dog', .* '1'.*reindex\(range\(3"):
        numbering.within(pets, said, numbers)
    numbers = numbers.reindex(range(3), fill_value=0)
    found = numbering.within(pets, said, numbers)
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match=r"'dog', .* the column 'car'.*loc"):
        numbering.within(pets, said[sorted(ids)])
    with pytest.raises(kh.HierarchyError, match=r"got a dict.*\.get\(label, 0"):
        numbering.within(pets, said, {0: 1, 1: 3})


@pytest.mark.parametrize("label_mode", ["nodes", "categorical"])
def test_one_hot_labels(label_mode):
    """`get_dummies` sorts the classes."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    targets = kh.targets(model)
    if label_mode == "nodes":
        targets = kh.targets(model, label_mode="nodes", hierarchy=TREE)
    model.compile("sgd", **kh.compile_args(model, TREE, label_mode=label_mode))
    table = pandas.get_dummies(pandas.Series(NAMED))
    x = np.zeros((6, 2))
    with pytest.raises(ValueError, match=r"label 0, 'dog', .* column 'car'"):
        targets(x, table)
    _, y = targets(x, table[list(TREE.classes)])
    assert y.argmax(axis=1).tolist() == [0, 1, 1, 2, 2, 0]


def test_a_column_of_labels_may_have_any_name():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    targets = kh.targets(model, label_mode="nodes", hierarchy=TREE)
    column = pandas.DataFrame({"label": [0, 4]})
    assert targets(np.zeros((2, 2)), column)[1].ravel().tolist() == [0, 4]
