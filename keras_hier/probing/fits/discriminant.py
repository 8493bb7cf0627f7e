"""The linear discriminants of all folds, from sums over the samples."""

import abc
from contextlib import nullcontext
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

from keras_hier.blas_threads import one_blas_thread
from keras_hier.probing.fits.standardised import Standardised, add_rows
from keras_hier.tensors import IntArray

FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]
_Floats = TypeVar("_Floats", FloatArray, DoubleArray)

# Memory that the sums of one layer may take.
MOST_BYTES = 2**33
# One thread factors matrices of up to so many rows. Beside trainings that was 2
# to 100 times as fast as two threads; on idle cores two are 1.3 times as fast.
_ONE_THREAD = 2048
_NEVER = -1e30
_ROUNDING = 1e-6


def scale(variance: float) -> float:
    """Returns the mean variance within classes, or 1 where there is none.

    One sample a class leaves none. Over all samples it is 1, so less than
    `_ROUNDING` is rounding.
    """
    return float(variance) if variance > _ROUNDING else 1.0


def solved(matrix: _Floats, right: _Floats) -> _Floats:
    """Solves `matrix` x = `right`, positive definite; overwrites the matrix."""
    short = len(matrix) <= _ONE_THREAD
    with one_blas_thread() if short else nullcontext():
        factor = cho_factor(matrix, lower=True, overwrite_a=True)
        found: _Floats = cho_solve(factor, right)
        return found


def check_width(layer: str, features: int, samples: int, folds: int) -> None:
    """Refuses a layer whose discriminants would take more than 8 GiB."""
    if features > samples:
        needed = 20 * samples**2  # products float32, a copy or two in float64
    else:
        needed = 4 * (folds + 3) * features**2
    if needed > MOST_BYTES:
        raise ValueError(
            f"A probe of the {features:,} features of {layer!r} over "
            f"{samples:,} samples takes {needed:,} bytes of memory, and "
            f"{MOST_BYTES:,} are the most. Take features with pool='mean', "
            "fewer samples, per_class=, or leave the layer out."
        )


def discriminants(
    rows: Standardised, labels: IntArray, num_classes: int, fold: IntArray
) -> "Discriminants":
    """Returns the discriminants, made the way that takes less."""
    kind = _OfSamples if rows.live > len(labels) else _OfFeatures
    return kind(rows, labels, num_classes, fold)


class Discriminants(abc.ABC):
    """For each fold, the discriminant of all other folds.

    Attributes:
        of_fold: the samples of each fold.
    """

    def __init__(
        self,
        rows: Standardised,
        labels: IntArray,
        num_classes: int,
        fold: IntArray,
    ) -> None:
        self._rows, self._labels, self._classes = rows, labels, num_classes
        self.of_fold = [
            np.flatnonzero(fold == each) for each in range(fold.max() + 1)
        ]
        self._sum()

    def folds_with(self, enough: int) -> int:
        """Returns how many folds hold so many samples, or all of them."""
        held = np.cumsum([len(samples) for samples in self.of_fold])
        return min(int(np.searchsorted(held, enough)) + 1, len(held))

    def read(self, penalty: float, folds: int) -> tuple[IntArray, FloatArray]:
        """Reads the first folds: scores [n, C], -inf of unseen classes."""
        order = np.concatenate(self.of_fold[:folds])
        scores = np.empty((len(order), self._classes), np.float32)
        at = 0
        for fold, samples in enumerate(self.of_fold[:folds]):
            self._read(fold, penalty, scores[at : at + len(samples)])
            at += len(samples)
        scores[scores < _NEVER / 2] = -np.inf
        return order, scores

    @abc.abstractmethod
    def _sum(self) -> None:
        """Goes through the samples once."""

    @abc.abstractmethod
    def _read(self, fold: int, penalty: float, scores: FloatArray) -> None:
        """Writes the scores [n, C] of the samples of a fold."""

    def _prior(self, counts: IntArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            prior = np.log(counts / counts.sum())
        # A class that these samples lack is never named.
        return np.maximum(prior, _NEVER).astype(np.float32)


# Sums over some samples: products of features [F, F], sums of features by class
# [C, F], and samples by class [C].
_Sums = tuple[FloatArray, FloatArray, IntArray]


class _OfFeatures(Discriminants):
    """By the products of features, [F, F] for each fold."""

    def _sum(self) -> None:
        folds = [self._sums(samples) for samples in self.of_fold]
        gram, sums, counts = (
            np.sum(each, axis=0) for each in zip(*folds, strict=True)
        )
        self._parts = [
            self._without(each, gram, sums - each[1], counts - each[2])
            for each in folds
        ]

    def _sums(self, samples: IntArray) -> _Sums:
        live = self._rows.live
        gram = np.zeros((live, live), np.float32)
        sums = np.zeros((self._classes, live), np.float32)
        for part, chunk in self._rows.chunks(samples):
            gram += chunk.T @ chunk
            add_rows(sums, self._labels[part], chunk)
        labels = self._labels[samples]
        return gram, sums, np.bincount(labels, minlength=self._classes)

    def _without(
        self,
        left_out: _Sums,
        gram: FloatArray,
        sums: FloatArray,
        counts: IntArray,
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Returns the covariance within classes, their means, and the prior."""
        # The fold's own products make room: they may be gigabytes.
        within = np.subtract(gram, left_out[0], out=left_out[0])
        means = sums / np.maximum(counts, 1).astype(np.float32)[:, None]
        within -= sums.T @ means
        within /= max(counts.sum() - (counts > 0).sum(), 1)
        return within, means, self._prior(counts)

    def _read(self, fold: int, penalty: float, scores: FloatArray) -> None:
        within, means, prior = self._parts[fold]
        within = within.copy()
        ridge = penalty * scale(np.trace(within) / len(within))
        within[np.diag_indices_from(within)] += ridge
        weights = solved(within, means.T)
        bias = prior - np.einsum("cf,fc->c", means, weights) / 2
        at = 0
        for part, chunk in self._rows.chunks(self.of_fold[fold]):
            np.matmul(chunk, weights, out=scores[at : at + len(part)])
            scores[at : at + len(part)] += bias
            at += len(part)


class _OfSamples(Discriminants):
    """By the products of samples, [N, N] once: the same for wide layers.

    The inverse of penalty + covariance is that of a matrix over samples, by the
    identity of Woodbury; see Hastie, Tibshirani: Efficient quadratic
    regularization for expression arrays, Biostatistics 5(3), 2004.
    """

    def _sum(self) -> None:
        every = np.arange(len(self._labels))
        self._products = np.empty((len(every), len(every)), np.float32)
        for first, left in self._rows.chunks(every):
            for second, right in self._rows.chunks(every):
                at = np.ix_(first, second)
                self._products[at] = left @ right.T

    def _read(self, fold: int, penalty: float, scores: FloatArray) -> None:
        read = self.of_fold[fold]
        others = np.setdiff1d(np.arange(len(self._labels)), read)
        labels = self._labels[others]
        counts = np.bincount(labels, minlength=self._classes)
        products = self._products[np.ix_(others, others)].astype(np.float64)

        def means(rows: DoubleArray) -> DoubleArray:  # [n, ...] to [C, ...]
            sums = np.zeros((self._classes, rows.shape[1]))
            add_rows(sums, labels, rows)
            sums /= np.maximum(counts, 1)[:, None]
            return sums

        # Products with the means of the classes, and what is left within them.
        with_means = means(products)  # [C, n]
        of_means = means(with_means.T.copy())  # [C, C]
        products -= with_means[labels]
        about = with_means.T - of_means[labels]  # [n, C]
        products -= about[:, labels]
        freedom = max(len(others) - int((counts > 0).sum()), 1)
        variance = np.trace(products) / freedom / self._rows.live
        ridge = penalty * scale(variance)
        products[np.diag_indices_from(products)] += freedom * ridge
        inverse = solved(products, about)  # times about, [n, C]
        bias = np.einsum("nc,nc->c", about, inverse) - np.diagonal(of_means)
        weights = -inverse  # whose means by class are 0, as those of `about`
        weights[np.arange(len(labels)), labels] += 1 / counts[labels]
        np.matmul(
            self._products[np.ix_(read, others)],
            (weights / ridge).astype(np.float32),
            out=scores,
        )
        scores += self._prior(counts) + bias / (2 * ridge)
