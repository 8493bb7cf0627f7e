"""What differs between two epochs beyond chance, computed on request."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from tensorboard import errors

from keras_hier.hierarchy import Hierarchy
from keras_hier.log import matrix_codec, sample_codec
from keras_hier.log.container import CodecError
from keras_hier.scores import node_counts
from tb_plugin import analysis_limits, views
from tb_plugin.answers import Json, memory_of, number, numbers
from tb_plugin.cache import Cache
from tb_plugin.samples import SampleStore
from tb_plugin.store import Epoch, Scope, Store

CACHE_BYTES = 64 * 2**20
# An answer has ten numbers a node: of so many it takes about 12 MiB, and of
# ImageNet-21k's classes and groups an eighth.
MAX_NODES = 200_000
# More cannot be seen at once; a level of 1,000 classes has some 10,000 in all.
MAX_CELLS = 20_000
FAMILY = "groups of this level that could differ"
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
    epoch: Epoch
    tree: Hierarchy
    samples: Epoch | None


class _Paired(NamedTuple):
    """What both sides say of the same samples, int64 [N] each."""

    digest: str
    labels: np.ndarray
    first: np.ndarray
    second: np.ndarray


class _Tests(NamedTuple):
    """What was found of every node, float64 [V], and how to test a level."""

    p: np.ndarray
    least: np.ndarray
    columns: Json
    samples: list[int]
    accuracy: Callable[[np.ndarray], Json]


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

        Where both sides logged samples of one index at these very epochs, they
        are compared sample by sample; else by their counts, and a sentence
        says why.

        Args:
            scope: whose data.
            shown: the one side.
            other: the other side, of the same classes; its tree may differ.
            level: of which the cells are tested too; None for no cells.

        Raises:
            NotFoundError: no such run, output or step, or its tree is missing.
            InvalidArgumentError: a level that the tree does not have.
            CodecError: a matrix or its tree is damaged, does not fit, or is
                too large; or the two are of different classes.
        """
        sides = [self._side(scope, side) for side in (shown, other)]
        one, two = sides
        if one.tree.classes != two.tree.classes:
            raise CodecError(
                "The two matrices are not of the same classes: "
                f"{one.tree.num_classes:,} and {two.tree.num_classes:,}, "
                f"{len({*one.tree.classes} & {*two.tree.classes}):,} of them "
                "in both. Only the same classes in the same order of labels "
                "are tested."
            )
        key = (
            scope.experiment,
            *((s.side, s.epoch.wall_time) for s in sides),
            *(s.samples.wall_time if s.samples else None for s in sides),
        )
        if level is not None:
            levels = len(views.display_levels(one.tree))
            if level >= levels:
                raise errors.InvalidArgumentError(
                    f"levels are numbered 0..{levels - 1}, got {level}"
                )
        found: Json = self._found.get_or_compute(
            key, lambda: self._compare(scope, one, two), _size
        )
        if level is None:
            return found
        cells = self._found.get_or_compute(
            (*key, level), lambda: self._cells(scope, one, two, level), _size
        )
        return found | cells

    def _side(self, scope: Scope, side: Side) -> _Read:
        epoch = self._store.epoch(scope, *side)
        header = epoch.header
        tree = self._store.tree_of(scope, side.run, header)
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
        return _Read(side, epoch, tree, samples)

    def _compare(self, scope: Scope, one: _Read, two: _Read) -> Json:
        paired, why = self._paired_or_why(scope, one, two)
        tests = (
            _by_counts(one, two)
            if paired is None
            else _by_samples(paired, one.tree)
        )
        return {
            "test": "counts" if paired is None else "mcnemar",
            "why": why,
            "index": None if paired is None else paired.digest,
            "samples": tests.samples,
            "nodes": {"p": numbers(tests.p), **tests.columns},
            "levels": [
                _level(tests, level.nodes)
                for level in views.display_levels(one.tree)
            ],
        }

    def _cells(self, scope: Scope, one: _Read, two: _Read, level: int) -> Json:
        tree = one.tree
        nodes = views.display_levels(tree)[level].nodes
        # The group of each class: its groups lie together in display order.
        of_class = np.empty(tree.num_classes, np.int64)
        of_class[tree.order] = np.repeat(
            np.arange(len(nodes)), tree.stop[nodes] - tree.start[nodes]
        )
        paired, _ = self._paired_or_why(scope, one, two)
        return {"cells": {"level": level, **_cells(one, two, paired, of_class)}}

    def _paired_or_why(
        self, scope: Scope, one: _Read, two: _Read
    ) -> tuple[_Paired | None, str | None]:
        try:
            return self._paired(scope, one, two), None
        except (CodecError, errors.NotFoundError) as error:
            return None, str(error)

    def _paired(self, scope: Scope, one: _Read, two: _Read) -> _Paired:
        """Returns what both say of the same samples.

        Raises:
            NotFoundError: an index is missing.
            CodecError: there are no samples, they are damaged or others, or
                too many; in a sentence.
        """
        headers = []
        for read in (one, two):
            run, output, step = read.side
            if read.samples is None:
                raise CodecError(
                    f"No samples of {output!r:.100} in run {run!r:.100} were "
                    f"logged at epoch {step}."
                )
            headers.append(sample_codec.peek(read.samples.blob))
            analysis_limits.check_samples(headers[-1])
        if headers[0].index != headers[1].index:
            raise CodecError("The two runs logged different samples.")
        labels, named = np.zeros(0, np.int64), []
        for read in (one, two):
            if read.samples is None:  # which was looked at above
                continue
            header, index, top_k = self._sample_store.predictions(
                scope, read.side.run, read.samples
            )
            own = self._store.hierarchy(scope, read.side.run, header.hierarchy)
            if own.classes != one.tree.classes:
                raise CodecError(
                    f"The samples of epoch {read.side.step} are of other "
                    "classes than the matrix."
                )
            labels = index.labels
            named.append(top_k.classes[:, 0])
        return _Paired(headers[0].index, labels, named[0], named[1])


# TensorBoard shall not wait for scipy.stats before it is asked for: what needs
# it is imported where it is used.


def _by_samples(paired: _Paired, tree: Hierarchy) -> _Tests:
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
    return _Tests(found.p, found.least, columns, samples, accuracy)


def _by_counts(one: _Read, two: _Read) -> _Tests:
    from keras_hier.analysis import evidence

    # Both by the tree shown: what is compared are its groups.
    first, second = (node_counts(_matrix(s), one.tree) for s in (one, two))
    found = evidence.group_differences(first, second).recall
    samples = [int(counts.actual[0]) for counts in (first, second)]

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
            "low": number(whole.low),
            "high": number(whole.high),
            "p": number(whole.p),
        }

    columns = {
        name: numbers(getattr(found, name))
        for name in ("low", "high", "standardised")
    }
    return _Tests(found.p, found.least, columns, samples, accuracy)


def _cells(
    one: _Read, two: _Read, paired: _Paired | None, of_class: np.ndarray
) -> Json:
    from keras_hier.analysis import evidence

    groups = int(of_class.max()) + 1
    found: Any
    if paired is None:
        parts = [sparse.coo_array(_matrix(side)) for side in (one, two)]
        found = evidence.cell_differences(
            *(
                sparse.coo_array(
                    (part.data, (of_class[part.row], of_class[part.col])),
                    (groups, groups),
                )
                for part in parts
            ),
        )
    else:
        found = evidence.paired_cells(
            of_class[paired.labels],
            of_class[paired.first],
            of_class[paired.second],
            groups,
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
    return matrix_codec.decode(side.epoch.blob)[1]


def _level(tests: _Tests, nodes: np.ndarray) -> Json:
    from keras_hier.analysis import evidence

    beyond = evidence.beyond_chance(
        tests.p[nodes], FAMILY, least=tests.least[nodes]
    )
    return {
        "groups": len(nodes),
        "family": beyond.family,
        "tested": beyond.tested,
        "rate": beyond.rate,
        "found": int(beyond.found.sum()),
        "q": numbers(beyond.rates),
        "accuracy": tests.accuracy(nodes),
    }


def _size(found: Json) -> int:
    columns = [
        *found.get("nodes", {}).values(),
        *found.get("cells", {}).values(),
    ]
    columns += [level["q"] for level in found.get("levels", ())]
    return memory_of(columns)
