"""Exact tests of counts, for whole arrays at once.

All are two-sided: p is twice the smaller tail, at most 1, which agrees with
exact intervals. Counts limit how small p can become: 2 against 0 have p = 0.5
at best. `least_p` gives that limit, and `significance.beyond_chance` leaves out
of its family what could not have been found.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

from keras_hier.analysis.evidence.hypergeometric_tail import mid_tails
from keras_hier.analysis.evidence.intervals import (
    checked_counts,
    checked_shares,
    two_shares,
)
from keras_hier.tensors import FloatArray

# With more pairs of counts, repetitions are looked for.
_MANY = 1000


def binomial_p(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    share: npt.ArrayLike = 0.5,
) -> FloatArray:
    """Returns the two-sided exact p of each number of successes.

    Args:
        successes: counts of any shape, 0 to `trials`.
        trials: counts that fit that shape.
        share: of successes under the null, in [0, 1].

    Returns:
        float64 of the shape of all, in (0, 1]; 1 where there were no trials.

    Raises:
        ValueError: counts are no counts, or a share is not in [0, 1].

    Example:
        >>> binomial_p([0, 5, 61], [0, 5, 149]).round(4)
        array([1.    , 0.0625, 0.0328])

    Reference:
        Fay, Two-sided exact tests and matching confidence intervals for
        discrete data, The R Journal 2(1), 2010.
    """
    x, n = checked_shares("successes", successes, "trials", trials)
    x, n, q = np.broadcast_arrays(x, n, _shares(share))
    if x.size > _MANY:
        # Most counts of a sparse matrix are repeated.
        flat = x.ravel(), n.ravel(), q.ravel()
        if np.ptp(flat[2]) == 0 and flat[1].max() < 2**31:
            keys = flat[0].astype(np.int64) << 32 | flat[1].astype(np.int64)
            keys, of_key = np.unique(keys, return_inverse=True)
            p = _binomial_p(keys >> 32, keys & (2**32 - 1), flat[2][0])
            return p[of_key].reshape(x.shape)
    return _binomial_p(x, n, q)


def least_p(trials: npt.ArrayLike, share: npt.ArrayLike = 0.5) -> FloatArray:
    """Returns the smallest p that `binomial_p` could give for such trials.

    Args:
        trials: counts of any shape.
        share: of successes under the null, in [0, 1].

    Returns:
        float64 of the shape of both, in [0, 1].

    Example:
        >>> least_p([0, 2, 5, 6])
        array([1.     , 0.5    , 0.0625 , 0.03125])

    Reference:
        Tarone, A modified Bonferroni method for discrete data, Biometrics 46,
        1990.
    """
    n, q = checked_counts("trials", trials), _shares(share)
    # All or none, whichever is the less likely.
    return np.minimum(2 * np.minimum(q**n, (1 - q) ** n), 1.0)


def poisson_p(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    first_exposure: npt.ArrayLike = 1.0,
    second_exposure: npt.ArrayLike = 1.0,
) -> FloatArray:
    """Returns the p of two counts having come at one rate: the C-test.

    Two Poisson counts at one rate split their sum like a coin whose bias is the
    share of the exposures.

    Args:
        first: counts of any shape.
        second: counts that fit that shape.
        first_exposure: what the first were counted among, of 0 or more.
        second_exposure: the same of the second.

    Returns:
        float64 of the shape of all, in (0, 1]; 1 where either has no exposure.

    Raises:
        ValueError: counts are no counts, or an exposure is below 0.

    Example:
        >>> poisson_p([0, 3, 10], [6, 3, 30]).round(4)
        array([0.0312, 1.    , 0.0022])
        >>> float(poisson_p(10, 30, 1000, 3000))
        1.0

    Reference:
        Przyborowski and Wilenski, Homogeneity of results in testing samples
        from Poisson series, Biometrika 31, 1940.
    """
    k1, k2 = checked_counts("first", first), checked_counts("second", second)
    share, is_measured = exposure_share(first_exposure, second_exposure)
    p = binomial_p(k1, k1 + k2, share)
    return np.where(is_measured, p, 1.0)


def exposure_share(
    first: npt.ArrayLike, second: npt.ArrayLike
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Returns the first's share of two exposures, and where there are both."""
    e1, e2 = np.broadcast_arrays(
        np.asarray(first, np.float64), np.asarray(second, np.float64)
    )
    if not (np.isfinite(e1 + e2).all() and (e1 >= 0).all() and (e2 >= 0).all()):
        raise ValueError(
            "Expected exposures of 0 or more, such as numbers of samples."
        )
    total = e1 + e2
    is_measured = (e1 > 0) & (e2 > 0)
    half = np.full_like(total, 0.5)
    return np.divide(e1, total, out=half, where=is_measured), is_measured


def proportions_p(
    first_successes: npt.ArrayLike,
    first_trials: npt.ArrayLike,
    second_successes: npt.ArrayLike,
    second_trials: npt.ArrayLike,
) -> FloatArray:
    """Returns the p of two unpaired shares being one: Fisher's test, mid-p.

    Fisher's exact test is too careful on small counts, so half the probability
    of what was seen is left out of its tail (Lancaster), which keeps the level
    nearly always. For two networks over the same samples the test is too
    careful; use `paired_differences`.

    Where the variance under the null is above 30,000 (some 240,000 samples of
    even shares), the tail is the normal one corrected for skewness. Then p is
    off by less than 0.02 % up to three standard errors, by 0.2 % up to five.

    Args:
        first_successes: counts of any shape, 0 to `first_trials`.
        first_trials: counts that fit that shape.
        second_successes: the like, of the other set.
        second_trials: the like, of the other set.

    Returns:
        float64 of the shape of all, in (0, 1]; 1 where either has no trials.

    Raises:
        ValueError: counts are no counts, or more than the trials.

    Example:
        >>> proportions_p([7, 50], [10, 50], [2, 50], [10, 50]).round(4)
        array([0.0376, 1.    ])

    Reference:
        Lancaster, Significance tests in discrete distributions, JASA 56, 1961;
        Lydersen, Fagerland and Laake, Recommended tests for association in
        2 x 2 tables, Statistics in Medicine 28, 2009.
    """
    x1, n1, x2, n2 = two_shares(
        first_successes, first_trials, second_successes, second_trials
    )
    tail = mid_tails(x1, n1, x2, n2)
    p = np.clip(2 * tail, np.finfo(float).tiny, 1.0)
    return np.where((n1 > 0) & (n2 > 0), p, 1.0)


def _binomial_p(x: FloatArray, n: FloatArray, q: FloatArray) -> FloatArray:
    # betainc(a, b, q) is P(X >= a) of a + b - 1 trials.
    with np.errstate(invalid="ignore"):
        above = np.where(
            x > 0, special.betainc(np.maximum(x, 1), n - x + 1, q), 1.0
        )
        below = np.where(
            x < n, special.betainc(np.maximum(n - x, 1), x + 1, 1 - q), 1.0
        )
    tail = np.minimum(above, below)
    return np.clip(2 * tail, np.finfo(float).tiny, 1.0)


def _shares(share: npt.ArrayLike) -> FloatArray:
    shares = np.asarray(share, np.float64)
    if not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError("Expected shares in [0, 1] under the null.")
    return shares
