"""Losses, loss weights and metrics of a model with heads, for `compile`."""

import difflib
from collections.abc import Mapping
from typing import Any

import keras

from keras_hier.heads.distillation import DivergenceLoss
from keras_hier.heads.group_head import PROBE_LOSS_WEIGHT, GroupHead
from keras_hier.heads.headed_model import (
    distillation_of,
    has_dict_outputs,
    heads_of,
    trained_output,
)
from keras_hier.heads.logits import changes_in_training, gives_logits
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
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

    They are plain Keras objects in a plain dict: change what you like before
    you pass it on, or write it by hand.

    - losses: crossentropy for each output, from logits unless the last layer
      is a softmax; `NodeCrossentropy` where labels may be any node;
      `distillation` is its own loss;
    - loss weights: those given, 1 for other outputs, 1e-6 for probes;
    - `weighted_metrics`: the main output has `accuracy`, `top5` (of more than 5
      classes) and `distance`, the `ConfusionMatrix`. Heads and probes have
      `accuracy` and, up to 5,000 groups, `distance`.

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
    from_logits = gives_logits(main)
    top5 = hierarchy.num_classes > 5
    loss, accuracies = _of_classes(hierarchy, label_mode, from_logits, top5)
    if not nodes and main.dtype != "float32":
        # Keras's metrics cast labels to the dtype of scores. bfloat16 has no
        # odd numbers from 256 on, and TensorFlow no top 5 of float64.
        accuracies = _node_accuracies(hierarchy, None, top5)
    matrix = ConfusionMatrix(
        hierarchy,
        at,
        collapse=None if at is None else True,
        from_logits=None if changes_in_training(main) else from_logits,
        node_labels=nodes,
    )
    losses: dict[str, Any] = {main_name: loss}
    metrics = {main_name: [*accuracies, matrix]}
    weights: dict[str, Any] = {main_name: 1.0}
    for name, head in heads.items():
        losses[name], metrics[name] = _of_head(hierarchy, head, label_mode)
        weights[name] = PROBE_LOSS_WEIGHT if head.role == "probe" else 1.0
    if distillation := distillation_of(model):
        losses[distillation.name] = DivergenceLoss()
        weights[distillation.name] = 1.0
    for name, weight in (loss_weights or {}).items():
        _check_weight(name, weights, heads)
        weights[name] = weight
    if has_dict_outputs(model):
        return {
            "loss": losses,
            "loss_weights": weights,
            "weighted_metrics": metrics,
        }
    weight = weights[main_name]
    return {
        "loss": loss,
        # Keras takes no variable, nor an int, for a single loss.
        "loss_weights": weight if isinstance(weight, float) else [weight],
        "weighted_metrics": metrics[main_name],
    }


def _check_weight(
    name: str, weights: Mapping[str, Any], heads: Mapping[str, GroupHead]
) -> None:
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


def _of_classes(
    hierarchy: Hierarchy, label_mode: LabelMode, from_logits: bool, top5: bool
) -> tuple[keras.losses.Loss, list[keras.metrics.Metric]]:
    """Returns loss and accuracies of an output that takes labels as given."""
    if label_mode == "nodes":
        loss = NodeCrossentropy(hierarchy, from_logits=from_logits)
        return loss, _node_accuracies(hierarchy, None, top5)
    if label_mode == "categorical":
        loss = keras.losses.CategoricalCrossentropy(from_logits=from_logits)
        first = keras.metrics.CategoricalAccuracy
        top = keras.metrics.TopKCategoricalAccuracy
    else:
        loss = ClassCrossentropy(from_logits=from_logits)
        first = keras.metrics.SparseCategoricalAccuracy
        top = keras.metrics.SparseTopKCategoricalAccuracy
    accuracies = [first(name="accuracy")]
    if top5:
        accuracies.append(top(5, name="top5"))
    return loss, accuracies


def _of_head(
    hierarchy: Hierarchy, head: GroupHead, label_mode: LabelMode
) -> tuple[keras.losses.Loss, list[keras.metrics.Metric]]:
    grouping, nodes = head.grouping, label_mode == "nodes"
    if nodes:
        loss = NodeCrossentropy(hierarchy, grouping, head_labels=True)
        metrics = _node_accuracies(hierarchy, grouping, top5=False)
    else:
        loss, metrics = _of_classes(hierarchy, label_mode, True, top5=False)
    if grouping.num_groups <= MAX_SIZE:
        matrix = ConfusionMatrix(
            hierarchy,
            grouping,
            collapse=False,
            from_logits=True,
            node_labels=nodes,
            head_labels=nodes,
        )
        metrics.append(matrix)
    return loss, metrics


def _node_accuracies(
    hierarchy: Hierarchy, grouping: Grouping | None, top5: bool
) -> list[keras.metrics.Metric]:
    of_head = grouping is not None
    kinds = {"accuracy": 1} | ({"top5": 5} if top5 else {})
    return [
        NodeAccuracy(hierarchy, grouping, k, name, head_labels=of_head)
        for name, k in kinds.items()
    ]
