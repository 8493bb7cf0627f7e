"""Tells how much of what a layer knows probes of few samples a class find.

    python -m study.layers.few_samples

A layer of 64 features has the means of 100 classes drawn, and each sample
noise around that of its class; who knows the means names 70 % right.
"""

import warnings

import numpy as np

from keras_hier.analysis import Features, probe
from keras_hier.hierarchy.hierarchy import Hierarchy

CLASSES, FEATURES, NOISE = 100, 64, 2.5
PER_CLASS = (1, 2, 3, 5, 10, 20, 50, 200)


def drawn(
    per_class: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, float]:
    """Returns features [N, F], labels [N], and how much of them is known."""
    means = rng.normal(size=(CLASSES, FEATURES))
    labels = np.repeat(np.arange(CLASSES), per_class)
    features = means[labels] + NOISE * rng.normal(size=(len(labels), FEATURES))
    near = features @ means.T - (means**2).sum(axis=1) / 2
    return features, labels, float((near.argmax(axis=1) == labels).mean())


def main() -> None:
    """Prints a line for each number of samples."""
    warnings.simplefilter("ignore")  # of penalties at the edge
    rng = np.random.default_rng(0)
    tree = Hierarchy.from_paths(
        [(f"g{each // 10}", f"c{each:03}") for each in range(CLASSES)]
    )
    for per_class in PER_CLASS:
        features, labels, known = drawn(per_class, rng)
        record = probe(Features({"layer": features}, labels), tree).record
        print(
            f"{per_class:4} a class: {100 * record.right[0, -1]:5.1f} % right, "
            f"± {100 * record.right_se[0, -1]:.1f}; known {100 * known:.1f} %"
        )


if __name__ == "__main__":
    main()
