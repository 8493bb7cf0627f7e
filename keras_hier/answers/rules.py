"""Which node of a path is the answer, at a threshold.

Both rules are nested: at a larger threshold the answer stands at the same node
or at one above it. So each sample has a smallest threshold from which on its
answer is right.
"""

from typing import Literal

import numpy as np

Rule = Literal["climbing", "information"]
# The default first.
RULES: tuple[Rule, ...] = ("information", "climbing")


def chosen(
    rule: Rule, path: np.ndarray, bits: np.ndarray, threshold: np.ndarray
) -> np.ndarray:
    """Returns the place on its path of each answer, int [n].

    Climbing takes the first node with a probability above the threshold (arXiv
    2405.11533). Information takes the node with the largest (bits + threshold)
    times its probability, the highest of several (Deng et al., CVPR 2012; here
    among the likeliest class and the nodes above it). An infinite threshold
    gives the root.

    Args:
        rule: "climbing" or "information".
        path: probabilities of the nodes [n, D], ascending.
        bits: what each node says [n, D], descending to 0.
        threshold: of each sample [n].
    """
    last = path.shape[1] - 1
    if rule == "climbing":
        is_sure = path > threshold[:, None]
        is_sure[:, last] = True
        return is_sure.argmax(axis=1)
    finite = np.where(np.isfinite(threshold), threshold, 0)
    worth = path * (bits + finite[:, None])
    place = last - worth[:, ::-1].argmax(axis=1)
    return np.where(np.isfinite(threshold), place, last)


def least_thresholds(
    rule: Rule, path: np.ndarray, bits: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Returns the threshold from which on each answer is right, float64 [n].

    Args:
        rule: "climbing" or "information".
        path: probabilities of the nodes [n, D].
        bits: what each node says [n, D].
        right: bool [n, D], whether a node holds the true class; the root does.
    """
    if rule == "climbing":
        return np.where(right, 0, path).max(axis=1)
    # A right node k is at least as good as a wrong node j from there on.
    worth = path * bits
    gain = worth[:, :, None] - worth[:, None, :]
    steps = path[:, None, :] - path[:, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        from_here = np.where(steps > 0, gain / steps, np.inf)
    from_here = np.where((steps <= 0) & (gain <= 0), 0, from_here)
    first = np.where(right[:, None, :], from_here, np.inf).min(axis=2)
    found = np.where(right, 0, first).max(axis=1)
    # The quotient is rounded: a step above it, the right node is ahead.
    return np.where(found > 0, found * (1 + 1e-9), 0)
