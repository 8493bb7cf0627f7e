"""What trees look like that errors make which have no structure.

    python -m study.noise_trees

Errors fall anywhere, in even and in long-tailed data. Prints how many groups of
their trees are said to be weak, and how many of errors that a tree has not seen
lie inside its groups, beside what is given for chance.
"""

import argparse
import warnings

import numpy as np

from keras_hier.hierarchy import tree_from_confusions
from keras_hier.hierarchy.computed_tree import ComputedTree

# Classes, and errors a class.
SIZES = ((5, 100), (8, 100), (10, 20), (10, 1000), (20, 100), (50, 100))
# Samples of long-tailed data, whose answers ignore the image.
SAMPLES = 5_000
TAILS = (10, 30)


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--trees", type=int, default=12, metavar="N")
    trees = range(parser.parse_args().trees)
    warnings.simplefilter("ignore")  # few errors a class
    print("| classes | errors a class | groups | weak | support below 0.5 |")
    print("|---|---|---|---|---|")
    for classes, errors in SIZES:
        found = [_tree(_even(classes, errors, seed), seed) for seed in trees]
        weak, low = (
            np.concatenate(each)
            for each in zip(*map(_of_groups, found), strict=True)
        )
        print(
            f"| {classes} | {errors:,} | {len(weak)} | {weak.mean():.0%} | "
            f"{low.mean():.0%} |"
        )
    print("\n| classes, long tail | unseen errors inside | by chance |")
    print("|---|---|---|")
    for classes in TAILS:
        found = [_tree(_tailed(classes, seed), seed) for seed in trees]
        unseen = np.mean([each.inside_held_out[0] for each in found])
        chance = np.mean([each.inside_chance[0] for each in found])
        print(f"| {classes} | {unseen:.1%} | {chance:.1%} |")


def _tree(counts: np.ndarray, seed: int) -> ComputedTree:
    names = [f"class {c}" for c in range(len(counts))]
    return tree_from_confusions(counts, names, seed=seed)


def _even(classes: int, errors: int, seed: int) -> np.ndarray:
    """Returns counts [C, C] whose errors are as likely in any cell."""
    is_error = ~np.eye(classes, dtype=bool)
    counts = np.diag(np.full(classes, errors))
    counts[is_error] = np.random.default_rng(seed).multinomial(
        classes * errors, np.full(is_error.sum(), 1 / is_error.sum())
    )
    return counts


def _tailed(classes: int, seed: int) -> np.ndarray:
    """Returns counts [C, C] of classes and answers, each by Zipf's law."""
    shares = 1 / np.arange(1, classes + 1)
    labels, named = np.random.default_rng(seed).choice(
        classes, (2, SAMPLES), p=shares / shares.sum()
    )
    return np.bincount(labels * classes + named, minlength=classes**2).reshape(
        classes, classes
    )


def _of_groups(found: ComputedTree) -> tuple[np.ndarray, np.ndarray]:
    """Returns which groups are weak, and which have a support below 0.5."""
    tree = found.hierarchy
    is_group = (tree.labels < 0) & (tree.parents >= 0)
    return found.weak[is_group], found.support[is_group] < 0.5


if __name__ == "__main__":
    main()
