"""Samples that stand in no cell, in the header of a matrix and its scalars."""

import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.log.predictions.matrix_scores import coarse_header, scores_of
from keras_hier.log.run_log import RunLog
from keras_hier.scores.coarse_counts import CoarseCounts

TREE = small.hierarchy()


def counts(**by_node):
    """A count of samples by node of their label, all of them right."""
    labelled = np.zeros(len(TREE.parents), np.int64)
    for name, count in by_node.items():
        labelled[TREE.find(name)] = count
    return CoarseCounts(TREE, labelled, labelled)


def test_levels_count_what_they_can_judge(tmp_path):
    with kh.BlocksWriter(tmp_path, TREE) as log:
        log.matrix(
            small.MATRIX,
            1,
            coarse=counts(dog=7, animal=2, vehicle=4, **{"all classes": 1}),
        )
        log.matrix(small.MATRIX, 2)
    log = RunLog(str(tmp_path))
    header, _ = log.matrix("class", 1)
    assert header.coarse == 14
    judged = {groups: n for groups, n, _ in header.coarse_levels}
    assert judged == {3: 13, 6: 0}
    # Nine are animals: so many are right by naming animals each time.
    assert header.coarse_largest == [9, 0]
    assert log.matrix("class", 2)[0].coarse == 0


def test_they_count_at_levels_that_their_labels_decide():
    found = scores_of(
        small.MATRIX, TREE, coarse_header(counts(dog=7, animal=2), TREE)
    )
    right = np.trace(TREE.cut(depth=1).aggregate(small.MATRIX))
    among = np.sum(small.MATRIX) + 9
    assert found["accuracy_groups3"] == pytest.approx((right + 9) / among)


def test_counts_of_another_tree_are_refused(tmp_path):
    three = np.eye(3, dtype=int)
    cut = TREE.cut(depth=1)
    with (
        kh.BlocksWriter(tmp_path, TREE) as log,
        pytest.raises(ValueError, match="another tree"),
    ):
        log.matrix(three, 1, grouping=cut, coarse=counts(dog=1))
