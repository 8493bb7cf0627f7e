"""Classes that the errors would move elsewhere."""

import numpy as np
import pytest
from scipy import sparse

from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
from keras_hier.analysis.trees.planted_moves import planted_moves
from keras_hier.hierarchy import Grouping

FAMILY = np.repeat(np.arange(6), 5)
GIVEN = Grouping([f"f{i}" for i in range(6)], FAMILY)


def confusions(of=FAMILY, seed=0, inside=4.0, outside=0.2):
    rates = np.where(of[:, None] == of, inside, outside)
    np.fill_diagonal(rates, 60)
    return np.random.default_rng(seed).poisson(rates)


def test_what_was_filed_wrongly_is_found():
    # By its errors class 7 is of family 4, class 20 of family 0.
    of = FAMILY.copy()
    of[7], of[20] = 4, 0
    found = misplaced_classes(confusions(of), GIVEN)
    assert sorted(found.classes.tolist()) == [7, 20]
    moved = dict(zip(found.classes.tolist(), found.other.tolist(), strict=True))
    assert moved == {7: 4, 20: 0}
    assert found.own[found.classes == 7].tolist() == [1]
    assert (found.with_other > 5 * found.with_own).all()
    assert (found.q <= 0.05).all()
    assert (found.support == 1).all()
    assert found.tested == 30
    # Counts are of both directions.
    errors = confusions(of) + confusions(of).T
    rest = (FAMILY == 1) & (np.arange(30) != 7)
    at = found.classes == 7
    assert found.with_other[at] == [errors[7, FAMILY == 4].sum()]
    assert found.with_own[at] == [errors[7, rest].sum()]


def test_support_is_how_often_a_move_comes_back():
    # Class 0 is with 1, and has 20 errors with the group of 2 and 3.
    matrix = np.diag([90, 90, 90, 90, 90, 90])
    matrix[0, 2], matrix[2, 0] = 12, 8
    groups = Grouping(["a", "b", "c"], [0, 0, 1, 1, 2, 2])
    found = misplaced_classes(matrix, groups, rate=0.99)
    assert found.support[found.classes == 0].tolist() == [1]
    # Two sides, two other groups; 380 labels and names of these, 180 of 1.
    expected = 2 * 2 * (380 / 560) ** 20
    assert found.p[found.classes == 0] == pytest.approx([expected])
    # As many with a third group: one of the two wins, or neither.
    matrix[0, 4], matrix[4, 0] = 8, 12
    found = misplaced_classes(matrix, groups, rate=0.99)
    assert found.support[found.classes == 0][0] == pytest.approx(0.45, abs=0.1)
    again = misplaced_classes(matrix, groups, rate=0.99)
    assert again.support.tolist() == found.support.tolist()


@pytest.mark.parametrize("given", [True, False])
def test_a_tree_that_fits_and_noise_list_nothing(given):
    # At most 5 of 100, on average, where nothing is to be found.
    listed = 0
    for seed in range(20):
        matrix = confusions(
            seed=seed, inside=4.0 if given else 0.4, outside=0.4
        )
        listed += bool(len(misplaced_classes(matrix, GIVEN).classes))
    assert listed <= 3


def test_a_large_group_draws_no_class_by_its_size():
    # One group has 25 of 30 classes, and errors fall anywhere.
    of = np.where(np.arange(30) < 5, 0, 1)
    listed = [
        len(
            misplaced_classes(
                confusions(np.zeros(30, int), seed, inside=1.0),
                Grouping(["few", "many"], of),
            ).classes
        )
        for seed in range(10)
    ]
    assert sum(listed) <= 1


@pytest.mark.parametrize("hard", [True, False])
def test_a_group_draws_no_class_because_its_classes_are_hard(hard):
    # Errors name any class alike. Those of one group are often wrong, or
    # it is named by mistake six times as often as others.
    rng = np.random.default_rng(0)
    listed = []
    for _ in range(10):
        wrong = np.where((FAMILY == 0) & hard, 0.7, 0.1)
        drawn = np.where((FAMILY == 0) & (not hard), 6.0, 1.0)
        shares = np.tile(drawn, (30, 1))
        np.fill_diagonal(shares, 0)
        shares *= (wrong / shares.sum(axis=1))[:, None]
        np.fill_diagonal(shares, 1 - wrong)
        matrix = rng.multinomial(1000, shares)
        listed.append(len(misplaced_classes(matrix, GIVEN).classes))
    # All 25 others, each time, by the numbers of samples alone.
    assert np.count_nonzero(listed) <= 2


def test_single_classes_have_nothing_to_be_taken_from():
    alone = Grouping(["a", "b", "c"], [0, 1, 2])
    matrix = np.full((3, 3), 50)
    found = misplaced_classes(matrix, alone)
    assert (len(found.classes), found.tested) == (0, 0)
    together = Grouping(["all"], [0, 0, 0])
    assert misplaced_classes(matrix, together).tested == 0


def test_no_errors_and_sparse_counts():
    found = misplaced_classes(np.eye(30, dtype=int), GIVEN)
    assert (len(found.classes), found.tested) == (0, 0)
    of = FAMILY.copy()
    of[7] = 4
    matrix = confusions(of)
    dense = misplaced_classes(matrix, GIVEN)
    again = misplaced_classes(sparse.csr_array(matrix), GIVEN)
    assert again.p.tolist() == dense.p.tolist()
    with pytest.raises(ValueError, match=r"\[30, 30\]"):
        misplaced_classes(np.eye(3), GIVEN)


def test_more_classes_by_groups_than_int32_holds():
    size, groups = 60_000, 50_000
    rng = np.random.default_rng(0)
    at = rng.integers(0, size, (2, 5000))
    grouping = Grouping(
        [str(g) for g in range(groups)], np.arange(size) % groups
    )
    found, again = (
        misplaced_classes(
            sparse.coo_array(
                (np.ones(5000, int), tuple(at.astype(dtype))), (size, size)
            ),
            grouping,
        )
        for dtype in (np.int32, np.int64)
    )
    assert found.tested == again.tested > 0
    assert found.p.tolist() == again.p.tolist()


@pytest.mark.parametrize("inside", [0.5, 4.0])
def test_as_many_are_shown_as_of_classes_that_are_misplaced(inside):
    # Data whose groups are right tell how many of three wrong ones it finds.
    told, true = [], []
    rng = np.random.default_rng(0)
    for seed in range(6):
        found, moved = planted_moves(confusions(FAMILY, seed, inside), GIVEN)
        assert moved == 30
        told.append(found / moved)
        of = FAMILY.copy()
        wrong = rng.choice(30, 3, replace=False)
        of[wrong] = (of[wrong] + rng.integers(1, 6, 3)) % 6
        listed = misplaced_classes(confusions(of, 100 + seed, inside), GIVEN)
        true.append(np.isin(wrong, listed.classes).mean())
    assert np.mean(told) == pytest.approx(np.mean(true), abs=0.15)
    # Few errors show next to nothing, many nearly all.
    assert (np.mean(told) < 0.1) == (inside == 0.5)
    assert (np.mean(told) > 0.7) == (inside == 4)


def test_groups_that_have_no_class_to_spare_are_left():
    alone = Grouping(["a", "b", "c"], [0, 1, 2])
    assert planted_moves(np.full((3, 3), 50), alone) == (0, 0)
    together = Grouping(["all"], [0, 0, 0])
    assert planted_moves(np.full((3, 3), 50), together) == (0, 0)
    # The group of a single class keeps it.
    some = Grouping(["pair", "alone"], [0, 0, 1])
    assert planted_moves(np.full((3, 3), 50), some)[1] == 10
