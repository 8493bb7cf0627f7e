"""The network of a run, and what it is compiled with."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

import keras

import keras_hier as kh
from keras_hier.heads.headed_model import heads_of, main_output
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.training.node_accuracy import NodeAccuracy
from study.training.labels import read_hierarchy
from study.training.layers import Weighed
from study.training.trunks import make_trunk
from study.training.variants import Variant, headed, scheduled

MOMENTUM = 0.9
# What a penalty does not pull to zero: scales, shifts and biases.
UNDECAYED = ("gamma", "beta", "bias")


def make_optimizer(
    args: argparse.Namespace, steps: int
) -> keras.optimizers.Optimizer:
    """Returns an optimizer: an epoch of warm-up, then a cosine to zero."""
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        steps * max(args.epochs - 1, 1),
        warmup_target=args.learning_rate,
        warmup_steps=steps,
    )
    decay = args.weight_decay or None
    if args.optimizer == "adam":
        return keras.optimizers.Adam(schedule, weight_decay=decay)
    if args.l2 is None:
        return keras.optimizers.SGD(
            schedule, momentum=MOMENTUM, weight_decay=decay
        )
    # A penalty's gradient goes through the momentum and adds up to 1 / (1 -
    # momentum) of itself; Keras's decay is decoupled from it.
    optimizer = keras.optimizers.SGD(
        schedule, momentum=MOMENTUM, weight_decay=args.l2 / (1 - MOMENTUM)
    )
    optimizer.exclude_from_weight_decay(var_names=UNDECAYED)
    return optimizer


def make_model(
    args: argparse.Namespace, variant: Variant, hierarchy: kh.Hierarchy
) -> tuple[keras.Model, dict[str, Any], list[keras.callbacks.Callback]]:
    """Builds the network, what to compile it with and what fit needs."""
    model = make_trunk(
        args.trunk,
        hierarchy.num_classes,
        args.crop,
        args.width,
        args.dropout,
        args.stem_stride,
    )
    tree = args.head_tree and read_hierarchy(
        str(args.head_tree), hierarchy.classes
    )
    model, weights = headed(model, variant, hierarchy, args.seed, tree)
    callbacks: list[keras.callbacks.Callback] = []
    loss_weights: Mapping[str, Any] = weights
    if variant.schedule is not None:
        schedule = scheduled(variant.schedule, weights, args.epochs)
        loss_weights = schedule.variables
        callbacks.append(schedule)
    categorical = args.label_smoothing or args.exact is not None
    arguments = kh.compile_args(
        model,
        hierarchy,
        loss_weights=loss_weights,
        label_mode="categorical" if categorical else "int",
    )
    main = main_output(model)[0]
    if variant.loss is not None:
        loss = variant.loss(hierarchy)
        if heads_of(model):
            arguments["loss"][main] = loss
            if variant.head_loss:
                for name in heads_of(model):
                    arguments["loss"][name] = loss
        else:
            arguments["loss"] = loss
    if variant.learned_weights:
        learned = model.get_layer(main).log_variances
        arguments["loss"] = {
            name: Weighed(loss, learned[name])
            for name, loss in arguments["loss"].items()
        }
    return model, arguments, callbacks


def of_nodes(
    model: keras.Model, arguments: dict[str, Any], tree: kh.Hierarchy
) -> None:
    """Makes losses and metrics those of labels of nodes."""
    # Of the images whose class is known: the others cannot be right.
    right = NodeAccuracy(tree)
    if not isinstance(model.output, dict):
        arguments["loss"] = NodeCrossentropy(tree)
        arguments["weighted_metrics"] = [right]
        return
    main = main_output(model)[0]
    arguments["loss"][main] = NodeCrossentropy(tree)
    for name, head in heads_of(model).items():
        # Without its nodes: random groups are a tree of their own.
        groups = kh.Grouping(head.grouping.names, head.grouping.of_class)
        arguments["loss"][name] = NodeCrossentropy(tree, groups)
    arguments["weighted_metrics"] = {main: [right]}


def copied(model: keras.Model) -> Callable[..., tuple[Any, Any]]:
    """Returns what gives labels of nodes to every output.

    Labels that come with other views of their images, a dict, stay as they are.
    """

    def targets(x: Any, y: Any) -> tuple[Any, Any]:
        if isinstance(y, Mapping) or not isinstance(model.output, dict):
            return x, y
        return x, dict.fromkeys(model.output, y)

    return targets
