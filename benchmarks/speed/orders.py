"""Judges orders of the 1,000 ILSVRC classes on a real confusion matrix.

    python -m benchmarks.speed.orders PREDICTIONS.npz

The file holds `wnids` [1000], `labels` [N] and `predictions` [N].
"""

import argparse

import numpy as np

import keras_hier as kh
from benchmarks.logs.derived_log import load_answers
from keras_hier import scores
from keras_hier.hierarchy import seriation, transforms


def main() -> None:
    """Reads the command line, prints a line an order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("predictions")
    args = parser.parse_args()
    tree = kh.Hierarchy.imagenet()
    answers = load_answers(args.predictions, tree)
    matrix = scores.confusion_matrix(
        answers.labels, answers.predictions, tree.num_classes
    )
    first_label = [
        int(tree.order[a:b].min())
        for a, b in zip(tree.start, tree.stop, strict=True)
    ]
    by_label = {
        node: sorted(tree.children(node).tolist(), key=first_label.__getitem__)
        for node in range(len(tree.parents))
    }
    unordered = kh.Hierarchy(*transforms.reordered(tree, by_label))
    for name, order in (
        ("by label", np.arange(tree.num_classes)),
        ("WordNet, siblings by label", unordered.order),
        ("shipped", tree.order),
        ("free of the tree", seriation.order(matrix)),
    ):
        print(name, seriation.measures(matrix, order))


if __name__ == "__main__":
    main()
