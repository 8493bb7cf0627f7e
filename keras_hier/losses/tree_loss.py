"""The base of the losses over a tree: it checks labels and scores."""

import math
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from keras_hier import invalid_samples
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.tree_config import TreeConfig
from keras_hier.keras_internals import concrete_values
from keras_hier.plausibility import MIN_ROWS

# Log-probability of a class that is left out: below all others, but finite,
# since infinities turn gradients into NaN.
MASKED_LOG_P = -1e30


def unmasked(log_p: Any) -> Any:
    """Returns log-probabilities of any shape, MASKED_LOG_P in place of -inf.

    A logit of -inf masks a class, and 0 times its log-probability is NaN.
    """
    return ops.where(ops.isinf(log_p), MASKED_LOG_P, log_p)


class Float32Loss(keras.losses.Loss):
    """Base class of losses: in float32, without the samples of weight 0."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_in_float32(kwargs))

    def __call__(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> Any:
        """Returns the loss of a batch, float32 [], or [N] without reduction."""
        if _is_of_any_rank(y_true):
            raise ValueError(
                f"{self.name!r}: labels [N] and [N, 1], or one-hot ones, "
                "came by turns, and TensorFlow compiles one step for both, "
                "where no shape is known. Give all of one shape, or call "
                "`model.compile` again before the others."
            )
        y_pred = ops.convert_to_tensor(y_pred)
        if y_pred.shape[0] == 0:  # no losses, as Keras's own have it
            return ops.sum(ops.cast(y_pred, "float32"), axis=-1)
        if sample_weight is not None:
            y_true = _left_out(y_true, sample_weight)
        return super().__call__(y_true, y_pred, sample_weight)


class TreeLoss(TreeConfig, Float32Loss):
    """Base class of losses over a tree, which checks labels and scores."""

    _saved: ClassVar[tuple[str, ...]] = ("hierarchy", "from_logits")

    def __init__(
        self,
        hierarchy: Hierarchy,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        require_hierarchy(hierarchy)
        self.hierarchy = hierarchy
        self.from_logits = from_logits

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the loss of each sample, float32 [N].

        Args:
            y_true: labels [N] or [N, 1], or one-hot or soft [N, C].
            y_pred: logits, or probabilities, [N, C].
        """
        size = self.hierarchy.num_classes
        scores = ops.cast(y_pred, "float32")
        if len(scores.shape) != 2 or scores.shape[-1] != size:
            raise ValueError(
                f"Expected predictions [N, {size}], one score for each class, "
                f"got shape {tuple(scores.shape)}. Use this loss for the "
                "output of the classes, a crossentropy for heads and probes."
            )
        labels = ops.convert_to_tensor(y_true)
        rows = invalid_samples.inspect(labels, scores)
        self._check(rows, size)
        if not self.from_logits:
            scores = ops.log(ops.maximum(scores, keras.config.epsilon()))
        # A class that is masked by a logit of -inf.
        log_p = ops.maximum(ops.log_softmax(scores, axis=-1), MASKED_LOG_P)
        if len(labels.shape) == 2 and labels.shape[-1] > 1:
            distributions = ops.cast(labels, "float32")
        else:
            distributions = ops.one_hot(rows.labels, size, dtype="float32")
        losses = self._losses(distributions, log_p)
        return ops.where(self._plausible(rows, size), losses, math.nan)

    def _check(self, rows: invalid_samples.Rows, size: int) -> None:
        counted = ops.ones_like(rows.numbers)
        sums = concrete_values(invalid_samples.tally(rows, size, counted))
        if sums is None:
            return
        outside = concrete_values(invalid_samples.extremes(rows, size, counted))
        wrong = invalid_samples.error_message(
            invalid_samples.Tally(*sums.tolist()),
            size,
            self.from_logits,
            () if outside is None else outside.tolist(),
            "Of the losses NodeCrossentropy takes labels of inner nodes.",
        )
        if wrong:
            raise ValueError(f"{self.name!r}: {wrong}")

    def _plausible(self, rows: invalid_samples.Rows, size: int) -> Any:
        """Returns bool [N]: the samples whose labels and scores are valid."""
        if not self.from_logits:
            return ops.logical_and(rows.known, rows.probabilities)
        if size == 1:
            return rows.known
        look_so = ops.all(ops.logical_or(rows.not_logits, rows.nan))
        count = ops.sum(ops.cast(rows.not_logits, "int32"))
        probabilities = ops.logical_and(look_so, count >= MIN_ROWS)
        return ops.logical_and(rows.known, ops.logical_not(probabilities))

    def _losses(self, labels: Any, log_p: Any) -> Any:
        """Returns [N] from label distributions and log p, both [N, C]."""
        raise NotImplementedError


def _is_of_any_rank(y_true: Any) -> bool:
    """Tells whether TensorFlow knows no number of axes of a tensor."""
    shape = getattr(y_true, "shape", ())
    return getattr(shape, "rank", 0) is None


def _left_out(y_true: Any, sample_weight: Any) -> Any:
    """Returns labels, those of the first class where the weight is 0.

    Samples that are left out may have any label, such as -1. Their loss would
    be NaN, and so is 0 times that.
    """
    labels = ops.convert_to_tensor(y_true)
    if len(labels.shape) not in (1, 2):
        return y_true
    weights = ops.reshape(ops.convert_to_tensor(sample_weight), (-1,))
    first: np.ndarray = np.zeros(1)
    if len(labels.shape) == 2:
        weights = weights[:, None]
        if labels.shape[-1] != 1:
            first = np.eye(1, labels.shape[-1])
    return ops.where(
        ops.equal(weights, 0), ops.cast(first, labels.dtype), labels
    )


def _in_float32(arguments: dict[str, Any]) -> dict[str, Any]:
    """Returns arguments of a `keras.losses.Loss` that computes in float32."""
    dtype = arguments.get("dtype") or "float32"
    if getattr(dtype, "name", dtype) != "float32":
        raise ValueError(
            "These losses are computed in float32, also under mixed "
            f"precision, got dtype={dtype!r}. Leave it out."
        )
    return {**arguments, "dtype": "float32"}


def checked_factor(name: str, value: float) -> float:
    """Returns a factor as a float; raises unless it is finite and >= 0."""
    if not 0 <= value < math.inf:
        raise ValueError(
            f"Expected `{name}` to be a finite number of 0 or more, got "
            f"{value!r}."
        )
    return float(value)
