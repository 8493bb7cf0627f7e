"""How far a tree agrees with the errors of an epoch, computed on request."""

from typing import Any

from werkzeug import wrappers

from keras_hier.files import limits
from keras_hier.hierarchy import Hierarchy
from tb_plugin.reading import analysis_limits, parameters
from tb_plugin.reading.answers import Json, number, numbers
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.display_levels import display_levels
from tb_plugin.reading.store import Scope, epoch_key
from tb_plugin.routing import Readers, Service, route

CACHE_BYTES = 16 * 2**20
# The surest: a list is read from its beginning.
MAX_MOVES = 2_000


def agreement(matrix: Any, tree: Hierarchy) -> Json:
    """Says how far a tree and the errors agree, and where they do not."""
    # TensorBoard shall not wait for scipy before it is asked for.
    from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
    from keras_hier.analysis.trees.planted_moves import planted_moves

    levels: list[Json] = []
    moves: dict[int, Json] = {}
    for at, level in enumerate(display_levels(tree)[:-1]):
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


class AgreementService(Service):
    """Compares the tree of an epoch with its errors, once."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._found = Cache(CACHE_BYTES)

    @route
    def agreement(self, request: wrappers.Request, scope: Scope) -> Json:
        """Compares the tree with the one that the errors make.

        docs/why/trees.md explains the figures.

        Query:
            run, output, step: the epoch of a single run.

        Returns:
            agreement: lists with a number for each level but the last. It is
                null above 2,000 classes.
            why: a sentence on why `agreement` is null, or null.
            groups: how many the level has. The errors' tree is cut into as
                many, without classes that are never confused.
            adjusted_rand, halves: the adjusted Rand index of both cuts, and of
                the trees from two halves of the errors. Null where a cut has
                one group, or one for each class.
            inside, inside_chance: share of the errors inside the tree's groups.
            errors_inside, errors_chance: the same for the errors' groups.
            errors_unseen: the same for errors that these were not made from.
            levels: for each but the last, how many classes were `tested`, and
                how many `found` to belong elsewhere. As a check `planted`
                classes were moved, and `planted_found` of them were found.
            moves: the classes found, at most 2,000 of `total`. Each stands once
                with its `levels`; the keys below are of the coarsest.
            class: a label.
            own: the node of its group; `other` is the one it is confused with.
            with_own: errors with its group, in both directions; `with_other`
                are those with the other.
            support: the share of draws of its errors that find it again.
        """
        run, output, step = parameters.epoch_of(request)
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
