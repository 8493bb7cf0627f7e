"""Learning curves: what error is to be expected after more labels."""

import dataclasses

import numpy as np
from scipy.optimize import curve_fit

from keras_hier.budget.subsets import Measured
from keras_hier.tensors import FloatArray

# How fast the error above the floor falls: as the inverse of a root of the
# number of labels, or as the inverse of the number.
_EXPONENTS = (0.05, 1.0)
# The largest loss of exact labels, on a scale of logarithms, by learning from
# the first coarse ones.
_MOST_LOSS = 0.5


@dataclasses.dataclass(frozen=True)
class Curves:
    """Learning curves of a pilot, one for each of B resamplings.

    The error after n exact labels a class is floor + height * n ** -exponent.
    After m more at a depth it is that of n * (1 + m / n) ** worth * kept exact
    labels: with worth 1, a label is like an exact one.

    Attributes:
        floor: float64 [B].
        height: float64 [B].
        exponent: float64 [B].
        worth: float64 [B, D], 0 to 1.
        kept: float64 [B, D], at most 1: a head that guesses the class within
            the group loses something at first.
    """

    floor: FloatArray
    height: FloatArray
    exponent: FloatArray
    worth: FloatArray
    kept: FloatArray

    def after(self, exact: float) -> FloatArray:
        """Returns the errors [B] after some exact labels a class."""
        return self.error(np.full(len(self.floor), exact))

    def after_coarse(self, exact: float, more: float, depth: int) -> FloatArray:
        """Returns the errors [B] after more labels a class at a depth."""
        gained = (1 + more / exact) ** self.worth[:, depth]
        return self.error(exact * gained * self.kept[:, depth])

    def error(self, labels: FloatArray) -> FloatArray:
        """Returns the errors [B] of so many exact labels a class [B]."""
        return _law(labels, self.floor, self.height, self.exponent)


def _law(
    labels: FloatArray,
    floor: float | FloatArray,
    height: float | FloatArray,
    exponent: float | FloatArray,
) -> FloatArray:
    found: FloatArray = floor + height * labels**-exponent
    return found


def fit_curves(
    measured: Measured, samples: int, draws: int, rng: np.random.Generator
) -> Curves:
    """Fits curves to resamplings of the pilot.

    Args:
        measured: errors of subsets of the pilot.
        samples: how many the pilot has.
        draws: B.
        rng: of the resampling.

    Reference:
        Hestness et al.: Deep learning scaling is predictable, empirically,
        arXiv 1712.00409. The weights are those of Rubin: The Bayesian
        bootstrap, Annals of Statistics 9(1), 1981.
    """
    fitted = [
        _fit(measured, *errors)
        for errors in zip(*_errors(measured, samples, draws, rng), strict=True)
    ]
    laws, worths = map(np.array, zip(*fitted, strict=True))
    floor, height, exponent = laws.T
    kept = np.exp(-worths[..., 1])
    return Curves(floor, height, exponent, worths[..., 0], kept)


def _errors(
    measured: Measured, samples: int, draws: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Returns resampled errors [B, S] of exact, [B, D, P] of coarse labels."""
    of_sample = rng.exponential(size=(draws, samples))
    exact: FloatArray = np.zeros(())
    coarse: FloatArray = np.zeros(())
    total: FloatArray = np.zeros(())
    for reading in measured.readings:
        weights = (
            rng.exponential(size=(draws, 1)) * of_sample[:, reading.samples]
        )
        exact = exact + weights @ reading.exact.T
        shape = (draws, *reading.coarse.shape[:2])
        flat = reading.coarse.reshape(-1, len(reading.samples))
        coarse = coarse + (weights @ flat.T).reshape(shape)
        total = total + weights.sum(axis=1)
    return exact / total[:, None], coarse / total[:, None, None]


def _fit(
    measured: Measured, exact: FloatArray, coarse: FloatArray
) -> tuple[tuple[float, float, float], FloatArray]:
    """Returns floor, height, exponent, and worth and loss [D, 2]."""
    sizes = measured.sizes
    first, least = sizes[0], max(float(exact.min()), 1e-6)
    (floor, above, exponent), _ = curve_fit(
        lambda n, a, b, c: _law(n / first, a, b, c),
        sizes,
        exact,
        p0=(least / 2, max(float(exact[0]) - least / 2, 1e-6), 0.6),
        bounds=((0, 0, _EXPONENTS[0]), (least, 2, _EXPONENTS[1])),
        max_nfev=1000,
    )
    height = above * first**exponent
    few, many = sizes[measured.pairs].T

    def gain(ratio: FloatArray, worth: float, loss: float) -> FloatArray:
        # Both errors of a pair are read on the same samples.
        after = few * np.exp(worth * ratio - loss)
        return _law(few, floor, height, exponent) - _law(
            after, floor, height, exponent
        )

    before = exact[measured.pairs[:, 0]]
    worths = [
        curve_fit(
            gain,
            np.log(many / few),
            before - each,
            p0=(0.5, 0.05),
            bounds=((0, 0), (1, _MOST_LOSS)),
            max_nfev=1000,
        )[0]
        for each in coarse
    ]
    return (floor, height, exponent), np.array(worths)
