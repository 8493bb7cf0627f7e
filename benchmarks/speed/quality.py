"""How good are the lists of `keras_hier.analysis.quality`?

    python -m benchmarks.speed.quality pairs PREDICTIONS.npz
    python -m benchmarks.speed.quality labels --data FOLDER SCORES.npz ... \
        [--cleanlab PYTHON]
    python -m benchmarks.speed.quality times

`pairs` ranks the known twins among the ILSVRC classes, and counts what is
listed when chance alone makes the errors. `labels` plants wrong labels in
held-out samples with the scores that the study's `--keep` saves (`labels`
[N], `class` logits [N, C]; FOLDER has train/<class>/ and so names the
classes), and measures who finds them. Planted labels are right answers; the
labels that were wrong before are not, so precision is at least what is printed.

cleanlab is a measuring stick, never a dependency: PYTHON is the interpreter of
an environment of its own, in which `pip install cleanlab` was run.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse, stats
from scipy.special import softmax

from keras_hier import scores
from keras_hier.analysis.data_quality.diverse_classes import diverse_classes
from keras_hier.analysis.data_quality.label_issues import (
    SuspectLabels,
    suspect_labels,
)
from keras_hier.analysis.data_quality.overlapping_classes import (
    Overlaps,
    overlapping_classes,
)
from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.evidence.significance import beyond_chance
from keras_hier.data.folders import class_folders, split_folder
from keras_hier.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.run_log import RunLog

TWINS = (
    ("n04355933", "n04356056"),  # sunglass, sunglasses
    ("n03710637", "n03710721"),  # maillot, maillot
    ("n03832673", "n03642806"),  # notebook, laptop
    ("n04152593", "n03782006"),  # screen, monitor
    ("n04008634", "n03773504"),  # projectile, missile
)
SHARE = 0.02
KINDS = ("uniform", "siblings")
# Runs in the environment of cleanlab; both scores rank low where suspect.
CLEANLAB = """
import sys, numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
data = np.load(sys.argv[1])
out = {}
for case, labels in enumerate(data["labels"]):
    p = data["probabilities"]
    for by in ("self_confidence", "normalized_margin"):
        quality = get_label_quality_scores(labels, p, method=by)
        out[f"{by} {case}"] = -quality
        found = find_label_issues(labels, p, return_indices_ranked_by=by,
                                  n_jobs=1)
        order = -quality - 10
        order[found] = np.linspace(2, 1, len(found))
        out[f"issues by {by} {case}"] = order
        out[f"count {case}"] = len(found)
np.savez(sys.argv[2], **out)
"""


def main() -> None:
    """Runs one of the three."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    pairs = commands.add_parser("pairs")
    pairs.add_argument("predictions", type=Path)
    labels = commands.add_parser("labels")
    labels.add_argument("scores", type=Path, nargs="+")
    labels.add_argument("--data", type=Path, required=True)
    labels.add_argument("--seeds", type=int, default=5)
    labels.add_argument("--cleanlab", metavar="PYTHON")
    labels.add_argument("--out", type=Path, help="append lines of JSON")
    commands.add_parser("times")
    args = parser.parse_args()
    if args.command == "pairs":
        measure_pairs(args.predictions)
    elif args.command == "labels":
        measure_labels(args)
    else:
        measure_times()


def measure_pairs(path: Path) -> None:
    """Prints the ranks of the twins, and what chance lists."""
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


def where_unsure(
    found: Overlaps, matrix: np.ndarray, tree: Hierarchy
) -> tuple[int, np.ndarray]:
    """Counts what stands if rates of nodes are unsure, and finds what does not.

    Given the other pairs at its node the rate of a pair has a gamma posterior,
    and so its count is negative binomial, of the mean that is expected. Of two
    classes alone under their parent no other pair tells anything.
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


def plant(
    labels: np.ndarray, tree: Hierarchy, kind: str, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns labels of which a share is wrong, and which ones are."""
    rng = np.random.default_rng(seed)
    at = rng.choice(len(labels), round(SHARE * len(labels)), replace=False)
    given = labels.copy()
    for i in at:
        node = 0
        if kind == "siblings":
            node = int(tree.parents[tree.leaves[labels[i]]])
        others = tree.order[tree.start[node] : tree.stop[node]]
        given[i] = rng.choice(others[others != labels[i]])
    wrong = np.zeros(len(labels), bool)
    wrong[at] = True
    return given, wrong


def average_precision(order: np.ndarray, wrong: np.ndarray) -> float:
    """Returns the mean precision at the planted labels, best first."""
    hit = wrong[order]
    return float((hit.cumsum() / np.arange(1, len(hit) + 1))[hit].mean())


def order_of(found: SuspectLabels, own: np.ndarray) -> np.ndarray:
    """Ranks all samples: candidates first, the rest by their label's p."""
    rest = np.ones(len(own), bool)
    rest[found.suspects.sample] = False
    others = np.flatnonzero(rest)
    others = others[np.argsort(own[others], kind="stable")]
    return np.concatenate([found.suspects.sample, others])


def through_the_log(
    given: np.ndarray, p: np.ndarray, tree: Hierarchy
) -> tuple[Any, np.ndarray]:
    """Writes and reads a log; returns its samples and their old places."""
    with tempfile.TemporaryDirectory() as folder:
        with BlocksWriter(folder, tree) as log:
            log.samples(given, p, 1, ids=[str(i) for i in range(len(given))])
        samples = RunLog(folder).samples()
    return samples, np.array([int(i) for i in samples.ids])


def rankings(
    given: np.ndarray, p: np.ndarray, tree: Hierarchy
) -> dict[str, tuple[np.ndarray, SuspectLabels | None]]:
    """Returns the order of all samples by each method."""
    own = p[np.arange(len(given)), given]
    best = p.copy()
    best[np.arange(len(given)), given] = -1
    classes = scores.top_k(p, 5)
    five = np.take_along_axis(p, classes, axis=1)
    found = {
        "tree": suspect_labels(given, p, tree),
        "no tree": suspect_labels(given, p),
        "tree, 5 best and label": suspect_labels(
            given, five, tree, classes=classes, given=own
        ),
        "tree, 5 best": suspect_labels(given, five, tree, classes=classes),
    }
    named: dict[str, tuple[np.ndarray, SuspectLabels | None]] = {
        "lowest p": (np.argsort(own, kind="stable"), None),
        "margin": (np.argsort(own - best.max(axis=1), kind="stable"), None),
    }
    named |= {name: (order_of(f, own), f) for name, f in found.items()}
    samples, places = through_the_log(given, p, tree)
    logged = suspect_labels(
        samples.labels,
        samples.probabilities,
        tree,
        classes=samples.classes,
        given=samples.actual,
    )
    named["tree, from a log"] = (places[order_of(logged, own[places])], logged)
    old = places[logged.suspects.sample]
    named["tree, from a log"] = (
        named["tree, from a log"][0],
        logged._replace(suspects=logged.suspects._replace(sample=old)),
    )
    return named


def by_cleanlab(
    python: str, cases: list[np.ndarray], p: np.ndarray
) -> tuple[list[dict[str, np.ndarray]], list[int]]:
    """Returns its orders, and how many issues it finds, for each case."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(source, labels=np.stack(cases), probabilities=p)
        subprocess.run([python, "-c", CLEANLAB, source, target], check=True)
        with np.load(target) as file:
            kinds = sorted({k.rpartition(" ")[0] for k in file} - {"count"})
            orders = [
                {
                    f"cleanlab, {kind}": np.argsort(
                        -file[f"{kind} {case}"], kind="stable"
                    )
                    for kind in kinds
                }
                for case in range(len(cases))
            ]
            counts = [int(file[f"count {i}"]) for i in range(len(cases))]
    return orders, counts


def measure_labels(args: argparse.Namespace) -> None:
    """Prints a table for each file of scores."""
    classes = class_folders(split_folder(args.data, "train"))
    tree = Hierarchy.imagenet().subset(classes)
    for path in args.scores:
        with np.load(path) as file:
            labels = file["labels"].astype(np.int64)
            p = softmax(file["class"].astype(np.float64), axis=1)
        found = suspect_labels(labels, p, tree)
        head = {
            "scores": path.stem,
            "samples": len(labels),
            "accuracy": found.accuracy,
            "candidates": len(found.suspects.sample),
            "listed": found.listed,
            "expected_precision": found.expected_precision,
            **found.noise._asdict(),
        }
        print("\nAs it is:", head)
        for kind in KINDS:
            table = measure_kind(labels, p, tree, kind, args)
            print_table(kind, table)
            if args.out:
                line = {**head, "kind": kind, "seeds": args.seeds, **table}
                with args.out.open("a") as out:
                    out.write(json.dumps(line) + "\n")


def measure_kind(
    labels: np.ndarray,
    p: np.ndarray,
    tree: Hierarchy,
    kind: str,
    args: argparse.Namespace,
) -> dict[str, Any]:
    """Returns means over the seeds for each method."""
    cases = [plant(labels, tree, kind, seed) for seed in range(args.seeds)]
    methods: dict[str, list[list[float]]] = {}
    trusts: dict[str, list[list[float]]] = {}
    flagged: list[int] = []
    orders: list[dict[str, np.ndarray]] = [{} for _ in cases]
    if args.cleanlab:
        orders, flagged = by_cleanlab(args.cleanlab, [g for g, _ in cases], p)
    for (given, wrong), more in zip(cases, orders, strict=True):
        many = int(wrong.sum())
        named = rankings(given, p, tree)
        for name, order in more.items():
            named[name] = (order, None)
        for name, (order, found) in named.items():
            methods.setdefault(name, []).append(
                [average_precision(order, wrong), wrong[order[:many]].mean()]
            )
            if found is not None and name != "tree, 5 best":
                first = found.suspects.sample[: found.listed]
                trusts.setdefault(name, []).append(
                    [
                        found.listed,
                        found.suspects.trust[: found.listed].sum(),
                        wrong[first].sum(),
                        found.noise.uniform,
                        found.noise.siblings,
                    ]
                )
    return {
        "methods": {
            name: np.mean(values, axis=0).tolist()
            for name, values in methods.items()
        },
        "spread": {
            name: np.std(values, axis=0).tolist()
            for name, values in methods.items()
        },
        "trust": {
            name: np.mean(values, axis=0).tolist()
            for name, values in trusts.items()
        },
        "cleanlab_issues": float(np.mean(flagged)) if flagged else None,
    }


def print_table(kind: str, table: dict[str, Any]) -> None:
    """Prints what `measure_kind` returned."""
    print(f"\n{SHARE:.0%} planted, {kind}: average precision, precision")
    for name, (average, precision) in table["methods"].items():
        spread = table["spread"][name][0]
        print(f"| {name} | {average:.3f} +- {spread:.3f} | {precision:.1%} |")
    print("listed, trusted, planted among them, uniform, siblings")
    for name, (listed, sure, hits, u, s) in table["trust"].items():
        share, truth = sure / max(listed, 1), hits / max(listed, 1)
        print(
            f"| {name} | {listed:.1f} | {share:.0%} | {truth:.0%} "
            f"| {u:.2%} | {s:.2%} |"
        )
    if table["cleanlab_issues"] is not None:
        print("issues found by cleanlab:", table["cleanlab_issues"])


def measure_times() -> None:
    """Prints seconds of CPU for many classes and many samples."""
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
            start = time.process_time()
            find(matrix, tree)
            seconds = time.process_time() - start
            print(f"{find.__name__}, {classes:,} classes: {seconds:.2f} s")
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
        start = time.process_time()
        suspect_labels(labels, p, tree, classes=best, given=own)
        seconds = time.process_time() - start
        print(f"suspect_labels, {samples:,} x 5 best: {seconds:.1f} s")


if __name__ == "__main__":
    main()
