"""A linear head in closed form, which learns from coarse labels as well."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from keras_hier.probing.fits.discriminant import scale, solved
from keras_hier.tensors import IntArray

FloatArray = npt.NDArray[np.float32]


class Sums(NamedTuple):
    """Sums over samples, which are all that a head is made of.

    Attributes:
        gram: products of features [F, F].
        sums: features by class [C, F].
        counts: samples by class [C].
    """

    gram: FloatArray
    sums: FloatArray
    counts: FloatArray

    def plus(self, other: "Sums", weight: float = 1.0) -> "Sums":
        """Returns the sums over both, the others with some weight each."""
        some = np.float32(weight)
        return Sums(*(a + some * b for a, b in zip(self, other, strict=True)))


class Head(NamedTuple):
    """Scores of classes, linear in the features.

    Attributes:
        weights: [F, C].
        bias: [C], -inf for a class without samples.
    """

    weights: FloatArray
    bias: FloatArray

    def scores(self, rows: FloatArray) -> FloatArray:
        """Returns scores [n, C] of features [n, F]."""
        found: FloatArray = rows @ self.weights
        found += self.bias
        return found


def head_of(sums: Sums, penalty: float) -> Head:
    """Returns the linear discriminant of some samples.

    Their covariance within classes is mixed with its mean variance, in the
    share that the penalty has among penalty + samples.
    """
    gram, totals, counts = sums
    means = (totals / np.maximum(counts, 1e-9)[:, None]).astype(np.float32)
    within: FloatArray = gram - totals.T @ means
    total = float(counts.sum())
    within /= max(total - np.count_nonzero(counts), 1.0)
    share = penalty / (penalty + total)
    variance = scale(np.trace(within) / len(within))
    within *= 1 - share
    within[np.diag_indices_from(within)] += share * variance
    weights = solved(within, means.T)
    with np.errstate(divide="ignore"):
        prior = np.log(counts / total)
    bias = prior - np.einsum("cf,fc->c", means, weights) / 2
    return Head(weights, bias.astype(np.float32))


def shared(
    head: Head,
    coarse: tuple[FloatArray, IntArray],
    of_class: IntArray,
    sharpness: float,
) -> tuple[FloatArray, FloatArray]:
    """Shares coarse samples among the classes of their groups: a step of EM.

    Each is shared as probable as the head says. The probability of a group is
    the sum of those of its classes, as in `losses.NodeCrossentropy`.

    Args:
        head: of exact samples.
        coarse: features [m, F] and groups [m].
        of_class: the group of each class [C].
        sharpness: factor that calibrates the scores of `head`.

    Returns:
        Summed features [C, F], and samples [C], by class.

    Reference:
        Nigam, McCallum, Thrun, Mitchell: Text classification from labeled and
        unlabeled documents using EM, Machine Learning 39, 2000.
    """
    rows, groups = coarse
    totals = np.zeros(head.weights.T.shape, np.float32)
    counts = np.zeros(len(totals), np.float32)
    for group in np.unique(groups):
        classes = np.flatnonzero(of_class == group)
        part = rows[groups == group]
        some = Head(head.weights[:, classes], head.bias[classes])
        share = softmax(some.scores(part) * np.float32(sharpness), axis=1)
        totals[classes] = share.T @ part
        counts[classes] = share.sum(axis=0)
    return totals, counts
