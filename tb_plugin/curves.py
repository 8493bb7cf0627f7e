"""The scores of every epoch of an output, each computed once."""

from collections.abc import Sequence
from typing import Any

from tensorboard import errors

from keras_hier import scores
from keras_hier.hierarchy import Hierarchy
from keras_hier.log import matrix_codec
from tb_plugin import views
from tb_plugin.cache import Cache
from tb_plugin.store import Epoch, Scope, Store, epoch_key

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
        """Returns the curves of an output.

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
                point |= views.curve(counts, tree, nodes if same else None)
            listed.append(point)
        return {"epochs": listed}

    def _score(
        self, scope: Scope, run: str, output: str, epoch: Epoch
    ) -> tuple[Hierarchy, scores.Counts] | str:
        """Returns the tree and the counts of its nodes, or what is wrong."""
        key = epoch_key(scope, run, output, epoch)

        def compute() -> tuple[Hierarchy, scores.Counts]:
            header, matrix = matrix_codec.decode(epoch.blob)
            tree = self._store.tree_of(scope, run, header)
            return tree, scores.node_counts(matrix, tree)

        try:
            return self._counts.get_or_compute(
                key, compute, lambda found: sum(c.nbytes for c in found[1])
            )
        except (ValueError, errors.NotFoundError) as error:
            return str(error)
