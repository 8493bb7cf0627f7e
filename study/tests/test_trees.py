"""What the study says of the groups of trees that errors make."""

import numpy as np
import pytest
from scipy import sparse

import keras_hier as kh
from study.error_trees import Found, compare, survival_table

PAIRS = kh.Hierarchy.from_paths(
    [(f"pair{at // 2}", f"class{at}") for at in range(12)]
)


def of_pairs(errors):
    """Counts where only the two classes of a pair are confused."""
    blocks = np.kron(np.eye(6, dtype=int), [[0, errors], [errors, 0]])
    return sparse.csr_array(np.diag([90] * 12) + blocks)


def test_groups_of_the_same_errors_come_back():
    found = compare(of_pairs(10), of_pairs(7), PAIRS, np.random.default_rng(0))
    # The six pairs; groups of pairs, which no error joins, are by chance.
    is_sure = found.support > 0.999
    assert is_sure.sum() == 6
    assert found.survival[is_sure] == pytest.approx(1)
    assert (found.chance[is_sure] < 1).any()


def test_groups_do_not_come_back_in_other_errors():
    rng = np.random.default_rng(0)
    order = np.roll(np.arange(12), 1)  # Other pairs: 11 and 0, 1 and 2, ...
    other = sparse.csr_array(of_pairs(7).toarray()[np.ix_(order, order)])
    found = compare(of_pairs(10), other, PAIRS, rng)
    is_sure = found.support > 0.999
    assert is_sure.sum() == 6
    # A class of each pair, or a pair of four.
    assert (found.survival[is_sure] <= 0.5).all()


def test_a_table_of_survival_by_hand():
    found = Found(
        np.array([0.2, 0.6, 0.6, 1.0]),
        np.array([0.1, 0.4, 0.6, 0.9]),
        np.array([0.1, 0.2, 0.3, 0.1]),
        np.array([True, True, False, False]),
    )
    lines = survival_table(found).splitlines()
    assert lines[2:] == [
        "| 0 to 0.3 | 1 | 0.20 | 0.10 | 0.10 | 0 % |",
        "| 0.5 to 0.7 | 2 | 0.60 | 0.50 | 0.25 | 50 % |",
        "| 0.9 to 1 | 1 | 1.00 | 0.90 | 0.10 | 100 % |",
    ]
