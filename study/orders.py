"""Judges orders of the 1,000 ILSVRC classes on a real confusion matrix.

    python -m study.orders PREDICTIONS.npz

The file holds `wnids` [1000], `labels` [N] and `predictions` [N]. An order that
was made from errors fits these too well. So the images are dealt into halves:
orders are made from one half and read on the other, in both directions. The
figures on the half that they were made from stand beside it.
"""

import argparse
from collections import defaultdict

import numpy as np

import keras_hier as kh
from keras_hier import scores
from keras_hier.hierarchy.computed_tree import tree_from_confusions
from keras_hier.hierarchy.orders import seriation
from keras_hier.hierarchy.tree import transforms
from tests.support.derived_log import load_answers

DEALS = 5
# Errors are counted so far from the diagonal, in 1,000 places.
NEAR = 50


def main() -> None:
    """Reads the command line, prints a line an order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("predictions")
    parser.add_argument("--deals", type=int, default=DEALS, metavar="N")
    args = parser.parse_args()
    tree = kh.Hierarchy.imagenet()
    answers = load_answers(args.predictions, tree)
    rng = np.random.default_rng(0)
    unseen, seen = defaultdict(list), defaultdict(list)
    for _ in range(args.deals):
        dealt = rng.permutation(len(answers.labels))
        halves = [
            scores.confusion_matrix(
                answers.labels[half],
                answers.predictions[half],
                tree.num_classes,
            )
            for half in np.array_split(dealt, 2)
        ]
        for own, other in (halves, halves[::-1]):
            for name, order in _orders(tree, own, rng).items():
                unseen[name].append(_figures(other, order))
                seen[name].append(_figures(own, order)[0])
    print("| order | errors within 50 | on its own half | path length |")
    print("|---|---|---|---|")
    for name, rows in unseen.items():
        (near, path), spread = np.mean(rows, axis=0), np.std(rows, axis=0)[0]
        print(
            f"| {name} | {near:.1%} ± {spread:.1%} | {np.mean(seen[name]):.1%} "
            f"| {path:.0f} |"
        )


def _figures(matrix: np.ndarray, order: np.ndarray) -> tuple[float, float]:
    """Returns which share of the errors is near, and the path length."""
    place = np.argsort(order)
    rows, columns = np.nonzero(matrix)
    gap = np.abs(place[rows] - place[columns])
    errors = np.where(gap > 0, matrix[rows, columns], 0)
    near = errors[gap <= NEAR].sum() / errors.sum()
    unlike = seriation.dissimilarity(matrix)
    return float(near), float(unlike[order[:-1], order[1:]].sum())


def _orders(
    tree: kh.Hierarchy, matrix: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Returns orders of the classes, some of them made from a matrix."""
    first_label = [
        int(tree.order[a:b].min())
        for a, b in zip(tree.start, tree.stop, strict=True)
    ]
    by_label = {
        node: sorted(tree.children(node).tolist(), key=first_label.__getitem__)
        for node in range(len(tree.parents))
    }
    unordered = kh.Hierarchy(*transforms.reordered(tree, by_label))
    computed = tree_from_confusions(matrix, tree.classes, bootstrap=0)
    return {
        "random": rng.permutation(tree.num_classes),
        "by label": np.arange(tree.num_classes),
        "WordNet, siblings by label": unordered.order,
        "WordNet, siblings by confusion": unordered.ordered_by(matrix).order,
        "free of a tree": seriation.order(matrix),
        "computed tree": computed.hierarchy.order,
    }


if __name__ == "__main__":
    main()
