"""Combines the posteriors of heads over groups with those of the classes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp

from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.plausibility import are_probabilities
from keras_hier.scores.inputs import class_labels
from keras_hier.tensors import FloatArray

CHUNK = 8192
# The most that a weight makes of an expert's standard deviation over the
# classes, in nats: if no sample is wrong, more would always be better. Below
# the other an expert changes no probability noticeably.
MOST = 100.0
NEGLIGIBLE = 1e-3
# Nor does an expert that takes no more than this off the loss, in nats.
UNNOTICED = 1e-7
# Rounding leaves so much of an expert that says the same of all classes.
CONSTANT = 1e-12
# Logarithm of the least probability that a float32 holds. It stands for 0,
# which no other expert could contradict.
IMPOSSIBLE = float(np.log(float(np.finfo(np.float32).smallest_subnormal)))
Experts = Mapping[str, tuple[npt.NDArray[Any], Grouping]]


def fuse(
    logits: npt.ArrayLike,
    heads: Experts,
    weights: Mapping[str, float],
) -> FloatArray:
    """Multiplies the posteriors of the classes and of their groups.

    A product of experts on the tree, `log p(c) = w log p_class(c) + sum_h w_h
    log p_h(c)` up to the normalization. The probability of a group is divided
    evenly among its classes: otherwise a large group would count as evidence
    for them. A logit of -inf, the logarithm of 0, counts as the least
    probability that a float32 holds, 1e-45.

    Args:
        logits: of the main output, [N, C].
        heads: by output name, logits [N, G] and the `Grouping` they are of.
        weights: by output name; the main output is `"class"`. A head without
            a weight is left out. From `fusion_weights`.

    Returns:
        Log-probabilities, float64 [N, C].

    Raises:
        ValueError: logits of other shapes.

    Example:
        >>> import numpy as np
        >>> from keras_hier import Grouping
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> fused = fuse(np.log([[0.4, 0.1, 0.5]]),
        ...              {"conv5_groups2": (np.log([[0.9, 0.1]]), pets)},
        ...              {"class": 1.0, "conv5_groups2": 1.0})
        >>> np.exp(fused).round(2)
        array([[0.65, 0.16, 0.18]])

    Reference:
        Hinton: Training products of experts by minimizing contrastive
        divergence, Neural Computation 14(8), 2002.
    """
    _check_shapes(logits, heads)
    scores = weights.get("class", 0.0) * _log_posterior(logits)
    for name, (values, grouping) in heads.items():
        if weight := weights.get(name, 0.0):
            scores += weight * _log_posterior(values, grouping)
    return scores - logsumexp(scores, axis=1, keepdims=True)


def fusion_weights(
    logits: npt.ArrayLike, heads: Experts, labels: npt.ArrayLike
) -> dict[str, float]:
    """Fits the weights of `fuse` to held-out samples.

    Minimizes the mean negative log-likelihood of the true classes over weights
    of at least 0. The problem is convex, so that the weights are the best ones.
    With no heads it is temperature scaling: the weight is 1 / T.

    Args:
        logits: of the main output, [N, C], for samples not trained on.
        heads: by output name, logits [N, G] and `Grouping`.
        labels: true classes, integers [N].

    Returns:
        Weight by output name, that of the main output as `"class"`.

    Raises:
        ValueError: shapes that do not fit, no samples, labels outside [0, C),
            or logits that are NaN, inf, or probabilities.

    Example:
        >>> import numpy as np
        >>> logits = np.log([[0.9, 0.1]] * 4)
        >>> weights = fusion_weights(logits, {}, [0, 0, 0, 1])
        >>> round(float(np.exp(fuse(logits, {}, weights))[0, 0]), 3)
        0.75

    Reference:
        Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks,
        arXiv 1706.04599.
    """
    true = class_labels("labels", labels, np.shape(logits)[-1])
    experts = posteriors(logits, heads, len(true))
    found, _ = fit(list(experts.values()), true)
    return dict(zip(experts, found.tolist(), strict=True))


def check_logits(name: str, values: npt.ArrayLike) -> None:
    """Raises an error where logits are probabilities.

    A softmax of these would be nearly flat, and no weight can mend that.
    """
    # A check of all rows would hold them once more.
    if are_probabilities(np.asarray(values)[:CHUNK]):
        raise ValueError(
            f"Expected {name}, or logarithms of probabilities. These are "
            "probabilities, whose rows sum to 1: give their logarithms, "
            "np.log(p)."
        )


def posteriors(
    logits: npt.ArrayLike, heads: Experts, samples: int
) -> dict[str, FloatArray]:
    """Returns log-probabilities [N, C] by output, the classes' first."""
    _check_shapes(logits, heads)
    check_logits("logits", logits)
    found = {"class": _log_posterior(logits)}
    for name, (values, grouping) in heads.items():
        if grouping.num_groups > 1:
            check_logits(f"logits of {name!r}", values)
        found[name] = _log_posterior(values, grouping)
    for name, posterior in found.items():
        (rows,) = np.nonzero(np.isnan(posterior).any(axis=1))
        if len(rows):
            raise ValueError(
                "Expected logits, or logarithms of probabilities, of every "
                f"sample. Those of output {name!r} are NaN, inf or all -inf in "
                f"row {rows[0]} ({len(rows):,} of {len(posterior):,} rows)."
            )
    lengths = [len(posterior) for posterior in found.values()]
    if not samples or set(lengths) != {samples}:
        raise ValueError(
            "Expected as many labels as samples, at least 1. Got "
            f"{samples} labels and logits of {lengths} samples."
        )
    return found


def fit(
    experts: Sequence[FloatArray], true: npt.NDArray[Any]
) -> tuple[FloatArray, float]:
    """Fits the weights of a product of experts.

    Returns the weight of each, 0 if it would change next to nothing, and the
    mean negative log-likelihood in nats.
    """

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        total, slope = 0.0, np.zeros_like(weights)
        for first in range(0, len(true), CHUNK):
            rows = slice(first, first + CHUNK)
            terms = [expert[rows] for expert in experts]
            scores = product(terms, weights)
            scores -= scores.max(axis=1, keepdims=True)
            p = np.exp(scores)
            mass = p.sum(axis=1, keepdims=True)
            p /= mass
            hit = np.arange(len(p)), true[rows]
            total += np.log(mass).sum() - scores[hit].sum()
            slope += [np.vdot(term, p) - term[hit].sum() for term in terms]
        return total / len(true), slope / len(true)

    # In units of what each expert says, for logits may be cosines or thousands.
    spreads = np.array([_spread(expert) for expert in experts])
    scales = np.where(spreads > CONSTANT, spreads, np.inf)

    def scaled(shares: FloatArray) -> tuple[float, FloatArray]:
        total, slope = loss(shares / scales)
        return total, slope / scales

    start = np.zeros(len(experts))
    start[0] = 1.0
    # L-BFGS-B stops too early where experts say nearly the same or no sample
    # is wrong: of 250 drawn sets in 71 above 1e-6 nats, up to 1.5e-3. This does
    # in none.
    found = minimize(
        scaled,
        start,
        jac=True,
        method="SLSQP",
        bounds=[(0, MOST)] * len(start),
        options={"ftol": 1e-12, "maxiter": 1000},
    )
    shares = np.where(found.x > NEGLIGIBLE, found.x, 0)
    least = scaled(shares)[0]
    # Where no sample is wrong the loss hardly falls any more, and an expert
    # without a say may keep any weight.
    for place in np.argsort(shares):
        fewer = np.where(np.arange(len(shares)) == place, 0, shares)
        if shares[place] and scaled(fewer)[0] <= least + UNNOTICED:
            shares = fewer
    weights = shares / scales
    return weights, loss(weights)[0]


def _spread(log_p: FloatArray) -> float:
    """Returns how far the classes of a sample lie apart, in nats."""
    parts = range(0, len(log_p), CHUNK)
    of_samples = [log_p[at : at + CHUNK].var(axis=1) for at in parts]
    return float(np.sqrt(np.concatenate(of_samples).mean()))


def product(terms: Sequence[FloatArray], weights: FloatArray) -> FloatArray:
    """Returns the sum of weighted log-probabilities, [N, C]."""
    scores = np.zeros_like(terms[0])
    for term, weight in zip(terms, weights, strict=True):
        if weight:
            scores += weight * term
    return scores


def _check_shapes(logits: npt.ArrayLike, heads: Experts) -> None:
    """Raises an error unless logits are [N, C], and of heads [N, G]."""
    shape = np.shape(logits)
    if len(shape) != 2:
        raise ValueError(
            "Expected logits [N, C] of the main output. Got shape "
            f"{shape} instead."
        )
    for name, (values, grouping) in heads.items():
        if name == "class":
            raise ValueError(
                "No head can be called 'class', which stands for the main "
                "output. Give it another name."
            )
        if grouping.num_classes != shape[1]:
            raise ValueError(
                f"Expected groups of the {shape[1]} classes of the main "
                f"output. Those of {name!r} are of {grouping.num_classes}."
            )
        wanted = shape[0], grouping.num_groups
        if np.shape(values) != wanted:
            raise ValueError(
                f"Expected logits of shape {wanted} of output {name!r}, a "
                "column for each of its groups. Got shape "
                f"{np.shape(values)} instead."
            )


def _log_posterior(
    logits: npt.ArrayLike, grouping: Grouping | None = None
) -> FloatArray:
    """Returns log-probabilities of the classes [N, C], none of them -inf."""
    with np.errstate(invalid="ignore"):  # inf, or all -inf: NaN
        posterior = log_softmax(np.asarray(logits, np.float64), axis=1)
    impossible = np.isneginf(posterior)
    if impossible.any():
        # Below whatever else the sample has: logits may be thousands.
        least = posterior.min(
            axis=1, keepdims=True, where=~impossible, initial=0
        )
        np.copyto(posterior, np.minimum(least, IMPOSSIBLE), where=impossible)
    if grouping is None:
        return posterior
    posterior -= np.log(grouping.sizes)
    return np.ascontiguousarray(posterior[:, grouping.of_class])
