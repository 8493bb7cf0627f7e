"""The scores that stand beside a matrix in the log, as scalars."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_hier import scores
from keras_hier.hierarchy.hierarchy import Hierarchy


def scores_of(
    matrix: Any, tree: Hierarchy, judged: Sequence[tuple[int, int]]
) -> dict[str, float]:
    """Returns the scores of a matrix by name, NaN without a sample.

    Args:
        matrix: counts [C, C].
        tree: over its rows.
        judged: of each display level, coarse samples that it can judge, and
            how many are right.
    """
    values: dict[str, float] = {}
    for level, (beside, right) in zip(tree.levels(), judged, strict=True):
        counts = scores.group_counts(matrix, level)
        among = counts.actual.sum() + beside
        values[f"accuracy_groups{level.num_groups}"] = (
            float((counts.true_positives.sum() + right) / among)
            if among
            else np.nan
        )
    values["severity"] = scores.severity(matrix, tree)
    values["distance"] = scores.distance_at_1(matrix, tree)
    return values
