"""Learns from a pilot what error to expect after more labels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import norm

from keras_hier.budget.learning_curves import Curves, fit_curves
from keras_hier.budget.result import LabelBudget
from keras_hier.budget.subsets import measure
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.cut_tree import require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping, require_grouping
from keras_hier.probing.features import Features
from keras_hier.probing.fits.discriminant import check_width
from keras_hier.probing.fits.standardised import Standardised
from keras_hier.quantities import by_number, quantity
from keras_hier.tensors import FloatArray, IntArray

# Labels a class that a pilot must have, on average.
LEAST = 8
# More labels than so many pilots are beyond what a curve of it can say.
REACH = 3
_SHARES = (0.5, 1.0, 2.0)
_DIVISIONS = 10
_DRAWS = 100
_BAND = (5.0, 50.0, 95.0)
# Curves of a pilot mislead even where its samples do not: gains come out by a
# factor larger or smaller. The deviations of its logarithm, down and up, were
# chosen on two data sets and checked on two others, in study/budget.
_MISLED_BY_CLASSES = 0.4, 0.4
_MISLED_BY_GROUPS = 1.0, 0.5
_PILOT = "the pilot"


def label_budget(
    features: Any,
    labels: Any,
    hierarchy: Hierarchy,
    *,
    costs: Mapping[str | int, float] | None = None,
    more: Sequence[int] | None = None,
    at: Sequence[Grouping] | None = None,
    seed: int = 0,
) -> LabelBudget:
    """Tells what more labels would buy, exact ones or those of groups.

    Linear heads learn from subsets of the pilot, from their classes or from
    the groups of a part of them, and are read on samples held out. A power law
    with a floor is fitted to their errors. Bands come from resampling samples
    and subsets.

    Args:
        features: of the pilot, [N, F]: what the network says below its last
            layer, or its logits [N, C]; an array, a tensor or an .npy file.
        labels: exact, [N]: integers or ids of classes.
        hierarchy: `Hierarchy` of the classes.
        costs: of a label: "class", "group" for every depth, or a number of
            groups for that depth. 1 by default.
        more: int [M], more labels of each class; by default half as many, as
            many, and twice as many as the pilot has.
        at: the depths; by default `hierarchy.levels()` without the classes.
        seed: of the subsets and the resampling.

    Raises:
        ValueError: features and labels of different lengths, labels of groups,
            features that are not finite, costs or numbers that are not
            positive, a depth of other classes.

    Example:
        >>> import numpy as np
        >>> import keras_hier as kh
        >>> hierarchy = kh.data.shapes.hierarchy()
        >>> rng = np.random.default_rng(0)
        >>> labels = np.arange(48).repeat(10)
        >>> means = rng.normal(size=(48, 20))
        >>> features = means[labels] + rng.normal(size=(480, 20))
        >>> budget = kh.label_budget(
        ...     features, labels, hierarchy, costs={"group": 0.2})
        >>> budget.depths
        ('classes', '4 groups', '12 groups')
        >>> budget.error.shape  # low end, middle, high end
        (3, 3, 3)

    Reference:
        Hestness et al.: Deep learning scaling is predictable, empirically,
        arXiv 1712.00409.
    """
    require_hierarchy(hierarchy)
    pilot = Features({_PILOT: features}, labels)
    true = pilot.labels_in(hierarchy)
    depths = _depths(hierarchy, at)
    counts = np.bincount(true, minlength=hierarchy.num_classes)
    seen = int(np.count_nonzero(counts))
    mean = len(true) / seen
    wanted = _more(more, mean)
    prices = _prices(costs, depths)
    notes = _notes(counts, wanted, mean)
    bands = np.full((len(depths) + 1, len(wanted) + 1, 3), np.nan)
    gains = bands.copy()
    if mean >= LEAST:
        curves = _curves(pilot, true, depths, seed)
        now = curves.after(mean)
        bands[:, 0] = np.percentile(now, _BAND)
        gains[:, 0] = 0
        normal = norm.ppf((np.arange(_DRAWS) + 0.5) / _DRAWS)
        normal = np.random.default_rng(seed).permutation(normal)
        for depth in range(len(bands)):
            for place, each in enumerate(wanted.tolist(), 1):
                if each > REACH * mean:
                    continue
                gain = now - _after(curves, mean, each, depth)
                down, up = _MISLED_BY_GROUPS if depth else _MISLED_BY_CLASSES
                factor = np.exp(np.where(normal < 0, down, up) * normal)
                gain = np.minimum(gain * factor, now)
                bands[depth, place] = np.percentile(now - gain, _BAND)
                gains[depth, place] = np.percentile(gain, _BAND)
    return LabelBudget(
        ("classes", *(quantity(d.num_groups, "group") for d in depths)),
        wanted,
        np.outer(prices, wanted * float(seen)),
        bands[0, 0],
        bands[:, 1:],
        gains[:, 1:],
        1 - float(counts.max()) / len(true),
        len(true),
        seen,
        notes,
    )


def _after(curves: Curves, mean: float, more: int, depth: int) -> FloatArray:
    if depth == 0:
        return curves.after(mean + more)
    return curves.after_coarse(mean, more, depth - 1)


def _curves(
    pilot: Features, true: IntArray, depths: Sequence[Grouping], seed: int
) -> Curves:
    rows = Standardised(pilot.rows(_PILOT))
    width = min(rows.live, len(true))
    check_width(_PILOT, width, len(true), 2)
    values = rows[np.arange(len(true))]
    if rows.live > len(true):
        # Turned so that the features beyond these are 0: the heads are as they
        # were, for a penalty is the same in all directions.
        values = np.asarray(np.linalg.qr(values.T, mode="r")).T
    rng = np.random.default_rng(seed)
    measured = measure(values, true, depths, _DIVISIONS, rng)
    return fit_curves(measured, len(true), _DRAWS, rng)


def _depths(
    hierarchy: Hierarchy, at: Sequence[Grouping] | None
) -> tuple[Grouping, ...]:
    depths = hierarchy.levels()[:-1] if at is None else (*at,)
    for each in depths:
        require_grouping(each)
        if each.num_classes != hierarchy.num_classes:
            raise ValueError(
                f"Expected depths of {hierarchy.num_classes} classes, got a "
                f"grouping of {each.num_classes}."
            )
    return depths


def _more(more: Sequence[int] | None, mean: float) -> IntArray:
    if more is None:
        return np.array([max(round(s * mean), 1) for s in _SHARES], np.int64)
    given = np.asarray(more)
    if given.ndim != 1 or given.dtype.kind not in "iu" or (given < 1).any():
        raise ValueError(
            "Expected `more` as whole numbers of labels a class, such as "
            f"(10, 20), got {more!r:.80}."
        )
    return given.astype(np.int64)


def _prices(
    costs: Mapping[str | int, float] | None, depths: Sequence[Grouping]
) -> FloatArray:
    given = dict(costs or {})
    groups = [each.num_groups for each in depths]
    for key, cost in given.items():
        if key not in ("class", "group", *groups):
            raise ValueError(
                "Expected costs of 'class', 'group' or one of the numbers of "
                f"groups {', '.join(map(str, groups))}, got {key!r:.40}."
            )
        if not isinstance(cost, float | int) or not 0 < cost < np.inf:
            raise ValueError(
                f"Expected the cost of {key!r:.40} above 0, got {cost!r:.40}."
            )
    other = given.get("group", 1.0)
    return np.array(
        [given.get("class", 1.0), *(given.get(g, other) for g in groups)],
        np.float64,
    )


def _notes(counts: IntArray, wanted: IntArray, mean: float) -> tuple[str, ...]:
    notes = []
    size, seen = len(counts), int(np.count_nonzero(counts))
    if mean < LEAST:
        notes.append(
            f"The pilot is too small to tell: it takes {LEAST} labels a class, "
            f"{LEAST * seen:,} in all, and has {counts.sum():,}."
        )
    if seen < size:
        notes.append(
            f"{quantity(size - seen, 'class')} of {size:,} "
            f"{by_number(size - seen, 'has', 'have')} no label: all figures "
            "are of the others."
        )
    if (wanted > REACH * mean).any():
        notes.append(
            f"A pilot of {mean:.3g} labels a class tells nothing beyond "
            f"{int(REACH * mean):,} more."
        )
    return tuple(notes)
