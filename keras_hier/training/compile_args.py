"""Losses, loss weights and metrics of a model with heads, for `compile`."""

import difflib
from collections.abc import Mapping
from typing import Any

import keras

from keras_hier.heads.distillation import DivergenceLoss
from keras_hier.heads.group_head import PROBE_LOSS_WEIGHT
from keras_hier.heads.headed_model import (
    distillation_of,
    has_dict_outputs,
    heads_of,
    input_of,
    trained_output,
)
from keras_hier.heads.logits import changes_in_training, gives_logits
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.keras_internals import overrides_call
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.training.class_crossentropy import ClassCrossentropy
from keras_hier.training.confusion_matrix import MAX_SIZE, ConfusionMatrix
from keras_hier.training.label_modes import LabelMode, takes_nodes
from keras_hier.training.node_accuracy import NodeAccuracy


def compile_args(
    model: keras.Model,
    hierarchy: Hierarchy,
    loss_weights: Mapping[str, Any] | None = None,
    label_mode: LabelMode = "int",
    at: Grouping | None = None,
) -> dict[str, Any]:
    """Returns losses, loss weights and metrics for `model.compile`.

    Everything is a plain Keras object in a plain dict: change what you like
    before you pass it on, or write it by hand.

    - losses: crossentropy for each output, from logits or from probabilities
      as the last layer tells, or else the numbers that the model gives for a
      few made-up inputs; `NodeCrossentropy` where labels may be any node;
      `distillation` is its own loss;
    - loss weights: those given, 1 for other outputs, 1e-6 for probes;
    - `weighted_metrics`: `accuracy`, `top5` (of more than 5 classes) and
      `distance`, the `ConfusionMatrix`, on the main output; `accuracy` and
      `distance` on heads and probes, those over more than 5,000 groups without
      `distance`.

    Args:
        model: from `add_heads`, or a classifier without heads: functional, or
            a built `keras.Sequential`, whose output is called `class`.
        hierarchy: `Hierarchy` of the C classes.
        loss_weights: weight, a float or a `keras.Variable`, by output name.
        label_mode: `"int"` for class labels, `"categorical"` for one-hot or
            soft ones, as in `keras.utils.image_dataset_from_directory`;
            `"nodes"` for labels of any node (`NodeLabels`), as those of
            `targets(model, label_mode="nodes")`. Samples that are known as a
            group of several classes are left out of `accuracy` and `top5`, and
            stand in no cell of a matrix.
        at: grouping at which the main output's matrix is kept, for more than
            5,000 classes.

    Returns:
        dict of arguments of `keras.Model.compile`.

    Raises:
        ValueError: a subclassed model, an unknown output, another number of
            classes, a weight for a probe, a last layer with a sigmoid, more
            than 5,000 classes without `at`.

    Example:
        >>> import keras
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.imagenet()
        >>> model = kh.add_heads(
        ...     kh.AlexNet(1000, input_shape=(64, 64, 3), width=0.1),
        ...     heads={"conv2": hierarchy.cut(groups=4)})
        >>> arguments = kh.compile_args(
        ...     model, hierarchy, loss_weights={"conv2_groups4": 0.3})
        >>> arguments["loss_weights"]
        {'class': 1.0, 'conv2_groups4': 0.3, 'distillation': 1.0}
        >>> model.compile(keras.optimizers.SGD(0.01, momentum=0.9), **arguments)
    """
    nodes = takes_nodes(label_mode)
    require_hierarchy(hierarchy)
    main_name, main = trained_output(model)
    if main.shape[-1] != hierarchy.num_classes:
        raise ValueError(
            f"The output {main_name!r} has shape {main.shape}, but the "
            f"hierarchy has {hierarchy.num_classes} classes."
            + subset_hint(main.shape, hierarchy.num_classes)
        )
    heads = heads_of(model)
    soft = label_mode == "categorical"
    from_logits = gives_logits(_as_called(model, main))
    watched = None if changes_in_training(main) else from_logits
    losses = {
        main_name: NodeCrossentropy(hierarchy, from_logits=from_logits)
        if nodes
        else _loss(soft, from_logits)
    }
    several = hierarchy.num_classes > 5
    collapse = None if at is None else True
    metrics = {
        main_name: [
            *(
                _node_accuracies(hierarchy, None, several)
                if nodes
                else _accuracies(soft, several, main.dtype, hierarchy)
            ),
            ConfusionMatrix(
                hierarchy,
                at,
                collapse=collapse,
                from_logits=watched,
                node_labels=nodes,
            ),
        ]
    }
    weights: dict[str, Any] = {main_name: 1.0}
    for name, head in heads.items():
        losses[name] = (
            NodeCrossentropy(hierarchy, head.grouping, head_labels=True)
            if nodes
            else _loss(soft, from_logits=True)
        )
        metrics[name] = (
            _node_accuracies(hierarchy, head.grouping, top5=False)
            if nodes
            else _accuracies(soft)
        )
        if head.grouping.num_groups <= MAX_SIZE:
            metrics[name].append(
                ConfusionMatrix(
                    hierarchy,
                    head.grouping,
                    collapse=False,
                    from_logits=True,
                    node_labels=nodes,
                    head_labels=nodes,
                )
            )
        weights[name] = PROBE_LOSS_WEIGHT if head.role == "probe" else 1.0
    if distillation := distillation_of(model):
        losses[distillation.name] = DivergenceLoss()
        weights[distillation.name] = 1.0
    for name, weight in (loss_weights or {}).items():
        if name not in weights:
            close = difflib.get_close_matches(name, weights, n=3, cutoff=0)
            raise ValueError(
                f"The model has no output {name!r} to weigh. Close: "
                f"{', '.join(close)}."
            )
        if name in heads and heads[name].role == "probe":
            raise ValueError(
                f"{name!r} is a probe, its loss weight is always "
                f"{PROBE_LOSS_WEIGHT}. To train through it use heads=."
            )
        weights[name] = weight
    if not has_dict_outputs(model):
        weight = weights[main_name]
        return {
            "loss": losses[main_name],
            # Of a single loss Keras takes no variable, nor an int.
            "loss_weights": weight if isinstance(weight, float) else [weight],
            "weighted_metrics": metrics[main_name],
        }
    return {
        "loss": losses,
        "loss_weights": weights,
        "weighted_metrics": metrics,
    }


def _as_called(model: keras.Model, main: Any) -> Any:
    """Returns the output of the classes as what `call` makes of it."""
    if not overrides_call(model):
        return main
    called = keras.tree.flatten(model(input_of(model)))
    place = next(at for at, each in enumerate(model.outputs) if each is main)
    return called[place]


def _loss(soft: bool, from_logits: bool) -> keras.losses.Loss:
    if soft:
        return keras.losses.CategoricalCrossentropy(from_logits=from_logits)
    return ClassCrossentropy(from_logits=from_logits)


def _node_accuracies(
    hierarchy: Hierarchy, grouping: Grouping | None, top5: bool
) -> list[keras.metrics.Metric]:
    of_head = grouping is not None
    kinds = [("accuracy", 1), *([("top5", 5)] if top5 else [])]
    return [
        NodeAccuracy(hierarchy, grouping, k, name, head_labels=of_head)
        for name, k in kinds
    ]


def _accuracies(
    soft: bool,
    top5: bool = False,
    dtype: str = "float32",
    hierarchy: Hierarchy | None = None,
) -> list[keras.metrics.Metric]:
    if hierarchy and dtype != "float32":
        # Keras's metrics cast labels to the scores' dtype, in which bfloat16
        # has no whole numbers but even ones from 256 on: neighbours in the
        # order of classes, which are often siblings, would be the same. Of
        # float64 TensorFlow tells no top 5.
        return _node_accuracies(hierarchy, None, top5)
    first, top = (
        (
            keras.metrics.CategoricalAccuracy,
            keras.metrics.TopKCategoricalAccuracy,
        )
        if soft
        else (
            keras.metrics.SparseCategoricalAccuracy,
            keras.metrics.SparseTopKCategoricalAccuracy,
        )
    )
    accuracies = [first(name="accuracy")]
    if top5:
        accuracies.append(top(5, name="top5"))
    return accuracies
