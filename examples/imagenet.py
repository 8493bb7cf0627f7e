"""AlexNet on ImageNet, taught the hierarchy: the training of the paper.

Make the records first, then train twice and compare:

    keras-hier records ILSVRC2012 records --split train --shards 1024
    keras-hier records ILSVRC2012 records --split validation --shards 128
    python examples/imagenet.py --train 'records/train-*' \
        --validation 'records/validation-*' --logdir runs/plain
    python examples/imagenet.py --train 'records/train-*' \
        --validation 'records/validation-*' --logdir runs/heads \
        --heads conv2=4 conv4=30 conv5=100 --probes conv1=4 conv3=30
    tensorboard --logdir runs

The heads that study/results.md found best where they are asked are a preset.
With records that are kept from the training, it makes the network that asks
them (for one without its heads, `--head hidden` was better):

    python examples/imagenet.py --train 'records/train-*[1-9]-of-*' \
        --fuse 'records/train-*0-of-*' --validation 'records/validation-*' \
        --preset blocks --logdir runs/blocks

Any other data set in TFRecords will do, with `--hierarchy FILE`, and small
images with, for instance, `--image-size 56 --width 0.5 --normalization batch
--optimizer adam`.

Reference:
    Alsallakh et al. 2018, Do convolutional neural networks learn class
    hierarchy?, arXiv 1710.06501.
"""

import argparse
import shutil
import zipfile
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

import keras_hier as kh

# What study/results.md found best with `--fuse`. Options that are given go
# before.
PRESETS: dict[str, dict[str, Any]] = {
    "blocks": {
        "heads": [f"conv{number}=classes" for number in range(1, 6)],
        "head": "convolved",
        "normalization": "batch",
    }
}


def positive(text: str) -> int:
    """Reads a number of at least 1."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"expected at least 1, got {text}")
    return int(text)


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    data = parser.add_argument_group("data")
    data.add_argument(
        "--train", required=True, metavar="PATTERN", help="training records"
    )
    data.add_argument(
        "--validation", required=True, metavar="PATTERN", help="held-out ones"
    )
    data.add_argument(
        "--fuse",
        metavar="PATTERN",
        help="other held-out ones, to fit how much each head has to say: saves "
        "fused.keras as well",
    )
    data.add_argument(
        "--label-offset",
        type=int,
        metavar="N",
        help="integer of the first class, for records without class ids",
    )
    data.add_argument(
        "--hierarchy",
        default="imagenet",
        metavar="imagenet|FILE",
        help="tree of the classes; FILE: .json, or .csv with a line `class,"
        "group1,group2` per class, with --label-offset `class,label,group1,"
        "group2` (default: imagenet)",
    )
    data.add_argument(
        "--image-size", type=positive, default=227, metavar="PIXELS"
    )
    data.add_argument(
        "--batch-size",
        type=positive,
        default=256,
        metavar="B",
        help="over all devices (default: 256)",
    )

    model = parser.add_argument_group("model")
    model.add_argument(
        "--preset",
        choices=tuple(PRESETS),
        help="blocks: heads over the classes at all convolutions, with one of "
        "their own each, and batch normalization",
    )
    model.add_argument(
        "--heads",
        nargs="+",
        default=[],
        metavar="LAYER=GROUPS",
        help="heads that train the network, such as conv2=4 conv4=30 "
        "conv5=classes",
    )
    model.add_argument(
        "--probes",
        nargs="+",
        default=[],
        metavar="LAYER=GROUPS",
        help="probes that watch it, such as conv1=4 conv3=30",
    )
    model.add_argument(
        "--head",
        choices=("hidden", "convolved", "pool", "grid", "dense"),
        default="hidden",
        help="what a head is made of (default: hidden, a grid of means and a "
        "dense layer)",
    )
    model.add_argument(
        "--loss-weight",
        type=float,
        default=1.0,
        metavar="W",
        help="weight of each head's loss beside that of the classes, which has "
        "1 (default: 1)",
    )
    model.add_argument(
        "--distillation",
        type=float,
        default=3.0,
        metavar="TEMPERATURE",
        help="at which classes and heads together teach each of them; 0 leaves "
        "that out (default: 3)",
    )
    model.add_argument(
        "--width",
        type=float,
        default=1.0,
        help="channels, relative to AlexNet (default: 1)",
    )
    model.add_argument(
        "--normalization", choices=("lrn", "batch", "none"), default="lrn"
    )
    model.add_argument("--dropout", type=float, default=0.5, metavar="RATE")

    training = parser.add_argument_group("training")
    training.add_argument("--epochs", type=positive, default=50)
    training.add_argument(
        "--optimizer",
        choices=("sgd", "adam"),
        default="sgd",
        help="sgd: momentum 0.9 and weight decay, divided by 10 when "
        "val_class_loss stands still, as in the paper; adam: cosine decay",
    )
    training.add_argument(
        "--learning-rate",
        type=float,
        metavar="RATE",
        help="at first (default: 0.01 for sgd, 0.001 for adam)",
    )
    training.add_argument(
        "--mixed-precision",
        action="store_true",
        help="compute in float16 (GPU)",
    )
    training.add_argument(
        "--logical-cpus",
        type=positive,
        metavar="N",
        help="split the CPU in N devices, to try MirroredStrategy without GPUs",
    )
    training.add_argument("--seed", type=int, metavar="N")

    output = parser.add_argument_group("output")
    output.add_argument(
        "--logdir",
        type=Path,
        default=Path("runs/imagenet"),
        help="folder of this run (default: runs/imagenet)",
    )
    output.add_argument(
        "--samples",
        type=positive,
        metavar="N",
        help="every N epochs, log what the network says of each validation "
        "image, which takes one more pass over them",
    )
    output.add_argument(
        "--resume",
        action="store_true",
        help="go on where a run in this folder was interrupted",
    )
    args = parser.parse_args()
    if args.preset:
        parser.set_defaults(**PRESETS[args.preset])
        args = parser.parse_args()
    if args.fuse and not args.heads:
        parser.error("--fuse asks the heads: name some, or choose a --preset.")
    return args


def read_hierarchy(
    source: str, classes: tuple[str, ...] | None
) -> kh.Hierarchy:
    """Reads a tree, and keeps the classes of the records if they are known."""
    try:
        if source.endswith(".csv"):
            return kh.Hierarchy.from_csv(source, classes=classes)
        if source == "imagenet":
            hierarchy = kh.Hierarchy.imagenet()
        else:
            hierarchy = kh.Hierarchy.load(source)
        return hierarchy.subset(classes) if classes else hierarchy
    except (OSError, ValueError) as error:
        raise SystemExit(f"--hierarchy: {error}") from error


def read_cuts(items: list[str], hierarchy: kh.Hierarchy) -> dict[str, Any]:
    """Makes {"conv2": the tree cut into 4 groups} of ["conv2=4"]."""
    cuts: dict[str, list[kh.Grouping]] = {}
    for item in items:
        layer, _, groups = item.partition("=")
        if groups == "classes":
            cut = hierarchy.cut(max_size=1)
        elif groups.isdecimal():
            cut = hierarchy.cut(groups=int(groups))
        else:
            raise SystemExit(
                "Expected LAYER=GROUPS, as in conv2=4 or conv5=classes: "
                f"{item!r}"
            )
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
    if name == "sgd":
        # The paper's penalty of 5e-4: Keras decays beside the gradient, which
        # the momentum makes ten times as large. Biases had none.
        optimizer = keras.optimizers.SGD(
            rate or 0.01, momentum=0.9, weight_decay=5e-3
        )
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        return optimizer
    return keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(rate or 1e-3, steps)
    )


def make_model(
    args: argparse.Namespace, hierarchy: kh.Hierarchy, steps: int
) -> keras.Model:
    """Builds and compiles AlexNet, with heads and probes if asked for."""
    try:
        model = kh.AlexNet(
            hierarchy.num_classes,
            input_shape=(args.image_size, args.image_size, 3),
            width=args.width,
            normalization=None
            if args.normalization == "none"
            else args.normalization,
            dropout=args.dropout,
        )
        heads = read_cuts(args.heads, hierarchy)
        probes = read_cuts(args.probes, hierarchy)
        if heads or probes:
            model = kh.add_heads(
                model,
                heads=heads,
                probes=probes,
                head=args.head,
                distillation=args.distillation or None,
            )
    except ValueError as error:  # of layers, groups or sizes that cannot be
        raise SystemExit(f"{error}") from error
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


class Backup(keras.callbacks.Callback):
    """Keeps after each epoch what an interrupted training goes on from.

    Keras's `BackupAndRestore` writes weights and epoch one after the other: a
    process that is killed in between trains an epoch twice, and one that is
    killed while it writes has lost both. Here the epoch is in the name, which
    the file gets once it is whole.

    Args:
        folder: of the backups.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Writes weights and optimizer, then removes those of before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        earlier = list(self.folder.glob("epoch*"))
        part = self.folder / "part.weights.h5"
        self.model.save_weights(part)
        kept = part.rename(self.folder / f"epoch{epoch + 1}.weights.h5")
        for file in earlier:
            if file != kept:
                file.unlink()


def epochs_done(folder: Path) -> int:
    """Returns the last epoch with a backup, 0 where there is none."""
    return max(
        (
            int(file.name.removeprefix("epoch").split(".")[0])
            for file in folder.glob("epoch*.weights.h5")
        ),
        default=0,
    )


def restore(model: keras.Model, folder: Path, epoch: int) -> None:
    """Reads the weights and the optimizer of a backup."""
    model.optimizer.build(model.trainable_variables)
    file = folder / f"epoch{epoch}.weights.h5"
    try:
        model.load_weights(file)
    except (OSError, ValueError) as error:
        raise SystemExit(
            f"{file} is of another network, or damaged: give --resume the "
            f"options of the run that was interrupted. ({error})"
        ) from error


def make_callbacks(
    args: argparse.Namespace, model: keras.Model, validation: Any, samples: Any
) -> list[keras.callbacks.Callback]:
    """Returns the callbacks of a training."""
    # With heads, `val_loss` holds their losses too: never judge a run by it.
    several = len(model.outputs) > 1
    monitor = "val_class_loss" if several else "val_loss"
    best, least = args.logdir / "best.keras", None
    # One that was being written when the run was interrupted is no archive.
    if args.resume and zipfile.is_zipfile(best):
        # Keras forgets it, and the next epoch would take the place of a better.
        losses = kh.load_model(best).evaluate(
            validation, verbose=0, return_dict=True
        )
        least = losses[monitor.removeprefix("val_")]
    callbacks = [
        kh.BlocksCallback(
            args.logdir,
            samples=samples if args.samples else None,
            samples_every=args.samples or 1,
        ),
        keras.callbacks.TensorBoard(args.logdir),
        keras.callbacks.ModelCheckpoint(
            best,
            monitor=monitor,
            mode="min",
            save_best_only=True,
            initial_value_threshold=least,
        ),
        Backup(args.logdir / "backup"),
    ]
    if args.optimizer == "sgd":
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(
                monitor=monitor, mode="min", factor=0.1, patience=4
            )
        )
    return callbacks


def check_logdir(logdir: Path, resume: bool) -> None:
    """Keeps two runs from mixing in one folder."""
    begun = any(logdir.glob("*/events.out.tfevents.*"))
    # The backup goes last, once all networks are saved.
    done = (logdir / "last.keras").exists() and not epochs_done(
        logdir / "backup"
    )
    if resume and (done or not begun):
        raise SystemExit(f"{logdir} holds no interrupted run to resume.")
    if begun and not resume:
        raise SystemExit(
            f"{logdir} holds a run already: choose another --logdir."
            if done
            else f"{logdir} holds an interrupted run: continue it with "
            "--resume, or choose another --logdir."
        )
    try:
        logdir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(f"--logdir: {error}") from error


def check_records(args: argparse.Namespace) -> None:
    """Says before the training which records are not there or damaged."""
    for option in ("train", "validation", "fuse"):
        if (pattern := getattr(args, option)) is not None:
            try:
                kh.data.count(pattern)
            except ValueError as error:
                raise SystemExit(f"--{option}: {error}") from error


def main() -> None:
    """Trains one network."""
    args = parse_arguments()
    check_logdir(args.logdir, args.resume)
    check_records(args)
    backup = args.logdir / "backup"
    done = epochs_done(backup)
    if args.seed is not None:
        # A run that goes on does not see its first images in the same way
        # again.
        args.seed += done
        keras.utils.set_random_seed(args.seed)
    if args.mixed_precision:
        keras.mixed_precision.set_global_policy("mixed_float16")
    strategy = make_strategy(args.logical_cpus)

    # Records without class ids are numbered in the order of the tree's labels.
    named = args.label_offset is None
    try:
        classes = kh.data.classes(args.train) if named else None
    except ValueError as error:
        raise SystemExit(
            f"--train: {error} Records of integers want --label-offset, that "
            "of the first class: 0 in those of TFDS."
        ) from error
    hierarchy = read_hierarchy(args.hierarchy, classes)
    train = kh.data.imagenet(
        args.train,
        args.image_size,
        args.batch_size,
        training=True,
        classes=hierarchy.classes,
        label_offset=args.label_offset,
        seed=args.seed,
    )

    def held_out(pattern: str, ids: bool = False) -> tf.data.Dataset:
        return kh.data.imagenet(
            pattern,
            args.image_size,
            args.batch_size,
            classes=hierarchy.classes,
            label_offset=args.label_offset,
            ids=ids,
        )

    images = kh.data.count(args.train)
    steps = -(-images // args.batch_size)
    with strategy.scope():
        model = make_model(args, hierarchy, args.epochs * steps)
        if done:
            restore(model, backup, done)
    print(
        f"{images:,} training images of {hierarchy.num_classes:,} classes, "
        f"{kh.data.count(args.validation):,} for validation\n"
        f"{model.count_params():,} parameters on "
        f"{strategy.num_replicas_in_sync} device(s), outputs: "
        f"{', '.join(model.output_names)}\n"
        f"{args.epochs} epochs of {steps:,} steps, logged to {args.logdir}",
        flush=True,
    )

    targets = kh.targets(model)
    validation = held_out(args.validation).map(targets)
    unseen = held_out(args.fuse) if args.fuse else None
    model.fit(
        train.map(targets),
        validation_data=validation,
        epochs=args.epochs,
        initial_epoch=done,
        shuffle=False,  # the data set shuffles itself
        callbacks=make_callbacks(
            args, model, validation, held_out(args.validation, ids=True)
        ),
    )
    model.save(args.logdir / "last.keras")
    kh.without_heads(model).save(args.logdir / "plain.keras")
    if unseen is not None:
        fused = kh.fuse_heads(model, unseen)
        fused.save(args.logdir / "fused.keras")
    shutil.rmtree(backup, ignore_errors=True)
    print(f"Now look: tensorboard --logdir {args.logdir.parent}")


if __name__ == "__main__":
    main()
