"""Answers of N samples by each method, as places on the path to the root.

A place is a column of `Paths`: 0 the likeliest class, the last one the root.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import keras_hier as kh
from keras_hier.answers.promises import threshold
from keras_hier.answers.rules import Rule, chosen, least_thresholds
from keras_hier.answers.score_batches import as_probabilities
from keras_hier.scores.paths import Paths

# Of an area.
THRESHOLDS = 250


class Seen(NamedTuple):
    """What a network said of N samples, along the path of its likeliest class.

    Attributes:
        told: calibrated probabilities [N, C].
        own: that of the true class [N].
        best: the likeliest class [N].
        path: probabilities of the nodes [N, D].
        bits: what the nodes say [N, D].
        right: bool [N, D], whether a node holds the true class.
    """

    told: np.ndarray
    own: np.ndarray
    best: np.ndarray
    path: np.ndarray
    bits: np.ndarray
    right: np.ndarray

    def take(self, rows: np.ndarray) -> "Seen":
        """Returns some samples."""
        return Seen(*(each[rows] for each in self))


def seen(
    logits: np.ndarray, labels: np.ndarray, tree: kh.Hierarchy, heat: float
) -> Seen:
    """Reads logits [N, C] of samples whose classes [N] are known."""
    paths = Paths(tree)
    told = as_probabilities(logits, True, heat)
    best, path = paths.upwards(told)
    at = tree.rank[labels][:, None]
    right = (paths.start[best] <= at) & (at < paths.stop[best])
    own = told[np.arange(len(labels)), labels]
    return Seen(told, own, best, path, paths.bits[best], right)


# From calibration samples, a promise and its confidence to new answers.
Method = Callable[[Seen, Seen, float, float | None], np.ndarray]


def climbing(
    known: Seen, new: Seen, promise: float, surely: float | None
) -> np.ndarray:
    """Answers as `kh.Answers` does by this rule."""
    return _by_rule("climbing", known, new, promise, surely)


def information(
    known: Seen, new: Seen, promise: float, surely: float | None
) -> np.ndarray:
    """Answers as `kh.Answers` does by this rule."""
    return _by_rule("information", known, new, promise, surely)


def _by_rule(
    rule: Rule, known: Seen, new: Seen, promise: float, surely: float | None
) -> np.ndarray:
    least = least_thresholds(rule, known.path, known.bits, known.right)
    limit = threshold(least, promise, surely)
    return chosen(rule, new.path, new.bits, np.full(len(new.best), limit))


def refusing(
    known: Seen, new: Seen, promise: float, surely: float | None
) -> np.ndarray:
    """Names the class or nothing: climbing in a tree without groups."""
    ends = [0, -1]
    place = climbing(
        known._replace(
            path=known.path[:, ends],
            bits=known.bits[:, ends],
            right=known.right[:, ends],
        ),
        new._replace(path=new.path[:, ends], bits=new.bits[:, ends]),
        promise,
        surely,
    )
    return place * (new.path.shape[1] - 1)


def raised_sets(tree: kh.Hierarchy) -> Method:
    """Makes the common node of a conformal set (LAC, arXiv 1609.00451)."""
    paths = Paths(tree)

    def answered(
        known: Seen, new: Seen, promise: float, surely: float | None
    ) -> np.ndarray:
        limit = threshold(1 - known.own, promise, surely)
        is_in = 1 - new.told[:, tree.order] <= limit
        is_in[np.arange(len(new.best)), tree.rank[new.best]] = True
        first = is_in.argmax(axis=1)[:, None]
        last = is_in.shape[1] - 1 - is_in[:, ::-1].argmax(axis=1)[:, None]
        covers = paths.start[new.best] <= first
        return (covers & (last < paths.stop[new.best])).argmax(axis=1)

    return answered


def as_likely(
    known: Seen, new: Seen, promise: float, surely: float | None
) -> np.ndarray:
    """Takes the first node whose probability is above the promise."""
    limit = np.full(len(new.best), promise)
    return chosen("climbing", new.path, new.bits, limit)


def always(
    known: Seen, new: Seen, promise: float, surely: float | None
) -> np.ndarray:
    """Names the likeliest class."""
    return np.zeros(len(new.best), int)


FIGURES = ("accuracy", "coverage", "bits", "class", "group", "nothing")


def judged(new: Seen, place: np.ndarray) -> list[float]:
    """Returns the `FIGURES` of answers; bits are those of right answers."""
    rows = np.arange(len(place))
    right, bits = new.right[rows, place], new.bits[rows, place]
    most = np.log2(new.told.shape[1])
    is_class, is_nothing = bits > most - 1e-9, bits < 1e-9
    is_group = ~is_class & ~is_nothing
    each = right, bits / most, bits * right, is_class, is_group, is_nothing
    return [float(one.mean()) for one in each]


def area(
    rule: Rule, path: np.ndarray, bits: np.ndarray, right: np.ndarray
) -> float:
    """Returns hAURC: wrong answers over mean coverage, by many thresholds.

    Both are means over all samples, and saying nothing is never wrong (arXiv
    2405.11533, 0/1 loss). Refusing has paths of two places.

    Args:
        rule: "climbing" or "information".
        path: probabilities of the nodes [N, D], ascending.
        bits: what they say [N, D].
        right: bool [N, D], whether they hold the true class.
    """
    least, leave = 0.0, path[:, :-1]
    if rule == "information":
        # From these on, a node is worth less than the next one above it. They
        # may be below 0: from -log2(C) on, classes are worth most.
        least = -bits[0, 0]
        lost, steps = -np.diff(path * bits, axis=1), np.diff(path, axis=1)
        leave = lost[steps > 0] / steps[steps > 0]
    limits = np.quantile(leave, np.linspace(0, 1, THRESHOLDS))
    limits = np.maximum(limits, least)
    rows = np.arange(len(path))
    x, y = [], []
    for limit in [least, *limits, np.inf]:
        place = chosen(rule, path, bits, np.full(len(path), limit))
        x.append(bits[rows, place].mean() / bits[0, 0])
        y.append(1 - right[rows, place].mean())
    return float(-np.trapezoid(y, x))
