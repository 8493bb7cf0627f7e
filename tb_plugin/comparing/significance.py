"""What differs between two epochs beyond chance, computed on request."""

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from tensorboard import errors

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records import sample_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.sample_index import SampleIndex
from tb_plugin.comparing.class_matching import (
    Classes,
    Cut,
    Match,
    Placed,
    counts_of_groups,
    counts_of_nodes,
    cut_at,
    match_classes,
    place_counts,
)
from tb_plugin.comparing.node_tests import NodeTests, answer_of
from tb_plugin.comparing.seed_sides import Runs, errors_of, runs_of, seeds_of
from tb_plugin.comparing.seed_tests import seed_cells, seed_tests
from tb_plugin.reading import analysis_limits, views
from tb_plugin.reading.answers import Json, memory_of, number, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import AnyEpoch, Epoch
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Scope, Store

CACHE_BYTES = 64 * 2**20
# An answer has ten numbers a node: of so many it takes about 12 MiB, and of
# ImageNet-21k's classes and groups an eighth.
MAX_NODES = 200_000
# More cannot be seen at once; a level of 1,000 classes has some 10,000 in all.
MAX_CELLS = 20_000
CELLS = "cells of this level that could differ"


class Side(NamedTuple):
    """An epoch of an output of a run.

    Attributes:
        run: the sub-run.
        output: the output.
        step: the epoch.
    """

    run: str
    output: str
    step: int


class _Read(NamedTuple):
    """What the log holds of a side; `samples` is None where it holds none."""

    side: Side
    epoch: AnyEpoch
    classes: Classes
    samples: Epoch | None

    @property
    def tree(self) -> Hierarchy:
        return self.classes.tree


class _Compared(NamedTuple):
    """What is shown, the other, and where the other's classes lie in it."""

    shown: _Read
    other: _Read
    match: Match

    @property
    def are_seeds(self) -> bool:
        return max(self.shown.epoch.runs, self.other.epoch.runs) > 1

    def runs(self) -> list[Runs]:
        """Returns the runs of both sides in the labels of the tree shown."""
        tree = self.shown.tree
        sides = zip((self.shown, self.other), self.match, strict=True)
        return [
            runs_of(read.side.run, read.epoch, places, tree)
            for read, places in sides
        ]

    def placed(self) -> tuple[Placed, Placed]:
        """Returns both matrices in the labels of the tree shown."""
        tree = self.shown.tree
        own, places = self.match
        return (
            place_counts(_matrix(self.shown), own, tree),
            place_counts(_matrix(self.other), places, tree),
        )


class _Paired(NamedTuple):
    """What both sides say of the same samples, int64 [N] each."""

    digest: str
    labels: np.ndarray
    first: np.ndarray
    second: np.ndarray


class SignificanceService:
    """Tests the groups of two epochs, once.

    Safe to use from many threads.

    Args:
        store: where matrices and trees are read from.
        sample_store: where samples are read from.
        cache_bytes: how much to keep in memory.
    """

    def __init__(
        self,
        store: Store,
        sample_store: SampleStore,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._store = store
        self._sample_store = sample_store
        self._found = Cache(cache_bytes)

    def read(
        self,
        scope: Scope,
        shown: Side,
        other: Side,
        level: int | None = None,
    ) -> Json:
        """Returns the tests of every node and level of the tree shown.

        A side of several runs is compared run by run, with a number from each.
        Where both are single runs that logged samples of one index at these
        very epochs, they are compared sample by sample; else by their counts,
        and a sentence says why.

        Args:
            scope: whose data.
            shown: the one side.
            other: the other side; of its classes those that are in the tree
                shown are tested, whatever its tree.
            level: of which the cells are tested too; None for no cells.

        Raises:
            NotFoundError: no such run, output or step, or its tree is missing.
            InvalidArgumentError: a level that the tree does not have.
            CodecError: a matrix or its tree is damaged, does not fit, or is
                too large; or the two share no class.
        """
        one, two = sides = [self._side(scope, side) for side in (shown, other)]
        compared = _Compared(one, two, match_classes(one.classes, two.classes))
        key = (
            scope.experiment,
            *((s.side, s.epoch.stamp) for s in sides),
            *(s.samples.wall_time if s.samples else None for s in sides),
        )
        if level is not None:
            levels = len(views.display_levels(one.tree))
            if level >= levels:
                raise errors.InvalidArgumentError(
                    f"levels are numbered 0..{levels - 1}, got {level}"
                )
        found: Json = self._found.get_or_compute(
            key, lambda: self._compare(scope, compared), _size
        )
        if level is None:
            return found
        cells = self._found.get_or_compute(
            (*key, level), lambda: self._cells(scope, compared, level), _size
        )
        return found | cells

    def _side(self, scope: Scope, side: Side) -> _Read:
        epoch = self._store.epoch(scope, *side)
        header = epoch.header
        key = (header.hierarchy, header.grouping)
        tree, groups = self._store.served_tree(scope, side.run, *key)
        if tree.num_classes != header.size:
            raise CodecError(
                f"The matrix has {header.size} rows, its tree "
                f"{tree.num_classes} classes."
            )
        if len(tree.parents) > MAX_NODES:
            raise CodecError(
                f"The tree has {len(tree.parents):,} nodes; at most "
                f"{MAX_NODES:,} are tested while the page waits. "
                "keras_hier.analysis.evidence takes more."
            )
        analysis_limits.check_matrix(header, tree)
        try:
            epochs = self._store.sample_epochs(scope, side.run, side.output)
        except (errors.NotFoundError, CodecError):
            epochs = []
        samples = next((e for e in epochs if e.step == side.step), None)
        rows = None
        if groups is not None:
            whole, _ = self._store.served_tree(
                scope, side.run, header.hierarchy, None
            )
            of_class = groups.of_class.tolist()
            rows = dict(zip(whole.classes, of_class, strict=True))
        sizes = views.sizes_of(tree, groups)
        return _Read(side, epoch, Classes(tree, sizes, key, rows), samples)

    def _compare(self, scope: Scope, compared: _Compared) -> Json:
        tree = compared.shown.tree
        if compared.are_seeds:
            found = seed_tests(
                *(seeds_of(runs, tree) for runs in compared.runs())
            )
            test = "none" if found.how is None else "seeds"
            answer = answer_of(test, found.why, found.tests, tree)
            return answer | {"how": found.how}
        paired, why = self._paired_or_why(scope, compared)
        if paired is None:
            return answer_of("counts", why, _by_counts(compared), tree)
        tests = _by_samples(paired, tree)
        return answer_of("mcnemar", why, tests, tree) | {"index": paired.digest}

    def _cells(self, scope: Scope, compared: _Compared, level: int) -> Json:
        tree = compared.shown.tree
        nodes = views.display_levels(tree)[level].nodes
        cut = cut_at(tree, nodes)
        if compared.are_seeds:
            one, two = (errors_of(runs, cut) for runs in compared.runs())
            found = seed_cells(one, two, MAX_CELLS)
            return {"cells": {"level": level, **found}}
        paired, _ = self._paired_or_why(scope, compared)
        return {"cells": {"level": level, **_cells(compared, paired, cut)}}

    def _paired_or_why(
        self, scope: Scope, compared: _Compared
    ) -> tuple[_Paired | None, str | None]:
        try:
            return self._paired(scope, compared), None
        except (CodecError, errors.NotFoundError) as error:
            return None, str(error)

    def _paired(self, scope: Scope, compared: _Compared) -> _Paired:
        """Returns what both say of the same samples.

        Raises:
            NotFoundError: an index is missing.
            CodecError: some classes are not in both; there are no samples, or
                they are damaged or others, or too many; in a sentence.
        """
        one, two, match = compared
        if not match.is_whole:
            own, there = (each.labels for each in match)
            raise CodecError(
                f"Of {len(own):,} and {len(there):,} classes "
                f"{(own >= 0).sum():,} are in both: only these are tested, by "
                "their counts."
            )
        said = [self._said(scope, read) for read in (one, two)]
        (digest, index, first), (_, others, second) = said
        at = _same_samples(said[0][:2], said[1][:2])
        if (match.places.labels[others.labels[at]] != index.labels).any():
            raise CodecError(_DIFFERENT)
        second = match.places.labels[second[at]]
        return _Paired(digest, index.labels, first, second)

    def _said(
        self, scope: Scope, read: _Read
    ) -> tuple[str, SampleIndex, np.ndarray]:
        """Returns the digest of a side's index, the index, and the answers."""
        run, output, step = read.side
        if read.samples is None:
            raise CodecError(
                f"No samples of {output!r:.100} in run {run!r:.100} were "
                f"logged at epoch {step}."
            )
        analysis_limits.check_samples(sample_codec.peek(read.samples.blob))
        header, index, top_k = self._sample_store.predictions(
            scope, run, read.samples
        )
        own = self._store.hierarchy(scope, run, header.hierarchy)
        if own.classes != read.tree.classes:
            raise CodecError(
                f"The samples of epoch {step} are of other classes than the "
                "matrix."
            )
        return header.index, index, top_k.classes[:, 0]


_DIFFERENT = "The two runs logged different samples."


def _same_samples(
    one: tuple[str, SampleIndex], two: tuple[str, SampleIndex]
) -> np.ndarray:
    """Returns where the second index has each sample of the first, int64 [N].

    Samples are numbered class by class, so that one data set has two indexes
    under two orders of labels: then they are found by their ids.
    """
    (digest, index), (other_digest, others) = one, two
    if len(index) != len(others):
        raise CodecError(_DIFFERENT)
    if digest == other_digest:
        return np.arange(len(index))
    if not (index.named and others.named):
        raise CodecError(_DIFFERENT)
    place = {name: at for at, name in enumerate(others.ids)}
    found = [place.get(name, -1) for name in index.ids]
    if min(found) < 0:
        raise CodecError(_DIFFERENT)
    return np.array(found)


# TensorBoard shall not wait for scipy.stats before it is asked for: what needs
# it is imported where it is used.


def _by_samples(paired: _Paired, tree: Hierarchy) -> NodeTests:
    from keras_hier.analysis import evidence

    found = evidence.paired_nodes(
        paired.labels, paired.first, paired.second, tree
    )

    def accuracy(nodes: np.ndarray) -> Json:
        whole = evidence.mcnemar(
            found.fixed[nodes].sum(), found.broken[nodes].sum()
        )
        return {
            "fixed": int(whole.fixed),
            "broken": int(whole.broken),
            "p": number(whole.p),
        }

    columns = {
        "fixed": found.fixed.tolist(),
        "broken": found.broken.tolist(),
        "standardised": numbers(found.standardised),
    }
    samples = [len(paired.labels)] * 2
    return NodeTests(found.p, found.least, columns, samples, accuracy)


def _by_counts(compared: _Compared) -> NodeTests:
    from keras_hier.analysis import evidence

    # Both by the tree shown: what is compared are its groups.
    tree = compared.shown.tree
    first, second = (counts_of_nodes(side, tree) for side in compared.placed())
    recall = evidence.group_differences(first, second).recall
    samples = [int(counts.actual[0]) for counts in (first, second)]
    # Of what one side has no samples of, nothing is known that could be tested.
    is_known = (first.actual > 0) & (second.actual > 0)
    found = type(recall)(*(np.where(is_known, of, np.nan) for of in recall))

    def accuracy(nodes: np.ndarray) -> Json:
        right = [
            int(counts.true_positives[nodes].sum())
            for counts in (first, second)
        ]
        whole = evidence.share_differences(
            right[0], samples[0], right[1], samples[1]
        )
        return {
            "right": right,
            **{
                name: number(getattr(whole, name)) if all(samples) else None
                for name in ("low", "high", "p")
            },
        }

    columns = {
        name: numbers(getattr(found, name))
        for name in ("low", "high", "standardised")
    }
    return NodeTests(found.p, found.least, columns, samples, accuracy)


def _cells(compared: _Compared, paired: _Paired | None, cut: Cut) -> Json:
    from keras_hier.analysis import evidence

    found: Any
    if paired is None:
        sides = (counts_of_groups(side, cut) for side in compared.placed())
        found = evidence.cell_differences(*sides)
        # Shares are of all samples of a row; what is no cell is not tested.
        inside = found.columns < cut.groups
        found = type(found)(*(column[inside] for column in found))
    else:
        found = evidence.paired_cells(
            cut.of_class[paired.labels],
            cut.of_class[paired.first],
            cut.of_class[paired.second],
            cut.groups,
        )
    beyond = evidence.beyond_chance(found.p, CELLS, least=found.least)
    places = np.flatnonzero(beyond.found)
    places = places[np.argsort(found.p[places], kind="stable")][:MAX_CELLS]
    return {
        "family": beyond.family,
        "tested": beyond.tested,
        "rate": beyond.rate,
        "total": len(found.p),
        "found": int(beyond.found.sum()),
        "rows": found.rows[places].tolist(),
        "columns": found.columns[places].tolist(),
        "shown": found.first[places].tolist(),
        "other": found.second[places].tolist(),
        "p": numbers(found.p[places]),
        "q": numbers(beyond.rates[places]),
        "standardised": numbers(found.standardised[places]),
    }


def _matrix(side: _Read) -> sparse.csr_array:
    return side.epoch.decode()[1]


def _size(found: Json) -> int:
    columns = [
        *found.get("nodes", {}).values(),
        *found.get("cells", {}).values(),
    ]
    columns += [level["q"] for level in found.get("levels", ())]
    return memory_of(columns)
