"""Samples that a confusion matrix or a loss cannot count.

A compiled step cannot raise an error, and JAX and XLA drop labels out of range
silently. So faults are counted on the device, and the error is raised where the
counts can be read.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from keras import ops

from keras_hier.plausibility import (
    MIN_ROWS,
    NOT_LOGITS,
    NOT_PROBABILITIES,
    SUM_TOLERANCE,
    WHY_NAN,
    not_logits,
    on_simplex,
    one_based_hint,
)


class NotANumberError(ValueError):
    """Scores are NaN or infinite, of training or of inputs."""


class Tally(NamedTuple):
    """Numbers of samples with a weight, by fault; the last, of those without.

    Attributes:
        total: all of them.
        zero: those with the label 0.
        negative: those with a label below 0.
        one_too_high: those with the label C, one above the last.
        too_high: those with a label above C.
        not_whole: those whose label is not a whole number.
        wrong_sum: those whose one-hot or soft label does not sum to 1, or has
            negative entries.
        nan: those whose scores are NaN or infinite.
        probabilities: those whose scores look like probabilities.
        not_logits: those whose scores cannot be logits, if all are so.
        zero_weight: the samples of weight 0, which are left out on purpose.
    """

    total: Any
    zero: Any
    negative: Any
    one_too_high: Any
    too_high: Any
    not_whole: Any
    wrong_sum: Any
    nan: Any
    probabilities: Any
    not_logits: Any
    zero_weight: Any


class Rows(NamedTuple):
    """The samples of a batch and their faults.

    Attributes:
        labels: int32 [N], 0 where there is none.
        given: int32 [N], the same before they are mapped to groups.
        numbers: float32 [N], integer labels as given, else 0.
        known: bool [N], whether there is a label.
        nan: bool [N], as in `Tally`, like those that follow.
        probabilities: bool [N].
        not_logits: bool [N].
        wrong_sum: bool [N].
    """

    labels: Any
    given: Any
    numbers: Any
    known: Any
    nan: Any
    probabilities: Any
    not_logits: Any
    wrong_sum: Any


def inspect(
    y_true: Any,
    scores: Any,
    num_labels: int | None = None,
    widths: Sequence[int] = (),
) -> Rows:
    """Finds the faults of labels and scores [N, C] of a batch.

    Labels are [N], [N, 1], or one-hot or soft [N, C]; `widths` are other widths
    of these.
    """
    size = scores.shape[-1]
    width = y_true.shape[-1] if len(y_true.shape) == 2 else 1
    widths = widths or (size,)
    if len(y_true.shape) not in (1, 2) or width not in (1, *widths):
        shapes = " or ".join(f"[N, {each}]" for each in widths)
        raise ValueError(
            "Expected labels [N] or [N, 1], or one-hot or soft labels "
            f"{shapes}, got shape {tuple(y_true.shape)}."
        )
    # In float32, since integer types could overflow to another label.
    numbers = ops.cast(y_true, "float32")
    if width > 1:
        labels = ops.cast(ops.argmax(numbers, axis=-1), "int32")
        off = ops.abs(ops.sum(numbers, axis=-1) - 1)
        known = off <= SUM_TOLERANCE  # false for NaN
        known = ops.logical_and(known, ops.min(numbers, axis=-1) >= 0)
        numbers = ops.zeros_like(off)
        wrong_sum = ops.logical_not(known)
    else:
        numbers = ops.reshape(numbers, (-1,))
        known = ops.logical_and(numbers >= 0, numbers < (num_labels or size))
        known = ops.logical_and(known, ops.equal(numbers, ops.floor(numbers)))
        labels = ops.cast(ops.where(known, numbers, 0.0), "int32")
        wrong_sum = ops.zeros_like(known)
    scores = ops.cast(scores, "float32")
    # A difference is NaN where the softmax is: of an entry that is, of one that
    # is infinite, and of none that is finite. -inf beside others masks a class.
    largest = ops.max(scores, axis=-1, keepdims=True)
    nan = ops.isnan(ops.sum(scores - largest, axis=-1))
    simplex, no_logits = on_simplex(scores, ops), not_logits(scores, ops)
    return Rows(
        labels, labels, numbers, known, nan, simplex, no_logits, wrong_sum
    )


def tally(rows: Rows, size: int, counted: Any) -> Any:
    """Counts the faults of a batch, the fields of `Tally` as float32 [11]."""
    numbers = rows.numbers
    whole = ops.equal(numbers, ops.floor(numbers))  # false for NaN
    flags = (
        ops.ones_like(whole),
        ops.logical_and(rows.known, ops.equal(rows.labels, 0)),
        ops.logical_and(whole, numbers < 0),
        ops.equal(numbers, size),
        ops.logical_and(whole, numbers > size),
        ops.logical_not(whole),
        rows.wrong_sum,
        rows.nan,
        rows.probabilities,
        rows.not_logits,
    )
    each = ops.cast(ops.stack(flags), "float32")
    # PyTorch keeps no dimension of a sum over all.
    weightless = ops.sum(1 - counted, axis=0, keepdims=True)
    return ops.concatenate([ops.sum(each * counted, axis=-1), weightless])


def extremes(rows: Rows, size: int, counted: Any) -> Any:
    """Returns how far labels lie above C - 1 and below 0, float32 [2]."""
    outside = ops.stack([rows.numbers - (size - 1), -rows.numbers])
    outside = ops.where(ops.logical_and(counted > 0, outside > 0), outside, 0.0)
    return ops.max(outside, axis=-1, initial=0)


def error_message(
    found: Tally,
    size: int,
    from_logits: bool | None,
    outside: Sequence[float] = (),
    of_above: str = "",
) -> str | None:
    """Returns a sentence about the first kind of fault found, or None."""
    total = f"{found.total:.0f}"
    wrong = found.negative + found.one_too_high + found.too_high
    if wrong:
        return _outside(found, wrong, size, outside, of_above)
    if found.not_whole:
        return (
            f"{found.not_whole:.0f} of {total} labels are no whole numbers: "
            f"expected integers 0..{size - 1}, or one-hot or soft labels "
            f"[N, {size}]."
        )
    if found.wrong_sum:
        return (
            f"{found.wrong_sum:.0f} of {total} one-hot or soft labels do not "
            "sum to 1, or are negative: several classes for one sample have "
            "no place among classes that exclude each other."
        )
    numbers = found.total - found.nan
    if (
        from_logits
        and size > 1
        and numbers >= MIN_ROWS
        and found.not_logits == numbers
    ):
        return f"The scores of all {numbers:.0f} samples {NOT_LOGITS}"
    if from_logits is False and found.probabilities < numbers:
        off = f"{numbers - found.probabilities:.0f} of {total}"
        return f"The scores of {off} samples {NOT_PROBABILITIES}"
    return None


def _outside(
    found: Tally,
    wrong: float,
    size: int,
    outside: Sequence[float],
    of_above: str,
) -> str:
    """Returns a sentence about labels that do not lie in 0..C-1."""
    above, below = outside or (0, 0)
    kinds = []
    if found.negative:
        kinds.append(
            f"{found.negative:.0f} below 0"
            + (f", the least {-below:.0f}" if below else "")
        )
    if count := found.one_too_high + found.too_high:
        kinds.append(
            f"{count:.0f} above {size - 1}"
            + (f", the largest {size - 1 + above:.0f}" if above else "")
        )
    hint = ""
    if wrong == found.negative:
        hint = " Give samples to be left out a sample weight of 0."
    if not found.negative + found.too_high + found.zero:
        hint = one_based_hint(1, size, size)
    if of_above and wrong > found.negative == 0:
        hint += f" {of_above}"
    left_out = ""
    if found.zero_weight:
        left_out = (
            f"; {found.zero_weight:.0f} more, of weight 0, are left out as "
            "they should be"
        )
    return (
        f"{wrong:.0f} of {found.total:.0f} labels do not lie in 0..{size - 1}: "
        f"{', '.join(kinds)}{left_out}.{hint}"
    )


def nan_message(found: Tally) -> str | None:
    """Returns a sentence about scores that are NaN, or None."""
    if not found.nan:
        return None
    return (
        f"The scores of {found.nan:.0f} of {found.total:.0f} samples are NaN "
        f"or infinite: {WHY_NAN}"
    )
