"""What is found in the layers of a network where there is nothing to find.

    python -m study.layers.null --data tiny-imagenet \
        kept/batch-100/probes-batch-10100-0.weights.h5

Real features and the network's own output, mean-pooled, but the tree, the
groups, the labels or the layer are drawn at random. What is called news there
is a false alarm.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np

import keras_hier as kh
from keras_hier.analysis.evidence.channel_evidence import channels
from keras_hier.probing.features import Features
from study.training.data import centre, classes_of, read_split
from study.training.labels import read_trees

GROUP = 8
NOISE = 48
PERMUTED_LABELS = 5


def main() -> None:
    """Prints a line for each way of having nothing to find."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--crop", type=int, default=56)
    parser.add_argument("--seed", type=int, default=0)
    cache = Path("~/.cache/keras-hier").expanduser()
    args = parser.parse_args()
    classes = classes_of(args.data, with_val=True)
    tree = read_trees("imagenet", classes)[0]
    images = read_split(args.data, "validation", 64, cache)
    model = kh.AlexNet(
        len(classes),
        (args.crop, args.crop, 3),
        width=0.5,
        normalization="batch",
    )
    model.load_weights(args.weights)
    data = centre(images, args.crop), images.labels
    features = kh.analysis.features(model, data, pool="mean", per_class=50)
    rng = np.random.default_rng(args.seed)
    warnings.simplefilter("ignore")
    for line in (
        permuted_trees(features, tree, args.draws, rng),
        random_groups(features, tree, args.draws, rng),
        permuted_labels(features, tree, PERMUTED_LABELS, rng),
        layers_of_noise(features, tree, args.draws, rng),
    ):
        print(line, flush=True)


def permuted_trees(
    features: Features, tree: kh.Hierarchy, draws: int, rng: np.random.Generator
) -> str:
    """Counts alignments with permuted trees that lie outside the band."""
    outside = []
    for layer in features.layers:
        means = features.class_means(layer, tree)
        for _ in range(draws):
            found = kh.analysis.tree_alignment(rng.permutation(means), tree)
            outside.append(abs(found.value) > found.band)
    return (
        f"permuted trees: {np.sum(outside)} of {len(outside)} alignments lie "
        f"outside the band of 95 %, {len(outside) / 20:.0f} by chance"
    )


def random_groups(
    features: Features, tree: kh.Hierarchy, draws: int, rng: np.random.Generator
) -> str:
    """Counts random groups of which channels are listed."""
    listed, alone, tested = 0, 0, 0
    for layer in features.layers:
        means = features.class_means(layer, tree)
        for _ in range(draws):
            found = channels(means, rng.choice(len(means), GROUP, False))
            listed += found.found > 0
            alone += int((found.p <= 0.05).sum())
            tested += len(found.p)
    count = draws * len(features.layers)
    return (
        f"random groups of {GROUP} classes: channels are listed of {listed} of "
        f"{count}, {count // 20} by the rate; {100 * alone / tested:.1f} % of "
        "the channels have p of at most 0.05 alone"
    )


def permuted_labels(
    features: Features, tree: kh.Hierarchy, draws: int, rng: np.random.Generator
) -> str:
    """Counts layers that know labels which say nothing."""
    beyond, outside, count = 0, 0, 0
    layers = {layer: features[layer] for layer in features.layers}
    chance = 1 / tree.num_classes
    for _ in range(draws):
        labels = rng.permutation(np.asarray(features.labels))
        record = kh.analysis.probe(Features(layers, labels), tree).record
        off = np.abs(record.right[:, -1] - chance)
        beyond += int((off > 2 * record.right_se[:, -1]).sum())
        outside += int((np.abs(record.alignment) > record.band).sum())
        count += len(off)
    return (
        f"permuted labels: {beyond} of {count} probes are beyond two standard "
        f"errors of chance, {outside} of {count} alignments outside the band, "
        f"{count / 20:.1f} by chance"
    )


def layers_of_noise(
    features: Features, tree: kh.Hierarchy, draws: int, rng: np.random.Generator
) -> str:
    """Counts layers of noise that are found worth asking."""
    asked, beyond = 0, 0
    labels = np.asarray(features.labels)
    for _ in range(draws):
        noise = {"noise": rng.normal(size=(len(labels), NOISE))}
        drawn = Features(noise, labels, output=features.output)
        record = kh.analysis.probe(drawn, tree).record
        asked += len(record.asked) > 0
        error, spread = record.adds_error[0], record.adds_error_se[0]
        beyond += int(abs(error) > 2 * spread)
    return (
        f"layers of noise, {NOISE} features: {asked} of {draws} are worth "
        f"asking, {beyond} add or take more than two standard errors, "
        f"{draws / 20:.0f} by chance"
    )


if __name__ == "__main__":
    main()
