"""Tells a notebook what a run holds, in a row for each output."""

import posixpath
from collections.abc import Iterator
from typing import Any

from keras_hier import scores
from keras_hier.log import metadata
from keras_hier.log.event_files.event_reader import LogError, event_files
from keras_hier.log.event_files.restarts import spans
from keras_hier.quantities import quantity


def rows_of(log: Any, folder: str) -> Iterator[tuple[str, str]]:
    """Yields what is in a `RunLog` of a folder, names and what they are of."""
    if log.split:
        run = posixpath.dirname(folder)
        others = [
            f", also {split}"
            for split in metadata.SPLITS
            if split != log.split and event_files(posixpath.join(run, split))
        ]
        yield "split", "".join([log.split, *others])
    for output in log.outputs:
        steps = log.epochs(output)
        yield output, f"{spans(steps)}. {_last(log, output, steps[-1])}"
    for what, names in (
        ("samples", log.sample_outputs),
        ("layers", log.layer_outputs),
        ("means", log.mean_layers),
    ):
        if names:
            yield what, ", ".join(names)
    yield from (("damage", sentence) for sentence in log.damage)


def _last(log: Any, output: str, step: int) -> str:
    try:
        header, matrix = log.matrix(output)
    except LogError as error:
        return str(error)
    noun = "class" if header.grouping is None else "group"
    text = f"{quantity(header.size, noun)}, {quantity(matrix.sum(), 'sample')}"
    if not matrix.sum():
        return f"{text}."
    right = 100 * scores.accuracy(matrix)
    least = 100 * scores.majority_accuracy(matrix)
    return (
        f"{text}, accuracy {right:.1f} % at epoch {step}; always naming the "
        f"most frequent {noun} gives {least:.1f} %."
    )
