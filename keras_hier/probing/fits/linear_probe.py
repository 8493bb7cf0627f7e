"""A linear probe in closed form: the shrunken linear discriminant."""

import dataclasses
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from keras_hier.files.numpy_rows import Rows
from keras_hier.probing.fits.discriminant import discriminants
from keras_hier.probing.fits.standardised import CHUNK, Standardised
from keras_hier.tensors import IntArray

FloatArray = npt.NDArray[np.float32]

# Shares of the mean variance within classes, added to each feature's. With less
# a Gram matrix of 2,048 correlated features in float32 may have no root.
PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0, 1000.0)
_START = 3  # of these, the one that is tried first
# A warning names a penalty at the edge if it lowers the log loss by this much.
_STILL_FALLING = 0.01
# Samples that a penalty is chosen by: more tell decades no better apart.
_ENOUGH = 10_000
# Samples that the one number of calibration is fitted to.
_CALIBRATED = 2_000


@dataclasses.dataclass(frozen=True)
class LinearProbe:
    """A probe fitted and read in folds.

    Attributes:
        penalty: that gave the held-out samples the best likelihood.
        at_edge: whether it is the first or last one, with the likelihood still
            rising.
        log_loss: mean of minus the log-probability of the true class, over the
            samples whose class other folds have as well.
        live: number of features that are not dead.
        scores: float32 [N, C], calibrated log-probabilities up to a constant
            for each sample, by a probe that did not see the sample; -inf for
            classes that it has seen no sample of.
    """

    penalty: float
    at_edge: bool
    log_loss: float
    live: int
    scores: FloatArray


def folds_of(labels: IntArray, folds: int, seed: int) -> IntArray:
    """Deals the samples of each class to folds at random, int64 [N].

    Folds differ by one sample of a class at most, and by as little as can be in
    all.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    fold = np.empty(len(labels), np.int64)
    fold[by_class] = np.arange(len(labels)) % folds
    return fold


def fit_and_read(
    features: Rows,
    labels: IntArray,
    num_classes: int,
    fold: IntArray,
) -> LinearProbe:
    """Fits a probe on all folds but one and reads it on that one, in turn.

    It is a linear discriminant of standardised features, whose covariance
    within classes gets a penalty on its diagonal. The penalty is the one under
    which held-out samples are likeliest, once calibrated. Features are read
    once for all folds, and once for each penalty that is tried.

    Reference:
        Friedman: Regularized discriminant analysis, JASA 84(405), 1989.
        Alain, Bengio: Understanding intermediate layers using linear
        classifier probes, arXiv 1610.01644.
    """
    rows = Standardised(features)
    probes = discriminants(rows, labels, num_classes, fold)
    some = probes.folds_with(_ENOUGH)

    @cache
    def loss(place: int) -> float:
        try:
            samples, scores = probes.read(PENALTIES[place], some)
        except np.linalg.LinAlgError:  # too small for features so correlated
            return np.inf
        scores, true = _named(scores, labels[samples])
        scores *= sharpness(scores, true)
        return log_loss(scores, true)

    # Where small ones fail, larger ones may do.
    start = next(
        (at for at in range(_START, len(PENALTIES)) if loss(at) < np.inf),
        _START,
    )
    place = _lowest(loss, len(PENALTIES), start)
    samples, read = probes.read(PENALTIES[place], len(probes.of_fold))
    read *= sharpness(*_named(read, labels[samples]))
    scores = np.empty_like(read)
    scores[samples] = read
    inner = {0: 1, len(PENALTIES) - 1: len(PENALTIES) - 2}.get(place, place)
    return LinearProbe(
        PENALTIES[place],
        loss(inner) > loss(place) + _STILL_FALLING,
        log_loss(*_named(scores, labels)),
        rows.live,
        scores,
    )


def _lowest(loss: Callable[[int], float], count: int, start: int) -> int:
    """Walks downhill on a line, and returns where it rises on both sides."""
    place = start
    while True:
        near = [at for at in (place - 1, place + 1) if 0 <= at < count]
        best = min(near, key=loss)
        if loss(best) >= loss(place):
            return place
        place = best


def _named(scores: FloatArray, labels: IntArray) -> tuple[FloatArray, IntArray]:
    """Returns the samples whose class the probe has seen.

    The only sample of a class is always wrong, and would outweigh all others.
    """
    kept = np.isfinite(scores[np.arange(len(labels)), labels])
    return (scores, labels) if kept.all() else (scores[kept], labels[kept])


def sharpness(scores: FloatArray, labels: IntArray) -> float:
    """Returns the factor under which the true classes are likeliest.

    A discriminant of few samples is too sure of itself. Without this factor the
    penalty would make up for that and blur the features.

    Reference:
        Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks,
        arXiv 1706.04599.
    """
    if not len(labels):
        return 1.0
    step = -(-len(labels) // _CALIBRATED)
    some, true = scores[::step], labels[::step]
    found = minimize_scalar(
        lambda log: log_loss(some * np.float32(np.exp(log)), true),
        bounds=(-12, 4),
        method="bounded",
        options={"xatol": 0.01},
    )
    return float(np.exp(found.x))


def log_loss(scores: FloatArray, labels: IntArray) -> float:
    """Returns the mean of minus the log-probability of the true classes."""
    total = 0.0
    for start in range(0, len(labels), CHUNK):
        part = np.array(scores[start : start + CHUNK], np.float64)
        hit = part[np.arange(len(part)), labels[start : start + CHUNK]]
        # SciPy's logsumexp, which also takes infinite ones, is far slower.
        largest = part.max(axis=1)
        part -= largest[:, None]
        sums = np.exp(part, out=part).sum(axis=1)
        total += float((np.log(sums) + largest - hit).sum())
    return total / len(labels) if len(labels) else 0.0
