"""Probabilities that one temperature makes more or less sure."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax

# A temperature outside is no calibration of a network that has learned.
_LEAST, _MOST = 0.05, 20.0


def tempered(
    scores: np.ndarray, from_logits: bool, temperature: float
) -> np.ndarray:
    """Returns softmax(logits / T) of logits or of probabilities [n, C]."""
    if from_logits:
        return np.asarray(softmax(scores / temperature, axis=1))
    raised = scores ** (1 / temperature)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def fitted_temperature(
    scores: np.ndarray, below: np.ndarray, from_logits: bool
) -> float:
    """Returns the temperature under which labels are likeliest.

    Args:
        scores: logits or probabilities [n, C].
        below: bool [n, C], the classes that each label leaves possible.
        from_logits: which of the two they are.

    Reference:
        Guo et al.: On calibration of modern neural networks, arXiv 1706.04599.
    """

    def surprise(log_temperature: float) -> float:
        told = tempered(scores, from_logits, np.exp(log_temperature))
        right = np.where(below, told, 0).sum(axis=1)
        return float(-np.log(np.maximum(right, 1e-12)).mean())

    bounds = (np.log(_LEAST), np.log(_MOST))
    found = minimize_scalar(surprise, bounds=bounds, method="bounded")
    return float(np.exp(found.x))
