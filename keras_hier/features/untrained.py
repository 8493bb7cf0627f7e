"""A network of the same architecture that has learned nothing."""

import random
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from keras_hier.heads.headed_model import check_made_of_graph
from keras_hier.keras_internals import all_layers

# Models whose batch normalization has seen no data yet.
_NOT_ADAPTED: weakref.WeakSet[keras.Model] = weakref.WeakSet()
_SEEDS = 2**31 - 1
# Preprocessing is not learned, so the control keeps it. Keras cannot remake a
# Lambda from its settings.
_KEPT = (
    keras.layers.Lambda,
    keras.layers.Normalization,
    keras.layers.Discretization,
    keras.layers.TextVectorization,
    keras.layers.StringLookup,
    keras.layers.IntegerLookup,
)


def untrained(model: keras.Model, seed: int = 0) -> keras.Model:
    """Returns the same architecture with fresh weights.

    Random convolutions tell many classes apart, so only what a trained layer
    knows beyond them was learned. Three such networks, with seeds 0, 1 and 2,
    show how far they differ.

    Statistics of batch normalization come from the first batch that
    `kh.analysis.features` reads; with the initial ones deep layers give zeros.
    Quantized layers become the float layers that they were made of.

    Args:
        model: functional, or a built `keras.Sequential`. Its weights stay as
            they are.
        seed: of the new weights.

    Raises:
        ValueError: the graph of the model is not known.

    Example:
        ```python
        found = kh.analysis.features(model, val)
        control = [
            kh.analysis.features(
                kh.analysis.untrained(model, seed), val, layers=found.layers
            )
            for seed in range(3)
        ]
        print(kh.analysis.probe(found, hierarchy, control=control))
        ```

    Reference:
        Saxe et al.: On random weights and unsupervised feature learning,
        ICML 2011.
    """
    check_made_of_graph(model)
    rng = np.random.default_rng(seed)

    def fresh(layer: Any) -> Any:
        if isinstance(layer, _KEPT):
            return layer
        config = _unquantized(_with_seeds(layer.get_config(), rng))
        made = layer.__class__.from_config(config)
        # A subclassed model's config may leave it out.
        made.name = layer.name
        return made

    # Keras draws the seeds of initializers without one from here.
    with _random_state(int(rng.integers(_SEEDS))):
        made = keras.models.clone_model(
            model, clone_function=fresh, recursive=True
        )
    if any(_normalizes(layer) for layer in all_layers(made)):
        _NOT_ADAPTED.add(made)
    return made


def adapt(model: keras.Model, x: Any) -> None:
    """Takes the statistics of batch normalization from a batch, once.

    Does nothing to a model that `untrained` has not made.
    """
    if model not in _NOT_ADAPTED:
        return
    _NOT_ADAPTED.discard(model)
    changed: list[tuple[Any, str, Any]] = []
    for layer in all_layers(model):
        # The statistics of this batch alone, also of frozen layers, and without
        # dropout, which would widen them.
        meanwhile = (
            {"momentum": 0.0, "trainable": True}
            if _normalizes(layer)
            else {"rate": 0.0}
        )
        for name, value in meanwhile.items():
            if isinstance(getattr(layer, name, None), int | float):
                changed.append((layer, name, getattr(layer, name)))
                setattr(layer, name, value)
    try:
        model(x, training=True)
    finally:
        for layer, name, value in changed:
            setattr(layer, name, value)


def _normalizes(layer: Any) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization)


def _with_seeds(config: Any, rng: np.random.Generator) -> Any:
    """Returns a configuration in which each fixed seed is another."""
    if isinstance(config, dict):
        return {
            name: int(rng.integers(_SEEDS))
            if name == "seed" and isinstance(value, int)
            else _with_seeds(value, rng)
            for name, value in config.items()
        }
    if isinstance(config, list):
        return [_with_seeds(each, rng) for each in config]
    return config


def _unquantized(config: Any) -> Any:
    """Returns a configuration in the types from before `quantize`.

    A quantized layer draws no weights: its kernel would be zeros.
    """
    if isinstance(config, list):
        return [_unquantized(each) for each in config]
    if not isinstance(config, dict):
        return config
    if config.get("module") == "keras.dtype_policies":
        source = config["config"].get("source_name")
        if source is not None:
            return source
    return {
        name: _unquantized(value)
        for name, value in config.items()
        if name != "quantization_config"
    }


@contextmanager
def _random_state(seed: int) -> Iterator[None]:
    """Seeds Python's own generator, and puts it back."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
