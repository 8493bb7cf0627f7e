"""Images of which only the group is known, beside few whose class is known.

    python examples/coarse.py FOLDER TREE.csv

FOLDER holds exact/<class>/*.jpg, coarse/<group>/*.jpg and val/<class>/*.jpg.
TREE.csv names the groups of every class, the coarsest first:

    class,group1,group2
    tabby,animals,cats
    husky,animals,dogs
    bus,vehicles,road vehicles

Two networks are trained for as many steps: one on the exact images alone, one
on both. The loss of a coarse image is minus the logarithm of the probability of
all classes of its group.

--draw N fills an empty FOLDER, and TREE.csv, with 48 classes of drawn figures:
N exact images of each and ten times as many coarse ones.
"""

import argparse
import collections
import csv
from pathlib import Path

import keras
import tensorflow as tf
from PIL import Image

import keras_hier as kh


def share(text: str) -> float:
    """Reads a share that leaves room for images of both kinds."""
    if not 0 < float(text) < 1:
        raise argparse.ArgumentTypeError(f"expected 0 < share < 1, got {text}")
    return float(text)


parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("folder", type=Path)
parser.add_argument("tree", type=Path)
parser.add_argument("--draw", type=int, metavar="N")
parser.add_argument("--logdir", type=Path, default=Path("runs/coarse"))
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--steps", type=int, default=60, help="of an epoch")
parser.add_argument("--image-size", type=int, default=48)
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument(
    "--exact-share",
    type=share,
    default=0.25,
    help="of the images of a batch that are exact (default: 0.25)",
)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()
if any(args.logdir.glob("*/*/events.out.tfevents.*")):
    raise SystemExit(f"{args.logdir} holds runs: choose another --logdir.")


def draw(each: int) -> None:
    """Draws a data set whose coarse images are known by their family."""
    if args.tree.exists() or (
        args.folder.exists() and any(args.folder.iterdir())
    ):
        raise SystemExit(
            f"--draw fills an empty {args.folder} and writes {args.tree}, and "
            "one of them is there: leave --draw out to train on what it holds."
        )
    tree = kh.data.shapes.hierarchy()
    families = tree.cut(groups=12)
    for seed, (part, count) in enumerate(
        {"exact": each, "coarse": 10 * each, "val": 20}.items()
    ):
        images, labels = kh.data.shapes.load(count, seed=seed)
        for number, (image, label) in enumerate(
            zip(images, labels, strict=True)
        ):
            name = tree.classes[label]
            if part == "coarse":
                name = families.names[families.of_class[label]]
            path = args.folder / part / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
    with open(args.tree, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["class", "group1", "group2"])
        for name, leaf in zip(tree.classes, tree.leaves, strict=True):
            family, group, _ = (
                tree.node_names[n] for n in tree.ancestors(leaf)
            )
            rows.writerow([name, group, family])


if args.draw is not None:
    draw(args.draw)


def images_of(part: str) -> tf.data.Dataset:
    """Returns single images, and the numbers of the folders they are in."""
    folder = args.folder / part
    if not folder.is_dir():
        raise SystemExit(
            f"{folder} is no folder. Expected exact/<class>/, coarse/<group>/ "
            f"and val/<class>/ in {args.folder}."
        )
    images = keras.utils.image_dataset_from_directory(
        folder,
        image_size=(args.image_size, args.image_size),
        batch_size=None,
        shuffle=False,
    )
    full = {
        Path(file).relative_to(folder).parts[0] for file in images.file_paths
    }
    if empty := sorted({*images.class_names} - full):
        raise SystemExit(f"{folder / empty[0]} holds no images.")
    return images


exact, coarse, val = map(images_of, ("exact", "coarse", "val"))
# Answers are counted by class; what is known as a group would be left out.
if others := sorted({*val.class_names} - {*exact.class_names}):
    raise SystemExit(
        f"{args.folder / 'val' / others[0]} is none of the classes of exact/."
    )
# Who always names the class of most images is right as often as this.
sizes = collections.Counter(Path(path).parent for path in val.file_paths)
guess = max(sizes.values()) / sizes.total()
# The folders of the exact images say which names are classes.
try:
    hierarchy = kh.Hierarchy.from_csv(args.tree, classes=exact.class_names)
except (OSError, ValueError) as error:
    raise SystemExit(f"{args.tree}: {error}") from error
nodes = kh.NodeLabels(hierarchy)
print(hierarchy)

# From numbers of folders to labels: classes 0..C-1, groups from C on.
known = {
    "exact": exact.map(nodes.renumber(exact.class_names)),
    "coarse": coarse.map(nodes.renumber(coarse.class_names)),
}
val = val.map(nodes.renumber(val.class_names)).batch(args.batch_size)
# Small enough to be kept in memory, in another order each time.
endless = {
    name: images.cache()
    .shuffle(int(images.cardinality()), seed=args.seed)
    .repeat()
    for name, images in known.items()
}
mixed = tf.data.Dataset.sample_from_datasets(
    [endless["exact"], endless["coarse"]],
    weights=[args.exact_share, 1 - args.exact_share],
    seed=args.seed,
    stop_on_empty_dataset=True,
)

scores = {}
for run, images in {"exact": endless["exact"], "coarse": mixed}.items():
    keras.utils.set_random_seed(args.seed)
    model = kh.AlexNet(
        hierarchy.num_classes,
        input_shape=(args.image_size, args.image_size, 3),
        width=0.25,
        normalization="batch",
    )
    model.compile(
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(
                1e-3, args.epochs * args.steps
            )
        ),
        **kh.compile_args(model, hierarchy, label_mode="nodes"),
    )
    targets = kh.targets(model, label_mode="nodes")
    model.fit(
        images.batch(args.batch_size).map(targets).prefetch(2),
        steps_per_epoch=args.steps,
        validation_data=val.map(targets),
        epochs=args.epochs,
        shuffle=False,  # the data set shuffles itself
        verbose=2,
        callbacks=[kh.BlocksCallback(args.logdir / run)],
    )
    model.save(args.logdir / f"{run}.keras")
    scores[run] = model.evaluate(val.map(targets), verbose=0, return_dict=True)[
        "accuracy"
    ]

print(f"{int(known['exact'].cardinality())} exact images alone: ", end="")
print(f"{scores['exact']:.1%} of the classes are right")
print(f"and {int(known['coarse'].cardinality())} coarse ones: ", end="")
print(f"{scores['coarse']:.1%} (a blind guess: {guess:.1%})")
print(f"Now look: tensorboard --logdir {args.logdir}")
