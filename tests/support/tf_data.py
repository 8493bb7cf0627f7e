"""TensorFlow without what costs a test more time than it saves."""

import functools
from collections.abc import Iterator
from typing import Any


def without_autotuning() -> None:
    """Has every data set that is read from now on do without.

    The thread that tunes an iterator can miss that the iterator is deleted and
    then sleeps on, for up to a minute, with the garbage collector and Python's
    lock waiting for it. Those of trainings that end with an error live longest
    and wait longest.
    """
    import tensorflow as tf

    read = tf.data.Dataset.__iter__
    options = tf.data.Options()
    options.autotune.enabled = False

    @functools.wraps(read)
    def untuned(dataset: Any) -> Iterator[Any]:
        return read(dataset.with_options(options))

    tf.data.Dataset.__iter__ = untuned


def without_xla() -> None:
    """Has models compile by XLA only where `jit_compile=True` asks for it.

    XLA compiles for longer than any test trains; JAX has nothing else.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        keras.Model._resolve_auto_jit_compile = lambda model: False
