"""From labels of classes to the targets of all outputs of a model."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from keras_hier.heads.headed_model import (
    distillation_of,
    has_dict_outputs,
    heads_of,
    trained_output,
)
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.grouping import look_up
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.keras_internals import given_metrics
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.plausibility import (
    labels_to_root,
    one_based_nodes,
    require_label_order,
)
from keras_hier.training.confusion_matrix import ConfusionMatrix
from keras_hier.training.label_arrays import (
    as_labels,
    as_weights,
    check_sums,
    counted,
    dtype_of,
    group_sums,
    is_soft,
    of_rank,
    values_of,
    weighted,
)
from keras_hier.training.label_modes import LabelMode, nodes_hint, takes_nodes


def targets(
    model: keras.Model,
    class_weight: Mapping[int | str, float] | None = None,
    label_mode: LabelMode = "int",
    hierarchy: Hierarchy | None = None,
) -> Callable[..., tuple[Any, ...]]:
    """Makes the function that turns labels into the targets of all outputs.

    It serves `tf.data.Dataset.map`, NumPy arrays, batch or whole, and the
    `collate_fn` of PyTorch's `DataLoader`, on every backend. Labels of
    classes [N] or [N, 1] become labels of groups. One-hot or soft labels [N, C]
    (label smoothing, mixup) become the summed mass of each group [N, G].

    With `label_mode="nodes"` a label may be any node, classes and inner nodes
    mixed freely: integers 0..V-1 as `NodeLabels` numbers them, or soft ones
    [N, V]. A label inside a single group of a head becomes this group. Another
    becomes a number from G on, which `NodeCrossentropy` understands.

    A sample of weight 0 may have any integer, and soft labels of any sum.
    Integers out of range become 0.

    Args:
        model: from `add_heads`. For a model without heads, functional or a
            built `keras.Sequential`, the labels stay as they are, so that one
            script trains both.
        class_weight: weight by label, 1 for labels left out. It becomes sample
            weights, as `keras.Model.fit` refuses it for several outputs. A
            class of weight 0 is not counted in confusion matrices either. With
            `label_mode="nodes"` keys are labels or names of any nodes. A weight
            holds for samples with this very label.
        label_mode: as for `compile_args`. The shape of the labels tells
            `"int"` and `"categorical"` apart.
        hierarchy: the tree whose nodes are labels, with `label_mode="nodes"`.
            Default: that of the losses with which the model is compiled.

    Returns:
        A function (x, y) or (x, y, sample_weight) -> (x, {output: target}),
        with the sample weights, if any, as a third.

    Raises:
        ValueError: a subclassed model. `label_mode="nodes"` without a
            hierarchy, with another than that of the losses, or with a loss for
            classes alone. The function raises it about labels of another shape
            or out of range, names, masked or missing labels, and soft labels
            that do not sum to 1. So it does about columns in another order
            than the classes of the tree, and weights that are not one a sample.

    Example:
        >>> import numpy as np
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> model = kh.add_heads(
        ...     kh.AlexNet(3, input_shape=(32, 32, 3), width=0.1),
        ...     heads={"conv2": hierarchy.cut(groups=2)})
        >>> images = np.zeros((3, 32, 32, 3))
        >>> _, y = kh.targets(model)(images, np.array([2, 0, 1]))
        >>> y["conv2_groups2"]
        array([1, 0, 0], dtype=int32)
        >>> known = kh.targets(model, label_mode="nodes", hierarchy=hierarchy)
        >>> _, y = known(images, np.array([2, 4, 3]))  # bus, pet, anything
        >>> y["conv2_groups2"]
        array([1, 0, 2], dtype=int32)
    """
    main_name, main = trained_output(model)
    # Heads that are no outputs, as of a fused model, take no labels.
    heads = heads_of(model) if has_dict_outputs(model) else {}
    groupings = {name: h.grouping for name, h in heads.items()}
    distillation = distillation_of(model)
    num_classes = main.shape[-1]
    numbering = _numbering(model, num_classes, label_mode, hierarchy)
    num_labels = numbering.num_labels if numbering else num_classes
    tables = {
        name: numbering.head_labels(grouping)
        if numbering
        else grouping.of_class
        for name, grouping in groupings.items()
    }
    hint = "" if numbering else nodes_hint(num_classes)
    weights = _class_weights(class_weight, num_labels, numbering)

    def of_head(y: Any, soft: bool, name: str) -> Any:
        if not soft:
            return look_up(tables[name], y, hint)
        if y.shape[-1] > num_classes:  # of nodes: the loss knows their groups
            return y
        return group_sums(y, groupings[name])

    def apply(x: Any, y: Any, sample_weight: Any = None) -> tuple[Any, ...]:
        if hasattr(y, "columns"):
            _check_columns(y, numbering, model)
        y = as_labels(y)
        sample_weight = as_weights(sample_weight, y)
        soft = is_soft(y, num_classes, num_labels)
        if soft:
            check_sums(y, sample_weight)
        else:
            y = counted(y, sample_weight, num_labels)
            # Heads look their groups up, which checks the labels.
            if not groupings and "int" in dtype_of(y):
                look_up(np.arange(num_labels, dtype=np.int32), y, hint)
        if weights is not None:
            sample_weight = _weights_of(y, soft, weights, hint, sample_weight)
        if numbering:
            _check_roots(y, num_classes, soft, sample_weight)
        outputs: Any = y
        if has_dict_outputs(model):
            outputs = {main_name: y}
            for name in groupings:
                outputs[name] = of_head(y, soft, name)
            if distillation:  # its loss looks at no target, Keras wants one
                outputs[distillation.name] = y
        given = () if sample_weight is None else (sample_weight,)
        return (x, outputs, *given)

    return apply


def _numbering(
    model: keras.Model,
    num_classes: int,
    label_mode: LabelMode,
    hierarchy: Hierarchy | None,
) -> NodeLabels | None:
    """Returns the numbers of nodes, None where labels are classes."""
    if not takes_nodes(label_mode):
        if hierarchy is not None:
            raise ValueError(
                'hierarchy= says what labels mean with label_mode="nodes"; '
                f"with {label_mode!r} leave it out."
            )
        return None
    losses = keras.tree.flatten(getattr(model, "loss", None))
    known = [f.hierarchy for f in losses if isinstance(f, NodeCrossentropy)]
    if hierarchy is None:
        if not known:
            raise ValueError(
                'label_mode="nodes" needs the tree whose nodes are labels: '
                "pass hierarchy=, or compile the model first with "
                '**kh.compile_args(model, hierarchy, label_mode="nodes").'
            )
        hierarchy = known[0]
    require_hierarchy(hierarchy)
    for is_of, what in (
        # JAX gives such labels a loss of 0, TensorFlow on a GPU NaN.
        (_is_of_classes, "labels of classes"),
        (_is_of_vectors, "one-hot or soft labels of classes"),
    ):
        if any(map(is_of, losses)):
            raise ValueError(
                f"{'A loss of the' if known else 'The'} model is compiled for "
                f"{what}, and those of inner nodes would be out of range. "
                "Compile it with "
                '**kh.compile_args(model, hierarchy, label_mode="nodes") first.'
            )
    if hierarchy.num_classes != num_classes:
        raise ValueError(
            f"The model has {num_classes} classes, the hierarchy "
            f"{hierarchy.num_classes}."
            + subset_hint((None, num_classes), hierarchy.num_classes)
        )
    for other in known:
        if other.digest != hierarchy.digest:
            raise ValueError(
                "The model is compiled for labels of another tree (digest "
                f"{other.digest}) than hierarchy= ({hierarchy.digest}): the "
                "same number would mean two nodes. Compile it with the tree "
                "whose nodes the labels are."
            )
    return NodeLabels(hierarchy)


def _is_of_vectors(loss: Any) -> bool:
    """Tells whether a loss takes one-hot and soft labels alone."""
    return isinstance(loss, keras.losses.CategoricalCrossentropy) or loss in (
        "categorical_crossentropy",
        keras.losses.categorical_crossentropy,
    )


def _is_of_classes(loss: Any) -> bool:
    """Tells whether a loss takes the numbers of classes and no others."""
    return isinstance(
        loss, keras.losses.SparseCategoricalCrossentropy
    ) or loss in (
        "sparse_categorical_crossentropy",
        keras.losses.sparse_categorical_crossentropy,
    )


def _weights_of(
    y: Any, soft: bool, weights: np.ndarray, hint: str, sample_weight: Any
) -> Any:
    """Returns the weights of samples by their labels, times those given."""
    by_class = (
        weighted(y, weights[: y.shape[-1], None])
        if soft
        else look_up(weights, y, hint)
    )
    if len(by_class.shape) == 2:
        by_class = by_class[:, 0]
    if sample_weight is None:
        return by_class
    return by_class * of_rank(len(by_class.shape), sample_weight)


def _class_weights(
    class_weight: Mapping[int | str, float] | None,
    num_labels: int,
    numbering: NodeLabels | None,
) -> np.ndarray | None:
    """Returns float32 [C], or [V] where labels may be any node."""
    if class_weight is None:
        return None
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            "class_weight must be a dict of weights by label, got "
            f"{type(class_weight).__name__}."
        )
    weights = np.ones(num_labels, np.float32)
    keys: dict[int, Any] = {}
    for key, weight in class_weight.items():
        label: Any = key
        if numbering and isinstance(key, str):
            label = numbering.label(key)
        whole = isinstance(label, int | np.integer) and label is not True
        if not whole or not 0 <= label < num_labels:
            raise ValueError(
                f"class_weight must be a dict by label 0..{num_labels - 1}, "
                f"got {[label]}."
                + ("" if numbering else f" {nodes_hint(num_labels)}")
            )
        if label in keys:
            raise ValueError(
                f"class_weight has two keys for label {label}: "
                f"{keys[label]!r} and {key!r}."
            )
        keys[label] = key
        is_text = isinstance(weight, str)
        if is_text or not np.isfinite(weight) or weight < 0:
            raise ValueError(
                "class_weight must have finite weights from 0 on, got "
                f"{weight!r} for {key!r}."
            )
        weights[label] = weight
    return weights


def _check_columns(
    y: Any, numbering: NodeLabels | None, model: keras.Model
) -> None:
    """Raises an error where a one-hot table names classes in another order."""
    metrics = keras.tree.flatten(given_metrics(model))
    trees = [numbering.hierarchy] if numbering else []
    trees += [m.hierarchy for m in metrics if isinstance(m, ConfusionMatrix)]
    if trees and y.shape[1:] == (trees[0].num_classes,):
        require_label_order(y, trees[0].classes, ("columns",))


def _check_roots(y: Any, root: int, soft: bool, sample_weight: Any) -> None:
    """Warns if all labels are the root, and refuses one-based ones.

    The metrics tell of traced labels, which have no values yet.
    """
    labels = values_of(y)
    if labels is None:
        return
    # Soft labels [N, C] are of classes alone.
    is_root = labels[:, root : root + 1] == 1 if soft else labels == root
    if is_root.size > 1 and is_root.all():
        warnings.warn(
            f"All {is_root.size} labels are {root}, the root of the tree, "
            "which any sample has: nothing is learned from them.",
            stacklevel=3,
        )
    elif is_root.any():
        known = labels.argmax(axis=1) if soft else labels.ravel()
        if sample_weight is not None:
            weights = values_of(sample_weight)
            if weights is not None:
                known = known[weights.ravel() != 0]
        counts = labels_to_root(known, root)
        if wrong := one_based_nodes(counts, more_may_come=True):
            raise ValueError(wrong)
