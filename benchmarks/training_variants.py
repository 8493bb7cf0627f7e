"""The ways of training that the study compares, by name."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

import keras_hier as kh
from keras_hier.heads import GRID


class Head(NamedTuple):
    """An auxiliary head: where it reads, what it names, how much it counts."""

    layer: str
    groups: int | str  # how many groups a cut has at least, or "classes"
    weight: float = 0.3
    shape: str = "hidden"
    random: bool = False


class Variant(NamedTuple):
    """What sets one training apart from the baseline."""

    heads: tuple[Head, ...] = ()
    loss: Callable[[kh.Hierarchy], Any] | None = None
    schedule: str = "constant"


def hidden(units: int) -> Callable[[Any], Any]:
    """Returns the branch of a head: a grid of means, one dense layer."""

    def branch(features: Any) -> Any:
        size = features.shape[1]
        cell = -(-size // GRID)
        if cell > 1:
            features = keras.layers.AveragePooling2D(cell, padding="same")(
                features
            )
        x = keras.layers.Flatten()(features)
        x = keras.layers.Dense(
            units, use_bias=False, kernel_initializer="he_normal"
        )(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.Activation("relu")(x)
        return keras.layers.Dropout(0.5)(x)

    return branch


SHAPES: dict[str, Any] = {
    "pool": "pool",
    "grid": "grid",
    "dense": "dense",
    "hidden": hidden(128),
    "wide": hidden(512),
}


def grouping(head: Head, hierarchy: kh.Hierarchy, seed: int) -> kh.Grouping:
    """Returns what a head must name."""
    if head.groups == "classes":
        return hierarchy.cut(max_size=1)
    cut = hierarchy.cut(groups=int(head.groups))
    if not head.random:
        return cut
    # The control: groups of the same sizes, of classes that have nothing in
    # common.
    rng = np.random.default_rng(seed)
    return kh.Grouping(cut.names, rng.permutation(cut.of_class))


def headed(
    model: keras.Model, variant: Variant, hierarchy: kh.Hierarchy, seed: int
) -> tuple[keras.Model, dict[str, float]]:
    """Adds a variant's heads; returns the model and their loss weights."""
    weights = {}
    for head in variant.heads:
        groups = grouping(head, hierarchy, seed)
        kind = "random" if head.random else "groups"
        name = f"{head.layer}_{kind}{groups.num_groups}"
        model = kh.add_heads(
            model,
            heads={head.layer: {name: groups}},
            head=SHAPES[head.shape],
        )
        weights[name] = head.weight
    return model, weights


def _heads(text: str, **kwargs: Any) -> tuple[Head, ...]:
    """Reads "conv2=4 conv4=16"."""
    heads = []
    for item in text.split():
        layer, _, groups = item.partition("=")
        heads.append(
            Head(
                layer, groups if groups == "classes" else int(groups), **kwargs
            )
        )
    return tuple(heads)


THREE = "conv2=4 conv4=16 conv5=33"
SUPERVISED = "conv2=classes conv4=classes conv5=classes"

VARIANTS: dict[str, Variant] = {
    "baseline": Variant(),
    # Groups, at 1, 2, 3 and 5 layers, coarse to fine.
    "heads1": Variant(_heads("conv5=33")),
    "heads2": Variant(_heads("conv4=16 conv5=33")),
    "heads3": Variant(_heads(THREE)),
    "heads5": Variant(_heads("conv1=4 conv2=8 conv3=16 conv4=33 conv5=63")),
    # Controls: does the hierarchy matter, or any further loss?
    "random3": Variant(_heads(THREE, random=True)),
    "classes3": Variant(_heads(SUPERVISED)),
    # Shape and weight.
    "heads3-pool": Variant(_heads(THREE, shape="pool")),
    "heads3-grid": Variant(_heads(THREE, shape="grid")),
    "heads3-wide": Variant(_heads(THREE, shape="wide")),
    "heads3-strong": Variant(_heads(THREE, weight=1.0)),
    "classes3-strong": Variant(_heads(SUPERVISED, weight=1.0)),
    "classes3-wide": Variant(_heads(SUPERVISED, shape="wide", weight=1.0)),
    # Groups early, classes late.
    "mixed3": Variant(_heads("conv2=16 conv4=classes conv5=classes")),
    "mixed3-strong": Variant(
        _heads("conv2=16 conv4=classes conv5=classes", weight=1.0)
    ),
}
