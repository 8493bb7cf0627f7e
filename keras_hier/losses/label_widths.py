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

    TensorFlow compiles a step for labels [N, V]. Given [N, C], it compiles the
    step once more, for labels [N, None]. Their width decides what they mean, so
    each reading is computed and one is taken. `otherwise` takes the result for
    the last width and returns that for an unknown one: a compiled step cannot
    raise.
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
