"""How well class distances in a layer match those in a tree."""

import dataclasses
from typing import Any

import numpy as np
from scipy.stats import norm

from keras_hier.hierarchy.computed.class_distances import (
    correlation,
    standardised,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.probing.alignment.permuted_classes import permuted_spread
from keras_hier.tensors import FloatArray

# The share of permuted trees whose alignment is outside the band.
_OUTSIDE = 0.05
# Correlations that differ by less are equal but for rounding.
_LEAST_SPREAD = 1e-9


@dataclasses.dataclass(frozen=True)
class TreeAlignment:
    """The alignment of a layer's class means with a tree.

    Attributes:
        value: correlation over pairs of classes, -1 to 1, of the correlation
            of their means with minus their distance in the tree.
        standard_error: by jackknife over classes.
        band: what 95 % of the trees with permuted classes stay below in size.
        without: float [C], the value without each class.
    """

    value: float
    standard_error: float
    band: float
    without: FloatArray


def tree_alignment(means: Any, hierarchy: Hierarchy) -> TreeAlignment:
    """Returns how well class distances in a layer match those in a tree.

    Nothing is fitted, so it shows a layer change before probes do. An untrained
    network has some alignment: compare with one (`kh.analysis.probe` does).

    Args:
        means: float [C, F], the mean features of each class in label order.
        hierarchy: the tree over the C classes, not computed from errors.

    Raises:
        ValueError: fewer than four classes, or all at one distance; a tree
            computed from a network's own errors or features; means that tell no
            class from another, or all equally far apart.

    Example:
        >>> tree = Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
        ... )
        >>> means = [[5, 1, 0], [3, 2, 2], [0, 5, 3], [2, 1, 6]]
        >>> round(tree_alignment(means, tree).value, 2)
        0.8

    Reference:
        Kriegeskorte, Mur, Bandettini: Representational similarity analysis,
        Frontiers in Systems Neuroscience 2, 2008.
        Mantel: The detection of disease clustering, Cancer Research 27, 1967.
    """
    return alignment_with(means, nearness(hierarchy))


def alignment_with(means: Any, near: FloatArray) -> TreeAlignment:
    """Does what `tree_alignment` does, with the `nearness` of its tree."""
    alike = _class_correlation(means, len(near))
    pairs = alike[np.triu_indices(len(alike), 1)]
    if np.ptp(pairs) < _LEAST_SPREAD:
        raise ValueError(
            "All classes are equally far apart, as if each had a feature of "
            "its own: no order of them can be compared with the tree's."
        )
    value, without = _correlation_without_each(alike, near)
    count = len(alike)
    spread = without - without.mean()
    return TreeAlignment(
        value,
        float(np.sqrt((count - 1) / count * (spread**2).sum())),
        # With few classes the normal limit exceeds any correlation.
        min(
            float(norm.ppf(1 - _OUTSIDE / 2) * permuted_spread(alike, near)),
            1.0,
        ),
        without,
    )


def nearness(hierarchy: Hierarchy) -> FloatArray:
    """Returns minus the distance of classes in the tree, [C, C], diagonal 0."""
    if hierarchy.origin is not None:
        raise ValueError(
            "Tree alignment with a tree that was computed from "
            f"{hierarchy.origin.kind} would be circular: such a tree says what "
            "a network does already. Give a tree from elsewhere."
        )
    if hierarchy.num_classes < 4:
        raise ValueError(
            "Tree alignment needs at least four classes, got "
            f"{hierarchy.num_classes}."
        )
    found: FloatArray = -np.asarray(hierarchy.lca_distance(), np.float64)
    above = found[np.triu_indices(len(found), 1)]
    if np.ptp(above) == 0:
        raise ValueError(
            "Tree alignment needs groups: in this tree all classes are equally "
            "far apart."
        )
    return found


def split_half_reliability(first: Any, second: Any) -> float:
    """Returns how well class correlations come back in other samples.

    It correlates those of both halves' means [C, F] over pairs of classes,
    stepped up to all samples (Spearman and Brown).
    """
    alike, again = (
        _class_correlation(means, len(means)) for means in (first, second)
    )
    pairs = np.triu_indices(len(alike), 1)
    half = float(np.corrcoef(alike[pairs], again[pairs])[0, 1])
    return 2 * half / (1 + half) if half > 0 else half


def _class_correlation(means: Any, num_classes: int) -> FloatArray:
    alike = correlation(standardised(means, num_classes))
    np.fill_diagonal(alike, 0)
    return alike


def _correlation_without_each(
    a: FloatArray, b: FloatArray
) -> tuple[float, FloatArray]:
    """Correlates two symmetric matrices over pairs, and without each class."""
    count = len(a)
    rows = np.stack(
        [x.sum(axis=1) for x in (a, b, a * b, a * a, b * b)]
    )  # [5, C]
    # Each pair is in the row of both of its classes.
    totals = rows.sum(axis=1, keepdims=True) / 2
    pairs = count * (count - 1) / 2
    whole = _pearson(totals, np.array([pairs]))
    without = _pearson(totals - rows, np.full(count, pairs - (count - 1)))
    return float(whole[0]), without


def _pearson(sums: FloatArray, pairs: FloatArray) -> FloatArray:
    a, b, ab, aa, bb = sums / pairs
    spread = np.sqrt(np.maximum((aa - a * a) * (bb - b * b), 0))
    found: FloatArray = np.where(
        spread > 0, (ab - a * b) / np.where(spread > 0, spread, 1), 0.0
    )
    return found
