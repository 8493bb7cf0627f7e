"""Ranks the known twins among the ILSVRC classes.

    python -m study.lists.pairs PREDICTIONS.npz

It also counts what is listed where chance alone makes the errors.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy import stats

from keras_hier import scores
from keras_hier.analysis.data_quality.diverse_classes import diverse_classes
from keras_hier.analysis.data_quality.overlapping_classes import (
    Overlaps,
    overlapping_classes,
)
from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.evidence.significance import beyond_chance
from keras_hier.hierarchy import Hierarchy

TWINS = (
    ("n04355933", "n04356056"),  # sunglass, sunglasses
    ("n03710637", "n03710721"),  # maillot, maillot
    ("n03832673", "n03642806"),  # notebook, laptop
    ("n04152593", "n03782006"),  # screen, monitor
    ("n04008634", "n03773504"),  # projectile, missile
)


def main() -> None:
    """Prints the ranks of the twins, and the number listed by chance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("predictions", type=Path)
    path = parser.parse_args().predictions
    tree = Hierarchy.imagenet()
    with np.load(path) as file:
        if list(file["wnids"]) != list(tree.classes):
            raise ValueError("Expected the classes of ILSVRC, sorted.")
        matrix = scores.confusion_matrix(
            file["labels"], file["predictions"], tree.num_classes
        )
    found = overlapping_classes(matrix, tree)
    p = found.pairs
    print(
        f"{found.listed} of {found.tested:,} pairs listed, "
        f"{len(found.cliques)} cliques, {(p.inside >= 0).sum()} contained"
    )
    left, best = where_unsure(found, matrix, tree)
    print(
        f"{left} if a node's rate were as unsure as its other pairs leave it; "
        "of the others, these have the most evidence:"
    )
    for k in best[:10]:
        print(f"  {tree.names[p.a[k]]} | {tree.names[p.b[k]]}: rank {k + 1}")
    print_twins(found, tree)
    print("The first ten:")
    for k in range(10):
        print(
            f"  {tree.names[p.a[k]]} | {tree.names[p.b[k]]}: {p.a_as_b[k]} + "
            f"{p.b_as_a[k]}, {p.expected[k]:.2f}, {p.evidence[k]:.1f}"
        )
    two = diverse_classes(matrix, tree)
    print(f"Really two: {two.listed} listed of {len(two.classes)}; first five:")
    for k in range(5):
        named = [two.grouping.names[g] for g in two.groups[k]]
        print(
            f"  {tree.names[two.classes[k]]}: {named} {two.counts[k]} expected "
            f"{two.expected[k].round(2)} evidence {two.evidence[k]:.2f}"
        )
    for vary in (False, True):
        drawn = [by_chance(matrix, tree, seed, vary) for seed in range(20)]
        chance = [
            (
                overlapping_classes(one, tree).listed,
                diverse_classes(one, tree).listed,
            )
            for one in drawn
        ]
        print(
            f"Listed by chance, nodes {'differ' if vary else 'alike'}: "
            f"{np.mean(chance, axis=0)} on average over 20 seeds"
        )


def print_twins(found: Overlaps, tree: Hierarchy) -> None:
    """Prints a table of the known twins."""
    p = found.pairs
    print("| pair | rank | crossed | expected | evidence | told apart |")
    print("|---|---|---|---|---|---|")
    for twins in TWINS:
        a, b = sorted(tree.classes.index(wnid) for wnid in twins)
        k = int(np.flatnonzero((p.a == a) & (p.b == b))[0])
        print(
            f"| {tree.names[a]}, {tree.names[b]} | {k + 1} "
            f"| {p.a_as_b[k]} + {p.b_as_a[k]} | {p.expected[k]:.2f} "
            f"| {p.evidence[k]:.1f} | {p.told_apart[k]:.2f} |"
        )


def where_unsure(
    found: Overlaps, matrix: np.ndarray, tree: Hierarchy
) -> tuple[int, np.ndarray]:
    """Counts what stands if rates of nodes are unsure, and finds the others.

    Given the other pairs at its node, the rate of a pair has a gamma posterior.
    So its count is negative binomial, with the expected mean. Two classes alone
    under their parent have no other pair.
    """
    pairs = found.pairs
    null = null_model.fit(null_model.errors_of(matrix, tree), tree)
    crossed = pairs.a_as_b + pairs.b_as_a
    others = null.observed[tree.lca(pairs.a, pairs.b)] - crossed
    shape = others + null.shape
    tail = stats.nbinom.sf(crossed - 1, shape, shape / (shape + pairs.expected))
    p = beyond_chance(tail, "pairs", tested=found.tested)
    lost = ~p.found[: found.listed]
    return int(p.found.sum()), np.flatnonzero(lost)


def by_chance(
    matrix: np.ndarray, tree: Hierarchy, seed: int, vary: bool
) -> np.ndarray:
    """Draws errors from the null model that was fitted to a matrix.

    If they vary, each node has a factor of its own, from the fitted prior.
    """
    errors = null_model.errors_of(matrix, tree)
    null = null_model.fit(errors, tree)
    a, c = np.indices(matrix.shape)
    meet = tree.lca(a, c)
    rates = null.rates(a, c, meet)
    rng = np.random.default_rng(seed)
    if vary:
        factors = rng.gamma(null.shape, 1 / null.shape, len(tree.parents))
        rates *= factors[meet]
    np.fill_diagonal(rates, 0)
    drawn = rng.poisson(rates)
    np.fill_diagonal(drawn, errors.correct)
    return drawn


if __name__ == "__main__":
    main()
