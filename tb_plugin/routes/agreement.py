"""How far a tree agrees with the errors of an epoch, computed on request."""

from typing import Any

from keras_hier.files import limits
from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records.container import CodecError
from tb_plugin.reading import analysis_limits, views
from tb_plugin.reading.answers import Json, number, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.store import Scope, Store, epoch_key

CACHE_BYTES = 16 * 2**20
# The surest: a list is read from its beginning.
MAX_MOVES = 2_000


def agreement(matrix: Any, tree: Hierarchy) -> Json:
    """Says how far a tree and the errors agree, and where they do not.

    Args:
        matrix: counts [C, C] in label order, sparse.
        tree: the tree over the C classes.

    Returns:
        `levels`, the moves of each display level but the last; `moves`, each
        class at the coarsest level that moves it; `agreement`, level by level,
        or null and `why`. `http_api.md` describes their fields.
    """
    # TensorBoard shall not wait for scipy before it is asked for.
    from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
    from keras_hier.analysis.trees.planted_moves import planted_moves

    if matrix.shape[0] != tree.num_classes:
        raise CodecError(
            f"The matrix has {matrix.shape[0]} rows, its tree "
            f"{tree.num_classes} classes."
        )
    levels: list[Json] = []
    moves: dict[int, Json] = {}
    for at, level in enumerate(views.display_levels(tree)[:-1]):
        cut = tree.cut(nodes=level.nodes.tolist())
        found = misplaced_classes(matrix, cut)
        shown, planted = planted_moves(matrix, cut)
        levels.append(
            {
                "tested": found.tested,
                "found": len(found.classes),
                "planted": planted,
                "planted_found": shown,
            }
        )
        for row, label in enumerate(found.classes.tolist()):
            # A move between large groups is one between small groups as well.
            move = moves.setdefault(label, {"levels": []})
            move["levels"].append(at)
            if len(move["levels"]) == 1:
                move |= {
                    "class": label,
                    "own": int(level.nodes[found.own[row]]),
                    "other": int(level.nodes[found.other[row]]),
                    "with_own": int(found.with_own[row]),
                    "with_other": int(found.with_other[row]),
                    "p": number(found.p[row]),
                    "q": number(found.q[row]),
                    "support": number(found.support[row]),
                }
    listed = list(moves.values())
    compared, why = _compared(matrix, tree)
    return {
        "levels": levels,
        "total": len(listed),
        "moves": listed[:MAX_MOVES],
        "agreement": compared,
        "why": why,
    }


def _compared(matrix: Any, tree: Hierarchy) -> tuple[Json | None, str | None]:
    from keras_hier.analysis.trees.tree_agreement import tree_agreement
    from keras_hier.hierarchy.computed.computed_table import MOST_CLASSES

    if tree.num_classes > limits.ANALYSED_TREE:
        return None, (
            f"There are {tree.num_classes:,} classes: of at most "
            f"{limits.ANALYSED_TREE:,} the errors' tree is computed while the "
            "page waits. `keras-hier tree TREE --errors-of RUN` takes up to "
            f"{MOST_CLASSES:,}."
        )
    found = tree_agreement(matrix, tree)
    return {
        name: numbers(values) for name, values in found._asdict().items()
    }, None


class AgreementService:
    """Compares the tree of an epoch with its errors, once.

    Safe to use from many threads.
    """

    def __init__(self, store: Store, cache_bytes: int = CACHE_BYTES) -> None:
        self._store = store
        self._found = Cache(cache_bytes)

    def read(self, scope: Scope, run: str, output: str, step: int) -> Json:
        """Returns how far the tree and the errors of an epoch agree."""
        epoch = self._store.epoch(scope, run, output, step)
        analysis_limits.check_single(epoch)

        def compute() -> Json:
            header, matrix = epoch.decode()
            tree = self._store.tree_of(scope, run, header)
            analysis_limits.check_matrix(header, tree)
            return agreement(matrix, tree)

        key = epoch_key(scope, run, output, epoch)
        found: Json = self._found.get_or_compute(key, compute, _size)
        return found


def _size(found: Json) -> int:
    # A move is a dozen numbers and their names.
    return 1024 * (len(found["moves"]) + len(found["levels"]))
