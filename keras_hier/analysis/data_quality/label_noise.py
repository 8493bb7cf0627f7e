"""A model of label noise: how likely each given label is wrong.

A given label is the true class with probability 1 - u - s. With probability u
it is any of the other C - 1 classes, with probability s any sibling of the true
class. The true class follows the
network's probabilities after a temperature: q_j ~ p_j^(1/T). Then

    trust = P(label is wrong | scores, given label)
          = (u q_other + s q_sibling) / ((1-u-s) q_given + the same)

with q_other = (1 - q_given) / (C - 1), and q_sibling the sum of q_j / number of
siblings of j, over the classes j of which the given one is a sibling.

The tail of truncated scores falls off like the order statistics of normal
logits, so steeply that all add up to 1.

The network gives wrong labels almost no probability, more often than its
calibration predicts. But so do networks that fail on some right labels. So the
estimate is cautious in three ways. T is fitted as if all labels were right.
Lower 95 % limits of u and s are used. A tenth of the predicted confusions among
siblings counts as the network's failures (`BLIND`), unless labels are wrong as
often elsewhere.

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
BLIND = 0.1


class Evidence(NamedTuple):
    """The scores of N samples and of their given labels.

    Attributes:
        best: float [N, K], logarithms of the best probabilities, descending.
        given: float [N], logarithm of that of the given class; NaN where it is
            beyond the K and not known.
        tail: the classes beyond the K.
        sibling: float [N, K], 1 / number of siblings of the class where it is
            a sibling of the given class, else 0; None without a tree.
        num_classes: C.
    """

    best: FloatArray
    given: FloatArray
    tail: "Tail"
    sibling: FloatArray | None
    num_classes: int


class Tail(NamedTuple):
    """The n classes beyond the best K, as if logits were normal.

    Attributes:
        last: float [N], logarithm of the K-th probability; -inf for none.
        spread: float [N], standard deviation of the logits.
        drop: float [B], how many standard deviations the order statistics of
            normal logits fall below the K-th one, in B bins.
        sizes: float [B], classes in each bin.
    """

    last: FloatArray
    spread: FloatArray
    drop: FloatArray
    sizes: FloatArray

    def sums(self, power: float) -> FloatArray:
        """Returns sum p^power / p_last^power over the n classes, [N]."""
        fall = self.spread[:, None] * self.drop
        return (np.exp(-power * fall) * self.sizes).sum(axis=1)


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
        least_siblings: lower 95 % limit of `siblings`, less possible failures
            of the network.
    """

    temperature: float
    uniform: float
    siblings: float
    least_uniform: float
    least_siblings: float


def fit(evidence: Evidence) -> Noise:
    """Fits temperature, then rates of wrong labels, by maximum likelihood.

    Some 40 passes over the [N, K] probabilities, then over [N].
    """
    log_t = optimize.minimize_scalar(
        lambda log_t: (
            -np.log(np.maximum(_tempered(evidence, -log_t)[0], 1e-300)).mean()
        ),
        bounds=(np.log(0.05), np.log(1000.0)),
        method="bounded",
        options={"xatol": 1e-4},
    ).x
    given, sibling, foreseen = _tempered(evidence, -log_t)
    other = (1 - given) / max(evidence.num_classes - 1, 1)
    gains = other - given
    if evidence.sibling is not None:
        gains = np.stack([gains, sibling - given], axis=1)
    gains = gains.reshape(len(given), -1)

    def negative_log_likelihood(logs: FloatArray) -> tuple[float, FloatArray]:
        rates = np.exp(logs)
        likelihood = np.maximum(given + gains @ rates, 1e-300)
        slopes = -(gains / likelihood[:, None]).mean(axis=0) * rates
        return -float(np.log(likelihood).mean()), slopes

    free = gains.shape[1]
    logs = optimize.minimize(
        negative_log_likelihood,
        np.full(free, np.log(0.01)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(LEAST), -1.0)] * free,
        options={"ftol": 1e-12, "gtol": 1e-8},
    ).x
    rates = np.exp(logs)
    likelihood = np.maximum(given + gains @ rates, 1e-300)
    scores = gains / likelihood[:, None] * rates
    information = scores.T @ scores + 1e-9 * np.eye(free)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    least = np.exp(logs - Z_LOWER * np.minimum(errors, 100))
    if free == 1:
        rates, least = np.append(rates, 0.0), np.append(least, 0.0)
    granted = least[1] - BLIND * foreseen.mean()
    return Noise(
        float(np.exp(log_t)),
        float(rates[0]),
        float(rates[1]),
        float(least[0]),
        float(max(granted, min(least))),
    )


def trust(
    evidence: Evidence, temperature: float, uniform: float, siblings: float
) -> FloatArray:
    """Returns the probability that each given label is wrong, [N]."""
    given, sibling, _ = _tempered(evidence, -np.log(temperature))
    other = (1 - given) / max(evidence.num_classes - 1, 1)
    wrong = uniform * other + siblings * sibling
    total = (1 - uniform - siblings) * given + wrong
    return np.divide(wrong, total, out=np.zeros_like(wrong), where=total > 0)


def _tempered(
    evidence: Evidence, log_sharpness: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Returns q_given, q_sibling, and the sum of q over siblings, [N]."""
    power = float(np.exp(log_sharpness))
    top = evidence.best[:, 0]
    best = np.exp(power * (evidence.best - top[:, None]))
    rest = evidence.tail.sums(power) * np.exp(
        power * (evidence.tail.last - top)
    )
    whole = best.sum(axis=1) + rest
    # A given class somewhere in the tail has the mean of the tail.
    known = np.isfinite(evidence.given)
    given = np.where(
        known,
        np.exp(power * np.where(known, evidence.given - top, 0.0)),
        rest / max(evidence.tail.sizes.sum(), 1),
    )
    given = np.minimum(given / whole, 1.0)
    if evidence.sibling is None:
        zero = np.zeros_like(given)
        return given, zero, zero
    shares = best / whole[:, None]
    return (
        given,
        (shares * evidence.sibling).sum(axis=1),
        (shares * (evidence.sibling > 0)).sum(axis=1),
    )
