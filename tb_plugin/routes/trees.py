"""The tree that a matrix names, and its order by the confusions of an epoch."""

import json

from werkzeug import wrappers

from keras_hier.hierarchy import Hierarchy
from tb_plugin.reading import analysis_limits, parameters
from tb_plugin.reading.answers import Json
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.display_levels import display_levels, sizes_of
from tb_plugin.reading.store import Scope, epoch_key
from tb_plugin.routing import Readers, Service, route

CACHE_BYTES = 16 * 2**20


class TreeService(Service):
    """Answers what trees a run has, and orders their siblings."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._orders = Cache(CACHE_BYTES)

    @route
    def hierarchy(self, request: wrappers.Request, scope: Scope) -> Json:
        """Returns a tree that the matrices of a run name.

        Nodes stand depth first: a node's number is its place in the lists. With
        a grouping the tree is collapsed. Its leaves are then the groups, and
        its labels their numbers. The trees of a set are those of its first run.

        Query:
            run, digest: whose tree, and which.
            grouping: digest of a grouping. Optional.

        Returns:
            format, version: `keras-hier/hierarchy` and 1.
            parents: the node above each node, -1 for the root.
            ids, names: of each node.
            labels: the label of each leaf, -1 for a group.
            level_names: what the tree calls its levels, if it does.
            sizes: how many classes each label stands for.
            classes: ids of the classes of each label, with a grouping. Groups
                of one id and size in two trees may hold different classes.
            levels: the display levels, coarse to fine, classes last. Each has
                its number of `groups`, its `name` or null, and its `nodes` in
                display order.
            origin: of a computed tree, `confusions` or `means`. With it come
                `origin_samples` and `origin_errors`. Each node has `support`
                and `support_chance`; each level but the last has `inside`,
                `inside_held_out` and `inside_chance`. Any of these lists may be
                missing (docs/why/trees.md).

        Example:
            {"parents": [-1, 0, 1, 1, 0], "labels": [-1, -1, 1, 2, 0],
             "ids": ["(root)", "animal", "cat", "dog", "car"],
             "sizes": [1, 1, 1], "levels": [
               {"groups": 2, "name": null, "nodes": [1, 4]}]}
        """
        run = parameters.text(request, "run")
        digest = parameters.digest(request, "digest")
        groups = None
        if "grouping" in request.args:
            groups = parameters.digest(request, "grouping")
        tree, grouping = self._store.served_tree(scope, run, digest, groups)
        found: Json = {
            **json.loads(tree.to_json()),
            "sizes": sizes_of(tree, grouping).tolist(),
        }
        if grouping is not None:
            whole = self._store.hierarchy(scope, run, digest)
            found["classes"] = [[] for _ in grouping.names]
            for name, group in zip(
                whole.classes, grouping.of_class, strict=True
            ):
                found["classes"][group].append(name)
        return found | {"levels": levels_of(tree)}

    @route
    def order(self, request: wrappers.Request, scope: Scope) -> Json:
        """Orders the siblings of the tree by the confusions of an epoch.

        Siblings that are confused become neighbours, and groups stay together
        (`Hierarchy.ordered_by`).

        Query:
            run, output, step: the epoch.

        Returns:
            ids: of all nodes, in their new display order.
        """
        run, output, step = parameters.epoch_of(request)
        epoch = self._store.epoch(scope, run, output, step)

        def compute() -> list[str]:
            header, matrix = epoch.decode()
            tree = self._store.tree_of(scope, run, header)
            analysis_limits.check_matrix(header, tree)
            analysis_limits.check_siblings(tree)
            return list(tree.ordered_by(matrix).node_ids)

        ids = self._orders.get_or_compute(
            epoch_key(scope, run, output, epoch),
            compute,
            lambda ids: sum(map(len, ids)) + 64 * len(ids),
        )
        return {"ids": ids}


def levels_of(tree: Hierarchy) -> list[Json]:
    """Returns the display levels of a tree as the page reads them."""
    return [
        {
            "groups": len(level.nodes),
            "name": level.name,
            "nodes": level.nodes.tolist(),
        }
        for level in display_levels(tree)
    ]
