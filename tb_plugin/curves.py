"""The scores of every epoch of an output, each computed once."""

from collections.abc import Sequence
from typing import Any

from tensorboard import errors

from keras_hier import scores
from keras_hier.hierarchy import Hierarchy
from tb_plugin import views
from tb_plugin.cache import Cache
from tb_plugin.epochs import AnyEpoch, Epoch, parts_of
from tb_plugin.store import Scope, Store, epoch_key

CACHE_BYTES = 64 * 2**20


class CurveService:
    """Computes accuracy, recall and precision over the epochs.

    Args:
        store: where epochs and trees are read from.
        cache_bytes: how much to keep in memory.
    """

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

        Raises:
            NotFoundError: no such run or output.
            InvalidArgumentError: a node that the tree does not have.
        """
        series = self._store.epochs(scope, run, output)
        scored = [self._score(scope, run, output, epoch) for epoch in series]
        trees = [entry[0] for entry in scored if isinstance(entry, tuple)]
        last = trees[-1] if trees else None
        if nodes is not None and last is not None:
            size = len(last.parents)
            outside = [n for n in nodes if not 0 <= n < size]
            if outside:
                raise errors.InvalidArgumentError(
                    f"nodes must lie in 0..{size - 1}, got {outside[0]}"
                )
        listed: list[dict[str, Any]] = []
        for epoch, entry in zip(series, scored, strict=True):
            point: dict[str, Any] = {"step": epoch.step}
            if isinstance(entry, str):
                point["error"] = entry
            else:
                tree, counts = entry
                same = tree == last
                if not same:
                    point["hierarchy"] = epoch.header.hierarchy
                    point["grouping"] = epoch.header.grouping
                shown = nodes if same else None
                point |= (
                    views.curve(counts[0], tree, shown)
                    if epoch.runs == 1
                    else views.curve_of_seeds(counts, tree, shown)
                )
            listed.append(point)
        return {"epochs": listed}

    def _score(
        self, scope: Scope, run: str, output: str, epoch: AnyEpoch
    ) -> tuple[Hierarchy, list[scores.Counts]] | str:
        """Returns the tree and each run's counts of its nodes, or an error."""
        try:
            tree = self._store.tree_of(scope, run, epoch.header)
            return tree, [
                self._count(scope, member, output, part, tree)
                for member, part in parts_of(run, epoch)
            ]
        except (ValueError, errors.NotFoundError) as error:
            return str(error)

    def _count(
        self,
        scope: Scope,
        run: str,
        output: str,
        epoch: Epoch,
        tree: Hierarchy,
    ) -> scores.Counts:
        return self._counts.get_or_compute(
            epoch_key(scope, run, output, epoch),
            lambda: scores.node_counts(epoch.decode()[1], tree),
            lambda counts: sum(column.nbytes for column in counts),
        )
