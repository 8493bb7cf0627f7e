"""Do the bands of a pilot hold the error that more labels lead to?

    python -m study.budget.draws lite0-128.npz glosses22.npz \
        --out label_budget.jsonl

A draw takes a pilot at random, asks `kh.label_budget`, then adds as many labels
as were asked about and reads the head on all samples that are left. A line of
JSON is a draw, a depth and a number of labels.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import keras_hier as kh
from keras_hier.budget.coarse_head import Head, Sums, head_of, shared
from keras_hier.budget.subsets import measure
from keras_hier.probing.fits.linear_probe import sharpness

PILOTS = (10, 20)


def main() -> None:
    """Reads the command line, appends the lines of each draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=100)
    args = parser.parse_args()
    for path in args.features:
        with np.load(path) as kept:
            rows, labels = kept["features"], kept["labels"]
            classes = kept["classes"].tolist()
        tree = kh.Hierarchy.from_wordnet(classes)
        labels = np.array([tree.classes.index(c) for c in classes])[labels]
        start = time.process_time()
        for pilot in PILOTS:
            for seed in range(args.draws):
                lines = [*lines_of(rows, labels, tree, pilot, seed)]
                with args.out.open("a") as file:
                    for line in lines:
                        named = {"data": path.stem, "pilot": pilot, **line}
                        file.write(json.dumps(named) + "\n")
        print(f"{path}: {time.process_time() - start:.0f} s", flush=True)


def depths_of(tree: kh.Hierarchy) -> list[kh.Grouping]:
    """Returns a coarse depth and a fine one."""
    return [tree.cut(groups=tree.num_classes // each) for each in (6, 3)]


def lines_of(
    rows: np.ndarray,
    labels: np.ndarray,
    tree: kh.Hierarchy,
    pilot: int,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """Yields what one pilot was told of each purchase, and what it led to.

    Args:
        rows: features of all samples [N, F].
        labels: of classes [N].
        tree: of the classes.
        pilot: labels of each class that it has.
        seed: of the draw.
    """
    more = (pilot // 2, pilot, 2 * pilot)
    rng = np.random.default_rng(seed)
    rank = ranks(labels, rng)
    known, unseen = rank < pilot, rank >= pilot + more[-1]
    depths = depths_of(tree)
    told = kh.label_budget(
        rows[known], labels[known], tree, more=more, at=depths, seed=seed
    )
    rows = (rows - rows[known].mean(axis=0)) / rows[known].std(axis=0)
    rows = rows.astype(np.float32)
    chosen = measure(rows[known], labels[known], depths, 0, rng)
    truth = Truth(rows, labels, known, unseen, chosen.penalties[-1])
    now = truth.error(truth.head)
    for depth, name in enumerate(told.depths):
        for place, each in enumerate(more):
            bought = (rank >= pilot) & (rank < pilot + each)
            if depth:
                head = truth.with_groups(
                    bought, depths[depth - 1], chosen.weights[depth - 1]
                )
            else:
                both = rank < pilot + each
                best = measure(rows[both], labels[both], depths, 0, rng)
                head = truth.with_classes(bought, best.penalties[-1])
            after = truth.error(head)
            yield {
                "seed": seed,
                "depth": name,
                "more": each,
                "now": rounded(told.now),
                "now_true": round(now, 5),
                "error": rounded(told.error[depth, place]),
                "error_true": round(after, 5),
                "gain": rounded(told.gain[depth, place]),
                "gain_true": round(now - after, 5),
                "read": int(unseen.sum()),
            }


class Truth:
    """Heads that learned from a pilot and what was bought, and their errors.

    Args:
        rows: standardised features [N, F].
        labels: classes [N].
        known: the pilot, bool [N].
        unseen: samples that are read, bool [N].
        penalty: of the heads without more exact labels.
    """

    def __init__(
        self,
        rows: np.ndarray,
        labels: np.ndarray,
        known: np.ndarray,
        unseen: np.ndarray,
        penalty: float,
    ) -> None:
        self._rows, self._labels, self._penalty = rows, labels, penalty
        self._read = rows[unseen], labels[unseen]
        self._pilot = self._sums(known)
        self.head = head_of(self._pilot, penalty)
        scores = self.head.scores(self._read[0])
        self._sharp = sharpness(scores, self._read[1])

    def error(self, head: Head) -> float:
        """Returns how often a head errs on samples that none has seen."""
        named = head.scores(self._read[0]).argmax(axis=1)
        return float((named != self._read[1]).mean())

    def with_classes(self, bought: np.ndarray, penalty: float) -> Head:
        """Returns the head after exact labels of some samples, bool [N]."""
        return head_of(self._pilot.plus(self._sums(bought)), penalty)

    def with_groups(
        self, bought: np.ndarray, grouping: kh.Grouping, weight: float
    ) -> Head:
        """Returns the head after labels of groups of some samples."""
        rows = self._rows[bought]
        groups = grouping.of_class[self._labels[bought]]
        added = shared(
            self.head, (rows, groups), grouping.of_class, self._sharp
        )
        sums = self._pilot.plus(Sums(rows.T @ rows, *added), weight)
        return head_of(sums, self._penalty)

    def _sums(self, which: np.ndarray) -> Sums:
        rows = self._rows[which]
        hot = np.eye(self._labels.max() + 1, dtype=np.float32)
        hot = hot[self._labels[which]]
        return Sums(rows.T @ rows, hot.T @ rows, hot.sum(axis=0))


def ranks(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the place of each sample among those of its class, at random."""
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    found = np.empty(len(labels), np.int64)
    first = np.searchsorted(labels[order], labels[order])
    found[order] = np.arange(len(labels)) - first
    return found


def rounded(band: np.ndarray) -> list[float]:
    """Returns low end, middle and high end to five digits."""
    return [round(float(each), 5) for each in band]


if __name__ == "__main__":
    main()
