"""A tree of six classes, a network that trains in a second, its data."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

import keras_hier as kh

# A few steps are sooner done than TensorFlow makes a graph of one.
EAGERLY = keras.backend.backend() == "tensorflow"


def hierarchy() -> kh.Hierarchy:
    """Returns six classes at depths 2 and 3, whose order is not the tree's."""
    return kh.Hierarchy.from_nested(
        {
            "animal": {"dog": ["pug", "husky"], "cat": ["tabby"]},
            "vehicle": ["bus", "bike"],
            "food": ["pie"],
        },
        classes=["bike", "pug", "pie", "tabby", "bus", "husky"],
    )


# Counts of the six classes in label order, 60 samples, 42 right.
MATRIX = np.array(
    [
        [8, 0, 0, 0, 2, 0],  # bike
        [0, 6, 0, 1, 0, 3],  # pug
        [0, 0, 10, 0, 0, 0],  # pie
        [0, 2, 0, 8, 0, 0],  # tabby
        [5, 0, 0, 0, 5, 0],  # bus
        [0, 4, 1, 0, 0, 5],  # husky
    ]
)


def model(activation: str | None = None) -> keras.Model:
    """Returns a functional model: image -> conv1 -> conv2 -> class, [N, 6]."""
    image = keras.Input((8, 8, 1), name="image")
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv1")(image)
    x = keras.layers.Conv2D(5, 3, activation="relu", name="conv2")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(6, activation=activation, name="class")(x)
    return keras.Model(image, x, name="small")


def headed(activation: str | None = None, **options: Any) -> keras.Model:
    """Returns the model with two heads and a probe, the same each time."""
    keras.utils.set_random_seed(0)
    coarse, fine = hierarchy().cut(depth=1), hierarchy().cut(max_size=1)
    heads = {"conv1": coarse, "conv2": fine}
    return kh.add_heads(model(activation), heads, {"conv1": coarse}, **options)


def losses(
    model: keras.Model, hierarchy: kh.Hierarchy, **options: Any
) -> dict[str, Any]:
    """Returns `compile_args` without metrics, a third of what is compiled."""
    arguments = kh.compile_args(model, hierarchy, **options)
    del arguments["weighted_metrics"]
    return arguments


def compiled(
    model: keras.Model,
    hierarchy: kh.Hierarchy,
    optimizer: Any = "sgd",
    metrics: bool = True,
    **options: Any,
) -> keras.Model:
    """Returns the model, compiled by `compile_args`, for a few steps."""
    arguments = (kh.compile_args if metrics else losses)(
        model, hierarchy, **options
    )
    model.compile(optimizer, **arguments, run_eagerly=EAGERLY)
    return model


def data(samples: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Images float32 [N, 8, 8, 1] and the labels int64 [N] they follow."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 6, samples)
    images = rng.normal(0, 0.3, (samples, 8, 8, 1)).astype("float32")
    images[np.arange(samples), labels] += 1
    return images, labels


def counted(**options: Any) -> keras.Model:
    """Returns a compiled model that counts confusions, the same each time."""
    keras.utils.set_random_seed(1)
    made = model()
    made.compile(
        keras.optimizers.SGD(0.05),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[kh.ConfusionMatrix(hierarchy())],
        **options,
    )
    return made


class AsNew:
    """A compiled model that is as new each time: compiling takes long."""

    def __init__(self, make: Callable[[], keras.Model]) -> None:
        self._make = make
        self._model: keras.Model | None = None

    def __call__(self) -> keras.Model:
        """Returns the model, as `make` left it."""
        if self._model is None:
            self._model = self._make()
            self._weights = self._model.get_weights()
            self._optimizer = self._state()
        model = self._model
        model.set_weights(self._weights)
        for variable in model.optimizer.variables:
            variable.assign(self._optimizer.get(variable.path, 0 * variable))
        model.reset_metrics()
        model.stop_training = False
        return model

    def _state(self) -> dict[str, np.ndarray]:
        variables = self._model.optimizer.variables
        return {v.path: keras.ops.convert_to_numpy(v) for v in variables}


def numpy(x: Any) -> np.ndarray:
    """Returns a tensor of any backend as an array."""
    return keras.ops.convert_to_numpy(x)


def one_hot(labels: Any, size: int = 6) -> np.ndarray:
    """Returns float32 [N, size]."""
    return np.eye(size, dtype="float32")[labels]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Returns probabilities float64 [..., C]."""
    e = np.exp(logits - logits.max(axis=-1, keepdims=True), dtype=np.float64)
    return e / e.sum(axis=-1, keepdims=True)


def gradients(loss: Any, labels: Any, logits: Any) -> np.ndarray:
    """Returns d loss / d logits, [N, C], on any backend."""
    logits = np.asarray(logits, "float32")
    if keras.backend.backend() == "jax":
        import jax

        return np.array(jax.jit(jax.grad(lambda x: loss(labels, x)))(logits))
    if keras.backend.backend() == "torch":
        x = keras.ops.convert_to_tensor(logits).requires_grad_()
        loss(labels, x).backward()
        return numpy(x.grad)
    import tensorflow as tf

    x = tf.Variable(logits)
    with tf.GradientTape() as tape:
        value = loss(labels, x)
    return tape.gradient(value, x).numpy()


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Sets each weight of the target that the source has too."""
    values = {v.path: v.numpy() for v in source.weights}
    for variable in target.weights:
        if variable.path in values:
            variable.assign(values[variable.path])
