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

import keras_hier as kh

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("folder", type=Path)
parser.add_argument("tree", type=Path)
parser.add_argument("--logdir", type=Path, default=Path("runs/folder"))
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--image-size", type=int, default=64)
parser.add_argument("--batch-size", type=int, default=128)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()
if any(args.logdir.glob("*/events.out.tfevents.*")):
    raise SystemExit(f"{args.logdir} holds a run: choose another --logdir.")
for split in ("train", "val"):
    if not (args.folder / split).is_dir():
        raise SystemExit(
            f"{args.folder / split} is no folder. Expected train/<class>/ and "
            f"val/<class>/ in {args.folder}."
        )

keras.utils.set_random_seed(args.seed)
train, validation = (
    keras.utils.image_dataset_from_directory(
        args.folder / split,
        image_size=(args.image_size, args.image_size),
        batch_size=args.batch_size,
        shuffle=split == "train",
        seed=args.seed,
    )
    for split in ("train", "val")
)
# Labels follow the sorted folder names. The tree must have just these classes.
try:
    hierarchy = kh.Hierarchy.from_csv(args.tree, classes=train.class_names)
except (OSError, ValueError) as error:
    raise SystemExit(f"{args.tree}: {error}") from error
if validation.class_names != train.class_names:
    raise SystemExit("train and val hold different classes.")
# Keras takes an empty folder for a class, and nothing else would tell.
root = args.folder / "train"
full = {Path(file).relative_to(root).parts[0] for file in train.file_paths}
if empty := sorted({*train.class_names} - full):
    raise SystemExit(f"{root / empty[0]} holds no images.")
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
kh.without_heads(model).save(args.logdir / "plain.keras")
print(f"Now look: tensorboard --logdir {args.logdir.parent}")
