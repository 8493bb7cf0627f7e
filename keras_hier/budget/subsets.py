"""How often heads err that learn from subsets of a pilot."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from keras_hier.budget.coarse_head import (
    FloatArray,
    Head,
    Sums,
    head_of,
    shared,
)
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.probing.fits.linear_probe import log_loss, sharpness
from keras_hier.probing.fits.standardised import add_rows
from keras_hier.tensors import BoolArray, IntArray

# The share of each class that is held out and read.
_HELD_OUT = 0.2
# The smallest subset is such a share of the largest, at least 2 a class.
_SMALLEST = 0.2
_LEAST = 2.0
_SIZES = 5
# Penalties that are tried, in numbers of features.
_PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
# Divisions on which they are tried: one by itself says little.
_PENALTY_DIVISIONS = 4
# Weights of a coarse sample beside an exact one that are tried.
_WEIGHTS = (0.1, 0.3, 1.0)


class Reading(NamedTuple):
    """Errors of heads on held-out samples, in one division of the pilot.

    Attributes:
        samples: that were held out, int64 [T].
        exact: bool [S, T], errors after learning from S subsets.
        coarse: bool [D, P, T], errors after learning from a subset and, of a
            larger one, the groups of the others: D depths, P pairs of subsets.
    """

    samples: IntArray
    exact: BoolArray
    coarse: BoolArray


class Measured(NamedTuple):
    """Readings of a pilot.

    Attributes:
        sizes: float64 [S], exact labels a class, ascending.
        pairs: int64 [P, 2], a subset and a larger one.
        penalties: of the heads of S subsets.
        weights: of a coarse sample at each of D depths.
        readings: one a division.
    """

    sizes: np.ndarray
    pairs: IntArray
    penalties: tuple[float, ...]
    weights: tuple[float, ...]
    readings: tuple[Reading, ...]


def measure(
    rows: FloatArray,
    labels: IntArray,
    groupings: Sequence[Grouping],
    divisions: int,
    rng: np.random.Generator,
) -> Measured:
    """Reads heads of growing subsets of a pilot.

    Args:
        rows: standardised features [N, F].
        labels: of classes [N].
        groupings: the D depths.
        divisions: how often the pilot is divided at random.
        rng: of the divisions.
    """
    counts = np.bincount(labels, minlength=groupings[0].num_classes)
    ends = _ends(counts)
    # Beside very few exact samples, coarse ones say little of those to come.
    pairs = np.array(
        [(a, b) for a in range(1, len(ends)) for b in range(a + 1, len(ends))]
    ).reshape(-1, 2)
    tried = np.multiply(_PENALTIES, rows.shape[1])
    losses = sum(
        _Division(rows, labels, ends, rng).losses(tried)
        for _ in range(_PENALTY_DIVISIONS)
    )
    penalties = (*tried[np.argmin(losses, axis=1)].tolist(),)
    first = _Division(rows, labels, ends, rng)
    weighted = [
        first.read(penalties, groupings, pairs, [weight] * len(groupings))
        for weight in _WEIGHTS
    ]
    # Pairs near the whole pilot, which say most of labels beside it.
    late = pairs[:, 0] >= pairs[:, 0].max(initial=0) - 1
    errors = np.array([t.coarse[:, late].mean(axis=(1, 2)) for t in weighted])
    weights = [_WEIGHTS[at] for at in errors.argmin(axis=0)]
    readings = [
        _Division(rows, labels, ends, rng).read(
            penalties, groupings, pairs, weights
        )
        for _ in range(divisions)
    ]
    sizes = ends.sum(axis=1) / np.count_nonzero(counts)
    return Measured(sizes, pairs, penalties, tuple(weights), tuple(readings))


def _ends(counts: IntArray) -> IntArray:
    """Returns how many samples of each class each subset has, [S, C]."""
    held = np.maximum(np.round(_HELD_OUT * counts), 1)
    most = np.maximum(counts - held, np.minimum(counts, 1))
    mean = most.sum() / np.count_nonzero(counts)
    shares = np.geomspace(max(_SMALLEST, min(_LEAST / mean, 1)), 1, _SIZES)
    ends = np.maximum(np.round(shares[:, None] * most), most > 0)
    _, first = np.unique(ends.sum(axis=1), return_index=True)
    return ends[first].astype(np.int64)


class _Division:
    """A pilot divided into nested subsets, and samples to read."""

    def __init__(
        self,
        rows: FloatArray,
        labels: IntArray,
        ends: IntArray,
        rng: np.random.Generator,
    ) -> None:
        drawn = rng.permutation(len(labels))
        drawn = drawn[np.argsort(labels[drawn], kind="stable")]
        sorted_labels = labels[drawn]
        start = np.searchsorted(sorted_labels, np.arange(ends.shape[1]))
        rank = np.arange(len(drawn)) - start[sorted_labels]
        # The first subset that has the sample; as many as there are: none.
        part = (ends[:, sorted_labels] <= rank).sum(axis=0)
        self._rows, self._labels = rows, labels
        self._parts = [drawn[part == each] for each in range(len(ends))]
        self._held = drawn[part == len(ends)]
        self._sums = [*self._nested(ends.shape[1])]

    def _nested(self, num_classes: int) -> Iterator[Sums]:
        width = self._rows.shape[1]
        gram = np.zeros((width, width), np.float32)
        sums = np.zeros((num_classes, width), np.float32)
        counts = np.zeros(num_classes, np.float32)
        for part in self._parts:
            rows, labels = self._rows[part], self._labels[part]
            gram = gram + rows.T @ rows
            add_rows(sums, labels, rows)
            counts = counts + np.bincount(labels, minlength=num_classes)
            yield Sums(gram, sums.copy(), counts.astype(np.float32))

    def losses(self, penalties: Iterable[float]) -> FloatArray:
        """Returns how unlikely held-out samples are, by subset and penalty."""
        true = self._labels[self._held]
        found = []
        for sums in self._sums:
            for each in penalties:
                scores, known = _named(self._scores(head_of(sums, each)), true)
                scores *= np.float32(sharpness(scores, known))
                found.append(log_loss(scores, known))
        return np.array(found, np.float32).reshape(len(self._sums), -1)

    def _scores(self, head: Head) -> FloatArray:
        return head.scores(self._rows[self._held])

    def _wrong(self, head: Head) -> BoolArray:
        found: BoolArray = (
            self._scores(head).argmax(axis=1) != self._labels[self._held]
        )
        return found

    def read(
        self,
        penalties: Sequence[float],
        groupings: Sequence[Grouping],
        pairs: IntArray,
        weights: Sequence[float],
    ) -> Reading:
        """Returns the errors of all heads."""
        true = self._labels[self._held]
        heads = [
            head_of(sums, penalty)
            for sums, penalty in zip(self._sums, penalties, strict=True)
        ]
        exact, sharp = [], []
        for head in heads:
            scores = self._scores(head)
            exact.append(scores.argmax(axis=1) != true)
            sharp.append(sharpness(*_named(scores, true)))
        coarse = np.empty((len(groupings), len(pairs), len(true)), bool)
        for at, (few, many) in enumerate(pairs.tolist()):
            others = np.concatenate(self._parts[few + 1 : many + 1])
            rows, labels = self._rows[others], self._labels[others]
            products = self._sums[many].gram - self._sums[few].gram
            for depth, grouping in enumerate(groupings):
                known = rows, grouping.of_class[labels]
                added = shared(heads[few], known, grouping.of_class, sharp[few])
                sums = self._sums[few].plus(
                    Sums(products, *added), weights[depth]
                )
                coarse[depth, at] = self._wrong(head_of(sums, penalties[many]))
        return Reading(self._held, np.array(exact), coarse)


def _named(scores: FloatArray, true: IntArray) -> tuple[FloatArray, IntArray]:
    """Returns the samples whose class the head has seen."""
    known = np.isfinite(scores[np.arange(len(true)), true])
    return scores[known], true[known]
