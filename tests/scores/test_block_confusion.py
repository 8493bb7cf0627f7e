"""Mistakes inside groups, against chance; the same as on the page.

`tests/golden/levels.json` has levels, accuracies and shares of some matrices.
The page is held to them by `tb_plugin/frontend/test/confusion/levels.test.ts`.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from scipy import sparse
from strategies import hierarchies_with_counts

from keras_hier import scores
from keras_hier.hierarchy import Grouping, Hierarchy
from keras_hier.hierarchy.tree import cuts
from tb_plugin.routes.curves import curve
from tb_plugin.routes.trees import levels_of

FILE = Path(__file__).parents[1] / "golden" / "levels.json"
GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))
PETS = Grouping(["pet", "car"], [0, 0, 1])


def matrix_of(case):
    size = len(case["tree"]["sizes"])
    matrix = np.zeros((size, size), int)
    for row, column, count in case["cells"]:
        matrix[row, column] = count
    return matrix


def number(value):
    return None if np.isnan(value) else pytest.approx(value, abs=1e-12)


class TestChance:
    def test_by_hand(self):
        # Columns 4, 3, 3 of 10. Two mistakes about 0, drawn among 3 and 3:
        # half inside. One about 1, among 4 and 3: 4/7. One about 2, alone.
        matrix = [[3, 1, 1], [0, 2, 1], [1, 0, 1]]
        chance = scores.block_confusion_chance(PETS, matrix)
        assert chance == pytest.approx((2 * 1 / 2 + 4 / 7) / 4)
        assert scores.block_confusion_ratio(matrix, PETS) == 1 / 4

    def test_one_answer_for_all_is_no_better_than_chance(self):
        matrix = [[0, 5, 0], [0, 5, 0], [0, 5, 0]]
        assert scores.block_confusion_chance(PETS, matrix) == 0.5
        assert scores.block_confusion_ratio(matrix, PETS) == 0.5

    def test_it_is_what_drawing_gives(self):
        # Each mistake draws its class from the columns, but the right one.
        rng = np.random.default_rng(3)
        matrix = rng.poisson(2, (6, 6)) * rng.integers(0, 4, 6)
        groups = Grouping(["a", "b"], [0, 0, 0, 1, 1, 1])
        columns = matrix.sum(0)
        inside = total = 0
        for actual in range(6):
            mistakes = int(matrix[actual].sum() - matrix[actual, actual])
            weights = np.where(np.arange(6) == actual, 0, columns)
            drawn = rng.choice(6, 2000 * mistakes, p=weights / weights.sum())
            inside += (groups.of_class[drawn] == actual // 3).sum()
            total += len(drawn)
        found = scores.block_confusion_chance(groups, matrix)
        assert found == pytest.approx(inside / total, abs=4 / total**0.5)

    @given(hierarchies_with_counts())
    def test_it_is_a_share_that_falls_from_level_to_level(self, drawn):
        tree, matrix = drawn
        found = [
            scores.block_confusion_chance(level, sparse.csr_array(matrix))
            for level in tree.levels()
        ]
        if np.isnan(found[0]):
            return
        assert all(0 <= share <= 1 + 1e-12 for share in found)
        assert found == sorted(found, reverse=True)
        assert found[-1] == 0


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
class TestLikeThePage:
    def test_levels(self, case):
        tree = Hierarchy.from_json(case["tree"])
        found = [
            {
                "groups": len(level.nodes),
                "name": level.name,
                "nodes": level.nodes.tolist(),
            }
            for level in cuts.levels(tree)
        ]
        assert found == case["tree"]["levels"]
        assert found == levels_of(tree)

    def test_figures(self, case):
        tree = Hierarchy.from_json(case["tree"])
        matrix = matrix_of(case)
        point = curve(scores.node_counts(matrix, tree), tree, None)
        accuracy = [level["accuracy"] for level in case["levels"]]
        assert point["accuracy"] == pytest.approx(accuracy)
        for group, level in zip(tree.levels(), case["levels"], strict=True):
            assert scores.group_accuracy(matrix, group) == pytest.approx(
                level["accuracy"]
            )
            assert level["inside"] == number(
                scores.block_confusion_ratio(matrix, group)
            )
            assert level["chance"] == number(
                scores.block_confusion_chance(group, matrix)
            )
