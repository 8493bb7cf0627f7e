"""Reads records in batches, and names a record that cannot be read.

TensorFlow's message about a bad image does not say where it is, and a graph
catches no error. But a data set can leave out elements that raise. So each
batch is a small data set of its own: the elements it lacks were not read.
"""

import math
import os
from collections.abc import Callable
from typing import Any


def in_batches(
    dataset: Any,
    read: Callable[..., tuple[Any, ...]],
    batch_size: int,
    expected: str,
    drop_remainder: bool = False,
) -> Any:
    """Reads the records of a batch in parallel, a batch at a time.

    `read` makes a tuple of tensors of ((record, file, index in the file), ...).
    Yields what it makes, files [B] and indices [B]. A record of which `read`
    raises an error ends the data set with an `InvalidArgumentError` that names
    both.
    """
    import tensorflow as tf

    cores = os.cpu_count() or 1

    def read_batch(records: tuple[Any, Any, Any], *others: Any) -> Any:
        _, files, indices = records
        size = tf.shape(files)[0]
        numbered = tf.data.Dataset.from_tensor_slices(
            (tf.range(size), (records, *others))
        )
        made = (
            numbered.map(
                lambda number, element: (number, read(*element)),
                num_parallel_calls=cores,
                deterministic=True,
            )
            .ignore_errors()
            .batch(batch_size)
        )
        nothing = tf.nest.map_structure(
            lambda spec: tf.zeros([0, *spec.shape[1:]], spec.dtype),
            made.element_spec,
        )
        numbers, tensors = (
            made.concatenate(tf.data.Dataset.from_tensors(nothing))
            .take(1)
            .get_single_element()
        )
        found = tf.shape(numbers)[0]
        # The first that is missing.
        in_place = tf.cast(tf.equal(numbers, tf.range(found)), tf.int32)
        missing = tf.minimum(tf.reduce_sum(tf.math.cumprod(in_place)), size - 1)
        check = tf.debugging.Assert(
            tf.equal(found, size),
            [
                f"Expected {expected}. Received something else in record",
                indices[missing],
                "of",
                files[missing],
            ],
        )
        with tf.control_dependencies([check]):
            tensors = tf.nest.map_structure(tf.identity, tensors)
        if drop_remainder:
            for tensor in tensors:
                tensor.set_shape([batch_size, *tensor.shape[1:]])
        return tensors, files, indices

    # Other batches are begun while one waits for its last records.
    return dataset.batch(batch_size, drop_remainder).map(
        read_batch, num_parallel_calls=1 + math.ceil(cores / batch_size)
    )
