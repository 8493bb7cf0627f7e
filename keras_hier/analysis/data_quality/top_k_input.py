"""Reads scores, full or truncated, as the best classes of every sample."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.records.sample_codec import SUM_ERROR
from keras_hier.plausibility import SUM_TOLERANCE
from keras_hier.scores.top_k_scores import class_labels, top_k
from keras_hier.tensors import to_numpy

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.integer | np.floating]

# Full scores are truncated to so many numbers in all, at least 20 a sample.
STORED = 10_000_000
# Logged scores are rounded as well.
# A log has 1 as 0.9999999.
LOGGED_ONE = 1e-6
LOGGED_TOLERANCE = SUM_TOLERANCE + SUM_ERROR


class TopKInput(NamedTuple):
    """The best classes of N samples.

    Attributes:
        labels: int64 [N], given classes.
        classes: int64 [N, K], best first.
        probabilities: float64 [N, K], descending.
        given: float64 [N], probability of the given class, or the mean of those
            beyond the K.
        known: bool [N], whether `given` is exact.
        num_classes: C.
    """

    labels: IntArray
    classes: IntArray
    probabilities: FloatArray
    given: FloatArray
    known: npt.NDArray[np.bool_]
    num_classes: int

    @property
    def only_predictions(self) -> bool:
        """Whether all scores are 0 or 1, as far as a log tells."""
        untold = (self.classes[:, :1] == self.labels[:, None]).any(axis=1)
        untold |= ~self.known | (self.given == 0)
        return bool(
            len(self.labels)
            and (self.probabilities[:, :1] >= 1 - LOGGED_ONE).all()
            and untold.all()
        )


def read(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    hierarchy: Hierarchy | None = None,
    classes: npt.ArrayLike | None = None,
    given: npt.ArrayLike | None = None,
    num_classes: int | None = None,
) -> TopKInput:
    """Checks and sorts the arguments of `suspect_labels`.

    Raises:
        ValueError: as `suspect_labels`.
    """
    values = to_numpy(probabilities)
    if values.ndim != 2 or values.dtype.kind not in "fiu":
        raise ValueError(
            "Expected `probabilities` as numbers [N, C], or [N, K] with "
            f"`classes`. Got {values.dtype} of shape {values.shape}."
        )
    size = _num_classes(values, hierarchy, classes, num_classes)
    true = class_labels("labels", labels, size)
    if true.ndim != 1 or len(true) != len(values):
        raise ValueError(
            f"Expected `labels` of shape [{len(values)}], one for each row of "
            f"`probabilities`. Got shape {true.shape}."
        )
    check(values, complete=classes is None)
    if classes is None:
        if given is not None:
            raise ValueError(
                "Expected `given` only with `classes`: scores [N, C] say it "
                "themselves."
            )
        stored = max(STORED // max(len(true), 1), 20)
        best = top_k(values, min(stored, size))
        own = values[np.arange(len(true)), true].astype(np.float64)
        known = np.ones(len(true), bool)
    else:
        best = class_labels("classes", classes, size)
        if best.shape != values.shape:
            raise ValueError(
                "Expected `classes` and `probabilities` of one shape [N, K]. "
                f"Got {best.shape} and {values.shape}."
            )
        _check_ranking(best, values)
        own, known = _given(true, best, values, given, size)
    kept = (
        np.take_along_axis(values, best, axis=1) if classes is None else values
    )
    return TopKInput(true, best, kept.astype(np.float64), own, known, size)


def check(values: Numbers, complete: bool) -> None:
    """Raises ValueError unless each row [N, K] may be probabilities."""
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise ValueError(
            "Expected `probabilities` of 0 or more, none NaN: apply softmax to "
            f"logits first. Got {values[row, column]} in row {row}."
        )
    sums = values.sum(axis=1, dtype=np.float64)
    off = sums > 1 + (SUM_TOLERANCE if complete else LOGGED_TOLERANCE)
    if complete:
        off |= sums < 1 - SUM_TOLERANCE
    if off.any():
        row = int(off.argmax())
        raise ValueError(
            "Expected `probabilities` that add up to "
            f"{'' if complete else 'at most '}1 in each row. Got "
            f"{sums[row]:.4g} in row {row}."
        )


def _num_classes(
    values: Numbers,
    hierarchy: Hierarchy | None,
    classes: npt.ArrayLike | None,
    num_classes: int | None,
) -> int:
    known = {}
    if classes is None:
        known["the columns of `probabilities`"] = values.shape[1]
    if hierarchy is not None:
        known["the hierarchy"] = hierarchy.num_classes
    if num_classes is not None:
        known["`num_classes`"] = num_classes
    if not known:
        raise ValueError(
            "Expected a `hierarchy` or `num_classes` beside the `classes` of "
            "truncated scores. Got neither."
        )
    if len(set(known.values())) > 1:
        raise ValueError(
            "Expected one number of classes. Got "
            + ", ".join(f"{size} from {name}" for name, size in known.items())
            + "."
        )
    return next(iter(known.values()))


def _check_ranking(best: IntArray, values: Numbers) -> None:
    if best.shape[1] == 0:
        raise ValueError("Expected at least one of the best classes. Got none.")
    in_order = np.sort(best, axis=1)
    twice = (in_order[:, 1:] == in_order[:, :-1]).any(axis=1)
    if twice.any():
        raise ValueError(
            "Expected different `classes` in each row. Got one twice in row "
            f"{int(twice.argmax())}."
        )
    rising = (np.diff(values.astype(np.float64), axis=1) > 1e-9).any(axis=1)
    if rising.any():
        raise ValueError(
            "Expected the best class first: `probabilities` that descend along "
            f"each row. They rise in row {int(rising.argmax())}."
        )


def _given(
    true: IntArray,
    best: IntArray,
    values: Numbers,
    given: npt.ArrayLike | None,
    size: int,
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Returns the probability of each label, and whether it is known, [N]."""
    is_given = best == true[:, None]
    inside = is_given.any(axis=1)
    stored = np.where(is_given, values, 0).sum(axis=1).astype(np.float64)
    left = np.maximum(1 - values.sum(axis=1, dtype=np.float64), 0.0)
    even = left / max(size - best.shape[1], 1)
    even = np.minimum(even, values[:, -1].astype(np.float64))
    if given is None:
        return np.where(inside, stored, even), inside
    given_p = np.asarray(given, np.float64)
    if given_p.shape != true.shape:
        raise ValueError(
            f"Expected `given` of shape {true.shape}, the probability of each "
            f"label. Got shape {given_p.shape}."
        )
    if (given_p < 0).any() or (given_p > 1 + SUM_TOLERANCE).any():
        raise ValueError(
            "Expected `given` in [0, 1], the probability of each label, NaN "
            f"where it is not known. Got {np.nanmin(given_p)} to "
            f"{np.nanmax(given_p)}."
        )
    # A log stores it finer than the other scores of a sample, which are 0 below
    # 4e-6 of the best.
    told = ~np.isnan(given_p)
    stored = np.where(inside, stored, even)
    return np.where(told, np.minimum(given_p, 1.0), stored), inside | told
