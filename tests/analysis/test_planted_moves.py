"""How much a list of misplaced classes would have shown."""

import numpy as np
import pytest

from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
from keras_hier.analysis.trees.planted_moves import planted_moves
from keras_hier.hierarchy import Grouping

FAMILY = np.repeat(np.arange(6), 5)
GIVEN = Grouping([f"f{i}" for i in range(6)], FAMILY)


def confusions(of, seed, inside):
    rates = np.where(of[:, None] == of, inside, 0.2)
    np.fill_diagonal(rates, 60)
    return np.random.default_rng(seed).poisson(rates)


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
