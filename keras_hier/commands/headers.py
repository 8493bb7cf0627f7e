"""First rows and cells of a CSV that may be headers, as pandas writes them.

A Series without a name has the header 0, columns without names are numbered
from 0. Taken for samples, they would be logged, and listed as wrong labels.
"""

import sys
from collections.abc import Sequence

import numpy as np

from keras_hier.commands.array_files import (
    Source,
    is_unnamed_series,
    number_in,
    numbers,
    scores_by_class_id,
)
from keras_hier.terminal import print_line

# How many cells an error message quotes.
_QUOTED = 3


def without_header(source: Source, classes: Sequence[str]) -> Source:
    """Returns the source without the header that its first row may be.

    Args:
        source: what was read.
        classes: class ids of the tree, in label order.

    Raises:
        ValueError: the first row may be scores as well, or ids of classes where
            these are numbered in another order.
    """
    first, scores = source.first_row, np.asarray(source.values)
    if first is None:
        return source
    are_ids = sorted(first) == sorted(classes)
    is_numbered = first == numbers(len(first)) and len(scores) > 1
    if not are_ids and not is_numbered:
        return source
    named = ", ".join(first[:_QUOTED])
    row = f"{named:.80}{', ...' if len(first) > _QUOTED else ''}"
    option = (
        "--labels-are" if source.wanted == "labels" else "--predictions-are"
    )
    if is_numbered and first == ("0", "1") and np.isin(scores, (0, 1)).all():
        raise ValueError(
            f"{source.name}: its first row, {row}, may be a header or a "
            "sample, as all cells below are 0 or 1. If it is a header, write "
            "the ids of the two classes in its place; if it is a sample, write "
            "them above it."
        )
    one_order = not are_ids or first == tuple(classes)
    if is_numbered and (one_order or source.kind == "numbers"):
        return source._replace(values=scores[1:], first_row=None)
    if source.kind is None:
        raise ValueError(
            f"{source.name}: its first row, {row}, may be a header of class "
            f"ids, or {'number the columns' if is_numbered else 'scores'}. Say "
            f"which: {option} ids, or {option} numbers."
        )
    if source.kind == "numbers":
        return source
    return scores_by_class_id(first, scores[1:], source.name, source.wanted)


def check_first_cells(sources: Sequence[Source], known: Sequence[str]) -> None:
    """Asks whether the first cells of lone columns are headers or classes.

    A header would be a class with a sample, and even right if both files have
    the same. A class that stands once is rare, and easily marked.

    Args:
        sources: what was read.
        known: class ids that the run has already.

    Raises:
        ValueError: one may be, as it stands nowhere else.
    """
    usual = set(known)
    for source in sources:
        if isinstance(source.values, tuple):
            usual.update(source.values[source.is_bare :])
    for source in sources:
        cells = source.values
        if not source.is_bare or isinstance(cells, np.ndarray):
            continue
        may_be = number_in(cells[0]) is None or is_unnamed_series(cells)
        if may_be and cells[0] not in usual:
            raise ValueError(
                f"{source.name}: its first cell, {cells[0]!r:.80}, stands "
                "nowhere else in the files. If it is a header, write "
                f"{source.wanted!r} in its place; if it is a class, write "
                f"{source.wanted!r} above it."
            )


def check_zeros(
    labels: Source, predictions: Source, samples: tuple[int, int]
) -> None:
    """Says where a 0 that begins a column of numbers may be no sample.

    Args:
        labels: the actual classes.
        predictions: the predicted ones, or scores.
        samples: how many each has.

    Raises:
        ValueError: it is none, as the other file has one sample less.
    """
    both = labels, predictions
    zeros = [each.is_bare and each.values[0] == "0" for each in both]
    header = "the header of a column without a name, as pandas writes it"
    if all(zeros) and _are_unsorted_numbers(labels.values):
        print_line(
            f"keras-hier log: {labels.name} and {predictions.name} begin with "
            f"0, which counts as a sample. If it is {header}, write "
            f"{labels.wanted!r} and {predictions.wanted!r} in its place.",
            sys.stderr,
        )
    for source, zero, more in zip(both, zeros, (1, -1), strict=True):
        if zero and samples[0] - samples[1] == more:
            raise ValueError(
                f"{source.name} has one sample more than the other file. If "
                f"its first cell, '0', is {header}, write {source.wanted!r} in "
                "its place."
            )


def _are_unsorted_numbers(cells: np.ndarray | Sequence[str]) -> bool:
    """Tells whether a 0 in front says anything: it begins what is sorted."""
    found = [number_in(cell) for cell in cells]
    known = [number for number in found if number is not None]
    return len(known) == len(found) and known != sorted(known)
