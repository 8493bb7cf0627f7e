"""The scores that stand beside a matrix in the log, as scalars."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_hier import scores
from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.records.matrix_codec import CoarseHeader, MatrixHeader
from keras_hier.scores.coarse_counts import CoarseCounts


def scores_of(
    matrix: Any, tree: Hierarchy, coarse: CoarseHeader | None
) -> dict[str, float]:
    """Returns the scores of a matrix by name, NaN without a sample."""
    values: dict[str, float] = {}
    judged = {groups: rest for groups, *rest in coarse.levels} if coarse else {}
    for level in tree.levels():
        beside, right = judged.get(level.num_groups, (0, 0))
        counts = scores.group_counts(matrix, level)
        among = counts.actual.sum() + beside
        values[f"accuracy_groups{level.num_groups}"] = (
            float((counts.true_positives.sum() + right) / among)
            if among
            else np.nan
        )
    values["severity"] = scores.severity(matrix, tree)
    values["distance"] = scores.distance_at_1(matrix, tree)
    if coarse is not None:
        values["coarse_samples"] = coarse.samples
    return values


def scores_in(
    header: MatrixHeader, matrix: Any, tree: Hierarchy
) -> dict[str, float]:
    """Returns the scores of a matrix as it was read."""
    coarse = CoarseHeader(header.coarse, header.coarse_levels, ())
    return scores_of(matrix, tree, coarse if header.coarse else None)


def columns_of(rows: Sequence[Mapping[str, float]]) -> dict[str, np.ndarray]:
    """Returns a column for each name, NaN where a row lacks it."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        name: np.array([row.get(name, np.nan) for row in rows])
        for name in names
    }


def coarse_header(
    coarse: CoarseCounts | None, tree: Hierarchy
) -> CoarseHeader | None:
    """Returns what a stored matrix says of samples that stand in no cell."""
    if coarse is None:
        return None
    if coarse.tree != tree:
        raise ValueError(
            "The coarse samples are counted over another tree than that of "
            "the matrix."
        )
    levels = tree.levels()[: limits.COARSE_LEVELS]
    return CoarseHeader(
        coarse.samples,
        [(level.num_groups, *coarse.at(level)) for level in levels],
        [coarse.largest(level) for level in levels],
    )
