"""The order of the classes by the confusions of one epoch, computed once."""

from keras_hier.log.records import container
from tb_plugin.reading import analysis_limits
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.store import Scope, Store, epoch_key

CACHE_BYTES = 16 * 2**20


class OrderService:
    """Orders the siblings of a tree so that confused ones are neighbours."""

    def __init__(self, store: Store, cache_bytes: int = CACHE_BYTES) -> None:
        self._store = store
        self._orders = Cache(cache_bytes)

    def read(self, scope: Scope, run: str, output: str, step: int) -> list[str]:
        """Returns the ids of all nodes in their new display order.

        Args:
            scope: whose data.
            run: the sub-run.
            output: the output.
            step: the epoch whose confusions decide the order.
        """
        epoch = self._store.epoch(scope, run, output, step)
        key = epoch_key(scope, run, output, epoch)

        def compute() -> list[str]:
            header, matrix = epoch.decode()
            tree = self._store.tree_of(scope, run, header)
            analysis_limits.check_matrix(header, tree)
            analysis_limits.check_siblings(tree)
            try:
                return list(tree.ordered_by(matrix).node_ids)
            except ValueError as error:
                raise container.CodecError(str(error)) from error

        return self._orders.get_or_compute(
            key, compute, lambda ids: sum(map(len, ids)) + 64 * len(ids)
        )
