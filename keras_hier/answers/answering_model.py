"""A Keras model whose outputs are answers."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.answers.answers import Answers
from keras_hier.heads.headed_model import main_output
from keras_hier.heads.logits import gives_logits_by_graph
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree_config import TreeConfig
from keras_hier.scores.paths import Paths

# In place of infinity, which saved layers cannot hold.
_NEVER = 1e30
# Rounding in float32 must not answer below the promised threshold.
_SAFE = 1 + 1e-5


@keras.saving.register_keras_serializable(package="keras_hier")
class NodeAnswers(TreeConfig, keras.layers.Layer):
    """Answers by a node of the tree, as `Answers` does, in float32.

    Args:
        hierarchy: `Hierarchy` of the C classes.
        limits: of each class as the likeliest one, the threshold [C].
        rule: "climbing" or "information".
        temperature: by which logits are divided.
        from_logits: whether scores are logits rather than probabilities.
        **kwargs: of `keras.layers.Layer`.
    """

    _saved = ("hierarchy", "limits", "rule", "temperature", "from_logits")

    def __init__(
        self,
        hierarchy: Hierarchy,
        limits: list[float],
        rule: str = "climbing",
        temperature: float = 1.0,
        from_logits: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.hierarchy, self.limits, self.rule = hierarchy, limits, rule
        self.temperature, self.from_logits = temperature, from_logits
        self._paths = Paths(hierarchy)

    def call(self, scores: Any) -> dict[str, Any]:
        """Returns `answer` int32 [N] and `confidence` float32 [N]."""
        if not self.from_logits:
            scores = ops.log(ops.maximum(scores, 1e-30))
        told = ops.softmax(scores / self.temperature, axis=-1)
        best = ops.argmax(told, axis=-1)
        sums = ops.cumsum(ops.take(told, self._paths.order, axis=-1), axis=-1)
        sums = ops.pad(sums, ((0, 0), (1, 0)))

        def below(places: np.ndarray) -> Any:
            at = ops.take(ops.convert_to_tensor(places), best, axis=0)
            return ops.take_along_axis(sums, at, axis=-1)

        path = below(self._paths.stop) - below(self._paths.start)
        place = self._place(path, best)
        labels = ops.take(ops.convert_to_tensor(self._paths.labels), best, 0)
        return {
            "answer": _at(labels, place),
            "confidence": ops.clip(_at(path, place), 0.0, 1.0),
        }

    def _place(self, path: Any, best: Any) -> Any:
        """Returns the place on its path of each answer: see `rules.chosen`."""
        limit = ops.take(ops.convert_to_tensor(self.limits, "float32"), best, 0)
        limit = ops.expand_dims(limit, -1)
        last = self._paths.bits.shape[1] - 1
        is_root = ops.arange(last + 1) == last
        if self.rule == "climbing":
            is_sure = ops.logical_or(path > limit, is_root)
            return ops.argmax(ops.cast(is_sure, "int32"), axis=-1)
        bits = ops.convert_to_tensor(self._paths.bits, "float32")
        worth = path * (ops.take(bits, best, axis=0) + limit)
        # Adding to an immense threshold, float32 loses what a node says.
        worth = ops.where(limit >= _NEVER, ops.cast(is_root, "float32"), worth)
        return last - ops.argmax(ops.flip(worth, axis=-1), axis=-1)

    def compute_output_shape(self, input_shape: tuple) -> dict[str, tuple]:
        """Returns (N,) for both outputs."""
        return {"answer": input_shape[:1], "confidence": input_shape[:1]}

    def compute_output_spec(self, scores: Any) -> dict[str, Any]:
        """Returns what `call` does, without computing it."""
        shape = scores.shape[:1]
        return {
            "answer": keras.KerasTensor(shape, "int32"),
            "confidence": keras.KerasTensor(shape, "float32"),
        }


def _at(values: Any, place: Any) -> Any:
    found = ops.take_along_axis(values, ops.expand_dims(place, -1), axis=-1)
    return ops.squeeze(found, axis=-1)


def answering_model(model: keras.Model, answers: Answers) -> keras.Model:
    """Makes the model to deploy that answers by a class or a group.

    Args:
        model: functional or sequential, with scores [N, C] of the classes.
            Heads that `add_heads` added are left out.
        answers: fitted on scores of this model.

    Returns:
        A functional model of the same inputs with two outputs. `answer` is
        int32 [N], labels of nodes (`NodeLabels`). `confidence` is float32 [N].
        A sample within rounding of the threshold is answered a node higher.

    Raises:
        ValueError: a model of another number of classes, or that gives
            probabilities where `answers` were fitted on logits, or the reverse.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> model = keras.Sequential([
        ...     keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
        >>> x, y = np.random.default_rng(0).random((99, 4)), np.arange(99) % 3
        >>> told = model.predict(x, verbose=0)
        >>> answers = kh.Answers.fit(told, y, hierarchy)
        >>> said = kh.answering_model(model, answers).predict(x, verbose=0)
        >>> said["answer"].shape
        (99,)
    """
    _, scores = main_output(model)
    count = answers.hierarchy.num_classes
    if scores.shape[-1] != count or len(scores.shape) != 2:
        raise ValueError(
            f"Expected a model with scores [N, {count}], a column for each "
            f"class of the answers. Got shape {tuple(scores.shape)}."
        )
    by_graph = gives_logits_by_graph(scores)
    if by_graph is not None and by_graph != answers.from_logits:
        kinds = ("probabilities", "logits")
        raise ValueError(
            f"The model gives {kinds[by_graph]}, the answers were fitted on "
            f"{kinds[answers.from_logits]}: fit them on what "
            "model.predict(x) returns."
        )
    limits = np.minimum(answers.thresholds * _SAFE, _NEVER)
    groups = np.zeros(count, int) if answers.at is None else answers.at.of_class
    layer = NodeAnswers(
        answers.hierarchy,
        limits[groups].tolist(),
        answers.rule,
        answers.temperature,
        answers.from_logits,
        name="answers",
    )
    inputs = model.inputs if len(model.inputs) > 1 else model.inputs[0]
    return keras.Model(inputs, layer(scores), name=model.name)
