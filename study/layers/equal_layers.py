"""Counts what is found where no layer knows more than an untrained network's.

    python -m study.layers.equal_layers
    python -m study.layers.equal_layers --classes 20 --per-class 50 \
        --records 150

Features of all layers, and of all of the control's, are drawn from the same
distribution; the probes are fitted to them as to real ones.
"""

import argparse
import dataclasses

import numpy as np

from keras_hier.analysis import Features, probe
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.records.layers_codec import LayersRecord
from keras_hier.probing.layer_evidence import layer_evidence

LAYERS = 5
PER_GROUP = 3


def drawn(labels: np.ndarray, rng: np.random.Generator) -> Features:
    """Returns features [N, C + 2] of each layer, a mean of 1 for each class."""
    classes = labels.max() + 1
    means = np.eye(classes, classes + 2)[labels]
    return Features(
        {
            f"layer{place}": means + rng.normal(size=means.shape)
            for place in range(LAYERS)
        },
        labels,
    )


def found(record: LayersRecord) -> tuple[bool, bool]:
    """Tells whether any layer is called better at any level, and worse."""
    listed = layer_evidence(record).over.found
    is_better = record.over.ravel() > 0
    return bool((listed & is_better).any()), bool((listed & ~is_better).any())


def main() -> None:
    """Draws records, and prints what is found in them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--classes", type=int, default=6)
    parser.add_argument("--per-class", type=int, default=40)
    parser.add_argument("--records", type=int, default=200)
    args = parser.parse_args()
    rng = np.random.default_rng(7)
    tree = Hierarchy.from_paths(
        [(f"g{c // PER_GROUP}", f"c{c}") for c in range(args.classes)]
    )
    labels = np.arange(args.classes * args.per_class) % args.classes
    now, before = [], []
    for _ in range(args.records):
        record = probe(
            drawn(labels, rng), tree, control=drawn(labels, rng), folds=3
        ).record
        now.append(found(record))
        # As if the best layer of the control were the only one.
        one = record.control_layers[:1]
        before.append(found(dataclasses.replace(record, control_layers=one)))
    for name, rows in (
        ("worse for each layer of the control", now),
        ("worse for its best one alone", before),
    ):
        better, worse = np.transpose(rows)
        print(
            f"{name}: of {args.records} records {(better | worse).sum()} "
            f"with anything found, {better.sum()} better, {worse.sum()} worse"
        )


if __name__ == "__main__":
    main()
