"""How likely a given label is wrong, as far as the scores can tell.

A given label is modelled as the true class with probability 1 - u - s; as one
of the other C - 1 classes, all alike, with probability u; as one of the true
class's siblings, all alike, with probability s. The true class follows the
network's probabilities after a temperature: q_j ~ p_j^(1/T). T, u and s are
those under which the given labels are likeliest, all three at once, and

    trust = P(label is wrong | scores, given label)
          = (u q_other + s q_sibling) / ((1-u-s) q_given + the same)

with q_other = (1 - q_given) / (C - 1), and q_sibling the sum of q_j / number of
siblings of j, over the classes j of which the given one is a sibling.

Of truncated scores the tail is taken to fall off below the last one stored as
the order statistics of normal logits do, so steeply that all add up to 1.

What identifies u is that labels occur to which the network gives next to
nothing, more often than its own calibration foresees. A network that is blind
to some rightly labelled samples does the same, and no scores can tell the two
apart: `trust` reads all such excess as wrong labels. So the list is judged at
the lower 95 % limits of u and s, and is an upper estimate nevertheless.

Reference:
    Guo et al., On calibration of modern neural networks, arXiv 1706.04599
    (temperature); Efron, Large-scale simultaneous hypothesis testing, JASA 99,
    2004 (a posterior from a mixture of a known and an unknown part).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

FloatArray = npt.NDArray[np.float64]

LEAST = 1e-7
Z_LOWER = 1.645  # one-sided 95 %


class Evidence(NamedTuple):
    """What is known of N samples.

    Attributes:
        best: float [N, K], logarithms of the best probabilities, descending.
        given: float [N], logarithm of that of the given class; NaN where it is
            beyond the K and not known.
        tail: the classes beyond the K.
        is_given: bool [N, K], where one of the best is the given class.
        sibling: float [N, K], 1 / number of siblings of the class where it is
            a sibling of the given class, else 0; None without a tree.
        num_classes: C.
    """

    best: FloatArray
    given: FloatArray
    tail: "Tail"
    is_given: npt.NDArray[np.bool_]
    sibling: FloatArray | None
    num_classes: int


class Tail(NamedTuple):
    """The n classes beyond the best K, as if logits were normal.

    Attributes:
        last: float [N], logarithm of the K-th probability; -inf for none.
        spread: float [N], standard deviation of the logits.
        drop: float [B], by how many standard deviations the order statistics
            of normal logits fall below the K-th one, in B bins.
        sizes: float [B], classes in each bin.
    """

    last: FloatArray
    spread: FloatArray
    drop: FloatArray
    sizes: FloatArray

    def sums(self, power: float) -> tuple[FloatArray, FloatArray]:
        """Returns sum p^power / p_last^power over the n, and its log-slope.

        The slope is in the power, that of p_last^power left out.
        """
        fall = self.spread[:, None] * self.drop
        terms = np.exp(-power * fall) * self.sizes
        total = terms.sum(axis=1)
        slope = -np.divide(
            (terms * fall).sum(axis=1),
            total,
            out=np.zeros_like(total),
            where=total > 0,
        )
        return total, slope


def tail_of(probabilities: FloatArray, num_classes: int) -> Tail:
    """Returns the tail that adds up to what the best K leave of 1."""
    stored = probabilities.shape[1]
    n = num_classes - stored
    # The first classes of the tail one by one, then ever wider bins.
    edges = np.unique(np.geomspace(1, n + 1, 25).round()).astype(int) - 1
    sizes = np.diff(edges).astype(np.float64)
    middle = stored + (edges[:-1] + edges[1:] + 1) / 2
    places = special.ndtri(1 - (np.append(stored, middle) - 0.5) / num_classes)
    drop = places[0] - places[1:]
    last = probabilities[:, -1]
    left = np.maximum(1 - probabilities.sum(axis=1), 0.0)
    some = (last > 0) & (left > 0) & (n > 0)
    ratio = np.divide(left, last, out=np.zeros_like(left), where=some)
    low, high = np.zeros(len(last)), np.full(len(last), 60.0)
    for _ in range(40 if n else 0):  # the sum falls in the spread: bisection
        between = (low + high) / 2
        total = (np.exp(-between[:, None] * drop) * sizes).sum(axis=1)
        low = np.where(total > ratio, between, low)
        high = np.where(total > ratio, high, between)
    with np.errstate(divide="ignore"):
        return Tail(np.where(some, np.log(last), -np.inf), high, drop, sizes)


class Noise(NamedTuple):
    """The fitted model of labels.

    Attributes:
        temperature: T; above 1 the network is too sure.
        uniform: u, share of labels that could be any class.
        siblings: s, share of labels that are a sibling of the true class; 0
            without a tree.
        least_uniform: lower 95 % limit of `uniform`.
        least_siblings: lower 95 % limit of `siblings`.
    """

    temperature: float
    uniform: float
    siblings: float
    least_uniform: float
    least_siblings: float


def fit(evidence: Evidence) -> Noise:
    """Fits temperature and rates of wrong labels by maximum likelihood.

    Some 40 passes over the [N, K] probabilities.
    """
    free = 3 if evidence.sibling is not None else 2
    start = np.array([0.0, np.log(0.01), np.log(0.01)])[:free]

    def surprise(theta: FloatArray) -> tuple[float, FloatArray]:
        likelihood, slopes = _likelihood(evidence, theta)
        return (
            -float(np.log(likelihood).mean()),
            -(slopes / likelihood[:, None]).mean(axis=0),
        )

    bounds = [(np.log(0.05), np.log(20.0))] + [(np.log(LEAST), -1.0)] * 2
    found = optimize.minimize(
        surprise,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds[:free],
        options={"ftol": 1e-12, "gtol": 1e-8},
    ).x
    likelihood, slopes = _likelihood(evidence, found)
    scores = slopes / likelihood[:, None]
    information = scores.T @ scores + 1e-9 * np.eye(free)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    rates = np.exp(found[1:])
    least = np.exp(found[1:] - Z_LOWER * np.minimum(errors[1:], 100))
    if free == 2:
        rates, least = np.append(rates, 0.0), np.append(least, 0.0)
    return Noise(
        float(np.exp(found[0])),
        float(rates[0]),
        float(rates[1]),
        float(least[0]),
        float(least[1]),
    )


def trust(
    evidence: Evidence, temperature: float, uniform: float, siblings: float
) -> FloatArray:
    """Returns the probability that each given label is wrong, [N]."""
    given, sibling, _, _ = _tempered(evidence, -np.log(temperature))
    other = (1 - given) / max(evidence.num_classes - 1, 1)
    wrong = uniform * other + siblings * sibling
    total = (1 - uniform - siblings) * given + wrong
    return np.divide(wrong, total, out=np.zeros_like(wrong), where=total > 0)


def _likelihood(
    evidence: Evidence, theta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Returns P(given label), [N], and its slopes in log T, log u, log s."""
    given, sibling, d_given, d_sibling = _tempered(evidence, -theta[0])
    classes = max(evidence.num_classes - 1, 1)
    other = (1 - given) / classes
    u = np.exp(theta[1])
    s = np.exp(theta[2]) if len(theta) > 2 else 0.0
    likelihood = (1 - u - s) * given + u * other + s * sibling
    d = (1 - u - s - u / classes) * d_given + s * d_sibling
    slopes = [-d, u * (other - given)]
    if len(theta) > 2:
        slopes.append(s * (sibling - given))
    return np.maximum(likelihood, 1e-300), np.stack(slopes, axis=1)


def _tempered(
    evidence: Evidence, log_sharpness: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Returns q of the given class and of its siblings, and both slopes.

    The slopes are in the logarithm of 1 / T.
    """
    power = float(np.exp(log_sharpness))
    top = evidence.best[:, 0]
    x_best = evidence.best - top[:, None]
    best = np.exp(power * x_best)
    x_best[~np.isfinite(x_best)] = 0.0
    rest, x_rest = evidence.tail.sums(power)
    last = evidence.tail.last - top
    rest = rest * np.exp(power * last)
    x_rest = x_rest + np.where(np.isfinite(last), last, 0.0)
    whole = best.sum(axis=1) + rest

    # d log q_j / d log power = power (log p_j - mean of log p under q). Where
    # the given class is one of the tail, no one knows which, its q is the mean.
    known = np.isfinite(evidence.given)
    x_given = np.where(known, evidence.given - top, x_rest)
    given = np.where(
        known,
        np.exp(power * x_given),
        rest / max(evidence.tail.sizes.sum(), 1),
    )
    mean = ((best * x_best).sum(axis=1) + rest * x_rest) / whole
    q_given = np.minimum(given / whole, 1.0)
    d_given = power * q_given * (x_given - mean)
    if evidence.sibling is None:
        zero = np.zeros_like(q_given)
        return q_given, zero, d_given, zero
    shares = best * evidence.sibling / whole[:, None]
    q_sibling = shares.sum(axis=1)
    d_sibling = power * (shares * (x_best - mean[:, None])).sum(axis=1)
    return q_given, q_sibling, d_given, d_sibling
