"""What several networks say together: a control for heads that are asked.

    python -m study.ensemble kept/baseline-batch-10100-*-val.npz
    python -m study.ensemble kept/*-25-16-*held_out.npz \
        --output fused --coarse 16 --data tiny-imagenet

The files are what `study.training --keep` saves of each seed. Prints
the errors of each network, and of the mean of their posteriors, for every pair
and for all of them: networks with that many times the weights. With --coarse
also what they would teach: the share that is right if the group is told, and if
the classes below it are to be named equally often (`--teacher`, `--even`).
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
from scipy.special import softmax

import keras_hier as kh
from keras_hier import scores
from study.training.keep import said_of
from study.training.labels import coarse_tree, tree_of


def errors(labels: np.ndarray, posteriors: np.ndarray) -> str:
    """Returns top-1 and top-5 error in percent."""
    top5 = scores.top_k(posteriors, min(5, posteriors.shape[1]))
    return " / ".join(
        f"{100 * (1 - scores.top_k_accuracy(labels, top5[:, :k])):.1f}"
        for k in (1, 5)
    )


def right_if_told(
    labels: np.ndarray,
    posteriors: np.ndarray,
    tree: kh.Hierarchy,
    of_class: np.ndarray,
) -> str:
    """Returns the share that is right within nodes, and with even classes.

    Args:
        labels: of the classes [N].
        posteriors: [N, C].
        tree: whose nodes are told.
        of_class: [C], the label of the node that is told of each class.
    """
    numbering = kh.NodeLabels(tree)
    shares = []
    for frequencies in (None, np.ones(tree.num_classes)):
        said = numbering.within(of_class[labels], posteriors, frequencies)
        shares.append(100 * np.mean(said.argmax(axis=1) == labels))
    return f"given the true group {shares[0]:.1f} right, evened {shares[1]:.1f}"


def main() -> None:
    """Reads the scores, prints the errors."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="NPZ")
    parser.add_argument("--output", choices=("class", "fused"), default="class")
    parser.add_argument("--coarse", metavar="G", help="as of training")
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="of --coarse randomG, as of training",
    )
    parser.add_argument("--data", type=Path, help="of --coarse")
    parser.add_argument("--hierarchy", default="imagenet", help="of --coarse")
    args = parser.parse_args()
    if args.coarse and not args.data:
        parser.error("--coarse wants --data, the folder of the classes.")
    told = classes = None
    if args.coarse:
        tree = tree_of(args.data, args.hierarchy)
        told = coarse_tree(tree, args.coarse, args.seed)
        classes = tree.classes
    networks: dict[str, np.ndarray] = {}
    labels = np.empty(0)
    for path in args.files:
        found, said, classes = said_of(path, args.output, classes)
        logits = said.astype(np.float64)
        labels = labels if networks else found
        if not np.array_equal(labels, found):
            parser.error(
                f"{path} is about other images than {args.files[0]}: what "
                "networks say together wants the same ones."
            )
        networks[path.stem] = softmax(logits, axis=1)
    for size in sorted({1, 2, len(networks)} & set(range(len(networks) + 1))):
        for names in itertools.combinations(networks, size):
            together = np.mean([networks[name] for name in names], axis=0)
            line = f"{errors(labels, together)}  {' + '.join(names)}"
            if told:
                line += f"  {right_if_told(labels, together, *told)}"
            print(line)


if __name__ == "__main__":
    main()
