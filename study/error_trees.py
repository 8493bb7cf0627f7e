"""Do the groups of a tree that errors make come back in other images?

    python -m study.error_trees PREDICTIONS.npz
    python -m study.error_trees --data tiny-imagenet \
        kept/batch-450/*.npz

A tree is made from the errors of some images, with the support of its groups,
and each group is looked for in the linkage of the errors of others: *survival*
is the Jaccard index of the group there that is most like it. By chance it is
that of as many classes at random. PREDICTIONS.npz holds `wnids` [1000],
`labels` [N] and `predictions` [N] and is dealt into two halves ten times, of
which each makes a tree; of each network that `training --keep` left, the
images of `val` are the one and the held-out ones the other.
"""

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import sparse, stats

import keras_hier as kh
from keras_hier.analysis.trees.tree_agreement import tree_agreement
from keras_hier.hierarchy.computed.class_distances import (
    linked,
    symmetric,
    walk_distances,
)
from keras_hier.hierarchy.computed.tree_evidence import support_of
from keras_hier.hierarchy.computed_tree import tree_from_confusions
from keras_hier.scores import confusion_matrix
from study.training.keep import said_of
from study.training.labels import tree_of
from tests.support.derived_log import load_answers

DEALS = 10
BOUNDS = (0.0, 0.3, 0.5, 0.7, 0.9, 1.001)


class Found(NamedTuple):
    """Of the groups of trees, [groups] each."""

    support: np.ndarray
    survival: np.ndarray
    chance: np.ndarray
    weak: np.ndarray


def main() -> None:
    """Prints tables of support against survival, and of agreement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, help="of the networks")
    parser.add_argument(
        "--hierarchy", default="imagenet", help="of --data, as of training"
    )
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    if args.data:
        tree = tree_of(args.data, args.hierarchy)
        pairs = list(_of_networks(args.files, tree.classes))
        for path, (one, _) in zip(
            sorted(_named(args.files, "val")), pairs[::2], strict=True
        ):
            print(f"\n{path.stem}, as many groups as the tree\n")
            print(agreement_table(one, tree))
    else:
        tree = kh.Hierarchy.imagenet()
        (path,) = args.files
        pairs = list(_halves(path, tree, rng))
    found = [compare(one, other, tree, rng) for one, other in pairs]
    every = Found(*map(np.concatenate, zip(*found, strict=True)))
    print(f"\n{len(pairs)} trees, {len(every.support):,} groups\n")
    print(survival_table(every))
    print()
    for name, of in (("weak", every.weak), ("other", ~every.weak)):
        back, chance = (
            100 * np.mean(values[of] >= 0.5)
            for values in (every.survival, every.chance)
        )
        print(
            f"{of.sum():,} {name} groups: {back:.0f} % come back with 0.5 or "
            f"more, {chance:.1f} % of as many classes at random"
        )
    rank = stats.spearmanr(every.support, every.survival).statistic
    print(f"\nRank correlation of support and survival: {rank:.2f}")


def compare(
    one: sparse.csr_array,
    other: sparse.csr_array,
    tree: kh.Hierarchy,
    rng: np.random.Generator,
) -> Found:
    """Looks for the groups of one tree of errors in another linkage.

    Args:
        one: counts [C, C] that the tree and its support are made from.
        other: those of other images.
        tree: names the classes.
        rng: draws random groups.
    """
    made = tree_from_confusions(one, tree.classes)
    errors = other.tocoo()
    wrong = errors.row != errors.col
    together = symmetric(
        errors.row[wrong],
        errors.col[wrong],
        errors.data[wrong].astype(np.float64),
        tree.num_classes,
    )
    linkage = linked(walk_distances(together))
    place = np.arange(tree.num_classes)
    survival, chance = support_of(made.hierarchy, place, [linkage], rng)
    parents, labels = made.hierarchy.parents, made.hierarchy.labels
    groups = np.flatnonzero((labels < 0) & (parents >= 0))
    return Found(
        made.support[groups],
        np.array(survival)[groups],
        np.array(chance)[groups],
        made.weak[groups],
    )


def survival_table(found: Found) -> str:
    """Returns how far groups come back, by their support."""
    lines = [
        "| support | groups | its mean | survival | by chance "
        "| at least 0.5 again |",
        "|---|---|---|---|---|---|",
    ]
    for low, high in pairwise(BOUNDS):
        of = (found.support >= low) & (found.support < high)
        if of.any():
            survival = found.survival[of]
            lines.append(
                f"| {low:g} to {min(high, 1):g} | {of.sum():,} "
                f"| {found.support[of].mean():.2f} "
                f"| {survival.mean():.2f} | {found.chance[of].mean():.2f} "
                f"| {100 * np.mean(survival >= 0.5):.0f} % |"
            )
    return "\n".join(lines)


def agreement_table(matrix: sparse.csr_array, tree: kh.Hierarchy) -> str:
    """Returns how far a tree and the errors agree, level by level."""
    found = tree_agreement(matrix, tree)
    lines = [
        "| groups | agree | two halves of the errors agree | errors inside "
        "the tree's | inside the errors' own, not seen | by chance |",
        "|---|---|---|---|---|---|",
    ]
    for at, groups in enumerate(found.groups):
        lines.append(
            f"| {groups} | {found.adjusted_rand[at]:.2f} "
            f"| {found.halves[at]:.2f} "
            f"| {100 * found.inside[at]:.0f} % "
            f"| {100 * found.errors_unseen[at]:.0f} % "
            f"| {100 * found.inside_chance[at]:.1f} % |"
        )
    return "\n".join(lines)


def _halves(
    path: Path, tree: kh.Hierarchy, rng: np.random.Generator
) -> Iterator[tuple[sparse.csr_array, sparse.csr_array]]:
    answers = load_answers(path, tree)
    for _ in range(DEALS):
        order = rng.permutation(len(answers.labels))
        parts = [
            _counts(
                answers.labels[part],
                answers.predictions[part],
                tree.num_classes,
            )
            for part in np.array_split(order, 2)
        ]
        yield parts[0], parts[1]
        yield parts[1], parts[0]


def _of_networks(
    files: list[Path], classes: tuple[str, ...]
) -> Iterator[tuple[sparse.csr_array, sparse.csr_array]]:
    for path in sorted(_named(files, "val")):
        other = path.with_name(path.name.replace("-val.", "-held_out."))
        parts = []
        for each in (path, other):
            labels, said, _ = said_of(each, "class", classes)
            parts.append(_counts(labels, said.argmax(axis=1), len(classes)))
        yield parts[0], parts[1]
        yield parts[1], parts[0]


def _named(files: list[Path], split: str) -> list[Path]:
    return [path for path in files if path.name.endswith(f"-{split}.npz")]


def _counts(
    labels: np.ndarray, predictions: np.ndarray, classes: int
) -> sparse.csr_array:
    return sparse.csr_array(confusion_matrix(labels, predictions, classes))


if __name__ == "__main__":
    main()
