"""What several networks say together: a control for heads that are asked.

    python -m benchmarks.study.ensemble kept/baseline-batch-10100-*-val.npz

The files are what `benchmarks.study.training --keep` saves of each seed. Prints
the errors of each network, and of the mean of their posteriors, for every pair
and for all of them: networks with that many times the weights.
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
from scipy.special import softmax

from keras_hier import scores


def errors(labels: np.ndarray, posteriors: np.ndarray) -> str:
    """Returns top-1 and top-5 error in percent."""
    top5 = scores.top_k(posteriors, 5)
    return " / ".join(
        f"{100 * (1 - scores.top_k_accuracy(labels, top5[:, :k])):.1f}"
        for k in (1, 5)
    )


def main() -> None:
    """Reads the scores, prints the errors."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="NPZ")
    parser.add_argument("--output", choices=("class", "fused"), default="class")
    args = parser.parse_args()
    networks = {}
    for path in args.files:
        with np.load(path) as kept:
            labels = kept["labels"]
            logits = kept[args.output].astype(np.float64)
        networks[path.stem] = softmax(logits, axis=1)
    for size in sorted({1, 2, len(networks)} & set(range(len(networks) + 1))):
        for names in itertools.combinations(networks, size):
            together = np.mean([networks[name] for name in names], axis=0)
            print(f"{errors(labels, together)}  {' + '.join(names)}")


if __name__ == "__main__":
    main()
