"""Plants wrong labels, and measures who finds them.

    python -m study.lists.planted_labels --data FOLDER SCORES.npz ... \
        [--cleanlab PYTHON]

The samples are held out, with the scores that the study's `--keep` saves
(`labels` [N], `class` logits [N, C]); FOLDER has train/<class>/ and so names
the classes. Planted labels are right answers; labels that were wrong before
are not, so precision is at least the printed one.

cleanlab is a measuring stick, never a dependency: PYTHON is the interpreter of
an environment of its own, in which `pip install cleanlab` was run.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax

from keras_hier import scores
from keras_hier.analysis.data_quality.label_issues import (
    SuspectLabels,
    suspect_labels,
)
from keras_hier.data.folders import class_folders, split_folder
from keras_hier.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.run_log import RunLog

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
    """Prints a table for each file of scores."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scores", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cleanlab", metavar="PYTHON")
    parser.add_argument("--out", type=Path, help="append lines of JSON")
    args = parser.parse_args()
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
    """Ranks all samples: candidates by trust, the rest by their label's p."""
    suspects = found.suspects
    ranked = suspects.sample[np.argsort(-suspects.trust, kind="stable")]
    rest = np.ones(len(own), bool)
    rest[ranked] = False
    others = np.flatnonzero(rest)
    others = others[np.argsort(own[others], kind="stable")]
    return np.concatenate([ranked, others])


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


if __name__ == "__main__":
    main()
