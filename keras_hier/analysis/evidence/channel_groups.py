"""Which group of a tree each channel of a layer tells best."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.evidence.channel_evidence import (
    LEAST_CLASSES,
    strata_of,
)
from keras_hier.analysis.evidence.rank_tests import rank_tests
from keras_hier.analysis.evidence.significance import (
    FALSE_DISCOVERIES,
    beyond_chance,
)
from keras_hier.tensors import FloatArray, IntArray

# Values that are ranked at a time.
_CHUNK = 2**20
# Nearer to what chance gives, no rank test can find a channel.
_LEAST_Z = 1.5


class ChannelGroups(NamedTuple):
    """The group that each channel of a layer tells best from all other classes.

    Attributes:
        group: int64 [F], its number; -1 where no group is beyond chance.
        auc: float64 [F], how often a class of the group has a higher mean than
            another class; NaN where there is no group.
        tested: how many groups had enough classes on both sides.
    """

    group: IntArray
    auc: FloatArray
    tested: int


class _Groups(NamedTuple):
    """Groups with enough classes, and who is compared for each.

    Attributes:
        number: of each of the G groups, as the caller counts.
        inside: bool [G, C], the classes that have means.
    """

    number: IntArray
    inside: npt.NDArray[np.bool_]


def channel_groups(
    means: Any,
    groups: Sequence[Any],
    *,
    samples: Any = None,
    rate: float = FALSE_DISCOVERIES,
) -> ChannelGroups:
    """Finds the group of classes that each channel responds to most surely.

    The best of many groups looks good by chance. So its rank test, which is
    that of `channels`, is corrected for all groups (Bonferroni), and then for
    all channels (Benjamini and Hochberg). Groups of fewer than four classes, or
    with fewer outside, are not tested. Rows of classes without samples are NaN.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> means = rng.normal(size=(30, 4))
        >>> means[:10, 1] += 5    # channel 1 responds to the first ten classes
        >>> channel_groups(means, [range(10), range(10, 30)]).group
        array([-1,  0, -1, -1])
    """
    values = np.asarray(means)
    there = ~np.isnan(values).all(axis=1)
    values = values[there]
    counts = None if samples is None else np.asarray(samples)[there]
    strata = strata_of(counts, np.ones(len(values), bool))
    tested = _tested(groups, there, strata)
    channels = values.shape[1]
    group = np.full(channels, -1)
    auc = np.full(channels, np.nan)
    if not len(tested.number):
        return ChannelGroups(group, auc, 0)
    best, z = _best(values, tested.inside, strata)
    p = np.ones(channels)
    for place in np.unique(best[z > _LEAST_Z]).tolist():
        own = np.flatnonzero((best == place) & (z > _LEAST_Z))
        found = rank_tests(values[:, own], tested.inside[place], strata)
        auc[own] = found.auc
        p[own] = np.minimum(found.p * len(tested.number), 1)
    is_found = beyond_chance(p, "channels of the layer", rate=rate).found
    group[is_found] = tested.number[best[is_found]]
    auc[~is_found] = np.nan
    return ChannelGroups(group, auc, len(tested.number))


def _tested(
    groups: Sequence[Any], there: npt.NDArray[np.bool_], strata: IntArray
) -> _Groups:
    number, inside = [], []
    for at, labels in enumerate(groups):
        among = np.zeros(len(there), bool)
        among[np.asarray(labels)] = True
        among = among[there]
        mixed = np.intersect1d(strata[among], strata[~among])
        compared = np.isin(strata, mixed)
        least = min((compared & among).sum(), (compared & ~among).sum())
        if least >= LEAST_CLASSES:
            number.append(at)
            inside.append(among)
    shape = len(number), int(there.sum())
    return _Groups(
        np.array(number, int), np.reshape(inside, shape).astype(bool)
    )


def _best(
    values: npt.NDArray[np.floating],
    inside: npt.NDArray[np.bool_],
    strata: IntArray,
) -> tuple[IntArray, FloatArray]:
    """Returns the group of the largest normal score of each channel, and that.

    Ties do not lower its variance: the score only proposes what is tested.
    """
    rows, channels = values.shape
    weight = np.zeros(inside.shape, np.float32)
    variance = np.zeros(len(inside))
    for each in np.unique(strata):
        own = strata == each
        size, among = int(own.sum()), inside[:, own].sum(axis=1)
        # Where a stratum has one side alone, nobody in it is compared.
        is_mixed = (among > 0) & (among < size)
        weight[:, own] = inside[:, own] * is_mixed[:, np.newaxis]
        variance += is_mixed * among * (size - among) * (size + 1) / 12
    best, score = np.zeros(channels, int), np.zeros(channels)
    step = max(_CHUNK // rows, 1)
    for start in range(0, channels, step):
        columns = slice(start, start + step)
        ranks = _centred_ranks(values[:, columns], strata)
        z = (weight @ ranks) / np.sqrt(variance)[:, np.newaxis]
        best[columns] = z.argmax(axis=0)
        score[columns] = z.max(axis=0)
    return best, score


def _centred_ranks(
    values: npt.NDArray[np.floating], strata: IntArray
) -> npt.NDArray[np.float32]:
    """Returns ranks within the stratum, less their mean, float32 [C, F]."""
    ranks = np.empty(values.shape, np.float32)
    for each in np.unique(strata):
        own = np.flatnonzero(strata == each)
        columns = np.ascontiguousarray(values[own].T)
        order = np.argsort(columns, axis=1)
        in_order = np.take_along_axis(columns, order, axis=1)
        is_new = np.ones(columns.shape, bool)
        is_new[:, 1:] = in_order[:, 1:] != in_order[:, :-1]
        starts = np.flatnonzero(is_new)
        lengths = np.diff(starts, append=columns.size)
        middle = starts % len(own) + (lengths - len(own)) / 2
        shared = np.repeat(middle.astype(np.float32), lengths)
        part = np.empty(columns.shape, np.float32)
        np.put_along_axis(part, order, shared.reshape(part.shape), axis=1)
        ranks[own] = part.T
    return ranks
