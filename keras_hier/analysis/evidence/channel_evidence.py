"""Which channels of a layer respond to a group of classes."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.evidence.rank_tests import rank_tests
from keras_hier.analysis.evidence.significance import (
    FALSE_DISCOVERIES,
    beyond_chance,
)
from keras_hier.tensors import FloatArray, IntArray

# Fewer classes on either side are no evidence: any three have something in
# common, and among a thousand others their p is tiny.
LEAST_CLASSES = 4
# Compared classes differ in samples by at most this factor.
_ABOUT_AS_MANY = 1.5


class Channels(NamedTuple):
    """The channels of a layer, those that respond to a group first.

    Attributes:
        order: int64 [F], channels; the surest ones first.
        auc: float64 [F], in that order: how often a class of the group has a
            higher mean than another class; 0.5 by chance.
        p: float64 [F], two-sided.
        q: float64 [F], the least rate of false discoveries that lists each;
            NaN where fewer than four classes of the group, or of the others,
            could be compared.
        found: how many, from the first on, are beyond chance.
        compared: how many classes of the group were compared, and with how
            many others.
    """

    order: IntArray
    auc: FloatArray
    p: FloatArray
    q: FloatArray
    found: int
    compared: tuple[int, int]


def channels(
    means: Any,
    group: Any,
    rate: float = FALSE_DISCOVERIES,
    *,
    samples: Any = None,
) -> Channels:
    """Ranks the channels of a layer by how they tell a group from the rest.

    The unit of evidence is the class: a rank test compares the class means of
    the group with those of the others. Images of a class are no independent
    evidence: tests over images find most channels to detect a random group.

    The mean of a few samples strays further than that of many. A group of rare
    classes would differ from common ones for that alone. So with `samples`,
    classes are only compared if one has at most 1.5 times the samples of the
    other.

    Args:
        means: float [C, F], from `Features.class_means`. Classes without
            samples, whose row is NaN, are left out.
        group: the labels of the classes in the group, integers [n].
        rate: of false discoveries among those found.
        samples: of each class, integers [C]; by default as many for each.

    Raises:
        ValueError: no means, labels that are no classes, a group of none or
            of all classes, or samples that do not fit.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> means = rng.normal(size=(20, 3))
        >>> means[:6, 1] += 5    # channel 1 responds to the first six classes
        >>> found = channels(means, range(6))
        >>> int(found.order[0]), float(found.auc[0]), found.found
        (1, 1.0, 1)

    Reference:
        Mann, Whitney: On a test of whether one of two random variables is
        stochastically larger than the other, Annals of Mathematical Statistics
        18, 1947.
    """
    values = np.asarray(means)
    if values.dtype.kind != "f":
        values = values.astype(np.float64)
    if values.ndim != 2 or not values.size:
        raise ValueError(
            f"Expected means [C, F], a row a class, got shape {values.shape}."
        )
    inside = _members(group, len(values))
    is_there = ~np.isnan(values).all(axis=1)
    if not is_there.all():
        values = values[is_there]
    if not np.isfinite(values).all():
        raise ValueError(
            "Expected finite means, or rows of NaN for classes without "
            "samples. Some rows hold NaN or inf beside numbers."
        )
    if not inside[is_there].any() or inside[is_there].all():
        raise ValueError(
            "Expected means of classes in the group and of others. Of "
            f"{'others' if inside[is_there].any() else 'the group'} all rows "
            "are NaN: these classes have no samples."
        )
    inside = inside[is_there]
    strata = strata_of(samples, is_there)
    mixed = np.intersect1d(strata[inside], strata[~inside])
    is_compared = np.isin(strata, mixed)
    among, others = (
        int((is_compared & side).sum()) for side in (inside, ~inside)
    )
    if min(among, others) < LEAST_CLASSES:
        auc, p = rank_tests(values, inside)
        order = np.argsort(-auc, kind="stable")
        q = np.full(len(order), np.nan)
        return Channels(order, auc[order], p[order], q, 0, (among, others))
    auc, p = rank_tests(values, inside, strata)
    order = np.lexsort((-abs(auc - 0.5), p))
    found = beyond_chance(p, "channels of the layer", rate=rate)
    return Channels(
        order,
        auc[order],
        p[order],
        found.rates[order],
        int(found.found.sum()),
        (among, others),
    )


def strata_of(samples: Any, is_there: npt.NDArray[np.bool_]) -> IntArray:
    """Returns, for classes that have means, numbers of their strata."""
    strata = np.zeros(int(is_there.sum()), np.int64)
    if samples is None:
        return strata
    counts = np.asarray(samples)
    if counts.shape == is_there.shape:
        counts = counts[is_there]
    if counts.shape != strata.shape or not (counts >= 1).all():
        raise ValueError(
            f"Expected `samples` of shape [{len(is_there)}], one or more of "
            "each class that has means, got "
            + (
                f"{counts.min():g} of one."
                if counts.shape == strata.shape
                else f"shape {counts.shape}."
            )
        )
    number, most = 0, counts.max()
    for at in np.argsort(-counts, kind="stable"):
        if counts[at] * _ABOUT_AS_MANY < most:
            number, most = number + 1, counts[at]
        strata[at] = number
    return strata


def _members(group: Any, num_classes: int) -> npt.NDArray[np.bool_]:
    labels = np.unique(np.asarray(list(group)))
    if (
        labels.dtype.kind not in "iu"
        or labels.min(initial=0) < 0
        or labels.max(initial=0) >= num_classes
        or not 0 < len(labels) < num_classes
    ):
        raise ValueError(
            "Expected the labels of some of the "
            f"{num_classes} classes, not of none or all, got {labels!r:.80}."
        )
    inside = np.zeros(num_classes, bool)
    inside[labels] = True
    return inside
