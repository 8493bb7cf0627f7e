"""Times the lists of `keras_hier.analysis.quality`, in CPU time.

python -m benchmarks.speed.quality
"""

import functools
import time

import numpy as np
from scipy import sparse

from benchmarks.measuring import best_ms
from keras_hier.analysis.data_quality.diverse_classes import diverse_classes
from keras_hier.analysis.data_quality.label_issues import suspect_labels
from keras_hier.analysis.data_quality.overlapping_classes import (
    overlapping_classes,
)
from keras_hier.hierarchy import Hierarchy


def main() -> None:
    """Prints the times."""
    rng = np.random.default_rng(0)
    for classes, errors in ((1000, 14_000), (21_000, 700_000)):
        groups = classes // 20
        tree = Hierarchy.from_paths(
            [(f"a{i % 10}", f"g{i % groups}", f"c{i}") for i in range(classes)]
        )
        rows, columns = rng.integers(0, classes, (2, errors))
        diagonal = np.arange(classes)
        matrix = sparse.coo_array(
            (
                np.append(np.ones(errors, int), np.full(classes, 40)),
                (np.append(rows, diagonal), np.append(columns, diagonal)),
            ),
            shape=(classes, classes),
        )
        for find in (overlapping_classes, diverse_classes):
            call = functools.partial(find, matrix, tree)
            spent = best_ms(call, 1, time.process_time)
            print(f"{find.__name__}, {classes:,} classes: {spent:,.0f} ms")
    tree = Hierarchy.imagenet()
    for samples in (50_000, 1_300_000):
        p = np.sort(rng.dirichlet(np.full(6, 0.3), samples)[:, :5])[:, ::-1]
        best = rng.integers(0, 196, (samples, 1)) + 200 * np.arange(5)
        labels = np.where(
            rng.random(samples) < 0.8,
            best[:, 0],
            rng.integers(0, 1000, samples),
        )
        is_given = best == labels[:, None]
        own = np.where(
            is_given.any(axis=1),
            np.where(is_given, p, 0).sum(axis=1),
            np.maximum(1 - p.sum(axis=1), 0) / 995,
        )
        suspects = functools.partial(
            suspect_labels, labels, p, tree, classes=best, given=own
        )
        spent = best_ms(suspects, 1, time.process_time)
        print(f"suspect_labels, {samples:,} x 5 best: {spent:,.0f} ms")


if __name__ == "__main__":
    main()
