"""Finds the outputs that a fused answer needs, and leaves out the others."""

from collections.abc import Callable
from itertools import combinations
from math import isnan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax

from keras_hier.scores.fusion import (
    CHUNK,
    Experts,
    FloatArray,
    fit,
    posteriors,
    product,
)
from keras_hier.scores.top_k_scores import class_labels

# So many outputs have 1,023 sets, of which most need not be looked at.
MOST_SETS = 10
# To how many nats a fit is exact.
EXACT = 1e-6

Outputs = frozenset[str]


class Exits(NamedTuple):
    """The outputs that are kept, and what leaving out the others costs.

    Attributes:
        weights: of the kept outputs by name, for `fuse`.
        left_out: names of the others.
        loss: mean log loss of the kept outputs, in nats.
        loss_change: what it is above that of all outputs.
        loss_se: standard error of this change over the samples, paired.
        accuracy: share of the samples that the kept outputs name right.
        accuracy_change: what it is above that of all outputs.
        accuracy_se: standard error of this change over the samples, paired.
    """

    weights: dict[str, float]
    left_out: tuple[str, ...]
    loss: float
    loss_change: float
    loss_se: float
    accuracy: float
    accuracy_change: float
    accuracy_se: float


def find_exits(
    logits: npt.ArrayLike,
    heads: Experts,
    labels: npt.ArrayLike,
    size: Callable[[Outputs], Any],
    max_loss: float,
) -> Exits:
    """Leaves out outputs as long as the fused answer is good enough.

    Of all sets of outputs whose loss is at most `max_loss` above that of all
    outputs, the smallest is kept. The weights are fitted to each set anew.
    Leaving out more never makes the loss less, so that of most sets it need
    not be known. Of more than 10 outputs one is left out after another, each
    time the one that leaves the smallest set.

    At least one output is kept that tells all classes apart, with a weight.
    Where none of them has any, as of a network that has not learned yet, the
    main output is kept with all that have one, and nothing else. The changes
    are those of the samples that made the choice.

    Args:
        logits: of the main output, [N, C], for samples not trained on.
        heads: by output name, logits [N, G] and `Grouping`.
        labels: true classes, integers [N].
        size: of what a set of names needs, `"class"` for the main output: less
            is better. Of sets of one size that of fewer outputs is kept.
        max_loss: by how many nats the mean log loss may be above that of all
            outputs, to 1e-6; infinite for the smallest set of all.

    Returns:
        What is kept, and what it costs.

    Raises:
        ValueError: `max_loss` is negative or no number, lengths differ, there
            are no samples, or labels outside [0, C).

    Example:
        >>> import numpy as np
        >>> from keras_hier import Grouping
        >>> sure, unsure = np.log([[0.9, 0.1]] * 4), np.log([[0.6, 0.4]] * 4)
        >>> classes = Grouping(["cat", "dog"], [0, 1])
        >>> found = find_exits(sure, {"conv2": (unsure, classes)}, [0, 0, 0, 1],
        ...                    size=lambda names: 9 if "class" in names else 1,
        ...                    max_loss=0.01)
        >>> found.left_out, round(found.weights["conv2"], 2)
        (('class',), 2.71)

    Reference:
        Caruana, Niculescu-Mizil, Crew, Ksikes: Ensemble selection from
        libraries of models, ICML 2004.
    """
    check_max_loss(max_loss)
    true = class_labels("labels", labels, np.shape(logits)[-1])
    experts = posteriors(logits, heads, len(true))
    num_classes = experts["class"].shape[1]
    tells_classes = {"class"} | {
        name
        for name, (_, grouping) in heads.items()
        if grouping.num_groups == num_classes
    }
    fits = _Fits(experts, true)
    everything = frozenset(experts)
    limit = fits.loss(everything) + max_loss + EXACT

    def is_enough(names: Outputs) -> bool:
        return fits.is_within(names, limit) and any(
            fits.weights(names)[name] for name in names & tells_classes
        )

    search = _smallest if len(experts) <= MOST_SETS else _one_by_one
    kept = search(everything, tells_classes, size, is_enough)
    if kept == everything and not is_enough(everything):
        weights = fits.weights(everything)
        kept = frozenset({"class", *(n for n in weights if weights[n])})
    change, right, more = fits.compared(kept, everything)
    return Exits(
        fits.weights(kept),
        tuple(name for name in experts if name not in kept),
        fits.loss(kept),
        float(change.mean()),
        _standard_error(change),
        float(right.mean()),
        float(more.mean()),
        _standard_error(more),
    )


def check_max_loss(max_loss: Any) -> None:
    """Raises an error unless a loss may be larger by as much.

    Raises:
        ValueError: it is negative or no number; True, which is none either.
    """
    try:
        is_one = not isnan(max_loss) and max_loss >= 0
        # It would be 1 nat, where only a wish for few outputs is meant.
        is_one = is_one and not isinstance(max_loss, bool | np.bool_)
    except TypeError:
        is_one = False
    if not is_one:
        raise ValueError(
            "Expected `max_loss` of at least 0, by how many nats the held-out "
            f"log loss may grow, got {max_loss!r}."
        )


class _Fits:
    """The weights and losses of sets of outputs, each fitted once."""

    def __init__(
        self, experts: dict[str, FloatArray], true: npt.NDArray[Any]
    ) -> None:
        self._experts = experts
        self._true = true
        self._found: dict[Outputs, tuple[dict[str, float], float]] = {}
        self._failed: list[Outputs] = []

    def weights(self, names: Outputs) -> dict[str, float]:
        """Returns the weight of each, in the order of the outputs."""
        return self._fit(names)[0]

    def loss(self, names: Outputs) -> float:
        """Returns the mean log loss in nats."""
        return self._fit(names)[1]

    def is_within(self, names: Outputs, limit: float) -> bool:
        """Tells whether the loss is at most so large."""
        # A set has no less loss than one that has it within.
        if any(names <= other for other in self._failed):
            return False
        if self.loss(names) <= limit:
            return True
        self._failed.append(names)
        return False

    def compared(
        self, names: Outputs, others: Outputs
    ) -> tuple[FloatArray, npt.NDArray[np.bool_], FloatArray]:
        """Compares two sets sample by sample, arrays [N].

        Returns:
            The losses of the first above those of the second; whether the
            first is right; and that less whether the second is.
        """
        loss, right = self._read(names)
        loss_of_others, others_right = self._read(others)
        more = right.astype(np.float64) - others_right
        return loss - loss_of_others, right, more

    def _read(self, names: Outputs) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
        weights = self.weights(names)
        losses = np.empty(len(self._true))
        right = np.empty(len(self._true), np.bool_)
        for start in range(0, len(losses), CHUNK):
            rows = slice(start, start + CHUNK)
            terms = [self._experts[name][rows] for name in weights]
            scores = product(terms, np.array([*weights.values()]))
            log_p = log_softmax(scores, axis=1)
            true = self._true[rows]
            losses[rows] = -log_p[np.arange(len(true)), true]
            right[rows] = log_p.argmax(axis=1) == true
        return losses, right

    def _fit(self, names: Outputs) -> tuple[dict[str, float], float]:
        if names not in self._found:
            used = {n: p for n, p in self._experts.items() if n in names}
            found, loss = fit(list(used.values()), self._true)
            weights = dict(zip(used, found.tolist(), strict=True))
            self._found[names] = weights, loss
        return self._found[names]


def _smallest(
    everything: Outputs,
    tells_classes: set[str],
    size: Callable[[Outputs], Any],
    is_enough: Callable[[Outputs], bool],
) -> Outputs:
    """Returns the smallest of all sets that are enough."""
    # First what no set can do without, which rules out most sets.
    for name in everything if len(everything) > 1 else ():
        is_enough(everything - {name})
    sets = [
        frozenset(names)
        for count in range(1, len(everything))
        for names in combinations(sorted(everything), count)
    ]
    able = [names for names in sets if names & tells_classes]
    for names in sorted(able, key=size):
        if is_enough(names):
            return names
    return everything


def _one_by_one(
    everything: Outputs,
    tells_classes: set[str],
    size: Callable[[Outputs], Any],
    is_enough: Callable[[Outputs], bool],
) -> Outputs:
    """Leaves out one output after another, what saves most first."""
    kept = everything
    while True:
        fewer = [kept - {name} for name in sorted(kept)]
        able = [names for names in fewer if names & tells_classes]
        enough = filter(is_enough, sorted(able, key=size))
        smaller = next(enough, None)
        if smaller is None:
            return kept
        kept = smaller


def _standard_error(values: FloatArray) -> float:
    """Returns that of the mean; 0 for a single value."""
    return float(values.std() / np.sqrt(max(len(values) - 1, 1)))
