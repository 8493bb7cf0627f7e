"""Counts what is found in networks that have learned nothing.

    python -m study.layers.untrained_null --data tiny-imagenet

Networks with weights drawn at random are read; each in turn is taken for a
trained one, beside others of them drawn as its controls. Whatever is called
better or worse than untrained there, at any layer and level, is a false alarm.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np

import keras_hier as kh
from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.probing.layer_evidence import layer_evidence
from keras_hier.probing.layer_reader import LayerReading, read_layers
from keras_hier.probing.layers_record import make_record
from keras_hier.probing.probe_data import probe_data
from study.layers.equal_layers import found
from study.training.data import centre, classes_of, read_split
from study.training.labels import read_trees

FOLDS = 5


def main() -> None:
    """Prints a line for each number of controls."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True)
    add("--normalization", choices=("batch", "none", "lrn"), default="batch")
    add("--networks", type=int, default=24)
    add("--controls", type=int, nargs="+", default=[1, 2, 3, 5])
    add("--records", type=int, default=240)
    add("--pool", choices=("mean", "grid3"), default="grid3")
    add("--crop", type=int, default=56)
    add("--per-class", type=int, default=50)
    add("--cache", type=Path, default=Path("~/.cache/keras-hier").expanduser())
    args = parser.parse_args()
    classes = classes_of(args.data, with_val=True)
    tree = read_trees("imagenet", classes)[0]
    images = read_split(args.data, "validation", 64, args.cache)
    data = centre(images, args.crop), images.labels
    warnings.simplefilter("ignore")
    drawn: list[list[LayerReading]] = []
    for seed in range(args.networks):
        kh_seed(seed)
        model = kh.AlexNet(
            len(classes),
            (args.crop, args.crop, 3),
            width=0.5,
            normalization=args.normalization,
        )
        features = kh.analysis.features(
            model, data, pool=args.pool, per_class=args.per_class
        )
        samples = probe_data(features, tree, None, FOLDS, 0, True)
        drawn.append(read_layers(samples, features))
    best = np.max(
        [[x.probe.right[-1].mean() for x in one if x.probe] for one in drawn],
        axis=1,
    )
    print(
        f"{len(drawn)} networks, {len(features):,} samples: the best layer "
        f"names {100 * best.mean():.2f} % right, standard deviation "
        f"{100 * best.std(ddof=1):.2f} points"
    )
    rng = np.random.default_rng(0)
    for count in args.controls:
        records = []
        for number in range(args.records):
            network = number % len(drawn)
            others = np.delete(np.arange(len(drawn)), network)
            chosen = rng.choice(others, count, replace=False)
            records.append(
                make_record(
                    samples,
                    drawn[network],
                    [drawn[one] for one in chosen],
                    None,
                )
            )
        print(line(count, records), flush=True)


def kh_seed(seed: int) -> None:
    """Seeds the weights that are drawn next."""
    import keras

    keras.utils.set_random_seed(seed)


def line(controls: int, records: list[LayersRecord]) -> str:
    """Returns in how many records anything is found."""
    better, worse = np.transpose([found(record) for record in records])
    aligned = [
        layer_evidence(record).alignment.found.any() for record in records
    ]
    return (
        f"{controls} controls: of {len(records)} records anything is found in "
        f"{(better | worse).sum()}, better in {better.sum()}, worse in "
        f"{worse.sum()}; an alignment in {np.sum(aligned)}"
    )


if __name__ == "__main__":
    main()
