"""How alike the classes are in a layer, and those of one group."""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.computed.class_distances import (
    correlation,
    standardised,
)
from keras_hier.probing.alignment.permuted_classes import (
    PairMoments,
    moments_of,
    moments_of_groups,
    permuted_variance,
)
from keras_hier.tensors import IntArray

# 95 % of permuted classes lie within so many standard deviations.
_BAND = 1.96


def class_correlation(means: Any) -> npt.NDArray[np.float32]:
    """Returns how alike the classes are in a layer, a correlation each pair.

    Features are standardised over the classes, so large numbers weigh no more.

    Args:
        means: float [C, F], the mean features of each class; see
            `Features.class_means`. Rows of NaN are classes without samples.

    Returns:
        float32 [C, C], symmetric; NaN for classes without samples.

    Raises:
        ValueError: no means of two classes, or means that tell none apart.

    Example:
        >>> means = np.array([[5.0, 1, 0], [4, 2, 1], [0, 5, 3]])
        >>> [round(float(each), 2) for each in class_correlation(means)[0]]
        [1.0, 0.98, -1.0]
    """
    values = np.asarray(means)
    if values.ndim != 2:
        raise ValueError(f"Expected means [C, F], got shape {values.shape}.")
    there = ~np.isnan(values).all(axis=1)
    if there.sum() < 2:
        raise ValueError("Expected class means of at least two classes.")
    scores = standardised(values[there], there.sum()).astype(np.float32)
    found = np.full((len(values),) * 2, np.nan, np.float32)
    found[np.ix_(there, there)] = correlation(scores)
    return found


class Alike(NamedTuple):
    """How alike two classes of one group are, on average.

    Attributes:
        inside: mean correlation over pairs of classes of one group; NaN without
            any.
        outside: over all other pairs; NaN without any.
        band: the mean inside 95 % of groups of permuted classes is at most so
            far from that of all pairs; NaN for fewer than four classes.
        band_outside: the same for all other pairs.
    """

    inside: float
    outside: float
    band: float
    band_outside: float


class ClassPairs:
    """The pairs of the classes that have samples.

    Args:
        alike: float [C, C], from `class_correlation`.

    Attributes:
        mean: their mean correlation, that of groups of permuted classes on
            average.
    """

    def __init__(self, alike: npt.NDArray[np.floating]) -> None:
        self._there = np.isfinite(np.diagonal(alike))
        if not self._there.all():
            alike = alike[np.ix_(self._there, self._there)]
        self._alike = alike
        self._total = _sum_of_pairs(alike)
        self._count = len(alike)
        self._pairs = self._count * (self._count - 1) / 2
        self.mean = float(self._total / self._pairs)

    def within(self, group: IntArray) -> Alike:
        """Returns how alike the classes of one group [C] are; -1 is none."""
        group = np.asarray(group)[self._there]
        member = group >= 0
        sizes = np.bincount(group[member])
        pairs = (sizes * (sizes - 1)).sum() / 2
        places = np.argsort(group, kind="stable")[(~member).sum() :]
        inside, start = 0.0, 0
        for size in sizes.tolist():
            rows = places[start : start + size]
            inside += _sum_of_pairs(self._alike[np.ix_(rows, rows)])
            start += size
        others = self._pairs - pairs
        spread = self._spread(sizes) if pairs and others else np.nan
        return Alike(
            inside / pairs if pairs else np.nan,
            (self._total - inside) / others if others else np.nan,
            _BAND * spread / pairs if pairs else np.nan,
            _BAND * spread / others if others else np.nan,
        )

    @cached_property
    def _moments(self) -> PairMoments:
        return moments_of(self._alike)

    def _spread(self, sizes: IntArray) -> float:
        """Returns the deviation of the sum within groups of these sizes."""
        if self._count < 4:
            return np.nan
        groups = moments_of_groups(sizes, self._count)
        return permuted_variance(self._moments, groups, self._count) ** 0.5


def _sum_of_pairs(alike: npt.NDArray[np.floating]) -> float:
    return float(alike.sum(dtype=np.float64) - np.trace(alike)) / 2
