"""A linear probe in closed form: the shrunken linear discriminant."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from keras_hier.hierarchy.class_distances import LEAST_SPREAD

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

# Of the mean variance within classes, added to each feature's. Below the first
# a Gram matrix of 2,048 correlated features in float32 may have no root.
PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0, 1000.0)
_START = 3  # of these, the one that is tried first
# By how much of log loss the last penalty must better the one before, for
# another one beyond it to be worth a word.
_STILL_FALLING = 0.01
# Rows that are in memory as float32 at a time.
CHUNK = 8192
# Samples that a penalty is judged by: more would tell decades no better apart.
_ENOUGH = 10_000
# And those that its one number of calibration is fitted to.
_CALIBRATED = 2_000
_NEVER = -1e30


class ConstantFeaturesError(ValueError):
    """Features that are the same for all samples."""


@dataclasses.dataclass(frozen=True)
class LinearProbe:
    """A probe fitted and read in folds.

    Attributes:
        penalty: that gave the held-out samples the best likelihood.
        at_edge: whether it is the first or last that could be tried, with the
            likelihood still rising.
        log_loss: mean of minus the log-probability of the actual class.
        live: number of features that are not dead.
        scores: float32 [N, C], up to a constant for each sample: log-
            probabilities of a probe that did not see the sample, calibrated by
            one factor for all.
    """

    penalty: float
    at_edge: bool
    log_loss: float
    live: int
    scores: FloatArray


def folds_of(labels: IntArray, folds: int, seed: int) -> IntArray:
    """Deals the samples of each class to folds, at random.

    Args:
        labels: int64 [N].
        folds: how many.
        seed: of the dealing.

    Returns:
        The fold of each sample, int64 [N]. Folds differ by one sample of a
        class at most, and by as little as can be in all.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    fold = np.empty(len(labels), np.int64)
    fold[by_class] = np.arange(len(labels)) % folds
    return fold


def fit_and_read(
    features: npt.NDArray[np.floating],
    labels: IntArray,
    num_classes: int,
    fold: IntArray,
) -> LinearProbe:
    """Fits a probe on all folds but one and reads it on that one, in turn.

    A linear discriminant of standardised features, whose covariance within
    classes gets a penalty on its diagonal: the one under which held-out samples
    are likeliest, once calibrated. It is made of sums a fold, so that the
    features are gone through once for all folds and once a penalty tried.

    Args:
        features: [N, F] of any floating type, memory-mapped or not.
        labels: int64 [N] within [0, C).
        num_classes: C.
        fold: int64 [N], from 0.

    Raises:
        ConstantFeaturesError: they are the same for all samples.
        ValueError: they are not finite.

    Reference:
        Friedman: Regularized discriminant analysis, JASA 84(405), 1989.
        Alain, Bengio: Understanding intermediate layers using linear
        classifier probes, arXiv 1610.01644.
    """
    rows = _Standardised(features)
    sums = _Sums(rows, labels, num_classes, fold)
    some = sums.folds_with(_ENOUGH)

    @cache
    def loss(place: int) -> float:
        samples, scores = sums.read(PENALTIES[place], some)
        scores *= _sharpness(scores, labels[samples])
        return _log_loss(scores, labels[samples])

    place = _lowest(loss, len(PENALTIES), _START)
    samples, read = sums.read(PENALTIES[place], len(sums.of_fold))
    read *= _sharpness(read, labels[samples])
    scores = np.empty_like(read)
    scores[samples] = read
    inner = {0: 1, len(PENALTIES) - 1: len(PENALTIES) - 2}.get(place, place)
    return LinearProbe(
        PENALTIES[place],
        loss(inner) > loss(place) + _STILL_FALLING,
        _log_loss(scores, labels),
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


class _Standardised:
    """Rows of features with mean 0 and variance 1, dead ones left out."""

    def __init__(self, features: npt.NDArray[np.floating]) -> None:
        self._features = features
        # About a first row, so that a large mean takes no digits.
        self._about = np.asarray(features[0], np.float64)
        total = np.zeros(features.shape[1])
        squares = np.zeros(features.shape[1])
        for start in range(0, len(features), CHUNK):
            chunk = np.asarray(features[start : start + CHUNK], np.float64)
            if not np.isfinite(chunk).all():
                raise ValueError("Expected finite features, got NaN or inf.")
            chunk = chunk - self._about
            total += chunk.sum(axis=0)
            squares += np.einsum("nf,nf->f", chunk, chunk)
        mean = total / len(features)
        spread = np.sqrt(np.maximum(squares / len(features) - mean**2, 0))
        # Dead features would be noise of the last digit, blown up.
        self._kept = np.flatnonzero(spread > LEAST_SPREAD * spread.max())
        self.live = len(self._kept)
        if not self.live:
            raise ConstantFeaturesError(
                "These features are the same for all samples."
            )
        # What has more digits than float32 keeps them until the mean is gone.
        wide = features.dtype.itemsize > 4
        self._centre = (self._about + mean)[self._kept].astype(
            np.float64 if wide else np.float32
        )
        self._scale = (1 / spread[self._kept]).astype(np.float32)

    def __getitem__(self, rows: IntArray) -> FloatArray:
        found = self._features[rows]
        if self.live < found.shape[1]:
            found = found[:, self._kept]
        standard: FloatArray = np.subtract(
            found, self._centre, dtype=self._centre.dtype
        ).astype(np.float32, copy=False)
        standard *= self._scale
        return standard

    def chunks(self, rows: IntArray) -> Iterator[tuple[IntArray, FloatArray]]:
        """Goes through some rows, in order."""
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            yield part, self[part]


class _FoldSums(NamedTuple):
    """Sums over the samples of a fold.

    Attributes:
        gram: float32 [F, F], of products of features.
        sums: float32 [C, F], of features, by class.
        counts: int64 [C], of samples.
    """

    gram: FloatArray
    sums: FloatArray
    counts: IntArray

    @classmethod
    def of(
        cls,
        rows: _Standardised,
        samples: IntArray,
        labels: IntArray,
        num_classes: int,
    ) -> Self:
        """Adds up the samples of a fold."""
        gram = np.zeros((rows.live, rows.live), np.float32)
        sums = np.zeros((num_classes, rows.live), np.float32)
        for part, chunk in rows.chunks(samples):
            gram += chunk.T @ chunk
            add_rows(sums, labels[part], chunk)
        counts = np.bincount(labels[samples], minlength=num_classes)
        return cls(gram, sums, counts)


class _Others(NamedTuple):
    """What a probe is made of that is read on the fold left out.

    Attributes:
        within: float32 [F, F], covariance within classes.
        means: float32 [C, F].
        prior: float32 [C], logarithms of the shares of the classes.
    """

    within: FloatArray
    means: FloatArray
    prior: FloatArray

    @classmethod
    def of(cls, folds: Sequence[_FoldSums], left_out: _FoldSums) -> Self:
        """Makes it of the sums of all folds and of the one left out."""
        gram = sum((fold.gram for fold in folds), -left_out.gram)
        sums = sum((fold.sums for fold in folds), -left_out.sums)
        counts = sum((fold.counts for fold in folds), -left_out.counts)
        means = sums / np.maximum(counts, 1).astype(np.float32)[:, None]
        gram -= sums.T @ means
        gram /= max(counts.sum() - (counts > 0).sum(), 1)
        with np.errstate(divide="ignore"):
            prior = np.log(counts / counts.sum())
        # A class that these samples lack is never named.
        return cls(gram, means, np.maximum(prior, _NEVER).astype(np.float32))

    def fit(self, penalty: float) -> tuple[FloatArray, FloatArray]:
        """Returns weights [F, C] and bias [C]."""
        within = self.within.copy()
        variance = float(np.trace(within)) / len(within)
        # One sample a class leaves no variance within.
        within[np.diag_indices_from(within)] += penalty * (variance or 1)
        factor = cho_factor(within, lower=True, overwrite_a=True)
        weights: FloatArray = cho_solve(factor, self.means.T)
        bias = self.prior - np.einsum("cf,fc->c", self.means, weights) / 2
        return weights, bias


class _Sums:
    """What the probes of all folds are made of.

    Attributes:
        of_fold: the samples of each fold.
    """

    def __init__(
        self,
        rows: _Standardised,
        labels: IntArray,
        num_classes: int,
        fold: IntArray,
    ) -> None:
        self._rows, self._labels, self._classes = rows, labels, num_classes
        self.of_fold = [
            np.flatnonzero(fold == each) for each in range(fold.max() + 1)
        ]
        folds = [
            _FoldSums.of(rows, samples, labels, num_classes)
            for samples in self.of_fold
        ]
        self._others = [_Others.of(folds, left_out) for left_out in folds]

    def folds_with(self, enough: int) -> int:
        """Returns how many folds hold so many samples, or all of them."""
        held = np.cumsum([len(samples) for samples in self.of_fold])
        return min(int(np.searchsorted(held, enough)) + 1, len(held))

    def read(self, penalty: float, folds: int) -> tuple[IntArray, FloatArray]:
        """Reads the samples of the first folds.

        Args:
            penalty: of the probes.
            folds: how many.

        Returns:
            The samples, and their scores [n, C].
        """
        order = np.concatenate(self.of_fold[:folds])
        scores = np.empty((len(order), self._classes), np.float32)
        at = 0
        for samples, others in zip(
            self.of_fold[:folds], self._others[:folds], strict=True
        ):
            weights, bias = others.fit(penalty)
            for part, chunk in self._rows.chunks(samples):
                np.matmul(chunk, weights, out=scores[at : at + len(part)])
                scores[at : at + len(part)] += bias
                at += len(part)
        return order, scores


def add_rows(
    sums: npt.NDArray[np.floating],
    labels: IntArray,
    chunk: npt.NDArray[np.floating],
) -> None:
    """Adds each row of a chunk to that of its label.

    Args:
        sums: [C, F], added to.
        labels: int64 [n].
        chunk: [n, F].
    """
    order = np.argsort(labels, kind="stable")
    present, first = np.unique(labels[order], return_index=True)
    sums[present] += np.add.reduceat(chunk[order], first, axis=0)


def _sharpness(scores: FloatArray, labels: IntArray) -> float:
    """Returns the factor under which the actual classes are likeliest.

    A discriminant of few samples is too sure of itself, and a penalty that did
    no more than mend that would blur the features.

    Reference:
        Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks,
        arXiv 1706.04599.
    """
    step = -(-len(labels) // _CALIBRATED)
    some, true = scores[::step], labels[::step]
    found = minimize_scalar(
        lambda log: _log_loss(some * np.float32(np.exp(log)), true),
        bounds=(-12, 4),
        method="bounded",
        options={"xatol": 0.01},
    )
    return float(np.exp(found.x))


def _log_loss(scores: FloatArray, labels: IntArray) -> float:
    total = 0.0
    for start in range(0, len(labels), CHUNK):
        part = np.asarray(scores[start : start + CHUNK], np.float64)
        hit = part[np.arange(len(part)), labels[start : start + CHUNK]]
        total += float((logsumexp(part, axis=1) - hit).sum())
    return total / len(labels)
