"""From which accuracy on a network can tell wrong labels from its own errors.

Some labels are replaced: half of them by any other class, half by a sibling in
the tree. Networks that saw the other folds, wrong labels and all, say what they
think of each sample; `suspect_labels` lists what it finds, and a line has its
`expected_precision` beside the share of planted labels among those listed.

    python -m study.suspect_labels --digits --out suspects.jsonl
    python -m study.suspect_labels DATA --out suspects.jsonl
    python -m study.suspect_labels --table suspects.jsonl

DATA holds `train/<wnid>/*.JPEG` as for `training`; a small convolutional
network is asked after some epochs, at the classes and at cuts of the tree.
`--digits` takes the 1,797 digits that come with scikit-learn and networks that
see a few of their pixels, stopped early or trained until they are sure of
everything. The last column of the table is what chance gives: the share of
planted labels among all.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import keras_hier as kh
from keras_hier.analysis.data_quality.label_issues import EVEN, suspect_labels
from keras_hier.data.folders import class_folders, split_folder
from study.training.data import read_split

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

SIDE = 32
FOLDS = 2
EPOCHS = (1, 2, 4, 8, 16)
GROUPS = (None, 33, 16, 4)
FIRST = 20
"""How many entries a person looks at."""


def plant(
    labels: IntArray,
    tree: kh.Hierarchy,
    share: float,
    rng: np.random.Generator,
) -> IntArray:
    """Returns labels [N], a share of them wrong, half of that by a sibling."""
    wrong = rng.permutation(len(labels))[: round(share * len(labels))]
    given = labels.copy()
    parent = tree.parents[tree.leaves]
    for place, sample in enumerate(wrong):
        true = labels[sample]
        others = np.flatnonzero(parent == parent[true])
        if place % 2 or len(others) == 1:
            others = np.arange(tree.num_classes)
        given[sample] = rng.choice(others[others != true])
    return given


def network(num_classes: int, seed: int) -> Any:
    """Returns a small network, compiled."""
    import keras

    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Rescaling(1 / 127.5, -1),
            layers.RandomFlip("horizontal"),
        ]
    )
    for width in (32, 64, 128, 128):
        model.add(layers.Conv2D(width, 3, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.compile(
        keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy"
    )
    return model


def answers(
    images: npt.NDArray[np.uint8], given: IntArray, size: int, seed: int
) -> dict[int, FloatArray]:
    """Returns probabilities [N, C] by epoch, of networks that saw no image."""
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(given))
    found = {epoch: np.zeros((len(given), size)) for epoch in EPOCHS}
    for k in range(FOLDS):
        model = network(size, seed + k)
        seen = fold != k
        done = 0
        for epoch in EPOCHS:
            model.fit(
                images[seen],
                given[seen],
                batch_size=64,
                epochs=epoch,
                initial_epoch=done,
                verbose=0,
            )
            done = epoch
            found[epoch][~seen] = model.predict(
                images[~seen], batch_size=512, verbose=0
            )
    return found


def digit_answers(
    pixels: FloatArray, given: IntArray, seed: int
) -> dict[str, FloatArray]:
    """Returns probabilities [N, 10] by network, each of other pixels."""
    from sklearn.model_selection import cross_val_predict
    from sklearn.neural_network import MLPClassifier

    rng = np.random.default_rng(seed)
    found = {}
    for count in (1, 2, 3, 4, 6, 8, 12, 16, 24, 64):
        seen = pixels[:, rng.permutation(pixels.shape[1])[:count]]
        for kind, epochs in (("stopped early", 15), ("sure", 400)):
            found[f"{count} pixels, {kind}"] = cross_val_predict(
                MLPClassifier(
                    (64,), alpha=0, max_iter=epochs, tol=0, random_state=seed
                ),
                seen,
                given,
                cv=5,
                method="predict_proba",
            )
    return found


def judge(
    probabilities: FloatArray,
    labels: IntArray,
    given: IntArray,
    grouping: kh.Grouping | None,
    tree: kh.Hierarchy,
) -> dict[str, Any]:
    """Returns what is listed, and how much of it was planted, at a level."""
    if grouping is not None:
        group = grouping.of_class
        probabilities = probabilities @ np.eye(grouping.num_groups)[group]
        labels, given = group[labels], group[given]
    probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    found = suspect_labels(
        given, probabilities, tree if grouping is None else None
    )
    is_wrong = given != labels
    # As if weak networks could tell as well: that is the question.
    trust = found.suspects.trust
    many = int((trust >= EVEN).sum())
    listed = found.suspects.sample[:many]
    ranked = found.suspects.sample[np.argsort(-trust, kind="stable")]
    return {
        "level": probabilities.shape[1],
        "accuracy": found.accuracy,
        "accuracy_true": float((probabilities.argmax(1) == labels).mean()),
        "samples": len(labels),
        "planted": int(is_wrong.sum()),
        "listed": many,
        "expected": float(trust[:many].mean()) if many else float("nan"),
        "found": int(is_wrong[listed].sum()),
        "of_first": int(is_wrong[ranked[:FIRST]].sum()),
    }


def table(path: Path) -> None:
    """Prints a row for each network and level, the least accurate first."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    print(
        "| accuracy | classes | planted | listed | of them planted, expected "
        f"| found | of the first {FIRST} | chance |\n" + "|---" * 8 + "|"
    )
    for one in sorted(lines, key=lambda line: line["accuracy"]):
        listed = one["listed"]
        shares = (
            f"{one['expected']:.0%} | {one['found'] / listed:.0%}"
            if listed
            else "- | -"
        )
        print(
            f"| {one['accuracy']:.1%} | {one['level']} | {one['planted']:,} "
            f"| {listed:,} | {shares} | {one['of_first']} "
            f"| {one['planted'] / one['samples']:.1%} |"
        )


def write(out: Path, setting: dict[str, Any], line: dict[str, Any]) -> None:
    """Adds a line to a file."""
    with out.open("a") as file:
        file.write(json.dumps({**setting, **line}) + "\n")


def of_digits(out: Path, share: float, seed: int) -> None:
    """Judges networks of a few pixels of scikit-learn's digits."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    pixels, labels = pixels / 16, labels.astype(np.int64)
    tree = kh.Hierarchy.from_paths([(name,) for name in "0123456789"])
    given = plant(labels, tree, share, np.random.default_rng(seed))
    found = digit_answers(pixels, given, seed)
    for name, scores in found.items():
        line = judge(scores, labels, given, None, tree)
        write(out, {"network": name, "share": share, "seed": seed}, line)


def of_images(
    data: Path, out: Path, cache: Path, classes: int, share: float, seed: int
) -> None:
    """Judges small convolutional networks over a draw of classes."""
    rng = np.random.default_rng(seed)
    split = read_split(data, "train", SIDE, cache)
    labels = split.labels.astype(np.int64)
    every = list(class_folders(split_folder(data, "train")))
    kept = np.sort(rng.permutation(len(every))[:classes])
    chosen = np.isin(labels, kept)
    images, labels = split.pixels[chosen], np.searchsorted(kept, labels[chosen])
    names = [every[index] for index in kept]
    tree = kh.Hierarchy.imagenet().subset(names)
    given = plant(labels, tree, share, rng)
    for epoch, scores in answers(images, given, len(names), seed).items():
        for groups in GROUPS:
            if groups is not None and groups >= len(names):
                continue
            cut = None if groups is None else tree.cut(groups=groups)
            line = judge(scores, labels, given, cut, tree)
            setting = {"network": f"epoch {epoch}", "share": share}
            write(out, {**setting, "seed": seed}, line)


def main() -> None:
    """Reads the command line, trains and judges, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--digits", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("/tmp"))
    parser.add_argument("--table", type=Path)
    parser.add_argument("--classes", type=int, default=101, help="drawn")
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if args.table:
        table(args.table)
    elif args.out and args.digits:
        of_digits(args.out, args.share, args.seed)
    elif args.out and args.data:
        of_images(
            args.data,
            args.out,
            args.cache,
            args.classes,
            args.share,
            args.seed,
        )
    else:
        parser.error("Expected DATA or --digits, with --out, or --table.")


if __name__ == "__main__":
    main()
