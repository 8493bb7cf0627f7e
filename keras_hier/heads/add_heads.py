"""Adds heads to functional models, and removes them again."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import keras

from keras_hier.heads.branches import BRANCHES
from keras_hier.heads.data_format import as_heads_read
from keras_hier.heads.distillation import OUTPUT, TEMPERATURE, Distillation
from keras_hier.heads.group_head import HEADS, GroupHead, ProbeHead
from keras_hier.heads.headed_model import (
    HeadedModel,
    check_made_of_graph,
    distillation_of,
    heads_of,
    main_output,
)
from keras_hier.heads.logits import gives_logits
from keras_hier.hierarchy.tree.grouping import Grouping, require_grouping
from keras_hier.hierarchy.tree.hierarchy_error import subset_hint
from keras_hier.keras_internals import all_layers, origin
from keras_hier.log.metadata import CLASS_OUTPUT

# A subclass may override these; the model with heads would not keep them.
_OF_TRAINING = ("train_step", "test_step", "compute_loss", "compute_metrics")

Groupings = Grouping | Iterable[Grouping] | Mapping[str, Grouping]


def add_heads(
    model: keras.Model,
    heads: Mapping[str, Groupings] | None = None,
    probes: Mapping[str, Groupings] | None = None,
    head: str | Callable[[Any], Any] = "hidden",
    distillation: float | None = TEMPERATURE,
) -> HeadedModel:
    """Adds outputs that predict groups of classes from inner layers.

    Heads train the layers below them, and learn from each other; probes only
    watch. A model that has heads already gets more of them.

    Args:
        model: functional, or a built `keras.Sequential`, with one output
            [N, C]. It keeps its weights, which both models share. The new model
            has yet to be compiled.
        heads: groupings by layer name, `hierarchy.cut(max_size=1)` for the
            classes themselves. A layer may carry several: a list. Their outputs
            are called `{layer}_groups{G}`; a dict of groupings gives other
            names.
        probes: likewise; `{layer}_probe{G}`.
        head: `"hidden"` or `"convolved"`, see `branches`; or linear: `"pool"`,
            `"grid"` or `"dense"`, see `GroupHead`. A callable maps the features
            of a layer to what a linear head then reads. It is called for each
            head, and its layers form a model called `{output}_branch`. Probes
            stay linear, `"pool"` unless `head` is another linear shape.
        distillation: temperature at which the classes and all heads together
            teach each of them, see `Distillation`. None leaves that out.

    Returns:
        A functional model whose outputs are a dict: the main output under the
        name of its layer, logits [N, G] of each head and probe, and
        `distillation` [N] where heads teach each other.

    Raises:
        ValueError: a model that is not functional, has a `call` or a training
            step of its own, or no single output [N, C]. A layer that is
            unknown, inside another model or called twice. A grouping of other
            classes or of one group. A name that is taken, or `class`. A
            temperature not above 0. One layer that a callable gives two heads.

    Example:
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.imagenet()
        >>> model = kh.add_heads(
        ...     kh.AlexNet(1000, input_shape=(64, 64, 3), width=0.1),
        ...     heads={"conv2": hierarchy.cut(groups=4)},
        ...     probes={"conv1": hierarchy.cut(groups=4)})
        >>> list(model.output)
        ['class', 'conv2_groups4', 'conv1_probe4', 'distillation']

    Reference:
        Alsallakh et al.: Do convolutional neural networks learn class
        hierarchy?, arXiv 1710.06501.
    """
    given, model = type(model), _functional(model)
    _check_training(given)
    main_name, main = main_output(model)
    if len(main.shape) != 2 or main.shape[-1] is None or main.shape[-1] < 2:
        raise ValueError(
            f"Expected the output {main_name!r} to score the classes [N, C], "
            f"C at least 2, got shape {main.shape}. Give each of two classes "
            "its own score."
        )
    if isinstance(head, str) and head in BRANCHES:
        head = BRANCHES[head]()
    if not callable(head) and head not in HEADS:
        raise ValueError(
            f"Expected `head` to be one of {(*BRANCHES, *HEADS)} or a "
            f"callable, got {head!r}."
        )
    calls = _calls(model)
    outputs = {main_name: main}
    outputs.update((name, calls[name][0][0]) for name in heads_of(model))
    taken = {*calls, main_name, OUTPUT}
    used = {id(each) for each in all_layers(model)}
    for kind, suffix, wanted in (
        (GroupHead, "groups", heads),
        (ProbeHead, "probe", probes),
    ):
        for layer, name, grouping in _wanted(wanted, suffix):
            features = _features(model, calls, layer)
            _check(name, grouping, taken, main.shape[-1])
            taken.add(name)
            entrance = as_heads_read(features, name)
            how = "pool" if callable(head) else head
            if callable(head) and kind is GroupHead:
                entrance = _branch(head, name, entrance, used)(entrance)
            outputs[name] = kind(grouping, layer, how, name=name)(entrance)
    students = {
        layer: logits
        for logits in outputs.values()
        if isinstance(layer := origin(logits)[0], GroupHead)
        and layer.role == "head"
    }
    if students and distillation is not None:
        if OUTPUT in calls and not distillation_of(model):
            raise ValueError(
                f"The model has a layer {OUTPUT!r}, which is what the output "
                "would be called by which heads teach each other. Rename the "
                "layer, or pass distillation=None."
            )
        groupings = [each.grouping for each in students]
        teach = Distillation(
            groupings, distillation, gives_logits(main), name=OUTPUT
        )
        outputs[OUTPUT] = teach([main, *students.values()])
    return HeadedModel(model.input, outputs, name=model.name)


def _check_training(kind: type) -> None:
    """Raises an error if a class trains in a way of its own."""
    for step in _OF_TRAINING:
        if getattr(kind, step) is not getattr(keras.Model, step):
            raise ValueError(
                f"{kind.__name__} overrides {step}, which a model with "
                "heads would not keep. Pass "
                "keras.Model(model.input, model.output)."
            )


def without_heads(model: keras.Model) -> keras.Model:
    """Returns the model to deploy: the main output alone, same weights.

    Args:
        model: with or without heads.

    Returns:
        A functional model with one tensor [N, C] as its output.

    Raises:
        ValueError: the model is not functional, has a `call` of its own, or no
            single output for the classes.
    """
    model = _functional(model)
    _, main = main_output(model)
    return keras.Model(model.input, main, name=model.name)


def _functional(model: Any) -> keras.Model:
    check_made_of_graph(model)
    if isinstance(model, keras.Sequential):
        return keras.Model(model.inputs[0], model.outputs[0], name=model.name)
    return model


def _calls(model: keras.Model) -> dict[str, list[list[Any]]]:
    """Returns the outputs of each call of each layer in the model's graph.

    `layer.output` would be those of the first call, which may belong to another
    model: the layers of a nested model have outputs of their own.
    """
    calls: dict[str, dict[int, list[Any]]] = {}
    pending = list(model.outputs)
    while pending:
        operation, node_index, _ = origin(pending.pop())
        seen = calls.setdefault(operation.name, {})
        if node_index not in seen:
            node = operation._inbound_nodes[node_index]
            seen[node_index] = node.output_tensors
            pending.extend(node.input_tensors)
    return {name: list(outputs.values()) for name, outputs in calls.items()}


def _features(
    model: keras.Model, calls: Mapping[str, list[list[Any]]], layer: str
) -> Any:
    """Returns the output tensor of a layer."""
    if layer not in calls:
        enclosing = _enclosing_model(model, layer)
        if enclosing:
            raise ValueError(
                f"The layer {layer!r} lies inside the model {enclosing!r}, "
                "which is a single layer of this one: its features are not in "
                "this graph. Build the classifier on the inner model's output, "
                "keras.Model(inner.input, classify(inner.output))."
            )
        close = difflib.get_close_matches(str(layer), calls, n=5, cutoff=0.4)
        raise ValueError(
            f"The model {model.name!r} has no layer {layer!r}. "
            + (f"Close: {', '.join(close)}." if close else "See summary().")
        )
    if len(calls[layer]) > 1:
        raise ValueError(
            f"The layer {layer!r} is called {len(calls[layer])} times in this "
            "model, so that it is not clear which output is meant. Choose the "
            "layer after the call you mean."
        )
    (outputs,) = calls[layer]
    if len(outputs) > 1:
        raise ValueError(
            f"The layer {layer!r} has {len(outputs)} outputs; heads read one. "
            "Choose the layer after the output you mean."
        )
    return outputs[0]


def _enclosing_model(model: keras.Model, layer: str) -> str | None:
    """Returns the name of the nested model that has the layer, if any."""
    for inner in model.layers:
        if isinstance(inner, keras.Model):
            if any(layer == other.name for other in inner.layers):
                return inner.name
            if enclosing := _enclosing_model(inner, layer):
                return enclosing
    return None


def _branch(
    head: Callable[[Any], Any], name: str, features: Any, used: set[int]
) -> keras.Model:
    """Makes the layers of a head one model, and adds their ids to `used`."""
    shape, dtype = features.shape, features.dtype
    entrance = keras.Input(batch_shape=shape, dtype=dtype, name="features")
    branch = keras.Model(entrance, head(entrance), name=f"{name}_branch")
    for layer in all_layers(branch):
        # Keras saves the weights of a layer once, and loads a layer for each
        # of the two models it is in.
        if id(layer) in used and layer.variables:
            raise ValueError(
                f"`head` gives {name!r} the layer {layer.name!r}, which "
                "another head or the model itself has already. A saved model "
                "would not load again: make new layers for each head, as in "
                "head=lambda features: keras.layers.Dense(64)(features)."
            )
    used.update(map(id, all_layers(branch)))
    return branch


def _wanted(
    wanted: Mapping[str, Groupings] | None, suffix: str
) -> Iterator[tuple[str, str, Grouping]]:
    """Yields the layer, the output name and the grouping of each head."""
    if wanted is None:
        return
    if not isinstance(wanted, Mapping):
        raise ValueError(
            "Expected a dict of groupings by layer name, {'conv2': "
            f"hierarchy.cut(groups=4)}}, got {wanted!r}."
        )
    for layer, groupings in wanted.items():
        named: Iterable[tuple[str, Grouping]]
        if isinstance(groupings, Mapping):
            named = groupings.items()
        elif isinstance(groupings, Iterable):
            named = [("", grouping) for grouping in groupings]
        else:
            named = [("", groupings)]
        for name, grouping in named:
            require_grouping(grouping, f"for {layer!r}")
            count = grouping.num_groups
            yield layer, name or f"{layer}_{suffix}{count}", grouping


def _check(
    name: str, grouping: Grouping, taken: set[str], num_classes: int
) -> None:
    if grouping.num_classes != num_classes:
        raise ValueError(
            f"{name!r} groups {grouping.num_classes} classes, but the model "
            f"has {num_classes}."
            + subset_hint((None, num_classes), grouping.num_classes)
        )
    if grouping.num_groups == 1:
        # A softmax over one group is 1 whatever the layer knows.
        raise ValueError(
            f"{name!r} has all {num_classes} classes in one group: there is "
            "nothing that its head could tell apart. Take a finer grouping, "
            "hierarchy.cut(groups=2) or more."
        )
    if name in taken:
        raise ValueError(
            f"Two layers of the model would be called {name!r}. Name one of "
            f"the outputs yourself, heads={{layer: {{'a_name': grouping}}}}. "
            "(cut(groups=n) makes n groups or more, so two cuts may agree.)"
        )
    if name == CLASS_OUTPUT:
        raise ValueError(
            f"No head can be called {name!r}, which stands for the model's own "
            "output, whatever its layer is called. Choose another name."
        )
