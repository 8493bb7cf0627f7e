"""Reduces scores to the best classes, which are stored."""

from typing import Any

import numpy as np

from keras_hier.log.records.sample_codec import TOP, TopKPredictions
from keras_hier.log.records.sample_index import (
    SampleError,
    SampleIndex,
    as_ids,
    checked_labels,
)
from keras_hier.plausibility import SUM_TOLERANCE, WHY_NAN, are_probabilities
from keras_hier.quantities import by_number, quantity
from keras_hier.tensors import to_numpy

FROM_LOGITS = "from_logits=True"
_CHUNK_SCORES = 2**22  # looked at together, 32 MiB


class TopKCollector:
    """Collects the predictions of a model batch by batch."""

    def __init__(self, num_classes: int, top: int = TOP) -> None:
        self.num_classes = num_classes
        self.top = min(top, num_classes)
        self._labels: list[np.ndarray] = []
        self._ranked: list[TopKPredictions] = []
        self._ids: list[str] | None = None
        self.samples = 0

    def add(
        self,
        labels: np.ndarray,
        ranked: TopKPredictions,
        ids: Any | None = None,
    ) -> None:
        """Adds a batch of B samples; all have ids, or none."""
        labels = checked_labels(labels, self.num_classes)
        if self.samples and (ids is None) != (self._ids is None):
            raise SampleError("Give ids for all samples or for none.")
        if ids is not None:
            names = as_ids(ids)
            if len(names) != len(labels):
                raise SampleError(
                    f"Expected {len(labels)} ids, got {len(names)}."
                )
            self._ids = (self._ids or []) + names
        self._labels.append(labels)
        self._ranked.append(ranked)
        self.samples += len(labels)

    def finish(self, named: bool = True) -> tuple[SampleIndex, TopKPredictions]:
        """Returns the index of all samples, and predictions in its order."""
        if not self.samples:
            raise SampleError("There are no samples to log.")
        index = SampleIndex(
            np.concatenate(self._labels), self.num_classes, self._ids, named
        )
        ranked = _joined(self._ranked)
        return index, ranked.take(index.order)


def top_k_of_samples(
    labels: Any,
    scores: Any,
    num_classes: int,
    ids: Any | None = None,
    from_logits: bool = False,
    option: str = FROM_LOGITS,
    named: bool = True,
) -> tuple[SampleIndex, TopKPredictions]:
    """Returns the index of samples, and their best classes in its order.

    Scores are probabilities [N, C], logits, or a tuple: the best classes [N, K]
    and their probabilities. `option` is the caller's name of `from_logits`.
    """
    if isinstance(scores, tuple):
        best, probabilities = scores
        ranked = top_k_of_ranked(labels, best, probabilities, num_classes)
    else:
        scores = to_numpy(scores)
        if scores.ndim != 2 or scores.shape[1] != num_classes:
            raise SampleError(
                f"Scores must be numbers [N, {num_classes}], a column a class; "
                f"got shape {scores.shape} of {scores.dtype}."
            )
        ranked = top_k_of_scores(labels, scores, from_logits, option=option)
    ranking = TopKCollector(num_classes)
    ranking.add(to_numpy(labels), ranked, ids)
    return ranking.finish(named)


def top_k_of_scores(
    labels: Any,
    scores: Any,
    from_logits: bool = False,
    top: int = TOP,
    option: str = FROM_LOGITS,
) -> TopKPredictions:
    """Returns the K best classes by scores [N, C], and the actual one's rank.

    Equal scores are in the order of their labels, as for `argmax`.
    """
    scores = to_numpy(scores)
    if scores.ndim == 2 and not len(scores):
        raise SampleError("There are no samples: scores is empty.")
    if scores.ndim != 2 or scores.dtype.kind not in "fiub" or not scores.size:
        raise SampleError(
            "scores must be numbers [N, C], a column a class; got shape "
            f"{scores.shape} of {scores.dtype}."
        )
    labels = checked_labels(labels, scores.shape[1])
    if len(labels) != len(scores):
        raise SampleError(
            f"labels and scores must be of the same samples, got {len(labels)} "
            f"and {len(scores)}."
        )
    rows = max(1, _CHUNK_SCORES // scores.shape[1])
    if from_logits and _all_probabilities(scores, rows):
        raise SampleError(
            "The scores are probabilities (none below 0, sums of 1), not "
            f"logits: leave out {option}."
        )
    parts = [
        _rank(
            labels[at : at + rows],
            scores[at : at + rows],
            from_logits,
            top,
            at,
            option,
        )
        for at in range(0, len(labels), rows)
    ]
    return _joined(parts)


def top_k_of_ranked(
    labels: Any,
    classes: Any,
    probabilities: Any,
    num_classes: int,
    top: int = TOP,
) -> TopKPredictions:
    """Returns the best K classes of K' that are ranked already, [N, K'].

    The rank of an actual class beyond the K' is 0 and its probability NaN.
    """
    labels = checked_labels(labels, num_classes)
    classes = to_numpy(classes)
    p = to_numpy(probabilities).astype(np.float64)
    if (
        classes.ndim != 2
        or classes.shape != p.shape
        or len(classes) != len(labels)
        or classes.dtype.kind not in "iu"
        or not 1 <= classes.shape[1] <= num_classes
    ):
        raise SampleError(
            "Expected classes as integers [N, K] and probabilities [N, K] of "
            f"{len(labels)} samples; got {classes.dtype} {classes.shape} and "
            f"{p.shape}."
        )
    _refuse(
        ((classes < 0) | (classes >= num_classes)).any(axis=1),
        f"classes must lie in 0..{num_classes - 1}",
    )
    in_order = np.sort(classes, axis=1)
    _refuse(
        (in_order[:, 1:] == in_order[:, :-1]).any(axis=1),
        "The classes of a sample must differ",
    )
    _check_probabilities(p, complete=classes.shape[1] == num_classes)
    order = np.argsort(-p, axis=1, kind="stable")
    classes = np.take_along_axis(classes, order, axis=1).astype(np.int64)
    p = np.take_along_axis(p, order, axis=1).clip(0, 1)
    places = classes == labels[:, None]
    within = places.any(axis=1)
    return TopKPredictions(
        classes[:, :top],
        p[:, :top],
        np.where(within, (p * places).sum(axis=1), np.nan),
        np.where(within, places.argmax(axis=1) + 1, 0),
    )


def _rank(
    labels: np.ndarray,
    scores: np.ndarray,
    from_logits: bool,
    top: int,
    first: int,
    option: str,
) -> TopKPredictions:
    p = scores.astype(np.float64)
    if from_logits:
        _refuse(
            np.isnan(p).any(axis=1) | ~np.isfinite(p.max(axis=1)),
            f"Logits must be numbers ({WHY_NAN})",
            first,
        )
        p = np.exp(p - p.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        # By logits, since probabilities may underflow to 0. Classes that are
        # taken are marked by -inf, so no score may be -inf.
        scores = scores.astype(np.float64).clip(np.finfo(np.float64).min)
    else:
        _check_probabilities(p, True, first, f" Pass {option} for logits.")
        p = p.clip(0, 1)
        scores = p.copy()
    rows = np.arange(len(labels))
    own = scores[rows, labels][:, None]
    # Equal scores are in the order of their labels.
    below = np.arange(scores.shape[1]) < labels[:, None]
    rank_of = 1 + ((scores > own) | ((scores == own) & below)).sum(axis=1)
    actual = p[rows, labels]
    best = []
    # Unlike a partition, argmax takes the first of equal scores.
    for _ in range(min(top, scores.shape[1])):
        best.append(scores.argmax(axis=1))
        scores[rows, best[-1]] = -np.inf
    classes = np.stack(best, axis=1)
    return TopKPredictions(
        classes, np.take_along_axis(p, classes, axis=1), actual, rank_of
    )


def _joined(parts: list[TopKPredictions]) -> TopKPredictions:
    return TopKPredictions(
        **{
            field: np.concatenate([getattr(part, field) for part in parts])
            for field in vars(parts[0])
        }
    )


def _all_probabilities(scores: np.ndarray, rows: int) -> bool:
    """Tells whether all rows look like probabilities, a chunk at a time."""
    return are_probabilities(scores[:rows]) is True and all(
        are_probabilities(scores[at : at + rows]) is not False
        for at in range(rows, len(scores), rows)
    )


def _check_probabilities(
    p: np.ndarray, complete: bool, first: int = 0, hint: str = ""
) -> None:
    _refuse(
        np.isnan(p).any(axis=1),
        f"Probabilities must be numbers, not NaN ({WHY_NAN})",
        first,
    )
    _refuse(
        (p < 0).any(axis=1), "Probabilities must not be negative", first, hint
    )
    sums = p.sum(axis=1)
    least = 1 - SUM_TOLERANCE if complete else 0
    wrong = (sums > 1 + SUM_TOLERANCE) | (sums < least)
    _refuse(
        wrong,
        "The probabilities of a sample must sum to 1"
        if complete
        else "The best probabilities of a sample sum to 1 at most",
        first,
        hint,
    )


def _refuse(wrong: Any, rule: str, first: int = 0, hint: str = "") -> None:
    (rows,) = np.nonzero(wrong)
    if rows.size:
        raise SampleError(
            f"{rule}: {quantity(rows.size, 'sample')} "
            f"{by_number(rows.size, 'breaks', 'break')} this, the first is "
            f"sample {first + rows[0]}.{hint}"
        )
