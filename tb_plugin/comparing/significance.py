"""The differences between two epochs beyond chance, computed on request."""

from typing import NamedTuple

from scipy import sparse
from tensorboard import errors

from keras_hier.analysis.comparing.class_matching import (
    Classes,
    Match,
    Placed,
    cut_at,
    match_classes,
    place_counts,
    rows_of_classes,
)
from keras_hier.analysis.comparing.epoch_tests import (
    Paired,
    Said,
    by_counts,
    by_samples,
    check_is_whole,
    pair_samples,
)
from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records import sample_codec
from keras_hier.log.records.container import CodecError
from tb_plugin.comparing import cell_tests
from tb_plugin.comparing.node_tests import answer_of
from tb_plugin.comparing.seed_sides import Runs, errors_of, runs_of, seeds_of
from tb_plugin.comparing.seed_tests import seed_cells, seed_tests
from tb_plugin.reading import analysis_limits
from tb_plugin.reading.answers import Json, memory_of
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.display_levels import display_levels, sizes_of
from tb_plugin.reading.epochs import AnyEpoch, Epoch
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Scope, Store

CACHE_BYTES = 64 * 2**20
# An answer has ten numbers a node: of so many it takes about 12 MiB, and of
# ImageNet-21k's classes and groups an eighth.
MAX_NODES = 200_000


class Side(NamedTuple):
    """An epoch of an output of a run."""

    run: str
    output: str
    step: int


class _Read(NamedTuple):
    """The records of a side; `samples` is None where there are none."""

    side: Side
    epoch: AnyEpoch
    classes: Classes
    samples: Epoch | None

    @property
    def tree(self) -> Hierarchy:
        return self.classes.tree


class _Compared(NamedTuple):
    """Both sides, and where the classes of the other lie in the one shown."""

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


class SignificanceTests:
    """Tests the groups of two epochs, once.

    Safe to use from many threads.
    """

    def __init__(
        self,
        store: Store,
        sample_store: SampleStore,
    ) -> None:
        self._store = store
        self._sample_store = sample_store
        self._found = Cache(CACHE_BYTES)

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
        and a sentence says why. Cells are tested of the given level.
        """
        one, two = sides = [self._side(scope, side) for side in (shown, other)]
        compared = _Compared(one, two, match_classes(one.classes, two.classes))
        key = (
            scope.experiment,
            *((s.side, s.epoch.stamp) for s in sides),
            *(s.samples.wall_time if s.samples else None for s in sides),
        )
        if level is not None:
            levels = len(display_levels(one.tree))
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
        tree = self._store.tree_of(scope, side.run, header)
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
        rows = groups = None
        if header.grouping is not None:
            groups = self._store.grouping(scope, side.run, header.grouping)
            whole = self._store.hierarchy(scope, side.run, header.hierarchy)
            rows = rows_of_classes(whole, groups)
        sizes = sizes_of(tree, groups)
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
            return answer_of(
                "counts", why, by_counts(compared.placed(), tree), tree
            )
        tests = by_samples(paired, tree)
        return answer_of("mcnemar", why, tests, tree) | {"index": paired.digest}

    def _cells(self, scope: Scope, compared: _Compared, level: int) -> Json:
        tree = compared.shown.tree
        nodes = display_levels(tree)[level].nodes
        cut = cut_at(tree, nodes)
        if compared.are_seeds:
            one, two = (errors_of(runs, cut) for runs in compared.runs())
            found = seed_cells(one, two, cell_tests.MAX_CELLS)
            return {"cells": {"level": level, **found}}
        paired, _ = self._paired_or_why(scope, compared)
        sides = None if paired else compared.placed()
        return {
            "cells": {"level": level, **cell_tests.cells_of(sides, paired, cut)}
        }

    def _paired_or_why(
        self, scope: Scope, compared: _Compared
    ) -> tuple[Paired | None, str | None]:
        try:
            return self._paired(scope, compared), None
        except (CodecError, errors.NotFoundError) as error:
            return None, str(error)

    def _paired(self, scope: Scope, compared: _Compared) -> Paired:
        """Returns what both say of the same samples."""
        one, two, match = compared
        check_is_whole(match)
        said = [self._said(scope, read) for read in (one, two)]
        return pair_samples(match, *said)

    def _said(self, scope: Scope, read: _Read) -> Said:
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
        return Said(header.index, index, top_k.classes[:, 0])


def _matrix(side: _Read) -> sparse.csr_array:
    return side.epoch.decode()[1]


def _size(found: Json) -> int:
    columns = [
        *found.get("nodes", {}).values(),
        *found.get("cells", {}).values(),
    ]
    columns += [level["q"] for level in found.get("levels", ())]
    return memory_of(columns)
