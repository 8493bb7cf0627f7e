"""One run of the study: from the images to a line of figures."""

import argparse
import fcntl
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

import keras_hier as kh
from keras_hier.heads.headed_model import heads_of, main_output
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.node_table import HierarchyError
from keras_hier.quantities import quantity
from keras_hier.scores.fusion import fuse, fusion_weights
from study.training.arguments import (
    ASKED,
    PROVENANCE,
    key,
    run_name,
    settings,
)
from study.training.backup import Backup
from study.training.batches import Recipe, batches
from study.training.data import (
    Images,
    centre,
    classes_of,
    crops,
    digest_of,
    hold_out,
    in_order,
    read_split,
    stream,
)
from study.training.exits import add_exits
from study.training.keep import (
    KeepAt,
    Scores,
    keep_network,
    refuse_others,
)
from study.training.labels import (
    coarse_tree,
    groups_told,
    read_hierarchy,
    read_trees,
    split_known,
)
from study.training.network import (
    copied,
    make_model,
    make_optimizer,
    of_nodes,
)
from study.training.new_classes import (
    Seen,
    fingerprint,
    new_classes,
    report_new,
)
from study.training.pseudo import pseudo_labelled
from study.training.scores import (
    chance,
    cuts_of,
    hits,
    predict,
    report,
)
from study.training.teacher import rest_of, save, taught
from study.training.trunks import multiply_adds
from study.training.variants import VARIANTS

Data = Callable[..., Iterator[tuple[np.ndarray, Any]]]


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
        groups, single = groups_told(tree, of_class).values()
        if single == len(of_class):
            raise SystemExit(
                f"--coarse {args.coarse} tells all {single} classes apart: "
                "nothing would be coarse. Give fewer groups."
            )
        print(
            f"--coarse {args.coarse}: {quantity(groups, 'group')}, {single} of "
            "them of a single class, whose labels stay exact."
        )
    exact, coarse = split_known(train, args.exact, of_class, args.coarse_count)
    if args.coarse is not None and coarse is None:
        raise SystemExit(
            f"--exact {args.exact} leaves no image for --coarse {args.coarse}. "
            "Give fewer exact ones, or no --coarse."
        )
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


def labels_shown(args: argparse.Namespace, train: Images) -> np.ndarray:
    """Returns the classes of the images that are trained on, [N]."""
    if args.exact is None:
        return train.labels
    exact = split_known(train, args.exact, None)[0].labels
    if args.coarse is None:
        return exact
    classes = np.arange(int(train.labels.max()) + 1)
    rest = split_known(train, args.exact, classes, args.coarse_count)[1]
    return exact if rest is None else np.concatenate([exact, rest.labels])


class Task(NamedTuple):
    """What a run is about.

    Attributes:
        classes: that are trained on, C.
        new: that never are.
        hierarchy: the tree of `classes`.
        both: the tree of `classes`, then of `new`.
        wanted: the settings, as in its line.
    """

    classes: tuple[str, ...]
    new: tuple[str, ...]
    hierarchy: kh.Hierarchy
    both: kh.Hierarchy
    wanted: dict[str, Any]


def task_of(args: argparse.Namespace) -> Task:
    """Reads what a run is about, and refuses what cannot be."""
    classes = classes_of(args.data, args.final)
    new = new_classes(args.new_classes, classes)
    hierarchy, both = read_trees(args.hierarchy, classes, new)
    asked = {ASKED: digest_of(args.data, "validation")} if args.final else {}
    wanted = settings(
        args,
        len(classes),
        fingerprint(args.new_classes, new) if new else None,
        images_digest=digest_of(args.data, "train"),
        hierarchy_digest=both.digest,
        **asked,
    )
    if args.head_tree:
        try:
            read_hierarchy(str(args.head_tree), classes)
        except HierarchyError as error:
            raise SystemExit(
                f"Expected --head-tree with all classes of --data: {error}"
            ) from error
    return Task(classes, new, hierarchy, both, wanted)


def run(args: argparse.Namespace, task: Task) -> dict[str, Any]:
    """Trains one network and returns its line.

    Raises:
        SystemExit: what cannot be trained, or is so by another process.
    """
    make_folders(args)
    wanted = task.wanted
    backup = Backup(
        args.backup, (*key(wanted), *(wanted[name] for name in PROVENANCE))
    )
    with backup.alone():
        return _run(args, task, backup)


def _run(
    args: argparse.Namespace, task: Task, backup: Backup
) -> dict[str, Any]:
    if args.threads:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
        tf.config.threading.set_inter_op_parallelism_threads(args.threads)
    keras.utils.set_random_seed(args.seed)
    try:
        keras.mixed_precision.set_global_policy(args.precision)
    except ValueError as error:
        raise SystemExit(
            "Expected --precision such as float32 or mixed_bfloat16, got "
            f"{args.precision!r}."
        ) from error
    classes, new, hierarchy, both, wanted = task
    everything = read_split(args.data, "train", args.image_size, args.cache)
    train, held = hold_out(everything, args.hold_out, args.per_class)
    # What is looked at last is read first: an image that cannot be read is
    # known before the hours of training, not after them.
    read = partial(read_split, split="validation", size=args.image_size)
    val = read(args.data, cache=args.cache) if args.final else None
    others = read(args.new_classes, cache=args.cache) if new else None
    variant = VARIANTS[args.variant]
    model, arguments, callbacks = make_model(args, variant, hierarchy)
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
        of_nodes(model, arguments, tree)
        if variant.pseudo:
            pseudo = variant.pseudo.but(args.threshold, args.pseudo_weight)
            model = pseudo_labelled(model, tree, pseudo, arguments)
        targets = copied(model)
        soft = np.eye(len(classes), dtype=np.float32).__getitem__
    steps = args.steps_per_epoch or images // args.batch_size
    training = stream(partial(data, skip=backup.epoch * steps))
    validation = stream(
        partial(in_order, held_pixels, soft(held.labels), 512),
        count=-(-len(held_pixels) // 512),
    )
    model.compile(make_optimizer(args, steps), **arguments)
    backup.restore(model)

    def seen(model: keras.Model) -> Scores:
        scores = {"held_out": (held.labels, predict(model, held_pixels))}
        if not np.isfinite(scores["held_out"][1][0]).all():
            raise SystemExit(
                "The training has diverged: scores are not finite. Lower "
                "--learning-rate."
            )
        if val:
            pixels = centre(val, args.crop)
            scores["val"] = val.labels, predict(model, pixels)
        return scores

    name = run_name(args, images)
    if args.keep:
        for end in ("", *(f"-epoch{epoch}" for epoch in args.keep_at)):
            refuse_others(args.keep, name + end, backup.name, backup.begun)
    if args.logdir:
        if (there := args.logdir / name).exists() and not backup.begun:
            raise SystemExit(
                f"{there} is of another run. Give --logdir another folder."
            )
        callbacks.append(kh.BlocksCallback(there))
    if args.keep_at:
        callbacks.append(
            KeepAt(
                args.keep_at,
                args.keep,
                name,
                seen,
                backup.name,
                hierarchy.classes,
            )
        )
    model.fit(
        training.map(targets),
        steps_per_epoch=steps,
        shuffle=False,  # the data set does
        validation_data=validation.map(targets),
        validation_freq=[
            epoch
            for epoch in range(1, args.epochs + 1)
            if epoch % args.validate_every == 0 or epoch == args.epochs
        ],
        initial_epoch=backup.epoch,
        epochs=args.epochs,
        callbacks=[*callbacks, *backup.callbacks()],
        verbose=2,
    )
    history = backup.curves()

    scores = seen(model)
    outputs = scores["held_out"][1]
    weights = fusion_weights(*outputs, held.labels)
    scale = fusion_weights(outputs[0], {}, held.labels)["class"]
    prefix = f"{main_output(model)[0]}_" if heads_of(model) else ""
    line = {
        **wanted,
        "train_images": images,
        # Of which epochs `curve` is.
        "validate_every": args.validate_every,
        "parameters": model.count_params(),
        "parameters_without_heads": kh.without_heads(model).count_params(),
        "multiply_adds_without_heads": multiply_adds(kh.without_heads(model)),
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
        # The share of the images without exact labels that taught.
        "taught_curve": [
            round(value, 5) for value in history.get("taught", ())
        ],
        "cuts": {at: cut.num_groups for at, cut in cuts_of(hierarchy).items()},
        "chance": {
            split: chance(true, hierarchy)
            for split, (true, _) in scores.items()
        },
        "fusion_weights": weights,
        "held_out": report(hierarchy, held.labels, outputs, weights, scale),
        "hits": {"held_out": hits(held.labels, outputs, weights)},
    }
    if args.coarse is not None:
        line["told"] = groups_told(
            *coarse_tree(hierarchy, args.coarse, args.seed)
        )
    if args.final:
        line["val"] = report(hierarchy, *scores["val"], weights, scale)
        line["hits"]["val"] = hits(*scores["val"], weights)
    if others:
        line["new"] = report_new(
            both,
            hierarchy,
            Seen(others, predict(model, centre(others, args.crop))),
            Seen(held, outputs),
            labels_shown(args, train),
            weights,
        )
    add_exits(line, model, hierarchy, scores)
    # Before the line, after which the run is done: what fails here is begun
    # again from the backup.
    if args.keep:
        keep_network(
            args.keep, name, model, scores, backup.name, hierarchy.classes
        )
        rest = args.exact and rest_of(train, args.exact, args.coarse_count)
        if rest:
            logits, heads = predict(model, centre(rest, args.crop))
            log_p = fuse(logits, heads, weights)
            path = args.keep / f"{name}-rest.npz"
            save(path, rest, log_p, hierarchy.classes)
    append(args.out, line)
    backup.remove()
    return line


def make_folders(args: argparse.Namespace) -> None:
    """Makes the folders that a run writes to, before its hours of training."""
    for option, folder in (
        ("--out", args.out.parent),
        ("--backup", args.backup),
        ("--cache", args.cache),
        ("--keep", args.keep),
        ("--logdir", args.logdir),
    ):
        try:
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SystemExit(
                f"{option}: {folder} is no folder, and cannot be made one: "
                f"{error}"
            ) from error


def append(path: Path, line: dict[str, Any]) -> None:
    """Adds a line to a file that other runs may be adding to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            # A line that was cut off takes none along.
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(f"{json.dumps(line)}\n".encode())
