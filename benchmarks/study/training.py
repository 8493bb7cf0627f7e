"""Does the hierarchy train better networks? One run, or the table of many.

    python -m benchmarks.study.training --data tiny-imagenet --variant heads3 \
        --seed 0 --epochs 40 --per-class 100 --out runs.jsonl
    python -m benchmarks.study.training --table runs.jsonl

A run appends one line of JSON, and is skipped if its line is there already, so
that a list of commands may be interrupted and started again; a run that was
interrupted goes on after its last whole epoch. docs/protocol.md tells what is
compared and why.
"""

import argparse
import fcntl
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

import keras_hier as kh
from benchmarks.study.training_arguments import (
    key,
    parse_arguments,
    run_name,
    settings,
)
from benchmarks.study.training_backup import Backup
from benchmarks.study.training_batches import Recipe, batches
from benchmarks.study.training_data import (
    Images,
    centre,
    crops,
    hold_out,
    in_order,
    read_split,
    stream,
)
from benchmarks.study.training_exits import add_exits
from benchmarks.study.training_keep import KeepAt, Scores, keep_network
from benchmarks.study.training_labels import (
    coarse_tree,
    read_hierarchy,
    split_known,
)
from benchmarks.study.training_layers import Weighed
from benchmarks.study.training_new_classes import (
    Seen,
    fingerprint,
    new_classes,
    report_new,
)
from benchmarks.study.training_new_table import print_new_classes
from benchmarks.study.training_pseudo import pseudo_labelled
from benchmarks.study.training_scores import hits, predict, report
from benchmarks.study.training_table import print_table
from benchmarks.study.training_teacher import rest_of, save, taught
from benchmarks.study.training_trunks import make_trunk, multiply_adds
from benchmarks.study.training_variants import (
    VARIANTS,
    Variant,
    headed,
    scheduled,
)
from keras_hier.data.folders import class_folders, split_folder
from keras_hier.heads.headed_model import heads_of, main_output
from keras_hier.hierarchy.node_labels import NodeLabels
from keras_hier.hierarchy.node_table import HierarchyError
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.scores.fusion import fuse, fusion_weights
from keras_hier.training.node_accuracy import NodeAccuracy

MOMENTUM = 0.9
# What a penalty does not pull to zero: scales, shifts and biases.
UNDECAYED = ("gamma", "beta", "bias")
Data = Callable[..., Iterator[tuple[np.ndarray, Any]]]


def read_trees(
    source: str, known: tuple[str, ...], new: tuple[str, ...]
) -> tuple[kh.Hierarchy, kh.Hierarchy]:
    """Reads the tree of the known classes, then that of the new ones too."""
    if not new:
        return (tree := read_hierarchy(source, known)), tree
    try:
        both = read_hierarchy(source, (*known, *new))
    except HierarchyError as error:
        raise SystemExit(
            f"--hierarchy must have the new classes too: {error}"
        ) from error
    return both.subset(known), both


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
        arguments["loss"][name] = NodeCrossentropy(tree, head.grouping)
    arguments["weighted_metrics"] = {main: [right]}


def softener(
    smoothing: float, num_classes: int
) -> Callable[[np.ndarray], np.ndarray]:
    """Returns what makes smoothed labels [N, C] of labels [N], if wanted."""
    if not smoothing:
        return lambda labels: labels
    table = np.full((num_classes, num_classes), smoothing / num_classes)
    table += np.eye(num_classes) * (1 - smoothing)
    return table.astype(np.float32).__getitem__


def known_data(
    args: argparse.Namespace, train: Images, hierarchy: kh.Hierarchy
) -> tuple[kh.Hierarchy, Data, int]:
    """Returns the tree of labels, batches of images and how many there are."""
    tree, of_class = hierarchy, None
    if args.coarse is not None:
        tree, of_class = coarse_tree(hierarchy, args.coarse, args.seed)
    exact, coarse = split_known(train, args.exact, of_class, args.coarse_count)
    if args.teacher and coarse is not None:
        coarse = taught(args.teacher, coarse, tree, bool(args.even))
    recipe = Recipe(
        args.crop,
        args.batch_size,
        args.seed,
        args.view,
        args.cutmix,
        args.exact_share,
        VARIANTS[args.variant].pseudo is not None,
    )
    count = len(exact.labels) + (0 if coarse is None else len(coarse.labels))
    num_labels = NodeLabels(tree).num_labels
    return tree, partial(batches, exact, coarse, num_labels, recipe), count


def copied(model: keras.Model) -> Callable[..., tuple[Any, Any]]:
    """Returns what gives labels of nodes to every output."""
    if not isinstance(model.output, dict):
        return lambda x, y: (x, y)
    return lambda x, y: (x, dict.fromkeys(model.output, y))


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Trains one network and returns its line."""
    if args.threads:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
        tf.config.threading.set_inter_op_parallelism_threads(args.threads)
    keras.utils.set_random_seed(args.seed)
    keras.mixed_precision.set_global_policy(args.precision)
    classes = class_folders(split_folder(args.data, "train"))
    new = new_classes(args.new_classes, classes)
    hierarchy, both = read_trees(args.hierarchy, classes, new)
    everything = read_split(args.data, "train", args.image_size, args.cache)
    train, held = hold_out(everything, args.hold_out, args.per_class)
    variant = VARIANTS[args.variant]
    model, arguments, callbacks = make_model(args, variant, hierarchy)
    wanted = settings(args, len(classes), fingerprint(new))
    backup = Backup(args.backup, key(wanted))
    held_pixels = centre(held, args.crop)

    data: Data
    if args.exact is None:
        targets = kh.targets(model)
        soften = softener(args.label_smoothing, len(classes))
        images = len(train.labels)
        data = partial(
            crops, train, args.crop, args.batch_size, args.seed, soften
        )
        soft = softener(1e-9 if args.label_smoothing else 0, len(classes))
    else:
        tree, data, images = known_data(args, train, hierarchy)
        if variant.pseudo:
            pseudo = variant.pseudo.but(args.threshold, args.pseudo_weight)
            model = pseudo_labelled(model, tree, pseudo)
        of_nodes(model, arguments, tree)
        targets = copied(model)
        soft = np.eye(len(classes), dtype=np.float32).__getitem__
    steps = args.steps_per_epoch or images // args.batch_size
    training = stream(partial(data, skip=backup.epoch * steps))
    validation = stream(
        partial(in_order, held_pixels, soft(held.labels), 512),
        count=-(-len(held_pixels) // 512),
    )
    model.compile(make_optimizer(args, steps), **arguments)

    def seen(model: keras.Model) -> Scores:
        scores = {"held_out": (held.labels, predict(model, held_pixels))}
        if args.final:
            val = read_split(
                args.data, "validation", args.image_size, args.cache
            )
            pixels = centre(val, args.crop)
            scores["val"] = val.labels, predict(model, pixels)
        return scores

    name = run_name(args, images)
    if args.logdir:
        callbacks.append(kh.BlocksCallback(args.logdir / name))
    if args.keep_at:
        callbacks.append(KeepAt(args.keep_at, args.keep, name, seen))
    model.fit(
        training.map(targets),
        steps_per_epoch=steps,
        validation_data=validation.map(targets),
        validation_freq=[
            epoch
            for epoch in range(1, args.epochs + 1)
            if epoch % args.validate_every == 0 or epoch == args.epochs
        ],
        epochs=args.epochs,
        callbacks=[*callbacks, *backup.callbacks()],
        verbose=2,
    )
    history = backup.curves()

    scores = seen(model)
    outputs = scores["held_out"][1]
    weights = fusion_weights(*outputs, held.labels)
    prefix = f"{main_output(model)[0]}_" if heads_of(model) else ""
    line = {
        **wanted,
        "train_images": images,
        "parameters": model.count_params(),
        "parameters_without_heads": kh.without_heads(model).count_params(),
        "multiply_adds_without_heads": multiply_adds(kh.without_heads(model)),
        "precision": args.precision,
        "backend": keras.backend.backend(),
        "keras": keras.__version__,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "date": time.strftime("%Y-%m-%d"),
        "seconds": round(sum(history["seconds"]), 1),
        "cpu_seconds": round(sum(history["cpu_seconds"]), 1),
        "curve": [
            round(value, 5) for value in history[f"val_{prefix}accuracy"]
        ],
        "train_curve": [
            round(value, 5) for value in history[f"{prefix}accuracy"]
        ],
        "fusion_weights": weights,
        "held_out": report(hierarchy, held.labels, outputs, weights),
        "hits": {"held_out": hits(held.labels, outputs, weights)},
    }
    if args.final:
        line["val"] = report(hierarchy, *scores["val"], weights)
        line["hits"]["val"] = hits(*scores["val"], weights)
    if new:
        others = read_split(
            args.new_classes, "validation", args.image_size, args.cache
        )
        line["new"] = report_new(
            both,
            hierarchy,
            Seen(others, predict(model, centre(others, args.crop))),
            Seen(held, outputs),
            train.labels,
            weights,
        )
    add_exits(line, model, hierarchy, scores)
    # First of all: whatever fails after this, the run is not lost.
    append(args.out, line)
    backup.remove()
    if args.keep:
        keep_network(args.keep, name, model, scores)
        rest = args.exact and rest_of(train, args.exact, args.coarse_count)
        if rest:
            logits, heads = predict(model, centre(rest, args.crop))
            log_p = fuse(logits, heads, weights)
            save(args.keep / f"{name}-rest.npz", rest, log_p)
    return line


def append(path: Path, line: dict[str, Any]) -> None:
    """Adds a line to a file that other runs may be adding to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(line) + "\n")


def main() -> None:
    """Trains, or prints the table."""
    args = parse_arguments(__doc__)
    if args.table:
        print_table(args.table, args.split, args.intervals)
        print_new_classes(args.table)
        return
    classes = class_folders(split_folder(args.data, "train"))
    new = new_classes(args.new_classes, classes)
    wanted = settings(args, len(classes), fingerprint(new))
    if args.out.exists():
        done = [json.loads(text) for text in args.out.read_text().splitlines()]
        if key(wanted) in map(key, done):
            print("This run is done already:", args.out)
            return
    print(json.dumps(run(args)))


if __name__ == "__main__":
    main()
