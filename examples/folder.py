"""A hierarchy-aware AlexNet on a folder of images: a script to start from.

    python examples/folder.py FOLDER TREE.csv

FOLDER holds train/<class>/*.jpg and val/<class>/*.jpg. TREE.csv names the
groups of every class, the coarsest first:

    class,group1,group2
    tabby,animals,cats
    husky,animals,dogs
    bus,vehicles,road vehicles
"""

import argparse
from pathlib import Path

import keras
import tensorflow as tf

import keras_hier as kh


def positive(text: str) -> int:
    """Reads a number of at least 1."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"expected at least 1, got {text}")
    return int(text)


parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("folder", type=Path)
parser.add_argument("tree", type=Path)
parser.add_argument("--logdir", type=Path, default=Path("runs/folder"))
parser.add_argument("--epochs", type=positive, default=20)
parser.add_argument("--image-size", type=positive, default=64)
parser.add_argument("--batch-size", type=positive, default=128)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()
if any(args.logdir.glob("*/events.out.tfevents.*")):
    raise SystemExit(
        f"{args.logdir} holds a run already: choose another --logdir."
    )
try:
    args.logdir.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise SystemExit(f"--logdir: {error}") from error


def images_of(split: str) -> tf.data.Dataset:
    """Returns batches of images, and the numbers of the folders they are in."""
    folder = args.folder / split
    if not folder.is_dir():
        raise SystemExit(
            f"{folder} is no folder. Expected train/<class>/ and val/<class>/ "
            f"in {args.folder}."
        )
    try:
        images = keras.utils.image_dataset_from_directory(
            folder,
            image_size=(args.image_size, args.image_size),
            batch_size=args.batch_size,
            shuffle=split == "train",
            seed=args.seed,
        )
    except ValueError as error:  # no images at all
        raise SystemExit(f"{error}") from error
    full = {
        Path(file).relative_to(folder).parts[0] for file in images.file_paths
    }
    if empty := sorted({*images.class_names} - full):
        raise SystemExit(f"{folder / empty[0]} holds no images.")
    return images


keras.utils.set_random_seed(args.seed)
train, validation = map(images_of, ("train", "val"))
if one := sorted({*validation.class_names} ^ {*train.class_names}):
    raise SystemExit(f"train and val hold different classes: {one} in one.")
# Labels follow the sorted folder names. The tree must have just these classes.
try:
    hierarchy = kh.Hierarchy.from_csv(args.tree, classes=train.class_names)
except (OSError, ValueError) as error:
    raise SystemExit(f"{error}") from error
print(hierarchy)

# The coarsest groups early in the network, finer ones later.
coarse, *finer = hierarchy.levels()
if not finer:
    raise SystemExit(f"{args.tree} has no groups: heads and probes name them.")
model = kh.add_heads(
    kh.AlexNet(
        hierarchy.num_classes,
        input_shape=(args.image_size, args.image_size, 3),
        width=0.5,
        normalization="batch",
    ),
    heads={"conv3": coarse, "conv5": finer[0]},
    probes={"conv1": coarse},
)
model.compile(
    keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(1e-3, args.epochs * len(train))
    ),
    **kh.compile_args(model, hierarchy),
)
targets = kh.targets(model)
try:
    model.fit(
        train.map(targets),
        validation_data=validation.map(targets),
        epochs=args.epochs,
        shuffle=False,  # the data set shuffles itself
        callbacks=[
            kh.BlocksCallback(args.logdir),
            keras.callbacks.ModelCheckpoint(
                args.logdir / "best.keras",
                monitor="val_class_loss",
                mode="min",
                save_best_only=True,
            ),
        ],
    )
except tf.errors.OpError:
    # It names no file.
    for file in (*train.file_paths, *validation.file_paths):
        try:
            tf.io.decode_image(tf.io.read_file(file))
        except tf.errors.OpError as error:
            raise SystemExit(
                f"{file} is no whole image: mend it or take it out."
            ) from error
    raise
kh.without_heads(model).save(args.logdir / "plain.keras")
print(f"Now look: tensorboard --logdir {args.logdir.parent}")
