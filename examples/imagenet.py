"""AlexNet on ImageNet, taught the hierarchy: the training of the paper.

    keras-hier records ILSVRC2012 records --split train --shards 1024
    keras-hier records ILSVRC2012 records --split validation --shards 128

With these records, train twice and compare:

    python examples/imagenet.py --train 'records/train-*' \
        --validation 'records/validation-*' --logdir runs/plain

    python examples/imagenet.py --train 'records/train-*' \
        --validation 'records/validation-*' --logdir runs/heads \
        --heads conv2=4 conv4=30 conv5=100 --probes conv1=4 conv3=30

Other TFRecords will do, with `--hierarchy FILE`. For small images:
`--image-size 56 --width 0.5 --normalization batch --optimizer adam`.

Reference:
    Alsallakh et al. 2018, Do convolutional neural networks learn class
    hierarchy?, arXiv 1710.06501.
"""

import argparse
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from backups import Backup, check_logdir, epochs_done, restore

import keras_hier as kh


def positive(text: str) -> int:
    """Reads a number of at least 1."""
    if text.isdecimal() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"expected at least 1, got {text}")


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_data(parser.add_argument_group("data").add_argument)
    add_model(parser.add_argument_group("model").add_argument)
    add_training(parser.add_argument_group("training").add_argument)
    return parser.parse_args()


def add_data(add: Callable[..., Any]) -> None:
    """Adds the options of the data."""
    add("--train", required=True, metavar="PATTERN", help="training records")
    add("--validation", required=True, metavar="PATTERN", help="held-out ones")
    add("--label-offset", type=int, help="of records without class ids")
    add(
        "--hierarchy",
        default="imagenet",
        metavar="imagenet|FILE",
        help="tree of the classes; FILE: .json, or .csv with a line `class,"
        "group1,group2` per class, with --label-offset `class,label,group1,"
        "group2` (default: imagenet)",
    )
    add("--image-size", type=positive, default=227, metavar="PIXELS")
    add("--batch-size", type=positive, default=256, help="over all devices")


def add_model(add: Callable[..., Any]) -> None:
    """Adds the options of the network."""
    add(
        "--heads",
        nargs="+",
        default=[],
        metavar="LAYER=GROUPS",
        help="heads that train the network, such as conv2=4 conv4=30 "
        "conv5=classes",
    )
    add(
        "--probes",
        nargs="+",
        default=[],
        metavar="LAYER=GROUPS",
        help="probes that watch it, such as conv1=4 conv3=30",
    )
    add(
        "--head",
        choices=("hidden", "convolved", "pool", "grid", "dense"),
        default="hidden",
        help="kind of the heads (default: hidden)",
    )
    add(
        "--loss-weight",
        type=float,
        default=1.0,
        help="weight of each head's loss; that of the classes has 1",
    )
    add(
        "--distillation",
        type=float,
        default=3.0,
        metavar="TEMPERATURE",
        help="at which classes and heads teach each other; 0: they do not",
    )
    add(
        "--width", type=float, default=1.0, help="channels, relative to AlexNet"
    )
    add("--normalization", choices=("lrn", "batch", "none"), default="lrn")
    add("--dropout", type=float, default=0.5, metavar="RATE")


def add_training(add: Callable[..., Any]) -> None:
    """Adds the options of the training and of its folder."""
    add("--epochs", type=positive, default=50)
    add(
        "--optimizer",
        choices=("sgd", "adam"),
        default="sgd",
        help="sgd: as in the paper; adam: cosine decay",
    )
    add("--learning-rate", type=float, help="default: 0.01, of adam 0.001")
    add("--mixed-precision", action="store_true", help="float16 (GPU)")
    add(
        "--logical-cpus",
        type=positive,
        metavar="N",
        help="split the CPU in N devices, to try MirroredStrategy without GPUs",
    )
    add("--seed", type=int)
    add("--logdir", type=Path, default=Path("runs/imagenet"))
    add(
        "--samples",
        type=positive,
        metavar="N",
        help="every N epochs, log the scores of each validation image",
    )
    add(
        "--resume",
        action="store_true",
        help="go on where a run in this folder was interrupted",
    )


def read_hierarchy(args: argparse.Namespace) -> kh.Hierarchy:
    """Reads a tree, and keeps the classes of the records if they are known."""
    # Records without class ids are numbered in the order of the tree's labels.
    classes = None
    if args.label_offset is None:
        classes = kh.data.classes(args.train)
    if args.hierarchy.endswith(".csv"):
        return kh.Hierarchy.from_csv(args.hierarchy, classes=classes)
    if args.hierarchy == "imagenet":
        hierarchy = kh.Hierarchy.imagenet()
    else:
        hierarchy = kh.Hierarchy.load(args.hierarchy)
    return hierarchy.subset(classes) if classes else hierarchy


def read_cuts(items: list[str], hierarchy: kh.Hierarchy) -> dict[str, Any]:
    """Makes {"conv2": [the tree cut into 4 groups]} of ["conv2=4"]."""
    cuts: dict[str, list[kh.Grouping]] = {}
    for item in items:
        layer, _, groups = item.partition("=")
        if groups == "classes":
            cut = hierarchy.cut(max_size=1)
        elif groups.isdecimal():
            cut = hierarchy.cut(groups=int(groups))
        else:
            raise ValueError(f"Expected LAYER=GROUPS, as in conv2=4: {item!r}")
        cuts.setdefault(layer, []).append(cut)
    return cuts


def make_strategy(logical_cpus: int | None) -> tf.distribute.Strategy:
    """Copies the model to every GPU, or to parts of the CPU."""
    if logical_cpus is None:
        return tf.distribute.MirroredStrategy()
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * logical_cpus
    )
    return tf.distribute.MirroredStrategy(
        [f"CPU:{index}" for index in range(logical_cpus)]
    )


def make_optimizer(
    name: str, rate: float | None, steps: int
) -> keras.optimizers.Optimizer:
    """Returns the paper's optimizer, or a faster one for small images."""
    if name == "adam":
        decay = keras.optimizers.schedules.CosineDecay(rate or 1e-3, steps)
        return keras.optimizers.Adam(decay)
    # The paper's penalty of 5e-4: Keras decays beside the gradient, which the
    # momentum makes ten times as large. Biases had none.
    optimizer = keras.optimizers.SGD(
        rate or 0.01, momentum=0.9, weight_decay=5e-3
    )
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return optimizer


def make_model(
    args: argparse.Namespace, hierarchy: kh.Hierarchy, steps: int
) -> keras.Model:
    """Builds and compiles AlexNet, with heads and probes if asked for."""
    normalization = args.normalization
    model = kh.AlexNet(
        hierarchy.num_classes,
        input_shape=(args.image_size, args.image_size, 3),
        width=args.width,
        normalization=None if normalization == "none" else normalization,
        dropout=args.dropout,
    )
    if args.heads or args.probes:
        model = kh.add_heads(
            model,
            heads=read_cuts(args.heads, hierarchy),
            probes=read_cuts(args.probes, hierarchy),
            head=args.head,
            distillation=args.distillation or None,
        )
    weights = {
        layer.name: args.loss_weight
        for layer in model.layers
        if getattr(layer, "role", None) == "head"
    }
    model.compile(
        make_optimizer(args.optimizer, args.learning_rate, steps),
        **kh.compile_args(model, hierarchy, loss_weights=weights),
    )
    return model


def make_callbacks(
    args: argparse.Namespace, model: keras.Model, validation: Any, samples: Any
) -> list[keras.callbacks.Callback]:
    """Returns the callbacks of a training."""
    # With heads, `val_loss` holds their losses too: never judge a run by it.
    loss = "class_loss" if len(model.outputs) > 1 else "loss"
    best, least = args.logdir / "best.keras", None
    # One that was being written when the run was interrupted is no archive.
    if args.resume and zipfile.is_zipfile(best):
        # Keras forgets it, and the next epoch would take the place of a better.
        losses = kh.load_model(best).evaluate(
            validation, verbose=0, return_dict=True
        )
        least = losses[loss]
    monitor: dict[str, Any] = {"monitor": f"val_{loss}", "mode": "min"}
    callbacks = [
        kh.BlocksCallback(
            args.logdir,
            samples=samples if args.samples else None,
            samples_every=args.samples or 1,
        ),
        keras.callbacks.TensorBoard(args.logdir),
        keras.callbacks.ModelCheckpoint(
            best,
            save_best_only=True,
            initial_value_threshold=least,
            **monitor,
        ),
        Backup(args.logdir / "backup"),
    ]
    if args.optimizer == "sgd":
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(factor=0.1, patience=4, **monitor)
        )
    return callbacks


def prepare(args: argparse.Namespace, done: int) -> tuple[keras.Model, dict]:
    """Returns the model, and the arguments of its training."""
    strategy = make_strategy(args.logical_cpus)  # before TensorFlow starts
    hierarchy = read_hierarchy(args)

    def images(pattern: str, **options: Any) -> tf.data.Dataset:
        return kh.data.imagenet(
            pattern,
            args.image_size,
            args.batch_size,
            classes=hierarchy.classes,
            label_offset=args.label_offset,
            **options,
        )

    train = images(args.train, training=True, seed=args.seed)
    held_out, count = images(args.validation), kh.data.count(args.train)
    steps = -(-count // args.batch_size)
    with strategy.scope():
        model = make_model(args, hierarchy, args.epochs * steps)
        if done:
            restore(model, args.logdir / "backup", done)
    print(
        f"{count:,} training images of {hierarchy.num_classes:,} classes, "
        f"{kh.data.count(args.validation):,} for validation\n"
        f"{model.count_params():,} parameters on "
        f"{strategy.num_replicas_in_sync} device(s), outputs: "
        f"{', '.join(model.output_names)}\n"
        f"{args.epochs} epochs of {steps:,} steps, logged to {args.logdir}",
        flush=True,
    )
    targets = kh.targets(model)
    validation = held_out.map(targets)
    samples = images(args.validation, ids=True)
    callbacks = make_callbacks(args, model, validation, samples)
    return model, {
        "x": train.map(targets),
        "validation_data": validation,
        "callbacks": callbacks,
    }


def main() -> None:
    """Trains one network."""
    args = parse_arguments()
    backup = args.logdir / "backup"
    done = epochs_done(backup)
    if args.seed is not None:
        # A run that goes on sees its first images in another way.
        args.seed += done
        keras.utils.set_random_seed(args.seed)
    if args.mixed_precision:
        keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        check_logdir(args.logdir, args.resume)
        model, training = prepare(args, done)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{error}") from error
    model.fit(
        **training,
        epochs=args.epochs,
        initial_epoch=done,
        shuffle=False,  # the data set shuffles itself
    )
    model.save(args.logdir / "last.keras")
    kh.without_heads(model).save(args.logdir / "plain.keras")
    shutil.rmtree(backup, ignore_errors=True)
    print(f"Now look: tensorboard --logdir {args.logdir.parent}")


if __name__ == "__main__":
    main()
