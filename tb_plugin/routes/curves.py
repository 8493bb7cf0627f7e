"""The scores of every epoch of an output, each computed once."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from tensorboard import errors

from keras_hier import scores
from keras_hier.hierarchy import Hierarchy
from tb_plugin.reading import views
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import AnyEpoch, Epoch, parts_of
from tb_plugin.reading.store import Scope, Store, epoch_key

CACHE_BYTES = 64 * 2**20
# Errors that make an epoch a gap.
_UNREADABLE = (ValueError, errors.NotFoundError)


class CurveService:
    """Computes accuracy, recall and precision over the epochs."""

    def __init__(self, store: Store, cache_bytes: int = CACHE_BYTES) -> None:
        self._store = store
        self._counts = Cache(cache_bytes)

    def read(
        self, scope: Scope, run: str, output: str, nodes: Sequence[int] | None
    ) -> views.Json:
        """Returns the curves of an output; of a set of runs, their means.

        The nodes are those of the tree of the last readable epoch. Epochs
        logged under another tree are scored on their own tree, whose digests
        their points have.

        Args:
            scope: whose data.
            run: the sub-run.
            output: the output.
            nodes: nodes of the last epoch's tree.
        """
        series = self._store.epochs(scope, run, output)
        last = self._last_tree(scope, run, output, series)
        if nodes is not None and last is not None:
            size = len(last.parents)
            outside = [n for n in nodes if not 0 <= n < size]
            if outside:
                raise errors.InvalidArgumentError(
                    f"nodes must lie in 0..{size - 1}, got {outside[0]}"
                )
        listed: list[dict[str, Any]] = []
        for epoch in series:
            point: dict[str, Any] = {"step": epoch.step}
            try:
                tree, counts = self._score(scope, run, output, epoch)
                same = tree == last
                if not same:
                    point["hierarchy"] = epoch.header.hierarchy
                    point["grouping"] = epoch.header.grouping
                shown = nodes if same else None
                point |= (
                    views.curve(next(counts), tree, shown)
                    if epoch.runs == 1
                    else views.curve_of_seeds(counts, tree, shown)
                )
                if epoch.header.coarse:
                    point["coarse"] = epoch.header.coarse
            except _UNREADABLE as error:
                point = {"step": epoch.step, "error": str(error)}
            listed.append(point)
        return {"epochs": listed}

    def _last_tree(
        self, scope: Scope, run: str, output: str, series: Sequence[AnyEpoch]
    ) -> Hierarchy | None:
        """Returns the tree of the last readable epoch; None without any."""
        for epoch in reversed(series):
            try:
                tree, counts = self._score(scope, run, output, epoch)
                for _ in counts:
                    pass
            except _UNREADABLE:
                continue
            return tree
        return None

    def _score(
        self, scope: Scope, run: str, output: str, epoch: AnyEpoch
    ) -> tuple[Hierarchy, Iterator[scores.Counts]]:
        """Returns the tree, and each run's counts of its nodes, one by one.

        All epochs, or all runs, at once would take the memory of as many.
        """
        tree = self._store.tree_of(scope, run, epoch.header)
        return tree, (
            self._count(scope, member, output, part, tree)
            for member, part in parts_of(run, epoch)
        )

    def _count(
        self,
        scope: Scope,
        run: str,
        output: str,
        epoch: Epoch,
        tree: Hierarchy,
    ) -> scores.Counts:
        kept = self._counts.get_or_compute(
            epoch_key(scope, run, output, epoch),
            lambda: _small(scores.node_counts(epoch.decode()[1], tree)),
            lambda counts: sum(column.nbytes for column in counts),
        )
        return scores.Counts(*(column.astype(np.int64) for column in kept))


def _small(counts: scores.Counts) -> scores.Counts:
    """Returns counts in the smallest types that hold them.

    Ten runs of 300 epochs of 1,000 classes take 25 MB so, not 100.
    """
    return scores.Counts(
        *(
            column.astype(np.min_scalar_type(int(column.max(initial=0))))
            for column in counts
        )
    )
