"""Does the hierarchy train better networks? One run, or the table of many.

    python benchmarks/training.py --data tiny-imagenet --variant heads3 \
        --seed 0 --epochs 40 --per-class 100 --out runs.jsonl
    python benchmarks/training.py --table runs.jsonl

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
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from scipy.special import softmax
from training_backup import Backup
from training_data import (
    centre,
    crops,
    hold_out,
    in_order,
    read_split,
    stream,
)
from training_layers import Weighed
from training_table import print_table
from training_variants import VARIANTS, Variant, headed, scheduled

import keras_hier as kh
from keras_hier import scores
from keras_hier.data.folders import class_folders, split_folder
from keras_hier.fusion import Experts, fuse, fusion_weights
from keras_hier.heads import heads_of, main_output

CUTS = (4, 16, 33)
# What makes two lines the same run.
KEY = (
    "data", "classes", "variant", "trunk", "width", "per_class", "epochs",
    "seed", "optimizer", "learning_rate", "weight_decay", "dropout",
    "label_smoothing", "batch_size", "image_size", "crop", "hold_out", "final",
)  # fmt: skip


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--table", type=Path, nargs="+", metavar="JSONL", help="print a table")
    add(
        "--split", choices=("val", "held_out"), default="val", help="of --table"
    )
    add("--data", type=Path, help="folder with train/<class>/ and val/<class>/")
    add("--hierarchy", default="imagenet", metavar="imagenet|JSON|CSV")
    add("--variant", choices=sorted(VARIANTS), default="baseline")
    add("--seed", type=int, default=0)
    add("--epochs", type=int, default=40)
    add("--per-class", type=int, metavar="N", help="training images (all)")
    add("--hold-out", type=int, default=50, metavar="N", help="per class")
    add("--final", action="store_true", help="evaluate on val too, for a table")
    add("--out", type=Path, help="file of JSON lines to append to")
    add("--trunk", choices=("batch", "none", "lrn"), default="batch")
    add("--width", type=float, default=0.5)
    add("--image-size", type=int, default=64)
    add("--crop", type=int, default=56)
    add("--batch-size", type=int, default=128)
    add("--optimizer", choices=("adam", "sgd"), default="adam")
    add("--learning-rate", type=float, default=1e-3)
    add("--weight-decay", type=float, default=0.0)
    add("--dropout", type=float, default=0.5)
    add("--label-smoothing", type=float, default=0.0)
    add("--precision", default="float32", help="such as mixed_bfloat16")
    add("--cache", type=Path, default=Path("~/.cache/keras-hier").expanduser())
    add("--backup", type=Path, help="folder of unfinished runs (beside --out)")
    add("--logdir", type=Path, help="log block matrices to a folder in here")
    add("--keep", type=Path, help="folder for scores and the trained network")
    args = parser.parse_args()
    if not args.table and not (args.data and args.out):
        parser.error("Give --data and --out to train, or --table.")
    if args.out and not args.backup:
        args.backup = args.out.parent / "unfinished"
    return args


def read_hierarchy(source: str, classes: tuple[str, ...]) -> kh.Hierarchy:
    """Reads the tree of the classes."""
    if source.endswith(".csv"):
        return kh.Hierarchy.from_csv(source, classes=classes)
    if source == "imagenet":
        return kh.Hierarchy.imagenet().subset(classes)
    return kh.Hierarchy.load(source).subset(classes)


def make_optimizer(
    args: argparse.Namespace, steps: int
) -> keras.optimizers.Optimizer:
    """One epoch of warm-up, then a cosine to zero."""
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        steps * (args.epochs - 1),
        warmup_target=args.learning_rate,
        warmup_steps=steps,
    )
    decay = args.weight_decay or None
    if args.optimizer == "adam":
        return keras.optimizers.Adam(schedule, weight_decay=decay)
    return keras.optimizers.SGD(schedule, momentum=0.9, weight_decay=decay)


def make_model(
    args: argparse.Namespace, variant: Variant, hierarchy: kh.Hierarchy
) -> tuple[keras.Model, dict[str, Any], list[keras.callbacks.Callback]]:
    """Builds the network, what to compile it with and what fit needs."""
    model = kh.AlexNet(
        hierarchy.num_classes,
        (args.crop, args.crop, 3),
        width=args.width,
        normalization=None if args.trunk == "none" else args.trunk,
        dropout=args.dropout,
    )
    model, weights = headed(model, variant, hierarchy, args.seed)
    callbacks: list[keras.callbacks.Callback] = []
    loss_weights: Mapping[str, Any] = weights
    if variant.schedule is not None:
        schedule = scheduled(variant.schedule, weights, args.epochs)
        loss_weights = schedule.variables
        callbacks.append(schedule)
    arguments = kh.compile_args(
        model,
        hierarchy,
        loss_weights=loss_weights,
        label_mode="categorical" if args.label_smoothing else "int",
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


def evaluate(
    labels: np.ndarray, logits: np.ndarray, hierarchy: kh.Hierarchy
) -> dict[str, float]:
    """Returns every figure of the table for class logits [N, C]."""
    probabilities = softmax(logits.astype(np.float64), axis=1)
    top5 = scores.top_k(probabilities, 5)
    matrix = scores.confusion_matrix(labels, top5[:, 0], hierarchy.num_classes)
    figures = {
        "top1_error": 1 - scores.accuracy(matrix),
        "top5_error": 1 - scores.top_k_accuracy(labels, top5),
        "distance1": scores.distance_at_1(matrix, hierarchy),
        "distance5": scores.distance_at_k(labels, top5, hierarchy),
        "severity": scores.severity(matrix, hierarchy),
        "calibration_error": scores.expected_calibration_error(
            labels, probabilities
        ),
        "log_loss": -float(
            np.log(probabilities[np.arange(len(labels)), labels]).mean()
        ),
    }
    for groups in CUTS:
        cut = hierarchy.cut(groups=min(groups, hierarchy.num_classes))
        figures[f"groups{groups}"] = scores.group_accuracy(matrix, cut)
    return figures


def evaluate_crm(
    labels: np.ndarray, logits: np.ndarray, hierarchy: kh.Hierarchy
) -> dict[str, float]:
    """The same network under conditional risk minimization."""
    risk = scores.conditional_risk(
        softmax(logits.astype(np.float64), axis=1), hierarchy
    )
    top5 = scores.top_k(-risk, 5)
    matrix = scores.confusion_matrix(labels, top5[:, 0], hierarchy.num_classes)
    return {
        "top1_error": 1 - scores.accuracy(matrix),
        "top5_error": 1 - scores.top_k_accuracy(labels, top5),
        "distance1": scores.distance_at_1(matrix, hierarchy),
        "distance5": scores.distance_at_k(labels, top5, hierarchy),
        "severity": scores.severity(matrix, hierarchy),
    }


def softener(
    smoothing: float, num_classes: int
) -> Callable[[np.ndarray], np.ndarray]:
    """Returns what makes smoothed labels [N, C] of labels [N], if wanted."""
    if not smoothing:
        return lambda labels: labels
    table = np.full((num_classes, num_classes), smoothing / num_classes)
    table += np.eye(num_classes) * (1 - smoothing)
    return table.astype(np.float32).__getitem__


def predict(
    model: keras.Model, pixels: np.ndarray
) -> tuple[np.ndarray, Experts]:
    """Returns logits of the classes, and of the heads with their groupings."""
    parts = range(0, len(pixels), 512)
    outputs = keras.tree.map_structure(
        lambda *of: np.concatenate(of),
        *[model.predict_on_batch(pixels[at : at + 512]) for at in parts],
    )
    heads = heads_of(model)
    if not heads:
        return outputs, {}
    return outputs[main_output(model)[0]], {
        name: (outputs[name], head.grouping) for name, head in heads.items()
    }


def report(
    hierarchy: kh.Hierarchy,
    labels: np.ndarray,
    outputs: tuple[np.ndarray, Experts],
    weights: dict[str, float],
) -> dict[str, Any]:
    """Scores the class output alone, under CRM, and fused with its heads."""
    logits, heads = outputs
    figures = {
        "class": evaluate(labels, logits, hierarchy),
        "crm": evaluate_crm(labels, logits, hierarchy),
        "heads": {
            name: float((z.argmax(1) == of.of_class[labels]).mean())
            for name, (z, of) in heads.items()
        },
    }
    if heads:
        fused = fuse(logits, heads, weights)
        figures["fused"] = evaluate(labels, fused, hierarchy)
        figures["fused_crm"] = evaluate_crm(labels, fused, hierarchy)
    return figures


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Trains one network and returns its line."""
    keras.utils.set_random_seed(args.seed)
    keras.mixed_precision.set_global_policy(args.precision)
    classes = class_folders(split_folder(args.data, "train"))
    hierarchy = read_hierarchy(args.hierarchy, classes)
    everything = read_split(args.data, "train", args.image_size, args.cache)
    train, held = hold_out(everything, args.hold_out, args.per_class)
    model, arguments, callbacks = make_model(
        args, VARIANTS[args.variant], hierarchy
    )

    targets = kh.targets(model)
    soften = softener(args.label_smoothing, len(classes))
    steps = len(train.labels) // args.batch_size
    backup = Backup(args.backup, key(settings(args, len(classes))))
    batches = stream(
        partial(
            crops,
            train,
            args.crop,
            args.batch_size,
            args.seed,
            soften,
            skip=backup.epoch * steps,
        )
    )
    held_pixels = centre(held, args.crop)
    soft = softener(1e-9 if args.label_smoothing else 0, len(classes))
    validation = stream(
        partial(in_order, held_pixels, soft(held.labels), 512),
        count=-(-len(held_pixels) // 512),
    )
    model.compile(make_optimizer(args, steps), **arguments)
    name = f"{args.variant}-{args.trunk}-{len(train.labels)}-{args.seed}"
    if args.logdir:
        callbacks.append(kh.BlocksCallback(args.logdir / name))
    model.fit(
        batches.map(targets),
        steps_per_epoch=steps,
        validation_data=validation.map(targets),
        epochs=args.epochs,
        callbacks=[*callbacks, *backup.callbacks()],
        verbose=2,
    )
    history = backup.curves()

    outputs = predict(model, held_pixels)
    weights = fusion_weights(*outputs, held.labels)
    prefix = f"{main_output(model)[0]}_" if heads_of(model) else ""
    line = {
        **settings(args, len(classes)),
        "train_images": len(train.labels),
        "parameters": model.count_params(),
        "parameters_without_heads": kh.without_heads(model).count_params(),
        "precision": args.precision,
        "backend": keras.backend.backend(),
        "keras": keras.__version__,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "date": time.strftime("%Y-%m-%d"),
        "seconds": round(sum(history["seconds"]), 1),
        "curve": [
            round(value, 5) for value in history[f"val_{prefix}accuracy"]
        ],
        "train_curve": [
            round(value, 5) for value in history[f"{prefix}accuracy"]
        ],
        "fusion_weights": weights,
        "held_out": report(hierarchy, held.labels, outputs, weights),
    }
    scores = {"held_out": (held.labels, outputs)}
    if args.final:
        val = read_split(args.data, "validation", args.image_size, args.cache)
        scores["val"] = (val.labels, predict(model, centre(val, args.crop)))
        line["val"] = report(hierarchy, *scores["val"], weights)
    # First of all: whatever fails after this, the run is not lost.
    append(args.out, line)
    backup.remove()
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
        model.save_weights(args.keep / f"{name}.weights.h5")
        for split, (labels, seen) in scores.items():
            keep(args.keep / f"{name}-{split}.npz", labels, seen, weights)
    return line


def append(path: Path, line: dict[str, Any]) -> None:
    """Adds a line to a file that other runs may be adding to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(line) + "\n")


def keep(
    path: Path,
    labels: np.ndarray,
    outputs: tuple[np.ndarray, Experts],
    weights: dict[str, float],
) -> None:
    """Saves the scores of images: of the classes, of heads, of all fused."""
    logits, heads = outputs
    named = {"class": logits} | {name: z for name, (z, _) in heads.items()}
    named["fused"] = fuse(logits, heads, weights)
    small: dict[str, Any] = {
        name: z.astype(np.float16) for name, z in named.items()
    }
    np.savez_compressed(path, labels=labels, **small)


def settings(args: argparse.Namespace, num_classes: int) -> dict[str, Any]:
    """Returns what a run is to be, as in its line."""
    wanted = {name: value for name, value in vars(args).items() if name in KEY}
    return {**wanted, "data": args.data.name, "classes": num_classes}


def key(line: dict[str, Any]) -> tuple[Any, ...]:
    """Returns what a run is told apart by."""
    return tuple(line.get(name) for name in KEY)


def main() -> None:
    """Trains, or prints the table."""
    args = parse_arguments()
    if args.table:
        print_table(args.table, args.split)
        return
    classes = class_folders(split_folder(args.data, "train"))
    wanted = settings(args, len(classes))
    if args.out.exists():
        done = [json.loads(text) for text in args.out.read_text().splitlines()]
        if key(wanted) in map(key, done):
            print("This run is done already:", args.out)
            return
    print(json.dumps(run(args)))


if __name__ == "__main__":
    main()
