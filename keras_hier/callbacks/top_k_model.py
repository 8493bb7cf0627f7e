"""A model that returns the best classes of another model, not all scores."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.log.records.sample_codec import TOP
from keras_hier.scores.paths import Paths

# One pass cannot fit a temperature, so it tries some: each 1.26 times the one
# before. A loss is flat at its least: a step beside it costs little.
TEMPERATURES = tuple(2 ** (step / 3) for step in range(-3, 7))


class TopKModel(keras.Model):
    """A wrapper that returns the best classes instead of all scores."""

    def __init__(
        self,
        model: keras.Model,
        output: str,
        from_logits: bool | None,
        num_classes: int,
        paths: Paths | None = None,
    ) -> None:
        super().__init__(dtype="float32", name="ranker")
        self.model = model
        self.output_key = output
        self.from_logits = from_logits
        self.num_classes = num_classes
        self._paths = paths
        self.jit_compile = model.jit_compile
        self.run_eagerly = model.run_eagerly
        # Otherwise Keras would take a batch from the generator to build it.
        self.built = True

    def scores(self, x: Any) -> Any:
        """Returns float32 [N, C] of the classes."""
        scores = self.model(x, training=False)
        if isinstance(scores, list | tuple) and len(scores) == 1:
            (scores,) = scores
        if isinstance(scores, dict) and self.output_key in scores:
            scores = scores[self.output_key]
        if isinstance(scores, dict | list | tuple):
            raise ValueError(
                f"samples= cannot tell which of the {len(scores)} outputs of "
                f"{self.model.name!r} is that of the classes: return them as a "
                "dict, and compile with weighted_metrics={name: "
                "[kh.ConfusionMatrix(hierarchy)]} for that one."
            )
        if scores.shape[-1] != self.num_classes or len(scores.shape) != 2:
            raise ValueError(
                f"Expected scores [N, {self.num_classes}] of the model, got "
                f"shape {tuple(scores.shape)}."
            )
        return ops.cast(scores, "float32")

    def call(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Returns the best classes of "x" and the rank of each "label"."""
        scores = self.scores(inputs["x"])
        label = ops.cast(inputs["label"], "int32")[:, None]
        best, classes = _top_k(scores, min(TOP, self.num_classes))
        own = ops.take_along_axis(scores, label, axis=1)
        below = ops.arange(self.num_classes, dtype="int32")[None, :] < label
        above = ops.logical_or(
            scores > own, ops.logical_and(ops.equal(scores, own), below)
        )
        if self.from_logits:
            # Relative to the largest: small losses would round to 0.
            highest = best[:, :1]
            log_sum = ops.logsumexp(scores - highest, axis=1, keepdims=True)
            loss = log_sum - (best - highest)
            own_loss = log_sum - (own - highest)
            total = 1 + 0 * log_sum  # NaN if the scores are
        else:
            loss = -ops.log(ops.maximum(best, 0))
            own_loss = -ops.log(ops.maximum(own, 0))
            total = ops.sum(ops.abs(scores), axis=1, keepdims=True)
        found = {
            "classes": classes,
            "loss": loss,
            "own": own_loss[:, 0],
            "rank": 1 + ops.sum(ops.cast(above, "int32"), axis=1),
            "total": total[:, 0],
        }
        if self._paths is not None:
            found |= self._upwards(self._paths, scores, classes[:, 0], label)
        return found

    def _upwards(
        self, paths: Paths, scores: Any, best: Any, label: Any
    ) -> dict[str, Any]:
        """Returns surprises of paths [n, T, P] and of labels [n, T].

        They are -ln p at each of `TEMPERATURES`.
        """
        if not self.from_logits:
            scores = ops.log(ops.maximum(scores, 1e-30))
        scores = ops.take(scores, paths.order, axis=1)
        scores = scores - ops.max(scores, axis=1, keepdims=True)
        places = np.argsort(paths.order).astype("int32")
        first, last = (
            ops.take(ops.convert_to_tensor(each.astype("int32")), best, axis=0)
            for each in (paths.start[:, :-1], paths.stop[:, :-1] - 1)
        )
        own = ops.take(ops.convert_to_tensor(places), label, axis=0)
        own = ops.take_along_axis(scores, own, axis=1)
        at_first = ops.take_along_axis(scores, first, axis=1)
        # Ends of paths and the last sum, which is that of all, as flat places:
        # Keras takes along an axis by some thirty operations.
        width = scores.shape[1]
        rows = ops.arange(ops.shape(scores)[0], dtype="int32")[:, None]
        ends = ops.concatenate([first, last, 0 * label + width - 1], axis=1)
        ends = ends + rows * width
        sums = []
        for temperature in TEMPERATURES:
            below = ops.cumsum(ops.exp(scores / temperature), axis=1)
            sums.append(ops.take(ops.reshape(below, (-1,)), ends))
        depth = paths.start.shape[1] - 1
        start, end, total = ops.split(
            ops.stack(sums, axis=1), [depth, 2 * depth], axis=2
        )
        scale = ops.reshape(
            ops.convert_to_tensor(TEMPERATURES, dtype="float32"), (1, -1, 1)
        )
        path = end - (start - ops.exp(at_first[:, None] / scale))
        label_share = ops.exp(own[:, None] / scale) / total
        return {
            # Half as much to hold, and as good as the code that is stored.
            "path": ops.cast(
                -ops.log(ops.clip(path / total, 0.0, 1.0)), "float16"
            ),
            "label": -ops.log(label_share)[:, :, 0],
        }


def _top_k(scores: Any, k: int) -> tuple[Any, Any]:
    """Returns the k best scores [N, k] and their classes [N, k], best first.

    Among equal scores the lower class comes first, as for `argmax`.
    """
    if keras.backend.backend() != "torch":
        return ops.top_k(scores, k)
    # PyTorch's top_k takes any of equal scores, its argmax the first. A stable
    # sort takes some thirty times as long as this at 21,841 classes.
    left = scores.clamp(min=np.finfo(np.float32).min)
    taken = []
    for _ in range(k):
        taken.append(left.argmax(dim=1, keepdim=True))
        left.scatter_(1, taken[-1], -np.inf)
    classes = ops.concatenate(taken, axis=1)
    return ops.take_along_axis(scores, classes, axis=1), classes
