"""Plausibility checks: of probabilities, one-based labels, sets and tables.

A row of scores looks like probabilities if no entry is below 0 and they sum to
1 within `SUM_TOLERANCE`. Scores are taken for probabilities if all rows look
so, at least `MIN_ROWS` of two or more classes. Rows with NaN are ignored.

A row of logits may look so by chance: 0.9 % of pairs do. Four rows that differ
do in one of 10^9 batches. But an untrained network says nearly the same of
every sample, so its rows tell no more than one. With few classes, sums must
then be as near to 1 as the rows are to each other (`telling_tolerance`).
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

# Rounding of probabilities in half precision stays below this. Sums of a
# bfloat16 softmax are off by up to 0.018 in TensorFlow, 0.006 in JAX and 0.003
# in PyTorch.
SUM_TOLERANCE = 2.5e-2
# Rounding of a softmax in float32 stays below this.
_LEAST_TOLERANCE = 1e-4
MIN_ROWS = 4
# So many independent logits of one row look like probabilities in at most 6 of
# 100,000 networks, fewer in 1 to 9 of 1,000 (of any scale, by simulation).
_MANY_CLASSES = 10

NOT_LOGITS = (
    "are probabilities (none below 0, sums of 1), but the loss takes them for "
    "logits: pass from_logits=False to the loss, or end the model without a "
    "softmax."
)
NOT_PROBABILITIES = (
    "are no probabilities (below 0, or sums other than 1), but the loss takes "
    "them for such: pass from_logits=True to the loss if they are logits, or "
    "end the model in a softmax, not in sigmoids."
)
# Class 0 is missing by chance with at most this probability.
_UNSEEN = 0.05
# A question about scores that are no numbers.
WHY_NAN = "has training diverged, or do inputs hold NaN?"


def on_simplex(
    scores: Any, xp: Any = np, tolerance: Any = SUM_TOLERANCE
) -> Any:
    """Tells which rows [N, C] look like probabilities; false for NaN."""
    sums = xp.sum(scores, axis=-1)
    return xp.logical_and(
        xp.min(scores, axis=-1) >= 0, xp.abs(sums - 1) <= tolerance
    )


def telling_tolerance(scores: Any, xp: Any = np) -> Any:
    """Returns how far from 1 sums of probabilities are that cannot be logits.

    For few classes it is an eighth of the spread of the rows. Four rows of
    logits stay within it by chance in at most 3 of 100,000 networks (two to
    five classes, by simulation). They stay within `SUM_TOLERANCE` in up to 9 of
    1,000.
    """
    if scores.shape[-1] >= _MANY_CLASSES:
        return SUM_TOLERANCE
    nan = xp.isnan(scores)
    high = xp.max(xp.where(nan, -np.inf, scores), axis=0, initial=-np.inf)
    low = xp.min(xp.where(nan, np.inf, scores), axis=0, initial=np.inf)
    return xp.clip(xp.max(high - low) / 8, _LEAST_TOLERANCE, SUM_TOLERANCE)


def not_logits(scores: Any, xp: Any = np) -> Any:
    """Tells which rows [N, C] are no logits, if all of at least four are so."""
    return on_simplex(scores, xp, telling_tolerance(scores, xp))


def are_probabilities(scores: npt.ArrayLike) -> bool | None:
    """Tells whether scores are probabilities rather than logits.

    None if that is unclear: all rows look like probabilities, but there are too
    few, or all but the same.
    """
    values = np.asarray(scores, np.float64)
    values = values[~np.isnan(values).any(axis=1)]
    with np.errstate(invalid="ignore"):  # infinities of both signs in a row
        if not on_simplex(values).all():
            return False
    if len(values) < MIN_ROWS or values.shape[1] < 2:
        return None
    return True if not_logits(values).all() else None


def one_based_hint(least: float, largest: float, num_classes: int) -> str:
    """Returns a hint if labels run from 1 to C, else ""."""
    if 1 <= least < largest == num_classes:
        return f" They look one-based, 1..{num_classes}: subtract 1."
    return ""


def labels_to_root(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Returns how often each class and the root come, int64 [C + 1]."""
    known = labels[(labels >= 0) & (labels <= num_classes)].astype(np.int64)
    return np.bincount(known, minlength=num_classes + 1)


def one_based_nodes(counts: npt.ArrayLike, more_may_come: bool = False) -> str:
    """Returns a sentence if labels of nodes [C + 1] look one-based, else "".

    Labels 1..C pass among those of nodes, the last class as the root. They look
    one-based if the root comes and class 0 does not, though a class half as
    frequent as the others would have come with 95 %. Six samples of each other
    class are enough for that. If more than 5 % of the others are missing, class
    0 may be missing like them. If more may come, class 0 may be an eighth as
    frequent: 24 samples of each other class are enough.
    """
    known = np.asarray(counts, np.float64)
    first, others, roots = known[0], known[1:-1], known[-1]
    if first or not roots or not len(others):
        return ""
    rarer = 8 if more_may_come else 2
    if np.exp(-others / rarer).mean() > _UNSEEN:
        return ""
    classes = len(known) - 1
    return (
        f"Of {known.sum():.0f} labels of classes and the root none is 0, and "
        f"{roots:.0f} are {classes}, the root."
        f"{one_based_hint(1, classes, classes)} If class 0 has no samples on "
        "purpose, leave out those of the root, which any sample has: nothing "
        "is learned from them."
    )


def require_order(
    name: str, values: Any, of: str, kind: type[ValueError] = ValueError
) -> None:
    """Raises an error where class ids have no order.

    A set has none. A dict from a name to its number, as torchvision's
    `class_to_idx`, is read in the order of its keys.
    """
    if isinstance(values, set | frozenset):
        raise kind(
            f"{name} must be a list, in the order of {of}; got a "
            f"{type(values).__name__}, which has no order."
        )
    if not isinstance(values, Mapping) or not values:
        return
    found = list(values.values())
    if found != list(range(len(found))) and all(map(_is_number, found)):
        raise kind(
            f"{name} must be a list, in the order of {of}; got a "
            f"{type(values).__name__} whose numbers are not 0, 1, 2, ... in "
            f"the order of its keys. If they number {of}, pass sorted({name}, "
            f"key={name}.get)."
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | np.integer) and type(value) is not bool


# Calls that put the axes of a table of pandas in the order of the ids.
_IN_ORDER = {
    ("index", "columns"): "reindex(index=ids, columns=ids, fill_value=0)",
    ("index",): "loc[ids]",
    ("columns",): "loc[:, ids]",
}


def require_class_names(
    data: Any, classes: Sequence[str], names: Sequence[str], what: str
) -> None:
    """Raises an error where a data set numbers other classes than the tree.

    `keras.utils.image_dataset_from_directory` numbers the folders that it
    finds. Where some lack, as in a smaller set to validate on, a number means
    another class. Folders that are only called otherwise warn.
    """
    given = getattr(data, "class_names", None)
    if given is None or isinstance(given, str):
        return
    found = [str(each) for each in given]
    own = min(
        (list(classes), list(names)),
        key=lambda each: sum(a != b for a, b in zip(each, found, strict=False)),
    )
    if found == own:
        return
    at, pair = next(
        (at, pair)
        for at, pair in enumerate(zip_longest(own, found, fillvalue="nothing"))
        if pair[0] != pair[1]
    )
    said = (
        f"{what} numbers {len(found)} folders, the tree has {len(own)} "
        f"classes: label {at} is {pair[1]!r:.80} there, and {pair[0]!r:.80} "
        "here."
    )
    place = {name: label for label, name in enumerate(own)}
    moved = any(
        place.get(name, label) != label for label, name in enumerate(found)
    )
    if not moved and len(found) == len(own):
        warnings.warn(
            f"{said} They are taken for the same, by their numbers.",
            stacklevel=2,
        )
        return
    raise ValueError(
        f"{said} Give image_dataset_from_directory class_names=list("
        "hierarchy.classes), with an empty folder for a class that lacks, or "
        "data.map(kh.NodeLabels(hierarchy).renumber(data.class_names))."
    )


def require_label_order(
    table: Any,
    classes: Sequence[str] | None = None,
    axes: tuple[str, ...] = ("index", "columns"),
) -> None:
    """Raises an error where a table names classes in another order.

    Numbers are read by position. A table of pandas has names as well, which
    `crosstab` and `groupby` sort, leaving out classes that never came. The
    numbers 0..C-1 are no names, unless the ids are these. Without `classes`
    rows need only be named as columns are.
    """
    if not all(
        isinstance(getattr(table, axis, None), Iterable)
        for axis in {"index", *axes}
    ):
        return  # the index of a list is a method
    named = [list(map(str, getattr(table, axis))) for axis in axes]
    wanted = named[0] if classes is None else list(classes)
    numbers = list(map(str, range(len(named[0]))))
    positions = named[0] == numbers and set(numbers) != set(wanted)
    alike = all(each == named[0] for each in named)
    if alike and (positions or named[0] == wanted):
        return
    at, (name, *others) = next(
        (at, names)
        for at, names in enumerate(
            zip_longest(wanted, *named, fillvalue="nothing")
        )
        if len({*names}) > 1
    )
    found = " and ".join(
        f"the {axis.removesuffix('s')} {other!r:.80}"
        for axis, other in zip(axes, others, strict=True)
    )
    labels = set(map(str, range(len(wanted))))
    hint = f"table.{_IN_ORDER[axes]} with the ids of the classes"
    if axes == ("index",) and labels.issuperset(named[0]):
        # As `value_counts` of labels has it.
        hint = f"table.reindex(range({len(wanted)}), fill_value=0)"
    raise ValueError(
        "Tables are read by position, in the order of the labels. Of label "
        f"{at}, {name!r:.80}, this one names {found}. Give {hint}, or "
        "table.to_numpy() if only the names differ."
    )
