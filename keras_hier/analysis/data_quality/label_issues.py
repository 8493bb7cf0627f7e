"""Samples whose label is likely wrong, or only one of two right ones."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from keras_hier.analysis.data_quality import (
    crossings,
    label_noise,
    top_k_input,
)
from keras_hier.analysis.data_quality.weak_networks import is_weak
from keras_hier.hierarchy.hierarchy import Hierarchy

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# A label is listed when it is more likely wrong than right.
EVEN = 0.5
# More finds more of people's mistakes, and fewer that fall on any class.
CROSSING_WEIGHT = 0.25


class Suspects(NamedTuple):
    """Samples that another class would suit better, in ranked order; [n].

    Attributes:
        sample: int64, position in `labels`.
        given: int64, its label.
        suggested: int64, the likeliest class of those above their threshold, or
            of all where none is.
        p_given: float64, the network's probability of the label.
        p_suggested: float64, that of the suggested class.
        margin: float64, p_suggested - p_given.
        threshold_given: float64, threshold of the given class.
        threshold_suggested: float64, threshold of the suggested class.
        trust: float64, probability that the label is wrong (label_noise.py).
            NaN if scores are only predictions.
        crossings: int64, how many other samples of one of the two classes were
            taken for the other.
    """

    sample: IntArray
    given: IntArray
    suggested: IntArray
    p_given: FloatArray
    p_suggested: FloatArray
    margin: FloatArray
    threshold_given: FloatArray
    threshold_suggested: FloatArray
    trust: FloatArray
    crossings: IntArray


class TwoObjects(NamedTuple):
    """Samples that likely show two things, far apart in the tree; [n].

    Attributes:
        sample: int64, position in `labels`.
        given: int64, its label.
        other: int64, the other class, above its threshold as the label is.
        p_given: float64.
        p_other: float64.
        distance: int64, height at which the two classes meet.
    """

    sample: IntArray
    given: IntArray
    other: IntArray
    p_given: FloatArray
    p_other: FloatArray
    distance: IntArray


class SuspectLabels(NamedTuple):
    """The result of `suspect_labels`.

    Attributes:
        suspects: those listed, then the others, each in the order that
            `suspect_labels` tells.
        listed: how many of them, from the first, are more likely wrong than
            right. 0 where probabilities of labels are not known, scores are
            only predictions, or the network is too weak (weak_networks.py).
        expected_precision: float, the mean trust of those listed, the share
            that is wrong if mistakes do not depend on the sample. People's
            mistakes fall on hard samples. NaN if none is listed.
        two_objects: the most even first; empty without a tree, and where the
            network is too weak to tell.
        thresholds: float64 [C], mean probability of a class among the samples
            with its label; NaN for a class without any.
        noise: the fitted rates of wrong labels.
        accuracy: share of labels that are the network's best class.
        only_predictions: whether the scores are all 0 or 1.
    """

    suspects: Suspects
    listed: int
    expected_precision: float
    two_objects: TwoObjects
    thresholds: FloatArray
    noise: label_noise.Noise
    accuracy: float
    only_predictions: bool

    @property
    def is_weak(self) -> bool:
        """Whether the network errs too often to tell wrong labels apart."""
        return is_weak(self.accuracy)


def suspect_labels(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    hierarchy: Hierarchy | None = None,
    *,
    classes: npt.ArrayLike | None = None,
    given: npt.ArrayLike | None = None,
    num_classes: int | None = None,
) -> SuspectLabels:
    """Finds labels that the network contradicts, ranked by how likely wrong.

    Confident learning: the threshold of a class is the mean probability that
    the network gives it on samples with its label. A sample is a candidate if
    the likeliest class above its threshold is not the label, or the likeliest
    of all where no class is above its own. Those that are likelier wrong than
    right come first (label_noise.py), and only these are listed. The network
    must not have been trained on the samples, or it repeats their wrong labels.

    **Order.** The odds that the label is wrong, times 1 + r/4. r is how often
    the two classes take each other's place in other samples, over the mean of
    all candidates (crossings.py).

    **Predictions.** Scores that are all 0 or 1 tell no odds. The order is that
    of r alone, and nothing is listed. `classes=predictions[:, None]` with
    `probabilities=np.ones((N, 1))` needs no matrix [N, C].

    **Top K.** The tail of truncated scores is modelled (`label_noise.Tail`).
    With `given`, list and order are nearly those of full scores. Without it,
    the evidence is missing for labels beyond the K: the result is an order, and
    nothing is listed.

    **Two objects.** The label and another class are both above their
    thresholds, and meet at more than half of the tree's height.

    Time and memory: O(N K), some 40 passes over [N, K]. K of full scores is 10
    million / N, at least 20.

    Args:
        labels: given classes, integers [N].
        probabilities: [N, C], not logits; or those of the best classes [N, K],
            descending, with `classes`.
        hierarchy: the tree over the C classes; without it mistakes among
            siblings are not modelled, and two objects not found.
        classes: best classes, integers [N, K], best first.
        given: the network's probability of each given label, [N], with
            `classes`; NaN where it is not known.
        num_classes: C, with `classes` and without a hierarchy.

    Returns:
        Candidates in ranked order and how many of them to list.

    Raises:
        ValueError: shapes that do not fit, labels out of range, probabilities
            that are NaN, negative, add up to something else than 1, or are
            all 0.

    Example:
        >>> labels = [0] * 50 + [1] * 50
        >>> scores = [[0.99, 0.01]] * 49 + [[1e-6, 1 - 1e-6]]
        >>> scores += [[0.01, 0.99]] * 50
        >>> found = suspect_labels(labels, scores)
        >>> found.listed, found.suspects.sample.tolist()
        (1, [49])

    Reference:
        Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty
        in Dataset Labels, JAIR 70, 2021, arXiv 1911.00068.
    """
    seen = top_k_input.read(
        labels, probabilities, hierarchy, classes, given, num_classes
    )
    _check_best(seen.probabilities)
    size = seen.num_classes
    thresholds = _thresholds(seen)
    above = seen.probabilities >= thresholds[seen.classes]
    is_given = seen.classes == seen.labels[:, None]
    evidence = _evidence(seen, is_given, hierarchy)
    rates = label_noise.Noise(1.0, 0.0, 0.0, 0.0, 0.0)
    if len(seen.labels):
        rates = label_noise.fit(evidence)
    trust = label_noise.trust(
        evidence, rates.temperature, rates.least_uniform, rates.least_siblings
    )
    if seen.only_predictions:
        trust = np.full_like(trust, np.nan)
    suspects = _suspects(seen, thresholds, above, trust, hierarchy)
    best = seen.classes[:, 0] == seen.labels if size else np.zeros(0, bool)
    accuracy = float(best.mean()) if len(best) else float("nan")
    tells = bool(seen.known.all()) and not is_weak(accuracy)
    listed = int((suspects.trust >= EVEN).sum()) if tells else 0
    return SuspectLabels(
        suspects,
        listed,
        float(suspects.trust[:listed].mean()) if listed else float("nan"),
        _two_objects(
            seen,
            thresholds,
            above & ~is_given,
            None if is_weak(accuracy) else hierarchy,
        ),
        thresholds,
        rates,
        accuracy,
        seen.only_predictions,
    )


def _suspects(
    seen: top_k_input.TopKInput,
    thresholds: FloatArray,
    above: npt.NDArray[np.bool_],
    trust: FloatArray,
    hierarchy: Hierarchy | None,
) -> Suspects:
    # The columns are sorted: the first above its threshold is the likeliest,
    # the first of all where none is. The label may be beyond the K.
    column = above.argmax(axis=1)
    every = np.arange(len(seen.labels))
    suggested = seen.classes[every, column]
    p_suggested = seen.probabilities[every, column]
    margin = p_suggested - seen.given
    is_beyond = ~(seen.classes == seen.labels[:, None]).any(axis=1)
    suits = (seen.given >= thresholds[seen.labels]) & (margin <= 0)
    at = np.flatnonzero((suggested != seen.labels) & ~(is_beyond & suits))
    crossed = crossings.crossings(seen, at, suggested[at], hierarchy)
    relative = crossed.rate / (crossed.rate.mean() if len(at) else 1.0)
    with np.errstate(divide="ignore"):
        odds = special.logit(trust[at])
    score = np.where(
        np.isnan(odds),
        np.log(relative),
        odds + np.log1p(CROSSING_WEIGHT * relative),
    )
    order = np.lexsort((at, -margin[at], -score, trust[at] < EVEN))
    at = at[order]
    return Suspects(
        at,
        seen.labels[at],
        suggested[at],
        seen.given[at],
        p_suggested[at],
        margin[at],
        thresholds[seen.labels[at]],
        thresholds[suggested[at]],
        trust[at],
        crossed.counts[order],
    )


def _thresholds(seen: top_k_input.TopKInput) -> FloatArray:
    size = seen.num_classes
    count = np.bincount(seen.labels, minlength=size)
    total = np.bincount(seen.labels, seen.given, size)
    return np.divide(total, count, out=np.full(size, np.nan), where=count > 0)


def _check_best(probabilities: FloatArray) -> None:
    """Refuses samples without a likely class, whose temperature is 0 / 0."""
    nothing = probabilities[:, 0] <= 0
    if nothing.any():
        raise ValueError(
            "Expected the best of `probabilities` above 0 in each row. Got 0 "
            f"in row {int(nothing.argmax())} ({int(nothing.sum()):,} of "
            f"{len(nothing):,} rows): leave such samples out."
        )


def _evidence(
    seen: top_k_input.TopKInput,
    is_given: npt.NDArray[np.bool_],
    hierarchy: Hierarchy | None,
) -> label_noise.Evidence:
    beyond = ~is_given.any(axis=1) & ~seen.known
    # A probability of 0 was too small to be stored, as half precision is below
    # 6e-8. A network that is too sure gives it to right labels as well.
    least = min(
        np.min(values, initial=1 / seen.num_classes, where=values > 0)
        for values in (seen.given, seen.probabilities)
    )
    with np.errstate(divide="ignore"):
        return label_noise.Evidence(
            np.log(seen.probabilities),
            np.where(
                beyond,
                np.nan,
                np.log(np.where(seen.given > 0, seen.given, least)),
            ),
            label_noise.tail_of(seen.probabilities, seen.num_classes),
            None if hierarchy is None else _siblings(seen, hierarchy),
            seen.num_classes,
        )


def _siblings(seen: top_k_input.TopKInput, hierarchy: Hierarchy) -> FloatArray:
    """Returns 1 / siblings of each best class that has the label as sibling.

    Classes below the root have no siblings.
    """
    parent = hierarchy.parents[hierarchy.leaves]
    first, last = hierarchy.start[parent], hierarchy.stop[parent]
    place = hierarchy.rank[seen.labels][:, None]
    same = (place >= first[seen.classes]) & (place < last[seen.classes])
    same &= (seen.classes != seen.labels[:, None]) & (parent > 0)[seen.classes]
    return same / np.maximum(last - first - 1, 1)[seen.classes]


def _two_objects(
    seen: top_k_input.TopKInput,
    thresholds: FloatArray,
    above: npt.NDArray[np.bool_],
    hierarchy: Hierarchy | None,
) -> TwoObjects:
    shown = seen.given >= thresholds[seen.labels]
    far = np.zeros_like(above)
    distance = np.zeros(above.shape, np.int64)
    if hierarchy is not None and above.size:
        rows, columns = np.nonzero(above & shown[:, None])
        height = hierarchy.lca_distance(
            seen.labels[rows], seen.classes[rows, columns]
        )
        distance[rows, columns] = height
        far = distance > hierarchy.height[0] / 2
    at = np.flatnonzero(far.any(axis=1))
    column = far[at].argmax(axis=1)
    p_other = seen.probabilities[at, column]
    even = np.minimum(p_other, seen.given[at])
    order = np.lexsort((at, -even))
    at, column, p_other = at[order], column[order], p_other[order]
    return TwoObjects(
        at,
        seen.labels[at],
        seen.classes[at, column],
        seen.given[at],
        p_other,
        distance[at, column],
    )
