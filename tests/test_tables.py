"""Tables of pandas, which `crosstab` makes in an order of its own."""

import numpy as np
import pandas
import pytest

import keras_hier as kh
from keras_hier import Hierarchy
from keras_hier.analysis import null_model
from keras_hier.analysis.tree_agreement import tree_agreement
from keras_hier.log.counted_predictions import counted_predictions
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


def test_counts_in_a_log(tmp_path):
    table = pandas.crosstab(TRUE, NAMED)
    with kh.BlocksWriter(tmp_path, TREE) as writer:
        with pytest.raises(ValueError, match="label 0, 'dog'"):
            writer.matrix(table, 1)
        ids = list(TREE.classes)
        writer.matrix(table.reindex(index=ids, columns=ids), 1)


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


def test_predicted_labels_are_a_column():
    labels = pandas.Series([0, 1, 2], index=list("xyz"))
    matrix, _ = counted_predictions(labels, labels, TREE, node_labels=False)
    assert matrix.toarray().tolist() == np.eye(3).tolist()


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
