"""Labels whose width a compiled step does not know."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras
from keras import ops


def by_width(
    labels: Any,
    widths: Sequence[int],
    function: Callable[[Any], Any],
    otherwise: Callable[[Any], Any],
) -> Any:
    """Returns what a function makes of labels, whatever their width.

    A step that TensorFlow compiled for labels [N, V] and that is then given
    [N, C] is compiled once more, for labels [N, None] of any width. What they
    mean goes by their width, so each reading is computed and one is taken.

    Args:
        labels: [N] or [N, W].
        widths: those that the function knows, int.
        function: of labels of a known width; returns tensors [N, ...].
        otherwise: makes of the result of the last width that of labels of
            another one, of which a compiled step cannot raise an error.

    Returns:
        As the function does.
    """
    if len(labels.shape) != 2 or labels.shape[-1] is not None:
        return function(labels)
    samples, width = ops.shape(labels)
    room = ops.zeros((samples, max(widths)), labels.dtype)
    padded = ops.concatenate([labels, room], axis=-1)

    results = [
        function(ops.reshape(padded[:, :each], (-1, each))) for each in widths
    ]
    taken = otherwise(results[-1])
    for each, result in zip(widths, results, strict=True):
        fits = ops.equal(width, each)
        taken = keras.tree.map_structure(
            partial(ops.where, fits), result, taken
        )
    return taken
