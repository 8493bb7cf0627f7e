"""Samples that a confusion matrix or a loss cannot count, and why.

Inside a compiled step nothing can be raised: labels out of range vanish there
without a word on JAX and under XLA. So flags of the samples are summed on the
device, and whoever can read the sums says what is wrong.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from keras import ops

from keras_hier.plausibility import (
    MIN_ROWS,
    NOT_LOGITS,
    NOT_PROBABILITIES,
    SUM_TOLERANCE,
    on_simplex,
    one_based_hint,
)


class NotANumberError(ValueError):
    """Scores that are NaN or infinite: training has diverged."""


class Tally(NamedTuple):
    """How many samples are what; but for the last, of those with a weight.

    Attributes:
        seen: all of them.
        zero: with the label 0.
        below: with a label below 0.
        next: with the label C, one beyond the last.
        beyond: with a greater one.
        broken: with a label that is no whole number.
        mixed: with a one-hot or soft label that does not sum to 1.
        nan: whose scores are NaN or infinite.
        simplex: whose scores look like probabilities.
        weightless: of weight 0, which are left out as they should be.
    """

    seen: Any
    zero: Any
    below: Any
    next: Any
    beyond: Any
    broken: Any
    mixed: Any
    nan: Any
    simplex: Any
    weightless: Any


class Rows(NamedTuple):
    """What is known of each sample of a batch.

    Attributes:
        labels: int32 [N], 0 where there is none.
        numbers: float32 [N], sparse labels as they came; 0 for others.
        known: bool [N], whether there is a label.
        nan: bool [N], whether scores are NaN or infinite.
        simplex: bool [N], whether scores look like probabilities.
        mixed: bool [N], whether a one-hot or soft label does not sum to 1.
    """

    labels: Any
    numbers: Any
    known: Any
    nan: Any
    simplex: Any
    mixed: Any


def look_at(y_true: Any, scores: Any) -> Rows:
    """Looks at labels and scores of a batch.

    Args:
        y_true: labels [N] or [N, 1], or one-hot or soft labels [N, C].
        scores: [N, C], logits or probabilities.

    Raises:
        ValueError: labels of another shape.
    """
    size = scores.shape[-1]
    width = y_true.shape[-1] if len(y_true.shape) == 2 else 1
    if len(y_true.shape) not in (1, 2) or width not in (1, size):
        raise ValueError(
            "Expected labels [N] or [N, 1], or one-hot or soft labels "
            f"[N, {size}], got shape {tuple(y_true.shape)}."
        )
    # In float32, where no label of any integer type comes round to another.
    numbers = ops.cast(y_true, "float32")
    if width > 1:
        labels = ops.cast(ops.argmax(numbers, axis=-1), "int32")
        off = ops.abs(ops.sum(numbers, axis=-1) - 1)
        known = off <= SUM_TOLERANCE  # false for NaN
        numbers = ops.zeros_like(off)
        mixed = ops.logical_not(known)
    else:
        numbers = ops.reshape(numbers, (-1,))
        known = ops.logical_and(numbers >= 0, numbers < size)
        known = ops.logical_and(known, ops.equal(numbers, ops.floor(numbers)))
        labels = ops.cast(ops.where(known, numbers, 0.0), "int32")
        mixed = ops.zeros_like(known)
    scores = ops.cast(scores, "float32")
    # A sum is NaN if an entry is, or if the softmax would be.
    nan = ops.isnan(ops.sum(scores, axis=-1))
    return Rows(labels, numbers, known, nan, on_simplex(scores, ops), mixed)


def tally(rows: Rows, size: int, counted: Any) -> Any:
    """Returns what a `Tally` holds of a batch, float32 [10].

    Args:
        rows: of the batch.
        size: C.
        counted: float32 [N], 0 for samples of weight 0, else 1.
    """
    numbers = rows.numbers
    whole = ops.equal(numbers, ops.floor(numbers))  # false for NaN
    flags = (
        ops.ones_like(whole),
        ops.logical_and(rows.known, ops.equal(rows.labels, 0)),
        ops.logical_and(whole, numbers < 0),
        ops.equal(numbers, size),
        ops.logical_and(whole, numbers > size),
        ops.logical_not(whole),
        rows.mixed,
        rows.nan,
        rows.simplex,
    )
    each = ops.cast(ops.stack(flags), "float32")
    # PyTorch keeps no dimension of a sum over all.
    weightless = ops.sum(1 - counted, axis=0, keepdims=True)
    return ops.concatenate([ops.sum(each * counted, axis=-1), weightless])


def extremes(rows: Rows, size: int, counted: Any) -> Any:
    """Returns how far labels lie above C - 1 and below 0, float32 [2].

    Both are 0 where none do.

    Args:
        rows: of the batch.
        size: C.
        counted: float32 [N], 0 for samples of weight 0, else 1.
    """
    outside = ops.stack([rows.numbers - (size - 1), -rows.numbers])
    outside = ops.where(ops.logical_and(counted > 0, outside > 0), outside, 0.0)
    return ops.max(outside, axis=-1, initial=0)


def complaint(
    found: Tally,
    size: int,
    from_logits: bool | None,
    outside: Sequence[float] = (),
) -> str | None:
    """Says in one sentence why numbers cannot be right, or nothing.

    Args:
        found: the sums.
        size: C.
        from_logits: what the loss takes the scores for, None if unknown.
        outside: how far labels lie above C - 1 and below 0, if known.
    """
    seen = f"{found.seen:.0f}"
    wrong = found.below + found.next + found.beyond
    if wrong:
        above, below = outside or (0, 0)
        kinds = []
        if found.below:
            kinds.append(
                f"{found.below:.0f} below 0"
                + (f", the least {-below:.0f}" if below else "")
            )
        if count := found.next + found.beyond:
            kinds.append(
                f"{count:.0f} above {size - 1}"
                + (f", the largest {size - 1 + above:.0f}" if above else "")
            )
        hint = ""
        if wrong == found.below:
            hint = " Give samples to be left out a sample weight of 0."
        if not found.below + found.beyond + found.zero:
            hint = one_based_hint(1, size, size)
        left_out = ""
        if found.weightless:
            left_out = (
                f"; {found.weightless:.0f} more, of weight 0, are left out as "
                "they should be"
            )
        return (
            f"{wrong:.0f} of {seen} labels do not lie in 0..{size - 1}: "
            f"{', '.join(kinds)}{left_out}.{hint}"
        )
    if found.broken:
        return (
            f"{found.broken:.0f} of {seen} labels are no whole numbers: "
            f"expected integers 0..{size - 1}, or one-hot or soft labels "
            f"[N, {size}]."
        )
    if found.mixed:
        return (
            f"{found.mixed:.0f} of {seen} one-hot or soft labels do not sum to "
            "1: several classes for one sample have no place among classes "
            "that exclude each other."
        )
    numbers = found.seen - found.nan
    if (
        from_logits
        and size > 1
        and numbers >= MIN_ROWS
        and found.simplex == numbers
    ):
        return f"The scores of all {numbers:.0f} samples {NOT_LOGITS}"
    if from_logits is False and found.simplex < numbers:
        off = f"{numbers - found.simplex:.0f} of {seen}"
        return f"The scores of {off} samples {NOT_PROBABILITIES}"
    return None


def divergence(found: Tally) -> str | None:
    """Says that scores are NaN, or nothing."""
    if not found.nan:
        return None
    return (
        f"The scores of {found.nan:.0f} of {found.seen:.0f} samples are NaN or "
        "infinite: has training diverged?"
    )
