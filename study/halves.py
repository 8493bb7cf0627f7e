"""How often noise is taken for news: halves of one network's answers.

The validation set is dealt at random into two halves, of which nothing differs
but by chance, and the two matrices are compared as the screen compares two
runs. What is found is a false alarm; at most 5 % of the deals may find any.

    python -m study.halves PREDICTIONS.npz [--deals 200] [--seed 0]

The file holds `wnids` [1000], `labels` [N] and `predictions` [N].
"""

import argparse
from typing import Any

import numpy as np
from scipy import sparse

import keras_hier as kh
from keras_hier import scores
from keras_hier.analysis import evidence
from tests.support.derived_log import Answers, load_answers

ALARM = 0.05


def main() -> None:
    """Reads the command line, prints a line a family."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("predictions")
    parser.add_argument("--deals", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    tree = kh.Hierarchy.imagenet()
    answers = load_answers(args.predictions, tree)
    rng = np.random.default_rng(args.seed)
    found = [deal(answers, tree, rng) for _ in range(args.deals)]
    print(f"{args.deals} deals of {len(answers.labels):,} samples")
    for name in found[0]:
        each = np.array([one[name] for one in found])
        tested, naive, wide, beyond = each.mean(axis=0)
        alarms = (each[:, 3] > 0).mean()
        print(
            f"| {name} | {tested:,.0f} | {naive:.1f} | {wide:.1f} "
            f"| {beyond:.2f} | {alarms:.1%} |"
        )


def deal(
    answers: Answers, tree: kh.Hierarchy, rng: np.random.Generator
) -> dict[str, tuple[int, int, int, int]]:
    """Counts what a deal finds: tested, p < 0.05, 2 errors, beyond chance."""
    labels, named = answers.labels, answers.predictions
    order = rng.permutation(len(labels))
    size = tree.num_classes
    first, second = (
        sparse.coo_array(
            (np.ones(len(half), np.int64), (labels[half], named[half])),
            (size, size),
        ).tocsr()
        for half in np.array_split(order, 2)
    )
    found = {"cells": counted(evidence.cell_differences(first, second))}
    for level in tree.levels():
        one, other = (
            scores.group_counts(matrix, level) for matrix in (first, second)
        )
        differences = evidence.group_differences(one, other)
        for name in ("recall", "precision"):
            found[f"{name} of {level.num_groups} groups"] = counted(
                getattr(differences, name)
            )
    return found


def counted(differences: Any) -> tuple[int, int, int, int]:
    """Counts hypotheses, and what is found by each of three rules."""
    beyond = evidence.beyond_chance(
        differences.p, "those that could differ", least=differences.least
    )
    return (
        beyond.tested,
        int((differences.p < ALARM).sum()),
        int((np.abs(differences.standardised) >= 2).sum()),
        int(beyond.found.sum()),
    )


if __name__ == "__main__":
    main()
